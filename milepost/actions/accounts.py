"""What may happen to an account as a whole: its address is confirmed, or becomes another one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from milepost.actions import wording
from milepost.actions.access import NOBODY_YET
from milepost.actions.events import tell, tell_of_account
from milepost.core.access import Actor
from milepost.core.problems import Conflict, Invalid
from milepost.ledger import changes, sight
from milepost.models import Person, User
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
            tell_of_account("person.email_confirmed", user_id=user_id, by=by, at=at)
    return True


class AddressTaken(Conflict):
    """Somebody else has this address."""

    code = "email_taken"


def want_email(
    *, user_id: int, email: str | None, stamp: str = "", by: Actor = NOBODY_YET, at: datetime
) -> None:
    """Remember which address an account waits for since when, or None: for none any more.

    The last one counts, for as long as the account has the same `stamp`.
    """
    wanted = email and {"email": wording.email(email), "at": int(at.timestamp()), "stamp": stamp}
    User.objects.filter(id=user_id).update(email_wanted=wanted)


def change_email(
    *, user_id: int, was: str, email: str, is_proved: bool = True, by: Actor = NOBODY_YET, at: datetime
) -> User:
    """Let an account sign in with another address, and be known by it in each of its workspaces.

    `was` is the address that is given up: a change that was asked for before another one comes to nothing.
    Whoever asks has proved that the new one is theirs, or is the operator (`is_proved` False).
    """
    email, was = wording.email(email), User.objects.spell(was)
    with transaction.atomic():
        row = User.objects.select_for_update().filter(id=user_id, email=was, is_active=True).first()
        if row is None:
            raise Conflict(
                "The account has another address by now.", code="changed_meanwhile", remedy="Ask once more."
            )
        if email == was:
            raise Invalid("That is the address already.", field="email", remedy="Type the new one.")
        if User.objects.filter(email=email).exists():
            raise _taken()
        row.email, row.email_confirmed_at, row.email_wanted = email, at if is_proved else None, None
        row.save(update_fields=["email", "email_confirmed_at", "email_wanted"])
        for own in known.own_actors(user_id, door=by.door):
            _be_known_by(email, own, at=at)
    return row


def _be_known_by(email: str, own: Actor, *, at: datetime) -> None:
    with sight.within(own.workspace_id):
        people = Person.objects.of(own.workspace_id)
        if people.filter(email__iexact=email).exclude(id=own.person_id).exists():
            raise _taken()
        people.filter(id=own.person_id).update(email=email)
        tell("person.email_changed", subject=own.person_id, by=own, at=at)
        changes.append(own.workspace_id, changes.Kind.PERSON, own.person_id)


def _taken() -> AddressTaken:
    return AddressTaken(
        "Somebody else has this address.", field="email", remedy="Use another, or ask an admin of yours."
    )
