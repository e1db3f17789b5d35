"""Two days side by side: what stood then, what stands now, what lies between, and who did it and why.

Two readers of one actor look at two images; so nothing is told that the actor may not see today, and every
figure is the one that the page of its day shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import numpy as np

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.core.scoring import RollUp, ShiftExplanation, explain_shifts
from milepost.ledger.initiatives import objectives_between
from milepost.ledger.structure import CycleRow, KeyResultRow, ObjectiveRow
from milepost.queries import explanations, initiatives, teams
from milepost.queries.cards import KeyResultCard, ObjectiveCard, Reader
from milepost.queries.contrasts import Contrasts, days
from milepost.queries.drifts import ByTime, Drifted, Drifts, Verdict, verdicts
from milepost.queries.history import Difference
from milepost.queries.meanwhile import Checkins, Meanwhile
from milepost.queries.outlines import cycles_around
from milepost.queries.registers import register
from milepost.queries.sentences import Sentence
from milepost.queries.teams import Summary

Row = ObjectiveRow | KeyResultRow
RolledUp = Callable[[Reader, Row], RollUp]
MOST = 40  # objectives told in full, those that moved most first
_TIE = 1e-7


@dataclass(frozen=True, slots=True)
class Named:
    """An objective of which no more is told than that it is the one."""

    id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class KeyResultPair:
    """A key result on both days; a side is None where it was not there. `points` of 100 lie between."""

    id: str
    number: int
    title: str
    url: str
    before: KeyResultCard | None
    after: KeyResultCard | None
    points: Fraction | float | None
    differences: tuple[Difference, ...]
    checkins: Checkins
    verdicts: tuple[Verdict, Verdict] | None  # where the days judge it otherwise
    shifts: ShiftExplanation | None  # of one that its contributors make up

    @property
    def is_same(self) -> bool:
        is_moved = self.points or self._is_first or self.differences or self.checkins.is_any
        return not (is_moved or self.verdicts)

    @property
    def _is_first(self) -> bool:
        sides = [side is not None and side.progress is not None for side in (self.before, self.after)]
        return sides[0] != sides[1]


@dataclass(frozen=True, slots=True)
class ObjectivePair:
    """An objective on both days, with what was done to it between them, newest first."""

    id: str
    number: int
    title: str
    url: str
    before: ObjectiveCard | None
    after: ObjectiveCard | None
    points: Fraction | float | None
    differences: tuple[Difference, ...]
    key_results: tuple[KeyResultPair, ...]
    told: tuple[Sentence, ...]
    shifts: ShiftExplanation | None
    verdicts: tuple[Verdict, Verdict] | None  # where the days judge it otherwise
    below: tuple[Named, ...]  # what contributes to it and is the cause of that, besides time

    @property
    def checkins(self) -> int:
        return sum(one.checkins.count for one in self.key_results)


@dataclass(frozen=True, slots=True)
class Arranged:
    """How many objectives are new, stand elsewhere, have another title or another owner."""

    new: int = 0
    moved: int = 0
    renamed: int = 0
    owned: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two days side by side: what differs, what moved most first; `more` objectives differ less.

    What time alone changed is told by itself: `drifted`, and `more_drifted` of it are not told.
    """

    before: date
    after: date
    summaries: tuple[Summary, Summary] | None
    objectives: tuple[ObjectivePair, ...]
    more: int
    unmoved: tuple[Named, ...]
    places: tuple[Difference, ...] = ()  # what became of teams and cycles
    drifted: tuple[Drifted, ...] = ()
    more_drifted: int = 0
    arranged: Arranged = Arranged()


# -- what is compared --------------------------------------------------------------------------------------


def of_objective(then: Reader, now: Reader, id: int) -> Comparison:
    """Compare one objective, with its arithmetic, or NotFound."""
    now.objective_row(id)
    between = _Between(then, now)
    pair = between.told([id], explained=True)[0]
    return Comparison(then.today, now.today, None, (pair,), 0, ())


def of_team(then: Reader, now: Reader, team: int | None, cycle: CycleRow | None) -> Comparison:
    """Compare a team's objectives of a cycle, or without a team the company's own; or NotFound."""
    if team is not None:
        now.team_row(team)

    def theirs(reader: Reader) -> list[ObjectiveRow]:
        rows = register(reader.image).teams.get(team, ())
        return [row for row in rows if cycle is None or row.cycle_id == cycle.id]

    before, after = theirs(then), theirs(now)
    ids = np.array([row.id for row in (*before, *after)], dtype=np.int64)
    summaries = teams.summary(then, before), teams.summary(now, after)
    places = Contrasts(then, now).places(team, {row.cycle_id for row in (*before, *after)})
    return _compared(then, now, ids, summaries, places=places, explained=True)


