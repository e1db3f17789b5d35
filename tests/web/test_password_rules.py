"""Which passwords are taken: long ones of any letters, as they were typed, and none that many would try."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.test import Client

from milepost.actions import passwords
from milepost.core.problems import Invalid
from milepost.models import User
from tests.cast import PASSWORD, Cast
from tests.web.account import mails, shown, with_app

pytestmark = pytest.mark.both_databases

WHO = {"name": "Ada Lovelace", "email": "ada@acme.example"}


class TestRules:
    @pytest.mark.parametrize(
        "password",
        [
            "tenletters", "correct horse battery", "liverpool beats everton", "ÄÖÜ ßßß ñññ",
            "🥨🥐🍞🥖🥯🧇🥞🧈🍩🍪", "no capitals no digits", "NO SMALL LETTERS", "4917 0362 8815",
            "a long walk " * 6, "walk on and " * 80,
        ],
    )  # fmt: skip
    def test_take_any_letters(self, password: str):
        """From ten characters on, of whatever kind, up to a thousand."""
        passwords.check(password, **WHO)

    @pytest.mark.parametrize(
        "password",
        [
            "ninechars", "password1234", "Liverpool-2024", "2024!liverpool", "qwertyuiop", "milepost2026",
            "okr-okr-okr-okr", "Acme12345678", "Lovelace!!20261120", "m i l e p o s t", "ada@acme.example",
            "x" * 1001,
        ],
    )  # fmt: skip
    def test_take_nothing_that_would_be_tried(self, password: str):
        """Nothing short, nothing that many use, no single word of ours, theirs or everybody's with digits."""
        with pytest.raises(Invalid) as refused:
            passwords.check(password, **WHO)

        assert (refused.value.code, refused.value.field) == ("weak_password", "password")

    def test_know_what_was_stolen_elsewhere(self):
        """Each password known from thefts is refused, and each that is a word also with digits beside it."""
        stolen = CommonPasswordValidator().passwords
        taken = 0

        for one in sorted(stolen)[::40]:
            for typed in (one, f"{one}-2026-11"):
                try:
                    passwords.check(typed, name="Eve", email="eve@zenith.example")
                except Invalid:
                    continue
                taken += typed == one or one.isalpha()

        assert len(stolen) > 19_000
        assert taken == 0


class TestTyped:
    def test_counts_as_it_was_typed(self, signed_in, cast: Cast):
        """No blank is cut off, no letter made small, nothing behind the sixty-fourth passed over."""
        exact = " Correct Horse " + "and so on " * 9
        signed_in("ada").post("/account/password/", {"oldpassword": PASSWORD, "password1": exact})

        entered = {
            typed: Client().post("/sign-in/", {"login": "ada@acme.example", "password": typed}).status_code
            for typed in (exact, exact.strip(), exact.lower())
        }

        assert [*entered.values()] == [302, 422, 422]
        assert not User.objects.get(email="ada@acme.example").check_password(exact[:72])

    def test_is_hidden_and_may_be_pasted(self, signed_in, cast: Cast):
        """Each field for one is hidden and says which it is, so a password manager can fill it in."""
        pages = [Client().get("/sign-in/"), signed_in("ada").get("/account/password/")]

        fields = [
            field
            for page in pages
            for field in re.findall(r"<input[^>]+>", page.content.decode())
            if re.search(r'name="(old)?password\d?"', field)
        ]

        assert len(fields) == 3
        assert all(
            'type="password"' in field and re.search(r'autocomplete="(current|new)-password"', field)
            for field in fields
        )
        assert not any(re.search(r"paste|readonly|maxlength", field) for field in fields)


class TestForgotten:
    def test_leaves_the_second_step(self, client: Client, cast: Cast, mail_server):
        """A new password by mail is one factor: who has an app is still asked for its code."""
        secret, fresh = with_app(), "seven purple giraffes"
        client.post("/account/password/forgotten/", {"email": "ada@acme.example"})
        link = re.search(r"http\S+(/account/password/forgotten/\S+)", mails()[-1].body)[1]

        form = client.get(link, follow=True).redirect_chain[-1][0]
        client.post(form, {"password1": fresh})
        inside = client.get("/w/acme/people/").status_code
        answer = client.post("/sign-in/", {"login": "ada@acme.example", "password": fresh})

        assert inside == 302
        assert answer.headers["Location"] == "/sign-in/second-step/"
        assert client.post("/sign-in/second-step/", {"code": shown(secret)}).status_code == 302

    def test_runs_out(self, client: Client, cast: Cast, mail_server, settings):
        """A link whose time is over opens nothing."""
        client.post("/account/password/forgotten/", {"email": "ada@acme.example"})
        link = re.search(r"http\S+(/account/password/forgotten/\S+)", mails()[-1].body)[1]
        settings.PASSWORD_RESET_TIMEOUT = -1

        answer = client.get(link, follow=True)

        assert "its time is over" in answer.content.decode() or "used already" in answer.content.decode()
        assert 'name="password1"' not in answer.content.decode()
