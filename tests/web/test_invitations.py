"""Giving an invitation, and accepting it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from milepost.actions import access, guesses, people
from milepost.core import guessing
from milepost.models import Event, Invitation, Person, Session, User
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.both_databases

FRESH = "seven purple giraffes"


@pytest.fixture
def dana(cast: Cast) -> Person:
    return people.add(name="Dana Scully", email="dana@acme.example", by=cast.ada, at=timezone.now())


@pytest.fixture
def address(cast: Cast, dana: Person) -> str:
    return f"/invitation/{access.invite(person=dana.id, by=cast.ada, at=timezone.now())}/"


class TestGiving:
    def test_shows_the_link_once(self, cast: Cast, signed_in):
        """Adding someone shows their link in the answer; no later page holds it."""
        ada = signed_in("ada")

        answer = ada.post(
            "/w/acme/people/new/", {"name": "Dana", "email": "dana@acme.example", "role": "guest", "team": ""}
        )
        link = re.search(r"http://testserver(/invitation/[\w-]+/)", answer.content.decode()).group(1)

        person = Person.objects.of(cast.acme.id).get(name="Dana")
        later = [
            ada.get(path).content.decode() for path in ("/w/acme/people/", f"/w/acme/people/{_code(person)}/")
        ]
        assert Client().get(link).status_code == 200
        assert not any("/invitation/" in re.sub(r"/people/\w+/invitation/", "", text) for text in later)

    def test_goes_by_mail_where_there_is_a_server(self, cast: Cast, signed_in, settings):
        """With a mail server the link goes to the person, and nobody else sees it."""
        from dataclasses import replace

        settings.MILEPOST = replace(settings.MILEPOST, mail_host="mail.example")
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

        answer = signed_in("ada").post(
            "/w/acme/people/new/",
            {"name": "Dana", "email": "dana@acme.example", "role": "member", "team": ""},
            follow=True,
        )

        (sent,) = mail.outbox
        assert sent.to == ["dana@acme.example"]
        assert re.search(rf"^{settings.MILEPOST.base_url}/invitation/[\w-]{{43}}/$", sent.body, re.MULTILINE)
        assert "Ada Lovelace" in sent.subject
        assert re.search(r"/invitation/[\w-]{43}/", answer.content.decode()) is None

    def test_can_be_repeated_and_taken_back(self, cast: Cast, signed_in, dana: Person, address: str):
        """A second invitation ends the first, and taking it back ends both."""
        ada, here = signed_in("ada"), f"/w/acme/people/{_code(dana)}/invitation/"

        again = ada.post(here).content.decode()
        link = re.search(r"http://testserver(/invitation/[\w-]+/)", again).group(1)

        assert Client().get(address).status_code == 404
        assert Client().get(link).status_code == 200
        ada.post(f"{here}revoke/")
        assert Client().get(link).status_code == 404


@pytest.mark.usefixtures("mail_server")
class TestManyByMail:
    def test_wait_at_one_address(self, cast: Cast, signed_in, dana: Person):
        """Nobody is flooded in the company's name: after four mails the next one waits, nothing changed."""
        ada, there = signed_in("ada"), f"/w/acme/people/{_code(dana)}/invitation/"

        answers = [ada.post(there) for _ in range(5)]

        refused = answers[-1]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 303, 429]
        assert 0 < int(refused.headers["Retry-After"]) <= 300
        assert "Many invitations went by mail lately" in refused.content.decode()
        assert len(mail.outbox) == 4
        last = re.search(r"/invitation/[\w-]+/", mail.outbox[-1].body).group()
        assert Client().get(last).status_code == 200

    def test_wait_of_one_person(self, cast: Cast, signed_in, monkeypatch):
        """Whoever has invited many waits, and keeps what they typed; a colleague goes on."""
        monkeypatch.setattr(guessing, "INVITER", replace(guessing.INVITER, free=3))
        for number in range(3):
            guesses.take_invitation(email=f"{number}@x.example", by=cast.ada, at=timezone.now())
        form = {"name": "Eve", "email": "eve@acme.example", "role": "member", "team": ""}
        people.change_role(person=cast.ben.person_id, role="admin", by=cast.ada, at=timezone.now())

        refused = signed_in("ada").post("/w/acme/people/new/", form)
        added = Person.objects.of(cast.acme.id).filter(email="eve@acme.example").exists()
        other = signed_in("ben").post("/w/acme/people/new/", form)

        text = refused.content.decode()
        assert (refused.status_code, added, other.status_code) == (429, False, 303)
        assert 'value="eve@acme.example"' in text and "has to wait. Nothing was changed" in text
        assert 0 < int(refused.headers["Retry-After"]) <= 60

    def test_wait_of_one_workspace(self, cast: Cast, now, monkeypatch):
        """Many from a workspace, whoever sent them, make its next one wait, and no other workspace's."""
        monkeypatch.setattr(guessing, "WORKSPACE", replace(guessing.WORKSPACE, free=4))
        for number, by in enumerate((cast.ada, cast.ben, cast.ada, cast.ben)):
            guesses.take_invitation(email=f"{number}@x.example", by=by, at=now)

        with pytest.raises(guesses.TooManyInvitations):
            guesses.take_invitation(email="one@x.example", by=cast.cleo, at=now)
        guesses.take_invitation(email="one@x.example", by=cast.zed, at=now)

    def test_wait_of_a_program(self, cast: Cast, dana: Person, client: Client):
        """A program is told the same, with a code of its own."""
        from milepost.actions import tokens
        from milepost.core.ids import encode

        _, secret = tokens.create(name="A program", scope="admin", by=cast.ada, at=timezone.now())
        there, head = f"/api/v1/people/{encode(dana.id)}/invitation", {"authorization": f"Bearer {secret}"}

        answers = [
            client.post(
                there, {}, "application/json", headers=head | {"idempotency-key": f"key-{number}-of-many"}
            )
            for number in range(5)
        ]

        told = answers[-1].json()
        assert [answer.status_code for answer in answers] == [201, 201, 201, 201, 429]
        assert (told["code"], answers[-1].headers["Content-Type"]) == (
            "too_many_invitations", "application/problem+json",
        )  # fmt: skip
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 300

    def test_are_not_counted_where_a_link_is_shown(self, cast: Cast, signed_in, dana: Person, settings):
        """Without a mail server nobody is flooded, so nobody waits."""
        settings.MILEPOST = replace(settings.MILEPOST, mail_host="")
        ada, there = signed_in("ada"), f"/w/acme/people/{_code(dana)}/invitation/"

        assert [ada.post(there).status_code for _ in range(6)] == [200] * 6


