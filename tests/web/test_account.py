"""One's account: second steps, sessions, confirming who one is, and the e-mail address."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from milepost.actions import guesses, second_steps, sessions
from milepost.actions.access import NOBODY_YET
from milepost.core import one_time
from milepost.core.access import operator
from milepost.models import Event, Person, Session, User, Workspace
from milepost.queries import second_steps as known
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.both_databases

ADA = {"login": "ada@acme.example", "password": PASSWORD}
HERE = "/account/"


def ada() -> User:
    return User.objects.get(email="ada@acme.example")


def kinds() -> list[str]:
    """List the kinds of what was told, the oldest first."""
    return list(Event.objects.everywhere().order_by("id").values_list("kind", flat=True))


def enter(client: Client, who: str = "ada") -> Client:
    """Sign in with the password, as people do."""
    answer = client.post("/sign-in/", {"login": f"{who}@acme.example", "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def with_app(user: User | None = None) -> str:
    """Give an account an authenticator app, set up some time ago, and return its secret."""
    secret, before = one_time.new_secret(), timezone.now() - timedelta(hours=1)
    code = one_time.code(secret, one_time.step_at(before))
    second_steps.add_app(user_id=(user or ada()).pk, secret=secret, typed=code, at=before)
    return secret


def shown(secret: str) -> str:
    """Return the code that the app shows now."""
    return one_time.code(secret, one_time.step_at(timezone.now()))


@pytest.fixture
def mail_server(settings) -> None:
    settings.MILEPOST = replace(settings.MILEPOST, mail_host="mail.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def mails() -> list:
    """Return the mails once they have all left."""
    for thread in threading.enumerate():
        if thread.name == "milepost-mail":
            thread.join()
    return mail.outbox


class TestAccount:
    def test_is_for_whoever_is_signed_in(self, client: Client, cast: Cast):
        """A stranger is led to sign-in, and back."""
        assert client.get(HERE).headers["Location"] == "/sign-in/?next=%2Faccount%2F"

    def test_says_how_one_signs_in(self, client: Client, cast: Cast):
        """Address, password, passkeys, app and sessions stand on one page."""
        text = enter(client).get(HERE).content.decode()

        for words in ("ada@acme.example", "Password", "Passkeys", "Authenticator app", "this one"):
            assert words in text


class TestConfirming:
    def test_goes_on_after_signing_in(self, client: Client, cast: Cast):
        """Whoever has just signed in is not asked again."""
        assert "QR code" in enter(client).get("/account/app/").content.decode()

    def test_asks_later(self, client: Client, cast: Cast):
        """After a while the same address asks for the password first, and then goes on."""
        long_ago(enter(client))

        asked = client.get("/account/app/")
        wrong = client.post("/account/app/", {"confirming": "GET", "password": "wrong wrong wrong"})
        key = client.session.session_key
        right = client.post("/account/app/", {"confirming": "GET", "password": PASSWORD})

        assert "Is it still you?" in asked.content.decode()
        assert wrong.status_code == 422 and "not your password" in wrong.content.decode()
        assert right.headers["Location"] == "/account/app/"
        assert "QR code" in client.get("/account/app/").content.decode()
        assert client.session.session_key != key

    def test_carries_what_was_sent(self, client: Client, cast: Cast):
        """A form that was sent is done once the password was right, not before."""
        other = enter(Client())
        long_ago(enter(client))

        asked = client.post("/account/sessions/others/end/")
        before = Session.objects.filter(user=ada()).count()
        client.post("/account/sessions/others/end/", {"confirming": "POST", "password": PASSWORD})

        assert 'name="confirming" value="POST"' in asked.content.decode()
        assert before == 2
        assert Session.objects.filter(user=ada()).count() == 1
        assert other.get(HERE).status_code == 302

    def test_is_throttled(self, client: Client, cast: Cast):
        """Somebody at an open computer cannot guess the password here."""
        long_ago(enter(client))
        wrong = {"confirming": "GET", "password": "wrong wrong wrong"}

        answers = [client.post("/account/app/", wrong).status_code for _ in range(4)]

        assert answers == [422, 422, 422, 429]

    @pytest.mark.parametrize(
        "address",
        [
            "app/", "app/removal/", "passkeys/new/", "passkeys/1/", "passkeys/1/removal/",
            "recovery-codes/", "sessions/others/end/", "sessions/abc/end/",
        ],
    )  # fmt: skip
    def test_stands_before_every_change(self, client: Client, cast: Cast, address: str):
        """Nothing about signing in is changed by whoever merely found an open browser."""
        long_ago(enter(client))

        answer = client.post(HERE + address, {"name": "x", "code": "123456"})

        assert "Is it still you?" in answer.content.decode()


def long_ago(client: Client) -> None:
    """Let a browser have proved itself an hour ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {**one, "at": one["at"] - 3600} for one in session["account_authentication_methods"]
    ]
    session.save()


