"""Answers: who wants JSON, and JSON with its entity tag, or 304 where the reader has it; how they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse

from milepost.formats import entity_tags
from milepost.ledger.lending import lender
from milepost.web.requests import Application

JSON = "application/json"


def are_json(request: HttpRequest) -> bool:
    """Say whether whoever asks speaks JSON, and so is answered in it."""
    if request.path.startswith("/api/v1/"):
        return True
    return request.content_type == JSON or request.headers.get("Accept", "").startswith(JSON)


def unless_known(request: HttpRequest, body: bytes) -> HttpResponse:
    """Answer with JSON, tagged by its bytes, or with 304."""
    etag = entity_tags.of(body)
    known = entity_tags.is_known(etag, request.headers.get("If-None-Match"))
    return tagged(None if known else body, etag)


def tagged(body: bytes | None, etag: str) -> HttpResponse:
    """Answer with JSON under a tag that is at hand; without a body, with 304."""
    answer = HttpResponse(body or b"", status=304 if body is None else 200, content_type=JSON)
    answer.headers["ETag"] = etag
    return answer


def in_one(answer: Application) -> Application:
    """Return an application that gives what is there whole as a list of one piece.

    A server sends a list in one go with its head. Anything else goes piece by piece: first the head alone,
    then each piece, with a change of threads before each. Who works on an answer is lent a connection to
    the database; what goes piece by piece goes on reading, so its thread keeps it until it answers again.
    """

    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        lender.take()
        response = answer(environ, start_response)
        if getattr(response, "streaming", True):
            return response
        try:
            return [response.content]
        finally:
            response.close()
            lender.give_back()

    return application
