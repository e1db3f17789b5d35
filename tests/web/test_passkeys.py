"""Passkeys as attackers would have them: replayed, of others, from elsewhere, copied."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import second_steps
from milepost.models import Session, User
from milepost.queries import second_steps as known
from tests.authenticators import PRESENT, Authenticator
from tests.cast import Cast
from tests.threads import at_once
from tests.web.account import ADA, NEW_PASSKEY, ada, browser, enter, long_ago, options, with_passkey

pytestmark = pytest.mark.both_databases
HERE = "/sign-in/passkey/"


def sign_in(client: Client, shown: str):
    return client.post(HERE, {"credential": shown})


class TestSignIn:
    def test_takes_the_passkey_alone(self, cast: Cast):
        """Whoever holds the passkey is in, without a password and a second step."""
        device, client = with_passkey(), browser()

        answer = sign_in(client, device.show(client.get(HERE).json()))

        assert answer.headers["Location"] == "/"
        assert client.get("/w/acme/people/").status_code == 200

    def test_asking_makes_no_row(self, cast: Cast):
        """However many strangers ask what a passkey is to sign, the table of sessions does not grow."""
        client = browser()

        for _ in range(3):
            assert browser().get(HERE).status_code == client.get(HERE).status_code == 200

        assert not Session.objects.exists()

    def test_counts_an_answer_once(self, cast: Cast):
        """An answer that was seen on its way opens nothing again, in the same browser neither."""
        device, client = with_passkey(), browser()
        shown = device.show(client.get(HERE).json())
        kept = client.cookies["milepost_csrf"].value
        sign_in(client, shown)
        again = browser()
        again.cookies["milepost_csrf"] = kept

        assert sign_in(again, shown).status_code == 422
        assert again.get("/w/acme/people/").status_code == 302

    @pytest.mark.django_db(transaction=True)
    def test_counts_an_answer_once_among_many_at_once(self, cast: Cast):
        """Of twelve requests with the same answer at the same moment one gets in."""
        device, client = with_passkey(), browser()
        shown, kept, seen = device.show(client.get(HERE).json()), client.cookies["milepost_csrf"].value, []

        def send(number: int) -> None:
            one = browser()
            one.cookies["milepost_csrf"] = kept
            seen.append(sign_in(one, shown).status_code)

        at_once(12, send)

        assert sorted(seen) == [302] + [422] * 11

    def test_is_of_the_browser_that_asked(self, cast: Cast):
        """What one browser was asked, no other answers."""
        device, client = with_passkey(), browser()
        other = browser()
        other.get(HERE)

        assert sign_in(other, device.show(client.get(HERE).json())).status_code == 422

    def test_is_asked_anew_after_a_while(self, cast: Cast, monkeypatch):
        """An answer to what was asked a quarter of an hour ago is too late."""
        device, client = with_passkey(), browser()
        asked = client.get(HERE).json()
        monkeypatch.setattr(second_steps, "CHALLENGE_LASTS", -1)

        assert sign_in(client, device.show(asked)).status_code == 422

    def test_answers_no_challenge_of_its_own(self, cast: Cast):
        """A challenge that we did not make is refused, whoever signed it."""
        device, client = with_passkey(), browser()
        ours = client.get(HERE).json()["publicKey"]["challenge"]
        for challenge in ("", "AAAA", "A" * 75, ours[:-4] + "AAAA"):
            made_up = device.show({"publicKey": {"challenge": challenge}})

            assert sign_in(client, made_up).status_code == 422

    @pytest.mark.parametrize(
        "otherwise",
        [
            {"origin": "http://localhost:9"},
            {"origin": "http://evil.localhost"},
            {"origin": "https://evil.example"},
            {"name": "evil.example"},
            {"flags": PRESENT},
            {"flags": 0},
            {"kind": "webauthn.create"},
            {"more": {"crossOrigin": True}},
            {"handle": "MQ"},
            {"handle": ""},
            {"handle": "_____w"},
            {"handle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"},
        ],
    )
    def test_refuses_what_does_not_fit(self, cast: Cast, otherwise: dict):
        """Another origin, another site, nobody verified, another kind, a frame elsewhere, another account."""
        device, client = with_passkey(), browser()

        answer = sign_in(client, device.show(client.get(HERE).json(), **otherwise))

        assert answer.status_code == 422
        assert client.get("/w/acme/people/").status_code == 302

    def test_refuses_a_name_below_ours(self, cast: Cast, settings):
        """Another server under our domain gets no answers that count here."""
        from dataclasses import replace

        settings.MILEPOST = replace(
            settings.MILEPOST, base_url="https://okr.example", origins={"base_url": "MILEPOST_BASE_URL"}
        )
        device, client = with_passkey(origin="https://okr.example", name="okr.example"), browser()

        below = sign_in(client, device.show(client.get(HERE).json(), origin="https://evil.okr.example"))
        ours = sign_in(client, device.show(client.get(HERE).json()))

        assert (below.status_code, ours.status_code) == (422, 302)

    def test_is_of_its_account(self, cast: Cast):
        """A passkey that says it is somebody else's signs nobody in."""
        device, other, client = with_passkey("cleo"), with_passkey(), browser()

        answer = sign_in(client, device.show(client.get(HERE).json(), handle=other.handle))

        assert answer.status_code == 422

    def test_notices_a_copied_key(self, cast: Cast):
        """A count of uses that does not grow is of a second key: it is refused."""
        device = with_passkey()
        for count, status in ((5, 302), (5, 422), (4, 422), (0, 422), (6, 302)):
            client = browser()

            assert sign_in(client, device.show(client.get(HERE).json(), count=count)).status_code == status

    def test_is_for_accounts_that_are_open(self, cast: Cast):
        """A closed account is not entered with its passkey."""
        device, client, before = with_passkey(), browser(), timezone.now()
        User.objects.filter(pk=ada().pk).update(is_active=False)

        sign_in(client, device.show(client.get(HERE).json()))

        assert client.get("/account/").status_code == 302
        assert not Session.objects.filter(user=ada(), started_at__gt=before).exists()


