"""Adding people, roles, leaving, and single-use sign-in links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from milepost.actions import access, people, teams
from milepost.core.access import operator
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.models import Event, Person, SignInLink, TeamMember, User
from tests.cast import LATER, NOW, TODAY, Cast, actor

pytestmark = pytest.mark.both_databases


def _add(cast: Cast, by, **more) -> Person:
    wanted = {"name": "Dana Scully", "email": "Dana@Acme.example ", **more}
    return people.add(**wanted, by=by, at=NOW)


class TestAdd:
    def test_adds_a_member(self, cast: Cast):
        """An admin adds someone; the address is stored in one spelling and the key can be read."""
        person = _add(cast, cast.ada)

        assert (person.role, person.key, person.email) == ("member", "dana-scully", "dana@acme.example")
        assert person.user is None

    def test_tidies_a_name(self, cast: Cast):
        """A name stands on one line; marks that turn the text around them are refused."""
        person = _add(cast, cast.ada, name=" Dana  Scully\n")

        assert person.name == "Dana Scully"
        with pytest.raises(Invalid, match="another order"):
            _add(cast, cast.ada, name="Dana \u202eylluC Scully", email="other@acme.example")

    def test_numbers_namesakes(self, cast: Cast):
        """Two people of one name have keys of their own."""
        _add(cast, cast.ada)

        second = _add(cast, cast.ada, email="other@acme.example")

        assert second.key == "dana-scully-2"

    def test_lets_a_lead_add_to_their_team(self, cast: Cast):
        """A lead adds a member to the team they lead, who belongs to it from today."""
        person = _add(cast, cast.ben, team=cast.product.id)

        row = TeamMember.objects.of(cast.acme.id).get(person=person)
        assert (row.team_id, row.since_on, row.is_lead) == (cast.product.id, TODAY, False)

    @pytest.mark.parametrize("role", ["owner", "admin"])
    def test_keeps_a_lead_to_members_and_guests(self, cast: Cast, role: str):
        """A lead cannot make someone more than they are themselves."""
        with pytest.raises(NotAllowed):
            _add(cast, cast.ben, team=cast.product.id, role=role)

    def test_keeps_a_lead_to_their_own_team(self, cast: Cast):
        """A lead adds nobody to another team, nor to none."""
        sales = teams.create(name="Sales", by=cast.ada, at=NOW)

        for team in (sales.id, None):
            with pytest.raises(NotAllowed):
                _add(cast, cast.ben, team=team)

    @pytest.mark.parametrize("who", ["cleo", "gus"])
    def test_is_not_for_members(self, cast: Cast, who: str):
        """Members and guests add nobody."""
        with pytest.raises(NotAllowed):
            _add(cast, getattr(cast, who), team=cast.product.id)

    def test_keeps_an_admin_below_owner(self, cast: Cast):
        """Nobody gives a role above their own."""
        admin = actor(_add(cast, cast.ada, role="admin"))

        with pytest.raises(NotAllowed):
            _add(cast, admin, role="owner", email="e@acme.example")

    def test_refuses_an_address_twice(self, cast: Cast):
        """One address is one person, also when it is spelled otherwise or its person has left."""
        with pytest.raises(Conflict, match="Ben Okri has this address already") as refused:
            _add(cast, cast.ada, email="BEN@acme.example")
        people.leave(person=cast.ben.person_id, by=cast.ada, at=NOW)
        with pytest.raises(Conflict, match="has left"):
            _add(cast, cast.ada, email="ben@acme.example")

        assert refused.value.field == "email"

    @pytest.mark.parametrize(
        "posing",
        [
            "ada@acme.example\u200b",
            "ada@ac\u00adme.example",
            "\u0430da@acme.example",
            "ada@\u0430cme.example",
        ],
    )
    def test_refuses_an_address_that_only_looks_like_another(self, cast: Cast, posing: str):
        """What nobody sees in an address, or takes for another letter, makes it no other one."""
        with pytest.raises(Invalid) as refused:
            _add(cast, cast.ada, email=posing)

        assert refused.value.code == "bad_email"

    def test_does_not_say_who_is_elsewhere(self, cast: Cast):
        """Somebody of another workspace is added like anybody: nothing shows that they have an account."""
        person = _add(cast, cast.ada, email="zed@zenith.example")

        assert person.user is None

    def test_refuses_a_team_of_another_workspace(self, cast: Cast):
        """A foreign team is no team here."""
        with pytest.raises(Invalid, match="no such team"):
            _add(cast, cast.ada, team=cast.rockets.id)


class TestUpdate:
    def test_corrects_a_name(self, cast: Cast):
        """One may correct one's own name, and an admin anyone's."""
        people.update(person=cast.cleo.person_id, name="Cleo  Wu", by=cast.cleo, at=NOW)
        people.update(person=cast.ben.person_id, name="Benjamin Okri", by=cast.ada, at=NOW)

        names = set(Person.objects.of(cast.acme.id).values_list("name", flat=True))
        assert {"Cleo Wu", "Benjamin Okri"} <= names

    def test_leaves_others_alone(self, cast: Cast):
        """A member does not rename a colleague."""
        with pytest.raises(NotAllowed):
            people.update(person=cast.ben.person_id, name="B", by=cast.cleo, at=NOW)

    def test_a_new_address_ends_the_invitation(self, cast: Cast):
        """An invitation is bound to the address: with another one it no longer lets anybody in."""
        person = _add(cast, cast.ada)
        secret = access.invite(person=person.id, by=cast.ada, at=NOW)

        people.update(person=person.id, email="dana@new.example", by=cast.ada, at=NOW)

        with pytest.raises(access.LinkIsOver):
            access.accept(secret=secret, password="correct horse battery", at=LATER)

    def test_keeps_the_address_one_signs_in_with(self, cast: Cast):
        """Nobody takes an account over by changing its address."""
        with pytest.raises(Conflict):
            people.update(person=cast.cleo.person_id, email="evil@acme.example", by=cast.ada, at=NOW)


class TestChangeRole:
    def test_makes_an_admin(self, cast: Cast):
        """An owner makes a member an admin, and the event says so."""
        person = people.change_role(person=cast.cleo.person_id, role="admin", by=cast.ada, at=NOW)

        told = Event.objects.of(cast.acme.id).get(kind="person.role_changed")
        assert person.role == "admin"
        assert (told.data["from"], told.data["to"]) == ("member", "admin")

    def test_guards_the_last_owner(self, cast: Cast):
        """The only owner cannot step down or leave; an owner who never came does not count."""
        dana = _add(cast, cast.ada, role="owner")

        with pytest.raises(people.LastOwner):
            people.change_role(person=cast.ada.person_id, role="member", by=cast.ada, at=NOW)
        with pytest.raises(people.LastOwner):
            people.leave(person=cast.ada.person_id, by=cast.ada, at=NOW)
        access.accept(
            secret=access.invite(person=dana.id, by=cast.ada, at=NOW),
            password="correct horse battery",
            at=NOW,
        )

        people.change_role(person=cast.ada.person_id, role="member", by=cast.ada, at=NOW)

    def test_nobody_rises_above_the_one_who_lifts_them(self, cast: Cast):
        """An admin makes nobody an owner, not themselves either, and takes no owner's role away."""
        admin = actor(people.change_role(person=cast.cleo.person_id, role="admin", by=cast.ada, at=NOW))

        for person, role in (
            (cast.cleo.person_id, "owner"),
            (cast.ben.person_id, "owner"),
            (cast.ada.person_id, "member"),
        ):
            with pytest.raises(NotAllowed):
                people.change_role(person=person, role=role, by=admin, at=NOW)

    @pytest.mark.parametrize("who", ["ben", "cleo", "gus"])
    def test_is_the_admins_right(self, cast: Cast, who: str):
        """Leads, members and guests change no role."""
        with pytest.raises(NotAllowed):
            people.change_role(person=cast.cleo.person_id, role="guest", by=getattr(cast, who), at=NOW)

    def test_does_not_reach_another_workspace(self, cast: Cast):
        """A person of another workspace is nobody here."""
        with pytest.raises(NotFound):
            people.change_role(person=cast.zed.person_id, role="guest", by=cast.ada, at=NOW)

    def test_refuses_a_role_that_is_none(self, cast: Cast):
        """A word that is no role is refused."""
        with pytest.raises(Invalid):
            people.change_role(person=cast.cleo.person_id, role="king", by=cast.ada, at=NOW)


