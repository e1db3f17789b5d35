"""Cards: an objective, a key result, a person as pages show them, seen by one reader on one day.

Everything comes from the image, so a card costs no statement. `Reader` is how a query begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import QuerySet

from milepost.core import access, addresses, policies
from milepost.core.access import Actor, Standing
from milepost.core.cadence import Window, due_on
from milepost.core.ids import encode
from milepost.core.pace import beside
from milepost.core.problems import NotFound
from milepost.core.rollup import needs_exact
from milepost.core.scoring import (
    Explanation,
    Kind,
    ScoringProblem,
)
from milepost.core.states import KeyResultState, State
from milepost.core.trends import Course
from milepost.ledger import image as images
from milepost.ledger import past
from milepost.ledger.entries import Entry
from milepost.ledger.structure import CycleRow, KeyResultRow, ObjectiveRow, TeamRow
from milepost.queries import courses, explanations

# What is agreed begins with its first check-in.
_ASKED = frozenset({State.COMMITTED.value, *(state.value for state in State if state.takes_checkins)})
_ASKED_KEY_RESULTS = frozenset(state.value for state in KeyResultState if state.takes_checkins)
KEPT_SIGHTS = 256
_ENDLESS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PersonCard:
    id: int
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class TeamCard:
    id: int
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class KeyResultCard:
    """A key result in a list. Shares: 1 is done; None is "no data". `id` is written as in addresses."""

    id: str
    url: str
    title: str
    status: str
    because: str  # why it is on track although the bar ends short of its tick; mostly nothing
    progress: Fraction | float | None
    expected: float | None
    confidence: int | None
    owner: PersonCard | None
    checked_on: date | None
    trend: Course | None
    kind: str
    start: Fraction | None
    now: Fraction | None
    target: Fraction | None
    low: Fraction | None
    high: Fraction | None
    unit: str
    weight: Fraction
    state: str
    counts: bool
    source: str
    due_on: date | None
    key: str
    number: int  # the id as a number


@dataclass(frozen=True, slots=True)
class ObjectiveCard:
    """An objective with the key results that its reader may see."""

    id: str
    url: str
    title: str
    status: str
    because: str
    state: str
    commitment: str
    level: str
    owner: PersonCard | None
    team: TeamCard | None
    cycle: str
    visibility: str
    progress: Fraction | float | None
    expected: float | None
    explanation: Explanation | None
    parents: tuple[tuple[str, str, str], ...]  # (kind of link, title, address)
    key_results: tuple[KeyResultCard, ...]
    reported: int
    counted: int
    initiatives: int
    off_track_below: int  # key results off track beneath it, never averaged out of sight
    key: str
    number: int


class Reader:
    """One reader's view of a workspace on a day. Everything it hands out is something they may see.

    With `on`, a past day: everything as it stood at its end, seen with the rights of today. Nothing can be
    changed there. `known` is the moment at which that day was over, None for today.
    """

    def __init__(self, actor: Actor, today: date, on: date | None = None) -> None:
        self.known: datetime | None = None
        if on is None or on >= today:
            self.image = images.of(actor.workspace_id)
        else:
            actor, today = replace(actor, looks_back=True), on
            self.image = past.of(actor.workspace_id, on)
            self.known = self.image.known
        self.actor, self.today = actor, today
        self.slug = self.image.workspace.slug
        self.calendar = self.image.workspace.calendar
        self.day = self.image.on(today)

    @cached_property
    def policy(self) -> policies.Policy:
        return policies.named(self.image.workspace.scoring_policy)

    # -- what may be seen ------------------------------------------------------------------------------

    def sees(self, id: int) -> bool:
        """Say whether the reader may see an objective or key result that is there."""
        return self._sees_in(self.image, id)

    def sees_now(self, id: int) -> bool:
        """Say whether the reader may see something that is there today, and perhaps was not on this day."""
        is_younger = self.known is not None and id not in self.image.node
        return self._sees_in(images.of(self.actor.workspace_id) if is_younger else self.image, id)

    def _sees_in(self, image: images.Image, id: int) -> bool:
        seen_by, actor = image.audience(id), self.actor
        if seen_by is access.EVERYONE and actor.within is None:
            return True
        return id in actor.keeps or access.may_see(
            actor,
            seen_by,
            # Whose it is matters to a token limited to teams alone, and whether it is private to an operator.
            team=None if actor.within is None else image.team_of(id),
            is_private=actor.is_operator and image.is_private(id),
        )

    def finds(self, id: int) -> bool:
        """Say whether there is such an objective or key result, and the reader may see it."""
        return id in self.image.node and self.sees(id)

    @cached_property
    def hidden(self) -> tuple[int, ...]:
        """What not everyone may see, and the reader may not; a token limited to teams may see less still."""
        return self._kept("hidden", lambda: tuple(id for id in self.image.restricted() if not self.sees(id)))

    @cached_property
    def seen(self) -> np.ndarray:
        """Which nodes of the image the reader may see: what `sees` says of each."""
        bits = self._kept("seen", lambda: np.packbits(self._look_at_all()))
        return np.unpackbits(bits, count=len(self.image.ids)).view(bool)

    def _look_at_all(self) -> np.ndarray:
        image, within = self.image, self.actor.within
        if within is None:
            found = np.ones(len(image.ids), dtype=bool)
        else:
            found = np.zeros(len(image.ids), dtype=bool)
            own, inside = image.first_key_result, np.flatnonzero(image.parent >= 0)
            found[:own] = np.isin(image.objectives.array("team_id"), list(within))
            found[own + inside] = found[image.parent[inside]]
        found[image.node.among(self.hidden)] = False
        return found

    def _kept(self, name: str, find: Callable[[], Any]) -> Any:
        # It depends on who looks, and on what stands where and who may see it: that alone lets go of it.
        kept = self.image.arranged.setdefault((Reader, name), {})
        eyes = self.actor.person_id, self.actor.is_operator, self.actor.within
        found = kept.get(eyes)
        if found is None:
            if len(kept) >= KEPT_SIGHTS:
                kept.clear()
            found = kept[eyes] = find()
        return found

    def until(self, rows: QuerySet, moment: str = "at") -> QuerySet:
        """Leave out what was recorded later than the day looked at."""
        return rows if self.known is None else rows.filter(**{f"{moment}__lt": self.known})

    @property
    def until_moment(self) -> datetime:
        """The moment before which everything looked at was recorded, as statements by hand ask for it."""
        return self.known or _ENDLESS

    def objective_row(self, id: int) -> ObjectiveRow:
        """Return an objective by id, or NotFound."""
        row = self.image.objectives.get(id)
        if row is None or not self.sees(id):
            raise NotFound
        return row

    def key_result_row(self, id: int) -> KeyResultRow:
        """Return a key result by id, or NotFound."""
        one = self.image.key_results.get(id)
        if one is None or not self.sees(id):
            raise NotFound
        return one

    def key_results_of(self, row: ObjectiveRow) -> list[KeyResultRow]:
        """Return the key results of an objective that the reader may see, in order."""
        return [one for one in self.image.key_results_of.get(row.id, ()) if self.sees(one.id)]

    def objectives(self) -> Iterator[ObjectiveRow]:
        """Yield every objective that the reader may see, oldest first."""
        return (row for row in self.image.objectives.values() if self.sees(row.id))

    def team_row(self, id: int) -> TeamRow:
        """Return a team by id, or NotFound."""
        team = self.image.teams.get(id)
        if team is None:
            raise NotFound
        return team

    def lineage(self, team_id: int | None) -> tuple[int, ...]:
        """Return a team and the teams above it."""
        found: list[int] = []
        while team_id is not None and team_id not in found:
            found.append(team_id)
            team = self.image.teams.get(team_id)
            team_id = team.parent_id if team else None
        return tuple(found)

    def standing(self, row: ObjectiveRow, one: KeyResultRow | None = None) -> Standing:
        """Return the reader's standing, for what a page offers."""
        return Standing(
            owner=row.owner_id,
            sponsor=row.sponsor_id,
            contributors=row.contributors,
            team=row.team_id,
            lineage=self.lineage(row.team_id),
            audience=self.image.audience(one.id if one else row.id),
            is_private=row.visibility == access.Visibility.PRIVATE,
            key_result_owner=one.owner_id if one else None,
        )

    # -- small parts -----------------------------------------------------------------------------------

    def person(self, id: int | None) -> PersonCard | None:
        """Return someone's card."""
        row = self.image.people.get(id)
        return PersonCard(row.id, row.name, addresses.person(self.slug, row.id)) if row else None

    def team(self, id: int | None) -> TeamCard | None:
        """Return a team's card."""
        row = self.image.teams.get(id)
        return TeamCard(row.id, row.name, addresses.team(self.slug, row.id)) if row else None

    def named(self, id: int) -> tuple[str, str]:
        """Return the title and the address of an objective or key result."""
        one = self.image.key_results.get(id)
        if one is not None:
            return one.title, addresses.key_result(self.slug, id)
        return self.image.objectives[id].title, addresses.objective(self.slug, id)

    def day_of(self, seconds: int) -> date:
        """Turn a moment of the ledger into the workspace's day."""
        return self.calendar.day_of(seconds)

    def local(self, moment: datetime) -> datetime:
        """Return a moment by the workspace's clock of then: its day is the one on which past days show it."""
        return self.calendar.local(moment)

    def days_of(self, moments: np.ndarray) -> np.ndarray:
        """Turn moments of the ledger into the workspace's days, as ordinals."""
        return self.calendar.days_of(moments)

    def window(self, one: KeyResultRow) -> Window:
        """Return the days a key result has: its own, or its cycle's."""
        cycle = self.cycle_of(self.image.objectives[one.objective_id])
        return Window(one.starts_on or cycle.starts_on, one.ends_on or cycle.ends_on)

    def cycle_of(self, row: ObjectiveRow) -> CycleRow:
        """Return an objective's cycle."""
        return self.image.cycles[row.cycle_id]

    def progress(self, id: int) -> Fraction | float | None:
        """Return progress; exact where the figure shown lies near a rounding tie."""
        value = self.day.progress(id)
        if value is not None and needs_exact(value):
            return self.image.exact(id)
        return value

    def expected(self, id: int) -> float:
        """Return where the plan says it should be today."""
        return float(self.day.expected[self.image.node[id]])

    def because(self, id: int) -> str:
        """Say why something is on track although its bar ends short of its tick."""
        word = self.day.status_of(id).word
        needed = float(self.day.needed[self.image.node[id]])
        expected, progress = self.expected(id), self.day.progress(id)
        shown = None if progress is None else Fraction(progress)
        return beside(
            word, shown, expected=Fraction(expected), needed=Fraction(needed), is_past=self.known is not None
        )

    def takes_checkins(self, one: KeyResultRow) -> bool:
        """Whether its owner is asked for check-ins now; nobody is for what others' progress adds up to."""
        row = self.image.objectives.get(one.objective_id)
        if row is None or one.source == "contributors":
            return False
        return row.state in _ASKED and one.state in _ASKED_KEY_RESULTS

    @cached_property
    def asked(self) -> np.ndarray:
        """Which key results take check-ins now, in the order of their nodes: what `takes_checkins` says."""
        image = self.image
        of_objectives = image.objectives.array("state", _ASKED.__contains__, bool)
        found = image.key_results.array("state", _ASKED_KEY_RESULTS.__contains__, bool)
        return found & of_objectives[image.parent] & (image.parent >= 0) & ~image.from_contributors

    def due_on(self, one: KeyResultRow, current: Entry | None) -> date | None:
        """Return the day from which its next check-in is due; None while it takes none."""
        if not self.takes_checkins(one):
            return None
        last = self.day_of(current.effective) if current else None
        return due_on(self.window(one), last, self.image.workspace.check_in_every)

    def _as_value(self, one: KeyResultRow) -> Fraction | None:
        """Return where a key result stands whose progress comes from its contributors, on its own scale."""
        share = self.progress(one.id)
        if share is None or not Kind(one.kind).is_on_a_line:
            return None
        try:
            start, target = one.measure.line
        except ScoringProblem:
            return None
        return start + Fraction(share).limit_denominator(10_000) * (target - start)

    # -- cards -----------------------------------------------------------------------------------------

    def key_result(self, one: KeyResultRow, *, trend: bool = True) -> KeyResultCard:
        """Return a key result's card."""
        entries = self.image.entries
        current = entries.current(one.id)
        measure, kind = one.measure, Kind(one.kind)
        start, target = Fraction(0) if kind.runs_from_zero else measure.start, measure.target
        if kind is Kind.RELATIVE:
            target = measure.final
        now = None if current is None else entries.exact(current)
        if kind is Kind.MILESTONES:
            now = self.progress(one.id)
        if one.source == "contributors":
            now = self._as_value(one)
        return KeyResultCard(
            id=encode(one.id),
            url=addresses.key_result(self.slug, one.id),
            title=one.title,
            status=self.day.status_of(one.id).word,
            because=self.because(one.id) if kind.is_on_a_line else "",
            progress=self.progress(one.id),
            expected=self.expected(one.id) if kind.is_on_a_line else None,
            confidence=current.confidence or None if current else None,
            owner=self.person(self.image.answers_for(one)),
            checked_on=self.day_of(current.effective) if current else None,
            trend=courses.of(self, one) if trend else None,
            kind=one.kind,
            start=start,
            now=now,
            target=target,
            low=measure.low,
            high=measure.high,
            unit=one.unit,
            weight=Fraction(one.weight),
            state=one.state,
            counts=self.image.counted(one.id, one.objective_id),
            source=one.source,
            due_on=self.due_on(one, current),
            key=one.key,
            number=one.id,
        )

    def objective(
        self, row: ObjectiveRow, *, explained: bool = True, trends: bool = True, initiatives: int = 0
    ) -> ObjectiveCard:
        """Return an objective's card with its key results."""
        if trends:
            self.image.entries.fetch(one.id for one in self.key_results_of(row))
        key_results = tuple(self.key_result(one, trend=trends) for one in self.key_results_of(row))
        counted = [one for one in key_results if one.counts]
        return ObjectiveCard(
            id=encode(row.id),
            url=addresses.objective(self.slug, row.id),
            title=row.title,
            status=self.day.status_of(row.id).word,
            because=self.because(row.id),
            state=row.state,
            commitment=row.commitment,
            level=row.level,
            owner=self.person(row.owner_id),
            team=self.team(row.team_id),
            cycle=self.cycle_of(row).name,
            visibility=row.visibility,
            progress=self.progress(row.id),
            expected=self.expected(row.id),
            explanation=explanations.of_objective(self, row) if explained else None,
            parents=tuple(self.parents(row)),
            key_results=key_results,
            reported=sum(1 for one in counted if one.progress is not None),
            counted=len(counted),
            initiatives=initiatives,
            off_track_below=sum(1 for one in counted if one.status == "off_track"),
            key=row.key,
            number=row.id,
        )

    def parents(self, row: ObjectiveRow) -> Iterator[tuple[str, str, str]]:
        """Yield what an objective serves, as far as the reader may see it: (kind of link, title, address)."""
        for link in self.image.serves.get(row.id, ()):
            above = link.parent_id
            if self.finds(above):
                yield "contributes to" if link.how == "contributes" else "supports", *self.named(above)
