"""Problems as pages: what happened, that nothing was lost, and the next step."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from milepost.core.plan.words import TEXT_LONGEST
from milepost.core.problems import NotFound, Problem
from milepost.formats import problem_json
from milepost.ledger import faults
from milepost.web import answers
from milepost.web.methods import page_above

log = logging.getLogger("milepost.web")


# Characters of all that a form says, files apart: fifteen of the longest texts that can be kept.
FORM_LONGEST = 15 * TEXT_LONGEST


class ProblemsMiddleware:
    """Turn a Problem that a view raised into a page, or into a toast for htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_in_other_letters(request):
            return unreadable(request)
        response = self.get_response(request)
        return _not_allowed(request, response) if isinstance(response, HttpResponseNotAllowed) else response

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Refuse a form with more text than anybody writes: a page that shows it again would send it back."""
        if request.method != "POST" or request.path_info.startswith("/api/"):
            return None
        written = sum(len(value) for _, values in request.POST.lists() for value in values)
        return answer(request, too_large(written)) if written > FORM_LONGEST else None

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answer a Problem, or what the database could not do; anything else is a defect and Django's."""
        if isinstance(problem, Problem):
            return answer(request, problem)
        fault = faults.told(problem)
        if fault is None:
            return None
        log.warning("%s: %s", fault.code, fault.message)
        response = answer(request, fault)
        response._has_been_logged = True  # else Django adds a second line, that says less
        return response


def too_large(written: int) -> Problem:
    """Say that a form was too long to be looked at."""
    return Problem(
        f"That was too much at once: {written:,} characters, so nothing was changed.",
        code="too_large",
        remedy=f"Send {FORM_LONGEST:,} at most. Your browser’s way back leads to what you wrote.",
        status=413,
    )


def _is_in_other_letters(request: HttpRequest) -> bool:
    # Django refuses these in forms without files. In those with files it reads by any name of a codec,
    # also of one that has no letters at all, such as base64, and breaks. Programs are told by their own door.
    letters = (request.content_params or {}).get("charset", "utf-8").lower()
    is_form = request.content_type == "multipart/form-data" and not request.path_info.startswith("/api/")
    return is_form and letters not in ("utf-8", "utf8")


def _not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """Say that an address does not take this method: who opens that of a form is led to the page above it."""
    is_opened = request.method in ("GET", "HEAD")
    problem = Problem(
        "This address takes what a form sends."
        if is_opened
        else "This address does not take this method. Nothing was changed.",
        code="method_not_allowed",
        status=405,
        remedy="The form is on another page." if is_opened else f"Use {refused.headers['Allow']}.",
    )
    response = answer(request, problem, above=page_above(request.path) if is_opened else None)
    response.headers["Allow"] = refused.headers["Allow"]
    return response


def answer(request: HttpRequest, problem: Problem, *, above: str | None = None) -> HttpResponse:
    """Return the page, the toast, or for a program the object, that says what happened.

    `above`: the address of a page that leads on.
    """
    if answers.are_json(request):
        response = as_json(problem)
    else:
        name = "toast.hx.html" if request.headers.get("HX-Request") else "show.html"
        response = render(
            request, f"problems/{name}", {"problem": problem, "above": above}, status=problem.status
        )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def as_json(problem: Problem) -> HttpResponse:
    """Return the answer for a program."""
    body = problem_json.write(problem)
    return HttpResponse(body, status=problem.status, content_type=problem_json.MEDIA_TYPE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, exactly as one that leads to what the reader may not see."""
    return answer(request, NotFound())


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django could not, or would not, read."""
    match exception:
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            problem = Problem(
                "That was too much at once, so nothing was changed.",
                code="too_large",
                remedy="Send less at once.",
                status=413,
            )
        case DisallowedHost():
            problem = Problem(
                "This server does not answer to that name.",
                code="unknown_host",
                remedy="Use the address that whoever runs it gave you.",
                status=400,
            )
        case _:
            problem = Problem(
                "What was sent could not be read, so nothing was changed.",
                code="unreadable",
                remedy="Go back, reload the page and try again.",
                status=400,
            )
    return answer(request, problem)


def forbidden(request: HttpRequest, reason: str = "", exception: Exception | None = None) -> HttpResponse:
    """Answer a form whose token is missing or old."""
    problem = Problem(
        "This form had expired, so nothing was changed.",
        code="form_expired",
        remedy="Go back, reload the page and send it again; what you typed is still there.",
        status=403,
    )
    return answer(request, problem)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer our own defect: logged, said plainly, nothing half done."""
    problem = Problem(
        "Something went wrong on our side. Nothing was changed.",
        code="defect",
        remedy="Try again; if it happens once more, tell whoever runs this server this number: "
        f"{getattr(request, 'number', 'none')}.",
        status=500,
    )
    return answer(request, problem)
