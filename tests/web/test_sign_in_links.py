"""Single-use sign-in links in a browser."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import people
from milepost.core.access import operator
from milepost.models import Session, SignInLink, User
from tests.cast import Cast

pytestmark = pytest.mark.both_databases

GOES = {"Sec-Fetch-Mode": "navigate"}
HERE = {"headers": {"host": "localhost:8000", **GOES}}
ELSEWHERE = {"headers": {"host": "okr.acme.example", **GOES}}


@pytest.fixture
def address(cast: Cast, settings) -> str:
    settings.ALLOWED_HOSTS = ["localhost", "okr.acme.example"]
    ada = User.objects.get(email="ada@acme.example")
    secret = people.sign_in_link(user_id=ada.id, by=operator(cast.acme.id), at=timezone.now())
    return f"/sign-in/link/{secret}/"


class TestShow:
    def test_signs_in_at_once_on_this_machine(self, client: Client, address: str):
        """The link that a terminal prints is one click on the same machine; the address goes nowhere else."""
        answer = client.get(address, **HERE)

        assert answer.headers["Location"] == "/"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer.headers["Cache-Control"] or not answer.content
        assert Session.objects.get().user.email == "ada@acme.example"

    def test_asks_for_a_click_elsewhere(self, client: Client, address: str):
        """A program that looks at links uses none up; the button does."""
        looked = client.get(address, **ELSEWHERE)
        head = client.head(address, headers={"host": "localhost"})
        answer = client.post(address, **ELSEWHERE)

        assert looked.status_code == 200
        assert head.status_code == 200
        assert "no-store" in looked.headers["Cache-Control"]
        assert looked.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Location"] == "/"

    @pytest.mark.parametrize("name", ["Sec-Purpose", "Purpose"])
    def test_is_not_used_up_by_fetching_ahead(self, client: Client, address: str, name: str):
        """A browser that loads the page before anybody clicked does not sign in."""
        answer = client.get(address, headers={"host": "localhost", name: "prefetch;prerender", **GOES})

        assert answer.status_code == 200
        assert SignInLink.objects.get().used_at is None

    def test_is_not_used_up_by_a_program(self, client: Client, address: str):
        """A scanner that a proxy passes on as if it were here sees the button, and signs nobody in."""
        answer = client.get(address, headers={"host": "localhost"})

        assert answer.status_code == 200 and b"<button" in answer.content
        assert SignInLink.objects.get().used_at is None

    def test_works_once(self, address: str):
        """The second browser with the same link stays outside and learns what to do."""
        Client().get(address, **HERE)

        answer = Client().get(address, **HERE)

        assert answer.status_code == 404
        assert "used already" in answer.content.decode()

    def test_is_kind_to_whoever_is_in_already(self, client: Client, address: str):
        """Following the link again in the same browser leads in, not to an error."""
        client.get(address, **HERE)

        answer = client.get(address, **HERE)

        assert answer.headers["Location"] == "/"

    def test_changes_accounts(self, signed_in, address: str):
        """A link for somebody else ends the session of before."""
        browser = signed_in("ben")

        browser.get(address, **HERE)

        assert Session.objects.get().user.email == "ada@acme.example"

    @pytest.mark.parametrize("secret", ["x", "%00", "a" * 3000, "ä"])
    def test_refuses_a_guess(self, client: Client, db, secret: str):
        """Anything else is a link that is over."""
        answer = client.get(f"/sign-in/link/{secret}/", **HERE)

        assert answer.status_code == 404
