"""The image: each process's read model of a workspace, brought up to date from the change log when read.

It is a cache of what the tables say, never a second truth: `verify` rebuilds one and compares. Rolling up
follows `core.rollup`; wherever a figure lies near a rounding tie, `exact` asks `core.scoring`.
"""

from __future__ import annotations

import gc
import math
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction

import numpy as np

from milepost.core import access, rollup
from milepost.core.rollup import Curve, Family, Status
from milepost.core.scoring import Kind, Part, Reading, ScoringProblem, percent, score
from milepost.core.scoring import roll_up as exact_roll_up
from milepost.ledger import changes, structure
from milepost.ledger.changes import Kind as ChangeKind
from milepost.ledger.entries import Entries, Entry
from milepost.ledger.structure import KeyResultRow, ObjectiveRow

CURVES = {
    "linear": Curve.LINEAR,
    "s": Curve.S,
    "back": Curve.BACK,
    "front": Curve.FRONT,
    "points": Curve.POINTS,
}
EXPECTED_GRADE = {"committed": 1.0}  # the others: 0.7 (method 2.6)
STRETCH_GRADE = 0.7


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Spare the garbage collector looking again and again at a hundred thousand rows that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Image:
    """One workspace as of its token. Hold `lock` while reading more than one figure."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self.lock = threading.RLock()
        self.token = changes.Token()
        self.version = 0
        with _without_collecting():
            self._load()

    # -- bringing it up to date ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what was committed since the last look."""
        with self.lock:
            found, token = changes.changes_since(self.workspace_id, self.token)
            if found:
                self._apply(found)
                self.version += 1
            self.token = token

    def _load(self) -> None:
        self.token = changes.now(self.workspace_id)
        self._load_frame()
        self.objectives = {row.id: row for row in structure.objectives(self.workspace_id)}
        self.key_results = {row.id: row for row in structure.key_results(self.workspace_id)}
        self.alignments = {row.id: row for row in structure.alignments(self.workspace_id)}
        kinds = [kind.value for kind in Kind if kind.is_series]
        self.entries = Entries.load(self.workspace_id, series_of=kinds)
        self._build()

    def _load_frame(self) -> None:
        self.workspace = structure.workspace(self.workspace_id)
        self.people = {row.id: row for row in structure.people(self.workspace_id)}
        self.teams = {row.id: row for row in structure.teams(self.workspace_id)}
        self.cycles = {row.id: row for row in structure.cycles(self.workspace_id)}

    def _apply(self, found: list[changes.Change]) -> None:
        if any(change.kind == ChangeKind.ALL for change in found):
            with _without_collecting():
                self._load()
            return
        touched = {change.subject_id for change in found if change.kind == ChangeKind.OBJECTIVE}
        checked_in = self.entries.take([change.entry for change in found if change.entry is not None])
        if touched:
            for objective_id in touched:
                self._reread(objective_id)
            self._build()
        else:
            for key_result_id in checked_in:
                if key_result_id in self.node:
                    self._update(key_result_id)

    def _reread(self, objective_id: int) -> None:
        # In copies: a past day may share the rows of before.
        self.objectives, self.key_results, self.alignments = (
            dict(self.objectives), dict(self.key_results), dict(self.alignments),
        )  # fmt: skip
        self.objectives.pop(objective_id, None)
        for rows, column in ((self.key_results, "objective_id"), (self.alignments, "child_id")):
            for row in [row for row in rows.values() if getattr(row, column) == objective_id]:
                del rows[row.id]
        for row in structure.objectives(self.workspace_id, objective_id):
            self.objectives[row.id] = row
        for row in structure.key_results(self.workspace_id, objective_id):
            self.key_results[row.id] = row
        for row in structure.alignments(self.workspace_id, objective_id):
            self.alignments[row.id] = row

    # -- building the arrays ---------------------------------------------------------------------------

    def _build(self) -> None:
        self.objectives = dict(sorted(self.objectives.items()))
        self.node: dict[int, int] = {id: number for number, id in enumerate(self.objectives)}
        first = len(self.node)
        self.ids_of_objectives = list(self.objectives)
        ordered = sorted(self.key_results.values(), key=lambda row: (row.position, row.id))
        self.node |= {row.id: first + number for number, row in enumerate(ordered)}
        self.ids = [*self.ids_of_objectives, *(row.id for row in ordered)]
        self.key_results_of: dict[int, list[KeyResultRow]] = defaultdict(list)
        for row in ordered:
            self.key_results_of[row.objective_id].append(row)
        self._build_links()
        self.children_teams: dict[int | None, list[int]] = defaultdict(list)
        for team in self.teams.values():
            self.children_teams[team.parent_id].append(team.id)
        self.owned_by: dict[int | None, list[KeyResultRow]] = defaultdict(list)
        for row in ordered:
            self.owned_by[self.answers_for(row)].append(row)
        # What others make of this structure and keep with it.
        self.derived: dict = {}
        # What the exact path has found: a tall tree asks for the same below again and again.
        self._exact: dict[int, Fraction | None] = {}
        self._build_audiences()
        self._build_tree()
        self._build_key_results(ordered, first)
        self._days: dict[date, Day] = {}

    def _build_links(self) -> None:
        self.served_by: dict[int, list[structure.AlignmentRow]] = defaultdict(list)
        self.serves: dict[int, list[structure.AlignmentRow]] = defaultdict(list)
        for link in self.alignments.values():
            self.served_by[link.parent_objective_id or link.parent_key_result_id].append(link)
            self.serves[link.child_id].append(link)

    def _build_audiences(self) -> None:
        self._audiences: dict[int, frozenset[int]] = {}
        for row in self.objectives.values():
            if row.visibility != access.Visibility.WORKSPACE:
                team = self.teams.get(row.team_id)
                self._audiences[row.id] = access.audience(
                    row.visibility,
                    owner=row.owner_id,
                    workers=[
                        row.sponsor_id,
                        *row.contributors,
                        *(one.owner_id for one in self.key_results_of[row.id]),
                    ],
                    team_members=team.members if team else (),
                    named=row.visible_to,
                )
        for one in self.key_results.values():
            whole = self._audiences.get(one.objective_id)
            if one.visibility is None:
                if whole is not None:
                    self._audiences[one.id] = whole
                continue
            row = self.objectives.get(one.objective_id)
            team = self.teams.get(row.team_id) if row else None
            found = access.narrowed(
                whole,
                one.visibility,
                owner=one.owner_id,
                workers=[row.owner_id] if row else [],
                team_members=team.members if team else (),
                named=one.visible_to,
            )
            if found is not None:
                self._audiences[one.id] = found

    def answers_for(self, one: KeyResultRow) -> int | None:
        """Return who answers for a key result: its owner, else its objective's."""
        if one.owner_id is not None:
            return one.owner_id
        row = self.objectives.get(one.objective_id)
        return row.owner_id if row else None

    def audience(self, id: int) -> frozenset[int] | None:
        """Return who may see an objective or key result; None stands for everyone."""
        return self._audiences.get(id)

    def restricted(self) -> list[int]:
        """Return everything that not everyone may see."""
        return list(self._audiences)

    def team_of(self, id: int) -> int | None:
        """Return the team of an objective, or of a key result's objective."""
        one = self.key_results.get(id)
        row = self.objectives.get(one.objective_id if one else id)
        return row.team_id if row else None

    def is_private(self, id: int) -> bool:
        """Say whether it is someone's personal objective, or a key result of one."""
        one = self.key_results.get(id)
        row = self.objectives.get(one.objective_id if one else id)
        return row is not None and row.visibility == access.Visibility.PRIVATE

    def counted(self, child_id: int, parent_id: int) -> bool:
        """Say whether a child may count in a parent, by their states and by who sees them."""
        child = self.key_results.get(child_id) or self.objectives.get(child_id)
        if child is None or not child.counts:
            return False
        part, whole = self.audience(child_id), self.audience(parent_id)
        if part is None or access.counts_towards(part, whole):
            return True
        return self.workspace.count_restricted_work and not self.is_private(child_id)

    def _build_tree(self) -> None:
        child, parent, weight = [], [], []
        for one in self.key_results.values():
            if one.objective_id in self.node and self.counted(one.id, one.objective_id):
                child.append(self.node[one.id])
                parent.append(self.node[one.objective_id])
                weight.append(float(one.weight))
        for link in self.alignments.values():
            above = link.parent_objective_id or link.parent_key_result_id
            if link.how != "contributes" or link.child_id not in self.node or above not in self.node:
                continue
            if link.parent_key_result_id and self.key_results[above].source != "contributors":
                continue
            if self.counted(link.child_id, above):
                child.append(self.node[link.child_id])
                parent.append(self.node[above])
                weight.append(float(link.weight))
        self.tree = rollup.tree(
            len(self.ids), np.array(child, dtype=np.int64), np.array(parent, dtype=np.int64), np.array(weight)
        )
        self.pool: dict[int, list[tuple[int, float]]] = defaultdict(list)
        self.above: dict[int, list[int]] = defaultdict(list)
        for c, p, w in zip(child, parent, weight, strict=True):
            self.pool[p].append((c, w))
            self.above[c].append(p)

    def _build_key_results(self, ordered: list[KeyResultRow], first: int) -> None:
        count = len(ordered)
        self.first_key_result = first
        self.family = np.zeros(count, dtype=np.int8)
        numbers = np.full((7, count), np.nan)
        self.current, self.start, self.target, self.low, self.high, self.tolerance, self.given = numbers
        self.measures = (self.family, *numbers)  # as core.rollup takes them
        self.has_entries = np.zeros(len(self.ids), dtype=bool)
        curve = np.zeros(len(self.ids), dtype=np.int8)
        self.points: dict[int, list[tuple[float, float]]] = {}
        starts, ends = np.full(len(self.ids), np.nan), np.full(len(self.ids), np.nan)
        grade = np.full(len(self.ids), STRETCH_GRADE)
        for row in self.objectives.values():
            number = self.node[row.id]
            cycle = self.cycles[row.cycle_id]
            starts[number] = cycle.starts_on.toordinal()
            if cycle.ends_on:
                ends[number] = cycle.ends_on.toordinal()
            grade[number] = EXPECTED_GRADE.get(row.commitment, STRETCH_GRADE)
        for at, one in enumerate(ordered):
            number = first + at
            whole = self.objectives.get(one.objective_id)
            if whole is None:
                continue
            above = self.node[whole.id]
            starts[number] = one.starts_on.toordinal() if one.starts_on else starts[above]
            ends[number] = one.ends_on.toordinal() if one.ends_on else ends[above]
            grade[number] = grade[above]
            curve[number] = CURVES[one.curve]
            if one.points:
                self.points[number] = [(float(x), float(y)) for x, y in one.points]
            self._place(at, one)
        self.from_contributors = [
            first + at for at, one in enumerate(ordered) if one.source == "contributors"
        ]
        for at in self._take_entries(ordered):
            self._take_current(at, ordered[at])
        self.curve, self.starts, self.ends, self.expected_grade = curve, starts, ends, grade

    def _place(self, at: int, one: KeyResultRow) -> None:
        """Put a key result's measure into the arrays, where arrays can compute it."""
        if one.shape is None:
            one.shape = _shape(one)
        family, *numbers = one.shape
        if family:  # not Family.GIVEN
            self.family[at] = family
            self.start[at], self.target[at], self.low[at], self.high[at], self.tolerance[at] = numbers

    def _take_entries(self, ordered: list[KeyResultRow]) -> list[int]:
        """Put the latest values into the arrays at once; return the places that arrays cannot compute."""
        found = [self.entries.current(one.id) for one in ordered]
        self.current[:] = [NAN if entry is None else entry.value for entry in found]
        self.has_entries[self.first_key_result :] = [entry is not None for entry in found]
        return np.flatnonzero(self.family == Family.GIVEN).tolist()

    def _take_current(self, at: int, one: KeyResultRow) -> None:
        entry = self.entries.current(one.id)
        self.has_entries[self.first_key_result + at] = entry is not None
        self.current[at] = np.nan if entry is None else entry.value
        if self.family[at] == Family.GIVEN:
            raw = self.exact_key_result(one) if entry is not None else None
            self.given[at] = np.nan if raw is None else float(raw)

    def _update(self, key_result_id: int) -> None:
        """Take a key result's new value upwards: a few microseconds, whatever the size of the tree."""
        number = self.node[key_result_id]
        at = number - self.first_key_result
        for id in (key_result_id, *self.ancestors(key_result_id)):
            self._exact.pop(id, None)
        self._take_current(at, self.key_results[key_result_id])
        for day in self._days.values():
            day.update(number)

    def ancestors(self, id: int) -> list[int]:
        """Return everything that an objective or key result counts in, nearest first."""
        found: set[int] = set()
        waiting = [self.node[id]]
        while waiting:
            for parent in self.above.get(waiting.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return [self.ids[node] for node in sorted(found, key=self.tree.height.__getitem__)]

    # -- exact figures ---------------------------------------------------------------------------------

    def reading(self, one: KeyResultRow) -> Reading:
        """Return what a key result's measure is scored on, exact."""
        kind = Kind(one.kind)
        entries = self.entries.series(one.id) if kind.is_series else [self.entries.current(one.id)]
        if not entries or entries[0] is None:
            return None
        if kind.is_series:
            # A period is a day here: the last entry of a day is that day's.
            by_day = {entry.effective // 86_400: self.entries.exact(entry) for entry in entries}
            return tuple(by_day.values())
        value = self.entries.exact(entries[0])
        if kind is Kind.BINARY and value in (0, 1):
            return bool(value)
        return value

    def exact_key_result(self, one: KeyResultRow) -> Fraction | None:
        """Return a key result's raw progress, exact; None where it cannot be scored."""
        if one.source == "contributors":
            return self._exact_pool(self.node[one.id])
        return score(one.measure, self.reading(one)).raw

    def _exact_pool(self, number: int) -> Fraction | None:
        parts = [
            Part(weight=Fraction(weight), raw=self.exact(self.ids[child]))
            for child, weight in self._exact_weights(number)
        ]
        return exact_roll_up(parts).raw if parts else None

    def _exact_weights(self, number: int) -> list[tuple[int, Fraction]]:
        return [(child, self.weight(self.ids[child], self.ids[number])) for child, _ in self.pool[number]]

    def weight(self, child_id: int, parent_id: int) -> Fraction:
        """Return the exact weight of a child in its parent's pool."""
        one = self.key_results.get(child_id)
        if one is not None:
            return Fraction(one.weight)
        for link in self.serves[child_id]:
            if (
                link.parent_objective_id or link.parent_key_result_id
            ) == parent_id and link.how == "contributes":
                return Fraction(link.weight)
        return Fraction(0)

    def exact(self, id: int) -> Fraction | None:
        """Return the raw progress of an objective or key result, exact."""
        if id not in self._exact:
            one = self.key_results.get(id)
            self._exact[id] = self.exact_key_result(one) if one else self._exact_pool(self.node[id])
        return self._exact[id]

    # -- a day's figures -------------------------------------------------------------------------------

    def on(self, day: date) -> Day:
        """Return the figures of a day: progress, plan, status of every node."""
        with self.lock:
            found = self._days.get(day)
            if found is None:
                # Two days are alive around midnight; older ones are only in the way.
                while len(self._days) > 1:
                    del self._days[min(self._days)]
                found = self._days[day] = Day(self, day)
            return found


class Day:
    """Every node's figures on one day, kept up to date check-in by check-in."""

    def __init__(self, image: Image, day: date) -> None:
        self.image, self.day = image, day
        tree = image.tree
        raw = np.full(len(image.ids), np.nan)
        raw[image.first_key_result :] = rollup.progress(*image.measures)
        raw[image.from_contributors] = np.nan
        self.raw = rollup.roll_up(tree, raw)
        self.elapsed = rollup.elapsed_share(day.toordinal(), image.starts, image.ends)
        expected = rollup.expected(image.curve, self.elapsed, image.points)
        # A node with a pool expects what its pool expects; a leaf what its own curve says.
        self.expected = rollup.roll_up(tree, expected)
        self.needed = rollup.roll_up(tree, expected * image.expected_grade)
        self.reported = image.has_entries.copy()
        for begin, end, parents, first in tree.steps:
            self.reported[parents] = np.logical_or.reduceat(self.reported[tree.child[begin:end]], first)
        self.status = rollup.status(self.raw, self.needed, self.elapsed, self.reported)
        self.derived: dict = {}  # what others make of these figures and keep with them
        # What changed since this day's figures were made, for those who keep something made of them.
        self.touched: list[int] = []

    def update(self, number: int) -> None:
        """Recompute one key result and what stands above it."""
        image, raw, reported = self.image, self.raw, self.reported
        at = number - image.first_key_result
        id = image.ids[number]
        if image.key_results[id].source != "contributors":
            raw[number] = rollup.progress_of(*(numbers.item(at) for numbers in image.measures))
        reported[number] = image.has_entries[number]
        touched = [number, *(image.node[above] for above in image.ancestors(id))]
        for node in touched[1:]:
            pool = image.pool[node]
            raw[node] = rollup.pool_of((raw.item(child), weight) for child, weight in pool)
            reported[node] = any(reported.item(child) for child, _ in pool)
        for node in touched:
            self.status[node] = rollup.status_of(
                raw.item(node), self.needed.item(node), self.elapsed.item(node), reported.item(node)
            )
        self.touched.extend(touched)

    def progress(self, id: int) -> float | None:
        """Return raw progress; None without data (a pool in which nothing is reported has none either)."""
        node = self.image.node[id]
        value = float(self.raw[node])
        return None if value != value or not self.reported[node] else value

    def percent(self, id: int) -> str | None:
        """Return progress as shown ("64 %"), by the exact path near a tie; None without data."""
        value = self.progress(id)
        if value is None:
            return None
        if rollup.needs_exact(value):
            exact = self.image.exact(id)
            return None if exact is None else percent(exact)
        return f"{math.floor(value * 100 + 0.5)}\u00a0%"

    def status_of(self, id: int) -> Status:
        """Return the pace status."""
        return Status(int(self.status[self.image.node[id]]))


NAN = float("nan")
DECREASE = Kind.DECREASE.value  # looked up once: it is asked of every key result
PLAIN_LINES = frozenset(kind.value for kind in Kind if kind.is_linear)
GIVEN = (Family.GIVEN, NAN, NAN, NAN, NAN, NAN)


def _shape(one: KeyResultRow) -> tuple:
    """Return how arrays compute a measure: family, start (or floor), target, low, high, tolerance.

    What arrays do not compute, or what is wrong with it, is left to the exact path.
    """
    if one.kind in PLAIN_LINES and one.direction is None and one.start is not None and one.target is not None:
        # Nearly all are of these kinds: told apart without making fractions of their ends.
        start, target = float(one.start), float(one.target)
        if start < target if one.kind != DECREASE else start > target:
            return Family.LINEAR, start, target, NAN, NAN, NAN
    kind, measure = Kind(one.kind), one.measure
    if kind.is_on_a_line:
        try:
            start, target = measure.line
        except ScoringProblem:
            return GIVEN
        wrong = (kind is Kind.INCREASE and target < start) or (kind is Kind.DECREASE and target > start)
        if start == target or wrong or measure.direction is not None:
            return GIVEN
        return Family.LINEAR, float(start), float(target), NAN, NAN, NAN
    if kind.is_threshold and measure.target is not None:
        is_up = kind is Kind.MAINTAIN_ABOVE
        if measure.floor is not None and (measure.floor >= measure.target) is is_up:
            return GIVEN
        floor = NAN if measure.floor is None else float(measure.floor)
        return Family.ABOVE if is_up else Family.BELOW, floor, float(measure.target), NAN, NAN, NAN
    if kind is Kind.RANGE and None not in (measure.low, measure.high) and measure.low <= measure.high:
        return Family.RANGE, NAN, NAN, float(measure.low), float(measure.high), float(measure.tolerance or 0)
    if kind is Kind.BINARY:
        return Family.BINARY, NAN, NAN, NAN, NAN, NAN
    return GIVEN


_images: dict[int, Image] = {}
_images_lock = threading.Lock()


def of(workspace_id: int) -> Image:
    """Return this process's image of a workspace, up to date."""
    image = _images.get(workspace_id)
    if image is None:
        with _images_lock:
            image = _images.get(workspace_id)
            if image is None:
                image = _images[workspace_id] = Image(workspace_id)
                return image
    image.refresh()
    return image


def held(workspace_id: int) -> Image | None:
    """Return the image as this process last saw it, without looking for news."""
    return _images.get(workspace_id)


def all_held() -> list[Image]:
    """Return every image of this process, as it last saw them."""
    return list(_images.values())


def forget(workspace_id: int | None = None) -> None:
    """Drop an image (or all), so that it is loaded anew when next read."""
    with _images_lock:
        if workspace_id is None:
            _images.clear()
        else:
            _images.pop(workspace_id, None)


__all__ = ["Day", "Entry", "Image", "ObjectiveRow", "forget", "held", "of"]
