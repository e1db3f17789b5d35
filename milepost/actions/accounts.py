"""What may happen to an account as a whole: its address is confirmed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from milepost.actions.access import NOBODY_YET
from milepost.actions.events import tell
from milepost.core.access import Actor
from milepost.models import User
from milepost.queries import people as known


def confirm_email(*, user_id: int, email: str, by: Actor = NOBODY_YET, at: datetime) -> bool:
    """Remember that an address was proved to be its account's; say whether it still is."""
    with transaction.atomic():
        row = User.objects.select_for_update().filter(id=user_id, email=email, is_active=True).first()
        if row is None:
            return False
        if row.email_confirmed_at is None:
            row.email_confirmed_at = at
            row.save(update_fields=["email_confirmed_at"])
            for own in known.own_actors(user_id, door=by.door):
                tell("person.email_confirmed", subject=own.person_id, by=own, at=at)
    return True
