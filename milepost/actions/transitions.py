"""The steps of an objective's life: each is asked for, taken, written down, and told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from milepost.actions import history
from milepost.actions.events import tell
from milepost.core.access import Actor
from milepost.core.scoring import Kind
from milepost.core.states import Event, Guard, State, next_state
from milepost.ledger import changes
from milepost.models import KeyResult, Objective, Transition

# What part of the method is not offered by a screen yet: the guards ask again once it is.
NOT_YET = frozenset(
    {
        Guard.NO_ERRORS,
        Guard.PARENT_OR_REASON,
        Guard.KEY_RESULT_OWNERS,
        Guard.SOURCES,
        Guard.MEANS,
        Guard.PREMORTEM,
        Guard.TWO_KEYS,
        Guard.LEARNING,
        Guard.CAUSES,
        Guard.DECISION,
    }
)


def begin(*, objective: Objective, by: Actor, at: datetime) -> None:
    """Write down that an objective was drafted: the first step of its life."""
    _write(objective, Event.CREATE, None, "", by=by, at=at)


def take(
    *,
    objective: Objective,
    event: Event,
    facts: Mapping[str, bool],
    to: State | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Take one step and write it down; raises IllegalTransition or GuardNotMet."""
    before = State(objective.state)
    objective.state = next_state(before, event, facts, to=to, without=NOT_YET).value
    _write(objective, event, before, reason, by=by, at=at)


def tell_of(
    *,
    objective: Objective,
    told: str,
    was: str,
    data: Mapping[str, Any] | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Save what the steps that were taken led to, and tell it as one event."""
    objective.revision += 1
    objective.save()
    history.remember_objective(objective, reason=reason, by=by, at=at)
    more = {"title": objective.title, "state": objective.state, "was": str(was), **(data or {})}
    if reason:
        more["reason"] = reason
    tell(told, objective=objective.id, subject=objective.id, data=more, by=by, at=at)
    changes.append(objective.workspace_id, changes.Kind.OBJECTIVE, objective.id)


def facts_of(objective: Objective, *, begun: bool) -> dict[str, bool]:
    """Return what the guards of an activation ask for."""
    rows = KeyResult.objects.of(objective.workspace_id).filter(objective=objective)
    key_results = list(rows.exclude(state="cancelled"))
    return {
        Guard.TITLE.value: bool(objective.title),
        Guard.KEY_RESULT.value: bool(key_results),
        Guard.OWNER.value: objective.owner_id is not None,
        Guard.COMMITMENT.value: True,
        Guard.SCOREABLE.value: all(_is_scoreable(one) for one in key_results),
        Guard.BEGUN.value: begun,
    }


def _is_scoreable(one: KeyResult) -> bool:
    kind = Kind(one.kind)
    if one.source == "contributors" or kind is Kind.BASELINE:
        return True
    if kind is Kind.RANGE:
        return one.low is not None and one.high is not None
    if kind is Kind.MILESTONES:
        return bool(one.milestones)
    return not (kind.needs_target and one.target is None) and not (kind.needs_start and one.start is None)


def _write(
    objective: Objective, event: Event, before: State | None, reason: str, *, by: Actor, at: datetime
) -> None:
    Transition.objects.create(
        workspace_id=objective.workspace_id,
        objective=objective,
        event=event,
        from_state=before or "",
        to_state=objective.state,
        at=at,
        by_id=by.person_id,
        reason=reason,
    )
