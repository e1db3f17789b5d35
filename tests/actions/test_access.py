"""Invitations and passwords."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY

from milepost.actions import access, people
from milepost.core.access import operator
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound, Problem
from milepost.models import Event, Invitation, Person, Session, SignInLink, User
from milepost.models.sessions import SessionStore, kept_as
from tests import cast as the_cast
from tests.cast import LATER, NOW, PASSWORD, Cast
from tests.threads import at_once

pytestmark = pytest.mark.both_databases

FRESH = "seven purple giraffes"


@pytest.fixture
def dana(cast: Cast) -> Person:
    """Someone who was added and has not come yet."""
    return people.add(name="Dana Scully", email="dana@acme.example", by=cast.ada, at=NOW)


class TestInvite:
    def test_is_kept_as_a_hash(self, cast: Cast, dana: Person):
        """Neither the table nor the event holds the secret."""
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)

        kept = str(Invitation.objects.of(cast.acme.id).values()) + str(
            Event.objects.of(cast.acme.id).values()
        )
        assert secret not in kept

    def test_ends_the_one_before(self, cast: Cast, dana: Person):
        """Whoever is invited again has one link that works: the new one."""
        first = access.invite(person=dana.id, by=cast.ada, at=NOW)

        second = access.invite(person=dana.id, by=cast.ada, at=LATER)

        with pytest.raises(access.LinkIsOver):
            access.accept(secret=first, password=FRESH, at=LATER)
        assert access.accept(secret=second, password=FRESH, at=LATER).id == dana.id

    def test_lets_a_lead_invite_whom_they_added(self, cast: Cast, dana: Person):
        """A lead invites the member they added; for one whom somebody else added they ask an admin."""
        mine = people.add(name="E", email="e@acme.example", team=cast.product.id, by=cast.ben, at=NOW)

        assert access.invite(person=mine.id, by=cast.ben, at=NOW)
        with pytest.raises(NotAllowed):
            access.invite(person=dana.id, by=cast.ben, at=NOW)

    @pytest.mark.parametrize("who", ["cleo", "gus"])
    def test_is_not_for_members(self, cast: Cast, dana: Person, who: str):
        """Members and guests invite nobody."""
        with pytest.raises(NotAllowed):
            access.invite(person=dana.id, by=getattr(cast, who), at=NOW)

    def test_refuses_who_has_joined_or_left(self, cast: Cast, dana: Person):
        """There is nobody to invite once they have come, or gone."""
        people.leave(person=dana.id, by=cast.ada, at=NOW)

        with pytest.raises(Conflict, match="has left"):
            access.invite(person=dana.id, by=cast.ada, at=NOW)
        with pytest.raises(Conflict, match="has joined"):
            access.invite(person=cast.cleo.person_id, by=cast.ada, at=NOW)

    def test_does_not_reach_another_workspace(self, cast: Cast, dana: Person):
        """A person of another workspace is nobody here."""
        with pytest.raises(NotFound):
            access.invite(person=dana.id, by=cast.zed, at=NOW)


class TestAccept:
    def test_makes_an_account(self, cast: Cast, dana: Person):
        """A new person chooses name and password and is in."""
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)

        person = access.accept(secret=secret, name="Dana K. Scully", password=FRESH, at=LATER)

        told = Event.objects.of(cast.acme.id).get(kind="person.joined")
        assert (person.name, person.user.email) == ("Dana K. Scully", "dana@acme.example")
        assert person.user.check_password(FRESH)
        assert told.actor_id == person.id

    def test_works_once(self, cast: Cast, dana: Person):
        """The second use of a link lets nobody in."""
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)
        access.accept(secret=secret, password=FRESH, at=LATER)

        with pytest.raises(access.LinkIsOver):
            access.accept(secret=secret, password="eight yellow giraffes", at=LATER)

        assert User.objects.get(email="dana@acme.example").check_password(FRESH)

    def test_runs_out_after_72_hours(self, cast: Cast, dana: Person):
        """A link that lay about for three days is over."""
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)

        with pytest.raises(access.LinkIsOver):
            access.accept(secret=secret, password=FRESH, at=NOW + access.INVITATION_LASTS)

    def test_can_be_taken_back(self, cast: Cast, dana: Person):
        """A revoked link lets nobody in."""
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)

        access.revoke(person=dana.id, by=cast.ada, at=NOW)

        with pytest.raises(access.LinkIsOver):
            access.accept(secret=secret, password=FRESH, at=LATER)

    def test_ends_when_the_person_leaves(self, cast: Cast, dana: Person):
        """Nobody comes in by an invitation after they were taken off the list."""
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)

        people.leave(person=dana.id, by=cast.ada, at=NOW)

        with pytest.raises(access.LinkIsOver):
            access.accept(secret=secret, password=FRESH, at=LATER)

    def test_lets_an_account_join(self, cast: Cast):
        """Someone who has an account joins with it; its password stays."""
        zed = User.objects.get(email="zed@zenith.example")
        person = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=NOW)
        secret = access.invite(person=person.id, by=cast.ada, at=NOW)

        joined = access.accept(secret=secret, user_id=zed.id, at=LATER)

        assert joined.user_id == zed.id
        assert User.objects.get(id=zed.id).check_password(PASSWORD)

    def test_never_takes_an_account_over(self, cast: Cast):
        """A new password does not open an account that has this address already."""
        person = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=NOW)
        secret = access.invite(person=person.id, by=cast.ada, at=NOW)

        with pytest.raises(Conflict) as refused:
            access.accept(secret=secret, password=FRESH, at=LATER)

        assert refused.value.code == "account_exists"
        assert User.objects.get(email="zed@zenith.example").check_password(PASSWORD)
        assert Person.objects.of(cast.acme.id).get(id=person.id).user is None

    def test_is_bound_to_the_address(self, cast: Cast, dana: Person):
        """Another account cannot use the link, and the link stays good for whom it is for."""
        zed = User.objects.get(email="zed@zenith.example")
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)

        with pytest.raises(Conflict):
            access.accept(secret=secret, user_id=zed.id, at=LATER)

        assert access.accept(secret=secret, password=FRESH, at=LATER)

    def test_survives_a_weak_password(self, cast: Cast, dana: Person):
        """Somebody whose password is refused tries again with the same link."""
        secret = access.invite(person=dana.id, by=cast.ada, at=NOW)

        with pytest.raises(Invalid) as refused:
            access.accept(secret=secret, password="password", at=LATER)

        assert refused.value.field == "password"
        assert access.accept(secret=secret, password=FRESH, at=LATER)


class TestAcceptAtOnce:
    @pytest.mark.django_db(transaction=True)
    def test_lets_one_in(self):
        """Of four who use the same link at the same moment, one gets in."""
        cast = the_cast.assemble()
        person = people.add(name="Dana", email="dana@acme.example", by=cast.ada, at=NOW)
        secret = access.invite(person=person.id, by=cast.ada, at=NOW)

        outcomes = _outcomes(
            lambda number: access.accept(secret=secret, password=f"{FRESH} {number}", at=LATER)
        )

        assert outcomes == ["in", *["link_is_over"] * 3]


@pytest.mark.django_db(transaction=True)
class TestUseLinkAtOnce:
    def test_lets_one_in(self):
        """Of four who use the same sign-in link at the same moment, one gets in, as often as one tries."""
        cast = the_cast.assemble()
        ada, by = User.objects.get(email="ada@acme.example"), operator(cast.acme.id)

        for _ in range(10):
            secret = people.sign_in_link(user_id=ada.id, by=by, at=NOW)
            outcomes = _outcomes(lambda _, secret=secret: access.use_link(secret=secret, at=NOW))
            assert outcomes == ["in", *["link_is_over"] * 3]

    def test_is_not_for_a_closed_account(self):
        """An account that was closed is not signed in, and its link stays as it was."""
        cast = the_cast.assemble()
        ada = User.objects.get(email="ada@acme.example")
        secret = people.sign_in_link(user_id=ada.id, by=operator(cast.acme.id), at=NOW)
        User.objects.filter(id=ada.id).update(is_active=False)

        with pytest.raises(access.LinkIsOver):
            access.use_link(secret=secret, at=NOW)

        assert SignInLink.objects.get(user=ada).used_at is None


@pytest.mark.django_db(transaction=True)
class TestSetPasswordAtOnce:
    def test_takes_one_of_those_who_hold_a_link(self):
        """Of four who set a password by the same link at the same moment, one does."""
        the_cast.assemble()
        ada = User.objects.get(email="ada@acme.example")

        outcomes = _outcomes(
            lambda number: access.set_password(
                user_id=ada.id, password=f"{FRESH} {number}", instead_of=ada.password, at=NOW
            )
        )

        assert outcomes == ["in", *["link_is_over"] * 3]


def _outcomes(use: Callable[[int], object]) -> list[str]:
    """Let four use something at the same moment, and return what became of each."""
    outcomes: list[str] = []
    begin = threading.Barrier(4)

    def run(number: int) -> None:
        begin.wait()
        try:
            use(number)
            outcomes.append("in")
        except Problem as problem:
            outcomes.append(problem.code)

    at_once(4, run)
    return sorted(outcomes)


class TestSetPassword:
    def test_ends_other_sessions(self, cast: Cast):
        """A new password signs the account out everywhere but here; others stay."""
        ada, ben = User.objects.get(email="ada@acme.example"), User.objects.get(email="ben@acme.example")
        here, elsewhere, other = (_session(user) for user in (ada, ada, ben))

        access.set_password(user_id=ada.id, password=FRESH, keep_session=here, at=NOW)

        kept = set(Session.objects.values_list("session_key", flat=True))
        assert kept == {kept_as(here), kept_as(other)}
        assert kept_as(elsewhere) not in kept
        assert User.objects.get(id=ada.id).check_password(FRESH)

    def test_ends_unused_links(self, cast: Cast):
        """A sign-in link that was made before no longer works."""
        ada = User.objects.get(email="ada@acme.example")
        secret = people.sign_in_link(user_id=ada.id, by=operator(cast.acme.id), at=NOW)

        access.set_password(user_id=ada.id, password=FRESH, at=NOW)

        with pytest.raises(access.LinkIsOver):
            access.use_link(secret=secret, at=NOW)

    def test_refuses_a_weak_one(self, cast: Cast):
        """The rules for passwords hold here as well, and nothing changes."""
        ada = User.objects.get(email="ada@acme.example")

        with pytest.raises(Invalid):
            access.set_password(user_id=ada.id, password="lovelace", at=NOW)

        assert User.objects.get(id=ada.id).check_password(PASSWORD)


class TestSession:
    def test_remembers_when_it_began(self, cast: Cast):
        """Changing what a session holds leaves its beginning and its account alone."""
        key = _session(User.objects.get(email="ada@acme.example"))
        began = Session.objects.get(session_key=kept_as(key)).started_at

        store = SessionStore(key)
        store["seen"] = True
        store.save()

        row = Session.objects.get(session_key=kept_as(key))
        assert (row.started_at, row.user.email) == (began, "ada@acme.example")


def _session(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.id)
    store.create()
    return store.session_key
