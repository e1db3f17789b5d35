"""Walls: a stranger, and a colleague who may not see a thing, meet the same nothing as where nothing is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.ledger import image
from milepost.models import User
from milepost.queries.sessions import mark_of
from tests import cast as the_cast
from tests.routes import Route, routes
from tests.web.borders import QUERIES, ROUTES, Row, address, form, forms_naming
from tests.worlds import (
    HIDDEN,
    NOTHING,
    at_work,
    everything_kept,
    hide,
    masks,
    nothing_for,
    visible,
)

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)
KINDS = ("objective", "key_result", "initiative", "alignment", "checkin", "team", "person", "cycle")
HTMX = {"HX-Request": "true"}
IN_WORKSPACE = [route for route in routes() if route.is_in_workspace]
# Pages of an account and of the installation; how the server does changes from moment to moment.
BESIDE = [
    route
    for route in routes()
    if not (route.is_in_workspace or route.is_for_programs or route.arguments)
    and route.name not in ("livez", "readyz", "metrics")
]


# -- answers, and what is kept -----------------------------------------------------------------------------

EVER_NEW = re.compile(
    rb'(name="csrfmiddlewaretoken" value="|nonce="|nonce-|name="submission" value="|data-nonce="'
    rb'|"challenge": ")[^"\' ]*'
)
OF_EACH_ANSWER = ("X-Request-ID", "Content-Security-Policy", "Content-Length", "Expires")
RANDOM_INLINE = re.compile(rb"(hx-csp|hx-nonce)[^ >]*")


@dataclass(frozen=True)
class Answer:
    """An answer without what is new in each."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __str__(self) -> str:
        return f"{self.status} {dict(self.headers)} {len(self.body)} bytes"


def told(response, *, without: Mapping[int, bytes] | None = None) -> Answer:
    """Return what an answer tells; the ids in `without` read alike."""
    body = RANDOM_INLINE.sub(rb"\1", EVER_NEW.sub(rb"\1", response.content))
    headers = {name: value for name, value in response.headers.items() if name not in OF_EACH_ANSWER}
    headers |= {
        f"Set-Cookie {name}": cookie.OutputString()
        for name, cookie in response.cookies.items()
        if name != settings.CSRF_COOKIE_NAME
    }
    for id, word in (without or {}).items():
        body = body.replace(encode(id).encode(), word)
        headers = {name: value.replace(encode(id), word.decode()) for name, value in headers.items()}
    return Answer(response.status_code, tuple(headers.items()), body)


Sent = tuple[str, dict]  # an address and a form


class Visit:
    """Somebody who tries addresses twice: with a thing that is hidden, and with one that is not there."""

    def __init__(self, client: Client, slug: str, words: Iterable[str] = HIDDEN) -> None:
        self.client, self.slug, self.words = client, slug, words
        self.kept = everything_kept()
        self.wrong: list[str] = []
        self.tried = 0

    def try_both(
        self, what: str, hidden: tuple[str, dict], missing: tuple[str, dict], masked: Mapping
    ) -> None:
        """Send a request that names what is hidden, and one that names nothing, by every method."""
        for method in ("get", "post"):
            for headers in ({}, HTMX):
                self.tried += 1
                one, other = (
                    told(self._ask(method, path, body, headers), without=masked)
                    for path, body in (hidden, missing)
                )
                named = f"{what} {method}{' htmx' if headers else ''}"
                if one != other:
                    self.wrong.append(f"{named}: {one}, and where nothing is: {other}")
                if any(word.encode() in one.body for word in self.words):
                    self.wrong.append(f"{named}: mentions what is hidden")
                if one.status >= 500:
                    self.wrong.append(f"{named}: {one.status}")
                if method == "post" and (now := everything_kept()) != self.kept:
                    changed = [name for name in now if now[name] != self.kept[name]]
                    self.wrong.append(f"{named}: {one.status} and changed {changed}")
                    self.kept = now

    def _ask(self, method: str, path: str, body: dict, headers: dict):
        data = {} if method == "get" else body
        return getattr(self.client, method)(path, data, headers=headers)


