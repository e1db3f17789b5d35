"""Teams: the tree of them, a team's page and the company's, and the same as JSON."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import NoReverseMatch, reverse
from markupsafe import Markup

from milepost.core import access
from milepost.core.ids import decode, encode
from milepost.ledger.structure import CycleRow
from milepost.queries import hindsight, team_work, teams
from milepost.queries import shell as shells
from milepost.queries.cards import ObjectiveCard, Reader
from milepost.queries.kept import Kept
from milepost.queries.listed import Listed, behind
from milepost.queries.records import team_pages
from milepost.web import answers, cookies, misread, onwards, pages, repeats
from milepost.web.actors import in_workspace
from milepost.web.typed import whole

AT_ONCE = 150  # teams on a page: some 130 KB

# -- pages -------------------------------------------------------------------------------------------------


@in_workspace
def index(request: HttpRequest) -> HttpResponse:
    """Show the teams, as the tree they are: all of them, or of thousands as many levels as can be read."""
    reader = pages.reader(request)
    cycle = cycle_of(request, reader)
    stretch = _stretch(request, reader)
    way = _way(reader, stretch.under)

    def context() -> dict[str, Any]:
        tree, under = teams.tree(reader, cycle, stretch), reader.team(stretch.under)
        company = reverse("company", args=[reader.slug])
        head = (under.name, under.url) if under else (reader.image.workspace.name, company)
        return {
            "tree": tree,
            "rows": branches.of(tree, *head),
            "under": under,
            "above": _back(way),
            "following": f"?{urlencode(_place(stretch.under, stretch.start + AT_ONCE))}"
            if tree.further
            else "",
            "count": sum(1 for _ in reader.image.walk_teams(stretch.under)),
            "cycle": cycle,
            "new_team": address("new_team", slug=reader.slug) if access.may_manage(reader.actor) else None,
        }

    return pages.page(
        request, "teams/index.html", context, nav="teams", crumbs=way, seen_by=reader,
        travels=True, kept_as=(),
        misread=misread.parts(request.GET, {"under": stretch.under is not None}),
    )  # fmt: skip


def _stretch(request: HttpRequest, reader: Reader) -> teams.Stretch:
    under, start = decode(request.GET.get("under", "")), whole(request.GET.get("from"), 0)
    return teams.Stretch(under if under in reader.image.teams else None, start, AT_ONCE)


def _place(under: int | None, start: int) -> dict[str, str]:
    return {**({"under": encode(under)} if under else {}), "from": str(start)}


def _way(reader: Reader, under: int | None) -> list[tuple[str, str | None]]:
    """Return the teams above one, each leading to what stands under it."""
    if under is None:
        return [("Teams", None)]
    there, known = reverse("teams", args=[reader.slug]), reader.image.teams
    above = [(known[id].name, f"{there}?under={encode(id)}") for id in reversed(reader.lineage(under)[1:])]
    return [("Teams", there), *above, (known[under].name, None)]


def _back(way: list[tuple[str, str | None]]) -> tuple[str, str] | None:
    """Return the words and the address that lead one step up again."""
    if len(way) < 2:
        return None
    name, there = way[-2]
    return ("All teams" if len(way) == 2 else f"Teams of {name}", there)


@in_workspace
def show(request: HttpRequest, team: int) -> HttpResponse:
    """Show a team's objectives in a cycle."""
    return _show(request, team)


def _not_yet(request: HttpRequest, team: int) -> HttpResponse:
    now = Reader(request.actor, request.today)
    name = now.team_row(team).name
    return pages.not_yet(
        request, name, came="founded", began=teams.founded_on(now, team), crumbs=_crumbs(now, team)
    )


@in_workspace
def company(request: HttpRequest) -> HttpResponse:
    """Show the objectives that stand above all teams."""
    return _show(request, None)


