"""A team's page and the tree of teams as programs read them: cards are encoded once, and joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import orjson

from milepost.core.ids import encode
from milepost.ledger.image import Image
from milepost.ledger.structure import CycleRow
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.kept import Kept, KeptOfDay
from milepost.queries.records import cards
from milepost.queries.records.cards import NamedRecord, ObjectiveCardRecord, named
from milepost.queries.records.figures import rounded
from milepost.queries.registers import register
from milepost.queries.teams import Branch, Summary, Tree, page

PAGES_KEPT = 32


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """Somebody who belongs to a team now."""

    id: str
    name: str
    url: str
    is_lead: bool


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """How a set of objectives stood: the same numbers for everyone."""

    objectives: int
    key_results: int
    reported: int
    progress: float | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class BranchRecord:
    """A team and how its own objectives stand; `cycle` names the cycle where that is another one."""

    team: NamedRecord
    level: int
    leads: tuple[NamedRecord, ...]
    people: int
    cycle: str
    summary: SummaryRecord


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """The company's own objectives in short, and those of every team, as the tree they are."""

    day: date
    company: SummaryRecord
    company_cycle: str
    teams: tuple[BranchRecord, ...]


@dataclass(frozen=True, slots=True)
class CycleOfPage:
    """The cycle that a team is looked at in."""

    key: str
    name: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class TeamPageRecord:
    """A team in one cycle (or, with `team` null, the company): who it is, and how its objectives stand."""

    team: NamedRecord | None
    name: str
    purpose: str
    parent: NamedRecord | None
    day: date
    cycle: CycleOfPage | None
    summary: SummaryRecord
    members: tuple[MemberRecord, ...]
    teams: tuple[BranchRecord, ...]
    objectives: tuple[ObjectiveCardRecord, ...]
    drafts: tuple[ObjectiveCardRecord, ...]
    set_aside: tuple[ObjectiveCardRecord, ...]


def as_json(reader: Reader, team: int | None, cycle: CycleRow | None) -> bytes:
    """Return a team's page (None: the company's), a TeamPageRecord, encoded; or NotFound.

    It is encoded anew when something on it moved, and then only those cards that did.
    """
    pages = reader.day.derived.setdefault(TeamPageRecord, KeptOfDay(PAGES_KEPT))
    eyes = reader.actor.person_id, reader.actor.within
    name = (team, cycle and cycle.id, *eyes)
    with reader.image.lock:
        return pages.of(
            reader.day, name, lambda: _encode_page(reader, team, cycle), lambda: _nodes(reader.image, team)
        )


def _nodes(image: Image, team: int | None) -> Iterator[int]:
    """Yield the nodes of whose figures a team's page tells: its own, and those of the teams right below."""
    for each in (team, *image.children_teams.get(team, ())):
        for row in register(image).teams.get(each, ()):
            yield image.node[row.id]
            yield from (image.node[one.id] for one in image.key_results_of.get(row.id, ()))


def _encode_page(reader: Reader, team: int | None, cycle: CycleRow | None) -> bytes:
    found = page(reader, team, cycle)
    head = {
        "team": named(found.team),
        "name": found.name,
        "purpose": found.purpose,
        "parent": named(found.above),
        "day": reader.today,
        "cycle": cycle and CycleOfPage(cycle.key, cycle.name, cycle.starts_on, cycle.ends_on),
        "summary": summary(found.summary),
        "members": [
            MemberRecord(encode(one.person.id), one.person.name, one.person.url, one.is_lead)
            for one in found.members
        ],
        "teams": tuple(map(_branch, found.teams)),
    }
    lists = (
        b'"%s":[%s]' % (name, b",".join(cards.encoded.of(card) for card in listed))
        for name, listed in (
            (b"objectives", found.objectives),
            (b"drafts", found.drafts),
            (b"set_aside", found.set_aside),
        )
    )
    return b"%s,%s}" % (orjson.dumps(head)[:-1], b",".join(lists))


def _encode_tree(found: Tree, day: date) -> bytes:
    teams = tuple(map(_branch, found.branches))
    return orjson.dumps(StandingRecord(day, summary(found.company), found.company_cycle, teams))


standing = Kept(_encode_tree, most=32)
"""The tree of teams on a day as JSON, a StandingRecord, encoded once."""


def _branch(one: Branch) -> BranchRecord:
    return BranchRecord(
        team=named(one.team),
        level=one.level,
        leads=_all_named(one.leads),
        people=one.people,
        cycle=one.cycle,
        summary=summary(one.summary),
    )


def _all_named(listed: Iterable[PersonCard]) -> tuple[NamedRecord, ...]:
    return tuple(map(named, listed))


def summary(found: Summary) -> SummaryRecord:
    """Return how a set of objectives stands."""
    return SummaryRecord(
        objectives=found.objectives,
        key_results=found.key_results,
        reported=found.reported,
        progress=rounded(found.progress),
        counts=found.counts,
    )