# What an address names outside of workspaces: what is tried below, and secrets, tried where they are given.
OF_NO_WORKSPACE = {
    "passkey": {"passkey"},
    "remove_passkey": {"passkey"},
    "end_session": {"mark"},
    "sign_in_link": {"secret"},
    "confirm_email": {"secret"},
    "invitation": {"secret"},
    "setup": {"secret"},
    "take_email": {"secret"},
    "setup_person": {"secret"},
    "account_reset_password_from_key": {"uidb36", "key"},
}


class TestTable:
    def test_names_every_route_of_a_workspace(self):
        """A route without a row in tests/web/borders.py would go untested."""
        assert {route.name for route in IN_WORKSPACE} == set(ROUTES)

    def test_leaves_out_what_names_nothing_of_a_workspace(self):
        """Elsewhere addresses name what is an account's own, or hold a secret that opens one thing."""
        others = [route for route in routes() if not (route.is_in_workspace or route.is_for_programs)]

        assert {route.name: route.arguments for route in others if route.arguments} == OF_NO_WORKSPACE

    def test_knows_what_takes_forms(self, world, signed_in):
        """What has no form in the table refuses one: nothing changes by a POST that nobody looked at."""
        ada = signed_in("ada")

        answers = {
            route.name: ada.post(
                address(route.pattern, "acme", world.acme, ROUTES[route.name].on)
            ).status_code
            for route in IN_WORKSPACE
            if ROUTES[route.name].takes is None
        }

        assert {name: status for name, status in answers.items() if status != 405} == {}

    def test_holds_forms_that_work(self, world, signed_in):
        """Each form, filled in by its own workspace's owner, changes something: so a refusal is one."""
        zed, idle = signed_in("zed"), []

        for route in IN_WORKSPACE:
            row = ROUTES[route.name]
            if row.takes is None or not row.works:
                continue
            with transaction.atomic():
                if row.first:
                    _send(zed, row.first, "zenith", world.zenith, on=row.on)
                before = everything_kept()
                answer = _send(zed, route.name, "zenith", world.zenith)
                if everything_kept() == before or answer.status_code not in (200, 201, 204, 303):
                    idle.append(f"{route.name}: {answer.status_code}")
                transaction.set_rollback(True)
            image.forget()

        assert idle == []


def _send(client: Client, name: str, slug: str, things: Mapping[str, int], *, on: Mapping | None = None):
    row = ROUTES[name]
    pattern = next(route.pattern for route in IN_WORKSPACE if route.name == name)
    return client.post(address(pattern, slug, things, on or row.on), form(row, things))


class TestStranger:
    def test_finds_no_other_workspace(self, world, signed_in):
        """Below another workspace's address, everything is as if there were none."""
        visit = Visit(signed_in("zed"), "acme")

        for route, row in _rows():
            there = address(route.pattern, "acme", world.acme, row.on)
            nowhere = address(route.pattern, "nowhere", world.acme, row.on)
            body = form(row, world.acme)
            visit.try_both(route.name, (there, body), (nowhere, body), {})
            assert visit.client.get(there).status_code == 404 or row.takes is not None

        assert visit.wrong == []

    def test_reaches_nothing_by_ids_in_addresses(self, world, signed_in):
        """Below one's own workspace, another's ids lead where ids of nothing lead."""
        visit = Visit(signed_in("zed"), "zenith")

        for route, row in _rows():
            _try_addresses(visit, route, row, own=world.zenith, others=world.acme)

        assert visit.wrong == []
        assert visit.tried > 100

    def test_reaches_nothing_by_ids_in_forms(self, world, signed_in):
        """An id of another workspace in a form is refused like one of nothing, and nothing is written."""
        visit = Visit(signed_in("zed"), "zenith")

        for route, row in _rows():
            _try_forms(visit, route, row, own=world.zenith, others=world.acme)

        assert visit.wrong == []
        assert visit.tried > 50

    def test_reaches_nothing_of_another_account(self, cast, signed_in):
        """A passkey and a session of somebody else answer like none, and stay."""
        ada, zed = signed_in("ada"), Client()
        zed.post(
            "/sign-in/", {"login": "zed@zenith.example", "password": the_cast.PASSWORD}
        )  # who has proved it
        owner = User.objects.get(email="ada@acme.example")
        kept = {"user": owner, "type": Authenticator.Type.WEBAUTHN, "data": {"name": "Her laptop"}}
        passkey = Authenticator.objects.create(**kept)
        mark = mark_of(ada.session.session_key)

        answers = {
            path: [told(zed.post(f"/account/{path.format(id)}", {"name": "Mine"})) for id in (there, none)]
            for path, there, none in (
                ("passkeys/{}/", passkey.id, NOTHING),
                ("passkeys/{}/removal/", passkey.id, NOTHING),
                ("sessions/{}/end/", mark, "0" * len(mark)),
            )
        }

        assert {path: (one.status, one.headers) for path, (one, _) in answers.items()} == {
            path: (none.status, none.headers) for path, (_, none) in answers.items()
        }
        assert {one.status for one, _ in answers.values()} == {404}
        assert Authenticator.objects.get().data == {"name": "Her laptop"}
        assert ada.get("/account/").status_code == 200


