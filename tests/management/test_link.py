"""The commands that let somebody in: `milepost link` and `milepost user add`."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from milepost.actions import access, people
from milepost.core.problems import Conflict, Invalid, NotFound, Problem
from milepost.models import Person, User
from tests.cast import NOW, PASSWORD, Cast


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


class TestLink:
    def test_prints_a_link_that_signs_in(self, cast: Cast, client):
        """The printed address lets the account in, once."""
        printed = run("link", "Ben@acme.example")
        path = printed.removeprefix("http://localhost:8000")

        answer = client.get(path, headers={"host": "localhost", "sec-fetch-mode": "navigate"})

        assert printed.startswith("http://localhost:8000/sign-in/link/")
        assert answer.headers["Location"] == "/"

    def test_knows_nobody_else(self, cast: Cast):
        """An address that signs in nowhere is refused, saying what to do."""
        with pytest.raises(NotFound, match="milepost user add"):
            run("link", "nobody@acme.example")


class TestUserEmail:
    def test_gives_an_account_another_address(self, cast: Cast):
        """It signs in with the new one, which still waits to be confirmed, and is known by it."""
        said = run("user", "email", "ben@acme.example", "Ben.Okri@acme.example")

        user = User.objects.get(email="ben.okri@acme.example")
        assert said == "Ben Okri signs in with ben.okri@acme.example from now on."
        assert user.email_confirmed_at is None
        assert Person.objects.of(cast.acme.id).get(user=user).email == "ben.okri@acme.example"

    def test_takes_nobody_elses(self, cast: Cast):
        """An address of somebody else is refused, and one that signs in nowhere is not known."""
        with pytest.raises(Conflict):
            run("user", "email", "ben@acme.example", "ada@acme.example")
        with pytest.raises(NotFound):
            run("user", "email", "nobody@acme.example", "new@acme.example")


@pytest.mark.django_db(transaction=True)
class TestUserErase:
    def test_forgets_who_has_left(self, cast: Cast):
        """Known by their address or their id in the file, they are a former colleague afterwards."""
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=NOW)
        people.leave(person=cast.ben.person_id, by=cast.ada, at=NOW)

        said = [
            run("user", "erase", who, "--workspace", "acme", "--yes")
            for who in ("CLEO@acme.example", "ben-okri")
        ]

        assert said == [
            "They are known as Former colleague from now on.",
            "They are known as Former colleague 2 from now on.",
        ]

    def test_knows_nobody_else(self, cast: Cast):
        """A word that is nobody's is refused, and nobody is erased unasked."""
        with pytest.raises(NotFound):
            run("user", "erase", "zed@zenith.example", "--workspace", "acme", "--yes")
        with pytest.raises(Problem, match="no terminal"):
            run("user", "erase", "cleo@acme.example", "--workspace", "acme")


class TestUserExport:
    def test_writes_all_that_is_held_of_somebody(self, cast: Cast, tmp_path):
        """To a file or to the terminal, with how they sign in, and no secret."""
        target = tmp_path / "cleo.json"

        run("user", "export", "cleo@acme.example", "--workspace", "acme", "-o", str(target))

        found = json.loads(target.read_bytes())
        assert found["person"]["name"] == "Cleo Wong"
        assert found["ways_in"]["has_password"] is True and "argon2" not in target.read_text()
        assert target.stat().st_mode & 0o077 == 0  # for nobody else on the machine

    def test_knows_nobody_else(self, cast: Cast):
        """Whoever belongs to another workspace is not found."""
        with pytest.raises(NotFound):
            run("user", "export", "zed@zenith.example", "--workspace", "acme")


class TestUserAdd:
    def test_prints_an_invitation(self, cast: Cast):
        """The printed link lets the new person choose a password and come in."""
        printed = run(
            "user", "add", "eve@acme.example", "--name", "Eve", "--role", "admin", "--workspace", "acme"
        )
        secret = printed.split("/")[-2]

        from django.utils import timezone

        person = access.accept(secret=secret, password=PASSWORD, at=timezone.now())

        assert (person.name, person.role, person.workspace_id) == ("Eve", "admin", cast.acme.id)
        assert User.objects.get(email="eve@acme.example").check_password(PASSWORD)

    def test_says_that_the_earlier_link_is_void(self, cast: Cast):
        """Who is added a second time gets another link, and the command says that the first is void."""
        add = ("user", "add", "eve@acme.example", "--workspace", "acme")
        first, second = io.StringIO(), io.StringIO()

        call_command(*add, "--name", "Eve", stdout=io.StringIO(), stderr=first)
        call_command(*add, stdout=io.StringIO(), stderr=second)

        assert "void" not in first.getvalue()
        assert "the earlier link is void" in second.getvalue()

    def test_looks_at_the_address_first(self, cast: Cast):
        """What is no e-mail address is told as such, before anything else is asked for."""
        with pytest.raises(Invalid, match="no e-mail address") as told:
            run("user", "add", "notanemail", "--workspace", "acme")

        assert told.value.code == "usage"

    def test_asks_which_workspace(self, cast: Cast):
        """Where there are several, it names them."""
        with pytest.raises(Problem, match="acme, zenith"):
            run("user", "add", "eve@acme.example", "--name", "Eve")

    def test_refuses_what_the_page_refuses(self, cast: Cast):
        """The same rules hold at the terminal: one address, one person."""
        with pytest.raises(Conflict):
            run("user", "add", "ben@acme.example", "--name", "Ben", "--workspace", "acme")

        assert Person.objects.of(cast.acme.id).filter(email="ben@acme.example").count() == 1
