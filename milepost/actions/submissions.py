"""A submission counts once: what the same person sends twice is answered twice and done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from milepost.core.access import Actor
from milepost.models import Submission

LONGEST = 80


def once(*, submission: str, make: Callable[[], int], by: Actor, at: datetime) -> int:
    """Do what `make` does unless this submission did it before; return the id of what was made."""
    if not submission or by.person_id is None:
        return make()
    key = submission[:LONGEST]
    try:
        with transaction.atomic():
            if (earlier := _earlier(by, key)) is not None:
                return earlier
            made = make()
            Submission.objects.create(
                workspace_id=by.workspace_id, person_id=by.person_id, key=key, entry_id=made, at=at
            )
    except IntegrityError:
        # It came twice at the same moment: the other one won, and what it made is the answer.
        if (earlier := _earlier(by, key)) is None:
            raise
        return earlier
    return made


def _earlier(by: Actor, key: str) -> int | None:
    mine = Submission.objects.of(by.workspace_id).filter(person_id=by.person_id, key=key)
    return mine.values_list("entry_id", flat=True).first()
