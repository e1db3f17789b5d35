"""What pages need to know about teams: the tree of them, and one team's objectives in a cycle."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from milepost.core import access
from milepost.core.cadence import Window
from milepost.core.ids import encode
from milepost.core.rollup import Status, needs_exact
from milepost.core.scoring import Part, roll_up
from milepost.core.states import State
from milepost.ledger.image import Image
from milepost.ledger.structure import COUNTING_STATES, CycleRow, ObjectiveRow, TeamRow
from milepost.models import Event
from milepost.queries import deck
from milepost.queries.cards import ObjectiveCard, PersonCard, Reader, TeamCard
from milepost.queries.registers import register

KEPT_STRETCHES = 64
DRAFTS = frozenset({State.DRAFT, State.IN_REVIEW})
SET_ASIDE = frozenset({State.PARKED, State.CANCELLED, State.DEFERRED})


@dataclass(frozen=True, slots=True)
class Summary:
    """How a set of objectives stands: the same numbers for everyone who may look at them.

    Restricted work is left out of `counts` and of every mean unless the workspace counts it.
    """

    counts: dict[str, int]
    objectives: int
    key_results: int
    reported: int
    progress: Fraction | float | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A team in the tree, with how it stands; `level` counts from 1.

    `cycle` names the cycle of its figures where that is another than the one looked at.
    """

    id: str
    team: TeamCard
    level: int
    leads: tuple[PersonCard, ...]
    people: int
    summary: Summary
    cycle: str
    folded: int = 0  # how many teams stand below it that are not listed here


@dataclass(frozen=True, slots=True)
class Tree:
    """Teams as the tree they are, after the company itself, or after the team they stand under."""

    company: Summary
    company_cycle: str
    branches: tuple[Branch, ...]
    further: int = 0  # how many teams of these levels follow


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which teams are listed: those under one, as many levels as make `most` rows, from one of them on."""

    under: int | None = None
    start: int = 0
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Member:
    person: PersonCard
    is_lead: bool


@dataclass(frozen=True, slots=True)
class CycleChoice:
    """A cycle in which the team has objectives."""

    key: str
    name: str
    objectives: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A team (or, with `team` None, the company) in one cycle, from the image alone."""

    team: TeamCard | None
    id: str | None
    name: str
    purpose: str
    above: TeamCard | None
    members: tuple[Member, ...]
    cycle: CycleRow | None
    cycles: tuple[CycleChoice, ...]
    summary: Summary
    has_more: bool
    objectives: tuple[ObjectiveCard, ...]
    drafts: tuple[ObjectiveCard, ...]
    set_aside: tuple[ObjectiveCard, ...]
    teams: tuple[Branch, ...]
    may_draft: bool
    may_manage: bool

    @property
    def leads(self) -> tuple[PersonCard, ...]:
        """Who leads it."""
        return tuple(member.person for member in self.members if member.is_lead)

    @property
    def everything(self) -> tuple[ObjectiveCard, ...]:
        """All of its objectives in the cycle."""
        return (*self.objectives, *self.drafts, *self.set_aside)


# -- the tree ----------------------------------------------------------------------------------------------


_trees: dict[int, tuple[tuple, dict[Stretch, Tree]]] = {}


def tree(reader: Reader, cycle: CycleRow | None, stretch: Stretch = Stretch()) -> Tree:
    """Return teams with how they stand in a cycle: the same tree for everyone."""
    image = reader.image
    with image.lock:
        stamp = (image, image.version, reader.today, cycle, reader.actor.within)
        of, kept = _trees.get(image.workspace_id, (None, {}))
        if of != stamp or len(kept) >= KEPT_STRETCHES:
            kept = {}
            _trees[image.workspace_id] = (stamp, kept)
        if stretch not in kept:
            kept[stretch] = _tree(reader, cycle, stretch)
        return kept[stretch]


def _tree(reader: Reader, cycle: CycleRow | None, stretch: Stretch) -> Tree:
    image = reader.image
    every = list(image.walk_teams(stretch.under, depth=1))
    tally = Counter(level for _, level in every)
    deepest = shown = 0
    for level in sorted(tally):
        if level > 1 and shown + tally[level] > stretch.most:
            break
        deepest, shown = level, shown + tally[level]
    folded: Counter[int] = Counter()
    listed: list[tuple[TeamRow, int]] = []
    for row, level in every:
        if level <= deepest:
            listed.append((row, level))
        else:
            folded[listed[-1][0].id] += 1
    end = len(listed) if math.isinf(stretch.most) else stretch.start + int(stretch.most)
    own, name = _at_best(reader, stretch.under, cycle)
    branches = tuple(
        _branch(reader, row, level, cycle, folded[row.id]) for row, level in listed[stretch.start : end]
    )
    return Tree(own, name, branches, further=max(0, len(listed) - end))


