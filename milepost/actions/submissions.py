"""A submission counts once: what the same person sends twice is answered twice and done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import IntegrityError, transaction
from django.db.models import Q

from milepost.core.access import Actor
from milepost.core.problems import Conflict
from milepost.models import Alignment, Comment, Initiative, KeyResult, Objective, Submission, Token
from milepost.models.workspaces import WorkspaceBound

LONGEST = 80

# What a form may make, and how it stands below what the form's address names.
_MADE: Mapping[str, tuple[type[WorkspaceBound], Callable[[int | None], Q]]] = MappingProxyType(
    {
        "objective": (Objective, lambda below: Q()),
        "key result": (KeyResult, lambda below: Q(objective_id=below)),
        "initiative": (Initiative, lambda below: Q(objective_id=below)),
        "link": (Alignment, lambda below: Q(child_id=below)),
        "comment": (Comment, lambda below: Q(key_result_id=below) | Q(objective_id=below, key_result=None)),
        "token": (Token, lambda below: Q()),
    }
)


def can_be_kept(mark: str) -> bool:
    """Say whether a mark that a program chose is short and plain enough."""
    return 0 < len(mark) <= LONGEST and mark.isascii() and mark.isprintable()


class SubmissionReused(Conflict):
    """The mark of one form came with another: answering with what the first one made would be a lie."""

    code = "submission_reused"


def reused() -> SubmissionReused:
    """Say that a mark was used for something else."""
    return SubmissionReused(
        "This was sent with the mark of another form, so nothing was done.",
        remedy="Reload the page and send it again; a program takes a new Idempotency-Key for each request.",
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What a submission made; `again` where an earlier one had made it already.

    `was_so`: it stood so before, and nothing was recorded.
    """

    id: int
    again: bool = False
    was_so: bool = False


def once(
    *,
    submission: str,
    makes: str,
    below: int | None = None,
    make: Callable[[], int],
    by: Actor,
    at: datetime,
) -> int:
    """Do what `make` does unless this submission did it before; return the id of what was made.

    `makes` names what is made and `below` the id of what it belongs to: a submission counts for these alone.
    Raises SubmissionReused where it made something else.
    """
    done = attempt(submission=submission, make=make, by=by, at=at)
    if done.again:
        _require_same(by, makes, below, done.id)
    return done.id


def attempt(
    *,
    submission: str | None,
    make: Callable[[], int],
    request: str | None = None,
    by: Actor,
    at: datetime,
) -> Done:
    """Do what `make` does unless this submission did it before, in the same transaction as its record.

    `request` is a hash of what is asked for; where an earlier one was asked something else, SubmissionReused.
    """
    if not submission or by.person_id is None:
        return Done(make())
    key = submission[:LONGEST]
    try:
        with transaction.atomic():
            if (earlier := found(submission=key, request=request, by=by, at=at)) is not None:
                return earlier
            made = make()
            remember(submission=key, made=made, request=request, by=by, at=at)
    except IntegrityError:
        # It came twice at the same moment: the other one won, and what it made is the answer.
        if (earlier := found(submission=key, request=request, by=by, at=at)) is None:
            raise
        return earlier
    return Done(made)


def found(*, submission: str, request: str | None = None, by: Actor, at: datetime) -> Done | None:
    """Return what a submission made before `at`, or None; raises SubmissionReused."""
    mine = Submission.objects.of(by.workspace_id).filter(person_id=by.person_id, key=submission)
    row = mine.values_list("entry_id", "request").first()
    if row is None:
        return None
    if request is not None and row[1] != request:
        raise reused()
    return Done(row[0], again=True)


def remember(*, submission: str, made: int, request: str | None = None, by: Actor, at: datetime) -> None:
    """Write down what a submission made; the caller holds the transaction that made it."""
    Submission.objects.create(
        workspace_id=by.workspace_id,
        person_id=by.person_id,
        key=submission,
        entry_id=made,
        request=request,
        at=at,
    )


def _require_same(by: Actor, makes: str, below: int | None, earlier: int) -> None:
    # Ids are never given twice, whatever the table: so the id says what it was.
    model, where = _MADE[makes]
    if not model.objects.of(by.workspace_id).filter(where(below), id=earlier).exists():
        raise reused()
