"""Pictures of numbers: SVG made of attributes and classes only, each with its words and its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from markupsafe import Markup, escape

from milepost.web.marks import STATUS_CLASSES, status_class, status_word
from milepost.web.scales import Days, Values
from milepost.web.words import NOTHING, Number, amount, day, exact, percent

STRIP_ORDER = ("achieved", "on_track", "at_risk", "off_track", "not_started", "no_data")


@dataclass(frozen=True, slots=True)
class Point:
    """One value on one day; `corrected` marks an entry that a later one replaced."""

    day: date
    value: Number
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """What the charts of one key result draw.

    `points` are check-ins and `plan` the planned course, both in any order. `low` and `high` bound the
    band of a measure that is to be kept (either may be None). `ends_on` None leaves the window open.
    `every` is the cadence in days: twice as long without a check-in breaks the line.
    """

    points: Sequence[Point]
    starts_on: date
    ends_on: date | None
    today: date
    plan: Sequence[Point] = ()
    start: Number | None = None
    target: Number | None = None
    low: Number | None = None
    high: Number | None = None
    status: str | None = None
    unit: str = ""
    every: int = 7

    @property
    def course(self) -> list[Point]:
        """List the points that stand, by day."""
        return sorted((point for point in self.points if not point.corrected), key=lambda point: point.day)

    @property
    def last(self) -> Point | None:
        """Name the latest point that stands."""
        return self.course[-1] if self.course else None

    @property
    def replaced(self) -> list[Point]:
        """List the points that a later entry corrected."""
        return [point for point in self.points if point.corrected]

    @property
    def planned(self) -> list[Point]:
        """List the planned points by day."""
        return sorted(self.plan, key=lambda point: point.day)

    def plan_on(self, on: date) -> Fraction | None:
        """Read the planned value of a day, straight between planned points; None outside them."""
        planned = self.planned
        for before, after in zip(planned, planned[1:], strict=False):
            if before.day <= on <= after.day:
                length = (after.day - before.day).days
                share = Fraction((on - before.day).days, length) if length else Fraction(1)
                return exact(before.value) + share * (exact(after.value) - exact(before.value))
        return None

    def runs(self) -> Iterator[list[Point]]:
        """Cut the course where check-ins are missing."""
        run: list[Point] = []
        for point in self.course:
            if run and (point.day - run[-1].day).days >= 2 * self.every:
                yield run
                run = []
            run.append(point)
        if run:
            yield run

    def values(self) -> list[Number]:
        """List every value that must fit on a drawing."""
        edges = (self.start, self.target, self.low, self.high)
        drawn = [point.value for point in (*self.points, *self.plan)]
        return drawn + [value for value in edges if value is not None]

    def sentence(self) -> str:
        """Say what the drawing shows."""
        last, first = self.last, self.start
        if last is None:
            said = "No check-in yet"
        elif first is None or len(self.points) == 1 and exact(first) == exact(last.value):
            said = f"{amount(last.value, self.unit)} on {day(last.day)}"
        else:
            said = f"From {amount(first)} to {amount(last.value, self.unit)} on {day(last.day)}"
        return "; ".join([said, *self._aims()])

    def _aims(self) -> Iterator[str]:
        planned = self.plan_on(self.today)
        if planned is not None:
            yield f"plan today {amount(planned, places=2)}"
        if self.low is not None and self.high is not None:
            yield f"to be kept between {amount(self.low)} and {amount(self.high, self.unit)}"
        elif self.low is not None:
            yield f"to be kept at {amount(self.low, self.unit)} or more"
        elif self.high is not None:
            yield f"to be kept at {amount(self.high, self.unit)} or less"
        elif self.target is not None:
            yield f"target {amount(self.target, self.unit)}"

    def rows(self) -> list[tuple[str, str, str]]:
        """List day, value and plan for the table beside the drawing."""
        return [
            (day(p.day, self.today), amount(p.value, self.unit), amount(self.plan_on(p.day), self.unit, places=2))
            for p in self.course
        ]


def bar(
    progress: Number | None, expected: Number | None = None, status: str | None = None, label: str | None = None
) -> Markup:
    """Draw progress (1 is done) as a bar with a tick where time says it should be."""
    if progress is None:
        return Markup(
            '<svg class="bar none" role="img" aria-label="{}"><line class="d" x1="0" x2="100%" y1="6" y2="6"/></svg>'
        ).format(label or "No data yet")
    words = label or f"{percent(progress)} done" + (f", {percent(expected)} expected by today" if expected else "")
    parts = [
        f'<svg class="bar{_class(status)}" role="img" aria-label="{escape(words)}">'
        '<rect class="t" y="3" width="100%" height="6" rx="3"/>'
    ]
    if progress > 0:
        parts.append(f'<rect class="f" y="3" width="{_share(progress)}%" height="6" rx="3"/>')
    if expected:
        x = _share(expected)
        parts += [f'<line class="{name}" x1="{x}%" x2="{x}%" y1="0" y2="12"/>' for name in "hx"]
    return Markup("".join([*parts, "</svg>"]))


def strip(counts: Mapping[str, int], label: str) -> Markup:
    """Draw how many are done, on track, at risk, off track and without data, as one line."""
    total = sum(counts.values())
    words = ", ".join(f"{n} {status_word(s).lower()}" for s in STRIP_ORDER if (n := counts.get(s, 0)))
    parts = [f'<svg class="strip" role="img" aria-label="{escape(label)}: {words or "none yet"}">']
    if not total:
        parts.append('<rect class="t" width="100%" height="10" rx="2"/>')
    at = 0
    for status in STRIP_ORDER:
        if count := counts.get(status, 0):
            x, width = 100 * at / total, max(100 * count / total - 0.4, 0.3)
            parts.append(
                f'<rect class="{STATUS_CLASSES[status]}" x="{x:.2f}%" width="{width:.2f}%" height="10" rx="2"/>'
            )
            at += count
    return Markup("".join([*parts, "</svg>"]))


def spark(trend: Trend | None) -> Markup:
    """Draw the whole window in 96 by 28: the course, with the plan dotted to its end, or the band to keep."""
    if trend is None:
        return Markup('<svg class="spark" viewBox="0 0 96 28" aria-hidden="true"></svg>')
    frame = Frame.fit(trend, 96, 28, left=3, right=3, top=4, bottom=4, lines=1)
    parts = [f'<svg class="spark" viewBox="0 0 96 28" role="img" aria-label="{escape(trend.sentence())}">']
    if frame.band:
        y, height = frame.band
        parts.append(f'<rect class="band" x="0" y="{y}" width="96" height="{height}" rx="2"/>')
    if trend.plan:
        parts.append(f'<path class="pl" d="{frame.path(trend.planned)}"/>')
    parts += [f'<path class="a" d="{frame.path(run)}"/>' for run in trend.runs()]
    if trend.last:
        x, y = frame.at(trend.last)
        parts.append(f'<circle class="dot{_class(trend.status)}" cx="{x}" cy="{y}" r="3"/>')
    return Markup("".join([*parts, "</svg>"]))


def line(trend: Trend, title: str, ident: str = "chart") -> Markup:
    """Draw value against plan twice, for wide and for narrow places; CSS shows one of them."""
    words = f'<title id="{escape(ident)}-t">{escape(title)}</title>'
    said = f'<desc id="{escape(ident)}-d">{escape(trend.sentence())}</desc>'
    wide = Frame.fit(trend, 640, 268, left=40, right=112, top=20, bottom=34, lines=4)
    narrow = Frame.fit(trend, 358, 240, left=26, right=64, top=20, bottom=34, lines=4)
    return Markup(
        _drawing(wide, "cht cht-w", ident, words + said) + _drawing(narrow, "cht cht-n", ident, "", most=3)
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot of a drawing: its trend, its size, its margins, its two scales."""

    trend: Trend
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    values: Values
    days: Days

    @classmethod
    def fit(
        cls, trend: Trend, width: float, height: float, left: float, right: float, top: float, bottom: float, lines: int
    ) -> Frame:
        """Choose scales that hold everything, and margins that hold the labels."""
        values = Values.around(trend.values(), lines)
        if lines == 1:
            values = Values(*_tight(values, trend.values()), values.step)
        else:
            left = max(left, 12 + 6.8 * max(len(values.label(tick)) for tick in values.ticks()))
            right = min(right, max(28, 20 + 6.8 * max((len(text) for text in _end_labels(trend, values)), default=0)))
        others = [point.day for point in trend.points]
        return cls(
            trend, width, height, left, right, top, bottom, values, Days.around(trend.starts_on, trend.ends_on, others)
        )

    def x(self, on: date) -> float:
        """Place a day."""
        return _n(self.left + self.days.share(on) * (self.width - self.left - self.right))

    def y(self, value: Number) -> float:
        """Place a value; larger is always higher."""
        return _n(self.top + (1 - self.values.share(value)) * (self.height - self.top - self.bottom))

    def at(self, point: Point) -> tuple[float, float]:
        """Place a point."""
        return self.x(point.day), self.y(point.value)

    def path(self, points: Iterable[Point]) -> str:
        """Join points by straight lines."""
        return "M" + "L".join(f"{x} {y}" for x, y in map(self.at, points))

    @property
    def end(self) -> float:
        """Place the right edge of the plot."""
        return _n(self.width - self.right)

    @property
    def floor(self) -> float:
        """Place the bottom edge of the plot."""
        return _n(self.height - self.bottom)

    @property
    def band(self) -> tuple[float, float] | None:
        """Place the band to be kept: its top and its height."""
        low, high = self.trend.low, self.trend.high
        if low is None and high is None:
            return None
        top = self.top if high is None else self.y(high)
        bottom = self.height - self.bottom if low is None else self.y(low)
        return _n(min(top, bottom)), max(_n(abs(bottom - top)), 1.0)


