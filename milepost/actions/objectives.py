"""What may happen to an objective."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q

from milepost.actions import cycles, history, transitions, wording
from milepost.actions.events import tell
from milepost.actions.workspaces import held
from milepost.core import access, ids
from milepost.core.access import Actor, Visibility
from milepost.core.cadence import REOPEN_WITHIN_DAYS, day_in
from milepost.core.plan.words import TEXT_LONGEST
from milepost.core.problems import Conflict, Invalid
from milepost.core.scoring import stored
from milepost.core.states import (
    PLAIN_ACTIVATION,
    PLAIN_CLOSE,
    Event,
    Guard,
    State,
    legal_events,
    next_state,
    require_closable,
)
from milepost.ledger import changes, redactions
from milepost.ledger.structure import ObjectiveRow
from milepost.models import Alignment, Cycle, Grade, KeyResult, Objective, Transition, Workspace
from milepost.models import Event as Told
from milepost.models.objectives import COMMITMENTS, LEVELS, OBJECTIVE_FIELDS, VISIBILITIES
from milepost.queries import shutting_out, standings

REOPEN_WITHIN = timedelta(days=REOPEN_WITHIN_DAYS)


def draft(
    *,
    title: str,
    cycle: int,
    team: int | None = None,
    description: str = "",
    commitment: str = "aspirational",
    level: str | None = None,
    owner: int | None = None,
    sponsor: int | None = None,
    contributors: Iterable[int] = (),
    visibility: str = Visibility.WORKSPACE,
    visible_to: Iterable[int] = (),
    beside: Collection[int | None] = (),
    leave: bool = False,
    by: Actor,
    at: datetime,
) -> Objective:
    """Write a new draft. Who may: anyone in the unit (method 5.2). `beside` own its first key results.

    Raises ShutsYouOut where whoever writes it would not see it, unless they `leave` it to those who do.
    """
    with transaction.atomic():
        line = standings.lineage(by.workspace_id, standings.team(by, team))
        access.require(access.may_draft(by, line, visibility), "draft an objective for this team")
        new = Objective(workspace_id=by.workspace_id, created_at=at, state=State.DRAFT)
        new.key = ids.encode(new.id)
        wanted = {
            "title": title,
            "description": description,
            "cycle_id": cycle,
            "team_id": team,
            "owner_id": owner,
            "sponsor_id": sponsor,
            "commitment": commitment,
            "level": level or ("strategic" if team is None else "tactical"),
            "contributors": list(contributors),
            "visibility": visibility,
            "visible_to": list(visible_to),
        }
        _assign(new, _checked(by, wanted))
        _keep_private_alone(by, new)
        new.save(force_insert=True)
        transitions.begin(objective=new, by=by, at=at)
        history.remember_objective(new, by=by, at=at)
        data = {"title": new.title} | shutting_out.told(new, leave=leave, by=by, beside=beside)
        tell("objective.drafted", objective=new.id, subject=new.id, data=data, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.OBJECTIVE, new.id)
    return new


def update(
    *,
    objective: int,
    changed: Mapping[str, Any],
    reason: str = "",
    revision: int | None = None,
    leave: bool = False,
    by: Actor,
    at: datetime,
) -> Objective:
    """Change fields of an objective, keeping what they were. `changed`: the arguments of `draft`.

    Raises Conflict where someone else's change came first (`revision` is the one that was edited), and
    ShutsYouOut where the actor would not see it any more, unless they `leave` it to those who do.
    """
    reason = wording.printable(reason, field="reason")
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), "change this objective")
        require_open(row)
        history.require_unchanged(row, revision, "objective")
        renamed = {_COLUMNS.get(name, name): value for name, value in changed.items()}
        before = {name: getattr(row, name) for name in OBJECTIVE_FIELDS}
        found = history.differences(row, _checked(by, renamed))
        if not found:
            return row
        if "cycle_id" in found:
            to = Cycle.objects.of(by.workspace_id).get(id=found["cycle_id"][1])
            cycles.require_room(by, to, KeyResult.objects.of(by.workspace_id).filter(objective_id=row.id))
        if "team_id" in found or "visibility" in found:
            line = standings.lineage(by.workspace_id, found.get("team_id", (None, row.team_id))[1])
            may = access.may_draft(by, line, found.get("visibility", (None, row.visibility))[1])
            access.require(may, "move an objective to this team")
        _assign(row, {name: new for name, (_, new) in found.items()})
        _keep_private_alone(by, row)
        # With what a personal objective gives up besides, so that all of it can be undone.
        found = {name: (old, getattr(row, name)) for name, old in before.items() if getattr(row, name) != old}
        row.revision += 1
        row.save()
        history.remember_objective(row, reason=reason, by=by, at=at)
        tell(
            "objective.changed",
            objective=row.id,
            subject=row.id,
            data={"changes": history.in_words(found), "reason": reason}
            | shutting_out.told(row, leave=leave, by=by),
            by=by,
            at=at,
        )
        changes.append(by.workspace_id, changes.Kind.OBJECTIVE, row.id)
    return row


def activate(*, objective: int, by: Actor, at: datetime) -> Objective:
    """Agree a draft and, once its cycle has begun, start it."""
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), "activate this objective")
        begun, was = row.cycle.starts_on <= _today(by, at), row.state
        for event in PLAIN_ACTIVATION:
            if event not in legal_events(State(row.state)) or (event == Event.START and not begun):
                continue
            facts = transitions.facts_of(row, begun=begun)
            transitions.take(objective=row, event=event, facts=facts, by=by, at=at)
        if row.state not in (State.COMMITTED, State.ACTIVE):
            next_state(State(row.state), Event.START)  # says what can be done instead
        if row.state != was:  # what is active already stays so, and nothing happened
            transitions.tell_of(objective=row, told="objective.activated", was=was, by=by, at=at)
    return row


def start_if_begun(*, objective: Objective, by: Actor, at: datetime) -> None:
    """Start a committed objective whose cycle has begun; the caller holds the transaction."""
    if objective.state == State.COMMITTED and objective.cycle.starts_on <= _today(by, at):
        system = access.operator(by.workspace_id, door="worker")
        facts, was = {Guard.BEGUN.value: True}, State.COMMITTED
        transitions.take(objective=objective, event=Event.START, facts=facts, by=system, at=at)
        transitions.tell_of(objective=objective, told="objective.started", was=was, by=system, at=at)


def cancel(*, objective: int, reason: str, by: Actor, at: datetime) -> Objective:
    """Stop an objective: it stays in the report but no longer counts."""
    return _by_event("cancel", Event.CANCEL, "objective.cancelled", objective, reason, by=by, at=at)


def defer(*, objective: int, reason: str, by: Actor, at: datetime) -> Objective:
    """Put an active objective off to later; it no longer counts."""
    return _by_event("defer", Event.DEFER, "objective.deferred", objective, reason, by=by, at=at)


def park(*, objective: int, reason: str, by: Actor, at: datetime) -> Objective:
    """Put a draft on the not-now list."""
    return _by_event("park", Event.PARK, "objective.parked", objective, reason, by=by, at=at)


def redraft(*, objective: int, reason: str, by: Actor, at: datetime) -> Objective:
    """Take a parked, cancelled or deferred objective back to draft."""
    return _by_event("redraft", Event.REDRAFT, "objective.redrafted", objective, reason, by=by, at=at)


def _by_event(
    verb: str, event: Event, told: str, objective: int, reason: str, *, by: Actor, at: datetime
) -> Objective:
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), f"{verb} this objective")
        was, reason = row.state, wording.printable(reason, field="reason")
        facts = {Guard.REASON.value: bool(reason), Guard.TWO_KEYS.value: True}
        transitions.take(objective=row, event=event, facts=facts, reason=reason, by=by, at=at)
        transitions.tell_of(objective=row, told=told, was=was, reason=reason, by=by, at=at)
    return row


def step_back(*, objective: int, to: str, reason: str = "", by: Actor, at: datetime) -> Objective:
    """Take the last step of an objective's life back, to the state it came from; the log keeps both."""
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), "undo this")
        was, reason = row.state, wording.printable(reason, field="reason")
        facts = {Guard.WITHIN_14_DAYS.value: _may_reopen(row, at)}
        transitions.take(
            objective=row, event=Event.UNDO, to=State(to), facts=facts, reason=reason, by=by, at=at
        )
        transitions.tell_of(
            objective=row, told="objective.stepped_back", was=was, reason=reason, by=by, at=at
        )
    return row


