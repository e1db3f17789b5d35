"""Signing in with a password, signing out, and where one goes then."""

from __future__ import annotations

import pytest
from django.test import Client

from milepost.models import Session, User
from milepost.models.sessions import kept_as
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.both_databases

ADA = {"login": "ada@acme.example", "password": PASSWORD}
OVER_THERE = "https://evil.example/"


class TestSignIn:
    def test_lets_in_with_the_right_password(self, client: Client, cast: Cast):
        """Whoever knows the password is signed in and goes to their only workspace."""
        answer = client.post("/sign-in/", ADA, follow=True)

        assert answer.redirect_chain[0][0] == "/"
        assert answer.redirect_chain[1][0] == "/w/acme/"
        assert Session.objects.get().user.email == "ada@acme.example"

    def test_takes_any_spelling_of_the_address(self, client: Client, cast: Cast):
        """Capital letters and blanks around an address do not matter."""
        answer = client.post("/sign-in/", ADA | {"login": " Ada@ACME.example "})

        assert answer.status_code == 302

    def test_answers_an_unknown_address_like_a_wrong_password(self, client: Client, cast: Cast):
        """Nothing in the answer says whether an address has an account, or a closed one."""
        User.objects.filter(email="ben@acme.example").update(is_active=False)
        tries = (
            ADA | {"password": "wrong wrong wrong"},
            {"login": "nobody@acme.example", "password": PASSWORD},
            {"login": "ben@acme.example", "password": PASSWORD},
        )

        answers = [client.post("/sign-in/", each) for each in tries]

        assert [answer.status_code for answer in answers] == [422, 422, 422]
        texts = {_without_what_differs(answer, each) for answer, each in zip(answers, tries, strict=True)}
        assert len(texts) == 1
        assert "do not belong together" in texts.pop()

    def test_keeps_the_address_that_was_typed(self, client: Client, cast: Cast):
        """After a slip only the password is typed again."""
        answer = client.post("/sign-in/", ADA | {"password": "wrong wrong wrong"})

        assert 'value="ada@acme.example"' in answer.content.decode()
        assert "wrong wrong wrong" not in answer.content.decode()

    def test_is_throttled(self, client: Client, cast: Cast):
        """After five wrong passwords even the right one waits."""
        for _ in range(5):
            client.post("/sign-in/", ADA | {"password": "wrong wrong wrong"})

        answer = client.post("/sign-in/", ADA)

        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert "too many tries" in answer.content.decode()
        assert not Session.objects.filter(user__isnull=False).exists()

    def test_gives_the_session_a_new_key(self, client: Client, cast: Cast):
        """A key that somebody planted before is worth nothing afterwards."""
        client.session.save()
        planted = client.session.session_key
        client.cookies["milepost"] = planted

        client.post("/sign-in/", ADA)

        assert client.cookies["milepost"].value != planted
        assert not Session.objects.filter(session_key=kept_as(planted)).exists()

    @pytest.mark.parametrize(
        "there",
        [
            OVER_THERE,
            "//evil.example/",
            "http:evil",
            "javascript:alert(1)",
            "/\\evil.example",
            "http://localhost/",
        ],
    )
    def test_goes_on_to_no_other_host(self, client: Client, cast: Cast, there: str):
        """An address elsewhere is not gone on to, however it is written."""
        answer = client.post("/sign-in/", ADA | {"next": there})
        again = client.get("/sign-in/", {"next": there})

        assert answer.headers["Location"] == "/"
        assert again.headers["Location"] == "/"

    def test_goes_on_to_where_one_wanted(self, client: Client, cast: Cast):
        """Somebody who was sent here from a page comes back to it."""
        asked = client.get("/w/acme/people/?show=left")
        form = client.get(asked.headers["Location"])
        answer = client.post("/sign-in/", ADA | {"next": "/w/acme/people/?show=left"})

        assert asked.headers["Location"] == "/sign-in/?next=%2Fw%2Facme%2Fpeople%2F%3Fshow%3Dleft"
        assert 'name="next" value="/w/acme/people/?show=left"' in form.content.decode()
        assert answer.headers["Location"] == "/w/acme/people/?show=left"

    @pytest.mark.parametrize(
        "address", ["/accounts/signup/", "/sign-up/", "/accounts/login/", "/accounts/email/"]
    )
    def test_is_the_only_way_in(self, client: Client, cast: Cast, address: str):
        """Nobody signs up, and nothing else of allauth is reachable."""
        assert client.get(address).status_code == 404

    def test_says_where_to_begin(self, client: Client, db):
        """Before anybody set it up, the page says that the terminal shows the link."""
        assert "terminal" in client.get("/sign-in/").content.decode()


class TestPasskey:
    @pytest.mark.parametrize(
        "said", ["[" * 19_000, '{"response":' * 1_500 + "1" + "}" * 1_500, "null", "NaN"]
    )
    def test_that_is_none_is_refused(self, client, cast, said):
        """Whatever stands there instead of a passkey, however deep, gets the page once more."""
        answer = client.post("/sign-in/passkey/", {"credential": said})

        assert answer.status_code == 422
        assert "This passkey was not accepted." in answer.content.decode()


class TestSignOut:
    def test_deletes_the_session(self, signed_in, cast: Cast):
        """Signing out ends the session in the database, and has the browser forget what it stored."""
        browser = signed_in("ada")

        answer = browser.post("/sign-out/")

        assert answer.headers["Location"] == "/sign-in/?signed-out"
        assert answer.headers["Clear-Site-Data"] == '"storage"'
        assert not Session.objects.exists()
        assert browser.get("/w/acme/people/").status_code == 302

    def test_asks_first_by_link(self, signed_in):
        """A link alone signs nobody out."""
        browser = signed_in("ada")

        assert browser.get("/sign-out/").status_code == 200
        assert browser.get("/w/acme/people/").status_code == 200


class TestHome:
    def test_sends_strangers_to_sign_in(self, client: Client, cast: Cast):
        """Nobody learns anything at the front door."""
        assert client.get("/").headers["Location"] == "/sign-in/"

    def test_offers_several_workspaces(self, signed_in, cast: Cast):
        """Whoever belongs to two workspaces chooses."""
        from milepost.actions import access, people
        from tests.cast import NOW

        person = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=NOW)
        secret = access.invite(person=person.id, by=cast.ada, at=NOW)
        zed = User.objects.get(email="zed@zenith.example")
        access.accept(secret=secret, user_id=zed.id, at=NOW)

        text = signed_in("zed").get("/").content.decode()

        assert 'href="/w/acme/"' in text
        assert 'href="/w/zenith/"' in text

    def test_explains_that_there_is_none(self, signed_in, cast: Cast):
        """Whoever has left everywhere is told how to come back."""
        from milepost.actions import people
        from tests.cast import NOW

        people.leave(person=cast.cleo.person_id, by=cast.ada, at=NOW)
        browser = signed_in("cleo")

        assert "belong to no workspace" in browser.get("/").content.decode()
        assert browser.get("/w/acme/people/").status_code == 404


def _without_what_differs(answer, sent: dict[str, str]) -> str:
    import re

    text = answer.content.decode().replace(sent["login"], "…")
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", text)
