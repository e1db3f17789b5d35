"""Guessing: how many tries one gets at passwords, codes, links and tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import access, guesses, people
from milepost.actions.access import NOBODY_YET
from milepost.actions.guesses import TooManyGuesses
from tests.cast import Cast
from tests.threads import at_once
from tests.web.account import ADA, enter, kinds, long_ago, mails, with_app

pytestmark = pytest.mark.both_databases

WRONG = "wrong wrong wrong"


def second_step(client: Client, cast: Cast) -> str:
    """Know the password, and be asked for the code."""
    with_app()
    client.post("/sign-in/", ADA)
    return "/sign-in/second-step/"


def once_more(client: Client, cast: Cast) -> str:
    """Be asked whether it is still oneself."""
    enter(client)
    with_app()
    long_ago(client)
    return "/account/app/removal/"


def new_password(client: Client, cast: Cast) -> str:
    """Be asked for the present password before a new one."""
    enter(client)
    return "/account/password/"


def new_address(client: Client, cast: Cast) -> str:
    """Be asked where a link is to be sent."""
    enter(client)
    return "/account/email/change/"


def invitation(client: Client, cast: Cast) -> str:
    """Hold an invitation, with an account already."""
    zed = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=timezone.now())
    return f"/invitation/{access.invite(person=zed.id, by=cast.ada, at=timezone.now())}/"


class TestThrottling:
    def test_locks_after_ten(self, cast: Cast):
        """Ten guesses from ten networks, and the account is locked everywhere, for longer each time."""
        at = timezone.now()
        of = {"of": "password", "account": "ada@acme.example", "by": NOBODY_YET}
        last = [guesses.take(**of, place=f"192.0.2.{n}", at=at) for n in range(10)]

        with pytest.raises(guesses.TooManyGuesses) as locked:
            guesses.take(**of, place="198.51.100.7", at=at + timedelta(minutes=14))
        guesses.take(**of, place="198.51.100.7", at=at + timedelta(minutes=16))
        with pytest.raises(guesses.TooManyGuesses) as again:
            guesses.take(**of, place="198.51.100.8", at=at + timedelta(minutes=17))

        assert last == [False] * 9 + [True]
        assert "Wait 1 minute," in str(locked.value)
        assert "29 minutes" in str(again.value)

    def test_leaves_others_alone(self, cast: Cast):
        """A locked account locks nobody else out."""
        at = timezone.now()
        for n in range(10):
            guesses.take(
                of="password", account="ada@acme.example", place=f"192.0.2.{n}", by=NOBODY_YET, at=at
            )

        assert enter(Client(), "ben").get("/w/acme/people/").status_code == 200

    def test_tells_the_person_and_the_admins(self, cast: Cast, mail_server):
        """Whoever is guessed at and whoever runs the workspace get a mail when it is locked."""
        at = timezone.now()
        ben = {"login": "ben@acme.example", "password": "wrong wrong wrong"}
        for n in range(9):
            guesses.take(
                of="password", account="ben@acme.example", place=f"192.0.2.{n}", by=NOBODY_YET, at=at
            )

        Client().post("/sign-in/", ben)

        told = {one.to[0] for one in mails()}
        assert {"ben@acme.example", "ada@acme.example"} <= told
        assert kinds()[-1] == "person.locked_out"

    def test_slows_one_network_down(self, cast: Cast):
        """After three wrong passwords from one place each costs a longer breath."""
        at = timezone.now()
        of = {"of": "password", "account": "x@y.example", "place": "192.0.2.1", "by": NOBODY_YET}
        for _ in range(3):
            guesses.take(**of, at=at)

        with pytest.raises(guesses.TooManyGuesses):
            guesses.take(**of, at=at + timedelta(seconds=4))
        guesses.take(**of, at=at + timedelta(seconds=6))
        with pytest.raises(guesses.TooManyGuesses):
            guesses.take(**of, at=at + timedelta(seconds=15))

    def test_counts_what_one_place_guesses_of_everyone(self, cast: Cast):
        """One password tried on a hundred accounts is a hundred guesses."""
        at = timezone.now()
        for n in range(100):
            guesses.take(of="password", account=f"{n}@y.example", place="192.0.2.1", by=NOBODY_YET, at=at)

        with pytest.raises(guesses.TooManyGuesses):
            guesses.take(of="password", account="z@y.example", place="192.0.2.1", by=NOBODY_YET, at=at)

    def test_answers_an_unknown_address_alike(self, cast: Cast):
        """An address without an account is slowed down in the same words."""
        answers = []
        for address in ("ada@acme.example", "nobody@acme.example"):
            wrong = {"login": address, "password": "wrong wrong wrong"}
            tries = [Client().post("/sign-in/", wrong) for _ in range(4)]
            answers.append([one.status_code for one in tries])

        assert answers == [[422, 422, 422, 429]] * 2

    def test_forgets_after_the_right_one(self, cast: Cast):
        """Whoever remembers the password in time begins anew."""
        for _ in range(2):
            Client().post("/sign-in/", ADA | {"password": "wrong wrong wrong"})
        enter(Client())
        for _ in range(2):
            answer = Client().post("/sign-in/", ADA | {"password": "wrong wrong wrong"})

        assert answer.status_code == 422

    @pytest.mark.parametrize(
        ("stand", "sent"),
        [
            (second_step, {"code": "000000"}),
            (once_more, {"confirming": "POST", "code": "000000"}),
            (once_more, {"confirming": "POST", "password": WRONG}),
            (new_password, {"oldpassword": WRONG, "password1": "three unrelated words"}),
            (new_address, {"email": "new@acme.example"}),
            (invitation, {"name": "Zed", "password": WRONG}),
        ],
    )
    def test_says_when_to_try_again(self, client: Client, cast: Cast, mail_server, stand, sent):
        """Wherever one guesses, the page says how long to wait, and the answer's head says it too."""
        address = stand(client, cast)

        answers = [client.post(address, sent) for _ in range(5)]

        refused = next(answer for answer in answers if answer.status_code == 429)
        assert 0 < int(refused.headers["Retry-After"]) <= 300
        text = refused.content.decode()
        assert re.search(r"too many tries\. Wait \d+ (second|minute)s?, then", text)
        # An address is no secret: mails to it are counted, and nothing stands in for them.
        assert ("Meanwhile a passkey lets you in" in text) is ("email" not in sent)

    @pytest.mark.parametrize(
        "address", ["/invitation/{}/", "/setup/{}/", "/account/email/{}/", "/sign-in/link/{}/"]
    )
    def test_counts_links_that_lead_nowhere(self, client: Client, cast: Cast, address: str):
        """Whoever tries many links from one place has to wait."""
        at = timezone.now()
        for _ in range(100):
            guesses.miss(of="link", place="192.0.2.1", by=NOBODY_YET, at=at)

        answer = client.post(address.format("no-such-secret"), REMOTE_ADDR="192.0.2.1")

        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60

    def test_counts_tokens_that_are_none(self, client: Client, cast: Cast):
        """So is whoever tries many tokens."""
        at = timezone.now()
        for _ in range(100):
            guesses.miss(of="token", place="192.0.2.1", by=NOBODY_YET, at=at)

        answer = client.get(
            "/api/v1/me", headers={"authorization": "Bearer mp_wrong"}, REMOTE_ADDR="192.0.2.1"
        )

        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60


class TestAtOnce:
    @pytest.mark.django_db(transaction=True)
    def test_who_guesses_while_another_is_forgiven_is_counted(self):
        """Several who type the same account's password rightly at the same moment all come in."""
        wrong: list[Exception] = []

        def guess(number: int) -> None:
            who = {"of": "password", "account": "ada@acme.example", "place": f"10.0.0.{number}"}
            try:
                for _ in range(10):
                    guesses.take(**who, by=NOBODY_YET, at=timezone.now())
                    guesses.forgive(**who, by=NOBODY_YET, at=timezone.now())
            except TooManyGuesses:
                return
            except Exception as problem:
                wrong.append(problem)

        at_once(6, guess)

        assert wrong == []
