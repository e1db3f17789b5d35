"""What may happen to a key result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from milepost.actions import history, wording
from milepost.actions.events import tell
from milepost.actions.objectives import require_open
from milepost.actions.workspaces import held
from milepost.core import access, ids
from milepost.core.access import Actor
from milepost.core.plan import words
from milepost.core.plan.measuring import measure_problems
from milepost.core.plan.objective_rules import curve_problems
from milepost.core.plan.values import KeyResultPlan, MeasurePlan, MilestonePlan, PlanPoint
from milepost.core.problems import Conflict, Invalid
from milepost.core.states import KeyResultState, State, move_key_result
from milepost.ledger import changes, redactions
from milepost.models import Checkin, Event, KeyResult, Objective
from milepost.queries import shutting_out, standings

CURVES = (*words.CURVES, "points")
DATA_SOURCE_LONGEST = 300


@dataclass(frozen=True)
class Definition:
    """What a key result says about itself; numbers exact, ids as numbers."""

    title: str
    kind: str = "increase"
    start: Decimal | None = None
    target: Decimal | None = None
    unit: str = ""
    direction: str | None = None
    floor: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    tolerance: Decimal | None = None
    milestones: Sequence[tuple[str, Decimal]] = ()
    weight: Decimal = Decimal(1)
    starts_on: date | None = None
    ends_on: date | None = None
    curve: str = "linear"
    points: Sequence[tuple[Decimal, Decimal]] = ()
    owner: int | None = None
    source: str = "check_ins"
    data_source: str = ""
    description: str = ""
    visibility: str | None = None
    visible_to: Iterable[int] = ()

    def columns(self) -> dict[str, Any]:
        """Return the definition as the table's columns hold it."""
        plain = {
            name: getattr(self, name)
            for name in (
                "title", "kind", "start", "target", "unit", "direction", "floor", "low", "high", "tolerance",
                "weight", "starts_on", "ends_on", "curve", "source", "data_source", "description",
                "visibility",
            )
        }  # fmt: skip
        return plain | {
            "milestones": [
                {"title": title, "weight": format(weight, "f")} for title, weight in self.milestones
            ],
            "points": [[format(at, "f"), format(expect, "f")] for at, expect in self.points],
            "owner_id": self.owner,
            "visible_to": list(self.visible_to),
        }


def definition(one: KeyResult) -> Definition:
    """Return what a key result says about itself now."""
    return Definition(
        title=one.title, kind=one.kind, start=one.start, target=one.target, unit=one.unit,
        direction=one.direction, floor=one.floor, low=one.low, high=one.high, tolerance=one.tolerance,
        milestones=tuple((each["title"], Decimal(each["weight"])) for each in one.milestones),
        weight=one.weight, starts_on=one.starts_on, ends_on=one.ends_on, curve=one.curve,
        points=tuple((Decimal(at), Decimal(expect)) for at, expect in one.points),
        owner=one.owner_id, source=one.source, data_source=one.data_source, description=one.description,
        visibility=one.visibility, visible_to=tuple(one.visible_to),
    )  # fmt: skip


def add(
    *,
    objective: int,
    definition: Definition,
    beside: Collection[int | None] = (),
    leave: bool = False,
    by: Actor,
    at: datetime,
) -> KeyResult:
    """Add a key result to an objective; `leave` as in `update`, `beside` own those that are added with it."""
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), "add a key result here")
        require_open(row, whose="Its")
        clean = _checked(by, row, definition)
        new = KeyResult(workspace_id=by.workspace_id, objective=row, created_at=at, **clean)
        new.key = ids.encode(new.id)
        new.position = _next_position(row)
        new.save(force_insert=True)
        history.remember_key_result(new, by=by, at=at)
        _tell(
            "key_result.added",
            new,
            shutting_out.told(row, new, leave=leave, by=by, beside=beside),
            by=by,
            at=at,
        )
    return new


def update(
    *,
    key_result: int,
    changed: Mapping[str, Any],
    reason: str = "",
    revision: int | None = None,
    leave: bool = False,
    by: Actor,
    at: datetime,
) -> KeyResult:
    """Change fields of a key result (those of `Definition`), keeping what they were, with the reason.

    Raises ShutsYouOut where the actor would not see it any more, unless they `leave` it to those who do.
    """
    reason = wording.printable(reason, field="reason")
    with transaction.atomic():
        one, row, standing = standings.key_result(by, key_result, lock=True)
        access.require(access.may_edit_key_result(by, standing), "change this key result")
        require_open(row, whose="Its")
        history.require_unchanged(one, revision, "key result")
        wanted = _checked(by, row, replace(definition(one), **changed))
        found = history.differences(one, wanted)
        _keep_milestones_countable(one, found)
        if not found:
            return one
        _require_reason(row, found, reason)
        for name, (_, new) in found.items():
            setattr(one, name, new)
        _remembered(one, "key_result.changed", found, reason, leave=leave, by=by, at=at)
    return one


