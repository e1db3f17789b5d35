"""Time travel: which day a page shows, and the weeks one can go to from there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest

from milepost.core.problems import Invalid
from milepost.queries import days
from milepost.queries.cards import Reader

WEEK = timedelta(days=7)
FURTHEST = 156  # weeks to either side on the slider; any day can be typed
# What can be shown on a past day.
PLACES = "objectives|key-results|teams|company|overview|alignment|map|activity"
OF_A_DAY = ("on", "before")  # what an address says of its day alone: which it is, how far down its list
THINGS = ("objectives", "key-results")  # those of them that say themselves since when they are there
_PLACE = re.compile(rf"/w/[^/]+/({PLACES})[/.]")


@dataclass(frozen=True, slots=True)
class Stop:
    """A day on the slider."""

    on: date
    url: str


@dataclass(frozen=True, slots=True)
class Travel:
    """The day a page shows, and the way to others: `stops` are weeks from it, the last one is today."""

    day: date
    today: date
    stops: tuple[Stop, ...]
    at: int
    action: str
    kept: tuple[tuple[str, str], ...]  # what else stands in the address
    comparison: str | None = None  # where this day stands beside another

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def ago(self) -> str:
        """How long ago the day was: in days, or from eight weeks on, and where that is exact, in weeks."""
        days = (self.today - self.day).days
        weeks = round(days / 7)
        number, unit = (weeks, "week") if days and (not days % 7 or weeks >= 8) else (days, "day")
        return f"{number} {unit}{'' if number == 1 else 's'} ago" if days else ""

    @property
    def here(self) -> str:
        """The address of the day shown, or of the first there is."""
        return self.stops[self.at].url

    @property
    def places(self) -> str:
        """Which pages a link takes the day along to, as js/travel.js reads it."""
        return PLACES

    @property
    def before(self) -> str | None:
        """The address of a week earlier."""
        return next((stop.url for stop in reversed(self.stops) if stop.on < self.day), None)

    @property
    def after(self) -> str | None:
        """The address of a week later."""
        return next((stop.url for stop in self.stops if stop.on > self.day), None)


def day_asked(request: HttpRequest) -> date | None:
    """Return the day that the address asks for; only what is read travels, never what is written."""
    place = _PLACE.match(request.path)
    if request.method not in ("GET", "HEAD") or place is None:
        return None
    day = day_named(request, "on")
    if day is None or day == request.today or place[1] in THINGS:
        return day
    return days.on_record(request.actor, day)


def day_named(request: HttpRequest, name: str) -> date | None:
    """Return a day that has come and stands in the address under a name; None where there is none."""
    written = request.GET.get(name)
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise Invalid(f"“{written[:20]}” is no day.", field=name, remedy="Write it as 2026-10-05.") from None
    return days.come(request.actor, day, today=request.today, field=name)


def of(
    request: HttpRequest, reader: Reader, comparison: str | None = None, began: date | None = None
) -> Travel:
    """Return the way through time of the page asked for, from the day on which what it shows began.

    `comparison` shows the same on two days; without `began` the way begins with the record.
    """
    kept = tuple((name, value) for name, value in request.GET.items() if name not in OF_A_DAY)

    def url(day: date) -> str:
        pairs = [*kept, *([("on", day.isoformat())] if day < request.today else [])]
        return f"{request.path}?{urlencode(pairs)}" if pairs else request.path

    first = began or days.beginning(reader.actor.workspace_id)
    anchor = max(first, reader.today)  # what was not there yet begins where it began
    stops = weeks(first, anchor, request.today)
    return Travel(
        reader.today,
        request.today,
        tuple(Stop(day, url(day)) for day in stops),
        stops.index(anchor),
        request.path,
        kept,
        comparison and _beside(request, reader, comparison),
    )


def weeks(first: date, shown: date, today: date) -> list[date]:
    """Return the days whole weeks from the one shown, between the first and today, and these two."""
    back, on = (shown - first) // WEEK, (today - shown) // WEEK
    stops = [shown + number * WEEK for number in range(-min(max(back, 0), FURTHEST), min(on, FURTHEST) + 1)]
    if first < stops[0] and back < FURTHEST:
        stops.insert(0, first)
    return stops if stops[-1] == today else [*stops, today]


def _beside(request: HttpRequest, reader: Reader, comparison: str) -> str:
    there = urlsplit(comparison)
    pairs = dict(parse_qsl(there.query))
    if cycle := request.GET.get("cycle"):
        pairs["cycle"] = cycle
    if reader.known is not None:
        pairs["from"] = reader.today.isoformat()
    return urlunsplit(there._replace(query=urlencode(pairs)))


_LINK = re.compile(
    rf'(?<!data-day )href="(/w/[^/"]+/(?:{PLACES})(?:/(?:[^"?#/]+/)?|(?:/[^"?#/]+)?\.(?:json|svg))|(?=\?))'
    r'(\?[^"#]*)?(#[^"]*)?"'
)
_DAY = re.compile("[?;]on=")
_CYCLE = re.compile('<nav id="cycle".*?</nav>', re.DOTALL)


_TITLE = re.compile("<title>.*?</title>", re.DOTALL)


def middle(html: str) -> str:
    """Return what stands between the frame's parts; of these the title and the cycle's, which change too."""
    begin, end = html.index("<main"), html.index("</main>")
    title = _TITLE.search(html)[0]
    cycle = _CYCLE.search(html)
    told = (
        f'<hx-partial data-hx-target="#cycle" data-hx-swap="outerHTML">{cycle[0]}</hx-partial>'
        if cycle
        else ""
    )
    return f"{title}{html[begin:end]}</main>{told}"


def carried(html: str, day: date) -> str:
    """Let the links of a page of the past lead to the same day, those apart that say `data-day`."""

    def on_the_day(found: re.Match) -> str:
        path, query, place = found.groups(default="")
        if _DAY.search(query):
            return found[0]
        return f'href="{path}{query + "&amp;" if query else "?"}on={day}{place}"'

    return _LINK.sub(on_the_day, html)
