"""The OpenAPI document: what django-ninja says of our operations, with what holds for all of them added."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import TypeAdapter

from milepost.actions.tokens import LENGTH, PREFIX
from milepost.api import limits
from milepost.api.codes import CODES
from milepost.api.examples import EXAMPLES, REFUSAL, Example
from milepost.api.faults import Code
from milepost.api.operations import ALSO
from milepost.api.routers import PREFIX as ROOT
from milepost.api.routers import api
from milepost.formats.problem_json import MEDIA_TYPE, ProblemRecord

REF = "#/components/schemas/{model}"
UNSAFE = ("post", "put", "patch", "delete")
REFUSALS = {
    400: "The body is not JSON or says a name twice, or the Idempotency-Key cannot be kept.",
    401: "There is no token, or none that is good.",
    403: "The token does not reach that far, its person may not do this, or lacks the second "
    "step at sign-in that the workspace asks for (`second_step_needed`).",
    404: "There is nothing there, or nothing that you may see.",
    405: "The address does not take this method; `Allow` says which it takes.",
    406: "Only JSON is answered.",
    409: "The thing has changed meanwhile, or its state does not allow this.",
    411: "The body came in pieces, to a server that cannot tell where it ends.",
    412: "Somebody has changed it since you read it, or the address keeps no versions (`no_versions`).",
    413: f"The body has more than {limits.BODY:,} bytes.",
    415: "Bodies are JSON.",
    422: "Something said cannot be accepted; `errors` says what, field by field.",
    429: "The token asked too often, or its person for too much at once (`too_many_at_once`); "
    "`Retry-After` says when to go on.",
    500: "A defect of ours; nothing was changed.",
    503: "The database does not answer, is busy, or only reads; nothing was changed.",
    507: "The server's disk is full; nothing was changed.",
}
# What is looked at before the token is: who asks is not counted for it.
UNCOUNTED = (401, 405, 406, 411, 413, 415)
RATE = {
    "RateLimit-Limit": ("How often this token may ask in a minute; once the token was looked at.", "integer"),
    "RateLimit-Remaining": ("How often it still may in this one.", "integer"),
    "RateLimit-Reset": ("Seconds until the next minute begins.", "integer"),
}
SIZE = {"Body-Limit": ("How many bytes a body holds; where one is taken.", "integer")}
TAG = {"ETag": ("Send it as If-None-Match, to be answered 304 while it is right; or as If-Match.", "string")}
REPLAYED = {"Idempotent-Replayed": ("true: an earlier request with this key did it.", "string")}
NEXT = {"Link": ("Where the list goes on, unless it ends here.", "string")}
ANSWERED = {
    304: TAG,
    201: {"Location": ("Where it is, if elsewhere.", "string")},
    401: {"WWW-Authenticate": ("Bearer.", "string")},
    405: {"Allow": ("The methods that it takes.", "string")},
    429: {"Retry-After": ("Seconds to wait.", "integer")},
    503: {"Retry-After": ("Seconds to wait.", "integer")},
}


@cache
def encoded() -> bytes:
    """Return the document as it is served."""
    return orjson.dumps(document(), option=orjson.OPT_NON_STR_KEYS)


@cache
def document() -> dict[str, Any]:
    """Make the document."""
    made = orjson.loads(
        orjson.dumps(api.get_openapi_schema(path_prefix=ROOT.lstrip("/")), option=orjson.OPT_NON_STR_KEYS)
    )
    components = made["components"]
    problem = TypeAdapter(ProblemRecord).json_schema(ref_template=REF, mode="serialization")
    components["schemas"] |= problem.pop("$defs") | {"Problem": problem}
    _name_codes(problem, CODES)
    _name_codes(components["schemas"]["Fault"], (*Code, *CODES))
    _let_be_narrowed(components["schemas"], made["paths"])
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": f"{PREFIX} and {LENGTH} letters and digits",
            "description": "A personal token. The scope an operation needs stands beside it: read, checkin, "
            "write or admin, each with those before it.",
        }
    }
    components["responses"] = {str(status): _refusal(status) for status in REFUSALS}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    made["servers"] = [{"url": "/"}]
    return made


def parameters(path: str) -> dict[str, frozenset[str]]:
    """Return what may stand behind the question mark of an address, by method."""
    return {
        method.upper(): frozenset(
            each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"
        )
        for method, operation in document()["paths"][path].items()
    }


def _let_be_narrowed(schemas: dict[str, Any], paths: dict[str, Any]) -> None:
    # `fields` leaves anything out but the id, where there is one.
    narrowed = {name for name in schemas if name.endswith("Record") and "id" in schemas[name]["properties"]}
    for operation in (methods["get"] for methods in paths.values() if "get" in methods):
        if any(each["name"] == "fields" for each in operation.get("parameters", ())):
            name = _named(operation["responses"]["200"]["content"]["application/json"]["schema"])
            items = schemas[name]["properties"].get("items")
            narrowed.add(_named(items["items"]) if items and name.endswith("Slice") else name)
    for name in narrowed:
        if "id" in schemas[name]["properties"]:
            schemas[name]["required"] = ["id"]
        else:
            del schemas[name]["required"]


def _name_codes(schema: dict[str, Any], codes: Iterable[str]) -> None:
    # No enum: another code may come with any version, and a program that was generated would break on it.
    schema["properties"]["code"]["x-extensible-enum"] = sorted({str(code) for code in codes})


def _named(schema: dict[str, Any]) -> str:
    return schema["$ref"].rpartition("/")[2]


def _refusal(status: int) -> dict[str, Any]:
    counted = {} if status in UNCOUNTED else RATE
    headers = _headers(ANSWERED.get(status, {}) | counted | SIZE)
    example = {"example": REFUSAL} if status == REFUSAL["status"] else {}
    return {
        "description": REFUSALS[status],
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}} | example},
    }


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    for kind in ALSO.get(path.removeprefix(ROOT), ()) if method == "get" else ():
        operation["responses"]["200"]["content"][kind] = {"schema": {"type": "string"}}
    for written, response in operation["responses"].items():
        status = int(written)
        if status < 400:
            response["headers"] = _headers(RATE | _more(status, method, operation))
            response["description"] = _words(status, method)
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _said(parameter["schema"])
    if (example := EXAMPLES.get(operation["operationId"])) is not None:
        _show(operation, example)
    operation["description"] = " ".join(operation["description"].split())


def _show(operation: dict[str, Any], example: Example) -> None:
    """Write an example where what it shows is described."""
    if example.body is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = example.body
    done = "201" if "201" in operation["responses"] else "200"
    operation["responses"][done]["content"]["application/json"]["example"] = example.answer


def _more(status: int, method: str, operation: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the headers of an answer that says yes, beside those of every answer."""
    told = ANSWERED.get(status, {})
    if method == "get":
        is_list = any(each["name"] == "after" for each in operation.get("parameters", ()))
        return told | (TAG | (NEXT if is_list else {}) if status == 200 else {})
    told = told | SIZE | REPLAYED
    if status != 200:
        return told
    # What an earlier request made, or what begins anew with another id, is said to be elsewhere.
    return told | ANSWERED[201] | ({} if "201" in operation["responses"] else TAG)


def _said(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter: behind a question mark there is no null, only leaving out."""
    if "anyOf" in schema:
        kept = [each for each in schema["anyOf"] if each != {"type": "null"}]
        if len(kept) == 1:
            schema = {**kept[0], **{name: told for name, told in schema.items() if name != "anyOf"}}
    return {name: told for name, told in schema.items() if name != "title"}


def _words(status: int, method: str) -> str:
    if status == 200 and method == "post":
        return (
            "An earlier request with the same Idempotency-Key did it, or it stood so already and nothing was "
            "recorded; this is what stands now."
        )
    words = {200: "What stands now.", 201: "Done.", 204: "Done.", 304: "What you have is right."}
    return words.get(status, HTTPStatus(status).phrase)


def _headers(named: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {name: {"description": words, "schema": {"type": kind}} for name, (words, kind) in named.items()}