def of_workspace(then: Reader, now: Reader, cycle: CycleRow | None) -> Comparison:
    """Compare everything in a cycle, those that hold it and those it holds; None stands for all cycles."""
    cycles = cycles_around(now.image, cycle)

    def everything(reader: Reader) -> np.ndarray:
        of = reader.image.objectives.array("cycle_id")
        return np.arange(len(of)) if cycles is None else np.flatnonzero(np.isin(of, list(cycles)))

    before, after = everything(then), everything(now)
    ids = np.concatenate([then.image.objectives.ids[before], now.image.objectives.ids[after]])
    summaries = teams.summary_of_nodes(then, before), teams.summary_of_nodes(now, after)
    return _compared(then, now, ids, summaries, places=Contrasts(then, now).places(), explained=False)


def _compared(
    then: Reader,
    now: Reader,
    ids: np.ndarray,
    summaries: tuple[Summary, Summary],
    *,
    places: Iterable[Difference],
    explained: bool,
) -> Comparison:
    between = _Between(then, now)
    moved, same = between.ranked(ids)
    drifts = Drifts(then, now, same)
    moved += drifts.caused
    drifted = {*drifts.objectives, *drifts.caused}
    return Comparison(
        before=then.today,
        after=now.today,
        summaries=summaries,
        objectives=tuple(between.told(moved[:MOST], explained=explained)),
        more=max(len(moved) - MOST, 0),
        unmoved=tuple(between.unmoved(id for id in same if id not in drifted)),
        places=tuple(places),
        drifted=tuple(drifts.told(MOST)),
        more_drifted=max(len(drifts.objectives) - MOST, 0),
        arranged=between.arranged(moved),
    )


# -- what lies between -------------------------------------------------------------------------------------