class TestAccepting:
    def test_makes_an_account_and_lets_in(self, client: Client, cast: Cast, dana: Person, address: str):
        """Name and password, one click, and one is in one's week."""
        answer = client.post(address, {"name": "Dana K. Scully", "password": FRESH})

        row = Person.objects.of(cast.acme.id).get(id=dana.id)
        assert answer.headers["Location"] == "/w/acme/"
        assert (row.name, row.user.email) == ("Dana K. Scully", "dana@acme.example")
        assert Session.objects.exclude(user=None).get().user == row.user

    def test_counts_the_password_just_chosen(self, client: Client, address: str):
        """Whoever has just chosen a password is not asked who they are."""
        client.post(address, {"name": "Dana", "password": FRESH})

        assert "QR code" in client.get("/account/app/").content.decode()

    def test_looking_does_not_use_it_up(self, client: Client, address: str):
        """A program that follows links in messages does no harm."""
        for _ in range(3):
            assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200

        assert client.post(address, {"name": "Dana", "password": FRESH}).status_code == 302

    def test_reads_the_same_for_used_and_never_given(self, address: str, cast: Cast):
        """A link that is over says nothing about why, nor whether it ever was."""
        Client().post(address, {"name": "Dana", "password": FRESH})

        used, never = Client().get(address), Client().get("/invitation/never-given/")

        assert used.status_code == never.status_code == 404
        assert used.content == never.content

    def test_says_what_is_wrong_with_the_password(self, client: Client, address: str):
        """A weak password is refused beside its field; the name stays, the link too."""
        answer = client.post(address, {"name": "Dana K.", "password": "password"})

        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="Dana K."' in text
        assert "too common" in text
        assert client.get(address).status_code == 200

    def test_looks_the_same_whether_there_is_an_account(self, cast: Cast, dana: Person, address: str):
        """The page does not say that an address is known elsewhere."""
        zed = people.add(name="Dana Scully", email="zed@zenith.example", by=cast.ada, at=timezone.now())
        other = f"/invitation/{access.invite(person=zed.id, by=cast.ada, at=timezone.now())}/"

        known, unknown = Client().get(other).content.decode(), Client().get(address).content.decode()

        assert _plain(known, other, "zed@zenith.example") == _plain(unknown, address, "dana@acme.example")

    def test_asks_an_account_for_its_own_password(self, client: Client, cast: Cast):
        """Somebody known from elsewhere joins with the password they have; any other is refused."""
        zed = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=timezone.now())
        address = f"/invitation/{access.invite(person=zed.id, by=cast.ada, at=timezone.now())}/"

        refused = client.post(address, {"name": "Zed", "password": FRESH})
        joined = client.post(address, {"name": "Zed", "password": PASSWORD})

        assert refused.status_code == 422
        assert User.objects.get(email="zed@zenith.example").check_password(PASSWORD)
        assert joined.headers["Location"] == "/w/acme/"

    def test_throttles_guesses_at_that_password(self, client: Client, cast: Cast):
        """An invitation is no way to try passwords: after five even the right one waits."""
        zed = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=timezone.now())
        address = f"/invitation/{access.invite(person=zed.id, by=cast.ada, at=timezone.now())}/"
        for _ in range(5):
            client.post(address, {"name": "Zed", "password": FRESH})

        answer = client.post(address, {"name": "Zed", "password": PASSWORD})

        assert answer.status_code == 429
        assert "too many tries" in answer.content.decode()

    def test_lets_the_signed_in_account_join_by_a_click(self, signed_in, cast: Cast):
        """Whoever is signed in with the address joins without typing."""
        zed = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=timezone.now())
        address = f"/invitation/{access.invite(person=zed.id, by=cast.ada, at=timezone.now())}/"
        browser = signed_in("zed")

        page = browser.get(address).content.decode()
        answer = browser.post(address)

        assert 'name="password"' not in page
        assert answer.headers["Location"] == "/w/acme/"

    def test_is_not_for_another_account(self, signed_in, cast: Cast, dana: Person, address: str):
        """Somebody signed in as another is told so, and uses nothing up."""
        browser = signed_in("ben")

        page = browser.get(address).content.decode()
        browser.post(address, {"name": "Ben", "password": FRESH})

        assert "this invitation is for dana@acme.example" in page
        assert Person.objects.of(cast.acme.id).get(id=dana.id).user is None
        assert Invitation.objects.of(cast.acme.id).get().accepted_at is None


class TestSecrecy:
    def test_is_in_no_page_and_no_event(self, signed_in, cast: Cast, dana: Person, address: str):
        """No page that a colleague opens, and no event, holds the secret."""
        secret = address.split("/")[2]
        ada = signed_in("ada")

        pages = [
            ada.get(f"/w/acme/{path}", follow=True).content.decode()
            for path in ("people/", f"people/{_code(dana)}/", "people/?show=waiting", "settings/")
        ]

        assert not any(secret in page for page in pages)
        assert secret not in str(list(Event.objects.of(cast.acme.id).values()))


def _code(person: Person) -> str:
    from milepost.core.ids import encode

    return encode(person.id)


def _plain(text: str, address: str, email: str) -> str:
    text = text.replace(address, "…").replace(email, "…")
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", text)