# What an agreed key result promises, and by which it is judged.
PROMISE = frozenset(
    {
        "kind", "start", "target", "unit", "direction", "floor", "low", "high", "tolerance", "milestones",
        "weight", "starts_on", "ends_on", "curve", "points", "source",
    }
)  # fmt: skip
AGREED = (State.COMMITTED, State.ACTIVE, State.GRADING)


class ReasonNeeded(Invalid):
    """What was agreed changes for a reason, which stands in the history (method 5.2, amend)."""

    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__(
            "Say why: this changes what was agreed.",
            field="reason",
            remedy="One sentence is enough; it stands in the history beside the change.",
        )


def _require_reason(row: Objective, found: Mapping[str, Any], reason: str) -> None:
    if row.state in AGREED and PROMISE & found.keys() and not reason:
        raise ReasonNeeded


def cancel(*, key_result: int, reason: str, by: Actor, at: datetime) -> KeyResult:
    """Stop a key result: it stays listed and no longer counts."""
    if not wording.printable(reason, field="reason"):
        raise Invalid("Say why it is cancelled.", field="reason", remedy="One sentence is enough.")
    return _move(key_result, KeyResultState.CANCELLED, "key_result.cancelled", reason, by=by, at=at)


def restore(
    *, key_result: int, to: str = KeyResultState.ACTIVE, reason: str = "", by: Actor, at: datetime
) -> KeyResult:
    """Take a cancelled or paused key result up again: its grade is what it would have been."""
    return _move(key_result, KeyResultState(to), "key_result.restored", reason, by=by, at=at)


def withdraw(*, key_result: int, by: Actor, at: datetime) -> None:
    """Take a key result away as if it had never been added: on the same day, with nothing standing on it."""
    with transaction.atomic():
        held(by.workspace_id)  # nothing else is linked to it meanwhile
        one, row, standing = standings.key_result(by, key_result, lock=True)
        access.require(access.may_edit(by, standing), "take this key result away")
        require_open(row, whose="Its")
        theirs = Event.objects.of(by.workspace_id).filter(key_result_id=one.id).exclude(actor_id=by.person_id)
        stands = (one.checkins, one.served_by, one.initiatives)
        is_used = theirs.exists() or any(rows.of(by.workspace_id).exists() for rows in stands)
        if is_used or not history.is_of_today(one.created_at, by=by, at=at):
            raise Conflict(
                "This key result is part of the record by now.",
                code="on_record",
                remedy="Cancel it instead: it stays listed and no longer counts.",
            )
        _tell("key_result.withdrawn", one, by=by, at=at)
        redactions.delete(one, why="key_result.withdrawn", by=by, at=at)


def move(*, key_result: int, up: bool, by: Actor, at: datetime) -> KeyResult:
    """Move a key result one place up or down among those of its objective that one sees.

    At the end it stays. What one does not see keeps its place, and nothing tells that it is there.
    """
    with transaction.atomic():
        one, row, standing = standings.key_result(by, key_result, lock=True)
        access.require(access.may_edit(by, standing), "change the order here")
        require_open(row, whose="Its")
        rows = KeyResult.objects.of(by.workspace_id).select_for_update()
        listed = list(rows.filter(objective=row).order_by("position", "id"))
        here = next(place for place, each in enumerate(listed) if each.id == one.id)
        beside = reversed(range(here)) if up else range(here + 1, len(listed))
        there = next((place for place in beside if _is_seen(by, listed[place])), None)
        if there is None:
            return one
        before = [each.id for each in listed]
        listed[here], listed[there] = listed[there], listed[here]
        for place, each in enumerate(listed):
            if each.position != place:
                each.position = place
                each.save(update_fields=["position"])
        _tell("key_result.moved", one, {"up": up, "before": before}, by=by, at=at)
    return listed[there]


def _is_seen(by: Actor, one: KeyResult) -> bool:
    # Whoever sees one of an objective's key results sees all that are not restricted further.
    return one.visibility is None or standings.sees(by, one.id)


def _move(
    key_result: int, to: KeyResultState, told: str, reason: str, *, by: Actor, at: datetime
) -> KeyResult:
    reason = wording.printable(reason, field="reason")
    with transaction.atomic():
        one, row, standing = standings.key_result(by, key_result, lock=True)
        access.require(access.may_edit(by, standing), "change this key result")
        require_open(row, whose="Its")
        before = one.state
        one.state = move_key_result(KeyResultState(before), to).value
        if one.state != before:
            _remembered(one, told, {"state": (before, one.state)}, reason, by=by, at=at)
    return one


