"""Suppositions: what would follow above if a key result ended elsewhere, or an objective stood elsewhere."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import AfterValidator, BaseModel, Field

from milepost.api import answers
from milepost.api.bearers import reader
from milepost.api.faults import Code, refused
from milepost.api.objectives import How
from milepost.api.operations import reads
from milepost.api.values import Exact, Ref
from milepost.core.ids import decode
from milepost.core.problems import Invalid, NotFound
from milepost.queries import placing, what_if
from milepost.queries.cards import Reader
from milepost.queries.placing import Place
from milepost.queries.records import suppositions
from milepost.queries.records.suppositions import PlaceRecord, SuppositionRecord, SuppositionsRecord

router = Router(tags=["Suppositions"])
LEAST, MOST = Decimal(-1), Decimal(2)
NO_SHARE = f"This is no share of the way from {LEAST} to {MOST}; 1 is the target."
A_SHARE = "Write 0.3 for 30 % of the way."
MOST_ENDS = 9  # as many as the map takes
END = r"[0-7][0-9a-hjkmnp-tv-z]{12}:-?[0-9]{1,3}(\.[0-9]{1,12})?"
ENDS = rf"^{END}(,{END}){{0,{MOST_ENDS - 1}}}$"


def _share(ends_at: Decimal) -> Decimal:
    if not LEAST <= ends_at <= MOST:
        raise refused(Code.NOT_A_SHARE, f"{NO_SHARE} {A_SHARE}")
    return ends_at


def _ends(text: str) -> str:
    if not re.fullmatch(ENDS, text):
        raise refused(
            Code.NOT_ENDS,
            f"Ids with a share each are expected here, {MOST_ENDS} at most. Write id:0.3,id:1 with ids.",
        )
    return text


class EndAsked(BaseModel):
    """Where a key result is supposed to end."""

    ends_at: Annotated[
        Exact,
        AfterValidator(_share),
        Field(description="The share of its way: 0 is the start, 1 the target."),
    ]


class EndsAsked(BaseModel):
    """Where several key results are supposed to end."""

    ends: Annotated[
        str,
        Field(
            max_length=500,
            json_schema_extra={"pattern": ENDS},
            description=f"Up to {MOST_ENDS} key results with the share of their ways: `id:0.3,id:1`.",
        ),
        AfterValidator(_ends),
    ]

    def read(self, looking: Reader) -> dict[int, Fraction]:
        """Return the share that is supposed of each; raises Invalid for what is none, not there, or twice."""
        found: dict[int, Fraction] = {}
        for pair in self.ends.split(","):
            key, _, share = pair.partition(":")
            id = decode(key)
            if id not in looking.image.key_results or not looking.sees(id):
                raise Invalid(
                    "There is no such key result.", field="ends", remedy="Name one of /key-results."
                )
            if id in found:
                raise Invalid(
                    "A key result is named twice.", field="ends", remedy="It ends in one place: name it once."
                )
            found[id] = Fraction(share)
            if not LEAST <= found[id] <= MOST:
                raise Invalid(NO_SHARE, field="ends", remedy=A_SHARE)
        return found


class PlaceAsked(BaseModel):
    """Where an objective is supposed to stand: what it leaves, and what it serves; nothing: by itself."""

    leaves: Annotated[Ref | None, Field(description="An objective or a key result that it serves now.")] = (
        None
    )
    serves: Annotated[Ref | None, Field(description="An objective or a key result.")] = None
    how: How = "contributes"
    weight: Exact = Decimal(1)


@reads(router, "/key-results/{key_result}/supposition", SuppositionRecord)
def of_key_result(request: HttpRequest, key_result: Path[Ref], asked: Query[EndAsked]) -> HttpResponse:
    """Suppose that a key result ends somewhere: what follows above it, as far as you see it."""
    looking = reader(request)
    with looking.image.lock:
        found = what_if.suppose(looking, {key_result: Fraction(asked.ends_at)})
        return answers.one(suppositions.of_supposition(found))


@reads(router, "/map/supposition", SuppositionsRecord)
def of_several(request: HttpRequest, asked: Query[EndsAsked]) -> HttpResponse:
    """Suppose that several key results end somewhere, all at once: what follows above them."""
    looking = reader(request)
    with looking.image.lock:
        found = what_if.suppose(looking, asked.read(looking))
        return answers.one(suppositions.of_suppositions(found))


@reads(router, "/objectives/{objective}/supposition", PlaceRecord)
def of_objective(request: HttpRequest, objective: Path[Ref], asked: Query[PlaceAsked]) -> HttpResponse:
    """Suppose that an objective stood elsewhere: what would change above it, or the loop it would make."""
    looking = reader(request)
    with looking.image.lock:
        found = placing.preview(
            looking,
            looking.objective_row(objective),
            leaves=_place(looking, asked.leaves, "leaves"),
            to=_place(looking, asked.serves, "serves"),
            how=asked.how,
            weight=asked.weight,
        )
        return answers.one(suppositions.of_place(found))


def _place(looking: Reader, id: int | None, field: str) -> Place | None:
    if id is None:
        return None
    try:
        return placing.place(looking, "o" if id in looking.image.objectives else "k", id)
    except NotFound:
        raise Invalid(
            "There is nothing there to serve.", field=field, remedy="Name an objective or a key result."
        ) from None
