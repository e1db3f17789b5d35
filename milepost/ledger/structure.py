"""The structure of a workspace as the image holds it: rows read once, by plain SQL, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from operator import itemgetter
from typing import Any

from django.db import connection

from milepost.core.cadence import Window
from milepost.core.scoring import Kind, Measure
from milepost.core.states import KeyResultState, State
from milepost.ledger.calendar import Calendar
from milepost.ledger.columns import AT_ONCE, Numbers, Texts, Words
from milepost.ledger.entries import seconds_of


@dataclass(slots=True)
class WorkspaceRow:
    id: int
    slug: str
    name: str
    time_zone: str
    scoring_policy: str
    check_in_every: int
    count_restricted_work: bool
    # Up to which second each held, the oldest first.
    zones_before: tuple[tuple[int, str], ...] = ()
    cadences_before: tuple[tuple[int, int], ...] = ()

    @property
    def calendar(self) -> Calendar:
        """Its days."""
        return Calendar(self.time_zone, self.zones_before)

    def as_of(self, known: datetime) -> WorkspaceRow:
        """Return it with the cadence that held before a moment; its other settings are those of today."""
        since = (every for until, every in self.cadences_before if until >= known.timestamp())
        every = next(since, self.check_in_every)
        return self if every == self.check_in_every else replace(self, check_in_every=every)


@dataclass(slots=True)
class PersonRow:
    id: int
    key: str
    name: str
    role: str
    has_left: bool
    user_id: int | None


@dataclass(slots=True)
class TeamRow:
    id: int
    key: str
    name: str
    parent_id: int | None
    purpose: str
    members: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()


@dataclass(slots=True)
class CycleRow:
    id: int
    key: str
    name: str
    starts_on: date
    ends_on: date | None
    parent_id: int | None
    closed_on: date | None

    @property
    def window(self) -> Window:
        """Its days."""
        return Window(self.starts_on, self.ends_on)


@dataclass(slots=True)
class ObjectiveRow:
    id: int
    key: str
    title: str
    cycle_id: int
    team_id: int | None
    owner_id: int | None
    sponsor_id: int | None
    commitment: str
    level: str
    visibility: str
    state: str
    contributors: tuple[int, ...]
    visible_to: tuple[int, ...]

    @property
    def counts(self) -> bool:
        """Whether its state lets it count in what it contributes to."""
        return self.state in COUNTING_STATES

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(slots=True)
class KeyResultRow:
    id: int
    key: str
    objective_id: int
    title: str
    kind: str
    start: str | None
    target: str | None
    unit: str
    direction: str | None
    floor: str | None
    low: str | None
    high: str | None
    tolerance: str | None
    milestones: tuple[tuple[str, str], ...]
    weight: str
    starts_on: date | None
    ends_on: date | None
    curve: str
    points: tuple[tuple[str, str], ...]
    owner_id: int | None
    source: str
    visibility: str | None
    visible_to: tuple[int, ...]
    state: str
    position: int
    _measure: Measure | None = field(default=None, repr=False, compare=False)

    @property
    def counts(self) -> bool:
        return self.state in COUNTING_KEY_RESULT_STATES

    @property
    def plan(self) -> str:
        """Its curve as core.pace takes it, with its points."""
        points = ";".join(f"{time}={share}" for time, share in self.points)
        return f"points:{points}" if self.curve == "points" else self.curve

    @property
    def measure(self) -> Measure:
        """The measure as core.scoring takes it, exact."""
        if self._measure is None:
            target = _exact(self.target)
            if self.kind == Kind.RELATIVE and target is not None:
                target /= 100  # stored as people write it: -20 is "down 20 %"
            self._measure = Measure(
                kind=Kind(self.kind),
                start=_exact(self.start),
                target=target,
                floor=_exact(self.floor),
                low=_exact(self.low),
                high=_exact(self.high),
                tolerance=_exact(self.tolerance),
                direction=self.direction,
                unit=self.unit or None,
                milestones=tuple(Fraction(weight) for _, weight in self.milestones) or None,
            )
        return self._measure


@dataclass(slots=True)
class AlignmentRow:
    id: int
    child_id: int
    parent_objective_id: int | None
    parent_key_result_id: int | None
    how: str
    weight: str

    @property
    def parent_id(self) -> int:
        """What is served: an objective or a key result."""
        return self.parent_objective_id or self.parent_key_result_id


# How each kind of row is kept in columns: of a word there are many alike, a text stands alone.
PERSON = {"id": Numbers, "key": Texts, "name": Texts, "role": Words, "has_left": Words, "user_id": Numbers}
OBJECTIVE = {
    "id": Numbers, "key": Texts, "title": Texts, "cycle_id": Numbers, "team_id": Numbers, "owner_id": Numbers,
    "sponsor_id": Numbers, "commitment": Words, "level": Words, "visibility": Words, "state": Words,
    "contributors": Words, "visible_to": Words,
}  # fmt: skip
KEY_RESULT = {
    "id": Numbers, "key": Texts, "objective_id": Numbers, "title": Texts, "kind": Words, "start": Texts,
    "target": Texts, "unit": Words, "direction": Words, "floor": Words, "low": Words, "high": Words,
    "tolerance": Words, "milestones": Words, "weight": Words, "starts_on": Words, "ends_on": Words,
    "curve": Words, "points": Words, "owner_id": Numbers, "source": Words, "visibility": Words,
    "visible_to": Words, "state": Words, "position": Numbers,
}  # fmt: skip
ALIGNMENT = {
    "id": Numbers, "child_id": Numbers, "parent_objective_id": Numbers, "parent_key_result_id": Numbers,
    "how": Words, "weight": Words,
}  # fmt: skip

OPEN_STATES = frozenset(state.value for state in State if state.is_open)
COUNTING_STATES = frozenset(state.value for state in State if state.counts)
COUNTING_KEY_RESULT_STATES = frozenset(state.value for state in KeyResultState if state.counts)


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _day(value) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _plain(value) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _rows(sql: str, parameters: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _in_stretches(sql: str, parameters: list) -> Iterator[tuple]:
    # Hundreds of thousands of rows at once would take the memory that columns save. A cursor of the server's
    # would need a connection of its own, which a pooler does not give.
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def workspace(workspace_id: int) -> WorkspaceRow:
    """Read a workspace's settings, and from the events of their changes its zones and cadences of before."""
    rows = _rows(
        "SELECT w.id, w.slug, w.name, w.time_zone, w.scoring_policy, w.check_in_every, "
        f"w.count_restricted_work, {seconds_of(connection.vendor).format('e.at')}, e.data, e.door "
        "FROM workspace w LEFT JOIN event e ON e.workspace_id = w.id AND e.objective_id IS NULL "
        "AND e.kind = 'workspace.changed' WHERE w.id = %s ORDER BY e.id",
        [workspace_id],
    )
    told = [row[7:] for row in rows]
    return WorkspaceRow(
        *rows[0][:6], bool(rows[0][6]), _before(told, "time_zone"), _before(told, "check_in_every")
    )