def _remembered(
    one: KeyResult,
    told: str,
    found: Mapping,
    reason: str,
    *,
    leave: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    one.revision += 1
    one.save()
    history.remember_key_result(one, reason=reason, by=by, at=at)
    data = {"changes": history.in_words(found), "reason": reason}
    _tell(told, one, data | shutting_out.told(one.objective, one, leave=leave, by=by), by=by, at=at)


def _tell(kind: str, one: KeyResult, more: dict | None = None, *, by: Actor, at: datetime) -> None:
    data = {"title": one.title, **(more or {})}
    tell(kind, objective=one.objective_id, key_result=one.id, subject=one.id, data=data, by=by, at=at)
    changes.append(one.workspace_id, changes.Kind.OBJECTIVE, one.objective_id)


def _keep_milestones_countable(one: KeyResult, found: Mapping[str, tuple[Any, Any]]) -> None:
    """Refuse another number of milestones once check-ins say how much of each is done."""
    old, new = found.get("milestones", ((), ()))
    if len(old) != len(new) and Checkin.objects.of(one.workspace_id).filter(key_result=one).exists():
        raise Invalid(
            f"Its check-ins speak of {len(old)} milestones.",
            code="milestone_count",
            field="milestones",
            remedy="Rename or re-weight them, or cancel this key result and add a new one.",
        )


def _next_position(row: Objective) -> int:
    last = KeyResult.objects.of(row.workspace_id).filter(objective=row).order_by("-position").first()
    return 0 if last is None else last.position + 1


def _checked(by: Actor, row: Objective, wanted: Definition) -> dict[str, Any]:
    """Clean a definition; raises Invalid naming the field."""
    wanted = replace(
        wanted,
        title=wording.title(wanted.title, of="A key result", remedy="Say what will have changed."),
        unit=wording.line(wanted.unit, field="unit"),
        data_source=wording.line(wanted.data_source, field="data_source"),
        description=wording.printable(wanted.description, field="description"),
        milestones=tuple(
            (wording.line(name, field="milestones"), weight) for name, weight in wanted.milestones
        ),
    )
    _check_words(wanted)
    _check_window(wanted, row)
    _check_measure(wanted)
    _check_curve(wanted)
    clean = replace(
        wanted,
        owner=standings.person(by, wanted.owner, "owner"),
        visible_to=standings.people(by, list(wanted.visible_to), "visible_to"),
    )
    return clean.columns()


def _check_words(wanted: Definition) -> None:
    for name, said, known, noun in (
        ("kind", wanted.kind, words.KINDS, "kind of measure"),
        ("curve", wanted.curve, CURVES, "plan curve"),
        ("source", wanted.source, words.SOURCES, "source"),
    ):
        if said not in known:
            raise Invalid(f"“{said}” is no {noun}.", field=name, remedy="Choose one of the list.")
    if wanted.weight < 0:
        raise Invalid(
            "A weight cannot be negative.", field="weight", remedy="0 shows it without counting it."
        )
    for name, text, longest in (
        ("unit", wanted.unit, words.UNIT_LONGEST),
        ("data_source", wanted.data_source, DATA_SOURCE_LONGEST),
        ("description", wanted.description, words.TEXT_LONGEST),
    ):
        if len(text) > longest:
            raise Invalid(f"It has {len(text):,} characters.", field=name, remedy=f"Keep it to {longest:,}.")
    if wanted.direction not in (None, *words.DIRECTIONS):
        raise Invalid("Better is up or down.", field="direction", remedy="Leave it empty in most cases.")
    if wanted.visibility not in (None, *words.KEY_RESULT_VISIBILITIES):
        raise Invalid(
            "It can be narrowed to the team or to named people.",
            field="visibility",
            remedy=f"Write one of: {', '.join(words.KEY_RESULT_VISIBILITIES)}.",
        )


def _check_window(wanted: Definition, row: Objective) -> None:
    starts, ends = wanted.starts_on or row.cycle.starts_on, wanted.ends_on or row.cycle.ends_on
    if ends is not None and ends < starts:
        raise Invalid(
            f"It ends ({ends:%-d %b %Y}) before it begins ({starts:%-d %b %Y}).",
            field="ends_on",
            remedy="Swap the dates, or leave one empty to take the cycle's.",
        )


def _check_measure(wanted: Definition) -> None:
    measure = MeasurePlan(
        kind=wanted.kind, start=wanted.start, target=wanted.target, unit=wanted.unit,
        direction=wanted.direction, floor=wanted.floor, low=wanted.low, high=wanted.high,
        tolerance=wanted.tolerance,
        milestones=tuple(MilestonePlan(name, weight) for name, weight in wanted.milestones),
    )  # fmt: skip
    for problem in measure_problems(measure, ("measure",)):
        raise Invalid(problem.message, code=problem.code, field=str(problem.path[-1]), remedy=problem.remedy)


def _check_curve(wanted: Definition) -> None:
    points = tuple(PlanPoint(at, expect) for at, expect in wanted.points)
    plan = KeyResultPlan(id="", title=wanted.title, curve=wanted.curve, points=points)
    for problem in curve_problems(plan, ()):
        raise Invalid(problem.message, code=problem.code, field="points", remedy=problem.remedy)
