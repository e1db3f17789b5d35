"""From the story to the plan: one objective with all that belongs to it, dated."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from milepost.core.plan import (
    AlignmentPlan,
    HistoryPlan,
    InitiativePlan,
    KeyResultPlan,
    ObjectivePlan,
    TransitionPlan,
)
from milepost.management.demo import ledgers
from milepost.management.demo.calendar import Calendar, Span
from milepost.management.demo.story import Changed, Initiative, KeyResult, Objective, Serves, number

COMMITTED, GRADED, REFLECTED = "0thu", "14tue", "14thu"
_NUMBERS = {"start", "target", "floor", "low", "high", "tolerance", "weight"}
_UNFINISHED = {"cancelled": "cancelled", "deferred": "paused"}
_ENDS_IN = {"cancel": "cancelled", "defer": "deferred", "park": "parked"}


def objective(told: Objective, span: Span, calendar: Calendar) -> ObjectivePlan:
    """Return the objective of a cycle as a plan says it, without grades."""
    steps = _transitions(told, span)
    state = steps[-1].to
    born = steps[0].at
    linked = next((step.at for step in steps if step.to == "committed"), born)
    return ObjectivePlan(
        id=told.id,
        title=told.title,
        cycle=span.plan.id,
        team=told.team,
        description=told.about,
        commitment=told.commitment,
        level=told.level,
        owner=told.owner,
        sponsor=told.sponsor,
        contributors=told.contributors,
        visibility=told.visibility,
        visible_to=told.visible_to,
        state=state,
        created=born,
        transitions=steps,
        history=_history(told.changed, span),
        aligned_to=tuple(_alignment(link, span, linked) for link in told.serves),
        key_results=tuple(_key_result(one, told, state, span, calendar, born) for one in told.key_results),
        initiatives=tuple(_initiative(one, span) for one in told.initiatives),
        comments=ledgers.comments(told.talk, span, calendar),
    )


def _transitions(told: Objective, span: Span) -> tuple[TransitionPlan, ...]:
    drafted = span.moment(told.drafted, told.id)
    approver = told.sponsor or told.owner
    steps = [TransitionPlan("create", "draft", drafted, told.owner)]
    if told.reached in ("in_review", "active"):
        steps.append(TransitionPlan("submit", "in_review", drafted + timedelta(days=2), told.owner))
    if told.reached == "active":
        steps.append(TransitionPlan("commit", "committed", span.moment(COMMITTED, told.id), approver))
        steps.append(TransitionPlan("start", "active", span.first_moment()))
    if told.ended:
        end = told.ended
        at = span.moment(end.when, told.id, end.event)
        steps.append(TransitionPlan(end.event, _ENDS_IN[end.event], at, end.by, end.reason))
    elif span.plan.closed is not None:
        steps.append(TransitionPlan("end", "grading", span.last_moment()))
        steps.append(TransitionPlan("grade", "graded", span.moment(GRADED, told.id), told.owner))
        steps.append(TransitionPlan("reflect", "closed", span.moment(REFLECTED, told.id), told.owner))
    return tuple(steps)


def _key_result(
    told: KeyResult, whole: Objective, state: str, span: Span, calendar: Calendar, born: datetime
) -> KeyResultPlan:
    starts, ends = told.window or (None, None)
    usual = "graded" if state == "closed" else _UNFINISHED.get(state, "active")
    return KeyResultPlan(
        id=told.id,
        title=told.title,
        measure=told.measure,
        description=told.about,
        weight=Decimal(str(told.weight)),
        starts=starts and span.day(starts),
        ends=ends and span.day(ends),
        curve=told.curve,
        owner=told.owner,
        source=told.source,
        data_source=told.data,
        state=told.state or usual,
        created=born,
        history=_history(told.changed, span),
        check_ins=ledgers.check_ins(told, span, calendar),
        comments=ledgers.comments(told.talk, span, calendar),
    )


def _history(told: tuple[Changed, ...], span: Span) -> tuple[HistoryPlan, ...]:
    return tuple(
        HistoryPlan(
            at=span.moment(one.when, one.reason),
            was={name: number(old) if name in _NUMBERS else old for name, old in one.was.items()},
            by=one.by,
            reason=one.reason,
        )
        for one in told
    )


def _alignment(told: Serves, span: Span, usually: datetime) -> AlignmentPlan:
    return AlignmentPlan(
        objective=told.objective,
        key_result=told.key_result,
        how=told.how,
        weight=Decimal(str(told.weight)),
        since=span.moment(told.since, told.objective) if told.since else usually,
        until=span.moment(told.until, told.objective) if told.until else None,
    )


def _initiative(told: Initiative, span: Span) -> InitiativePlan:
    return InitiativePlan(
        id=told.id,
        title=told.title,
        description=told.about,
        key_result=told.for_,
        owner=told.owner,
        state=told.state,
        due=told.due and span.day(told.due),
    )