def withdraw(*, objective: int, by: Actor, at: datetime) -> None:
    """Take a draft away with its key results and links, as if it had never been written.

    Only on the day it was written and while nobody else had a part in it: no past day can have shown it.
    """
    with transaction.atomic():
        held(by.workspace_id)  # nothing else is linked to it meanwhile
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), "take this draft away")
        # Whatever else stands on it has told an event, by somebody else, or is a link upwards to it.
        theirs = Told.objects.of(by.workspace_id).filter(objective_id=row.id).exclude(actor_id=by.person_id)
        served = Alignment.objects.of(by.workspace_id).filter(
            Q(parent_objective=row) | Q(parent_key_result__objective=row)
        )
        is_alone = not theirs.exists() and not served.exists()
        if row.state != State.DRAFT or not is_alone or not history.is_of_today(row.created_at, by=by, at=at):
            raise Conflict(
                "This draft is part of the record by now.",
                code="on_record",
                remedy="Park it instead: it goes to the not-now list.",
            )
        tell("objective.withdrawn", objective=row.id, subject=row.id, data={"title": row.title}, by=by, at=at)
        redactions.delete(row, why="objective.withdrawn", by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.OBJECTIVE, objective)


@dataclass(frozen=True)
class Final:
    """A key result's grade as closing stores it."""

    key_result: int
    raw: Fraction | None
    grade: Decimal
    reason: str = ""


