"""Problems that programs run into: whatever a request raised, and its answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError, ValidationError

from milepost.actions.plans import PlanRefused
from milepost.actions.submissions import SubmissionReused
from milepost.api.faults import fault, parted
from milepost.core.problems import MOST_TOLD, Invalid, NotFound, Problem
from milepost.formats import exact_json, problem_json
from milepost.formats.places import FileProblem, FileProblems
from milepost.formats.problem_json import Fault
from milepost.ledger import faults as of_the_database

log = logging.getLogger("milepost.api")
# Where the words are those of a page, a program is told in others.
REMEDIES = {
    "disk_is_full": "Reading goes on. Try again once whoever runs this server has made room.",
    "database_is_busy": "Try again in a moment.",
}
# What is tried below /api/ without having read where it is: the name of the address that is meant.
GUESSED = {
    "docs": "api_reference",
    "v1": "api_reference",
    "v1/docs": "api_reference",
    "v1/openapi.json": "api_document",
}


class Unauthorized(Problem):
    """There is no token, or none that is good."""

    code = "unauthorized"
    status = 401

    def __init__(self, ending: str | None = None) -> None:
        super().__init__(
            f"This token {ending}." if ending else "A token is needed, and this is none that is good.",
            remedy="Make one on the API page of your workspace; send it as: Authorization: Bearer mp_…",
        )


class TooLarge(Problem):
    """More was sent than is read."""

    code = "too_large"
    status = 413


class NotJson(Problem):
    """The body does not read as JSON."""

    code = "not_json"
    status = 400


def answer(problem: Problem, faults: Sequence[Fault] = ()) -> HttpResponse:
    """Return the answer that says what happened."""
    body = problem_json.write(problem, faults)
    response = HttpResponse(body, status=problem.status, content_type=problem_json.MEDIA_TYPE)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="milepost"'
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def of(raised: Exception) -> HttpResponse:
    """Answer whatever a request ran into; a defect is logged, and says nothing of our inside.

    What the database could not do is none, and is told with the words that pages have for it.
    """
    match raised:
        case FileProblems():
            return _refused(raised, raised.message, [_in_file(each) for each in raised.problems])
        case PlanRefused():
            found = [Fault(each.where, str(each), each.code) for each in raised.problems]
            return _refused(raised, raised.message, found)
        case SubmissionReused():
            return answer(
                SubmissionReused(
                    "This Idempotency-Key came with another request before. Nothing was done.",
                    remedy="Take a new key for each request.",
                )
            )
        case Problem():
            return answer(raised)
        case ValidationError():
            return _invalid(raised)
        case RequestDataTooBig():
            return answer(TooLarge("The body is too large.", remedy="Send less at once."))
        case TooManyFieldsSent():
            return answer(
                Invalid(
                    "There are too many parameters.",
                    code="too_many_parameters",
                    remedy="See the reference for what this address takes.",
                )
            )
        case UnreadablePostError():
            return answer(NotJson("The body broke off.", remedy="Send it again."))
        case HttpError(status_code=400):
            wrong = raised.__cause__
            if isinstance(wrong, exact_json.NotJson):
                return answer(NotJson(wrong.message, remedy=wrong.remedy))
            if isinstance(wrong, (exact_json.NumberTooLarge, exact_json.TooMuch)):
                return answer(wrong)
            return answer(NotJson("The body is not JSON.", remedy="Send one JSON object, in UTF-8."))
    if (told := of_the_database.told(raised)) is not None:
        log.warning("%s: %s", told.code, told.message)
        told.remedy = REMEDIES.get(told.code, told.remedy)
        response = answer(told)
        response._has_been_logged = True  # else Django adds a second line, that says less
        return response
    log.error("A defect", exc_info=raised)
    return answer(
        Problem(
            "Something went wrong on our side. Nothing was changed.",
            code="defect",
            remedy="Try again; if it happens once more, tell whoever runs this server the time it happened.",
            status=500,
        )
    )


def _refused(raised: Problem, message: str, faults: Sequence[Fault]) -> HttpResponse:
    """Answer with what is wrong in a file: one sentence, and each place with its line among the errors."""
    return answer(Invalid(message, code=raised.code, remedy=raised.remedy), faults)


def _in_file(found: FileProblem) -> Fault:
    return Fault(found.place.where, str(found), found.code)


def _invalid(raised: ValidationError) -> HttpResponse:
    # What is no id at all leads nowhere, like an id that nothing has.
    if any(error["loc"][0] == "path" for error in raised.errors):
        return answer(NotFound())
    faults = [fault(error) for error in raised.errors[:MOST_TOLD]]
    what, remedy = parted(faults[0].detail)
    if (number := len(raised.errors)) > 1:
        what = f"{faults[0].detail} ({number - 1:,} more)"
        more = f"the first {MOST_TOLD}" if number > MOST_TOLD else "field by field"
        remedy = f"See `errors`, {more}."
    field = faults[0].field
    said = f"{field[: problem_json.LONGEST_FIELD]}: {what}" if field else what
    return answer(Invalid(said, remedy=remedy), faults)


def not_allowed(methods: Sequence[str]) -> HttpResponse:
    """Answer a method that an address does not take."""
    response = answer(
        Problem(
            "This address does not take this method.",
            code="method_not_allowed",
            remedy=f"Use {', '.join(methods)}.",
            status=405,
        )
    )
    response.headers["Allow"] = ", ".join(methods)
    return response


@csrf_exempt
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address that leads nowhere, exactly as one that leads to what may not be seen.

    Where people look for what every API has, they are led there.
    """
    if request.method in ("GET", "HEAD") and (meant := GUESSED.get(rest.removesuffix("/"))):
        return HttpResponseRedirect(reverse(meant))
    return answer(NotFound())
