"""Activity: what happened, newest first, by now or by the end of a past day."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from milepost.core.ids import decode, encode
from milepost.queries import activity
from milepost.queries.cards import Reader
from milepost.queries.shortlists import ListOf, Shortlist
from milepost.web import misread, pages
from milepost.web.actors import in_workspace
from milepost.web.typed import id_text


@in_workspace
def index(request: HttpRequest) -> HttpResponse:
    """Show what happened, perhaps only for a team, a person or a kind."""
    reader = pages.reader(request)
    wanted = {name: request.GET[name] for name in ("kind", "team", "person") if request.GET.get(name)}
    narrowed = activity.Narrowed(
        team=_known(wanted.get("team"), reader.image.teams),
        person=_known(wanted.get("person"), reader.image.people),
        group=wanted.get("kind") if wanted.get("kind") in activity.GROUPS else None,
    )
    before = decode(request.GET.get("before", ""))
    feed = activity.feed(reader, narrowed, before=before)
    context = {
        "feed": feed,
        "groups": _groups(request.path, wanted, narrowed.group),
        "teams": [("", "Every team"), *_teams(reader, narrowed.team)],
        "people": [("", "Everyone"), *_named(_offered(reader, narrowed.person))],
        "kind": narrowed.group,
        "team": narrowed.team and encode(narrowed.team),
        "person": narrowed.person and encode(narrowed.person),
        "here": request.path,
        "older": feed.older and f"?{urlencode({**wanted, 'before': feed.older})}",
    }
    crumbs = [("Activity", None)]
    understood = {
        "kind": narrowed.group is not None,
        "team": narrowed.team is not None,
        "person": narrowed.person is not None,
        "before": before is not None,
    }
    return pages.page(
        request, "activity/index.html", context, nav="activity", crumbs=crumbs, seen_by=reader, travels=True,
        misread=misread.parts(request.GET, understood),
    )  # fmt: skip


def _known(written: str | None, rows: dict) -> int | None:
    number = decode(written) if written else None
    return number if number in rows else None


def _offered(reader: Reader, chosen: int | None) -> dict:
    """Offer everyone who is here; in a big company those of the reader's own teams."""
    people, teams = reader.image.people, reader.image.teams
    if Shortlist(reader, ListOf.PEOPLE).is_long:
        mates = {id for team in reader.actor.teams if team in teams for id in teams[team].members}
        people = {id: people[id] for id in mates | {reader.actor.person_id, chosen} if id in people}
    return {id: row for id, row in people.items() if not row.has_left or id == chosen}


def _teams(reader: Reader, chosen: int | None) -> list[tuple]:
    """Offer every team; of very many those near the reader."""
    near = Shortlist(reader, ListOf.ANY_TEAM)
    return near.options([id_text(chosen)]) if near.is_long else _named(reader.image.teams)


def _named(rows: dict) -> list[tuple[str, str]]:
    return [(encode(row.id), row.name) for row in sorted(rows.values(), key=lambda row: row.name.casefold())]


def _groups(here: str, wanted: dict[str, str], chosen: str | None) -> list[tuple[str, str, bool, None]]:
    kept = {name: value for name, value in wanted.items() if name != "kind"}
    everything = f"?{urlencode(kept)}" if kept else here
    chips = [("Everything", everything, chosen is None, None)]
    for group in activity.GROUPS:
        chips.append((group.capitalize(), f"?{urlencode({**kept, 'kind': group})}", group == chosen, None))
    return chips
