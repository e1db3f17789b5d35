"""My week: what is due, what moved, what waits."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from milepost.actions import looks
from milepost.core import zones
from milepost.queries import week
from milepost.queries.cards import Reader
from milepost.web import cookies, pages
from milepost.web.actors import in_workspace
from milepost.web.teams import address, cycle_of

# What counts as "since you last looked" in this browser session, for the rest of the day.
# Written by zone.js: people travel, workspaces do not.
ZONE_COOKIE = "zone"
# A page that is opened again and again need not say so each time.
LOOKED_LATELY = timedelta(minutes=10)
NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show the reader's week."""
    reader = pages.reader(request)
    since = since_last(request)
    found = week.week(reader, cycle_of(request, reader), since=since, at=request.at)
    last = _last_look(request)
    context = {
        "week": found,
        "greeting": greeting(request.at, zone_of(request, request.seat.time_zone)),
        "first_name": reader.actor.name.split(" ")[0],
        "due_words": due_words(len(found.due)),
        "since_words": _since_words(since, found.since, request.today),
        "looks": reverse("looks", args=[reader.slug]),
        "is_new_look": last is None or request.at - last > LOOKED_LATELY,
        "sweep": address("sweep", slug=reader.slug),
        "drafting": None if request.actor.is_guest else address("new_objective", slug=reader.slug),
        "submission": secrets.token_urlsafe,
    }
    answer = pages.page(
        request, "week/show.html", context, nav="week", crumbs=[("My week", None)], seen_by=reader
    )
    _remember(answer, request, since)
    return answer


def beside(request: HttpRequest, reader: Reader) -> week.Beside:
    """Return what stands beside the reader's check-ins, as it is after one of them."""
    return week.beside(reader, cycle_of(request, reader))


@in_workspace
def look(request: HttpRequest) -> HttpResponse:
    """Take note that the reader has looked; with `seen`, what moved is seen and leaves the page."""
    looks.look(by=request.actor, at=request.at)
    if not request.POST.get("seen"):
        return HttpResponse(status=204)
    answer = HttpResponseRedirect(reverse("week", args=[request.seat.slug]), status=303)
    _remember(answer, request, request.at)
    return answer


def _last_look(request: HttpRequest) -> datetime | None:
    last = request.seat.looked_at
    # SQLite's driver hands moments over without their zone, which is UTC.
    return last if last is None or last.tzinfo else last.replace(tzinfo=UTC)


def since_last(request: HttpRequest) -> datetime | None:
    """Return when the reader last looked at their week, before today's visit."""
    moment, _, day = (cookies.read(request, _since_cookie(request)) or "").partition("_")
    if day != request.today.isoformat():
        return _last_look(request)
    try:
        kept = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return _last_look(request)
    return kept if kept is None or (kept.tzinfo and kept <= request.at) else _last_look(request)


def _remember(answer: HttpResponse, request: HttpRequest, since: datetime | None) -> None:
    moment = since.isoformat() if since else ""
    cookies.keep(answer, _since_cookie(request), f"{moment}_{request.today.isoformat()}", lasts=None)


def _since_cookie(request: HttpRequest) -> str:
    # By name, not by path: with one, browsers would not bind it to this host.
    return cookies.SINCE + request.seat.slug


def greeting(at: datetime, zone: str) -> str:
    """Greet by the clock on the reader's wall: at night, when no wish fits, with a plain hello."""
    hour = at.astimezone(ZoneInfo(zone)).hour
    if 5 <= hour < 12:
        return "Good morning"
    if 12 <= hour < 18:
        return "Good afternoon"
    return "Good evening" if 18 <= hour < 23 else "Hello"


def zone_of(request: HttpRequest, usual: str) -> str:
    """Return the zone that the reader's browser named, else the usual one."""
    named = unquote(cookies.read(request, ZONE_COOKIE) or "").strip()
    return named if zones.is_known(named) else usual


def due_words(count: int) -> str:
    """Say how many check-ins are due, and how long they will take."""
    if not count:
        return "nothing is due"
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    seconds = week.SECONDS_EACH * count
    long = f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"
    return f"{number} check-in{'' if count == 1 else 's'} {'is' if count == 1 else 'are'} due, about {long}"


def _since_words(since: datetime | None, day: date, today: date) -> str:
    if since is None:
        return "in the last 7 days"
    apart = (today - day).days
    if apart == 0:
        return "since you last looked"
    if apart == 1:
        return "since yesterday"
    return f"since {day:%A}" if apart < 7 else f"since {day.day} {day:%B}"
