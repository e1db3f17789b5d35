"""Answers given once more: at once, and never to anybody else, nor after anything has changed."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory
from django.utils import timezone

from milepost.actions import people
from milepost.models import Session
from milepost.web.repeats import QUARTER, repeating
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web import acme

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

JSON, PAGE = "/w/acme/alignment.json", "/w/acme/alignment/"
MOST_TRIES = 100
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Answer:
    """What came back through the server's own interface."""

    def __init__(self, status: str, headers: list, body: bytes) -> None:
        self.status, self.headers, self.body = int(status[:3]), dict(headers), body


class Door:
    """The application as a server calls it, with a count of the answers that had to be made."""

    def __init__(self) -> None:
        self.made = 0
        self.moment = time.time()
        self.django = get_wsgi_application()
        self.application = repeating(self._make, clock=lambda: self.moment)

    def _make(self, environ, start_response):
        self.made += 1
        return self.django(environ, start_response)

    def get(self, browser: Client, path: str, **headers: str) -> Answer:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        environ = dict(RequestFactory(HTTP_COOKIE=cookies, **headers).get(path).environ)
        head = []
        body = b"".join(self.application(environ, lambda *said: head.extend(said)))
        return Answer(*head, body)

    def get_again(self, browser: Client, path: str, **headers: str) -> Answer:
        """Ask until nothing has to be made for the answer: others may be at work on the same server."""
        for _ in range(MOST_TRIES):
            made = self.made
            answer = self.get(browser, path, **headers)
            if self.made == made:
                return answer
        raise AssertionError(f"{path} is made anew each time")

    def get_thrice(self, browser: Client, path: str, **headers: str) -> list[Answer]:
        """Return the first answer, and two that were given again."""
        first = self.get(browser, path, **headers)
        return [first, *(self.get_again(browser, path, **headers) for _ in range(2))]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def cleo(signed_in, okrs) -> Client:
    """Return a browser with Cleo in it, who has a token for forms already."""
    browser = signed_in("cleo")
    browser.get(PAGE)
    return browser


class TestRepeatedAnswer:
    def test_is_the_answer_of_before(self, door: Door, cleo: Client):
        """Who asks the same a third time gets the same, and nothing is made for it."""
        first, second, third = door.get_thrice(cleo, JSON)

        assert (third.status, third.body) == (first.status, first.body) == (second.status, second.body)
        assert third.headers.keys() == first.headers.keys()

    def test_is_also_that_nothing_is_new(self, door: Door, cleo: Client):
        """Who has the tree already is told so again: 304, without a body."""
        etag = door.get(cleo, JSON).headers["ETag"]
        answers = door.get_thrice(cleo, JSON, HTTP_IF_NONE_MATCH=etag)

        assert [(answer.status, answer.body) for answer in answers] == [(304, b"")] * 3

    def test_has_a_number_of_its_own(self, door: Door, cleo: Client, caplog):
        """Each request is numbered, and told to the log by its route, whoever answers it."""
        caplog.set_level("INFO", logger="milepost.requests")
        answers = door.get_thrice(cleo, JSON)

        assert len({answer.headers["X-Request-ID"] for answer in answers}) == 3
        assert len(caplog.records) >= 3
        assert {line.route for line in caplog.records} == {"alignment_json"}

    def test_takes_the_number_of_a_proxy(self, door: Door, cleo: Client):
        """A number that came with the request goes back with the answer, and is no other question."""
        answer = door.get_again(cleo, JSON, HTTP_X_REQUEST_ID="from-the-proxy")

        assert answer.headers["X-Request-ID"] == "from-the-proxy"

    def test_has_a_nonce_of_its_own(self, door: Door, cleo: Client):
        """A page's nonce is that of its policy, everywhere, and another one each time."""
        answers = door.get_thrice(cleo, PAGE)
        nonces = [set(re.findall(r'nonce="([^"]+)"', answer.body.decode())) for answer in answers]

        for answer, found in zip(answers, nonces, strict=True):
            assert [f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"] for nonce in found] == [
                True
            ]
            assert int(answer.headers["Content-Length"]) == len(answer.body)
        assert len(set.union(*nonces)) == 3

    def test_has_a_token_that_counts(self, door: Door, signed_in, okrs: Okrs):
        """A form of a page that was given again can be sent."""
        browser = signed_in("cleo", enforce_csrf_checks=True)
        browser.get(PAGE)
        tokens = [TOKEN.findall(answer.body.decode())[0] for answer in door.get_thrice(browser, PAGE)]

        sent = browser.post("/w/acme/preferences/", {"theme": "dark", "csrfmiddlewaretoken": tokens[2]})

        assert sent.status_code == 303
        assert len(set(tokens)) == 3


