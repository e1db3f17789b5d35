"""How answers leave: those that are there whole in one go, the others piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from milepost.web.answers import in_one


def sent(application: Callable) -> tuple[Iterable[bytes], str]:
    """Return what a server is given to send, and the status."""
    head: list = []
    body = in_one(application)(RequestFactory().get("/livez").environ, lambda *said: head.extend(said))
    return body, head[0]


def giving(response: HttpResponse) -> Callable:
    """Return an application that answers with this response."""

    def application(environ, start_response):
        start_response("200 OK", [])
        return response

    return application


def lent() -> list:
    """Return the connections that a thread has now."""
    return connections.all(initialized_only=True)


@pytest.mark.django_db
class TestWholeAnswers:
    def test_are_a_list_of_one_piece(self):
        """A server sends a list together with its head."""
        body, status = sent(get_wsgi_application())

        assert (body, status) == ([b"".join(body)], "200 OK")
        assert isinstance(body, list)

    def test_are_over_when_they_leave(self):
        """Nobody closes a list, so what a response holds is let go of before."""
        response = HttpResponse([b"one", b"two"])

        assert sent(giving(response))[0] == [b"onetwo"]
        assert response.closed

    def test_leave_their_connection_to_others(self):
        """Of a connection for each thread the next one would always be that which has waited longest."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(sent, giving(HttpResponse(b"one"))).result()

            assert thread.submit(lent).result() == []


class TestStreams:
    def test_leave_piece_by_piece(self):
        """What is not there whole is not waited for, and the server closes it."""
        response = StreamingHttpResponse(iter([b"one", b"two"]))

        assert sent(giving(response))[0] is response
        assert not response.closed

    def test_keep_their_connection_until_they_have_left(self):
        """They go on reading; the thread's next answer gives it back."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(sent, giving(StreamingHttpResponse(iter([b"one"])))).result()
            assert len(thread.submit(lent).result()) == 1

            thread.submit(sent, giving(HttpResponse(b"one"))).result()
            assert thread.submit(lent).result() == []

    def test_may_come_from_whatever_answers(self):
        """What says nothing of being whole is left as it is."""
        pieces = iter([b"one"])

        assert sent(giving(pieces))[0] is pieces
