"""Founding a workspace and changing its settings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from milepost.actions import workspaces
from milepost.core.problems import Invalid, NotAllowed, Problem
from milepost.ledger import changes
from milepost.models import Event, Person, SignInLink, User, Workspace
from tests.cast import NOW, PASSWORD, Cast

pytestmark = pytest.mark.both_databases

FIRST = {
    "name": "Acme",
    "time_zone": "Europe/Prague",
    "person_name": "Ada Lovelace",
    "email": "ada@acme.example",
    "password": PASSWORD,
}


class TestFound:
    def test_makes_the_first_owner(self):
        """Whoever founds a workspace is its owner and can sign in with the password they chose."""
        workspace, person = workspaces.found(**FIRST, at=NOW)

        assert (workspace.slug, workspace.time_zone) == ("acme", "Europe/Prague")
        assert (person.role, person.key, person.email) == ("owner", "ada-lovelace", "ada@acme.example")
        assert person.user.check_password(PASSWORD)

    def test_tells_and_logs_it(self):
        """Founding is one event by the founder and one change for the image."""
        workspace, person = workspaces.found(**FIRST, at=NOW)

        told = Event.objects.of(workspace.id).get()
        found, _ = changes.changes_since(workspace.id, changes.Token())
        assert (told.kind, told.actor_id, told.at) == ("workspace.founded", person.id, NOW)
        assert [change.kind for change in found] == [changes.Kind.ALL]

    def test_numbers_a_name_that_is_taken(self):
        """Two organisations of one name get addresses of their own."""
        workspaces.found(**FIRST, at=NOW)

        second, _ = workspaces.found(**FIRST, at=NOW)

        assert second.slug == "acme-2"

    def test_leaves_the_password_of_an_account_alone(self):
        """An account that is there already becomes owner as it is: nobody's password is overwritten."""
        workspaces.found(**FIRST, at=NOW)

        workspaces.found(**FIRST | {"name": "Other", "password": "another good pass phrase"}, at=NOW)

        assert User.objects.get().check_password(PASSWORD)
        assert Person.objects.everywhere().filter(user=User.objects.get()).count() == 2

    def test_names_what_cannot_be_written_in_latin(self):
        """A name without Latin letters still gets an address and a key."""
        workspace, person = workspaces.found(**FIRST | {"name": "株式会社", "person_name": "山田"}, at=NOW)

        assert (workspace.slug, person.key) == ("workspace", "owner")
        assert (workspace.name, person.name) == ("株式会社", "山田")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "   "),
            ("name", "x" * 201),
            ("time_zone", "Europe/Atlantis"),
            ("time_zone", "localtime"),
            ("person_name", ""),
            ("email", "ada at acme"),
            ("email", ""),
            ("password", "short"),
            ("password", "1234567890"),
            ("password", "ada@acme.example"),
            ("password", "x" * 1001),
        ],
    )
    def test_refuses_wrong_input(self, field: str, value: str):
        """What cannot be kept is refused with the field it is about, and nothing is made."""
        with pytest.raises(Invalid) as refused:
            workspaces.found(**FIRST | {field: value}, at=NOW)

        assert refused.value.field == field
        assert refused.value.remedy
        assert not Workspace.objects.exists()


class TestSetUpLink:
    def test_opens_the_set_up_once(self):
        """The terminal's link founds the first workspace, and no link of that kind works after it."""
        secret, older = workspaces.setup_link(at=NOW), workspaces.setup_link(at=NOW)

        workspaces.set_up(secret=secret, **FIRST, at=NOW)

        for spent in (secret, older):
            with pytest.raises(workspaces.AlreadyFounded):
                workspaces.set_up(secret=spent, **FIRST, at=NOW)
        assert Workspace.objects.count() == 1

    def test_is_kept_as_a_hash(self):
        """Whoever reads the database does not learn the secret."""
        secret = workspaces.setup_link(at=NOW)

        assert secret not in str(SignInLink.objects.values())

    def test_is_not_made_when_somebody_has_set_up(self):
        """There is nothing to set up a second time."""
        workspaces.found(**FIRST, at=NOW)

        assert workspaces.setup_link(at=NOW) is None

    def test_runs_out(self):
        """A link from last month leads nowhere."""
        secret = workspaces.setup_link(at=NOW)

        with pytest.raises(workspaces.AlreadyFounded):
            workspaces.set_up(secret=secret, **FIRST, at=NOW + workspaces.SETUP_LINK_LASTS)

    def test_survives_wrong_input(self):
        """Somebody who mistypes can try again with the same link."""
        secret = workspaces.setup_link(at=NOW)
        with pytest.raises(Invalid):
            workspaces.set_up(secret=secret, **FIRST | {"password": "short"}, at=NOW)

        workspace, _ = workspaces.set_up(secret=secret, **FIRST, at=NOW + timedelta(minutes=1))

        assert workspace.name == "Acme"

    @pytest.mark.parametrize("secret", ["", "x", "ä" * 40, "\udcff"])
    def test_refuses_a_guess(self, secret: str):
        """Any other text is no link."""
        workspaces.setup_link(at=NOW)

        with pytest.raises(workspaces.AlreadyFounded):
            workspaces.set_up(secret=secret, **FIRST, at=NOW)


class TestUpdate:
    def test_changes_settings(self, cast: Cast):
        """An owner changes how the workspace is set, and the event says from what to what."""
        workspaces.update(
            changed={"name": "Acme Ltd", "check_in_every": 14, "mission": " Fewer meetings.\r\nMore done. "},
            by=cast.ada,
            at=NOW,
        )

        row = Workspace.objects.get(id=cast.acme.id)
        told = Event.objects.of(cast.acme.id).get(kind="workspace.changed")
        assert (row.name, row.check_in_every, row.mission) == ("Acme Ltd", 14, "Fewer meetings.\nMore done.")
        assert told.data["changes"]["check_in_every"] == [7, 14]

    def test_keeps_silent_about_no_change(self, cast: Cast):
        """Saving what is already so tells nobody anything."""
        workspaces.update(changed={"name": "Acme"}, by=cast.ada, at=NOW)

        assert not Event.objects.of(cast.acme.id).filter(kind="workspace.changed").exists()

    @pytest.mark.parametrize("who", ["ben", "cleo", "gus"])
    def test_is_the_admins_right(self, cast: Cast, who: str):
        """Leads, members and guests may not change the settings."""
        with pytest.raises(NotAllowed):
            workspaces.update(changed={"name": "Mine"}, by=getattr(cast, who), at=NOW)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("time_zone", "Nowhere"), ("check_in_every", 0), ("check_in_every", 93), ("name", " ")],
    )
    def test_refuses_wrong_settings(self, cast: Cast, field: str, value: object):
        """A setting that cannot be is refused beside its field."""
        with pytest.raises(Problem) as refused:
            workspaces.update(changed={field: value}, by=cast.ada, at=NOW)

        assert refused.value.field == field