class TestOutsider:
    @pytest.mark.parametrize(
        ("seen_by", "who"),
        [
            *product(
                ("a team", "named people", "its owner", "a number of its own", "whose it is"), ("cleo", "gus")
            ),
            ("its owner", "ada"),
            ("whose it is", "ada"),
        ],
    )
    def test_reaches_nothing_that_is_not_theirs_to_see(self, world, signed_in, seen_by: str, who: str):
        """A restricted objective and all that belongs to it answer like nothing, wherever their ids stand."""
        words = ("Whispered to myself", "Learn to say no", "Whispering") if who == "ada" else HIDDEN
        visit, hidden = Visit(signed_in(who), "acme", words), world.hidden[seen_by]

        for route, row in _rows():
            _try_addresses(visit, route, row, own=world.acme, others=hidden)
            _try_forms(visit, route, row, own=world.acme, others=hidden)

        assert visit.wrong == []
        assert visit.tried > (3 if seen_by == "whose it is" else 50)

    @pytest.mark.parametrize("seen_by", ["a team", "named people", "its owner", "a number of its own"])
    def test_cannot_check_in_by_program_either(self, world, signed_in, seen_by: str):
        """The JSON door of check-ins answers for a hidden key result as for none."""
        cleo, kept = signed_in("cleo"), everything_kept()

        hidden, missing = (
            told(cleo.post(addresses.checkins("acme", id), '{"value": 5}', content_type="application/json"))
            for id in (world.hidden[seen_by]["key_result"], NOTHING)
        )

        assert hidden == missing
        assert hidden.status == 404
        assert everything_kept() == kept


def _rows() -> list[tuple[Route, Row]]:
    return [(route, ROUTES[route.name]) for route in IN_WORKSPACE]


def _try_addresses(visit: Visit, route: Route, row: Row, *, own: Mapping, others: Mapping) -> None:
    nothing = nothing_for(others)
    for place in sorted(route.ids & others.keys()):
        paths = (
            address(route.pattern, visit.slug, {**own, place: there[place]}, {**row.on, place: place})
            for there in (others, nothing)
        )
        bodies = (form(row, {**own, **there}) for there in (others, nothing))
        hidden, missing = zip(paths, bodies, strict=True)
        visit.try_both(f"{route.name} at {place}", hidden, missing, masks(others, {}))
    if queries := QUERIES.get(route.name):
        path = address(route.pattern, visit.slug, own, row.on)
        for query in queries:
            if not set(re.findall(r"\{(\w+)\}", query)) <= others.keys():
                continue
            hidden, missing = (
                path + query.format(**{name: encode(id) for name, id in there.items()})
                for there in (others, nothing)
            )
            if row.takes is None:
                visit.try_both(f"{route.name}{query}", (hidden, {}), (missing, {}), masks(others))
            elif (one := told(visit.client.get(hidden), without=masks(others))) != (
                other := told(visit.client.get(missing), without=masks(others))
            ):
                visit.wrong.append(f"{route.name}{query}: {one}, and where nothing is: {other}")


