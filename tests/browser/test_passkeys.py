"""Passkeys in a real browser, with an authenticator that Chromium makes up."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import guesses
from milepost.actions.access import NOBODY_YET
from milepost.core import one_time
from milepost.queries import second_steps
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.browser
ADDRESS = "ada@acme.example"


@pytest.fixture
def page(browser, live_server, cast):
    """A page in a browser that holds a made-up authenticator; a script that fails fails the test."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    page.authenticator = wire.send("WebAuthn.addVirtualAuthenticator", {"options": kind})["authenticatorId"]
    page.wire = wire
    yield page
    context.close()
    assert not errors, f"Scripts failed: {errors}"


def sign_in(page) -> None:
    """Sign Ada in with her password."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url or "second-step" in url)


def sign_out(page) -> None:
    page.context.clear_cookies()


def add_passkey(page, name: str = "My laptop") -> None:
    """Add a passkey, and keep the codes that come with the first one."""
    page.goto("/account/passkeys/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/account/")


class TestCodes:
    def test_are_copied_and_printed(self, page, cast: Cast):
        """The page that shows them once has a button for each; what is copied is the ten, line by line."""
        sign_in(page)
        page.goto("/account/passkeys/new/")
        page.get_by_label("Name").fill("My laptop")
        page.get_by_role("button", name="Make the passkey").click()
        shown = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
        expect(shown).to_have_count(10)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.evaluate("() => { window.print = () => { document.title = 'printed' } }")

        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        page.get_by_role("button", name="Print").click()

        expect(shown).to_have_text(page.evaluate("navigator.clipboard.readText()").split("\n"))
        expect(page).to_have_title("printed")


class TestPasskey:
    def test_is_added_and_signs_in(self, page, cast: Cast):
        """A passkey alone signs in: it is both steps in one."""
        sign_in(page)
        add_passkey(page)
        expect(page.get_by_role("main")).to_contain_text("My laptop")
        expect(page.get_by_role("main")).to_contain_text("not used yet")
        sign_out(page)

        page.goto("/sign-in/?next=/w/acme/people/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(lambda url: url.endswith("/w/acme/people/") and "next" not in url)

        page.goto("/account/")
        expect(page.get_by_role("main")).to_contain_text("last used")

    def test_works_when_the_password_is_locked(self, page, cast: Cast):
        """Whoever guesses at a password locks nobody out who has a passkey."""
        sign_in(page)
        add_passkey(page)
        sign_out(page)
        for n in range(10):
            guesses.take(
                of="password", account=ADDRESS, place=f"192.0.2.{n}", by=NOBODY_YET, at=timezone.now()
            )

        page.goto("/sign-in/")
        page.get_by_label("E-mail").fill(ADDRESS)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("too many tries")
        page.get_by_role("button", name="Sign in with a passkey").click()

        page.wait_for_url("**/w/acme/**")

    def test_is_a_second_step(self, page, cast: Cast):
        """After the password the passkey is asked for."""
        sign_in(page)
        add_passkey(page)
        sign_out(page)

        sign_in(page)
        page.wait_for_url("**/sign-in/second-step/**")
        page.get_by_role("button", name="Use a passkey").click()

        page.wait_for_url("**/w/acme/**")

    def test_confirms_who_one_is(self, page, cast: Cast):
        """A passkey does instead of the password where one is asked once more."""
        sign_in(page)
        add_passkey(page)
        sign_out(page)
        page.goto("/sign-in/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/w/acme/**")
        forget_proofs()

        page.goto("/account/app/")
        page.get_by_role("button", name="Use a passkey").click()

        page.get_by_role("heading", name="Add an authenticator app").wait_for()
        expect(page).to_have_url(re.compile("/account/app/$"))

    def test_is_renamed_and_removed(self, page, cast: Cast):
        """The person decides what it is called, and that it is gone."""
        sign_in(page)
        add_passkey(page)

        page.get_by_text("Rename or remove").click()
        page.get_by_label("Name").fill("Old laptop")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("paragraph").filter(has_text=re.compile("^Old laptop$")).wait_for()
        page.get_by_text("Rename or remove").click()
        page.get_by_role("button", name="Remove Old laptop").click()
        page.get_by_text("was removed from your account").wait_for()

        from milepost.models import User

        assert second_steps.of(User.objects.get(email=ADDRESS).pk) == second_steps.SecondSteps()

    def test_that_is_removed_signs_nobody_in(self, page, cast: Cast):
        """A passkey that the account no longer knows is refused in words, on the same page."""
        sign_in(page)
        add_passkey(page)
        page.get_by_text("Rename or remove").click()
        page.get_by_role("button", name="Remove My laptop").click()
        page.get_by_text("was removed from your account").wait_for()
        sign_out(page)

        page.goto("/sign-in/")
        page.get_by_role("button", name="Sign in with a passkey").click()

        page.get_by_text("This passkey was not accepted.").wait_for()

    def test_says_when_none_was_chosen(self, page, cast: Cast):
        """Whoever turns the dialogue away reads what happened and can try again."""
        wire = {"authenticatorId": page.authenticator}
        sign_in(page)
        page.goto("/account/passkeys/new/")
        page.wire.send("WebAuthn.setUserVerified", {**wire, "isUserVerified": False})

        page.get_by_role("button", name="Make the passkey").click()

        page.get_by_text("No passkey was chosen").wait_for()


class TestApp:
    def test_is_added_with_what_the_page_says(self, page, cast: Cast):
        """The key on the page makes the code that the page asks for; then it is asked for at sign-in."""
        sign_in(page)
        page.goto("/account/app/")
        page.get_by_text("It cannot be scanned").click()
        page.get_by_label("Code that the app shows now").fill("000")
        page.get_by_role("button", name="Add the app").click()
        expect(page.get_by_role("main")).to_contain_text("Type the newest one")
        expect(page.locator(".app-key")).to_be_visible()
        secret = re.sub(r"\s", "", page.locator(".app-key").inner_text())
        page.get_by_label("Code that the app shows now").fill(code(secret))
        page.get_by_role("button", name="Add the app").click()
        kept = page.get_by_role("link", name="I have kept them")
        kept.wait_for()
        first = page.get_by_role("listitem").first.inner_text()
        kept.click()
        page.wait_for_url("**/account/")
        sign_out(page)

        sign_in(page)
        page.get_by_label("Code of your app").fill(first)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/w/acme/**")

        page.goto("/account/")
        expect(page.get_by_role("main")).to_contain_text("9 of 10 left")


def code(secret: str) -> str:
    # The next one is taken already, and for longer: to type the one of now may take a busy machine too long.
    return one_time.code(secret, one_time.step_at(timezone.now()) + 1)


def forget_proofs() -> None:
    """Let every browser have proved itself an hour ago."""
    from milepost.models import Session
    from milepost.models.sessions import SessionStore

    store = SessionStore()
    for row in Session.objects.all():
        held = store.decode(row.session_data)
        held["account_authentication_methods"] = [
            {**one, "at": one["at"] - 3600} for one in held.get("account_authentication_methods", [])
        ]
        Session.objects.filter(session_key=row.session_key).update(session_data=store.encode(held))
