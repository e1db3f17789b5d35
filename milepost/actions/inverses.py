"""The inverse of each kind of event: the ordinary action that takes it back.

What was changed since is not written over unasked: `ChangedSince` says what stands there now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import Q

from milepost.actions import (
    alignments,
    checkins,
    comments,
    cycles,
    events,
    history,
    initiatives,
    key_results,
    objectives,
    people,
    plans,
    teams,
    workspaces,
)
from milepost.actions.overwriting import ChangedSince, Overwritten, Undoing
from milepost.core.problems import Conflict
from milepost.core.states import State
from milepost.models import (
    Alignment,
    Checkin,
    Cycle,
    Event,
    Initiative,
    KeyResult,
    Objective,
    Person,
    Team,
    TeamMember,
    Workspace,
)

Inverse = Callable[[Undoing], Any]


# -- fields ------------------------------------------------------------------------------------------------


def _objective(told: Undoing) -> None:
    row = told.find(Objective, told.event.objective_id)
    objectives.update(
        objective=row.id, changed=told.before(row), reason=told.reason, leave=told.anyway, **told.who
    )


def _days(fields: Mapping[str, Any]) -> dict[str, Any]:
    days = ("starts_on", "ends_on", "due_on", "closed_on")
    return {name: date.fromisoformat(old) if name in days and old else old for name, old in fields.items()}


_NUMBERS = ("start", "target", "floor", "low", "high", "tolerance", "weight")


def _key_result(told: Undoing) -> None:
    row = told.find(KeyResult, told.event.key_result_id)
    before = {}
    for name, old in _days(told.before(row)).items():
        if name in _NUMBERS and old is not None:
            old = Decimal(old)
        elif name == "milestones":
            old = tuple((one["title"], Decimal(one["weight"])) for one in old)
        elif name == "points":
            old = tuple((Decimal(at), Decimal(expect)) for at, expect in old)
        before[name.removesuffix("_id")] = old
    key_results.update(key_result=row.id, changed=before, reason=told.reason, leave=told.anyway, **told.who)


def _initiative(told: Undoing) -> None:
    row = told.find(Initiative, told.event.subject_id)
    initiatives.update(initiative=row.id, changed=_days(told.before(row)), **told.who)


def _team(told: Undoing) -> None:
    row = told.find(Team, told.event.subject_id)
    before = {name.removesuffix("_id"): old for name, old in told.before(row).items()}
    teams.update(team=row.id, changed=before, **told.who)


def _cycle(told: Undoing) -> None:
    row = told.find(Cycle, told.event.subject_id)
    before = {name.removesuffix("_id"): old for name, old in _days(told.before(row)).items()}
    cycles.update(cycle=row.id, changed=before, **told.who)


def _settings(told: Undoing) -> None:
    row = Workspace.objects.get(id=told.event.workspace_id)
    workspaces.update(changed=told.before(row), **told.who)


def _details(told: Undoing) -> None:
    row = told.find(Person, told.event.subject_id)
    if "changes" not in told.event.data:
        raise Conflict(
            "What it said before was not kept then.",
            code="cannot_undo",
            remedy="Write it anew.",
        )
    people.update(person=row.id, **told.before(row), **told.who)


# -- what was added ----------------------------------------------------------------------------------------


def _drafted(told: Undoing) -> None:
    """Take a draft away while nothing stands on it; else it goes to the not-now list."""
    _gone_or(
        lambda: objectives.withdraw(objective=told.event.objective_id, **told.who),
        lambda: objectives.park(objective=told.event.objective_id, reason=told.reason, **told.who),
    )


def _added_key_result(told: Undoing) -> None:
    _gone_or(
        lambda: key_results.withdraw(key_result=told.event.key_result_id, **told.who),
        lambda: key_results.cancel(key_result=told.event.key_result_id, reason=told.reason, **told.who),
    )


def _added_initiative(told: Undoing) -> None:
    id = told.event.subject_id
    _gone_or(
        lambda: initiatives.withdraw(initiative=id, **told.who),
        lambda: initiatives.update(initiative=id, changed={"state": "dropped"}, **told.who),
    )


def _created_team(told: Undoing) -> None:
    teams.withdraw(team=told.event.subject_id, **told.who)


def _created_cycle(told: Undoing) -> None:
    cycles.withdraw(cycle=told.event.subject_id, **told.who)


def _added_person(told: Undoing) -> None:
    """Take away who was added by mistake; who has a part in anything leaves instead."""
    id = told.event.subject_id
    _gone_or(
        lambda: people.withdraw(person=id, **told.who),
        lambda: people.leave(person=id, **told.who),
    )


def _gone_or(take_away: Callable[[], Any], put_aside: Callable[[], Any]) -> None:
    try:
        take_away()
    except Conflict as wrong:
        if wrong.code != "on_record":
            raise
        put_aside()


def _said(told: Undoing) -> None:
    comments.withdraw(comment=told.event.subject_id, **told.who)


# -- states ------------------------------------------------------------------------------------------------

# Where an event of an older version, which does not say it, came from.
_CAME_FROM = {
    "objective.activated": State.DRAFT,
    "objective.cancelled": State.ACTIVE,
    "objective.deferred": State.ACTIVE,
    "objective.parked": State.DRAFT,
}


def _step(told: Undoing) -> None:
    event = told.event
    row = told.find(Objective, event.objective_id)
    was = event.data.get("was") or _CAME_FROM.get(event.kind)
    # An agreed objective starts by itself when its cycle begins; that is no change of anybody's.
    started = event.data.get("state") == State.COMMITTED and row.state == State.ACTIVE
    if was is None or (row.state != event.data.get("state") and not started):
        raise ChangedSince((Overwritten("state", row.state, str(was)),))
    if event.kind == "objective.activated":
        entries = Checkin.objects.of(event.workspace_id).filter(key_result__objective=row)
        if entries.filter(recorded_at__gte=event.at).exists():
            raise Conflict(
                "Its key results were checked in since.",
                code="checked_in_since",
                remedy="Cancel or defer it instead; what was checked in stays.",
            )
    objectives.step_back(objective=row.id, to=was, reason=told.reason, **told.who)


def _closed(told: Undoing) -> None:
    """Open it again as it was: without grades, without lessons, and without the final values."""
    event = told.event
    row = told.find(Objective, event.objective_id)
    later = Event.objects.of(event.workspace_id).filter(objective_id=row.id, kind=event.kind)
    if row.state != State.CLOSED or later.filter(id__gt=event.id).exists():
        raise ChangedSince((Overwritten("state", row.state, event.data["was"]),))
    objectives.step_back(objective=row.id, to=event.data["was"], reason=told.reason, **told.who)
    rows = Event.objects.of(event.workspace_id)
    for entry in event.data.get("checkins", ()):
        checkins.withdraw(checkin=entry, **told.who)
        # Their own events are undone with it, so nobody is offered to undo them once more.
        own = rows.get(kind="checkin.recorded", subject_id=entry)
        rows.filter(id=events.told(**told.who)[-1]).update(undoes_id=own.id)


def _closed_cycle(told: Undoing) -> None:
    row = told.find(Cycle, told.event.subject_id)
    later = Event.objects.of(row.workspace_id).filter(kind="cycle.closed", subject_id=row.id)
    if row.closed_on is None or later.filter(id__gt=told.event.id).exists():
        raise ChangedSince((Overwritten("closed_on", history.as_kept(row.closed_on), None),))
    cycles.reopen(cycle=row.id, **told.who)


def _key_result_state(told: Undoing) -> None:
    row = told.find(KeyResult, told.event.key_result_id)
    before = told.before(row)["state"]
    if before == "cancelled":
        key_results.cancel(key_result=row.id, reason=told.reason, **told.who)
    else:
        key_results.restore(key_result=row.id, to=before, reason=told.reason, **told.who)


def _place(told: Undoing) -> None:
    key_results.move(key_result=told.event.key_result_id, up=not told.event.data.get("up"), **told.who)


# -- check-ins ---------------------------------------------------------------------------------------------


def _recorded(told: Undoing) -> None:
    checkins.withdraw(checkin=_standing(told).id, **told.who)


def _standing(told: Undoing) -> Checkin:
    """Return the entry that stands in place of the one told of: what was undone meanwhile are entries too."""
    own = told.find(Checkin, told.event.subject_id)
    head = own
    while (newer := head.corrections().first()) is not None:
        head = newer
    if head.is_withdrawn:
        raise ChangedSince()
    if not told.anyway and _entered(head) != _entered(own):
        raise ChangedSince((Overwritten("value", history.as_kept(head.value), history.as_kept(own.value)),))
    return head


def _entry(told: Undoing) -> dict[str, Any]:
    return _entered(told.find(Checkin, told.event.data["corrects"]))


def _entered(old: Checkin) -> dict[str, Any]:
    return {
        "value": old.value,
        "parts": None if old.parts is None else [Decimal(part) for part in old.parts],
        "confidence": old.confidence,
        "note": old.note,
        "effective_at": old.effective_at,
    }


def _corrected(told: Undoing) -> None:
    checkins.correct(checkin=_standing(told).id, **_entry(told), **told.who)


def _withdrawn(told: Undoing) -> None:
    checkins.record(key_result=told.event.key_result_id, **_entry(told), **told.who)


# -- links -------------------------------------------------------------------------------------------------


def _link(told: Undoing) -> Alignment | None:
    """Return the link that holds now between the two; a change of it has made it another row."""
    event, parent = told.event, told.event.data["parent"]
    links = Alignment.objects.of(event.workspace_id).filter(child_id=event.objective_id, until_at=None)
    return links.filter(Q(parent_objective_id=parent) | Q(parent_key_result_id=parent)).first()


def _aligned(told: Undoing) -> None:
    link = _link(told)
    if link is None:
        raise ChangedSince()
    if not told.anyway and _as_told(link) != _as_told(told.event):
        raise ChangedSince((Overwritten("weight", history.as_kept(link.weight), None),))
    alignments.end(alignment=link.id, **told.who)


def _as_told(one: Alignment | Event) -> tuple[str, Decimal]:
    said = one.data if isinstance(one, Event) else {"how": one.how, "weight": one.weight}
    return said["how"], Decimal(said["weight"])


def _realigned(told: Undoing) -> None:
    link = _link(told)
    if link is None:
        raise ChangedSince()
    before = {"how": link.how, "weight": link.weight} | told.before(link)
    alignments.update(alignment=link.id, how=before["how"], weight=Decimal(before["weight"]), **told.who)


def _unaligned(told: Undoing) -> None:
    data = told.event.data
    is_key_result = KeyResult.objects.of(told.event.workspace_id).filter(id=data["parent"]).exists()
    alignments.align(
        child=told.event.objective_id,
        **{"key_result" if is_key_result else "objective": data["parent"]},
        how=data["how"],
        weight=Decimal(data["weight"]),
        **told.who,
    )


# -- files -------------------------------------------------------------------------------------------------


def _applied(told: Undoing) -> None:
    plans.take_back(applied=told.event, anyway=told.anyway, **told.who)


# -- people and teams --------------------------------------------------------------------------------------


def _joined(told: Undoing) -> None:
    data = told.event.data
    teams.remove_member(team=told.event.subject_id, person=data["person"], leave=told.anyway, **told.who)


def _parted(told: Undoing) -> None:
    data = told.event.data
    teams.add_member(team=told.event.subject_id, person=data["person"], is_lead=data["is_lead"], **told.who)


def _lead(told: Undoing) -> None:
    data, team = told.event.data, told.event.subject_id
    rows = TeamMember.objects.of(told.event.workspace_id)
    if not rows.filter(team=team, person=data["person"], is_lead=data["is_lead"], until_on=None).exists():
        raise ChangedSince()
    teams.add_member(team=team, person=data["person"], is_lead=not data["is_lead"], **told.who)


def _role(told: Undoing) -> None:
    row, data = told.find(Person, told.event.subject_id), told.event.data
    if row.role != data["to"] and not told.anyway:
        raise ChangedSince((Overwritten("role", row.role, data["from"]),))
    people.change_role(person=row.id, role=data["from"], **told.who)


def _left(told: Undoing) -> None:
    row = people.readmit(person=told.event.subject_id, **told.who)
    for team, is_lead in told.event.data.get("teams", ()):
        teams.add_member(team=team, person=row.id, is_lead=is_lead, **told.who)


def _returned(told: Undoing) -> None:
    people.leave(person=told.event.subject_id, **told.who)


INVERSES: Mapping[str, Inverse] = MappingProxyType(
    {
        "checkin.recorded": _recorded,
        "checkin.corrected": _corrected,
        "checkin.withdrawn": _withdrawn,
        "comment.added": _said,
        "objective.drafted": _drafted,
        "objective.changed": _objective,
        "objective.activated": _step,
        "objective.cancelled": _step,
        "objective.deferred": _step,
        "objective.parked": _step,
        "objective.redrafted": _step,
        "objective.closed": _closed,
        "key_result.added": _added_key_result,
        "key_result.changed": _key_result,
        "key_result.cancelled": _key_result_state,
        "key_result.restored": _key_result_state,
        "key_result.moved": _place,
        "initiative.added": _added_initiative,
        "initiative.changed": _initiative,
        "initiative.done": _initiative,
        "alignment.added": _aligned,
        "alignment.changed": _realigned,
        "alignment.ended": _unaligned,
        "team.changed": _team,
        "team.member_joined": _joined,
        "team.member_left": _parted,
        "team.lead_changed": _lead,
        "person.changed": _details,
        "person.role_changed": _role,
        "person.left": _left,
        "person.returned": _returned,
        "person.added": _added_person,
        "team.created": _created_team,
        "cycle.created": _created_cycle,
        "cycle.changed": _cycle,
        "cycle.closed": _closed_cycle,
        "workspace.changed": _settings,
        "plan.applied": _applied,
    }
)