class _Between:
    """What differs between two readers' days."""

    def __init__(self, then: Reader, now: Reader) -> None:
        self.then, self.now = then, now
        self.contrasts, self.by_time = Contrasts(then, now), ByTime(then, now)
        self._work: Mapping[int, Iterable[Difference]] = {}
        self._said: Mapping[int, Iterable[Difference]] = {}
        cycles = then.image.cycles, now.image.cycles
        # Cycles of which the days differ: what is planned by when differs with them.
        self._cycles = {id for id, row in cycles[1].items() if days(cycles[0].get(id)) != days(row)}

    def ranked(self, ids: np.ndarray) -> tuple[list[int], list[int]]:
        """Split objectives into those that differ, what moved most first, and those that do not.

        Those of them that are there now and that the reader sees.
        """
        ids = np.unique(ids)
        places, there = _nodes(self.now, ids)
        ids, places = ids[there], places[there]
        after, before = (self._shares(reader, ids) for reader in (self.now, self.then))
        points = np.abs(np.nan_to_num(after) - np.nan_to_num(before))
        touched = self._touched()
        defined = {id for id in touched if self._changed(id)}
        said = self._dated([id for id in touched - defined if self.then.finds(id) and self.now.finds(id)])
        above = self.now.image.objective_of
        changed = np.isin(ids, [*defined, *map(above, said), *self._worked()])
        # That there is a figure at all, if only 0 %, is a difference too.
        moved = (points >= 0.0005) | (np.isnan(after) != np.isnan(before)) | changed | self._busy()[places]
        order = np.lexsort((ids[moved], ~changed[moved], -np.round(points[moved], 6)))
        return ids[moved][order].tolist(), ids[~moved].tolist()

    def arranged(self, ids: Iterable[int]) -> Arranged:
        """Count, of objectives, those that somebody made, moved, renamed or gave to somebody else."""
        then, now = self.then.image.objectives, self.now.image.objectives
        rows = [(then.get(id), now[id]) for id in self._touched().intersection(ids)]
        both = [(before, after) for before, after in rows if before]
        return Arranged(
            new=len(rows) - len(both),
            moved=sum(self._is_moved(before, after) for before, after in both),
            renamed=sum(before.title != after.title for before, after in both),
            owned=sum(before.owner_id != after.owner_id for before, after in both),
        )

    def _is_moved(self, before: ObjectiveRow, after: ObjectiveRow) -> bool:
        places = [(row.team_id, row.cycle_id) for row in (before, after)]
        return places[0] != places[1] or bool(self.contrasts.links(after.id))

    def _shares(self, reader: Reader, ids: np.ndarray) -> np.ndarray:
        """Return the progress of objectives, NaN where there is none."""
        places, there = _nodes(reader, ids)
        if not there.any():  # before there was anything, there is nothing to look into
            return np.full(len(ids), np.nan)
        return np.where(there & reader.day.reported[places], reader.day.raw[places], np.nan)

    def _touched(self) -> set[int]:
        """Return the objectives of which the structure may differ: a few, whatever the size of the whole."""
        then, now = self.then.image, self.now.image
        inside = np.isin(now.objectives.array("cycle_id"), list(self._cycles))
        found = set(now.objectives.ids[inside].tolist())
        if then.objectives is now.objectives:
            return found
        found |= now.edition.touched(then.edition)
        own = now.key_results.differing(then.key_results)
        served = [
            link for image in (then, now) for id in (*found, *own) for link in image.served_by.get(id, ())
        ]
        return found | {link.child_id for link in served}

    def _changed(self, id: int) -> bool:
        """Say whether the structure of an objective differs, as far as the reader sees it."""
        then, now = self.then.image, self.now.image
        return (
            then.objectives.get(id) != now.objectives.get(id)
            or now.objectives[id].cycle_id in self._cycles
            or self._defined(self.then, id) != self._defined(self.now, id)
            or any(self.contrasts.order(id))
            or bool(self.contrasts.links(id))
        )

    def _busy(self) -> np.ndarray:
        """Mark the objectives of which a key result that the reader sees was checked in between the days."""
        image, until = self.now.image, self.now.known
        end = 2**62 if until is None else int(until.timestamp())
        busy = self.then.image.entries.history.busy(int(self.then.known.timestamp()), end)
        own = np.isin(image.key_results.ids, busy) & self.now.seen[image.first_key_result :]
        found = np.zeros(image.first_key_result, dtype=bool)
        found[image.parent[own & (image.parent >= 0)]] = True
        return found

    def _dated(self, ids: Iterable[int]) -> dict[int, tuple[Difference, ...]]:
        """Tell what dated rows alone say of objectives and key results; no statement where there are none."""
        then, now, both = self.then.image, self.now.image, list(ids)
        objectives = now.objectives.differing(then.objectives).intersection(both)
        own = {one.id for id in both for one in self._key_results(self.now, id)}
        own &= now.key_results.differing(then.key_results)
        return self.contrasts.dated("objective", objectives) | self.contrasts.dated("key_result", own)

    def _worked(self) -> Iterator[int]:
        """Yield the objectives for which initiatives came or changed between the days, as far as is seen."""
        told = objectives_between(self.now.actor.workspace_id, self.then.known, self.now.until_moment)
        return (id for id, served in told if initiatives.sees(self.now, id, served))

    def _key_results(self, reader: Reader, id: int) -> list[KeyResultRow]:
        row = reader.image.objectives.get(id)
        return reader.key_results_of(row) if row is not None and reader.sees(id) else []

    def _defined(self, reader: Reader, id: int) -> dict[int, KeyResultRow]:
        # In which order they stand is told apart: one more of them moves the others down.
        return {one.id: replace(one, position=0) for one in self._key_results(reader, id)}

    def unmoved(self, ids: Iterable[int]) -> Iterator[Named]:
        """Name the objectives that are the same on both days and take part."""
        for id in ids:
            row = self.now.image.objectives[id]
            if row.counts:
                yield self._named(id)

    def _named(self, id: int) -> Named:
        return Named(encode(id), *self.now.named(id))

    def told(self, ids: list[int], *, explained: bool) -> list[ObjectivePair]:
        """Tell objectives in full: four statements for all of them, or up to seven."""
        meanwhile = Meanwhile(self.then, self.now)
        told = meanwhile.told(ids, self._children(ids))
        checkins = meanwhile.checkins({one.id for id in ids for one in self._both(id)})
        self._work, self._said = self.contrasts.work(ids), self._dated(ids)
        return [self._objective(id, told.get(id, ()), checkins, explained) for id in ids]

    def _both(self, id: int) -> list[KeyResultRow]:
        """List an objective's key results of now, then those of then that are gone."""
        now = self._key_results(self.now, id)
        there = {one.id for one in now}
        return [*now, *(one for one in self._key_results(self.then, id) if one.id not in there)]

    def _objective(
        self, id: int, told: Collection[Sentence], checkins: Mapping[int, Checkins], explained: bool
    ) -> ObjectivePair:
        before, after = (reader.image.objectives.get(id) for reader in (self.then, self.now))
        judged = verdicts(self.then, self.now, id)
        return ObjectivePair(
            id=encode(id),
            number=id,
            title=after.title,
            url=addresses.objective(self.now.slug, id),
            before=before and self._card(self.then, before),
            after=self._card(self.now, after),
            points=self._points(id),
            differences=self._differences(before, after) if before else (),
            key_results=tuple(self._key_result(one, checkins, explained) for one in self._both(id)),
            told=tuple(told),
            shifts=self._shifts(explanations.rolled_up, before, after) if explained and before else None,
            verdicts=judged,
            below=tuple(map(self._named, self.by_time.causes(id))) if judged else (),
        )

    def _differences(self, before: ObjectiveRow, after: ObjectiveRow) -> tuple[Difference, ...]:
        told = self.contrasts.of_objective(before, after)
        return (*told, *self._said.get(after.id, ()), *self._work.get(after.id, ()))

    def _shifts(self, rolled_up: RolledUp, before: Row, after: Row) -> ShiftExplanation:
        found = explain_shifts(rolled_up(self.then, before), rolled_up(self.now, after))
        # A part that is hidden counts, but its id is nobody's to know.
        lines = (line if self._sees(line.ref) else replace(line, ref=None) for line in found.lines)
        return replace(found, lines=tuple(lines))

    def _sees(self, id: int) -> bool:
        return any(reader.finds(id) for reader in (self.then, self.now))

    def _card(self, reader: Reader, row: ObjectiveRow) -> ObjectiveCard:
        return reader.objective(row, explained=False, trends=False)

    def _key_result(
        self, one: KeyResultRow, checkins: Mapping[int, Checkins], explained: bool
    ) -> KeyResultPair:
        before, after = (
            reader.image.key_results.get(one.id) if reader.finds(one.id) else None
            for reader in (self.then, self.now)
        )
        return KeyResultPair(
            id=encode(one.id),
            number=one.id,
            title=one.title,
            url=addresses.key_result(self.now.slug, one.id),
            before=before and self.then.key_result(before, trend=False),
            after=after and self.now.key_result(after, trend=False),
            points=self._points(one.id),
            differences=(*self.contrasts.of_key_result(before, after), *self._said.get(one.id, ()))
            if before and after
            else (),
            checkins=checkins.get(one.id, Checkins()),
            verdicts=verdicts(self.then, self.now, one.id),
            shifts=self._shifts(explanations.contributed, before, after)
            if explained and before and after and before.source == after.source == "contributors"
            else None,
        )

    # -- figures ---------------------------------------------------------------------------------------

    def _share(self, reader: Reader, id: int) -> Fraction | float | None:
        return reader.progress(id) if reader.finds(id) else None

    def _points(self, id: int) -> Fraction | float | None:
        """Return how many points of 100 lie between; out of no data nothing does."""
        before, after = self._share(self.then, id), self._share(self.now, id)
        if before is None or after is None:
            return None
        found = after * 100 - before * 100
        if abs((abs(float(found)) * 10) % 1 - 0.5) > _TIE:
            return found
        # What is shown to one decimal would be rounded the wrong way by the last bit of a float.
        exact = [reader.image.exact(id) or Fraction(0) for reader in (self.then, self.now)]
        return (exact[1] - exact[0]) * 100

    # -- links -----------------------------------------------------------------------------------------

    def _children(self, ids: list[int]) -> dict[int, int]:
        """Return the objectives that serve one of these, or a key result of it, on either day, and which."""
        return {
            link.child_id: above
            for reader in (self.then, self.now)
            for above in ids
            for served in (above, *(one.id for one in self._key_results(reader, above)))
            for link in reader.image.served_by.get(served, ())
        }


def _nodes(reader: Reader, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where objectives stand among a reader's nodes, and which are there for this reader."""
    known = reader.image.objectives.ids
    if not len(known):
        return np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=bool)
    places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return places, (known[places] == ids) & reader.seen[places]
