"""Headers and cookies: what every answer tells the browser, whoever asks and whatever came of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from tests.routes import routes
from tests.web.account import enter
from tests.web.borders import ROUTES, address
from tests.worlds import at_work, visible

pytestmark = pytest.mark.both_databases

DIRECTIVES = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'"}
OF_PAGES = {"style-src": "'self'", "form-action": "'self'", "require-trusted-types-for": "'script'"}
PLAIN = {  # the same on every answer
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REFERRERS = {"same-origin", "strict-origin", "no-referrer"}  # none of them names a page to another host
SAYS_LETTERS = re.compile(r"text/|.*[/+]xml\b")  # kinds of content that say in which letters they are written
TWO_SECRETS = re.compile(r"\(\?P<\w+>[^)]*\)")


def policy(answer) -> dict[str, str]:
    """Return the directives of an answer's content security policy."""
    said = [each.strip().partition(" ") for each in answer.headers["Content-Security-Policy"].split(";")]
    return {name: value for name, _, value in said}


def wrong_with(answer) -> list[str]:
    """Name what an answer does not tell the browser."""
    found = [name for name, value in PLAIN.items() if answer.headers.get(name) != value]
    said, kind = policy(answer), answer.headers.get("Content-Type", "")
    is_page = kind.startswith("text/html")
    asked = DIRECTIVES | OF_PAGES if is_page else DIRECTIVES
    found += [name for name, value in asked.items() if said.get(name) != value]
    scripts = said.get("script-src", said["default-src"])
    if not re.fullmatch(r"'nonce-[\w-]{22}' 'strict-dynamic'" if is_page else "'none'", scripts):
        found.append(f"script-src {scripts}")
    if answer.headers.get("Referrer-Policy") not in REFERRERS:
        found.append("Referrer-Policy")
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append("no-store")
    if SAYS_LETTERS.match(kind) and "charset=utf-8" not in kind:
        found.append(f"the letters of {kind}")
    return [*found, *(name for name in answer.headers if name.startswith("Access-Control-"))]


@pytest.fixture
def paths(cast: Cast) -> list[str]:
    """Every address there is, with things of Acme in it."""
    things = visible(cast, at_work(cast, timezone.now()))
    found = []
    for route in routes():
        on = ROUTES[route.name].on if route.name in ROUTES else {}
        path = address(TWO_SECRETS.sub("x", route.pattern), "acme", things, on)
        found.append(re.sub(r"<int:\w+>", "1", re.sub(r"<(?!int)[^>]+>", "x", path)))
    return found


class TestEveryAnswer:
    def test_binds_the_browser(self, paths, signed_in):
        """No script runs but ours, nobody frames us, nothing is guessed, kept or told to other hosts."""
        ada, wrong, statuses = signed_in("ada", raise_request_exception=False), {}, set()

        for path in paths:
            for answer in (ada.get(path), ada.put(path, headers={"Origin": "https://evil.example"})):
                statuses.add(answer.status_code)
                if found := wrong_with(answer):
                    wrong[path, answer.status_code] = found

        assert wrong == {}
        assert statuses >= {200, 302, 401, 404, 405}

    def test_binds_it_for_strangers_too(self, paths):
        """Whoever is not signed in is told the same."""
        stranger = Client(raise_request_exception=False)

        assert {path: found for path in paths if (found := wrong_with(stranger.get(path)))} == {}

    def test_lets_no_other_site_read_it(self, paths, signed_in):
        """A page of another host, asking first as browsers do, is given no leave."""
        asked = {
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        }
        ada = signed_in("ada", raise_request_exception=False)

        told = {name for path in paths for name in ada.options(path, headers=asked).headers}

        assert not [name for name in told if name.startswith("Access-Control-")]

    def test_repeats_nothing_of_a_trace(self, paths, signed_in):
        """TRACE, which would show a script the cookies, is taken nowhere."""
        ada = signed_in("ada", raise_request_exception=False)

        statuses = {path: ada.trace(path).status_code for path in paths}

        # Whether there is anything may be looked at first.
        assert {path: status for path, status in statuses.items() if status not in (401, 404, 405)} == {}


class TestCookies:
    def test_are_kept_from_scripts_and_other_sites(self, client: Client, cast: Cast):
        """Cookies that open anything are for the server alone, and no other site's form sends them."""
        client.get("/sign-in/")
        enter(client).get("/w/acme/people/")

        assert {"milepost", "milepost_csrf"} <= {*client.cookies}
        for name in ("milepost", "milepost_csrf"):
            cookie = client.cookies[name]
            assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
            assert not cookie["domain"]

    def test_none_is_left_to_the_browsers_judgement(self, paths):
        """Whatever cookie any page sets says to which requests it goes along, and is small."""
        ada = enter(Client(raise_request_exception=False))

        for path in paths:
            ada.get(path)
        ada.post("/w/acme/preferences/", {"theme": "dark"})

        assert {cookie["samesite"] for cookie in ada.cookies.values()} <= {"Lax", "Strict"}
        assert all(len(name) + len(cookie.value) <= 4096 for name, cookie in ada.cookies.items())

    def test_go_over_https_alone(self, cast: Cast, cycle, settings):
        """Where people come over HTTPS, every cookie goes no other way and is bound to this host."""
        settings.COOKIE_PREFIX = "__Host-"
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-milepost", "__Host-milepost_csrf"
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        ada = Client()
        ada.post("/sign-in/", {"login": "ada@acme.example", "password": PASSWORD}, secure=True)

        ada.get(f"/w/acme/alignment/?cycle={cycle.key}", secure=True)
        ada.get("/w/acme/", secure=True)
        ada.post("/w/acme/preferences/", {"theme": "dark"}, secure=True)
        ada.post("/w/acme/preferences/keyboard/", {"search": "f"}, secure=True)

        nouns = {"milepost", "milepost_csrf", "cycle", "since-acme", "theme", "keymap", "messages"}
        assert {*ada.cookies} == {f"__Host-{noun}" for noun in nouns}
        for cookie in ada.cookies.values():
            assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")

    def test_bound_to_the_host_are_read_again(self, cast: Cast, settings):
        """What a browser keeps under such a name is what its pages look like; the plain name is nobody's."""
        settings.COOKIE_PREFIX = "__Host-"
        ada = enter(Client())

        ada.cookies["theme"] = "dark"
        plain = ada.get("/w/acme/people/").content.decode()
        ada.cookies["__Host-theme"] = "dark"
        bound = ada.get("/w/acme/people/").content.decode()

        assert 'data-theme="dark"' not in plain
        assert 'data-theme="dark"' in bound
        assert '<meta name="zone" content="__Host-zone">' in ada.get("/w/acme/").content.decode()


class TestPages:
    def test_lead_out(self, paths, signed_in):
        """Every page of a workspace signs out, but those of one task alone, which lead back to one."""
        ada, without = signed_in("ada", raise_request_exception=False), []

        for path in paths:
            answer = ada.get(path)
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            whole = is_page and answer.status_code == 200 and b"<html" in answer.content
            if whole and path.startswith("/w/") and b'action="/sign-out/"' not in answer.content:
                without.append(path)

        assert {path.split("/")[3] for path in without} <= {"sweep", "start"}