def _before(told: Iterable[tuple[int | None, Any, str | None]], name: str) -> tuple[tuple[int, Any], ...]:
    found: list[tuple[int, Any]] = []
    latest = 0
    for at, data, door in told:
        change = _plain(data)["changes"].get(name) if at is not None else None
        if change:
            # A clock that was put back lets nothing end before what it took over from; a file tells of the
            # past.
            if door != "file":
                at = latest = max(at, latest)
            found.append((at, change[0]))
    return tuple(sorted(found, key=itemgetter(0)))


def people(workspace_id: int, person_id: int | None = None) -> Iterator[PersonRow]:
    """Read everyone, also those who have left, for history names them; or one person."""
    only, more = _only("id", person_id)
    for row in _in_stretches(
        "SELECT id, key, name, role, left_on IS NOT NULL, user_id FROM person "
        f"WHERE workspace_id = %s{only} ORDER BY id",
        [workspace_id, *more],
    ):
        yield PersonRow(*row[:4], bool(row[4]), row[5])


def teams(workspace_id: int) -> Iterator[TeamRow]:
    """Read the teams with those who belong to them now."""
    members: dict[int, set[int]] = {}
    leads: dict[int, set[int]] = {}
    for team, person, is_lead in _rows(
        "SELECT team_id, person_id, is_lead FROM team_member WHERE workspace_id = %s AND until_on IS NULL",
        [workspace_id],
    ):
        members.setdefault(team, set()).add(person)
        if is_lead:
            leads.setdefault(team, set()).add(person)
    for row in _rows(
        "SELECT id, key, name, parent_id, purpose FROM team WHERE workspace_id = %s ORDER BY id",
        [workspace_id],
    ):
        yield TeamRow(*row, frozenset(members.get(row[0], ())), frozenset(leads.get(row[0], ())))


