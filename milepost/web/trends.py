"""What a course says: its runs without gaps, its plan on a day, its words, its table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import attrgetter

from milepost.core.trends import Course, Point, drawn_since
from milepost.web.words import Number, amount, day, number


class Trend:
    """A course put in order: `points` that stand, `replaced` and `planned` ones, each by day.

    What lies more than half a window before it is counted in `earlier`, not drawn: it would squash the rest.
    """

    def __init__(self, course: Course) -> None:
        in_order = sorted(course.points, key=attrgetter("day"))
        self.course = course
        self.points = [point for point in in_order if not point.corrected]
        since = drawn_since(course.starts_on, course.ends_on, course.today)
        self.drawn = [point for point in self.points if point.day >= since]
        self.replaced = [point for point in in_order if point.corrected and point.day >= since]
        self.earlier = len(self.points) - len(self.drawn)
        self.planned = sorted(course.plan, key=attrgetter("day"))
        self.last = self.points[-1] if self.points else None

    def runs(self) -> Iterator[list[Point]]:
        """Cut the course where a check-in is missing: the line is never drawn through a gap."""
        run: list[Point] = []
        for point in self.drawn:
            if run and (point.day - run[-1].day).days >= 2 * self.course.every:
                yield run
                run = []
            run.append(point)
        if run:
            yield run

    def values(self) -> list[Number]:
        """List every value that must fit on a drawing."""
        course = self.course
        edges = (course.start, course.target, course.low, course.high)
        drawn = [point.value for point in (*self.drawn, *self.replaced, *course.plan)]
        return drawn + [value for value in edges if value is not None]

    def days(self) -> list[date]:
        """List every day that must fit on a drawing, the window apart."""
        return [point.day for point in (*self.drawn, *self.replaced, *self.course.plan)]

    def sentence(self) -> str:
        """Say what the drawing shows."""
        return "; ".join([self._said(), *self._aims(), *filter(None, [self.aside])])

    @property
    def aside(self) -> str:
        """Say how much is not drawn: it lies long before the window, or is one of very many."""
        if self.course.of:
            return f"drawn through {len(self.drawn)} of {number(self.course.of)} check-ins"
        if not self.earlier:
            return ""
        return f"{self.earlier} earlier check-in{'' if self.earlier == 1 else 's'} not drawn"

    def rows(self) -> list[tuple[str, str, str]]:
        """List day, value and plan of the points that are known, for the table beside the drawing."""
        unit, today = self.course.unit, self.course.today
        return [
            (
                day(point.day, today),
                amount(point.value, unit),
                amount(self.course.plan_on(point.day), unit, places=2),
            )
            for point in self.points
        ]

    def _said(self) -> str:
        if self.last is None:
            return "No check-in yet"
        now = f"{amount(self.last.value, self.course.unit)} on {day(self.last.day, self.course.today)}"
        start = self.course.start
        return now if start is None else f"From {amount(start)} to {now}"

    def _aims(self) -> Iterator[str]:
        course, planned = self.course, self.course.plan_on(self.course.today)
        if planned is not None:
            when = "then" if course.is_past else "today"
            yield f"plan {when} {amount(planned, places=2)}"
        if course.low is not None and course.high is not None:
            yield f"to be kept between {amount(course.low)} and {amount(course.high, course.unit)}"
        elif course.low is not None:
            yield f"to be kept at {amount(course.low, course.unit)} or more"
        elif course.high is not None:
            yield f"to be kept at {amount(course.high, course.unit)} or less"
        elif course.target is not None:
            yield f"target {amount(course.target, course.unit)}"
