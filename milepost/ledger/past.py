"""A workspace as it stood at the end of a past day: the structure and knowledge of then, the rights of today.

Most days differ from today in their check-ins alone; they share the living structure, and cost a mask and a
roll-up. Where the structure has changed since, only what changed is read from its dated rows, and the arrays
are built once for all days between two changes.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, partial

import numpy as np

from milepost.core.rollup import Plan, Shapes
from milepost.ledger import history as histories
from milepost.ledger import image as images
from milepost.ledger import memberships, structure
from milepost.ledger.columns import Rows, positions
from milepost.ledger.day import DayThen
from milepost.ledger.entries import Entries, Entry
from milepost.ledger.frame import Frame
from milepost.ledger.given import Given
from milepost.ledger.history import EntriesThen, History
from milepost.ledger.image import Image
from milepost.ledger.memberships import Memberships
from milepost.ledger.structure import KeyResultRow, TeamRow

KEPT_DAYS = 8
KEPT_NODES = 2_000_000  # of all kept days together: a day takes some 50 bytes for each
KEPT_STRUCTURES = 2


def of(workspace_id: int, day: date) -> Image:
    """Return a workspace's image as of the end of a past day."""
    living = images.of(workspace_id)
    with living.lock:
        archive = living.derived.get(Archive)
        if archive is None:
            archive = living.derived[Archive] = Archive(living)
        return archive.on(day)


