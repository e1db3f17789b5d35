"""Sessions: who is signed in where. A row holds its account, so one indexed look-up answers a request
and deleting the row ends the session at once."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from milepost.core.devices import DEVICE, PLACE
from milepost.models.people import User


class Session(AbstractBaseSession):
    """One signed-in browser."""

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

    def save(self, *, force_insert: bool = False, **how) -> None:
        # The store writes a row it has not read, so a change must leave alone what it does not know:
        # when the session ends is moved by being used alone (milepost/actions/sessions.py).
        if not force_insert:
            how["update_fields"] = ("session_data", "user", "device", "place")
        super().save(force_insert=force_insert, **how)


class SessionStore(DatabaseStore):
    """Django's database sessions with the account in a column of its own."""

    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        row.device, row.place = data.get(DEVICE, ""), data.get(PLACE, "")
        # The cookie lasts as long as a session can; the row as long as nobody comes.
        row.expire_date -= timedelta(days=settings.MILEPOST.session_longest - settings.MILEPOST.session_idle)
        return row
