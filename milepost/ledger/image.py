"""The image: each process's read model of a workspace, brought up to date from the change log when read.

It is a cache of what the tables say, never a second truth: `verify` rebuilds one and compares. Rolling up
follows `core.rollup`; wherever a figure lies near a rounding tie, `exact` asks `core.scoring`.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import compress
from operator import attrgetter

import numpy as np

from milepost.core import access, rollup
from milepost.core.rollup import Curve, Family
from milepost.core.scoring import Kind, Part, Reading, score
from milepost.core.scoring import roll_up as exact_roll_up
from milepost.ledger import changes, structure
from milepost.ledger.changes import Kind as ChangeKind
from milepost.ledger.columns import NOTHING, Groups, Rows, positions
from milepost.ledger.day import Day
from milepost.ledger.editions import Edition, Written
from milepost.ledger.entries import Entries, Entry
from milepost.ledger.garbage import uncollected
from milepost.ledger.measures import floats, shape
from milepost.ledger.nodes import Nodes
from milepost.ledger.pools import Parents, Pools
from milepost.ledger.stillness import Mark
from milepost.ledger.structure import (
    COUNTING_KEY_RESULT_STATES,
    COUNTING_STATES,
    AlignmentRow,
    KeyResultRow,
    ObjectiveRow,
    PersonRow,
    TeamRow,
)

KEPT_ANCESTORS = 50_000
CURVES = {
    "linear": Curve.LINEAR,
    "s": Curve.S,
    "back": Curve.BACK,
    "front": Curve.FRONT,
    "points": Curve.POINTS,
}
EXPECTED_GRADE = {"committed": 1.0}  # the others: 0.7 (method 2.6)
STRETCH_GRADE = 0.7
FRAME = {ChangeKind.PERSON, ChangeKind.TEAMS, ChangeKind.CYCLES, ChangeKind.SETTINGS}


class Image:
    """One workspace as of its token. Hold `lock` while reading more than one figure."""

    figured: type[Day] = Day

    def __init__(self, workspace_id: int, *, fill: Callable[[Image], None] | None = None) -> None:
        """Load a workspace from the tables, or let `fill` bring its rows and figures."""
        self.workspace_id = workspace_id
        self.lock = threading.RLock()
        self.token = changes.Token()
        self.version = 0
        # Texts that others wrote of the objectives and the key results, by those names; edits leave them.
        self.written: dict[str, Written] = {}
        # What others make of people, teams, cycles and settings and keep with them: until these change.
        self.framed: dict = {}
        with uncollected():
            if fill is None:
                self._load()
            else:
                fill(self)
                self._build()

    # -- bringing it up to date ------------------------------------------------------------------------

    def refresh(self, *, anew: bool = False) -> None:
        """Take in what was committed since the last look; `anew`: since a moment ago, come what may."""
        with self.lock:
            found, token = changes.changes_since(self.workspace_id, self.token, anew=anew)
            if found:
                self._apply(found)
                self.version += 1
            self.token = token

    def lacks_news(self) -> bool:
        """Say whether the database shows anything, just now, that was not taken in; take in nothing."""
        with self.lock:
            return bool(changes.changes_since(self.workspace_id, self.token, anew=True)[0])

    def take_own(self, logged: changes.Logged) -> Mark | None:
        """Take in a change that was just committed here; return the mark as of which all is known then.

        None where something else may have been logged before it: whoever reads next looks for both.
        """
        with self.lock:
            token = changes.following(self.token, logged)
            if token is None:
                return None
            self._apply([logged.change])
            self.version += 1
            self.token = token
            return token.still

    @property
    def edition(self) -> Edition:
        """The rows that this image is made of."""
        return Edition(self.objectives, self.key_results, self.alignments)

    def _load(self) -> None:
        self.token = changes.now(self.workspace_id)
        self.written, self.framed = {}, {}
        self._load_frame()
        shapes: list[list[tuple]] = []
        id = self.workspace_id
        self.objectives = Rows.collect(ObjectiveRow, structure.OBJECTIVE, structure.objectives(id))
        self.key_results = Rows.collect(
            KeyResultRow, structure.KEY_RESULT, structure.key_results(id),
            look=lambda rows: shapes.append(np.array([shape(row) for row in rows], dtype=np.float64)),
        )  # fmt: skip
        self.alignments = Rows.collect(AlignmentRow, structure.ALIGNMENT, structure.alignments(id))
        kinds = [kind.value for kind in Kind if kind.is_series]
        self.entries = Entries.load(id, series_of=kinds)
        self._take_shapes(np.concatenate(shapes) if shapes else np.zeros((0, 6)))
        self._build()
        for at in np.flatnonzero((self.family == Family.GIVEN) & ~self.from_contributors).tolist():
            self._take_current(at, self.key_results[self.ids[self.first_key_result + at]])

    def _load_frame(self) -> None:
        self.workspace = structure.workspace(self.workspace_id)
        self.people = Rows.collect(PersonRow, structure.PERSON, structure.people(self.workspace_id))
        self.teams = {row.id: row for row in structure.teams(self.workspace_id)}
        self.cycles = {row.id: row for row in structure.cycles(self.workspace_id)}

    def _apply(self, found: list[changes.Change]) -> None:
        if any(change.kind == ChangeKind.ALL for change in found):
            with uncollected():
                self._load()
            return
        for change in found:
            if change.kind == ChangeKind.VIEW:
                self.forget_views(change.subject_id)
        if frame := [change for change in found if change.kind in FRAME]:
            self._reframe(frame)
        touched = {change.subject_id for change in found if change.kind == ChangeKind.OBJECTIVE}
        checked_in = self.entries.take([change.entry for change in found if change.entry is not None])
        if touched:
            self._edit(touched)
        for key_result_id in checked_in:
            if key_result_id in self.node:
                self._update(key_result_id)

    def _reframe(self, found: list[changes.Change]) -> None:
        """Read again what changed of people, teams, cycles and settings, and what follows from it."""
        kinds = {change.kind for change in found}
        people = {change.subject_id for change in found if change.kind == ChangeKind.PERSON}
        rows = [row for id in people for row in structure.people(self.workspace_id, id)]
        self.people = self.people.changed(rows, people - {row.id for row in rows})
        if ChangeKind.TEAMS in kinds:
            self.teams = {row.id: row for row in structure.teams(self.workspace_id)}
            self._build_teams()
            self._build_audiences()
        if ChangeKind.CYCLES in kinds:
            self.cycles = {row.id: row for row in structure.cycles(self.workspace_id)}
            self._build_windows()
        if ChangeKind.SETTINGS in kinds:
            self.workspace = structure.workspace(self.workspace_id)
        if kinds & {ChangeKind.TEAMS, ChangeKind.SETTINGS}:  # who sees what, and what then counts
            self._build_tree()
        self.derived, self.arranged, self.framed, self._exact = {}, {}, {}, {}
        if kinds == {ChangeKind.PERSON}:
            for day in self._days.values():
                day.derived, day.followed = {}, {}  # they may hold names
        else:
            self._days = {}

    # -- taking in what was edited ---------------------------------------------------------------------

    def _edit(self, touched: set[int]) -> None:
        """Take in some objectives with all that belongs to them; what they did not touch stays.

        Rows and arrays are exchanged, never written over: a past day may share those of before.
        """
        had = self.objectives, self.key_results, self.alignments
        own = {row.id for id in touched for row in self.key_results_of.get(id, ())}
        links = {row.id: row for id in touched for row in self.serves.get(id, ())}
        edges = self._edges_around(touched)
        objectives = [row for id in touched for row in structure.objectives(self.workspace_id, id)]
        key_results = [row for id in touched for row in structure.key_results(self.workspace_id, id)]
        alignments = [row for id in touched for row in structure.alignments(self.workspace_id, id)]
        self.objectives = had[0].changed(objectives, touched - {row.id for row in objectives})
        self.key_results = had[1].changed(key_results, own - {row.id for row in key_results})
        self.alignments = had[2].changed(alignments, links.keys() - {row.id for row in alignments})
        stays = (
            all(row.id in had[0] for row in objectives)
            and len(objectives) == len(touched)
            and own == {row.id for row in key_results}
            and all(
                (row.objective_id, row.position) == (had[1][row.id].objective_id, had[1][row.id].position)
                for row in key_results
            )
        )
        if not stays:
            self._take_over(had[1].ids, key_results)
            self._number()
            self._audiences = dict(self._audiences)
            for id in touched | own:
                self._audiences.pop(id, None)
            for row in objectives:
                self._find_audience(row)
            self._arrange()
        else:
            is_arranged = links == {row.id: row for row in alignments} and all(
                _arrangement(row) == _arrangement(before[row.id])
                for rows, before in ((objectives, had[0]), (key_results, had[1]))
                for row in rows
            )
            self._replace(objectives, key_results, is_arranged=is_arranged)
            if {id: _ends(row) for id, row in links.items()} != {row.id: _ends(row) for row in alignments}:
                self._build_links()
            now = self._edges_around(touched)
            if now.keys() != edges.keys():
                self._build_tree()
                self._days = {}
            else:
                if now != edges:
                    self._weigh(now)
                nodes = [self.node[row.id] for row in (*key_results, *objectives)]
                for day in self._days.values():
                    day.revise(nodes)
        for one in key_results:
            at = self.node[one.id] - self.first_key_result
            if self.family[at] == Family.GIVEN:
                self._take_current(at, one)
                for day in self._days.values():
                    day.update(self.first_key_result + at)

    def forget_views(self, person_id: int = 0) -> None:
        """Forget which saved views somebody has, or everyone (0)."""
        kept = self.derived.get(ChangeKind.VIEW, {})
        if person_id:
            kept.pop(person_id, None)
        else:
            kept.clear()

    def _replace(
        self, objectives: list[ObjectiveRow], key_results: list[KeyResultRow], *, is_arranged: bool
    ) -> None:
        self.key_results_of = self.key_results_of.following(self.key_results)
        self.served_by = self.served_by.following(self.alignments)
        self.serves = self.serves.following(self.alignments)
        owned_by = self.__dict__.pop("owned_by", None)
        self.derived, self._exact = {}, {}
        if not is_arranged:
            self.arranged = {}
            self._audiences = dict(self._audiences)
            for row in objectives:
                self._find_audience(row)
        elif owned_by is not None:
            self.owned_by = owned_by.following(self.key_results)
        self.family, self.numbers = self.family.copy(), self.numbers.copy()
        self._name_numbers()
        self.from_contributors = self.from_contributors.copy()
        self.curve, self.starts, self.ends = self.curve.copy(), self.starts.copy(), self.ends.copy()
        self.expected_grade, self.points = self.expected_grade.copy(), dict(self.points)
        for row in objectives:
            number, cycle = self.node[row.id], self.cycles[row.cycle_id]
            self.starts[number] = cycle.starts_on.toordinal()
            self.ends[number] = cycle.ends_on.toordinal() if cycle.ends_on else np.nan
            self.expected_grade[number] = EXPECTED_GRADE.get(row.commitment, STRETCH_GRADE)
        for one in key_results:
            number, above = self.node[one.id], self.node[one.objective_id]
            self.starts[number] = one.starts_on.toordinal() if one.starts_on else self.starts[above]
            self.ends[number] = one.ends_on.toordinal() if one.ends_on else self.ends[above]
            self.expected_grade[number] = self.expected_grade[above]
            self.curve[number] = CURVES[one.curve]
            self.points.pop(number, None)
            if one.points:
                self.points[number] = floats(one.points)
            self.from_contributors[number - self.first_key_result] = one.source == "contributors"
            self._place(number - self.first_key_result, one)

    def _edges_around(self, touched: set[int]) -> dict[tuple[int, int], float]:
        """Return what counts in these objectives and their key results, and what these count in."""
        found = {}
        for id in touched:
            mine = self.key_results_of.get(id, ())
            for one in mine:
                if self.counted(one.id, id):
                    found[one.id, id] = float(one.weight)
            links = list(self.serves.get(id, ()))
            for above in (id, *(one.id for one in mine)):
                links += self.served_by.get(above, ())
            for link in links:
                above = link.parent_objective_id or link.parent_key_result_id
                if self._bears(link, above):
                    found[link.child_id, above] = float(link.weight)
        return found

    def _bears(self, link: AlignmentRow, above: int) -> bool:
        if link.how != "contributes" or link.child_id not in self.node or above not in self.node:
            return False
        if link.parent_key_result_id and self.key_results[above].source != "contributors":
            return False
        return self.counted(link.child_id, above)

    def _weigh(self, edges: dict[tuple[int, int], float]) -> None:
        weight = self.tree.weight.copy()
        for (child_id, parent_id), new in edges.items():
            weight[self.pool.place(self.node[parent_id], self.node[child_id])] = new
        self.tree = replace(self.tree, weight=weight)
        self.pool = Pools(self.tree)

    # -- building the arrays ---------------------------------------------------------------------------

    def _take_shapes(self, shapes: np.ndarray) -> None:
        """Put every measure, and what was last said of it, into the arrays of the key results."""
        self.family = shapes[:, 0].astype(np.int8)
        self.numbers = np.full((7, len(shapes)), np.nan)
        self.numbers[1:6] = shapes[:, 1:].T
        there, (value,) = self.entries.columns(self.key_results.ids, "value")
        self.numbers[0, there] = value

    def _take_over(self, ids: np.ndarray, fresh: Iterable[KeyResultRow]) -> None:
        """Take the measures of key results `ids` over to those there are now, and place fresh ones."""
        wanted = self.key_results.ids
        places = positions(ids, wanted)
        if len(ids):
            family, numbers = self.family.take(places), self.numbers.take(places, axis=1)
            family[places < 0], numbers[:, places < 0] = 0, np.nan
        else:
            family, numbers = np.zeros(len(wanted), dtype=np.int8), np.full((7, len(wanted)), np.nan)
        self.family, self.numbers = family, numbers
        self._name_numbers()
        for one in fresh:
            at = int(np.searchsorted(wanted, one.id))
            self._place(at, one)
            entry = self.entries.current(one.id)
            self.current[at] = np.nan if entry is None else entry.value

    def _name_numbers(self) -> None:
        self.current, self.start, self.target, self.low, self.high, self.tolerance, self.given = self.numbers
        self.measures = (self.family, *self.numbers)  # as core.rollup takes them

    def _build(self) -> None:
        """Make what is derived from the rows: numbers for the nodes, groups, the tree, windows."""
        self._build_teams()
        self._number()
        self._build_audiences()
        self._arrange()

    def _number(self) -> None:
        """Give the nodes their numbers, and each objective its key results."""
        self._name_numbers()
        objectives, key_results = self.objectives.ids, self.key_results.ids
        self.first_key_result = len(objectives)
        self.node = Nodes(objectives, key_results)
        self.ids = self.node.ids
        size = len(self.ids)
        self.parent = positions(objectives, self.key_results.array("objective_id"))
        self.from_contributors = self.key_results.array("source", lambda word: word == "contributors", bool)
        self.key_results_of = Groups(
            self.key_results, self.node.get, self.parent, size=size,
            within=self.key_results.array("position"),
        )  # fmt: skip

    def _arrange(self) -> None:
        """Put what counts in what, and the windows, into arrays."""
        size, first = len(self.ids), self.first_key_result
        self.__dict__.pop("owned_by", None)
        # What others make of this structure and keep with it: until anything of it changes, and what depends
        # only on what stands where, who works on it and who sees it, until that does.
        self.derived: dict = {}
        self.arranged: dict = {}
        # What the exact path has found: a tall tree asks for the same below again and again.
        self._exact: dict[int, Fraction | None] = {}
        self.has_entries = np.zeros(size, dtype=bool)
        self.has_entries[first:] = self.entries.columns(self.key_results.ids)[0]
        self._build_links()
        self._build_tree()
        self._build_windows()
        self._days: dict[date, Day] = {}

    def _build_teams(self) -> None:
        self.children_teams: dict[int | None, list[int]] = defaultdict(list)
        for team in sorted(self.teams.values(), key=lambda one: (one.name.casefold(), one.id)):
            self.children_teams[team.parent_id].append(team.id)
        self.__dict__.pop("_every_team", None)

    @cached_property
    def _every_team(self) -> list[tuple[TeamRow, int]]:
        return list(self._walk_teams(None, 0, math.inf))

    def walk_teams(
        self, above: int | None = None, *, depth: int = 0, levels: float = math.inf
    ) -> Iterator[tuple[TeamRow, int]]:
        """Return the teams below one, or all, as a tree, by name; with how deep each stands."""
        if above is None and levels == math.inf:
            return ((team, depth + level) for team, level in self._every_team)
        return self._walk_teams(above, depth, levels)

    def _walk_teams(self, above: int | None, depth: int, levels: float) -> Iterator[tuple[TeamRow, int]]:
        for id in self.children_teams.get(above, ()):
            yield self.teams[id], depth
            if levels > 1:
                yield from self._walk_teams(id, depth + 1, levels - 1)

    def _build_links(self) -> None:
        links = self.alignments
        self._child = positions(self.objectives.ids, links.array("child_id"))
        above = positions(self.objectives.ids, links.array("parent_objective_id"))
        served = positions(self.key_results.ids, links.array("parent_key_result_id"))
        self._served = np.where(served >= 0, served + self.first_key_result, above)
        size = len(self.ids)
        self.serves = Groups(links, self.node.get, self._child, size=size)
        self.served_by = Groups(links, self.node.get, self._served, size=size)

    @cached_property
    def owned_by(self) -> Groups:
        """The key results that each person answers for: they own them, or else the objective."""
        own, above = self.key_results.array("owner_id"), self.objectives.array("owner_id")
        if len(above):
            inherited = np.where(self.parent >= 0, above[self.parent], NOTHING)
            own = np.where(own == NOTHING, inherited, own)
        return Groups.by(self.key_results, own, within=self.key_results.array("position"))

    def _build_audiences(self) -> None:
        self._audiences: dict[int, frozenset[int]] = {}
        restricted = self.objectives.array("visibility", _is_restricted, bool)
        narrowed = self.key_results.array("visibility", lambda word: word is not None, bool)
        wanted = set(self.objectives.ids[restricted].tolist())
        wanted.update(self.objectives.ids[self.parent[narrowed & (self.parent >= 0)]].tolist())
        for id in sorted(wanted):
            self._find_audience(self.objectives[id])

    def _find_audience(self, row: ObjectiveRow) -> None:
        """Find out who may see an objective and its key results."""
        self._audiences.pop(row.id, None)
        mine, told = self.key_results_of.ids(row.id), self.key_results.value
        team = self.teams.get(row.team_id)
        members = team.members if team else ()
        whole = None
        if row.visibility != access.Visibility.WORKSPACE:
            owners = (told(id, "owner_id") for id in mine)
            self._audiences[row.id] = whole = access.audience(
                row.visibility,
                owner=row.owner_id,
                workers=[row.sponsor_id, *row.contributors, *owners],
                team_members=members,
                named=row.visible_to,
            )
        for id in mine:
            self._audiences.pop(id, None)
            found = whole
            if (visibility := told(id, "visibility")) is not None:
                found = access.narrowed(
                    whole,
                    visibility,
                    owner=told(id, "owner_id"),
                    workers=[row.owner_id],
                    team_members=members,
                    named=told(id, "visible_to"),
                )
            if found is not None:
                self._audiences[id] = found

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
        return self.objectives.value(self.objective_of(id), "team_id")

    def is_private(self, id: int) -> bool:
        """Say whether it is someone's personal objective, or a key result of one."""
        return self.objectives.value(self.objective_of(id), "visibility") == access.Visibility.PRIVATE

    def objective_of(self, id: int) -> int:
        """Return the objective of a key result, and an objective itself."""
        above = self.key_results.value(id, "objective_id")
        return id if above is None else above

    def counted(self, child_id: int, parent_id: int) -> bool:
        """Say whether a child may count in a parent, by their states and by who sees them."""
        state = self.key_results.value(child_id, "state")
        if state is None:
            counts = self.objectives.value(child_id, "state") in COUNTING_STATES
        else:
            counts = state in COUNTING_KEY_RESULT_STATES
        return counts and self._counts_by_sight(child_id, parent_id)

    def _counts_by_sight(self, child_id: int, parent_id: int) -> bool:
        part, whole = self.audience(child_id), self.audience(parent_id)
        if part is None or access.counts_towards(part, whole):
            return True
        return self.workspace.count_restricted_work and not self.is_private(child_id)

    def _build_tree(self) -> None:
        size, first = len(self.ids), self.first_key_result
        restricted = np.zeros(size, dtype=bool)
        restricted[self.node.among(self._audiences)] = True
        # What everyone sees counts by its state; the few others are asked about one by one.
        counts = np.concatenate([
            self.objectives.array("state", COUNTING_STATES.__contains__, bool),
            self.key_results.array("state", COUNTING_KEY_RESULT_STATES.__contains__, bool),
        ])  # fmt: skip
        child = np.arange(first, size)
        weight = self.key_results.array("weight", float, np.float64)
        links = self.alignments.array("how", lambda word: word == "contributes", bool)
        is_key_result = self._served >= first
        links[is_key_result] &= self.from_contributors[self._served[is_key_result] - first]
        child = np.concatenate([child, self._child[links]])
        parent = np.concatenate([self.parent, self._served[links]])
        weight = np.concatenate([weight, self.alignments.array("weight", float, np.float64)[links]])
        kept = (child >= 0) & (parent >= 0)
        kept[kept] = counts[child[kept]]
        for at in np.flatnonzero(kept & restricted[child]).tolist():
            kept[at] = self._counts_by_sight(self.ids[child[at]], self.ids[parent[at]])
        self.tree = rollup.tree(size, child[kept], parent[kept], weight[kept])
        self.pool, self.above = Pools(self.tree), Parents(self.tree)
        self._ancestors: dict[int, tuple[int, ...]] = {}

    def _build_windows(self) -> None:
        size, first = len(self.ids), self.first_key_result
        cycles = {id: place for place, id in enumerate(self.cycles)}
        begins = np.array([row.starts_on.toordinal() for row in self.cycles.values()], dtype=np.float64)
        stops = np.array(
            [row.ends_on.toordinal() if row.ends_on else np.nan for row in self.cycles.values()],
            dtype=np.float64,
        )
        listed, at = np.unique(self.objectives.array("cycle_id"), return_inverse=True)
        cycle = np.array([cycles[id] for id in listed.tolist()], dtype=np.int64)[at]
        grade = self.objectives.array(
            "commitment", lambda word: EXPECTED_GRADE.get(word, STRETCH_GRADE), np.float64
        )
        self.starts, self.ends = np.full(size, np.nan), np.full(size, np.nan)
        self.expected_grade = np.full(size, STRETCH_GRADE)
        self.curve = np.zeros(size, dtype=np.int8)
        self.starts[:first], self.ends[:first], self.expected_grade[:first] = (
            begins[cycle],
            stops[cycle],
            grade,
        )
        inside = np.flatnonzero(self.parent >= 0)
        above = self.parent[inside]
        for array, name in ((self.starts, "starts_on"), (self.ends, "ends_on")):
            own = self.key_results.array(name, lambda day: day.toordinal() if day else np.nan, np.float64)
            array[first + inside] = np.where(np.isnan(own[inside]), array[above], own[inside])
        self.expected_grade[first + inside] = self.expected_grade[above]
        self.curve[first:] = self.key_results.array("curve", CURVES.__getitem__, np.int8)
        self.points: dict[int, list[tuple[float, float]]] = {}
        for at in np.flatnonzero(self.key_results.array("points", bool, bool)).tolist():
            self.points[first + at] = floats(self.key_results[self.ids[first + at]].points)

    def _place(self, at: int, one: KeyResultRow) -> None:
        """Put a key result's measure into the arrays, where arrays can compute it."""
        self.family[at], *self.numbers[1:6, at] = shape(one)
        self.given[at] = np.nan

    def _take_current(self, at: int, one: KeyResultRow) -> None:
        entry = self.entries.current(one.id)
        self.has_entries[self.first_key_result + at] = entry is not None
        self.current[at] = np.nan if entry is None else entry.value
        if self.family[at] == Family.GIVEN and one.source != "contributors":
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

    def ancestors(self, id: int) -> tuple[int, ...]:
        """Return everything that an objective or key result counts in, nearest first."""
        kept = self._ancestors.get(id)
        if kept is None:
            if len(self._ancestors) >= KEPT_ANCESTORS:
                self._ancestors.clear()
            kept = self._ancestors[id] = self._find_ancestors(id)
        return kept

    def _find_ancestors(self, id: int) -> tuple[int, ...]:
        found: set[int] = set()
        waiting = [self.node[id]]
        while waiting:
            for parent in self.above.get(waiting.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return tuple(self.ids[node] for node in sorted(found, key=self.tree.height.__getitem__))

    @property
    def link_ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The node of each link's objective, and of what it serves; -1 where it is not there."""
        return self._child, self._served

    def links(self) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
        """Return every link whose ends are there, in columns: node, node of what it serves, how, weight."""
        rows, there = self.alignments, (self._child >= 0) & (self._served >= 0)
        how, weight = (list(compress(rows.listed(name), there.tolist())) for name in ("how", "weight"))
        return self._child[there], self._served[there], how, weight

    # -- exact figures ---------------------------------------------------------------------------------

    def reading(self, one: KeyResultRow) -> Reading:
        """Return what a key result's measure is scored on, exact."""
        if Kind(one.kind).is_series:
            return self.read(one, self.entries.series(one.id))
        current = self.entries.current(one.id)
        return self.read(one, [] if current is None else [current])

    def read(self, one: KeyResultRow, entries: Sequence[Entry]) -> Reading:
        """Return what some check-ins of a key result, oldest first, give its measure to score."""
        if not entries:
            return None
        kind = Kind(one.kind)
        if kind.is_series:
            # A period is a day here, of the workspace's: the last entry of a day is that day's.
            day_of = self.workspace.calendar.day_of
            by_day = {day_of(entry.effective): self.entries.exact(entry) for entry in entries}
            return tuple(by_day.values())
        value = self.entries.exact(entries[-1])
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

    def measured(self) -> np.ndarray:
        """Return every key result's raw progress by its own measure; NaN without data."""
        return rollup.progress(*self.measures)

    def planned(self, day: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return of every node the share of its window gone by, its expected progress, and what it needs."""
        return rollup.planned(
            self.tree, day.toordinal(), self.starts, self.ends, self.curve, self.points, self.expected_grade
        )

    def on(self, day: date) -> Day:
        """Return the figures of a day: progress, plan, status of every node."""
        with self.lock:
            found = self._days.get(day)
            if found is None:
                # Two days are alive around midnight; older ones are only in the way.
                while len(self._days) > 1:
                    del self._days[min(self._days)]
                found = self._days[day] = self.figured(self, day)
            return found


# Of a row all that says where it stands, who works on it, and who sees it.
_arrangement_of_objective = attrgetter(
    "cycle_id", "team_id", "owner_id", "sponsor_id", "contributors", "visibility", "visible_to", "state"
)
_arrangement_of_key_result = attrgetter(
    "objective_id", "position", "owner_id", "source", "visibility", "visible_to", "state"
)


def _arrangement(row: ObjectiveRow | KeyResultRow) -> tuple:
    of = _arrangement_of_objective if isinstance(row, ObjectiveRow) else _arrangement_of_key_result
    return of(row)


def _is_restricted(visibility: str) -> bool:
    return visibility != access.Visibility.WORKSPACE


def _ends(link: AlignmentRow) -> tuple:
    return link.child_id, link.parent_objective_id, link.parent_key_result_id


_images: dict[int, Image] = {}
_images_lock = threading.Lock()
# Where an image may come from other than the tables: `snapshots.read_from` sets it.
opened_from: Callable[[int], Image | None] | None = None


def of(workspace_id: int) -> Image:
    """Return this process's image of a workspace, up to date."""
    image = _images.get(workspace_id)
    if image is None:
        with _images_lock:
            image = _images.get(workspace_id)
            if image is None:
                kept = opened_from(workspace_id) if opened_from else None
                image = _images[workspace_id] = kept or Image(workspace_id)
                if kept is None:
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
