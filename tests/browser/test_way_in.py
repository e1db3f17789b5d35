"""Pages in front of a workspace, as they are opened and as they refuse, and what problems look like."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from milepost.actions import access, people, second_steps, workspaces
from milepost.core.access import operator
from milepost.ledger import image
from milepost.models import Person, User
from tests.browser.inspector import inspector
from tests.cast import PASSWORD, Cast, enter_as
from tests.routes import routes
from tests.web.account import enter, long_ago, with_app
from tests.web.test_setup import FILE, ORGANISATION, YOU

pytestmark = pytest.mark.browser
Seen = Iterator[tuple[str, object, int]]  # what it is, the answer, its status
WRONG_FILE = b"milepost: 1\nobjectives:\n- {id: a, title: T, cycle: nope, foo: 1}\n"
FORGOTTEN = "/account/password/forgotten/"


def signed_in(who: str, **more) -> Client:
    return enter_as(Client(**more), User.objects.get(email=f"{who}@acme.example"))


# -- before there is anything ------------------------------------------------------------------------------


def founding() -> Seen:
    """The organisation and its first person, refused and taken, then the three ways to begin."""
    client, address = Client(), f"/setup/{workspaces.setup_link(at=timezone.now())}/"
    yield "setup", client.get(address), 200
    yield "setup, refused", client.post(address, {"name": "", "time_zone": "Atlantis"}), 422
    client.post(address, ORGANISATION)
    yield "setup_person", client.get(f"{address}you/"), 200
    yield "setup_person, refused", client.post(f"{address}you/", {"email": "ada", "password": "short"}), 422
    client.post(f"{address}you/", YOU)
    here = "/w/acme/start/"
    wrong, right = (SimpleUploadedFile("okrs.yaml", data) for data in (WRONG_FILE, FILE))
    yield "start", client.get(here), 200
    yield "start_file, a wrong one", client.post(f"{here}file/", {"file": wrong}), 422
    yield "start_file, shown", client.post(f"{here}file/", {"file": right}), 200
    invited = {"name-1": "Ben", "email-1": "ben@acme.example", "name-2": "Cleo", "email-2": "cleo"}
    yield "start_invite, a link and a slip", client.post(f"{here}invite/", invited), 422
    yield "setup, over", client.get(address), 404


# -- for whoever is not signed in, or holds a link ---------------------------------------------------------


def signing_in(cast: Cast) -> Seen:
    client, wrong = Client(), {"login": "gus@acme.example", "password": "wrong wrong wrong"}
    yield "led here", client.get("/sign-in/?next=/w/acme/"), 200
    yield "nothing typed", client.post("/sign-in/", {"login": "ada"}), 422
    # On a slow machine a wait may be over before the next try; each is longer than the one before. It is Gus
    # who has to wait: the others sign in below.
    tries = (client.post("/sign-in/", wrong) for _ in range(20))
    yield "too often", next(answer for answer in tries if answer.status_code != 422), 429


def sign_in_link(cast: Cast) -> Seen:
    user = Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id).user_id
    secret = people.sign_in_link(user_id=user, by=operator(cast.acme.id), at=timezone.now())
    client = Client()
    yield "from elsewhere", client.get(f"/sign-in/link/{secret}/"), 200
    client.post(f"/sign-in/link/{secret}/")
    yield "over", Client().post(f"/sign-in/link/{secret}/"), 404


def ask_password(cast: Cast) -> Seen:
    yield "by mail", Client().get(FORGOTTEN), 200
    yield "no address", Client().post(FORGOTTEN, {"email": "ada"}), 422


def asked_password(cast: Cast) -> Seen:
    yield "sent", Client().get(f"{FORGOTTEN}sent/"), 200


def reset_password(cast: Cast) -> Seen:
    Client().post(FORGOTTEN, {"email": "ada@acme.example"})
    for thread in threading.enumerate():
        if thread.name == "milepost-mail":
            thread.join()
    link = re.search(rf"http://localhost:\d+({FORGOTTEN}\S+)", mail.outbox[-1].body).group(1)
    client = Client()
    form = client.get(link, follow=True)
    yield "open", form, 200
    yield "too short", client.post(form.request["PATH_INFO"], {"password1": "short"}), 422
    yield "made up", Client().get(f"{FORGOTTEN}1-abc/", follow=True), 200


def invitation(cast: Cast) -> Seen:
    now = timezone.now()
    dana = people.add(name="Dana Scully", email="dana@acme.example", by=cast.ada, at=now)
    address = f"/invitation/{access.invite(person=dana.id, by=cast.ada, at=now)}/"
    yield "open", Client().get(address), 200
    yield "too short", Client().post(address, {"name": "Dana", "password": "short"}), 422
    yield "another's", signed_in("ben").get(address), 200
    yield "over", Client().get("/invitation/never-was/"), 404


def second_step(cast: Cast) -> Seen:
    with_app()
    codes_of(User.objects.get(email="ada@acme.example"))
    client = Client()
    client.post("/sign-in/", {"login": "ada@acme.example", "password": PASSWORD})
    yield "asked", client.get("/sign-in/second-step/"), 200
    yield "a wrong code", client.post("/sign-in/second-step/", {"code": "1"}), 422


def codes_of(user: User) -> None:
    second_steps.make_codes(user_id=user.pk, at=timezone.now())


def confirm_email(cast: Cast) -> Seen:
    ben = enter(Client(), "ben")
    ben.post("/account/email/confirmation/")
    for thread in threading.enumerate():
        if thread.name == "milepost-mail":
            thread.join()
    link = re.search(r"https?://[^/]+(/account/email/\S+)", mail.outbox[-1].body).group(1)
    yield "open", Client().get(link), 200
    yield "done", Client().post(link), 200
    yield "made up", Client().get("/account/email/never-was/"), 404


def take_email(cast: Cast) -> Seen:
    ben = enter(Client(), "ben")
    yield "refused", ben.post("/account/email/change/", {"email": "none"}), 422
    ben.post("/account/email/change/", {"email": "ben.okri@acme.example"})
    for thread in threading.enumerate():
        if thread.name == "milepost-mail":
            thread.join()
    link = re.search(r"https?://[^/]+(/account/email/change/\S+)", mail.outbox[-1].body).group(1)
    yield "open", ben.get(link), 200
    yield "another's", enter(Client(), "cleo").get(link), 404
    yield "done", ben.post(link), 200
    yield "over", ben.get(link), 404


VISITS: dict[str, Callable[[Cast], Seen]] = {
    "signing_in": signing_in,
    "sign_in_link": sign_in_link,
    "ask_password": ask_password,
    "account_reset_password_done": asked_password,
    "account_reset_password_from_key": reset_password,
    "invitation": invitation,
    "second_step": second_step,
    "confirm_email": confirm_email,
    "take_email": take_email,
}
FOUNDING = {"setup", "setup_person"}  # `founding` goes there: it needs that nobody was there before
WAY_IN = {*VISITS, *FOUNDING}


# -- one's account, and problems ---------------------------------------------------------------------------


def account(cast: Cast) -> Seen:
    """What has no workspace: choosing one, having none, a password."""
    ada, nobody = signed_in("ada"), User.objects.create_user("new@acme.example", PASSWORD, name="New")
    alone = Client()
    alone.force_login(nobody)
    yield "home, in none", alone.get("/"), 200
    of_both = people.add(name="Ada", email="ada@acme.example", by=cast.zed, at=timezone.now())
    secret = access.invite(person=of_both.id, by=cast.zed, at=timezone.now())
    yield "invitation, signed in", ada.get(f"/invitation/{secret}/"), 200
    ada.post(f"/invitation/{secret}/")
    yield "home, in two", ada.get("/"), 200
    yield "password", ada.get("/account/password/"), 200
    yield "password, refused", ada.post("/account/password/", {"oldpassword": "x", "password1": "short"}), 422
    yield "signing out", ada.get("/sign-out/"), 200
    cleo = enter(Client(), "cleo")
    enter(Client(), "cleo")
    yield "an app", cleo.get("/account/app/"), 200
    yield "an app, refused", cleo.post("/account/app/", {"code": "1"}), 422
    yield "a passkey, refused", cleo.post("/account/passkeys/new/", {"name": "x", "credential": "{}"}), 422
    with_app(User.objects.get(email="cleo@acme.example"))
    yield "codes", cleo.post("/account/recovery-codes/"), 200
    yield "account, with all of it", cleo.get("/account/"), 200
    long_ago(cleo)
    yield "confirming", cleo.get("/account/passkeys/new/"), 200
    wrong = {"confirming": "GET", "password": "wrong wrong wrong"}
    yield "confirming, refused", cleo.post("/account/passkeys/new/", wrong), 422
    yield "a passkey that is none", Client().post("/sign-in/passkey/", {"credential": "{}"}), 422


def problems_met(cast: Cast, settings) -> Seen:
    """Nothing there, not allowed, too old a form, too late, our own fault, and too many tries."""
    yield "404", Client().get("/nowhere/"), 404
    yield "403", signed_in("gus").get("/w/acme/objectives/new/"), 403
    yield "403, an old form", signed_in("ada", enforce_csrf_checks=True).post("/w/acme/looks/"), 403
    here = {"headers": {"referer": "http://testserver/w/acme/people/"}}
    address = next(each.pattern for each in routes() if each.name == "cycles").replace("<slug:slug>", "acme")
    yield "404, with a way back", signed_in("ada").get(f"/{address}zzz/", **here), 404
    settings.DEMO_COMPANY = "no.such.company"
    broken = signed_in("ada", raise_request_exception=False)
    yield "500", broken.post("/w/acme/start/demo/"), 500
    answers = [Client().post(FORGOTTEN, {"email": "ben@acme.example"}) for _ in range(8)]
    yield "429", answers[-1], 429


@pytest.fixture
def mail_server(settings) -> None:
    settings.MILEPOST = replace(settings.MILEPOST, mail_host="mail.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


class TestTable:
    def test_names_every_way_in(self):
        """A name here is a page of the router."""
        assert {route.name for route in routes()} >= WAY_IN


class TestWayIn:
    def test_is_sound_while_it_is_founded(self, browser, live_server, transactional_db):
        """From the terminal's link to the first invitation: valid and accessible, also where refused."""
        image.forget()
        assert looked_over(browser, live_server, founding()) == []

    def test_is_sound(self, browser, live_server, cast, mail_server):
        """Signing in, links, invitations and passwords, as they open and as they refuse."""
        seen = (
            (f"{name}, {what}", answer, status)
            for name, visit in VISITS.items()
            for what, answer, status in visit(cast)
        )
        assert looked_over(browser, live_server, seen) == []

    def test_is_sound_without_a_mail_server(self, browser, live_server, cast):
        """Who forgot a password learns what to do instead."""
        answer = Client().get(FORGOTTEN)

        assert looked_over(browser, live_server, [("no mail", answer, 200)]) == []


class TestAccount:
    def test_is_sound(self, browser, live_server, cast):
        """Without a workspace, in two, and at one's password."""
        assert looked_over(browser, live_server, account(cast)) == []


class TestProblems:
    def test_are_sound(self, browser, live_server, cast, mail_server, settings):
        """What happened is said on a page that everyone can read."""
        assert looked_over(browser, live_server, problems_met(cast, settings)) == []


def looked_over(browser, live_server, seen: Seen) -> list[str]:
    """Look over pages as they come, and return what is wrong with them."""
    with inspector(browser, live_server.url) as looking:
        for name, answer, status in seen:
            looking.show(name, answer, status)
        return looking.everything()