class TestLeave:
    def test_keeps_the_history(self, cast: Cast):
        """Someone who leaves is no longer in their teams from today, and remains in the records."""
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=NOW)

        row = Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id)
        seat = TeamMember.objects.of(cast.acme.id).get(person=row)
        assert (row.left_on, seat.until_on, row.name) == (TODAY, TODAY, "Cleo Wong")

    def test_is_the_day_of_the_workspace(self, cast: Cast):
        """Late in the evening in UTC it is already tomorrow in Prague."""
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=NOW.replace(hour=23, minute=30))

        assert Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id).left_on == TODAY + timedelta(
            days=1
        )

    def test_can_be_taken_back(self, cast: Cast):
        """Someone who left by mistake or returns is a person like before, without teams."""
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=NOW)

        people.readmit(person=cast.cleo.person_id, by=cast.ada, at=LATER)

        row = Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id)
        assert row.left_on is None
        assert not TeamMember.objects.of(cast.acme.id).filter(person=row, until_on=None).exists()

    def test_does_not_let_admins_remove_owners(self, cast: Cast):
        """An admin cannot make an owner leave."""
        admin = actor(people.change_role(person=cast.cleo.person_id, role="admin", by=cast.ada, at=NOW))

        with pytest.raises(NotAllowed):
            people.leave(person=cast.ada.person_id, by=admin, at=NOW)


