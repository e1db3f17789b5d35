"""One change of many: the same thing done to several objectives and key results, all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import transaction

from milepost.actions import alignments, events, key_results, objectives, wording
from milepost.actions.workspaces import held
from milepost.core import access
from milepost.core.access import Actor
from milepost.core.problems import Conflict, Invalid, NotFound, Problem
from milepost.models import Alignment, KeyResult, Objective
from milepost.queries import standings

MOST = 200
STEPS = ("activate", "park", "defer", "cancel", "redraft")
_OF_ONE_VALUE = ("owner", "team", "cycle", "visibility", "commitment")
VISIBILITIES = ("workspace", "team")  # named people, and oneself, are chosen one by one


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to each: a verb of VERBS, and what it needs."""

    verb: str
    owner: int | None = None
    team: int | None = None
    cycle: int | None = None
    visibility: str = ""
    commitment: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    objective: int | None = None  # to serve
    key_result: int | None = None  # to serve
    how: str = "contributes"
    weight: Decimal = Decimal(1)
    leave: bool = False  # also what whoever changes it will not see any more


@dataclass(frozen=True, slots=True)
class Line:
    """What a change does to one of many: what was and what becomes, or why it cannot be."""

    id: int
    is_objective: bool
    title: str
    was: Any
    becomes: Any
    problem: Problem | None = None

    @property
    def is_changed(self) -> bool:
        return self.problem is None and self.was != self.becomes


class Refused(Invalid):
    """Some of many cannot be changed so, and therefore none was; `lines` say which and why."""

    code = "some_cannot"

    def __init__(self, lines: Sequence[Line]) -> None:
        count = sum(line.problem is not None for line in lines)
        super().__init__(
            f"{count} of {len(lines)} cannot be changed so, and nothing was.", remedy="Leave these out."
        )
        self.lines = tuple(lines)


def preview(*, items: Sequence[int], change: Change, reason: str = "", by: Actor, at: datetime) -> list[Line]:
    """Return what `apply` would do to each, by doing it and taking it back.

    So that nothing that a change is refused for has to be known twice.
    """
    reason = wording.printable(reason, field="reason")
    with transaction.atomic():
        lines = _each(items, change, reason or "…", by, at)
        transaction.set_rollback(True)
    return lines


def apply(
    *,
    items: Sequence[int],
    change: Change,
    reason: str = "",
    seen: str | None = None,
    by: Actor,
    at: datetime,
) -> list[Line]:
    """Do the same to each of many, in one transaction with an event for each, and one by which all is undone.

    Raises Refused where some cannot be changed so, and Conflict where it would not be what the preview with
    the mark `seen` said.
    """
    reason = wording.printable(reason, field="reason")
    if VERBS[_known(change.verb)].needs_reason and not reason:
        raise Invalid("Say why.", field="reason", remedy="One sentence is enough; it stands in the history.")
    with transaction.atomic():
        held(by.workspace_id)  # who changes many at once waits for another who does, and not both for both
        told_since = events.listen(by=by, at=at)
        lines = _each(items, change, reason, by, at)
        if seen is not None and seen != mark(lines=lines):
            raise Conflict(
                "Something has changed since you looked. Nothing was done.",
                code="changed_meanwhile",
                remedy="Look at what would change now, then apply it.",
            )
        if any(line.problem for line in lines):
            raise Refused(lines)
        _tell(lines, change, reason, told_since(), by=by, at=at)
    return lines


def _tell(
    lines: Sequence[Line], change: Change, reason: str, told: list[int], *, by: Actor, at: datetime
) -> None:
    """Tell as one what was done together; a single change is told already."""
    changed = [line for line in lines if line.is_changed]
    if len(changed) < 2:
        return
    items = [line.id for line in changed]
    data = {"verb": change.verb, "items": items, "events": told, "reason": reason}
    if change.verb in _OF_ONE_VALUE:
        data["value"] = getattr(change, change.verb)
        if len(before := {line.was for line in changed}) == 1:  # else each has its own
            (data["was"],) = before
    if change.leave and (left := [line.title for line in changed if not standings.sees(by, line.id)]):
        data["left"] = left[0]
    kind = "objective.stepped_together" if change.verb in STEPS else "objective.changed_together"
    events.tell(kind, data=data, by=by, at=at)