def cycles(workspace_id: int) -> Iterator[CycleRow]:
    """Read the cycles."""
    for row in _rows(
        "SELECT id, key, name, starts_on, ends_on, parent_id, closed_on FROM cycle WHERE workspace_id = %s "
        "ORDER BY starts_on, id",
        [workspace_id],
    ):
        yield CycleRow(*row[:3], _day(row[3]), _day(row[4]), row[5], _day(row[6]))


def _only(column: str, id: int | None) -> tuple[str, list]:
    return ("", []) if id is None else (f" AND {column} = %s", [id])


# What is dated comes from `v`, the row of today or a dated one; who may see it is always today's.
_OBJECTIVE = (
    "o.id, o.key, v.title, v.cycle_id, v.team_id, v.owner_id, v.sponsor_id, v.commitment, v.level, "
    "o.visibility, v.state, v.contributors, o.visible_to"
)


def objectives(workspace_id: int, objective_id: int | None = None) -> Iterator[ObjectiveRow]:
    """Read all objectives, or one."""
    only, more = _only("o.id", objective_id)
    return _objective_rows(
        f"SELECT {_OBJECTIVE.replace('v.', 'o.')} FROM objective o WHERE o.workspace_id = %s{only} "
        "ORDER BY o.id",
        [workspace_id, *more],
    )


def _objective_rows(sql: str, parameters: list) -> Iterator[ObjectiveRow]:
    for row in _in_stretches(sql, parameters):
        yield ObjectiveRow(
            *row[:11],
            () if row[11] in ("[]", None) else tuple(_plain(row[11])),
            () if row[12] in ("[]", None) else tuple(_plain(row[12])),
        )


_KEY_RESULT = (
    "k.id, k.key, v.objective_id, v.title, v.kind, CAST(v.start AS text), CAST(v.target AS text), v.unit, "
    "v.direction, CAST(v.floor AS text), CAST(v.low AS text), CAST(v.high AS text), "
    "CAST(v.tolerance AS text), v.milestones, CAST(v.weight AS text), v.starts_on, v.ends_on, v.curve, "
    "v.points, v.owner_id, v.source, k.visibility, k.visible_to, v.state, k.position"
)


def key_results(workspace_id: int, objective_id: int | None = None) -> Iterator[KeyResultRow]:
    """Read all key results, or those of one objective."""
    only, more = _only("k.objective_id", objective_id)
    return _key_result_rows(
        f"SELECT {_KEY_RESULT.replace('v.', 'k.')} FROM key_result k WHERE k.workspace_id = %s{only} "
        "ORDER BY k.id",
        [workspace_id, *more],
    )


def _key_result_rows(sql: str, parameters: list) -> Iterator[KeyResultRow]:
    for row in _in_stretches(sql, parameters):
        yield KeyResultRow(
            *row[:13],
            ()
            if row[13] in ("[]", [], None)
            else tuple((one["title"], one["weight"]) for one in _plain(row[13])),
            row[14],
            _day(row[15]),
            _day(row[16]),
            row[17],
            () if row[18] in ("[]", [], None) else tuple((at, expect) for at, expect in _plain(row[18])),
            *row[19:22],
            () if row[22] in ("[]", [], None) else tuple(_plain(row[22])),
            *row[23:],
        )


