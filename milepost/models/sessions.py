"""Sessions: who is signed in where. A row holds its account, so one indexed look-up answers a request
and deleting the row ends the session at once. What the browser holds is kept as its hash alone: whoever
reads the table, or a backup of it, is not signed in by that."""

from __future__ import annotations

import hmac
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from milepost.core.devices import DEVICE, PLACE
from milepost.models.people import User


def kept_as(session_key: str) -> str:
    """Return what the table holds of a session's key: 160 bits of its hash, about as many as the key has.

    The server's own secret is in it, so whoever replaces that ends every session.
    """
    return _kept_as(settings.SECRET_KEY, session_key)


# Every request asks for it, and mostly finds the processor's caches without the library that works it out:
# 60 µs then, instead of 5.
@lru_cache(maxsize=1024)
def _kept_as(secret: str, session_key: str) -> str:
    said = b"milepost.session " + session_key.encode()
    return hmac.digest(secret.encode(), said, "sha256").hex()[:40]


class Session(AbstractBaseSession):
    """One signed-in browser; `session_key` is what is kept of its key."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    device = models.CharField(max_length=80, blank=True, default="")
    place = models.CharField(max_length=48, blank=True, default="")

    objects = BaseSessionManager()

    class Meta:
        db_table = "session"

    @classmethod
    def get_session_store_class(cls):
        return SessionStore

    @classmethod
    def of(cls, user_id: int, *, besides: str | None = None) -> models.QuerySet[Session]:
        """Return the sessions of an account, perhaps without the one whose key this is."""
        rows = cls.objects.filter(user_id=user_id)
        return rows if besides is None else rows.exclude(session_key=kept_as(besides))

    def save(self, *, force_insert: bool = False, **how) -> None:
        # The store writes a row it has not read, so a change must leave alone what it does not know:
        # when the session ends is moved by being used alone (milepost/actions/sessions.py).
        if not force_insert:
            how["update_fields"] = ("session_data", "user", "device", "place")
        super().save(force_insert=force_insert, **how)


class SessionStore(DatabaseStore):
    """Django's database sessions with the account in a column of its own, and keys that are only hashed."""

    @classmethod
    def get_model_class(cls):
        return Session

    def _get_session_from_db(self):
        key = self.session_key
        if key is None:
            return None
        self._session_key = kept_as(key)
        row = super()._get_session_from_db()
        if row is not None:
            self._session_key = key
        return row

    def exists(self, session_key):
        return super().exists(kept_as(session_key))

    def delete(self, session_key=None):
        session_key = session_key or self.session_key
        if session_key is not None:
            super().delete(kept_as(session_key))

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.session_key = kept_as(row.session_key)
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        row.device, row.place = data.get(DEVICE, ""), data.get(PLACE, "")
        # The cookie lasts as long as a session can; the row as long as nobody comes.
        row.expire_date -= timedelta(days=settings.MILEPOST.session_longest - settings.MILEPOST.session_idle)
        return row