def _at_best(reader: Reader, team: int | None, cycle: CycleRow | None) -> tuple[Summary, str]:
    best = busiest_cycle(reader, team, cycle)
    return _summary(reader, team, best), best.name if best is not None and best is not cycle else ""


def _branches(
    reader: Reader, above: int | None, cycle: CycleRow | None, *, levels: float = math.inf
) -> Iterator[Branch]:
    for row, level in reader.image.walk_teams(above, depth=1, levels=levels):
        yield _branch(reader, row, level, cycle)


def _branch(reader: Reader, row: TeamRow, level: int, cycle: CycleRow | None, folded: int = 0) -> Branch:
    summary, other = _at_best(reader, row.id, cycle)
    return Branch(
        id=encode(row.id),
        team=reader.team(row.id),
        level=level,
        leads=tuple(_people(reader, row.leads)),
        people=len(row.members),
        summary=summary,
        cycle=other,
        folded=folded,
    )


def _people(reader: Reader, ids: Iterable[int]) -> list[PersonCard]:
    found = filter(None, map(reader.person, ids))
    return sorted(found, key=lambda person: person.name.casefold())


# -- how a set of objectives stands ------------------------------------------------------------------------


def _summary(reader: Reader, team: int | None, cycle: CycleRow | None) -> Summary:
    return summary(reader, _rows_of(reader.image, team, cycle))


def summary(reader: Reader, rows: Iterable[ObjectiveRow]) -> Summary:
    """Return how a set of objectives stands: the same numbers for everyone."""
    image, is_whole = reader.image, reader.actor.within is None
    counted: list[int] = []
    parts: list[int] = []
    for row in rows:
        # A token that is limited to teams is told no number of others'.
        if row.counts and is_common(image, row.id) and (is_whole or reader.sees(row.id)):
            counted.append(image.node[row.id])
            parts += [
                image.node[one.id]
                for one in image.key_results_of.get(row.id, ())
                if image.counted(one.id, row.id)
            ]
    return _summed(reader, *(np.array(nodes, dtype=np.int64) for nodes in (counted, parts)))


def summary_of_nodes(reader: Reader, objectives: np.ndarray) -> Summary:
    """Return the same as `summary`, of objectives by their nodes, however many they are."""
    image = reader.image
    common = image.objectives.array("state", COUNTING_STATES.__contains__, bool).copy()
    for id in image.restricted():
        if (node := image.node.get(id, len(common))) < len(common):
            common[node] &= is_common(image, id)
    if reader.actor.within is not None:  # a token that is limited to teams is told no number of others'
        common &= reader.seen[: len(common)]
    chosen = np.zeros(len(image.ids), dtype=bool)
    chosen[objectives] = common[objectives]
    tree = image.tree  # a key result counts in its own objective alone
    parts = tree.child[(tree.child >= image.first_key_result) & chosen[tree.parent]]
    return _summed(reader, np.flatnonzero(chosen), parts)


def _summed(reader: Reader, counted: np.ndarray, parts: np.ndarray) -> Summary:
    day = reader.day
    statuses = np.bincount(day.status[parts], minlength=len(Status)).tolist()
    reported = int(np.count_nonzero(day.reported[parts] & ~np.isnan(day.raw[parts])))
    counts = {status.word: statuses[status] for status in Status if statuses[status]}
    return Summary(counts, len(counted), len(parts), reported, _mean(reader, counted))


def _has_more(reader: Reader, rows: Iterable[ObjectiveRow]) -> bool:
    """Say whether the reader sees work that counts in no number here."""
    image = reader.image
    return any(
        not is_common(image, row.id)
        or any(one.counts and not image.counted(one.id, row.id) for one in reader.key_results_of(row))
        for row in rows
        if row.counts
    )