def _drawing(frame: Frame, classes: str, ident: str, words: str, most: int = 5) -> str:
    return "".join(
        [
            f'<svg class="{classes}" viewBox="0 0 {frame.width} {frame.height}" role="img" ',
            f'aria-labelledby="{escape(ident)}-t {escape(ident)}-d">{words}',
            *_band(frame),
            *_value_axis(frame),
            *_day_axis(frame, most),
            *_plan(frame),
            *_aims(frame),
            *_today(frame),
            *_course(frame),
            "</svg>",
        ]
    )


def _band(frame: Frame) -> Iterator[str]:
    if frame.band:
        y, height = frame.band
        yield f'<rect class="ok" x="{_n(frame.left)}" y="{y}" width="{_n(frame.end - frame.left)}" height="{height}"/>'


def _value_axis(frame: Frame) -> Iterator[str]:
    left = _n(frame.left)
    for tick in frame.values.ticks():
        y = frame.y(tick)
        yield f'<line class="gr" x1="{left}" x2="{frame.end}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{_n(left - 10)}" y="{_n(y + 4)}" text-anchor="end">{escape(frame.values.label(tick))}</text>'


def _day_axis(frame: Frame, most: int) -> Iterator[str]:
    left, floor = _n(frame.left), frame.floor
    yield f'<line class="ax" x1="{left}" x2="{frame.end}" y1="{floor}" y2="{floor}"/>'
    first, last = frame.days.first, frame.days.last
    inner = [(frame.x(on), text) for on, text in frame.days.ticks(most)]
    roomy = [(x, text) for x, text in inner if left + 52 <= x <= frame.end - 52]
    for x, text, anchor in (
        (left, day(first), "start"),
        *((x, text, "middle") for x, text in roomy),
        (frame.end, day(last), "end" if frame.right < 28 else "middle"),
    ):
        yield f'<line class="ax" x1="{x}" x2="{x}" y1="{floor}" y2="{_n(floor + 5)}"/>'
        yield f'<text x="{x}" y="{_n(floor + 20)}" text-anchor="{anchor}">{text}</text>'


