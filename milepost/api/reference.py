"""The reference: a page made from the OpenAPI document, and the document itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from milepost.api import answers, document, door

# The chapters as they are listed, under what they have in common.
GROUPS = (
    ("OKRs", ("Objectives", "Key results", "Check-ins", "Initiatives", "Alignments", "Comments",
              "Many at once", "OKRs as code")),
    ("Looking", ("You", "The whole", "Past days", "Comparisons", "Suppositions", "Views")),
    ("Organisation", ("People", "Teams", "Cycles", "Workspace")),
)  # fmt: skip
LONGEST = 100  # characters that are looked for


@dataclass(frozen=True)
class Field:
    """A row of a table of fields: how it is written, and what it means."""

    name: str
    kind: str
    is_required: bool
    words: str
    place: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation as the page lists it."""

    id: str
    chapter: str
    method: str
    path: str
    summary: str
    words: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[tuple[str, str, str], ...]  # (status, words, name of the record)
    examples: tuple[tuple[str, str], ...]  # (what it is of, JSON)

    def has(self, words: list[str]) -> bool:
        """Say whether its line or chapter has all of these words, as reference.js looks for them."""
        return _has(f"{self.chapter} {self.method} {self.path} {self.summary}", words)


@dataclass(frozen=True)
class Chapter:
    """The operations on one noun."""

    title: str
    id: str
    operations: list[Operation] = field(default_factory=list)

    def has(self, words: list[str]) -> bool:
        """Say whether one of its operations has all of these words."""
        return any(one.has(words) for one in self.operations)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show everything the API can do; with `q`, what has these words in its line."""
    found = document.document()
    q = request.GET.get("q", "")[:LONGEST].strip()
    # Whoever looks for check-in means checkins as well.
    words, chapters, records = q.casefold().replace("-", "").split(), _chapters(), _records()
    shown = sum(one.has(words) for chapter in chapters.values() for one in chapter.operations)
    named = [each for each in records if _has(f"Records {each[0]} {each[1]}", words)]
    context = {
        "groups": [(group, [chapters[title] for title in titles]) for group, titles in GROUPS],
        "records": records,
        "named": {name for name, *_ in named},
        "q": q,
        "asked": words,
        "shown": shown + len(named),
        "total": sum(len(chapter.operations) for chapter in chapters.values()) + len(records),
        "refusals": sorted(document.REFUSALS.items()),
        "words": found["info"]["description"].strip().split("\n\n"),
        "most": answers.MOST,
        "csp_nonce": request.csp_nonce,
    }
    return render(request, "reference/show.html", context)


@require_safe
def show_json(request: HttpRequest) -> HttpResponse:
    """Answer with the OpenAPI document."""
    return door.unless_known(request, answers.encoded(document.encoded()))


@cache
def _chapters() -> dict[str, Chapter]:
    found: dict[str, Chapter] = {}
    for path, methods in document.document()["paths"].items():
        for method, told in methods.items():
            title = told["tags"][0]
            chapter = found.setdefault(title, Chapter(title, title.lower().replace(" ", "-")))
            chapter.operations.append(_operation(path, method, told))
    return found


def _has(line: str, words: list[str]) -> bool:
    said = line.replace("`", "").replace("-", "").casefold()
    return all(word in said for word in words)


def _operation(path: str, method: str, told: dict[str, Any]) -> Operation:
    content = told.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    words, _, _ = told["description"].rpartition("Scope:")
    return Operation(
        id=told["operationId"],
        chapter=told["tags"][0],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        words=words.strip(),
        scope=told["security"][0]["token"][0],
        parameters=tuple(
            Field(
                each["name"],
                _kind(each["schema"]),
                each["required"],
                _described({**each["schema"], **_words(each)}),
                each["in"],
            )
            for each in told.get("parameters", ())
        ),
        body=_fields(_resolved(body)) if body else (),
        answers=tuple(_answers(told["responses"])),
        examples=tuple(_examples({"body": told.get("requestBody", {}), **told["responses"]})),
    )


def _examples(places: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for place, told in places.items():
        shown = told.get("content", {}).get("application/json", {}).get("example")
        if shown is not None:
            title = "Sent" if place == "body" else f"Answered, {place}"
            yield title, json.dumps(shown, indent=2, ensure_ascii=False)


def _words(parameter: dict[str, Any]) -> dict[str, str]:
    return {"description": parameter["description"]} if "description" in parameter else {}


def _answers(responses: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    for status, response in sorted(responses.items()):
        if "$ref" in response:
            continue
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        found.append((status, response["description"], _name(schema)))
    return found


@cache
def _records() -> list[tuple[str, str, tuple[Field, ...]]]:
    schemas = document.document()["components"]["schemas"]
    return [
        (name, " ".join(schema.get("description", "").split()), _fields(schema))
        for name, schema in sorted(schemas.items())
        if schema.get("type") == "object"
    ]


def _fields(schema: dict[str, Any]) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        Field(name, _kind(told), name in required, _described(told))
        for name, told in schema.get("properties", {}).items()
    )


def _described(told: dict[str, Any]) -> str:
    for one in (told, *told.get("anyOf", ())):
        # The kind says of an id and of a number what there is to say.
        if "description" in one and _kind(one) not in ("id", "exact number"):
            return one["description"]
    return ""


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    return document.document()["components"]["schemas"][_name(schema)]


def _name(schema: dict[str, Any]) -> str:
    return schema.get("$ref", "").rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> str:
    """Say in a few words how a value is written."""
    if "$ref" in schema:
        target = _resolved(schema)
        return _kind(target) if "enum" in target else _name(schema)
    if "allOf" in schema:
        return _kind(schema["allOf"][0])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema:
        if "An exact number" in schema.get("description", ""):
            return "exact number"
        return " or ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        items = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
        return f"list of {_kind(items)}"
    if schema.get("pattern", "").startswith("^[0-7][0-9a-h"):
        return "id"
    return {"date": "day", "date-time": "moment"}.get(schema.get("format"), schema.get("type", "anything"))
