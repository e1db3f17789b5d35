"""Comparisons: an objective, a team, the company or the whole tree on two days, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.core import addresses
from milepost.core.problems import Invalid
from milepost.ledger.structure import CycleRow
from milepost.queries import comparisons, hindsight, lookbacks, teams
from milepost.queries.cards import Reader
from milepost.queries.comparisons import Comparison
from milepost.queries.days import BeforeTheRecord, NothingBefore, beginning, is_on_record, on_record
from milepost.queries.records import comparisons as records
from milepost.web import answers, misread, pages, trails, travel, week
from milepost.web.actors import in_workspace
from milepost.web.teams import cycle_of

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Compared:
    """What a page of a comparison is about: its figures, and the page of the thing itself."""

    found: Comparison
    title: str
    kind: str  # objective, team, company, workspace
    there: str
    nav: str
    crumbs: list[tuple[str, str | None]]

    def learned(self, reader: Reader) -> hindsight.Learned | None:
        """Return what became known only later about one of the days."""
        match self.kind:
            case "objective":
                return hindsight.of_objective(reader, self.found.objectives[0].number)
            case "workspace":
                return hindsight.of_all(reader)
            case _:
                return hindsight.of_team(reader, (pair.number for pair in self.found.objectives))


# -- pages -------------------------------------------------------------------------------------------------


@in_workspace
def objective(request: HttpRequest, objective: int) -> HttpResponse:
    """Compare an objective on two days."""
    return _page(request, lambda days: _objective(days, objective))


@in_workspace
def team(request: HttpRequest, team: int) -> HttpResponse:
    """Compare a team's objectives on two days."""
    return _page(request, lambda days: _team(days, team))


@in_workspace
def company(request: HttpRequest) -> HttpResponse:
    """Compare the company's own objectives on two days."""
    return _page(request, lambda days: _team(days, None))


@in_workspace
def alignment(request: HttpRequest) -> HttpResponse:
    """Compare everything in a cycle on two days: what moved most comes first."""
    return _page(request, _workspace)


@in_workspace
def objective_json(request: HttpRequest, objective: int) -> HttpResponse:
    """Answer with an objective on two days as JSON."""
    return _json(request, lambda days: _objective(days, objective))


@in_workspace
def team_json(request: HttpRequest, team: int) -> HttpResponse:
    """Answer with a team's objectives on two days as JSON."""
    return _json(request, lambda days: _team(days, team))


@in_workspace
def company_json(request: HttpRequest) -> HttpResponse:
    """Answer with the company's own objectives on two days as JSON."""
    return _json(request, lambda days: _team(days, None))


@in_workspace
def alignment_json(request: HttpRequest) -> HttpResponse:
    """Answer with everything in a cycle on two days as JSON."""
    return _json(request, _workspace)


# -- what is asked for -------------------------------------------------------------------------------------


@dataclass
class Days:
    """The two days that the address asks for: the earlier one, and the later one or today."""

    request: HttpRequest

    def __post_init__(self) -> None:
        today = self.request.today
        asked = [self._asked_for(name) for name in ("from", "to")]
        after = asked[1] or today
        before = asked[0] or self._week_before(after)
        self.is_turned = before > after
        # Whichever was written first: the earlier day is “then”.
        before, after = min(before, after), max(before, after)
        if before == after:
            raise Invalid(
                "Both days are the same.", field="from", remedy="Choose two days, one before the other."
            )
        self.then = Reader(self.request.actor, today, before)
        self.now = Reader(self.request.actor, today, after)
        self.cycle: CycleRow | None = cycle_of(self.request, self.now)

    def _asked_for(self, name: str) -> date | None:
        day = travel.day_named(self.request, name)
        return day if day is None or day == self.request.today else on_record(self.request.actor, day, name)

    def _week_before(self, after: date) -> date:
        """Return the day to begin with where none is named; of a younger record, its first one."""
        try:
            return on_record(self.request.actor, after - WEEK, "from")
        except BeforeTheRecord as wrong:
            if wrong.began < after:
                return wrong.began
            raise NothingBefore(wrong.began, "from") from None


def _objective(days: Days, id: int) -> Compared:
    found = comparisons.of_objective(days.then, days.now, id)
    pair, there = found.objectives[0], addresses.objective(days.now.slug, id)
    crumbs = trails.below(days.now, pair.after.team, (pair.title, there), ("Comparison", None))
    return Compared(found, pair.title, "objective", there, "teams", crumbs)


