"""Accounts, as tests come in and look after them."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from html import unescape

from django.core import mail
from django.test import Client
from django.utils import timezone

from milepost.actions import second_steps
from milepost.core import one_time
from milepost.models import Event, User
from tests.authenticators import Authenticator
from tests.cast import PASSWORD

ADA = {"login": "ada@acme.example", "password": PASSWORD}
HERE = "/account/"
NEW_PASSKEY = "/account/passkeys/new/"


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


def browser() -> Client:
    """Return a browser at an address for which there can be passkeys."""
    return Client(SERVER_NAME="localhost")


def options(client: Client, path: str) -> dict:
    """Return what a page asks of a passkey."""
    return json.loads(unescape(re.search(r"data-options='([^']+)'", client.get(path).content.decode())[1]))


def with_passkey(who: str = "ada", **more) -> Authenticator:
    """Give somebody a passkey, by the page that adds one."""
    client, device = enter(browser(), who), Authenticator(**more)
    answer = client.post(
        NEW_PASSKEY, {"name": "Laptop", "credential": device.make(options(client, NEW_PASSKEY))}
    )
    assert "recovery codes" in answer.content.decode()
    return device


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