def _mean(reader: Reader, nodes: np.ndarray) -> Fraction | float | None:
    day, image = reader.day, reader.image
    raw = np.where(day.reported[nodes], day.raw[nodes], np.nan)
    if np.isnan(raw).all():
        return None
    mean = math.fsum(np.clip(np.nan_to_num(raw), 0.0, 1.0).tolist()) / len(raw)
    if not needs_exact(mean):
        return mean
    return roll_up([Part(raw=image.exact(image.ids[node])) for node in nodes.tolist()], reader.policy).raw


def is_common(image: Image, id: int) -> bool:
    """Say whether an objective may count in a number that everyone sees ("One number for everyone")."""
    if image.audience(id) is access.EVERYONE:
        return True
    return image.workspace.count_restricted_work and not image.is_private(id)


# -- one team ----------------------------------------------------------------------------------------------


def page(reader: Reader, team: int | None, cycle: CycleRow | None) -> TeamPage:
    """Return a team's objectives in a cycle; without a team, the company's own. Costs no statement."""
    image = reader.image
    with image.lock:
        row = None if team is None else reader.team_row(team)
        rows = objectives_of(reader, team, cycle)
        return TeamPage(
            team=reader.team(team),
            id=None if team is None else encode(team),
            name=row.name if row else image.workspace.name,
            purpose=row.purpose if row else "",
            above=reader.team(row.parent_id) if row else None,
            members=tuple(_members(reader, row)) if row else (),
            cycle=cycle,
            cycles=tuple(_choices(reader, team, cycle)),
            summary=_summary(reader, team, cycle),
            has_more=_has_more(reader, rows),
            objectives=tuple(deck.card(reader, one) for one in rows if one.state not in DRAFTS | SET_ASIDE),
            drafts=tuple(deck.card(reader, one) for one in rows if one.state in DRAFTS),
            set_aside=tuple(deck.card(reader, one) for one in rows if one.state in SET_ASIDE),
            teams=tuple(_branches(reader, team, cycle, levels=1)),
            may_draft=access.may_draft(reader.actor, reader.lineage(team), access.Visibility.WORKSPACE),
            may_manage=access.may_manage_team(reader.actor, reader.lineage(team)),
        )


def founded_on(reader: Reader, team: int) -> date:
    """Return the day on which a team was made, as far as that is known: else the day looked at."""
    told = Event.objects.of(reader.actor.workspace_id).filter(objective_id=None, kind="team.created")
    at = told.filter(subject_id=team).values_list("at", flat=True).first()
    return reader.local(at).date() if at else reader.today


def objectives_of(reader: Reader, team: int | None, cycle: CycleRow | None) -> list[ObjectiveRow]:
    """Return a team's objectives of a cycle that the reader may see, the oldest first."""
    return [row for row in _rows_of(reader.image, team, cycle) if reader.sees(row.id)]


def busiest_cycle(reader: Reader, team: int | None, chosen: CycleRow | None) -> CycleRow | None:
    """Return the cycle to open a team with: the one chosen or, where that is empty, a running one.

    A company often lives in a year while its teams live in a quarter.
    """
    counts = Counter(
        row.cycle_id for row in register(reader.image).teams.get(team, ()) if reader.sees(row.id)
    )
    if chosen is None or counts[chosen.id]:
        return chosen
    running = [
        cycle
        for cycle in reader.image.cycles.values()
        if counts[cycle.id] and Window(cycle.starts_on, cycle.ends_on).includes(reader.today)
    ]
    return max(running, key=lambda cycle: counts[cycle.id], default=chosen)


def _members(reader: Reader, row) -> Iterator[Member]:
    people = {person.id: person for person in _people(reader, row.members)}
    for wants_lead in (True, False):
        for id, person in people.items():
            if (id in row.leads) is wants_lead:
                yield Member(person, wants_lead)


def _choices(reader: Reader, team: int | None, chosen: CycleRow | None) -> Iterator[CycleChoice]:
    image = reader.image
    counts = Counter(row.cycle_id for row in register(image).teams.get(team, ()) if reader.sees(row.id))
    for cycle in sorted(image.cycles.values(), key=lambda one: (one.starts_on, one.id), reverse=True):
        is_chosen = chosen is not None and cycle.id == chosen.id
        if counts[cycle.id] or is_chosen:
            yield CycleChoice(cycle.key, cycle.name, counts[cycle.id], is_chosen)


def _rows_of(image: Image, team: int | None, cycle: CycleRow | None) -> list[ObjectiveRow]:
    """List a team's objectives of a cycle, the oldest first."""
    return [row for row in register(image).teams.get(team, ()) if cycle is None or row.cycle_id == cycle.id]
