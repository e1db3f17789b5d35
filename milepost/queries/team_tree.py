"""The tree of teams as those who arrange it need it: places, members, and who may change what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from milepost.core import access, membership
from milepost.core.access import Actor
from milepost.core.problems import NotFound
from milepost.ledger import image
from milepost.ledger.structure import TeamRow
from milepost.models import TeamMember
from milepost.queries.cards import Reader
from milepost.queries.shortlists import LISTED


class Place(NamedTuple):
    """A team in the tree; `depth` counts from 0, right below the company."""

    id: int
    name: str
    depth: int


class Member(NamedTuple):
    """Somebody's seat in a team."""

    id: int
    name: str
    is_lead: bool
    since_on: date | None


@dataclass(frozen=True)
class Arrangement:
    """A team with what can be arranged about it."""

    id: int
    name: str
    purpose: str
    parent: int | None
    members: tuple[Member, ...]
    parents: tuple[Place, ...]  # where it may stand: nowhere below itself
    is_top_open: bool  # whether the reader may place it right below the company
    others: tuple[tuple[int, str], ...]  # who could join, where they are few enough to list


def choices(actor: Actor, *, manageable: bool = False, besides: int | None = None) -> list[Place]:
    """List the teams as a tree to choose from, perhaps only those that the actor manages.

    Nothing below `besides`, nor itself: that would be a loop.
    """
    seen = image.of(actor.workspace_id)
    with seen.lock:
        return list(_places(actor, seen, manageable, besides))


def arrangement(actor: Actor, team_id: int) -> Arrangement:
    """Return a team to arrange; whoever may not, does not find this page."""
    seen = image.of(actor.workspace_id)
    with seen.lock:
        row = seen.teams.get(team_id)
        if row is None or not access.may_manage_team(actor, _lineage(seen, team_id)):
            raise NotFound
        others = sorted(
            (one.name, one.id)
            for one in (seen.people.values() if len(seen.people) <= LISTED else ())
            if not one.has_left and one.id not in row.members
        )
        parents = tuple(_places(actor, seen, True, team_id))
    return Arrangement(
        row.id,
        row.name,
        row.purpose,
        row.parent_id,
        tuple(members(actor, team_id)),
        parents,
        actor.is_admin,
        tuple((id, name) for name, id in others),
    )


def members(actor: Actor, team_id: int) -> Iterator[Member]:
    """Return who belongs to a team now, its leads first."""
    rows = list(
        TeamMember.objects.of(actor.workspace_id)
        .filter(team_id=team_id)
        .order_by("-is_lead", "person__name", "id")
        .values_list("person_id", "person__name", "is_lead", "since_on", "until_on")
    )
    begun = membership.beginnings((person, since, until) for person, _, _, since, until in rows)
    return (
        Member(person, name, is_lead, begun[person])
        for person, name, is_lead, _, until in rows
        if until is None
    )


def members_then(reader: Reader, row: TeamRow) -> Iterator[Member]:
    """Return who belonged to a team on the day that the reader looks at, its leads first."""
    seats = TeamMember.objects.of(reader.actor.workspace_id).filter(
        Q(since_on=None) | Q(since_on__lte=reader.today), team_id=row.id
    )
    # Whoever came back has another seat: the latest of then.
    since = membership.beginnings(seats.values_list("person_id", "since_on", "until_on"))
    people = [(id not in row.leads, reader.image.people[id].name, id) for id in row.members]
    for is_follower, name, id in sorted(people):
        yield Member(id, name, not is_follower, since.get(id))


def _places(actor: Actor, seen: image.Image, manageable: bool, besides: int | None) -> Iterator[Place]:
    for place, line in _walk(seen, besides):
        if not manageable or access.may_manage_team(actor, line):
            yield place


def _walk(seen: image.Image, besides: int | None) -> Iterator[tuple[Place, tuple[int, ...]]]:
    waiting = [(id, 0, ()) for id in reversed(seen.children_teams.get(None, []))]
    while waiting:
        id, depth, above = waiting.pop()
        if id == besides:
            continue
        line = (id, *above)
        yield Place(id, seen.teams[id].name, depth), line
        waiting += [(child, depth + 1, line) for child in reversed(seen.children_teams.get(id, []))]


def _lineage(seen: image.Image, team_id: int | None) -> tuple[int, ...]:
    line: list[int] = []
    while team_id is not None and team_id not in line and team_id in seen.teams:
        line.append(team_id)
        team_id = seen.teams[team_id].parent_id
    return tuple(line)