def _try_forms(visit: Visit, route: Route, row: Row, *, own: Mapping, others: Mapping) -> None:
    path = address(route.pattern, visit.slug, own, row.on)
    both = zip(forms_naming(row, own, others), forms_naming(row, own, nothing_for(others)), strict=True)
    for (place, hidden), (_, missing) in both:
        visit.try_both(f"{route.name} with {place}", (path, hidden), (path, missing), masks(others))


class TestTwoWorlds:
    @pytest.mark.parametrize("who", ["cleo", "gus", "zed"])
    def test_look_the_same_to_an_outsider(self, cast, signed_in, who: str):
        """Whether there is restricted work or not, an outsider's every page and answer is the same."""
        now = timezone.now()
        okrs = at_work(cast, now)
        things, browser = visible(cast, okrs), signed_in(who)
        pages = [
            (f"{route.name}{query}", _asking(route, things, query))
            for route in IN_WORKSPACE
            for query in EVERY_VIEW.get(route.name, ("",))
        ]
        pages += [
            (f"person {name}", addresses.person("acme", getattr(cast, name).person_id))
            for name in ("ada", "ben")
        ]
        pages += [(route.name, f"/{route.pattern}") for route in BESIDE]
        _all(browser, pages)  # a first visit leaves a cookie
        before = _all(browser, pages)
        hide(cast, okrs, now)

        after = _all(browser, pages)

        assert [name for name in before if before[name] != after[name]] == []
        assert who == "zed" or sum(answer.status == 200 for answer in after.values()) > 25

    def test_differ_to_those_who_may_see(self, cast, signed_in):
        """What is compared above does show what is hidden, to those it is not hidden from."""
        now = timezone.now()
        okrs = at_work(cast, now)
        hide(cast, okrs, now)
        things = visible(cast, okrs)
        telling = {
            route.name
            for route in IN_WORKSPACE
            for query in EVERY_VIEW.get(route.name, ("",))
            if b"Whispered" in signed_in("ben").get(_asking(route, things, query)).content
        }

        assert telling >= {"week", "objective", "company", "activity", "alignment", "alignment_json"}
        assert telling >= {"map", "map_svg", "search", "palette"}


# What shows a page in full.
EVERY_VIEW = {
    "alignment": (
        "",
        "?group=owner&sort=-confidence&columns=due,weight,confidence,state",
        "?open=all",
        "?attention=1",
        "?unaligned=1",
        "?cycles=all&open=all",
    ),
    "alignment_rows": ("?under=company", "?under=unaligned"),
    "alignment_json": ("", "?key_results=1"),
    "map": (
        "",
        "?as=list&cycles=all",
        "?lens=confidence",
        "?lens=age&arrange=team",
        "?whatif={key_result}:30",
        "?also={key_result}:30&unfolded=1",
    ),
    "map_svg": ("", "?lens=owner"),
    "activity": ("", "?kind=check-ins", "?kind=discussion", "?kind=objectives"),
    # What is hidden has words of what everyone sees, and of its own.
    "search": ("?q=whisper", "?q=r", "?q=wait", "?q=o&kind=objective", "?q=the&kind=comment"),
    "palette": (
        "",
        "?q=whisper",
        "?q=r",
        "?q=wait",
        "?recent={objective}.{key_result}.{team}.{person}",
        "?at={objective}",
        "?at={key_result}&q=edit",
    ),
}


def _asking(route: Route, things: Mapping[str, int], query: str) -> str:
    """Return a route's address in Acme with a query, which may name things."""
    named = query.format(**{name: encode(id) for name, id in things.items()})
    return address(route.pattern, "acme", things, ROUTES[route.name].on) + named


def _all(browser: Client, pages: list[tuple[str, str]]) -> dict[str, Answer]:
    return {
        f"{name}{' htmx' if headers else ''}": told(browser.get(there, headers=headers))
        for name, there in pages
        for headers in ({}, HTMX)
    }
