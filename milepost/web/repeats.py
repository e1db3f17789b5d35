"""Answers given once more: the same question to the same database at the same hour has the same answer.

Framework, session, permission and image cost a hundred times what it takes to see that nothing was committed
since the answer was made (`milepost/ledger/stillness.py`). So where a view says that its answer depends on
nothing else, the answer is kept whole, beside all that was sent with the question: cookies and headers are
part of what it is kept under. Ending a session, taking a role, changing a word are commits like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from secrets import token_urlsafe
from threading import Lock
from time import perf_counter, time

from django.conf import settings
from django.http import HttpRequest

from milepost.actions import sessions
from milepost.ledger import stillness
from milepost.ledger.stillness import Mark
from milepost.web import form_tokens, headers, requests
from milepost.web.requests import Application

MOST, MOST_BYTES = 1024, 32 * 2**20  # answers, and what they hold themselves
QUARTER = 900  # seconds: days begin and end at quarters of an hour, in every time zone
TOLD_AGAIN = ("ETag", "Cache-Control", "Content-Length", "Vary", "X-Request-ID")
_SAID = "milepost.repeatable"

Name = tuple[str | tuple[str, str], ...]
Pieces = Callable[[bytes, bytes], list[bytes]]  # nonce, token of forms → the body


def repeatable(request: HttpRequest, pieces: Pieces | None = None) -> None:
    """Say that the answer depends on the database, the request and the quarter of an hour alone.

    A page with a nonce and forms says with `pieces` how it is put together for another request.
    """
    secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    if pieces is not None and (secret is None or secret != request.META.get("CSRF_COOKIE")):
        return  # whoever has no secret yet is given one of his own with each answer
    seat = request.seat
    until = min(
        (request.at.timestamp() // QUARTER + 1) * QUARTER,
        (seat.seen_at + sessions.SEEN_AGAIN_AFTER).timestamp(),  # then it is told that somebody is there
        seat.ends_at.timestamp(),
    )
    request.environ[_SAID] = _Said(requests.route(request), requests.who(request), until, secret, pieces)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a view says of an answer that may be given again."""

    route: str
    who: dict[str, str]
    until: float
    secret: str | None
    pieces: Pieces | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, and how long it holds."""

    said: _Said
    mark: Mark
    status: str
    headers: list[tuple[str, str]]
    body: list[bytes]
    size: int  # bytes

    def holds(self, mark: Mark | None, moment: float) -> bool:
        return self.mark == mark and moment < self.said.until

    def give(self, environ: dict, start_response: Callable) -> list[bytes]:
        begun, said, body = perf_counter(), self.said, self.body
        with requests.numbered(environ.get(requests.NUMBER, "")) as number:
            own = {"X-Request-ID": number}
            if said.pieces is not None:
                nonce = token_urlsafe(16)
                own["Content-Security-Policy"] = headers.POLICY.format(nonce=nonce)
                body = said.pieces(nonce.encode(), form_tokens.masked(said.secret).encode())
            start_response(self.status, [(name, own.get(name, value)) for name, value in self.headers])
            requests.tell("GET", said.route, int(self.status[:3]), begun, **said.who)
        return body


class _Answers:
    """What is kept; a name without an answer was asked once, and may be kept when it is asked again."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.by_name: dict[Name, _Kept | None] = {}
        self.mark: Mark | None = None

    def keep(self, name: Name, answer: _Kept | None) -> None:
        with self.lock:
            if answer is not None and answer.mark != self.mark:  # none of the others will hold again
                self.by_name, self.mark = dict.fromkeys(self.by_name), answer.mark
            others = sum(kept.size for kept in self.by_name.values() if kept is not None)
            if len(self.by_name) >= MOST or others + (0 if answer is None else answer.size) > MOST_BYTES:
                self.by_name = {}
            self.by_name[name] = answer


def repeating(answer: Application, *, clock: Callable[[], float] = time) -> Application:
    """Return an application that gives answers once more where that is right, and else asks `answer`.

    `clock` says how many seconds it is after 1970 began.
    """
    answers = _Answers()

    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return answer(environ, start_response)
        name = _name(environ)
        if name not in answers.by_name:
            body = answer(environ, start_response)
            if _SAID in environ:
                answers.keep(name, None)
            return body
        # Asked for before the answer is made: what is committed meanwhile may or may not be in it.
        mark = stillness.mark()
        kept = answers.by_name.get(name)
        if kept is not None and kept.holds(mark, clock()):
            return kept.give(environ, start_response)
        head: list = []

        def begin(status: str, headers: list[tuple[str, str]], *error) -> Callable:
            head[:] = status, headers
            return start_response(status, headers, *error)

        body = answer(environ, begin)
        if mark is not None and (said := environ.get(_SAID)) is not None:
            status, told = head
            if status.startswith("304"):  # whoever has the answer has the rest of its head, too
                told = [each for each in told if each[0] in TOLD_AGAIN]
            held = [] if said.pieces else list(body)
            answers.keep(name, _Kept(said, mark, status, told, held, sum(map(len, held))))
        return body

    return application


def _name(environ: dict) -> Name:
    asked = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ["wsgi.url_scheme"])
    told = [
        (name, value) for name, value in environ.items() if name[:5] == "HTTP_" and name != requests.NUMBER
    ]
    return (*asked, *told)
