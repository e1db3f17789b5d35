"""Closing: final values become grades, and grades become facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from milepost.actions import checkins, objectives, submissions, wording
from milepost.actions.objectives import Final
from milepost.core import access, policies
from milepost.core.access import Actor
from milepost.core.cadence import day_in
from milepost.core.policies import Policy
from milepost.core.scoring import grade as graded
from milepost.core.states import State, require_closable
from milepost.ledger import image, reckoning
from milepost.ledger.image import Image
from milepost.models import Objective
from milepost.queries import finals, standings


def close(
    *,
    objective: int,
    values: Mapping[int, Decimal] | None = None,
    learned: str = "",
    submission: str | None = None,
    request: str | None = None,
    by: Actor,
    at: datetime,
) -> Objective:
    """Close an objective with the final values of its key results (those given are checked in first).

    A key result without data is graded 0.0 with `no_data_at_close` (method 2.4); cancelled ones are left out.
    All of it happens or none: of two who close at once the second is refused, and none of its values counts.
    """
    learned = wording.printable(learned, field="learned")
    row, standing = standings.objective(by, objective)
    if access.may_edit(by, standing):
        reckoning.score_below(image.of(by.workspace_id), row.id)
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        if submission and submissions.found(submission=submission, request=request, by=by, at=at):
            return row
        access.require(access.may_edit(by, standing), "close this objective")
        require_closable(State(row.state))
        # As of here: the objective is held, and nothing is written that may yet be taken back. The image must
        # know of no such thing, so the final values are counted beside it.
        now = image.of(by.workspace_id)
        entered = [_enter(key_result, value, by=by, at=at) for key_result, value in (values or {}).items()]
        grades, whole, policy = _graded(now, row.id, values or {}, at)
        closed = objectives.close(
            objective=objective,
            grades=grades,
            whole=whole,
            policy=policy.name,
            learned=learned,
            checkins=entered,
            by=by,
            at=at,
        )
        if submission and by.person_id is not None:
            submissions.remember(submission=submission, made=objective, request=request, by=by, at=at)
    return closed


def _enter(key_result: int, value: Decimal, *, by: Actor, at: datetime) -> int:
    """Check in a final value; return the id of the entry."""
    return checkins.record(key_result=key_result, value=value, note="Final value", by=by, at=at).id


def _graded(
    now: Image, objective: int, values: Mapping[int, Decimal], at: datetime
) -> tuple[list[Final], Final, Policy]:
    """Return what the key results of an objective come to, and itself, by the workspace's policy."""
    with now.lock:
        policy = policies.named(now.workspace.scoring_policy)
        today = day_in(now.workspace.time_zone, at)
        listed, raw = finals.finals(now, objective, policy, values=values, on=today, figure=now.exact)
    # What cannot be scored (a baseline never set, say) is graded like missing data, with its own reason.
    grades = [
        Final(
            each.key_result.id,
            each.raw,
            each.grade if each.grade is not None else _grade(None, policy),
            each.problem,
        )
        for each in listed
    ]
    whole = Final(0, raw, _grade(raw, policy), "" if raw is not None else "all_weights_zero")
    return grades, whole, policy


def _grade(raw: Fraction | None, policy: Policy) -> Decimal:
    return graded(Fraction(0) if raw is None else raw, policy)
