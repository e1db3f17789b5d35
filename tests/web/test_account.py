"""One's account: second steps, and confirming who one is."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import access, guesses, people, sealing, second_steps
from milepost.core import one_time
from milepost.core.access import operator
from milepost.core.ids import ALPHABET, encode
from milepost.core.tokens import hash_of
from milepost.models import Invitation, Person, Session, Workspace
from milepost.queries import second_steps as known
from tests.cast import PASSWORD, Cast
from tests.web.account import ADA, HERE, ada, enter, kinds, long_ago, shown, with_app, with_passkey

pytestmark = pytest.mark.both_databases


def enter_with_code(client: Client) -> None:
    """Sign Ada in with both steps."""
    secret = with_app()
    client.post("/sign-in/", ADA)
    assert client.post("/sign-in/second-step/", {"code": shown(secret)}).status_code == 302


class TestAccount:
    def test_is_for_whoever_is_signed_in(self, client: Client, cast: Cast):
        """A stranger is led to sign-in, and back."""
        assert client.get(HERE).headers["Location"] == "/sign-in/?next=%2Faccount%2F"

    def test_says_how_one_signs_in(self, client: Client, cast: Cast):
        """Address, password, passkeys, app and sessions stand on one page."""
        text = enter(client).get(HERE).content.decode()

        for words in ("ada@acme.example", "Password", "Passkeys", "Authenticator app", "this one"):
            assert words in text

    def test_leads_on_to_what_else_is_ones_own(self, client: Client, cast: Cast):
        """Preferences, keys, tokens and one's page are one step away, and so is the account from each."""
        pages = re.findall(r'<li><a href="([^"]+)"', enter(client).get(HERE).content.decode())

        assert len(pages) == 5 and HERE in pages
        for page in pages:
            text = client.get(page).content.decode()
            assert all(f'href="{other}"' in text for other in pages), page
            assert f'href="{page}" aria-current="page"' in text

    def test_leads_on_into_each_of_several_workspaces(self, client: Client, cast: Cast):
        """Whoever belongs to several finds each by its name, and its preferences behind it."""
        user = Person.objects.everywhere().get(id=cast.ada.person_id).user
        Person.objects.everywhere().filter(id=cast.zed.person_id).update(user=user)

        text = enter(client).get(HERE).text

        assert f'<li><a href="{HERE}" aria-current="page">Account</a>' in text
        for slug, name in (("acme", cast.acme.name), ("zenith", cast.zenith.name)):
            there = f"/w/{slug}/preferences/"
            assert f'<li><a href="{there}">{name}</a></li>' in text
            assert client.get(there).status_code == 200

    def test_leads_nowhere_while_a_second_step_is_lacking(self, client: Client, cast: Cast):
        """Where everything else is closed, nothing else is offered."""
        Workspace.objects.filter(id=cast.acme.id).update(second_step_for="everyone")

        assert "What is yours" not in enter(client).get(HERE).content.decode()


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

        answers = [client.post("/account/app/", wrong) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
        assert all("That was not accepted." in answer.content.decode() for answer in answers)

    @pytest.mark.parametrize("chosen", ["anew", "by link", "first"])
    def test_counts_a_password_just_chosen(self, client: Client, cast: Cast, chosen: str):
        """Whoever has just chosen a password has proved who they are, however long they were signed in."""
        fresh = {"password1": "seven purple giraffes"}
        if chosen == "by link":
            secret = people.sign_in_link(user_id=ada().id, by=operator(cast.acme.id), at=timezone.now())
            client.post(f"/sign-in/link/{secret}/")
        else:
            enter(client)
        if chosen == "first":
            user = ada()
            user.set_unusable_password()
            user.save()
            client.force_login(user)
        if chosen != "first":
            long_ago(client)

        answer = client.post(
            "/account/password/first/" if chosen == "first" else "/account/password/",
            fresh | ({"oldpassword": PASSWORD} if chosen == "anew" else {}),
        )

        assert answer.headers["Location"] == "/account/"
        assert "QR code" in client.get("/account/app/").content.decode()

    def test_stands_before_a_first_password(self, client: Client, cast: Cast):
        """An account of passkeys alone gets no password from whoever merely found an open browser."""
        with_app()
        user = ada()
        user.set_unusable_password()
        user.save()
        client.force_login(user)

        answer = client.post("/account/password/first/", {"password1": "seven purple giraffes"})

        assert "Is it still you?" in answer.content.decode()
        assert not ada().has_usable_password()

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


class TestApp:
    def test_is_added_by_its_code(self, client: Client, cast: Cast):
        """The page shows a QR code and a key; the right code adds the app, and codes for a bad day."""
        page = enter(client).get("/account/app/").content.decode()
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")

        wrong = client.post("/account/app/", {"code": "000000x"})
        right = client.post("/account/app/", {"code": shown(secret)})

        assert "<svg" in page and "otpauth://totp/" in page
        assert wrong.status_code == 422
        assert len(re.findall(r"<li><code>([0-9a-z-]{29})</code>", right.content.decode())) == 10
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

    def test_is_asked_for_in_a_session_of_its_own(self, cast: Cast):
        """Whoever planted the key of a session is not at the second step when its victim is."""
        with_app()
        attacker, victim = Client(), Client()
        attacker.session.save()
        planted = victim.cookies["milepost"] = attacker.cookies["milepost"].value

        victim.post("/sign-in/", ADA)

        assert victim.cookies["milepost"].value != planted
        assert victim.get("/sign-in/second-step/").status_code == 200
        assert attacker.get("/sign-in/second-step/").status_code == 302

    def test_is_too_late_after_a_new_password(self, client: Client, cast: Cast):
        """What an old password began, no code completes once there is a new one."""
        secret = with_app()
        client.post("/sign-in/", ADA)
        access.set_password(user_id=ada().pk, password="seven purple giraffes", at=timezone.now())

        answer = client.post("/sign-in/second-step/", {"code": shown(secret)}, follow=True)

        assert "Your password was changed meanwhile" in answer.content.decode()
        assert client.get("/w/acme/people/").status_code == 302
        assert not Session.objects.filter(user=ada()).exists()

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

    def test_can_be_left_for_the_beginning(self, client: Client, cast: Cast):
        """Whoever is asked for a code starts over, and what the password had begun is over at once."""
        secret = with_app()
        client.post("/sign-in/", ADA)
        assert "Start over" in client.get("/sign-in/second-step/").content.decode()

        answer = client.post("/sign-in/second-step/", {"start_over": "1"})
        late = client.post("/sign-in/second-step/", {"code": shown(secret)})

        assert answer.headers["Location"] == late.headers["Location"] == "/sign-in/"
        assert not Session.objects.exists()
        assert client.get(HERE).status_code == 302

    def test_outlives_the_secret_key(self, client: Client, cast: Cast, settings):
        """Under a new secret key an app goes on where the old one is named, and once used without it."""
        from allauth.mfa.models import Authenticator

        secret, before = with_app(), settings.SECRET_KEY
        settings.SECRET_KEY = "another" * 10
        client.post("/sign-in/", ADA)
        refused = client.post("/sign-in/second-step/", {"code": shown(secret)})

        settings.MILEPOST = replace(settings.MILEPOST, secret_key_fallbacks=(before,))
        client.post("/sign-in/", ADA)
        taken = client.post("/sign-in/second-step/", {"code": shown(secret)})
        settings.MILEPOST = replace(settings.MILEPOST, secret_key_fallbacks=())

        assert (refused.status_code, taken.status_code) == (422, 302)
        sealed = Authenticator.objects.get(type=known.APP).data["secret"]
        assert sealing.unseal(sealed) == secret

    def test_old_secret_keys_sign_nobody_in(self, client: Client, cast: Cast, settings):
        """A session that began under the old key is over, also where that is named to open what it sealed."""
        browser = enter(client)
        before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
        settings.MILEPOST = replace(settings.MILEPOST, secret_key_fallbacks=(before,))

        assert browser.get(HERE).headers["Location"].startswith("/sign-in/")


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

    def test_are_longer_than_anybody_could_try(self, cast: Cast):
        """Ten of 120 random bits each, in groups that can be read out; a plain hash keeps them."""
        with_app()
        codes = second_steps.make_codes(user_id=ada().pk, at=timezone.now())

        assert len(set(codes)) == 10
        assert all(re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{5}}", code) for code in codes)

    def test_from_before_go_on_working(self, cast: Cast):
        """Codes of sixteen letters, as they were made once, let in until there are new ones."""
        from allauth.mfa.models import Authenticator

        with_app()
        hashes = {"hashes": [hash_of("0123456789abcdef")]}
        Authenticator.objects.create(user=ada(), type=known.CODES, data=hashes)

        proved, _ = second_steps.prove(user_id=ada().pk, typed="0123-4567-89ab-cdef", at=timezone.now())

        assert proved == known.CODES
        assert known.of(ada().pk).codes_left == 0

    def test_are_shown_to_keep(self, client: Client, cast: Cast):
        """The page says whose they are and where, what they replace, and lets them be copied and printed."""
        enter_with_code(client)

        text = client.post("/account/recovery-codes/").content.decode()

        assert "ada@acme.example at testserver" in text and "any from before no longer work" in text
        assert 'download="milepost-recovery-codes.txt"' in text
        assert 'data-from="codes"' in text and "<mp-print>" in text

    @pytest.mark.parametrize(
        ("left", "words"),
        [
            (None, "Make some"),
            (10, "The 10 that are left stop working at once"),
            (1, "The 1 that is left stops working at once"),
            (0, "All are used up"),
        ],
    )
    def test_are_made_anew_knowingly(self, client: Client, cast: Cast, left: int | None, words: str):
        """Who has codes is told what becomes of them before there are others."""
        from allauth.mfa.models import Authenticator

        enter_with_code(client)
        if left is not None:
            second_steps.make_codes(user_id=ada().pk, at=timezone.now())
            row = Authenticator.objects.get(type=known.CODES)
            row.data["hashes"] = row.data["hashes"][:left]
            row.save()

        assert words in client.get(HERE).content.decode()

    def test_are_kept_as_hashes(self, cast: Cast):
        """No code stands in the database."""
        from allauth.mfa.models import Authenticator

        with_app()
        codes = second_steps.make_codes(user_id=ada().pk, at=timezone.now())

        kept = str(Authenticator.objects.get(type=known.CODES).data)
        assert not any(code in kept or code.replace("-", "") in kept for code in codes)

    @pytest.mark.parametrize(
        ("ways", "remedy"),
        [
            ({"app"}, "Wait for the app's next one."),
            ({"app", "codes"}, "Wait for the app's next one, or use another recovery code."),
            ({"passkey", "codes"}, "Use another recovery code, or use your passkey."),
            ({"app", "passkey"}, "Wait for the app's next one, or use your passkey."),
        ],
    )
    def test_a_wrong_one_names_what_one_has(self, cast: Cast, ways, remedy):
        """No app is waited for by whoever has a passkey and recovery codes alone."""
        from allauth.mfa.models import Authenticator

        if "passkey" in ways:
            with_passkey()
        if "app" in ways:
            with_app()
        Authenticator.objects.filter(type=known.CODES).delete()
        if "codes" in ways:
            second_steps.make_codes(user_id=ada().pk, at=timezone.now())

        with pytest.raises(second_steps.WrongCode) as wrong:
            second_steps.prove(user_id=ada().pk, typed="nonsense", at=timezone.now())

        assert wrong.value.remedy == remedy

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


class TestPower:
    """What outlives this hour is given by whoever has proved lately who they are."""

    def test_asks_before_a_token(self, client: Client, cast: Cast):
        """Whoever finds an open browser makes no token; with the password the form goes on as it was sent."""
        from milepost.models import Token

        form = {"name": "Reports", "scope": "read", "days": "30", "team": ""}
        long_ago(enter(client))

        asked = client.post("/w/acme/tokens/", form)
        before = Token.objects.of(cast.acme.id).count()
        made = client.post("/w/acme/tokens/", form | {"confirming": "POST", "password": PASSWORD})

        text = asked.content.decode()
        assert "Is it still you?" in text
        assert 'name="scope" value="read"' in text and 'href="/w/acme/tokens/"' in text
        assert (before, made.status_code) == (0, 201)
        assert Token.objects.of(cast.acme.id).get().name == "Reports"

    @pytest.mark.parametrize("role", ["owner", "admin"])
    def test_asks_before_somebody_runs_the_workspace(self, client: Client, cast: Cast, role: str):
        """Adding, promoting and inviting whoever will run it asks; the first run does as well."""
        dana = people.add(name="Dana", email="d@acme.example", role=role, by=cast.ada, at=timezone.now())
        form = {"name": "Eve", "email": "eve@acme.example", "role": role, "team": ""}
        long_ago(enter(client))

        answers = [
            client.post("/w/acme/people/new/", form),
            client.post(f"/w/acme/people/{encode(cast.cleo.person_id)}/", {"role": role}),
            client.post(f"/w/acme/people/{encode(dana.id)}/invitation/"),
            client.post("/w/acme/start/invite/", {"name-1": "Eve", "email-1": "e@x.example", "role": role}),
        ]

        assert all("Is it still you?" in answer.content.decode() for answer in answers)
        rows = Person.objects.of(cast.acme.id)
        assert not rows.filter(email__in=("eve@acme.example", "e@x.example")).exists()
        assert rows.get(id=cast.cleo.person_id).role == "member"
        assert not Invitation.objects.of(cast.acme.id).exists()

    def test_goes_on_once_it_was_said(self, client: Client, cast: Cast):
        """The right password gives the role at once; the next one is given without asking."""
        there = f"/w/acme/people/{encode(cast.cleo.person_id)}/"
        long_ago(enter(client))

        client.post(there, {"role": "admin", "confirming": "POST", "password": PASSWORD})
        given = Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id).role
        client.post(there, {"role": "owner"})

        assert given == "admin"
        assert Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id).role == "owner"

    def test_gives_less_without_asking(self, client: Client, cast: Cast):
        """Members are added and invited all day long, and nobody is asked for that."""
        form = {"name": "Eve", "email": "eve@acme.example", "role": "member", "team": ""}
        long_ago(enter(client))

        answer = client.post("/w/acme/people/new/", form)

        assert "Is it still you?" not in answer.content.decode()
        assert Person.objects.of(cast.acme.id).filter(email="eve@acme.example").exists()

    def test_asks_before_the_second_step_is_let_go(self, client: Client, cast: Cast):
        """Who needs a second step is decided by an owner who proves to be one; all else is not asked."""
        Workspace.objects.filter(id=cast.acme.id).update(second_step_for="admins")
        with_app()
        client.post("/sign-in/", ADA)
        (secret,) = second_steps.make_codes(user_id=ada().pk, at=timezone.now())[:1]
        client.post("/sign-in/second-step/", {"code": secret})
        long_ago(client)
        form = {"name": "Acme!", "time_zone": "UTC", "check_in_every": "7", "second_step_for": "admins"}

        client.post("/w/acme/settings/", form)
        asked = client.post("/w/acme/settings/", form | {"second_step_for": "nobody"})

        row = Workspace.objects.get(id=cast.acme.id)
        assert "Is it still you?" in asked.content.decode()
        assert (row.name, row.second_step_for) == ("Acme!", "admins")
