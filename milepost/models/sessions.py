"""Sessions: who is signed in where. A row holds its account, so one indexed look-up answers a request
and deleting the row ends the session at once."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from milepost.models.people import User


class Session(AbstractBaseSession):
    """One signed-in browser."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(auto_now_add=True)

    objects = BaseSessionManager()

    class Meta:
        db_table = "session"

    @classmethod
    def get_session_store_class(cls):
        return SessionStore

    def save(self, *, force_insert: bool = False, **how) -> None:
        # The store writes a row it has not read, so a change must leave alone what it does not know.
        if not force_insert:
            how["update_fields"] = ("session_data", "expire_date", "user")
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
        return row