def _team(days: Days, team: int | None) -> Compared:
    slug = days.now.slug
    if team is not None:
        days.now.team_row(team)
    if not days.request.GET.get("cycle"):
        days.cycle = teams.busiest_cycle(days.now, team, days.cycle)
    found = comparisons.of_team(days.then, days.now, team, days.cycle)
    card = days.now.team(team)
    title = card.name if card else days.now.image.workspace.name
    there = card.url if card else addresses.company(slug)
    crumbs = [("Teams", reverse("teams", args=[slug])), (title, there), ("Comparison", None)]
    return Compared(found, title, "team" if card else "company", there, "teams", crumbs)


def _workspace(days: Days) -> Compared:
    found = comparisons.of_workspace(days.then, days.now, days.cycle)
    there = addresses.alignment(days.now.slug)
    title = days.now.image.workspace.name
    crumbs = [("Alignment", there), ("Comparison", None)]
    return Compared(found, title, "workspace", there, "alignment", crumbs)


# -- answers -----------------------------------------------------------------------------------------------


def _page(request: HttpRequest, compare: Callable[[Days], Compared]) -> HttpResponse:
    try:
        days = Days(request)
    except BeforeTheRecord:
        raise  # its page says since when there is something, and leads there
    except Invalid as wrong:
        return _refused(request, wrong)
    with days.then.image.lock, days.now.image.lock:
        compared = compare(days)
        learned = [compared.learned(reader) for reader in (days.then, days.now)]
    found = compared.found
    kept = _kept(request)
    looked = week.since_last(request)
    offered = lookbacks.offered(days.now, days.cycle, looked_on=looked and days.now.local(looked).date())

    def address(on: date) -> str:
        to = {"to": found.after.isoformat()} if found.after < request.today else {}
        return f"?{urlencode({**kept, 'from': on.isoformat(), **to})}"

    earlier, later = found.before - WEEK, found.before + WEEK
    context = {
        "compared": compared,
        "earlier": address(earlier) if is_on_record(request.actor, earlier) else "",
        "later": address(later) if later < found.after else "",
        "found": found,
        "learned": learned,
        "choices": [(one.words, address(one.on), one.on == found.before, one.on) for one in offered],
        "kept": tuple(kept.items()),
        "really_today": request.today,
        "stops": _stops(days, found),
        "cycle": days.cycle,
        "json": f"{request.path[:-1]}.json?{urlencode({**kept, **_asked(found)})}",
        "comparison_of": lambda pair: f"{pair.url}comparison/?{urlencode(_asked(found))}",
    }
    return pages.page(
        request, "comparisons/show.html", context,
        nav=compared.nav, crumbs=compared.crumbs, seen_by=days.now, slides=True,
        misread=misread.parts(request.GET, {"from": not days.is_turned}),
    )  # fmt: skip


def _stops(days: Days, found: Comparison) -> list[date]:
    """Return the days to slide to: whole weeks back from today, the first day of all, and the two shown."""
    today = days.request.today
    first = min(found.before, beginning(days.request.actor.workspace_id))
    return sorted({found.before, found.after, *travel.weeks(first, today, today)})


def _refused(request: HttpRequest, wrong: Invalid) -> HttpResponse:
    """Say why two days cannot be compared, beside the days, whatever it is that was to be compared."""
    is_too_young = isinstance(wrong, NothingBefore)
    context = {
        "wrong": wrong,
        "is_too_young": is_too_young,
        "before": request.GET.get("from", ""),
        "after": request.GET.get("to", "") or request.today,
        "kept": tuple(_kept(request).items()),
        "really_today": request.today,
        "there": request.path.removesuffix("comparison/"),
    }
    return pages.page(
        request, "comparisons/refused.html", context,
        nav="alignment", crumbs=[("Comparison", None)], status=200 if is_too_young else wrong.status,
    )  # fmt: skip


def _kept(request: HttpRequest) -> dict[str, str]:
    return {"cycle": request.GET["cycle"]} if request.GET.get("cycle") else {}


def _asked(found: Comparison) -> dict[str, str]:
    return {"from": found.before.isoformat(), "to": found.after.isoformat()}


def _json(request: HttpRequest, compare: Callable[[Days], Compared]) -> HttpResponse:
    days = Days(request)
    with days.then.image.lock, days.now.image.lock:
        body = orjson.dumps(records.record(compare(days).found))
    return answers.unless_known(request, body)
