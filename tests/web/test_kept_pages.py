"""Kept pages: drawn once, and yet each request gets its own nonce, its own token and what is true now."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import comments, initiatives, people, views
from milepost.core import addresses
from milepost.core.ids import encode
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web import acme

PAGES = ("/w/acme/alignment/", "/w/acme/overview/", "/w/acme/company/", "/w/acme/teams/")
NONCES = re.compile(r'nonce="([^"]+)"')
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ITS_OWN = ("X-Request-ID", "Content-Security-Policy")
SAID = "Cut the wait: 60"
pytestmark = pytest.mark.both_databases
Browser = Callable[..., Client]


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def without_what_is_the_requests_own(page: str) -> str:
    return TOKENS.sub("", re.sub(r'nonce="[^"]+"', "", page))


@pytest.mark.parametrize("page", PAGES)
class TestKeptPage:
    def test_is_what_is_drawn_anew(self, signed_in: Browser, okrs: Okrs, page: str):
        """The second answer is the first one, but for what belongs to the request."""
        cleo = signed_in("cleo")
        first, second = text(cleo.get(page)), text(cleo.get(page))
        cleo.cookies["theme"] = "system"  # another name, so it is drawn once more
        anew = text(cleo.get(page))

        drawn = without_what_is_the_requests_own(first)
        assert without_what_is_the_requests_own(second) == drawn
        assert without_what_is_the_requests_own(anew) == drawn

    def test_has_the_head_of_one_drawn_anew(self, signed_in: Browser, okrs: Okrs, page: str):
        """Nobody can tell by the headers whether anything has changed since they asked before."""
        cleo = signed_in("cleo")
        text(cleo.get("/w/acme/people/"))  # by which she has the secret of her forms
        heads = [
            [(name, value) for name, value in cleo.get(page).headers.items() if name not in ITS_OWN]
            for _ in range(3)
        ]

        assert heads[0] == heads[1] == heads[2]
        assert {("Vary", "Cookie"), ("Cache-Control", "no-store")} <= {*heads[0]}

    def test_carries_the_nonce_of_its_own_policy(self, signed_in: Browser, okrs: Okrs, page: str):
        """Each answer has one nonce, everywhere the one that its header allows, and never that of another."""
        cleo = signed_in("cleo")
        answers = [cleo.get(page) for _ in range(2)]
        nonces = [set(NONCES.findall(text(answer))) for answer in answers]

        for answer, found in zip(answers, nonces, strict=True):
            assert len(found) == 1
            assert f"'nonce-{min(found)}'" in answer.headers["Content-Security-Policy"]
        assert nonces[0] != nonces[1]

    def test_carries_a_token_that_counts(self, signed_in: Browser, okrs: Okrs, page: str):
        """A form of a kept page can be sent, by whoever it was given to."""
        cleo = signed_in("cleo", enforce_csrf_checks=True)
        tokens = [TOKENS.findall(text(cleo.get(page))) for _ in range(2)][1]

        sent = cleo.post(
            _appearance(cleo, page),
            {"theme": "dark", "csrfmiddlewaretoken": tokens[0]},
        )

        assert sent.status_code == 303

    def test_says_what_is_true_now(self, signed_in: Browser, cast: Cast, okrs: Okrs, page: str):
        """A check-in shows at once, and so does a new name."""
        cleo = signed_in("cleo")
        before = text(cleo.get(page))
        acme.check_in(okrs.growth, "50", by=cast.ada, at=timezone.now())
        after = text(cleo.get(page))
        people.update(person=cast.cleo.person_id, name="Cleo Renamed", by=cast.ada, at=timezone.now())

        assert without_what_is_the_requests_own(after) != without_what_is_the_requests_own(before)
        assert "Cleo Renamed" in text(cleo.get(page))

    def test_is_each_readers_own(self, signed_in: Browser, okrs: Okrs, page: str):
        """Nobody gets the page of another, nor one drawn for other colours."""
        cleo, ben = signed_in("cleo"), signed_in("ben")
        hers, his = text(cleo.get(page)), text(ben.get(page))
        cleo.cookies["theme"] = "dark"

        assert "Cleo Wong" in hers.split("<main")[0] and "Cleo Wong" not in his.split("<main")[0]
        assert 'data-theme="dark"' not in hers and "dark" in text(cleo.get(page)).split("<body")[0]

    def test_shows_a_message_once(self, signed_in: Browser, okrs: Okrs, page: str, cast: Cast):
        """What waits to be said is said on a page of its own, and kept for nobody."""
        cleo = signed_in("cleo")
        text(cleo.get(page))
        cleo.post(
            f"/w/acme/key-results/{encode(okrs.waiting.id)}/checkins/",
            {"value": "6", "confidence": "5", "next": page},
        )

        assert SAID in text(cleo.get(page))
        assert SAID not in text(cleo.get(page))


class TestTree:
    def test_lists_a_view_as_soon_as_it_is_saved(self, signed_in: Browser, cast: Cast, okrs: Okrs):
        """Views are not figures, and yet they are on the page."""
        cleo = signed_in("cleo")
        text(cleo.get(PAGES[0]))
        views.save(name="At risk of ours", settings="status=at_risk", by=cast.cleo, at=timezone.now())

        assert "At risk of ours" in text(cleo.get(PAGES[0]))


class TestTeam:
    def test_lists_work_as_soon_as_it_is_added(self, signed_in: Browser, cast: Cast, okrs: Okrs):
        """Initiatives are not figures, and yet they are on the page."""
        cleo, page = signed_in("cleo"), addresses.team("acme", cast.product.id)
        text(cleo.get(page))
        initiatives.add(objective=okrs.helpful.id, title="Call them all", by=cast.ben, at=timezone.now())

        assert "Call them all" in text(cleo.get(page))

    def test_tells_of_a_comment_at_once(self, signed_in: Browser, cast: Cast, okrs: Okrs):
        """What somebody wrote moves no figure, and stands under what happened this week."""
        cleo, page = signed_in("cleo"), addresses.team("acme", cast.product.id)
        text(cleo.get(page))
        comments.add(objective=okrs.helpful.id, text="Who waits longest?", by=cast.ben, at=timezone.now())

        assert "Who waits longest?" in text(cleo.get(page))


def _appearance(client: Client, page: str) -> str:
    return re.search(r'<mp-theme><form class="seg" method="post" action="([^"]+)"', text(client.get(page)))[1]