class TestApp:
    def test_is_added_by_its_code(self, client: Client, cast: Cast):
        """The page shows a QR code and a key; the right code adds the app, and codes for a bad day."""
        page = enter(client).get("/account/app/").content.decode()
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")

        wrong = client.post("/account/app/", {"code": "000000x"})
        right = client.post("/account/app/", {"code": shown(secret)})

        assert "<svg" in page and "otpauth://totp/" in page
        assert wrong.status_code == 422
        assert len(re.findall(r"<li><code>([0-9a-z-]{19})</code>", right.content.decode())) == 10
        assert known.of(ada().pk).app_since is not None
        assert "person.second_step_added" in kinds()

    def test_is_asked_for_at_sign_in(self, client: Client, cast: Cast):
        """The password alone opens nothing; with the code one is where one wanted to go."""
        secret = with_app()

        answer = client.post("/sign-in/", ADA | {"next": "/w/acme/people/"})
        inside = client.get("/w/acme/people/")
        wrong = client.post("/sign-in/second-step/", {"code": "12345"})
        right = client.post("/sign-in/second-step/", {"code": shown(secret)})

        assert answer.headers["Location"] == "/sign-in/second-step/"
        assert inside.status_code == 302
        assert wrong.status_code == 422 and "used already" in wrong.content.decode()
        assert right.headers["Location"] == "/w/acme/people/"
        assert client.get("/w/acme/people/").status_code == 200

    def test_counts_a_code_once(self, cast: Cast):
        """Whoever looks over a shoulder cannot use the same code again."""
        secret = with_app()
        code = shown(secret)
        first, second = Client(), Client()
        first.post("/sign-in/", ADA)
        second.post("/sign-in/", ADA)

        assert first.post("/sign-in/second-step/", {"code": code}).status_code == 302
        assert second.post("/sign-in/second-step/", {"code": code}).status_code == 422

    def test_is_asked_for_after_a_link_too(self, client: Client, cast: Cast):
        """A link stands for the password, not for the second step."""
        from milepost.actions import people

        with_app()
        secret = people.sign_in_link(user_id=ada().pk, by=operator(cast.acme.id), at=timezone.now())

        answer = client.post(f"/sign-in/link/{secret}/")

        assert answer.headers["Location"] == "/sign-in/second-step/"
        assert client.get("/w/acme/people/").status_code == 302

    def test_keeps_its_secret_sealed(self, cast: Cast):
        """Whoever reads the database alone cannot make codes."""
        from allauth.mfa.models import Authenticator

        secret = with_app()

        assert secret not in str(Authenticator.objects.get().data)

    def test_is_removed_with_the_codes(self, client: Client, cast: Cast):
        """Without an app or passkey, recovery codes have nothing to stand in for."""
        enter(client)
        with_app()
        second_steps.make_codes(user_id=ada().pk, at=timezone.now())

        client.post("/account/app/removal/")

        assert known.of(ada().pk) == known.SecondSteps()
        assert kinds()[-1] == "person.second_step_removed"