class TestSignInLink:
    @pytest.fixture
    def ada(self, cast: Cast) -> User:
        return User.objects.get(email="ada@acme.example")

    def test_signs_in_once(self, cast: Cast, ada: User):
        """The link lets its account in, and only the first time."""
        secret = people.sign_in_link(user_id=ada.id, by=operator(cast.acme.id), at=NOW)

        assert access.use_link(secret=secret, at=LATER - timedelta(minutes=50)) == ada.id
        with pytest.raises(access.LinkIsOver):
            access.use_link(secret=secret, at=NOW)

    def test_runs_out(self, cast: Cast, ada: User):
        """After a quarter of an hour, or the time it was given, the link is over."""
        by = operator(cast.acme.id)
        short = people.sign_in_link(user_id=ada.id, by=by, at=NOW)
        long = people.sign_in_link(user_id=ada.id, lasts=timedelta(hours=24), by=by, at=NOW)

        with pytest.raises(access.LinkIsOver):
            access.use_link(secret=short, at=NOW + timedelta(minutes=15))
        assert access.use_link(secret=long, at=NOW + timedelta(hours=23)) == ada.id

    def test_is_kept_as_a_hash(self, cast: Cast, ada: User):
        """Neither the table nor the event holds the secret."""
        secret = people.sign_in_link(user_id=ada.id, by=operator(cast.acme.id), at=NOW)

        kept = str(SignInLink.objects.values()) + str(Event.objects.of(cast.acme.id).values())
        assert secret not in kept

    @pytest.mark.parametrize("who", ["ada", "ben"])
    def test_is_the_operators_right(self, cast: Cast, ada: User, who: str):
        """Not even an owner makes a link that signs somebody else in."""
        with pytest.raises(NotAllowed):
            people.sign_in_link(user_id=ada.id, by=getattr(cast, who), at=NOW)

    def test_needs_an_account_of_the_workspace(self, cast: Cast):
        """An account of another workspace is none here."""
        zed = User.objects.get(email="zed@zenith.example")

        with pytest.raises(NotFound):
            people.sign_in_link(user_id=zed.id, by=operator(cast.acme.id), at=NOW)

    def test_does_not_open_a_closed_account(self, cast: Cast, ada: User):
        """A link made earlier does not let in an account that was closed."""
        secret = people.sign_in_link(user_id=ada.id, by=operator(cast.acme.id), at=NOW)
        User.objects.filter(id=ada.id).update(is_active=False)

        with pytest.raises(access.LinkIsOver):
            access.use_link(secret=secret, at=NOW)
