"""Search: anything by the first letters of its words."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AfterValidator, Field

from milepost.api import answers
from milepost.api.answers import Part
from milepost.api.bearers import reader
from milepost.api.operations import reads
from milepost.api.values import PRINTABLE, printable
from milepost.queries.records import hits
from milepost.queries.records.hits import HitRecord

router = Router(tags=["The whole"])
MOST, USUAL, LONGEST = 50, 20, 200


class Wanted(Part):
    """What is looked for."""

    q: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="The words, or their first letters.",
            json_schema_extra=PRINTABLE,
        ),
        AfterValidator(printable),
    ]
    kind: Literal["team", "objective", "key_result", "person", "initiative", "cycle", "comment"] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = USUAL


@reads(router, "/search", HitRecord, many=True)
def index(request: HttpRequest, asked: Query[Wanted]) -> HttpResponse:
    """List what has these words and you may see, the likeliest first.

    Each word must begin a word of the same title or text; case and accents do not count.
    """
    found = hits.found(reader(request), asked.q, kind=asked.kind, most=asked.limit)
    return answers.many(request, HitRecord, found, asked)