def _show(request: HttpRequest, team: int | None) -> HttpResponse:
    reader = pages.reader(request)
    if reader.known is not None and team is not None and team not in reader.image.teams:
        return _not_yet(request, team)
    cycle = cycle_of(request, reader)
    if not request.GET.get("cycle"):
        cycle = teams.busiest_cycle(reader, team, cycle)
    read = team_work.read(reader, teams.objectives_of(reader, team, cycle))
    return pages.page(
        request, "teams/show.html", partial(_context, request, reader, team, cycle, read), nav="teams",
        crumbs=_crumbs(reader, team), seen_by=reader, travels=True, kept_as=read,
        comparison=f"{request.path}comparison/",
    )  # fmt: skip


def _crumbs(reader: Reader, team: int | None) -> list[tuple[str, str | None]]:
    root = ("Teams", reverse("teams", args=[reader.slug]))
    if team is None:
        return [root, (reader.image.workspace.name, None)]
    row = reader.team_row(team)
    above = reader.team(row.parent_id)
    return [root, *([(above.name, above.url)] if above else []), (row.name, None)]


def _members(request: HttpRequest, found: teams.TeamPage) -> Listed[teams.Member]:
    return behind(found.members, request.GET.get("after", ""), lambda one: encode(one.person.id))


def _context(
    request: HttpRequest, reader: Reader, team: int | None, cycle: CycleRow | None, read: team_work.Found
) -> dict[str, Any]:
    found = teams.page(reader, team, cycle)
    members = _members(request, found)
    beside = team_work.beside(reader, found, read)
    return {
        "team": found,
        "members": members,
        "onwards": onwards.of(request, "after", members, "mem"),
        "learned": [hindsight.of_team(reader, (card.number for card in found.objectives))],
        "beside": beside,
        "objectives": [
            drawn.of(card, pages.day_of(reader), beside.initiatives_of.get(card.number, 0))
            for card in found.objectives
        ],
        "drafting": _drafting(found, reader.slug),
        "editing": address("edit_team", slug=reader.slug, team=team) if team and found.may_manage else None,
        "whole_feed": _whole_feed(reader, team),
    }


def _drafting(found: teams.TeamPage, slug: str) -> str | None:
    there = address("new_objective", slug=slug) if found.may_draft else None
    return there and (f"{there}?team={found.id}" if found.id else there)


def _whole_feed(reader: Reader, team: int | None) -> str:
    there = reverse("activity", args=[reader.slug])
    return there if team is None else f"{there}?team={encode(team)}"


def cycle_of(request: HttpRequest, reader: Reader) -> CycleRow | None:
    """Return the cycle that the reader looks at: the one asked for, the one of last time, the running one."""
    return shells.chosen_cycle(reader, request.GET.get("cycle") or cookies.read(request, pages.CYCLE_COOKIE))


def address(name: str, **arguments: object) -> str | None:
    """Return a page's address; None where there is no such page."""
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return None


# -- what is drawn once ---------------------------------------------------------------------------


def _parts(template: str) -> Any:
    return engines["jinja2"].env.get_template(template).module


def _draw(card: ObjectiveCard, today, initiatives: int) -> Markup:
    """Draw an objective as on the page; it carries no hx- attributes, so it may be shown again."""
    return Markup(_parts("teams/_objective.html").drawn(card, today, initiatives))


def _draw_branches(tree: teams.Tree, name: str, url: str) -> Markup:
    return Markup(_parts("teams/_rows.html").rows(tree, name, url))


drawn = Kept(_draw)
branches = Kept(_draw_branches, most=32)


# -- the same as JSON --------------------------------------------------------------------------------------


@in_workspace
def show_json(request: HttpRequest, team: int) -> HttpResponse:
    """Answer with a team's objectives as JSON, from the image; 304 where the reader has them already."""
    return _show_json(request, team)


@in_workspace
def company_json(request: HttpRequest) -> HttpResponse:
    """Answer with the company's own objectives as JSON."""
    return _show_json(request, None)


def _show_json(request: HttpRequest, team: int | None) -> HttpResponse:
    reader = pages.reader(request)
    cycle = cycle_of(request, reader)
    body = team_pages.as_json(reader, team, cycle)
    repeats.repeatable(request)
    return answers.unless_known(request, body)