class TestWhatEndsAnAnswer:
    @pytest.fixture(params=(JSON, PAGE))
    def path(self, request) -> str:
        return request.param

    def test_a_check_in(self, door: Door, cleo: Client, cast: Cast, okrs: Okrs, path: str):
        """What somebody recorded is in the next answer."""
        before = door.get_thrice(cleo, path)[-1]
        acme.check_in(okrs.growth, "50", by=cast.ada, at=timezone.now())

        assert door.get(cleo, path).body != before.body

    def test_the_end_of_the_session(self, door: Door, cleo: Client, path: str):
        """Who was signed out elsewhere is out at once."""
        door.get_thrice(cleo, path)
        Session.objects.all().delete()

        assert door.get(cleo, path).status == 302

    def test_leaving(self, door: Door, cleo: Client, cast: Cast, path: str):
        """Who has left their only company is signed out, and gets nothing more."""
        door.get_thrice(cleo, path)
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=timezone.now())

        assert door.get(cleo, path).status == 302

    def test_another_role(self, door: Door, cleo: Client, cast: Cast):
        """Who has become a guest is offered no more than a guest."""
        before = door.get_thrice(cleo, PAGE)[-1]
        people.change_role(person=cast.cleo.person_id, role="guest", by=cast.ada, at=timezone.now())

        assert b"select=1" in before.body
        assert b"select=1" not in door.get(cleo, PAGE).body

    def test_a_quarter_of_an_hour(self, door: Door, cleo: Client, path: str):
        """With each quarter of an hour a day may have begun, somewhere."""
        door.get_thrice(cleo, path)
        made = door.made
        door.moment = (door.moment // QUARTER + 1) * QUARTER
        door.get(cleo, path)

        assert door.made == made + 1

    def test_the_moment_the_session_ends(self, door: Door, cleo: Client, path: str):
        """An answer is not given beyond the time for which its reader is signed in."""
        end = timezone.now() + timedelta(seconds=60)
        Session.objects.update(expire_date=end)
        door.get_thrice(cleo, path)
        made = door.made
        door.moment = end.timestamp()
        door.get(cleo, path)

        assert door.made == made + 1


class TestWhoseAnAnswerIs:
    def test_another_persons_is_another(self, door: Door, cleo: Client, signed_in):
        """What Cleo was given is not given to a stranger, nor to somebody who is not signed in."""
        door.get_thrice(cleo, JSON)

        assert door.get(signed_in("zed"), JSON).status == 404
        assert door.get(Client(), JSON).status == 302

    def test_another_header_is_another(self, door: Door, cleo: Client):
        """Whatever else was sent along is another question."""
        door.get_thrice(cleo, PAGE)
        made = door.made
        door.get(cleo, PAGE, HTTP_HX_REQUEST="true")

        assert door.made == made + 1

    def test_what_was_sent_is_always_done(self, door: Door, cleo: Client):
        """Only questions are answered once more; what changes something is done each time."""
        for _ in range(3):
            environ = dict(RequestFactory().post(JSON).environ)
            b"".join(door.application(environ, lambda *said: None))

        assert door.made == 3