class Archive:
    """The past days of one living structure; a change of structure makes another."""

    def __init__(self, living: Image) -> None:
        self.living = living
        if living.entries.history is None:
            living.entries.history = histories.of(living.workspace_id, living.token)
            living.entries.watchers.append(living.entries.history.add)
        living.entries.watchers[1:] = [self._take]  # in the place of the archive of another structure
        self.history: History = living.entries.history
        self.moments = structure.moments(living.workspace_id)
        self._structures: OrderedDict[tuple, Image] = OrderedDict()
        self._days: OrderedDict[date, Past] = OrderedDict()

    def _take(self, rows: Sequence[tuple]) -> None:
        """Forget the days of which something became known only now: by the clock, that is today alone."""
        earliest = min((row[3] for row in rows), default=None)
        for day, past in list(self._days.items()):
            if earliest is not None and earliest < past.known.timestamp():
                self._days.pop(day).let_go()

    def on(self, day: date) -> Image:
        """Return the image as of the end of a day."""
        kept = self._days.get(day)
        known = self.living.workspace.calendar.end_of(day)
        # Columns in which something came in since have their entries in other places.
        held = self.history.columns(int(known.timestamp()), self.living.token)
        if kept is None or kept.entries.held is not held:
            if kept is not None:
                kept.let_go()
            self._days[day] = self._made(day, known)
            while len(self._days) > max(1, min(KEPT_DAYS, KEPT_NODES // len(self.living.ids or [0]))):
                self._days.popitem(last=False)[1].let_go()
        self._days.move_to_end(day)
        return self._days[day]

    def _made(self, day: date, known: datetime) -> Past:
        return Past(self._structure(day, known), self.history, memberships.of(self.living), day, known)

    def _structure(self, day: date, known: datetime) -> Image:
        changes = bisect_left(self.moments, int(known.timestamp()))
        closed_since = frozenset(
            cycle.id for cycle in self.living.cycles.values() if cycle.closed_on and cycle.closed_on > day
        )
        if changes == len(self.moments) and not closed_since:
            return self.living
        name = changes, closed_since
        if name not in self._structures:
            self._structures[name] = Structure(self.living, day, known)
            if len(self._structures) > KEPT_STRUCTURES:
                self._structures.popitem(last=False)
        self._structures.move_to_end(name)
        return self._structures[name]


class Structure(Image):
    """What was there before the moment `known`, without any check-in."""

    def __init__(self, living: Image, day: date, known: datetime) -> None:
        self.workspace_id = living.workspace_id
        self.lock = threading.RLock()
        self.token, self.version = living.token, living.version
        self.workspace, self.people = living.workspace, living.people
        frame = Frame(self.workspace_id, day, known)
        objectives = list(structure.objectives_then(self.workspace_id, known))
        key_results = list(structure.key_results_then(self.workspace_id, known))
        self.objectives = _before(living.objectives, objectives)
        self.cycles = frame.cycles(living.cycles, self._used("cycle_id"))
        self.teams = frame.teams(living.teams, self._used("team_id"))
        self.key_results = frame.key_results(_before(living.key_results, key_results))
        made_since = structure.alignments_since(self.workspace_id, known)
        self.alignments = living.alignments.changed(
            structure.alignments_ended(self.workspace_id, known), made_since
        )
        self.entries = Entries(self.workspace_id)
        self.written = dict(living.written)
        self._seen_by = living.audience
        self.family, self.numbers = living.family, living.numbers
        self._take_over(living.key_results.ids, (row for row in key_results if row.title is not None))
        self._restricted = living.restricted()
        self._build()

    def _used(self, name: str) -> set[int]:
        return {*np.unique(self.objectives.array(name)).tolist()}

    def _build_audiences(self) -> None:
        # The past is seen with today's rights: what was open then and is confidential now is confidential.
        self._audiences = {id: self._seen_by(id) for id in self._restricted if id in self.node}


def _before(living: Rows, changed: list) -> Rows:
    return living.changed((row for row in changed if row.title is not None), (row.id for row in changed))


class Past(Image):
    """A structure with the check-ins known before `known`: read like any image, never refreshed."""

    figured = DayThen

    def __init__(
        self, whole: Image, history: History, members: Memberships, day: date, known: datetime
    ) -> None:
        self.__dict__.update(whole.__dict__)
        self.lock = threading.RLock()
        self.known = known
        self.workspace = whole.workspace.as_of(known)
        del self.teams  # as they were is found out when somebody asks for it: not for the tree
        self._teams_then = partial(members.before, whole.teams, day, known)
        self.__dict__.pop("_every_team", None)
        self._days, self._exact = {}, {}
        self._known_now: KnownNow | None = None
        self.entries = EntriesThen(history, int(known.timestamp()))
        self._take_then(whole)

    @cached_property
    def teams(self) -> Mapping[int, TeamRow]:
        """The teams with those who belonged to them then.

        Rights are today's: audiences were found before, of those who belong to teams now.
        """
        return self._teams_then()

    def refresh(self, *, anew: bool = False) -> None:
        """Do nothing: the past stays as it is."""

    def let_go(self) -> None:
        """Let go of what was made of this day, for nobody will ask for it again.

        It holds the image that holds it: such rings, megabytes each, would stay until Python looks for them.
        Whoever reads this day just now has what they need; to wait for them might be to wait for oneself.
        """
        days, self._days = self._days, {}
        for day in list(days.values()):
            day.derived, day.followed = {}, {}

    def _take_then(self, whole: Image) -> None:
        columns, first = self.entries.held, self.first_key_result
        made_of, number = whole.derived.get(History, (None, None))
        if made_of is not columns:
            number = positions(columns.key_results, self.key_results.ids)
            whole.derived[History] = columns, number
        latest = self.entries.latest.take(number)
        self.current = columns.said.take(latest)
        self.has_entries = np.zeros(len(self.has_entries), dtype=bool)
        self.has_entries[first:] = latest >= 0
        self.given = np.full(len(self.given), np.nan)
        self.measures = (
            self.family, self.current, self.start, self.target, self.low, self.high, self.tolerance,
            self.given,
        )  # fmt: skip
        self._take_given(whole)

    def measured(self) -> np.ndarray:
        """Return every key result's raw progress by its own measure; NaN without data."""
        shapes = self.derived.get(Shapes)
        if shapes is None:
            shapes = self.derived[Shapes] = Shapes(self.family, *self.measures[2:7])
        return shapes.progress(self.current, self.given)

    def planned(self, day: date, most: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return of every node the share of its window gone by, its expected progress, and what it needs.

        Of so many, the first ones, where `most` says how many.
        """
        plan = self.derived.get(Plan)
        if plan is None:
            plan = self.derived[Plan] = Plan(
                self.tree, self.starts, self.ends, self.curve, self.points, self.expected_grade
            )
        return plan.on(day.toordinal(), most)

    def _take_given(self, whole: Image) -> None:
        """Take what arrays cannot compute."""
        found = whole.derived.get(Given)
        if found is None or found.columns is not self.entries.held:
            found = whole.derived[Given] = Given(whole, self.entries)
        found.into(self.given, self, self._exactly)

    def known_now(self, key_results: frozenset[int], living: Image) -> Image:
        """Return this day with what is known now of some key results: late check-ins, and corrections."""
        with living.lock:
            own = living.entries.until(key_results, int(self.known.timestamp()))
        with self.lock:
            if self._known_now is None or self._known_now.entries.own != own:
                self._known_now = KnownNow(self, own)
            return self._known_now

    def _exactly(self, one: KeyResultRow) -> float:
        raw = self.exact_key_result(one)
        return np.nan if raw is None else float(raw)


class KnownNow(Image):
    """A past day in which some key results have all the check-ins for it that stand now."""

    def __init__(self, day: Past, own: dict[int, list[Entry]]) -> None:
        self.teams = day.teams
        self.__dict__.update(day.__dict__)
        self.lock = threading.RLock()
        self._days, self._exact, self._known_now = {}, {}, None
        self.entries = EntriesKnownNow(day.entries, own)
        self.has_entries = day.has_entries.copy()
        self.family, *rest = day.measures
        self.numbers = np.array(rest)
        self._name_numbers()
        for id in own:
            self._take_current(self.node[id] - self.first_key_result, self.key_results[id])


class EntriesKnownNow:
    """The check-ins as they stood at a past moment; of some key results, those up to then that stand now."""

    def __init__(self, then: EntriesThen, own: dict[int, list[Entry]]) -> None:
        self.then, self.own = then, own
        self.exact = then.exact

    def series(self, key_result_id: int) -> list[Entry]:
        """Return what stands, oldest first."""
        found = self.own.get(key_result_id)
        return self.then.series(key_result_id) if found is None else found

    def current(self, key_result_id: int) -> Entry | None:
        """Return the latest entry that stands."""
        found = self.own.get(key_result_id)
        return self.then.current(key_result_id) if found is None else found[-1] if found else None
