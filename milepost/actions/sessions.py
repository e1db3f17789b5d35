"""What may happen to sessions: they are used, and ended from elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from milepost.actions import tokens
from milepost.actions.access import NOBODY_YET
from milepost.actions.events import tell_of_account
from milepost.core.access import Actor
from milepost.core.problems import NotFound
from milepost.models import Session, User
from milepost.models.sessions import kept_as
from milepost.queries.sessions import mark_of

SEEN_AGAIN_AFTER = timedelta(minutes=15)


def use(*, session_key: str, by: Actor, at: datetime) -> None:
    """Remember that a session is used, and let it last on: as far as idling goes, never beyond its longest.

    No event and no change: it happens with requests that only look.
    """
    idle, longest = (
        timedelta(days=days) for days in (settings.MILEPOST.session_idle, settings.MILEPOST.session_longest)
    )
    with transaction.atomic():
        key = kept_as(session_key)
        row = Session.objects.filter(session_key=key).first()
        if row is not None and row.seen_at < at - SEEN_AGAIN_AFTER:
            until = min(at + idle, row.started_at + longest)
            Session.objects.filter(session_key=key).update(seen_at=at, expire_date=until)


def may_stay(*, user_id: int, began_with: str, by: Actor, at: datetime) -> bool:
    """Say whether an account still has the password that it had when signing in began, and is open.

    To be asked once the session's row is written: a password that is being changed is waited for.
    """
    with transaction.atomic():
        row = User.objects.select_for_update().filter(id=user_id, is_active=True).first()
        return row is not None and constant_time_compare(row.get_session_auth_hash(), began_with)


def forget_over(*, by: Actor, at: datetime) -> int:
    """Delete the rows of sessions that are over; return how many. No event: they ended by themselves."""
    with transaction.atomic():
        return Session.objects.filter(expire_date__lt=at).delete()[0]


def end(*, user_id: int, mark: str, by: Actor = NOBODY_YET, at: datetime) -> str:
    """End one session of an account at once; return the device it was on."""
    with transaction.atomic():
        for row in Session.objects.filter(user_id=user_id):
            if mark_of(row.session_key) == mark:
                row.delete()
                tell_of_account("person.sessions_ended", user_id=user_id, data={"count": 1}, by=by, at=at)
                return row.device
    raise NotFound


def end_others(
    *, user_id: int, keep: str | None, and_tokens: bool = False, by: Actor = NOBODY_YET, at: datetime
) -> tuple[int, int]:
    """End every session of an account but one, perhaps its tokens too; return how many of each."""
    with transaction.atomic():
        gone = Session.of(user_id, besides=keep).delete()[0]
        if gone:
            tell_of_account("person.sessions_ended", user_id=user_id, data={"count": gone}, by=by, at=at)
        ended = tokens.revoke_all(user_id=user_id, by=by, at=at) if and_tokens else 0
    return gone, ended