class TestCodes:
    def test_let_in_once(self, cast: Cast):
        """A recovery code lets in instead of the app, once, however it is written."""
        with_app()
        code = second_steps.make_codes(user_id=ada().pk, at=timezone.now())[0]
        first, second = Client(), Client()
        first.post("/sign-in/", ADA)
        second.post("/sign-in/", ADA)

        answer = first.post("/sign-in/second-step/", {"code": f" {code.upper()} "})
        again = second.post("/sign-in/second-step/", {"code": code})

        assert answer.status_code == 302
        assert again.status_code == 422
        assert known.of(ada().pk).codes_left == 9

    def test_are_kept_as_hashes(self, cast: Cast):
        """No code stands in the database."""
        from allauth.mfa.models import Authenticator

        with_app()
        codes = second_steps.make_codes(user_id=ada().pk, at=timezone.now())

        kept = str(Authenticator.objects.get(type=known.CODES).data)
        assert not any(code in kept or code.replace("-", "") in kept for code in codes)

    def test_guessing_is_locked(self, client: Client, cast: Cast):
        """After ten wrong codes nothing is looked at any more, and the workspace is told."""
        secret = with_app()
        client.post("/sign-in/", ADA)
        at = timezone.now()
        for n in range(10):
            with pytest.raises(second_steps.WrongCode):
                second_steps.prove(user_id=ada().pk, typed="nonsense", at=at + timedelta(minutes=30 * n))

        late = at + timedelta(minutes=30 * 9 + 14)
        with pytest.raises(guesses.TooManyGuesses):
            second_steps.prove(user_id=ada().pk, typed=one_time.code(secret, one_time.step_at(late)), at=late)
        assert kinds()[-1] == "person.locked_out"


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
        "address", ["/invitation/{}/", "/setup/{}/", "/account/email/{}/", "/sign-in/link/{}/"]
    )
    def test_counts_links_that_lead_nowhere(self, client: Client, cast: Cast, address: str):
        """Whoever tries many links from one place has to wait."""
        at = timezone.now()
        for _ in range(100):
            guesses.miss(of="link", place="192.0.2.1", by=NOBODY_YET, at=at)

        answer = client.post(address.format("no-such-secret"), REMOTE_ADDR="192.0.2.1")

        assert answer.status_code == 429

    def test_counts_tokens_that_are_none(self, client: Client, cast: Cast):
        """So is whoever tries many tokens."""
        at = timezone.now()
        for _ in range(100):
            guesses.miss(of="token", place="192.0.2.1", by=NOBODY_YET, at=at)

        answer = client.get(
            "/api/v1/me", headers={"authorization": "Bearer mp_wrong"}, REMOTE_ADDR="192.0.2.1"
        )

        assert answer.status_code == 429


class TestSessions:
    def test_are_listed(self, cast: Cast):
        """Each browser is named with what it is and where, as far as that is anybody's business."""
        phone = Client(
            headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0) Version/26 Safari/604.1"},
            REMOTE_ADDR="192.0.2.77",
        )
        enter(phone)

        text = enter(Client()).get(HERE).content.decode()

        assert "Safari on iPhone" in text
        assert "192.0.2.…" in text and "192.0.2.77" not in text

    def test_are_ended_from_elsewhere(self, client: Client, cast: Cast):
        """“Sign out there” holds at the next click; nobody else's session can be named."""
        other, here = enter(Client()), enter(client)
        text = here.get(HERE).content.decode()
        (mark,) = re.findall(r"/account/sessions/(\w{20})/end/", text)

        by_ben = enter(Client(), "ben").post(f"/account/sessions/{mark}/end/")
        still = other.get("/w/acme/people/").status_code
        here.post(f"/account/sessions/{mark}/end/")

        assert by_ben.status_code == 404
        assert still == 200
        assert other.get("/w/acme/people/").status_code == 302
        assert here.get("/w/acme/people/").status_code == 200
        assert kinds()[-1] == "person.sessions_ended"

    def test_never_show_a_key(self, client: Client, cast: Cast):
        """What a page says of a session opens none."""
        text = enter(client).get(HERE).content.decode()

        assert client.session.session_key not in text

    def test_keep_no_key(self, client: Client, cast: Cast):
        """Whoever reads the table, or a backup, cannot sign in with what it holds."""
        enter(client)
        thief = Client()
        thief.cookies["milepost"] = Session.objects.get(user=ada()).session_key

        assert thief.get(HERE).status_code == 302
        assert thief.get("/w/acme/people/").status_code == 302
        assert client.get("/w/acme/people/").status_code == 200

    def test_last_as_long_as_they_are_used(self, client: Client, cast: Cast):
        """Two weeks without a visit end a session; visits prolong it, at most to thirty days."""
        enter(client)
        row = Session.objects.get(user=ada())
        began = row.started_at
        at_first = row.expire_date - began

        use(client, began + timedelta(days=10))
        then = Session.objects.get(user=ada()).expire_date - began
        use(client, began + timedelta(days=20))
        at_last = Session.objects.get(user=ada()).expire_date - began

        assert timedelta(days=13, hours=23) < at_first < timedelta(days=14, hours=1)
        assert then == timedelta(days=24)
        assert at_last == timedelta(days=30)

    def test_end_by_idling(self, client: Client, cast: Cast):
        """A session that nobody used for two weeks opens nothing."""
        enter(client)
        Session.objects.filter(user=ada()).update(expire_date=timezone.now())

        assert client.get("/w/acme/people/").status_code == 302
        assert client.get(HERE).status_code == 302

    def test_are_seen_now_and_then(self, client: Client, cast: Cast):
        """A visit is remembered once in a quarter of an hour, not with each click."""
        enter(client)
        before = timezone.now() - timedelta(hours=1)
        Session.objects.filter(user=ada()).update(seen_at=before)

        client.get("/w/acme/people/")
        first = Session.objects.get(user=ada()).seen_at
        client.get("/w/acme/people/")

        assert first > before
        assert Session.objects.get(user=ada()).seen_at == first


