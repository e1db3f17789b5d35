"""What earlier versions left behind and what opens nothing any more is gone after the upgrade."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client

from milepost.actions import people, tokens
from milepost.core.access import operator
from milepost.ledger import sight
from milepost.models import Person, Session, Token, User
from tests.cast import NOW, Cast, enter_as

pytestmark = pytest.mark.both_databases
upgrade = import_module("milepost.migrations.0014_what_opens_nothing")


def account(who: str) -> User:
    return User.objects.get(email=f"{who}@acme.example")


def left_long_ago(cast: Cast) -> None:
    """Cleo left while leaving ended nothing."""
    with sight.everywhere():
        Person.objects.everywhere().filter(id=cast.cleo.person_id).update(left_on=NOW - timedelta(days=400))


def test_ends_what_those_have_who_left(cast: Cast):
    """Tokens and sessions of somebody who left long ago end; those of somebody who is there go on."""
    for who, mine in (("cleo", cast.cleo), ("ben", cast.ben)):
        enter_as(Client(), account(who))
        tokens.create(name="Sheet", by=mine, at=NOW)
    left_long_ago(cast)

    with sight.everywhere():
        upgrade._end(apps, None)

        good = Token.objects.everywhere().filter(revoked_at=None)
        assert [token.person_id for token in good] == [cast.ben.person_id]
    assert [row.user.email for row in Session.objects.all()] == ["ben@acme.example"]


def test_keeps_the_sessions_of_another_workspace(cast: Cast):
    """Who left one workspace and belongs to another stays signed in."""
    enter_as(Client(), account("cleo"))
    left_long_ago(cast)
    with sight.everywhere():
        Person.objects.create(
            workspace=cast.zenith, key="cleo", name="Cleo", email="cleo@acme.example", user=account("cleo")
        )

        upgrade._end(apps, None)

    assert Session.objects.count() == 1


def test_forgets_addresses_that_accounts_once_had(cast: Cast):
    """The list that nothing is read from any more is empty."""
    EmailAddress.objects.create(user=account("ada"), email="before@acme.example")

    with sight.everywhere():
        upgrade._end(apps, None)

    assert not EmailAddress.objects.exists()


def test_leaving_ends_them_at_once(cast: Cast):
    """Whoever leaves their only workspace is signed out everywhere, and taken back they sign in anew."""
    for who in ("cleo", "ben"):
        enter_as(Client(), account(who))
    link = people.sign_in_link(user_id=account("cleo").pk, by=operator(cast.acme.id), at=NOW)

    people.leave(person=cast.cleo.person_id, by=cast.ada, at=NOW)
    people.readmit(person=cast.cleo.person_id, by=cast.ada, at=NOW)

    assert [row.user.email for row in Session.objects.all()] == ["ben@acme.example"]
    assert Client().post(f"/sign-in/link/{link}/").status_code == 404
