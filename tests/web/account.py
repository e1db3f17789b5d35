"""Accounts, as tests come in and look after them."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.core import mail
from django.test import Client
from django.utils import timezone

from milepost.actions import second_steps
from milepost.core import one_time
from milepost.models import Event, User
from tests.cast import PASSWORD

ADA = {"login": "ada@acme.example", "password": PASSWORD}
HERE = "/account/"


def ada() -> User:
    return User.objects.get(email="ada@acme.example")


def kinds() -> list[str]:
    """List the kinds of what was told, the oldest first."""
    return list(Event.objects.everywhere().order_by("id").values_list("kind", flat=True))


def enter(client: Client, who: str = "ada") -> Client:
    """Sign in with the password, as people do."""
    answer = client.post("/sign-in/", {"login": f"{who}@acme.example", "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def with_app(user: User | None = None) -> str:
    """Give an account an authenticator app, set up some time ago, and return its secret."""
    secret, before = one_time.new_secret(), timezone.now() - timedelta(hours=1)
    code = one_time.code(secret, one_time.step_at(before))
    second_steps.add_app(user_id=(user or ada()).pk, secret=secret, typed=code, at=before)
    return secret


def shown(secret: str) -> str:
    """Return the code that the app shows now."""
    return one_time.code(secret, one_time.step_at(timezone.now()))


def mails() -> list:
    """Return the mails once they have all left."""
    for thread in threading.enumerate():
        if thread.name == "milepost-mail":
            thread.join()
    return mail.outbox


def long_ago(client: Client) -> None:
    """Let a browser have proved itself an hour ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {**one, "at": one["at"] - 3600} for one in session["account_authentication_methods"]
    ]
    session.save()
