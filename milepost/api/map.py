"""The alignment map, and what would follow if key results on it ended elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from milepost.api import answers
from milepost.api.answers import PartThen
from milepost.api.bearers import reader
from milepost.api.cycles import OfCycle
from milepost.api.operations import reads
from milepost.api.trees import Narrowed
from milepost.api.values import Ref
from milepost.core.problems import Invalid
from milepost.queries import outlines
from milepost.queries.alignment import View
from milepost.queries.cards import Reader
from milepost.queries.map import Map, Wish
from milepost.queries.outlines import Outline
from milepost.queries.records import maps
from milepost.queries.records.maps import MapRecord

router = Router(tags=["The whole"])


class MapAsked(OfCycle, PartThen, Narrowed):
    """What of the map is wanted, and how it is drawn."""

    every_cycle: bool = False
    branch: Annotated[Ref | None, Field(description="An objective: it, and what stands below it, alone.")] = (
        None
    )
    path: Annotated[Ref | None, Field(description="An objective whose way up is to stand open.")] = None
    key_results: Annotated[
        bool | None, Field(description="Whether cards list theirs; left out: where there is room.")
    ] = None
    unfolded: Annotated[bool, Field(description="As much as can be read on one map.")] = False
    arrange: Literal["level", "team"] = "level"

    def wish(self, looking: Reader, outline: Outline) -> Wish:
        """Return how the map is drawn; raises Invalid for a card that is not on it."""
        for field in ("branch", "path"):
            id = getattr(self, field)
            on_it = id in looking.image.objectives and outline.shows(looking, id)
            if id is not None and not on_it:
                raise Invalid(
                    "There is no such objective on this map.", field=field, remedy="Name one of its cards."
                )
        return Wish(
            by_team=self.arrange == "team",
            key_results=self.key_results,
            unfolded=self.unfolded,
            path=self.path,
            branch=self.branch,
        )


@reads(router, "/map", MapRecord)
def show(request: HttpRequest, asked: Query[MapAsked]) -> HttpResponse:
    """Show the alignment map: cards with their facts and places, what they serve, what hangs on nothing.

    It opens as far as can be read; `branch`, `path`, `unfolded` and the filters show more of less. For
    everything at once read /tree.
    """
    looking = reader(request, asked.on)
    with looking.image.lock:
        cycle = None if asked.every_cycle else asked.of(looking)
        outline = outlines.of(looking.image, outlines.cycles_around(looking.image, cycle))
        view = View(looking, outline, asked.filters(looking))
        found = Map(view, asked.wish(looking, outline))
        return answers.one(maps.record(found, cycle=cycle.name if cycle else "Every cycle"), asked)