def mark(*, lines: Sequence[Line]) -> str:
    """Return what tells one preview from another: what each is and becomes, whatever else it is."""
    return _hash([_said(line) for line in lines])


def mark_of(line: Line) -> str:
    """Return what tells one line of a preview from another, so that those that changed can be named."""
    return _hash(_said(line))


def _said(line: Line) -> tuple:
    return line.id, str(line.was), str(line.becomes), line.problem and line.problem.code


def _hash(said: Any) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _each(items: Sequence[int], change: Change, reason: str, by: Actor, at: datetime) -> list[Line]:
    access.require(not by.is_guest, "change OKRs", remedy="Guests read, comment and check in.")
    wanted = list(dict.fromkeys(items))
    verb = VERBS[_known(change.verb)]
    if not wanted or len(wanted) > MOST:
        raise Invalid(f"Choose 1 to {MOST}.", field="items", remedy="Tick the rows to change.")
    rows = _found(by, wanted)
    _check(by, change)
    if change.leave:  # whoever gives an objective away might not see its key results any more
        rows.sort(key=lambda row: isinstance(row, Objective))
    lines = {row.id: _line(row, verb, change, reason, by, at) for row in rows}
    return [lines[id] for id in wanted]


def _found(by: Actor, ids: Sequence[int]) -> list[Objective | KeyResult]:
    """Return all of them, or NotFound: what may not be seen is not told from what is not there."""
    of = set(Objective.objects.of(by.workspace_id).filter(id__in=ids).values_list("id", flat=True))
    return [standings.objective(by, id)[0] if id in of else standings.key_result(by, id)[0] for id in ids]


def _line(
    row: Objective | KeyResult, verb: Verb, change: Change, reason: str, by: Actor, at: datetime
) -> Line:
    is_objective, was = isinstance(row, Objective), verb.reads(row)
    act = verb.objective if is_objective else verb.key_result
    try:
        with transaction.atomic():
            if act is None:
                raise _beside(is_objective)
            becomes = verb.reads(act(row, change, reason, by, at))
    except NotFound:
        raise
    except Problem as problem:
        return Line(row.id, is_objective, row.title, was, was, problem)
    return Line(row.id, is_objective, row.title, was, becomes)


def _beside(is_objective: bool) -> Invalid:
    if is_objective:
        return Invalid("An objective has the days of its cycle.", remedy="Choose its key results instead.")
    return Invalid("A key result goes with its objective.", remedy="Choose the objective instead.")


def _known(verb: str) -> str:
    if verb not in VERBS:
        raise Invalid(
            f"“{verb[:20]}” is no change of many.", field="change", remedy="Choose one of the list."
        )
    return verb


def _check(by: Actor, change: Change) -> None:
    """Refuse once what would be wrong with each, and whatever is named that is not there."""
    standings.person(by, change.owner, "owner")
    standings.team(by, change.team)
    _check_served(by, change)
    if change.cycle is not None:
        standings.cycle(by, change.cycle)
    match change.verb:
        case "cycle" if change.cycle is None:
            raise Invalid("Say which cycle.", field="cycle", remedy="Choose one from the list.")
        case "visibility" if change.visibility not in VISIBILITIES:
            raise Invalid(
                "Many at once are for everyone, or for their teams.",
                field="visibility",
                remedy="Named people are chosen one by one.",
            )
        case "dates" if change.starts_on is None and change.ends_on is None:
            raise Invalid("Say which day.", field="ends_on", remedy="The first, the last, or both.")


