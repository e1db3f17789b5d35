"""Trees: what the whole and its map are narrowed to, as their pages are, by parameters of the same names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from milepost.api.answers import Then
from milepost.api.cycles import named
from milepost.api.objectives import Commitment
from milepost.api.values import Line, Ref
from milepost.core import terms
from milepost.core.pace import Status
from milepost.core.problems import Invalid
from milepost.queries import outlines
from milepost.queries.alignment import Filters, View
from milepost.queries.cards import Reader


class Narrowed(BaseModel):
    """What is wanted of a tree: several hold together."""

    team: Annotated[Ref | None, Field(description="A team with the teams below it.")] = None
    owner: Ref | None = None
    status: Status | None = None
    commitment: Commitment | None = None
    attention: Annotated[bool, Field(description="At risk or off track alone.")] = False
    mine: Annotated[bool, Field(description="Your own teams alone.")] = False
    words: Annotated[Line, Field(description="Words of titles, or their first letters.")] = ""

    def filters(self, looking: Reader, *, unaligned: bool = False, key_results: bool = True) -> Filters:
        """Return it as the tree takes it; raises Invalid for a team or a person that is not there."""
        if self.team is not None and self.team not in looking.image.teams:
            raise Invalid("There is no such team here.", field="team", remedy="Name one of /teams.")
        if self.owner is not None and self.owner not in looking.image.people:
            raise Invalid("There is no such person here.", field="owner", remedy="Name one of /people.")
        return Filters(
            team=self.team,
            owners=None if self.owner is None else frozenset([self.owner]),
            status=self.status and self.status.value,
            commitment=self.commitment,
            attention=self.attention,
            unaligned=unaligned,
            mine=self.mine,
            words=terms.terms(self.words) or None,
            key_results=key_results,
        )


class TreeAsked(Then, Narrowed):
    """How much of the whole is wanted."""

    key_results: bool = False
    cycle: Annotated[
        Ref | None, Field(description="A cycle with those around it; left out: every cycle.")
    ] = None
    unaligned: Annotated[bool, Field(description="What serves nothing, though it could, alone.")] = False

    def view(self, looking: Reader) -> View | None:
        """Return the tree as its page shows it when it is narrowed so; None where everything is wanted."""
        filters = self.filters(looking, unaligned=self.unaligned, key_results=self.key_results)
        cycle = None if self.cycle is None else named(looking, self.cycle)
        if cycle is None and not filters.is_narrow:
            return None
        outline = outlines.of(looking.image, outlines.cycles_around(looking.image, cycle))
        return View(looking, outline, filters)