def _plan(frame: Frame) -> Iterator[str]:
    if len(frame.trend.plan) > 1:
        yield f'<path class="plan" d="{frame.path(frame.trend.planned)}"/>'


def _aims(frame: Frame) -> Iterator[str]:
    for text, value in _ends(frame.trend, frame.values):
        y = frame.y(value)
        yield f'<line class="tgt" x1="{_n(frame.end - 14)}" x2="{_n(frame.end + 6)}" y1="{y}" y2="{y}"/>'
        yield f'<text class="ttx" x="{_n(frame.end + 12)}" y="{_n(y + 4)}">{escape(text)}</text>'


def _today(frame: Frame) -> Iterator[str]:
    today = frame.trend.today
    if frame.days.first <= today <= frame.days.last:
        x = frame.x(today)
        yield f'<line class="tod" x1="{x}" x2="{x}" y1="14" y2="{frame.floor}"/>'
        yield f'<text class="ftx" x="{x}" y="10" text-anchor="middle">today</text>'


def _course(frame: Frame) -> Iterator[str]:
    trend = frame.trend
    for point in trend.replaced:
        x, y = frame.at(point)
        yield f'<circle class="pt fixed" cx="{x}" cy="{y}" r="3"/>'
    for run in trend.runs():
        if len(run) > 1:
            yield f'<path class="act" d="{frame.path(run)}"/>'
    for point in trend.course[:-1]:
        x, y = frame.at(point)
        yield f'<circle class="pt" cx="{x}" cy="{y}" r="2.5"/>'
    if last := trend.last:
        x, y = frame.at(last)
        yield f'<circle class="st-dot{_class(trend.status)}" cx="{x}" cy="{y}" r="5.5"/>'


def _ends(trend: Trend, values: Values) -> Iterator[tuple[str, Number]]:
    if trend.low is not None:
        yield f"at least {_short(trend.low)}" if trend.high is None else f"from {_short(trend.low)}", trend.low
    if trend.high is not None:
        yield f"at most {_short(trend.high)}" if trend.low is None else f"to {_short(trend.high)}", trend.high
    if trend.low is None and trend.high is None and trend.target is not None:
        yield f"target {_short(trend.target)}", trend.target


def _end_labels(trend: Trend, values: Values) -> list[str]:
    return [text for text, _ in _ends(trend, values)]


def _short(value: Number) -> str:
    written = amount(value)
    if len(written) <= 7:
        return written
    alone = Values.around([value, 0])
    return alone.label(float(alone.share(value)) * (alone.high - alone.low) + alone.low)


def _tight(values: Values, drawn: Sequence[Number]) -> tuple[float, float]:
    shares = [values.share(value) for value in drawn] or [0.0, 1.0]
    span = values.high - values.low
    low, high = values.low + min(shares) * span, values.low + max(shares) * span
    return (low, high) if high > low else (values.low, values.high)


def _class(status: str | None) -> str:
    return f" {status_class(status)}" if status else ""


def _share(value: Number) -> float:
    return round(float(max(0, min(1, value))) * 100, 1)


def _n(value: float) -> float | int:
    short = round(value, 1)
    return int(short) if short == int(short) else short


__all__ = ["NOTHING", "Point", "Trend", "bar", "line", "spark", "strip"]