def close(
    *,
    objective: int,
    grades: Iterable[Final],
    whole: Final,
    policy: str,
    learned: str = "",
    checkins: Iterable[int] = (),
    by: Actor,
    at: datetime,
) -> Objective:
    """Close an objective with the grades of its key results and its own, which from now on are facts.

    `reviews.close` computes them; this takes the steps of the state machine and stores what it is given.
    `checkins` are the final values that were entered with it, which an undo takes back as well.
    """
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), "close this objective")
        require_closable(State(row.state))
        was = State.GRADING if row.state == State.GRADING else State.ACTIVE
        facts = {Guard.ENDED_OR_ASKED.value: True, Guard.FINAL_VALUES.value: True}
        for event in PLAIN_CLOSE:
            if event in legal_events(State(row.state)):
                said = learned if event == Event.REFLECT else ""
                transitions.take(objective=row, event=event, facts=facts, reason=said, by=by, at=at)
        for one in (*grades, whole):
            Grade.objects.create(
                workspace_id=by.workspace_id,
                objective=row,
                key_result_id=one.key_result or None,
                raw=None if one.raw is None else stored(one.raw),
                grade=one.grade,
                policy=policy,
                reason=one.reason,
                learned="" if one.key_result else learned,
                at=at,
                by_id=by.person_id,
            )
        more = {"grade": str(whole.grade), "checkins": list(checkins)}
        transitions.tell_of(
            objective=row, told="objective.closed", was=was, data=more, reason=learned, by=by, at=at
        )
    return row


def reopen(*, objective: int, reason: str, by: Actor, at: datetime) -> Objective:
    """Take a closed objective back to grading: an admin's right, for 14 days."""
    with transaction.atomic():
        row, _ = standings.objective(by, objective, lock=True)
        access.require(access.may_oversee(by), "reopen an objective", remedy="Ask an admin.")
        was, reason = State.CLOSED, wording.printable(reason, field="reason")
        facts = {
            Guard.REASON.value: bool(reason),
            Guard.WITHIN_14_DAYS.value: _may_reopen(row, at),
        }
        transitions.take(objective=row, event=Event.REOPEN, facts=facts, reason=reason, by=by, at=at)
        transitions.tell_of(objective=row, told="objective.reopened", was=was, reason=reason, by=by, at=at)
    return row


def _may_reopen(row: Objective, at: datetime) -> bool:
    steps = Transition.objects.of(row.workspace_id).filter(objective=row, to_state=State.CLOSED)
    closed = steps.order_by("-id").first()
    return closed is not None and at - closed.at <= REOPEN_WITHIN


# -- checks ------------------------------------------------------------------------------------------------

_COLUMNS = {"cycle": "cycle_id", "team": "team_id", "owner": "owner_id", "sponsor": "sponsor_id"}


class ObjectiveIsClosed(Invalid):
    """A closed objective does not change."""

    code = "objective_is_closed"
    status = 409


def require_open(row: Objective | ObjectiveRow, *, whose: str = "This") -> None:
    """Refuse to change what a closing has made part of the record; `whose` begins “… objective is closed”."""
    if State(row.state).is_on_record:
        raise ObjectiveIsClosed(
            f"{whose} objective is closed; what it says is part of the record.",
            remedy="An admin can reopen it within 14 days of closing.",
        )


def _checked(by: Actor, wanted: dict[str, Any]) -> dict[str, Any]:
    """Clean what a form or file wants to say, raising Invalid with the field that is wrong."""
    clean = dict(wanted)
    if "title" in clean:
        clean["title"] = wording.title(
            clean["title"] or "", of="An objective", remedy="Say what will be different."
        )
    if "description" in clean:
        clean["description"] = wording.printable(clean["description"] or "", field="description")
        wording.require_short(clean["description"], TEXT_LONGEST, "description", field="description")
    for name, allowed in (("commitment", COMMITMENTS), ("level", LEVELS), ("visibility", VISIBILITIES)):
        if name in clean and clean[name] not in dict(allowed):
            raise Invalid(
                f"“{clean[name]}” is no {name}.",
                field=name,
                remedy=f"Choose one of: {', '.join(dict(allowed))}.",
            )
    if "cycle_id" in clean:
        clean["cycle_id"] = standings.cycle(by, clean["cycle_id"]).id
    if "team_id" in clean:
        clean["team_id"] = standings.team(by, clean["team_id"])
    for name in ("owner_id", "sponsor_id"):
        if name in clean:
            clean[name] = standings.person(by, clean[name], name.removesuffix("_id"))
    for name in ("contributors", "visible_to"):
        if name in clean:
            clean[name] = standings.people(by, list(clean[name]), name)
    return clean


def _assign(row: Objective, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _keep_private_alone(by: Actor, row: Objective) -> None:
    """Hold a personal objective to its owner: no one else may appear on what no one else sees."""
    if row.visibility != Visibility.PRIVATE:
        return
    if row.owner_id is None and by.person_id is not None:
        row.owner_id = by.person_id
    if not by.is_operator and row.owner_id != by.person_id:
        raise Invalid("A personal objective is one's own.", field="owner", remedy="Make yourself its owner.")
    row.sponsor_id, row.contributors, row.visible_to, row.team_id = None, [], [], None


def _today(by: Actor, at: datetime) -> date:
    zone = Workspace.objects.filter(id=by.workspace_id).values_list("time_zone", flat=True).get()
    return day_in(zone, at)
