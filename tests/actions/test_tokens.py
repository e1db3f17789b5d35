"""Tokens: for whom they act, how far, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from milepost.actions import people, teams, tokens
from milepost.core.problems import Conflict, Invalid, NotAllowed
from milepost.core.tokens import hash_of
from milepost.models import Token, User
from milepost.queries import actors
from tests.cast import NOW, Cast

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


def held(secret: str, at=NOW):
    return actors.bearer(hash_of(secret), door="api", at=at)


class TestBearer:
    def test_is_the_person(self, cast: Cast):
        """A token acts as the one who made it, with the role and the teams of now."""
        _, secret = tokens.create(name="Script", by=cast.ben, at=NOW)

        found = held(secret)

        assert found.actor == replace(cast.ben, door="api")
        assert (found.slug, found.scope, found.actor.within) == ("acme", "read", None)

    def test_ends(self, cast: Cast):
        """Nobody is let in by a token that ran out or was revoked, or by one that never was."""
        row, secret = tokens.create(name="Script", days=30, by=cast.ben, at=NOW)

        assert held(secret, NOW + 30 * DAY - timedelta(seconds=1)) is not None
        assert held(secret, NOW + 30 * DAY) is None
        tokens.revoke(token=row.id, by=cast.ben, at=NOW)
        assert held(secret) is None
        assert held("mp_" + "0" * 52) is None

    def test_goes_with_the_person(self, cast: Cast):
        """When someone leaves, or their account is closed, their tokens end too."""
        _, ben = tokens.create(name="Script", by=cast.ben, at=NOW)
        _, cleo = tokens.create(name="Script", by=cast.cleo, at=NOW)

        people.leave(person=cast.ben.person_id, by=cast.ada, at=NOW)
        User.objects.filter(email="cleo@acme.example").update(is_active=False)

        assert (held(ben), held(cleo)) == (None, None)

    def test_reaches_a_team_and_those_below(self, cast: Cast):
        """A limit holds what stands below the team too, as the teams stand now, and nothing beside it."""
        below = teams.create(name="Design", parent=cast.product.id, by=cast.ada, at=NOW)
        beside = teams.create(name="Sales", by=cast.ada, at=NOW)
        _, secret = tokens.create(name="Script", team=cast.product.id, by=cast.ben, at=NOW)
        deeper = teams.create(name="Type", parent=below.id, by=cast.ada, at=NOW)

        within = held(secret).actor.within

        assert within == {cast.product.id, below.id, deeper.id}
        assert beside.id not in within


class TestCreate:
    def test_takes_a_team_of_the_same_workspace_alone(self, cast: Cast):
        """Another workspace's team is none."""
        with pytest.raises(Invalid) as refused:
            tokens.create(name="Script", team=cast.rockets.id, by=cast.ada, at=NOW)

        assert refused.value.field == "team"

    def test_has_an_end(self, cast: Cast):
        """There is no token for ever, and not too many of them."""
        for days in (0, -1, 366):
            with pytest.raises(Invalid):
                tokens.create(name="Script", days=days, by=cast.ada, at=NOW)
        for _ in range(tokens.MOST):
            tokens.create(name="Script", by=cast.ada, at=NOW)
        with pytest.raises(Conflict):
            tokens.create(name="Script", by=cast.ada, at=NOW)

    def test_is_for_people(self, cast: Cast):
        """The operator has the terminal, and no token."""
        from milepost.core.access import operator

        with pytest.raises(NotAllowed):
            tokens.create(name="Script", by=operator(cast.acme.id), at=NOW)


class TestUse:
    def test_is_remembered_to_the_minute(self, cast: Cast):
        """The last use is written once a minute at most, for it would cost every request a write."""
        row, secret = tokens.create(name="Script", by=cast.ada, at=NOW)
        for seconds in (0, 30, 61):
            tokens.use(token=row.id, by=cast.ada, at=NOW + timedelta(seconds=seconds))
            if seconds == 30:
                assert held(secret).used_at == NOW

        assert Token.objects.of(cast.acme.id).get().used_at == NOW + timedelta(seconds=61)
