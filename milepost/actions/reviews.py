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
from milepost.core.policies import Policy
from milepost.core.scoring import grade as graded
from milepost.core.scoring import score
from milepost.core.states import Event, Guard, State, next_state
from milepost.core.tokens import hash_of
from milepost.ledger import image
from milepost.ledger.image import Image
from milepost.ledger.structure import KeyResultRow
from milepost.models import Objective
from milepost.queries import standings


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
    The final values are facts of their own: they are committed first, and the grades read what is committed.
    """
    learned = wording.printable(learned, field="learned")
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        if submission and submissions.found(submission=submission, request=request, by=by, at=at):
            return row
        access.require(access.may_edit(by, standing), "close this objective")
        if row.state not in (State.GRADING, State.GRADED):
            next_state(State(row.state), Event.END, {Guard.ENDED_OR_ASKED.value: True})
        entered = [
            _enter(key_result, value, submission, by=by, at=at)
            for key_result, value in (values or {}).items()
        ]
    finals, whole, policy = _graded(row)
    with transaction.atomic():
        closed = objectives.close(
            objective=objective,
            grades=finals,
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


def _enter(key_result: int, value: Decimal, submission: str | None, *, by: Actor, at: datetime) -> int:
    """Check in a final value; return the id of the entry."""
    # Of its own, so that a closing that broke off after it and is sent again counts it once.
    own = submission and hash_of(f"{submission} {key_result}")
    return checkins.record(
        key_result=key_result, value=value, note="Final value", submission=own, by=by, at=at
    ).id


def _graded(row: Objective) -> tuple[list[Final], Final, Policy]:
    """Return what the key results of an objective come to, and itself, by the workspace's policy."""
    now = image.of(row.workspace_id)
    with now.lock:
        policy = policies.named(now.workspace.scoring_policy)
        finals = [_final(now, one, policy) for one in now.key_results_of.get(row.id, []) if one.counts]
        raw = now.exact(row.id)
    whole = Final(0, raw, _grade(raw, policy), "" if raw is not None else "all_weights_zero")
    return finals, whole, policy


def _final(now: Image, one: KeyResultRow, policy: Policy) -> Final:
    if one.source == "contributors":
        raw = now.exact(one.id)
        return Final(one.id, raw, _grade(raw, policy), "" if raw is not None else "no_data_at_close")
    found = score(one.measure, now.reading(one), policy=policy, closing=True)
    # What cannot be scored (a baseline never set, say) is graded like missing data, with its own reason.
    return Final(
        one.id,
        found.raw,
        found.grade if found.grade is not None else _grade(None, policy),
        found.problem or "",
    )


def _grade(raw: Fraction | None, policy: Policy) -> Decimal:
    return graded(Fraction(0) if raw is None else raw, policy)
