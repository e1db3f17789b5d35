"""What may happen to a look: someone has seen what moved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from milepost.core import access
from milepost.core.access import Actor
from milepost.models import Person


def look(*, by: Actor, at: datetime) -> None:
    """Remember when someone last looked at their week.

    No event and no change: reading is nobody else's business, and no figure depends on it.
    """
    access.require_whole(by, "say that its person has looked")
    if by.is_operator:
        return
    with transaction.atomic():
        # Two tabs may answer out of order; the later look stands.
        Person.objects.of(by.workspace_id).filter(id=by.person_id).exclude(looked_at__gt=at).update(
            looked_at=at
        )