def use(client: Client, at) -> None:
    sessions.use(session_key=client.session.session_key, by=NOBODY_YET, at=at)


class TestRequired:
    def test_leads_to_the_account_first(self, client: Client, cast: Cast):
        """Where everyone needs a second step, nothing else opens before one is set up."""
        Workspace.objects.filter(id=cast.acme.id).update(second_step_for="everyone")
        enter(client)

        page, htmx = client.get("/w/acme/people/"), client.get("/w/acme/", headers={"HX-Request": "true"})
        text = client.get(HERE).content.decode()
        with_app()

        assert page.headers["Location"] == HERE
        assert htmx.headers["HX-Redirect"] == HERE
        assert "Acme asks for a second step" in text
        assert client.get("/w/acme/people/").status_code == 200

    def test_can_be_for_admins_alone(self, cast: Cast):
        """Then a colleague goes on as before."""
        Workspace.objects.filter(id=cast.acme.id).update(second_step_for="admins")

        assert enter(Client()).get("/w/acme/people/").status_code == 302
        assert enter(Client(), "cleo").get("/w/acme/people/").status_code == 200

    def test_is_the_owners_to_decide(self, client: Client, cast: Cast):
        """An owner sets it; it is said in the activity as any other setting."""
        form = {"name": "Acme", "time_zone": "UTC", "check_in_every": "7", "second_step_for": "admins"}

        enter(client).post("/w/acme/settings/", form)

        assert Workspace.objects.get(id=cast.acme.id).second_step_for == "admins"

    def test_holds_for_tokens(self, client: Client, cast: Cast):
        """A token of somebody who lacks the second step waits, too."""
        from milepost.actions import tokens

        _, secret = tokens.create(name="A program", by=cast.ada, at=timezone.now())
        Workspace.objects.filter(id=cast.acme.id).update(second_step_for="everyone")

        answer = client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})

        assert answer.status_code == 403
        assert answer.json()["code"] == "second_step_needed"


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
        asked = Client().get(link)
        before = ada().email

        done = Client().post(link)

        now = User.objects.get(email="new@acme.example")
        assert sent.to == ["new@acme.example"]
        assert "Sign in with this e-mail?" in asked.content.decode()
        assert before == "ada@acme.example"
        assert "Your e-mail is new" in done.content.decode()
        assert now.email_confirmed_at is not None
        assert Person.objects.of(cast.acme.id).get(id=cast.ada.person_id).email == "new@acme.example"
        assert mails()[-1].to == ["ada@acme.example"] and "no longer with" in mails()[-1].body
        assert "person.email_changed" in kinds()
        assert Client().post("/sign-in/", ADA).status_code == 422
        assert Client().post(link).status_code == 404

    def test_becomes_nobody_elses(self, client: Client, cast: Cast, mail_server):
        """Whether an address has an account is told to its owner alone; in one's workspace it is refused."""
        free = enter(client).post("/account/email/change/", {"email": "free@acme.example"}, follow=True)
        taken = client.post("/account/email/change/", {"email": "zed@zenith.example"}, follow=True)
        told = mails()[-1]
        link = re.search(r"https?://[^/]+(/account/email/change/\S+)", mails()[-2].body).group(1)
        Person.objects.of(cast.acme.id).filter(id=cast.gus.person_id).update(email="free@acme.example")

        refused = Client().post(link)

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

        assert Client().get(link).status_code == 404
        assert Client().post(link).status_code == 404
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
