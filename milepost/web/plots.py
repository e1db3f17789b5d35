"""Value against time: the sparkline of a row, and the chart of a key result in its two sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from milepost.core.trends import Course, Point
from milepost.web.marks import coloured
from milepost.web.scales import Days, Values, drawable
from milepost.web.trends import Trend
from milepost.web.words import Number, day, number

LETTER = 6.8  # the width of a digit at 12 px


def spark(course: Course | None) -> Markup:
    """Draw a window in 96 by 28: the course, with the plan dotted to its end, or the band to keep."""
    if course is None:
        return Markup('<svg class="spark" viewBox="0 0 96 28" aria-hidden="true"></svg>')
    frame = Frame.plain(Trend(course), 96, 28)
    trend = frame.trend
    parts = [f'<svg class="spark" viewBox="0 0 96 28" role="img" aria-label="{escape(trend.sentence())}">']
    if frame.band:
        y, height = frame.band
        parts.append(f'<rect class="band" x="0" y="{y}" width="96" height="{height}" rx="2"/>')
    if trend.planned:
        parts.append(f'<path class="pl" d="{frame.path(trend.planned)}"/>')
    parts += [f'<path class="a" d="{frame.path(run)}"/>' for run in trend.runs()]
    if trend.drawn:
        x, y = frame.at(trend.drawn[-1])
        parts.append(f'<circle class="dot{coloured(course.status)}" cx="{x}" cy="{y}" r="3"/>')
    return Markup("".join([*parts, "</svg>"]))


def line(course: Course, title: str, ident: str = "chart") -> Markup:
    """Draw value against plan twice, for wide and for narrow places; CSS shows one of them."""
    trend, name = Trend(course), escape(ident)
    words = (
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(trend.sentence())}</desc>'
    )
    wide = Frame.labelled(trend, 640, 268, right=112)
    narrow = Frame.labelled(trend, 358, 240, right=98)
    return Markup(_drawing(wide, "cht-w", name, words) + _drawing(narrow, "cht-n", name, "", most=3))


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
    def plain(cls, trend: Trend, width: float, height: float) -> Frame:
        """Fit a trend into a small drawing without axes."""
        drawn = trend.values()
        return cls(trend, width, height, 3, 3, 4, 4, Values.around(drawn).tightened(drawn), _days(trend))

    @classmethod
    def labelled(cls, trend: Trend, width: float, height: float, right: float) -> Frame:
        """Fit a trend into a drawing with axes, with margins that hold its labels."""
        drawn = trend.values()
        values = Values.around(drawn).lifted(drawn)
        numbers = max(len(values.label(tick)) for tick in values.ticks())
        words = max((len(text) for text, _ in _ends(trend.course)), default=0)
        left = min(max(14 + LETTER * numbers, 26), width / 3)
        return cls(
            trend, width, height, left, min(right, max(28, 20 + LETTER * words)), 20, 34, values, _days(trend)
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
    def start(self) -> float:
        """Place the left edge of the plot."""
        return _n(self.left)

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
        low, high = self.trend.course.low, self.trend.course.high
        if low is None and high is None:
            return None
        top = self.top if high is None else self.y(high)
        bottom = self.floor if low is None else self.y(low)
        return min(top, bottom), max(_n(abs(bottom - top)), 1)


def _drawing(frame: Frame, size: str, name: str, words: str, most: int = 5) -> str:
    parts = (
        _band(frame), _value_axis(frame), _day_axis(frame, most), _plan(frame), _aims(frame), _today(frame),
        _course(frame),
    )  # fmt: skip
    return (
        f'<svg class="cht {size}" viewBox="0 0 {frame.width} {frame.height}" role="img"'
        f' aria-labelledby="{name}-t {name}-d">{words}{"".join("".join(part) for part in parts)}</svg>'
    )


def _band(frame: Frame) -> Iterator[str]:
    if frame.band:
        y, height = frame.band
        width = _n(frame.end - frame.start)
        yield f'<rect class="ok" x="{frame.start}" y="{y}" width="{width}" height="{height}"/>'


def _value_axis(frame: Frame) -> Iterator[str]:
    for tick in frame.values.ticks():
        y, text = frame.y(tick), escape(frame.values.label(tick))
        yield f'<line class="gr" x1="{frame.start}" x2="{frame.end}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{_n(frame.start - 10)}" y="{_n(y + 4)}" text-anchor="end">{text}</text>'


def _day_axis(frame: Frame, most: int) -> Iterator[str]:
    start, end, floor = frame.start, frame.end, frame.floor
    yield f'<line class="ax" x1="{start}" x2="{end}" y1="{floor}" y2="{floor}"/>'
    today, inner = frame.trend.course.today, [(frame.x(on), text) for on, text in frame.days.ticks(most)]
    first, last = day(frame.days.first, today), day(frame.days.last, today)
    is_long = last != day(frame.days.last)  # with its year it would run over the edge
    inner = [
        each for each in inner if start + 7 * len(first) + 10 <= each[0] <= end - (92 if is_long else 44)
    ]
    for x, text, anchor in (
        (start, first, "start"),
        *((x, text, "middle") for x, text in inner),
        (end, last, "end" if is_long else "middle"),
    ):
        yield f'<line class="ax" x1="{x}" x2="{x}" y1="{floor}" y2="{_n(floor + 5)}"/>'
        yield f'<text x="{x}" y="{_n(floor + 20)}" text-anchor="{anchor}">{text}</text>'


def _plan(frame: Frame) -> Iterator[str]:
    if len(frame.trend.planned) > 1:
        yield f'<path class="plan" d="{frame.path(frame.trend.planned)}"/>'


def _aims(frame: Frame) -> Iterator[str]:
    written, end = 0.0, frame.end
    for text, value in sorted(_ends(frame.trend.course), key=lambda aim: -drawable(aim[1])):
        y = frame.y(value)
        written = max(y + 4, written + 14)  # two labels never lie on each other
        yield f'<line class="tgt" x1="{_n(end - 14)}" x2="{_n(end + 6)}" y1="{y}" y2="{y}"/>'
        yield f'<text class="ttx" x="{_n(end + 12)}" y="{_n(written)}">{escape(text)}</text>'


def _today(frame: Frame) -> Iterator[str]:
    today = frame.trend.course.today
    if frame.days.first <= today <= frame.days.last:
        x = frame.x(today)
        yield f'<line class="tod" x1="{x}" x2="{x}" y1="14" y2="{frame.floor}"/>'
        words = "that day" if frame.trend.course.is_past else "today"
        yield f'<text class="ftx" x="{x}" y="10" text-anchor="middle">{words}</text>'


def _course(frame: Frame) -> Iterator[str]:
    trend = frame.trend
    for point in trend.replaced:
        x, y = frame.at(point)
        yield f'<circle class="pt fixed" cx="{x}" cy="{y}" r="3"/>'
    yield from (f'<path class="act" d="{frame.path(run)}"/>' for run in trend.runs() if len(run) > 1)
    for point in [] if trend.course.of else trend.drawn[:-1]:  # of very many the line alone
        x, y = frame.at(point)
        yield f'<circle class="pt" cx="{x}" cy="{y}" r="2.5"/>'
    if trend.drawn:
        x, y = frame.at(trend.drawn[-1])
        beside, anchor = (10, "start") if x < frame.end - 60 else (-10, "end")
        text = escape(_short(trend.drawn[-1].value))
        yield f'<circle class="st-dot{coloured(trend.course.status)}" cx="{x}" cy="{y}" r="5.5"/>'
        yield f'<text class="em" x="{_n(x + beside)}" y="{_n(y - 8)}" text-anchor="{anchor}">{text}</text>'


def _ends(course: Course) -> Iterator[tuple[str, Number]]:
    low, high = course.low, course.high
    if low is not None:
        yield f"{'at least' if high is None else 'from'} {_short(low)}", low
    if high is not None:
        yield f"{'at most' if low is None else 'to'} {_short(high)}", high
    if low is None and high is None and course.target is not None:
        yield f"target {_short(course.target)}", course.target


def _short(value: Number) -> str:
    written = number(value)
    return written if len(written) <= 7 else Values.around([value, 0]).label(drawable(value))


def _days(trend: Trend) -> Days:
    return Days.around(trend.course.starts_on, trend.course.ends_on, trend.days())


def _n(value: float) -> float | int:
    short = round(value, 1)
    return int(short) if short == int(short) else short