class TestSecondStep:
    def test_answer_signs_nobody_in_alone(self, cast: Cast):
        """What is asked after a password, where holding the key is enough, is no password."""
        device, client = with_passkey(), browser()
        client.post("/sign-in/", ADA)
        shown = device.show(options(client, "/sign-in/second-step/"), flags=PRESENT)

        alone = sign_in(client, shown)
        after = client.post("/sign-in/second-step/", {"credential": shown})

        assert (alone.status_code, after.status_code) == (422, 302)

    def test_is_the_persons_own(self, cast: Cast):
        """Somebody else's passkey is no second step, whoever it says it is of."""
        own, other, client = with_passkey(), with_passkey("cleo"), browser()
        client.post("/sign-in/", ADA)
        asked = options(client, "/sign-in/second-step/")

        answer = client.post("/sign-in/second-step/", {"credential": other.show(asked, handle=own.handle)})

        assert answer.status_code == 422

    def test_confirms_nothing_elsewhere(self, cast: Cast):
        """An answer counts once: what signed in does not confirm a change as well."""
        device, client = with_passkey(), browser()
        client.post("/sign-in/", ADA)
        shown = device.show(options(client, "/sign-in/second-step/"))
        client.post("/sign-in/second-step/", {"credential": shown})
        long_ago(client)

        answer = client.post("/account/recovery-codes/", {"confirming": "POST", "credential": shown})

        assert answer.status_code == 422


class TestAdding:
    def test_takes_a_form_once(self, cast: Cast):
        """The same form sent twice adds one passkey, so that removing it leaves none."""
        client, device = enter(browser()), Authenticator()
        form = {"name": "Laptop", "credential": device.make(options(client, NEW_PASSKEY))}

        client.post(NEW_PASSKEY, form)
        client.post(NEW_PASSKEY, form)

        assert len(known.of(ada().pk).passkeys) == 1

    def test_is_for_the_account_that_was_asked(self, cast: Cast):
        """What one account's page was answered adds nothing to another's."""
        hers, client = enter(browser(), "cleo"), enter(browser())
        made = Authenticator().make(options(hers, NEW_PASSKEY))

        answer = client.post(NEW_PASSKEY, {"name": "Laptop", "credential": made})

        assert answer.status_code == 422
        assert not known.of(ada().pk)

    @pytest.mark.parametrize("more", [{"origin": "http://localhost:9"}, {"name": "evil.example"}])
    def test_refuses_one_made_elsewhere(self, cast: Cast, more: dict):
        """A passkey that another site had made is not taken."""
        client, device = enter(browser()), Authenticator(**more)

        answer = client.post(
            NEW_PASSKEY, {"name": "Laptop", "credential": device.make(options(client, NEW_PASSKEY))}
        )

        assert answer.status_code == 422
        assert not known.of(ada().pk)


def test_an_answer_is_remembered_as_long_as_it_could_be_shown_again(cast: Cast):
    """What a passkey has answered is kept for a quarter of an hour, and no longer."""
    device, client = with_passkey(), browser()
    sign_in(client, device.show(client.get(HERE).json()))
    (row,) = known.of(ada().pk).passkeys
    later = timezone.now() + timedelta(minutes=16)

    second_steps.use_passkey(user_id=ada().pk, passkey=row.id, challenge="x", count=0, at=later)

    from allauth.mfa.models import Authenticator as Kept

    assert list(Kept.objects.get(id=row.id).data["answered"]) == ["x"]
