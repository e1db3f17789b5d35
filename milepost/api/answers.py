"""Answers: records as JSON, whole or in part, one or a slice of many."""

from __future__ import annotations

import re
from dataclasses import fields as fields_of
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from pydantic import AfterValidator, BaseModel, Field

from milepost.actions.submissions import Done
from milepost.api import versions
from milepost.api.faults import Code, refused
from milepost.api.values import Day, Ref
from milepost.core.problems import Invalid
from milepost.queries.records.slices import Only, Slice, Wanted

JSON = "application/json"
MOST, USUAL = 1_000, 50

NAMES = "^[a-z_]+(,[a-z_]+)*$"


def _names_listed(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(NAMES, text):
        raise refused(
            Code.NOT_NAMES,
            "Names of fields are expected here. Write them with commas between: title,percent.",
        )
    return text


FIELDS = Annotated[
    str | None,
    Field(
        max_length=1_000,
        description="The fields to answer with, with commas between them; `id` comes along.",
        json_schema_extra={"pattern": NAMES},
    ),
    AfterValidator(_names_listed),
]


ON = Annotated[
    Day | None,
    Field(description="A past day: everything as it stood at its end, for whoever may see it today."),
]


class Part(BaseModel):
    """How much of a record is wanted."""

    fields: FIELDS = None


class Then(BaseModel):
    """Of which day something is wanted."""

    on: ON = None


class PartThen(Part, Then):
    """How much of a record is wanted, and of which day."""


class Page(BaseModel):
    """How much of a list is wanted."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = USUAL
    after: Annotated[Ref | None, Field(description="Where to go on: `next` of the answer before.")] = None
    fields: FIELDS = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.limit, self.after)

    def narrowed_to(self, asked: type) -> Any:
        """Return what the list is narrowed to: the fields of `asked` have the names of ours."""
        return asked(**{field.name: getattr(self, field.name) for field in fields_of(asked)})


class PageThen(Page, Then):
    """How much of a list is wanted, and of which day."""


def one(record: Any, part: Part | None = None) -> HttpResponse:
    """Answer with one record."""
    return _tagged(record, _json(_narrowed(record, only(type(record), part))))


def many(request: HttpRequest, of: type, found: Slice, page: Part | Page | None = None) -> HttpResponse:
    """Answer with a slice of many records, and with where the next one is."""
    names = only(of, page)
    body = {"items": [_narrowed(entry, names) for entry in found.items], "next": found.next}
    response = _json(body)
    if found.next is not None:
        query = urlencode({**request.GET.dict(), "after": found.next})
        response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    return response


def made(done: Done, record: Any, location: str) -> HttpResponse:
    """Answer with what was made; 200 where a request with the same key had made it, or it stood so before."""
    response = _json(record, status=200 if done.again or done.was_so else 201)
    response.headers["Location"] = location
    return marked(done, response)


def changed(done: Done, record: Any) -> HttpResponse:
    """Answer with what it is now."""
    return marked(done, _tagged(record, _json(record)))


def _tagged(record: Any, response: HttpResponse) -> HttpResponse:
    """Tag an answer, so that `If-Match` can name what it tells of."""
    response.headers["ETag"] = versions.etag(record, response.content)
    return response


def gone(done: Done) -> HttpResponse:
    """Answer that it is done, and that there is nothing more to say."""
    return marked(done, HttpResponse(status=204))


def marked(done: Done, response: HttpResponse) -> HttpResponse:
    """Say whether this was done by an earlier request."""
    if done.again:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def narrowed(body: bytes, record: type, part: Part) -> HttpResponse:
    """Answer with one record that is encoded already."""
    names = only(record, part)
    if names is None:
        return encoded(body)
    whole = orjson.loads(body)
    return _json({name: whole[name] for name in names})


def encoded(body: bytes, *, status: int = 200) -> HttpResponse:
    """Answer with what is encoded already."""
    return HttpResponse(body, status=status, content_type=JSON)


def _json(body: Any, *, status: int = 200) -> HttpResponse:
    return encoded(orjson.dumps(body), status=status)


def only(record: type, part: Part | Page | None) -> Only:
    """Return the fields of a record that are asked for, `id` among them; None stands for all."""
    if part is None or part.fields is None:
        return None
    known = [field.name for field in fields_of(record)]
    asked = set(part.fields.split(","))
    if unknown := sorted(asked.difference(known)):
        raise Invalid(
            f"No such field: {', '.join(unknown)[:200]}.",
            code="unknown_field",
            field="fields",
            remedy=f"There are {', '.join(known)}.",
        )
    return tuple(name for name in known if name in asked or name == "id")


def _narrowed(record: Any, names: Only) -> Any:
    if names is None or isinstance(record, dict):  # the query made no more than was asked for
        return record
    return {name: getattr(record, name) for name in names}