def alignments(workspace_id: int, objective_id: int | None = None) -> Iterator[AlignmentRow]:
    """Read the links that hold now, or those of one child objective."""
    only, more = _only("child_id", objective_id)
    for row in _in_stretches(
        "SELECT id, child_id, parent_objective_id, parent_key_result_id, how, CAST(weight AS text) "
        f"FROM alignment WHERE workspace_id = %s AND until_at IS NULL{only} ORDER BY id",
        [workspace_id, *more],
    ):
        yield AlignmentRow(*row)


# -- as it was ---------------------------------------------------------------------------------------------

# Of what changed since, the dated row that held then; what did not exist yet has none.
_THEN = """
SELECT {columns} FROM {table} {alias} LEFT JOIN {table}_version v ON v.id = (
  SELECT x.id FROM {table}_version x
  WHERE x.workspace_id = {alias}.workspace_id AND x.{table}_id = {alias}.id AND x.at < %s
  ORDER BY x.at DESC, x.id DESC LIMIT 1)
WHERE {alias}.workspace_id = %s AND {alias}.id IN (
  SELECT y.{table}_id FROM {table}_version y WHERE y.workspace_id = %s AND y.at >= %s)
"""


def objectives_then(workspace_id: int, known: datetime) -> Iterator[ObjectiveRow]:
    """Read the objectives that changed at `known` or later as they were before; without a title: not yet."""
    moment = _moment(known)
    sql = _THEN.format(columns=_OBJECTIVE, table="objective", alias="o")
    return _objective_rows(sql, [moment, workspace_id, workspace_id, moment])


def key_results_then(workspace_id: int, known: datetime) -> Iterator[KeyResultRow]:
    """Read the key results that changed at `known` or later as they were before; without a title: not yet."""
    moment = _moment(known)
    sql = _THEN.format(columns=_KEY_RESULT, table="key_result", alias="k")
    return _key_result_rows(sql, [moment, workspace_id, workspace_id, moment])


def alignments_since(workspace_id: int, known: datetime) -> set[int]:
    """Return the links that were made at `known` or later."""
    rows = _rows(
        "SELECT id FROM alignment WHERE workspace_id = %s AND since_at >= %s", [workspace_id, _moment(known)]
    )
    return {id for (id,) in rows}


def alignments_ended(workspace_id: int, known: datetime) -> Iterator[AlignmentRow]:
    """Read the links that held before `known` and have ended since."""
    for row in _rows(
        "SELECT id, child_id, parent_objective_id, parent_key_result_id, how, CAST(weight AS text) "
        "FROM alignment WHERE workspace_id = %s AND since_at < %s AND until_at >= %s ORDER BY id",
        [workspace_id, _moment(known), _moment(known)],
    ):
        yield AlignmentRow(*row)


# What tells of changes of cycles and teams; of all events those of no objective are few, and have an index.
FRAME_EVENTS = (
    "objective_id IS NULL AND kind IN ('cycle.changed', 'cycle.closed', 'cycle.reopened', 'team.changed')"
)
MADE = "objective_id IS NULL AND kind IN ('cycle.created', 'team.created')"

# What tells of key results that changed places; these, too, have an index of their own.
MOVES = "kind = 'key_result.moved'"


def moments(workspace_id: int) -> list[int]:
    """Return every second in which the structure or its frame changed, in order."""
    tables = (
        ("at", "objective_version", ""), ("at", "key_result_version", ""), ("since_at", "alignment", ""),
        ("until_at", "alignment", " AND until_at IS NOT NULL"), ("at", "event", f" AND {FRAME_EVENTS}"),
        ("at", "event", f" AND {MADE}"), ("at", "event", f" AND {MOVES}"),
    )  # fmt: skip
    parts = (
        f"SELECT {column} AS at FROM {table} WHERE workspace_id = %s{only}" for column, table, only in tables
    )
    # Few moments are different ones: they are made into seconds when they are few.
    second = seconds_of(connection.vendor).format("at")
    rows = _rows(
        f"SELECT DISTINCT {second} AS second FROM ({' UNION '.join(parts)}) found ORDER BY second",
        [workspace_id] * len(tables),
    )
    return [second for (second,) in rows]


def _moment(at: datetime):
    return connection.ops.adapt_datetimefield_value(at)
