"""E-mail addresses: confirmed, and changed by a link to the new one."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from milepost.models import Person, User
from tests.cast import Cast
from tests.web.account import ADA, HERE, ada, enter, kinds, mails, with_app

pytestmark = pytest.mark.both_databases


class TestEmail:
    def test_is_confirmed_by_a_link(self, client: Client, cast: Cast, mail_server):
        """The link in the mail asks, and a button confirms."""
        enter(client).post("/account/email/confirmation/")
        link = re.search(r"https?://[^/]+(/account/email/\S+)", mails()[-1].body).group(1)

        asked = Client().get(link)
        before = ada().email_confirmed_at
        done = Client().post(link)

        assert "Is this your e-mail?" in asked.content.decode()
        assert before is None
        assert "Confirmed" in done.content.decode()
        assert ada().email_confirmed_at is not None
        assert "Confirmed on" in client.get(HERE).content.decode()

    def test_is_confirmed_by_no_old_link(self, client: Client, cast: Cast, mail_server):
        """A link to an address that the account no longer has confirms nothing."""
        enter(client).post("/account/email/confirmation/")
        link = re.search(r"https?://[^/]+(/account/email/\S+)", mails()[-1].body).group(1)
        User.objects.filter(id=ada().pk).update(email="new@acme.example")

        answer = Client().post(link)

        assert answer.status_code == 404
        assert User.objects.get(email="new@acme.example").email_confirmed_at is None

    def test_becomes_another_by_a_link_to_the_new_one(self, client: Client, cast: Cast, mail_server):
        """Nothing changes before the link is followed; then the old address is told, and signs in no more."""
        enter(client).post("/account/email/change/", {"email": " New@Acme.example"})
        sent = mails()[-1]
        link = re.search(r"https?://[^/]+(/account/email/change/\S+)", sent.body).group(1)
        asked = client.get(link)
        before = ada().email

        done = client.post(link)

        now = User.objects.get(email="new@acme.example")
        assert sent.to == ["new@acme.example"]
        assert "Sign in with this e-mail?" in asked.content.decode()
        assert before == "ada@acme.example"
        assert "Your e-mail is new" in done.content.decode()
        assert now.email_confirmed_at is not None
        assert Person.objects.of(cast.acme.id).get(id=cast.ada.person_id).email == "new@acme.example"
        assert mails()[-1].to == ["ada@acme.example"] and "no longer with" in mails()[-1].body
        assert "milepost user email new@acme.example ada@acme.example" in mails()[-1].body
        assert "person.email_changed" in kinds()
        assert Client().post("/sign-in/", ADA).status_code == 422
        assert client.post(link).status_code == 404

    def test_goes_to_nobody_who_reads_the_mail_of_a_mistyped_one(
        self, client: Client, cast: Cast, mail_server
    ):
        """Whoever has the link signs in first, as the account that it is of; then it goes on."""
        enter(client).post("/account/email/change/", {"email": "mistyped@acme.example"})
        link = re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-1].body).group(1)
        stranger, other = Client(), enter(Client(), "ben")

        led, sent = stranger.get(link), stranger.post(link)
        refused = [other.get(link), other.post(link)]

        assert led.headers["Location"].startswith("/sign-in/?next=") and sent.status_code == 302
        assert [answer.status_code for answer in refused] == [404, 404]
        assert "This link is for another account" in refused[0].content.decode()
        assert "mistyped" not in refused[0].content.decode() and ada().email == "ada@acme.example"
        on = stranger.post(led.headers["Location"], ADA)
        assert "Sign in with this e-mail?" in stranger.get(on.headers["Location"]).content.decode()

    def test_is_waited_for_until_one_cancels(self, client: Client, cast: Cast, mail_server):
        """The account says which address it waits for; cancelled, or another asked for, its link is over."""
        enter(client)
        links = []
        for address in ("first@acme.example", "second@acme.example"):
            client.post("/account/email/change/", {"email": address})
            links.append(re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-1].body).group(1))
        waits = client.get("/account/").content.decode()
        opened = [client.get(link).status_code for link in links]

        client.post("/account/email/change/cancellation/")

        assert (
            "Waiting for confirmation of second@acme.example" in waits
            and "confirmation of first@" not in waits
        )
        assert opened == [404, 200]
        assert "Waiting for confirmation" not in client.get("/account/").content.decode()
        assert client.post(links[1]).status_code == 404 and ada().email == "ada@acme.example"

    def test_that_was_given_up_opens_nothing(self, client: Client, cast: Cast, mail_server):
        """An address that one once had a new password sent to is not a way in once one has another."""
        forgotten = "/account/password/forgotten/"
        # As earlier versions did, which left what allauth remembers of an address.
        EmailAddress.objects.create(user=ada(), email="ada@acme.example")
        Client().post(forgotten, {"email": "ada@acme.example"})
        enter(client).post("/account/email/change/", {"email": "new@acme.example"})
        link = re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-1].body).group(1)
        client.post(link)
        sent = len(mails())

        entered = Client().post("/sign-in/", ADA)
        Client().post(forgotten, {"email": "ada@acme.example"})

        assert entered.status_code == 422
        assert len(mails()) == sent

    def test_that_was_given_up_takes_nothing_back(self, client: Client, cast: Cast, mail_server):
        """Whoever returns to their old address is safe from the link that once led away from it."""
        enter(client).post("/account/email/change/", {"email": "new@acme.example"})
        away = re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-1].body).group(1)
        client.post(away)
        client.post("/account/email/change/", {"email": "ada@acme.example"})
        client.post(re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-1].body).group(1))
        back = ada().email

        again = client.post(away)

        assert (back, again.status_code) == ("ada@acme.example", 404)
        assert ada().email == "ada@acme.example"

    def test_becomes_nobody_elses(self, client: Client, cast: Cast, mail_server):
        """Whether an address has an account is told to its owner alone; in one's workspace it is refused."""
        taken = enter(client).post("/account/email/change/", {"email": "zed@zenith.example"}, follow=True)
        free = client.post("/account/email/change/", {"email": "free@acme.example"}, follow=True)
        told = mails()[-2]
        link = re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-1].body).group(1)
        Person.objects.of(cast.acme.id).filter(id=cast.gus.person_id).update(email="free@acme.example")

        refused = client.post(link)

        told_one, told_other = (
            page.content.decode().count("A link is on its way to") for page in (free, taken)
        )
        assert told_one == told_other == 1
        assert told.to == ["zed@zenith.example"] and "account/email" not in told.body
        assert refused.status_code == 409
        assert ada().email == "ada@acme.example"

    def test_is_not_changed_by_a_thief_in_time(self, client: Client, cast: Cast, mail_server):
        """A new password ends what was asked for before it; so does another change."""
        enter(client).post("/account/email/change/", {"email": "thief@evil.example"})
        link = re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-1].body).group(1)
        user = ada()
        user.set_password("another horse battery")
        user.save()
        client.post("/sign-in/", {"login": "ada@acme.example", "password": "another horse battery"})

        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404
        assert ada().email == "ada@acme.example"

    def test_is_asked_for_by_its_person(self, client: Client, cast: Cast, mail_server):
        """A stranger signs in first; an old session proves itself once more; wrong ones are refused."""
        stranger = client.post("/account/email/change/", {"email": "new@acme.example"})
        enter(client)
        wrong = client.post("/account/email/change/", {"email": "no address"})
        same = client.post("/account/email/change/", {"email": "ADA@acme.example"})
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": 0}]
        session.save()
        old = client.post("/account/email/change/", {"email": "new@acme.example"})

        assert stranger.status_code == 302
        assert (wrong.status_code, same.status_code) == (422, 422)
        assert "Is it you?" in old.content.decode() or "password" in old.content.decode()
        assert not any("account/email/change" in one.body for one in mails())

    def test_can_be_asked_for_a_few_times_only(self, client: Client, cast: Cast, mail_server):
        """Nobody makes a server mail strangers without end."""
        enter(client)

        answers = [client.post("/account/email/change/", {"email": f"n{n}@acme.example"}) for n in range(12)]

        assert answers[0].status_code == 303
        assert answers[-1].status_code == 429

    def test_is_the_operators_to_change_without_mail(self, client: Client, cast: Cast):
        """The page says who can, and sends nothing."""
        page = enter(client).get("/account/email/change/")
        answer = client.post("/account/email/change/", {"email": "new@acme.example"})

        assert "milepost user email ada@acme.example" in page.content.decode()
        assert answer.status_code == 200 and ada().email == "ada@acme.example"

    def test_changes_are_told_by_mail(self, client: Client, cast: Cast, mail_server):
        """Whoever owns the address learns when the way in has changed."""
        enter(client)
        with_app()
        client.post("/account/app/removal/")

        assert "authenticator app was removed" in mails()[-1].body
