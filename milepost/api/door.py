"""What every request and answer of a program goes through: methods, media types, limits, entity tags."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from milepost.api import limits, once, problems, versions
from milepost.core.problems import Invalid, Problem
from milepost.formats import entity_tags, problem_json
from milepost.ledger import sight

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ACCEPTED = ("*/*", "application/*", "application/json", problem_json.MEDIA_TYPE)


def through(
    view: Callable,
    methods: tuple[str, ...],
    *,
    known: Callable[[str], frozenset[str]],
    guarded: frozenset[str],
    also: frozenset[str] = frozenset(),
) -> Callable:
    """Return the view of an address with everything around it that all of them share.

    `known` names what may stand behind the question mark, by method; `guarded` are the methods that take
    `If-Match`, and `also` the media types that it gives besides JSON to whoever accepts them.
    """

    def passing(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "HEAD" and "GET" in methods:
            request.method = "GET"  # whoever sends the answer leaves the body out
        if request.method not in methods:
            return problems.not_allowed(["HEAD", *methods] if "GET" in methods else list(methods))
        try:
            _check(request, known, guarded, also)
            # Nothing is seen until a token lets somebody in; what is entered then is left with the answer.
            with sight.nothing(), ExitStack() as request.until_answered:
                response = view(request, *args, **kwargs)
        except Exception as raised:
            response = problems.of(raised)
        response.headers["Vary"] = "Authorization, Accept" if also else "Authorization"
        return _finished(request, response)

    passing.csrf_exempt = True  # no cookie lets anybody in here
    return passing


def _check(
    request: HttpRequest,
    known: Callable[[str], frozenset[str]],
    guarded: frozenset[str],
    also: frozenset[str],
) -> None:
    accepted = {part.partition(";")[0].strip() for part in request.headers.get("Accept", "*/*").split(",")}
    if accepted.isdisjoint(ACCEPTED) and accepted.isdisjoint(also):
        raise Problem(
            "Answers are JSON.", code="not_acceptable", remedy="Accept application/json.", status=406
        )
    _check_signs(request)
    if request.GET:
        _check_parameters(request, known(request.method))
    if request.method not in UNSAFE:
        return
    once.key(request)  # one that cannot be kept is refused also where there is nothing to do twice
    if versions.HEADER in request.headers and request.method not in guarded:
        raise versions.NoVersions
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "Transfer-Encoding" in request.headers:
        # Another server than ours, which cannot tell where it ends: Django takes that for an empty one.
        raise Problem(
            "The body does not say how long it is.",
            code="length_required",
            remedy="Send it with Content-Length, not in pieces.",
            status=411,
        )
    if length.isdecimal() and int(length) > limits.BODY:
        raise problems.TooLarge(
            f"A body holds {limits.BODY:,} bytes.", remedy="Send less at once, or apply a file."
        )
    if length.strip("0"):
        _check_kind(request)


def _check_kind(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(
            "Bodies are JSON in UTF-8.",
            code="unsupported_media_type",
            remedy="Send Content-Type: application/json.",
            status=415,
        )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(
            "Bodies come as they are.",
            code="unsupported_media_type",
            remedy="Send it without Content-Encoding, not compressed.",
            status=415,
        )


def _check_signs(request: HttpRequest) -> None:
    """Refuse parameters that are no UTF-8: else they would be read as something that nobody asked for."""
    asked = request.META.get("QUERY_STRING", "")
    if "%" not in asked:
        return
    for part in asked.split("&"):
        try:
            unquote_to_bytes(part).decode()
        except UnicodeDecodeError:
            name = part.partition("=")[0]
            raise Invalid(
                "This parameter is not in UTF-8.",
                code="bad_character",
                field=name if name.isascii() and name.isidentifier() else None,
                remedy="Write its letters in UTF-8, each byte as % and two digits.",
            ) from None


def _check_parameters(request: HttpRequest, known: frozenset[str]) -> None:
    if unknown := sorted(request.GET.keys() - known):
        raise Invalid(
            f"Not known here: {', '.join(unknown)[:200]}.",
            code="unknown_parameter",
            field=unknown[0][:80],
            remedy="See the reference for what this address takes.",
        )
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise Invalid(
                f"“{name}” stands there {len(values)} times.",
                code="repeated_parameter",
                field=name,
                remedy="Say it once.",
            )


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if (found := getattr(request, "count", None)) is not None:
        found.told(response)
    if request.method in UNSAFE:
        response.headers["Body-Limit"] = str(limits.BODY)
    elif response.status_code == 200:
        return unless_known(request, response)
    return response


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return an answer with its entity tag, or 304 where `If-None-Match` names it."""
    etag = response.headers.get("ETag")
    if etag is None:
        etag = response.headers["ETag"] = entity_tags.of(response.content)
    if entity_tags.is_known(etag, request.headers.get("If-None-Match")):
        response.status_code = 304
        response.content = b""
        del response.headers["Content-Type"]
    return response