def _check_served(by: Actor, change: Change) -> None:
    try:
        if change.key_result is not None:
            standings.key_result(by, change.key_result)
        if change.objective is not None:
            standings.objective(by, change.objective)
    except NotFound:
        raise Invalid("There is nothing there to serve.", field="parent", remedy="Choose again.") from None


# -- what can be done to many ------------------------------------------------------------------------------

Act = Callable[[Any, Change, str, Actor, datetime], Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """A change of many: what it reads before and after, and how each kind of thing is changed."""

    reads: Callable[[Any], Any]
    objective: Act | None = None
    key_result: Act | None = None
    needs_reason: bool = False


def _sets(field: str) -> Act:
    def act(row: Objective, change: Change, reason: str, by: Actor, at: datetime) -> Objective:
        changed = {field: getattr(change, field)}
        return objectives.update(
            objective=row.id, changed=changed, reason=reason, leave=change.leave, by=by, at=at
        )

    return act


def _gives_key_result(row: KeyResult, change: Change, reason: str, by: Actor, at: datetime) -> KeyResult:
    changed = {"owner": change.owner}
    return key_results.update(
        key_result=row.id, changed=changed, reason=reason, leave=change.leave, by=by, at=at
    )


def _dates_key_result(row: KeyResult, change: Change, reason: str, by: Actor, at: datetime) -> KeyResult:
    days = {"starts_on": change.starts_on, "ends_on": change.ends_on}
    changed = {name: day for name, day in days.items() if day is not None}  # the other one stays
    return key_results.update(key_result=row.id, changed=changed, reason=reason, by=by, at=at)


def _takes(step: Callable[..., Objective]) -> Act:
    def act(row: Objective, change: Change, reason: str, by: Actor, at: datetime) -> Objective:
        return step(objective=row.id, reason=reason, by=by, at=at)

    return act


def _activates(row: Objective, change: Change, reason: str, by: Actor, at: datetime) -> Objective:
    return objectives.activate(objective=row.id, by=by, at=at)


def _cancels_key_result(row: KeyResult, change: Change, reason: str, by: Actor, at: datetime) -> KeyResult:
    return key_results.cancel(key_result=row.id, reason=reason, by=by, at=at)


def _aligns(row: Objective, change: Change, reason: str, by: Actor, at: datetime) -> Any:
    return alignments.align(
        child=row.id, objective=change.objective, key_result=change.key_result, how=change.how,
        weight=change.weight, by=by, at=at,
    )  # fmt: skip


def _served(row: Any) -> tuple | None:
    """Read what a link leads to; an objective itself says nothing of it."""
    if not isinstance(row, Alignment):
        return None
    return row.parent_objective_id or row.parent_key_result_id, row.how, row.weight


VERBS = MappingProxyType(
    {
        "owner": Verb(lambda row: row.owner_id, _sets("owner"), _gives_key_result),
        "team": Verb(lambda row: getattr(row, "team_id", None), _sets("team")),
        "cycle": Verb(lambda row: getattr(row, "cycle_id", None), _sets("cycle")),
        "dates": Verb(
            lambda row: (getattr(row, "starts_on", None), getattr(row, "ends_on", None)),
            None,
            _dates_key_result,
            needs_reason=True,
        ),
        "visibility": Verb(lambda row: row.visibility, _sets("visibility")),
        "commitment": Verb(lambda row: getattr(row, "commitment", ""), _sets("commitment")),
        "align": Verb(_served, _aligns),
        "activate": Verb(lambda row: row.state, _activates),
        "park": Verb(lambda row: row.state, _takes(objectives.park), needs_reason=True),
        "defer": Verb(lambda row: row.state, _takes(objectives.defer), needs_reason=True),
        "cancel": Verb(
            lambda row: row.state, _takes(objectives.cancel), _cancels_key_result, needs_reason=True
        ),
        "redraft": Verb(lambda row: row.state, _takes(objectives.redraft), needs_reason=True),
    }
)
