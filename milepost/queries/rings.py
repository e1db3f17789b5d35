"""Rings: what would serve itself in the end. A key result stands below its objective, so it takes part.

A ring that leads through work which the actor may not see is no reason to refuse a link: that would tell of
the work. There a link that they do not see makes way.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from django.db.models import QuerySet

from milepost.core.access import Actor
from milepost.core.alignment import find_loop, path_of_loop, seen_loop, way_out
from milepost.core.problems import Invalid
from milepost.models import Alignment, KeyResult, Objective
from milepost.queries import standings

UNSEEN = "something you may not see"


class AlignmentLoop(Invalid):
    """A link that would make something serve itself."""

    code = "alignment_loop"


def in_the_way(actor: Actor, child: int, parent: int) -> list[int]:
    """Return the links that would close a ring with a new one, and that the actor does not see.

    Raises AlignmentLoop, with the way round, where they see all of a ring.
    """
    graph, found = _Graph(actor, parent), []
    if loop := seen_loop(graph.edges, child, parent, graph.sees):
        raise graph.refusal(loop)
    while loop := path_of_loop(graph.edges, child, parent):
        found.append(graph.part(loop))
    return found


def closed(actor: Actor) -> list[int]:
    """Return the links to end so that no ring is left, none of which the actor sees; raises AlignmentLoop."""
    graph, found = _Graph(actor), []
    while loop := find_loop(graph.edges):
        found.append(graph.part(loop))
    return found


class _Graph:
    """What serves what now, perhaps only above one that is `served`, and what of it an actor sees."""

    def __init__(self, actor: Actor, served: int | None = None) -> None:
        self.workspace_id = actor.workspace_id
        self.links: dict[tuple[int, int], int] = {}
        self.inside: list[tuple[int, int]] = []
        rows = Alignment.objects.of(self.workspace_id).filter(until_at=None)
        inside = KeyResult.objects.of(self.workspace_id)
        if served is None:
            served_ones = rows.exclude(parent_key_result=None).values("parent_key_result_id")
            self._take(rows, inside.filter(id__in=served_ones))
        else:
            # A ring that a new link closes leads upwards from there: a few steps, however large the whole.
            waiting, met = {served}, set()
            while waiting:
                met |= waiting
                above = self._take(rows.filter(child_id__in=waiting), inside.filter(id__in=waiting))
                waiting = above - met
        # A token that is limited to teams is its person's: what others do openly makes way for nobody.
        person = replace(actor, within=None)
        self.sees = cache(lambda id: standings.sees(person, id))
        self._names = cache(lambda id: standings.sees(actor, id))

    def _take(self, links: QuerySet, key_results: QuerySet) -> set[int]:
        """Take links and the key results' places in; return what stands above them."""
        ends = ("id", "child_id", "parent_objective_id", "parent_key_result_id")
        found = {(child, one or other): id for id, child, one, other in links.values_list(*ends)}
        inside = list(key_results.values_list("id", "objective_id"))
        self.links |= found
        self.inside += inside
        return {above for _, above in (*found, *inside)}

    @property
    def edges(self) -> list[tuple[int, int]]:
        return [*self.links, *self.inside]

    def part(self, loop: list[int]) -> int:
        """Take the first link of a ring away that leads to what is not seen; return its id."""
        step = way_out(loop, self.links, self.sees)
        if step is None:
            raise self.refusal(loop)
        return self.links.pop(step)

    def refusal(self, loop: list[int]) -> AlignmentLoop:
        """Return the problem of a ring, with the way round as far as it may be named."""
        titles: dict[int, str] = {}
        for model in (Objective, KeyResult):
            titles |= model.objects.of(self.workspace_id).filter(id__in=loop).values_list("id", "title")
        path = " → ".join(f"“{titles[id]}”" if self._names(id) else UNSEEN for id in loop)
        return AlignmentLoop(
            "This would make it serve itself in the end.", field="parent", remedy=f"The way round: {path}."
        )
