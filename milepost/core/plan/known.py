"""What a reference of a plan may name, and the problems that several rules find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from milepost.core.plan.findings import Path, PlanProblem, nearest
from milepost.core.plan.unread import as_far_as_known, said
from milepost.core.plan.values import CyclePlan, HistoryPlan, ObjectivePlan, Plan, TeamPlan

KINDS = ("people", "teams", "cycles", "objectives", "key_results")
_NOUNS = dict(zip(KINDS, ("person", "team", "cycle", "objective", "key result"), strict=True))


@dataclass
class Known:
    """What a reference may name, in the plan or in the workspace it is applied to.

    Where an id stands twice in the plan, the first thing that has it is meant: the second is the one to mend.

    Of a kind there may be more than could be read: `nameless` counts the things whose id could not be, and of
    the kinds that are `unsure` there may be any number. `missed` are the references to what is not there.
    `pasts` are the histories of the work that the workspace holds, by kind and id.
    """

    people: set[str] = field(default_factory=set)
    teams: dict[str, TeamPlan] = field(default_factory=dict)
    cycles: dict[str, CyclePlan] = field(default_factory=dict)
    objectives: dict[str, ObjectivePlan] = field(default_factory=dict)
    key_results: dict[str, str | None] = field(default_factory=dict)  # id → its objective's id
    unsure: set[str] = field(default_factory=set)
    nameless: Counter[str] = field(default_factory=Counter)
    missed: dict[str, dict[str, list[PlanProblem]]] = field(default_factory=dict)
    pasts: dict[tuple[str, str], tuple[HistoryPlan, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, have: Plan, unsure: Collection[str] = ()) -> Known:
        known = cls(unsure=set(unsure))
        for source in (have, plan):
            known.people.update(id for id, _ in known._named("people", source.people))
            known.teams.update(firsts(known._named("teams", source.teams)))
            known.cycles.update(firsts(known._named("cycles", source.cycles)))
            known.objectives.update(firsts(known._named("objectives", source.objectives)))
            uppers: list[tuple[str, str | None]] = []
            for objective in source.objectives:
                below = said(objective, "key_results")
                if below is None:
                    known.unsure.add("key_results")
                upper = said(objective, "id")
                uppers += [(id, upper) for id, _ in known._named("key_results", below or ())]
            known.key_results.update(firsts(uppers))
        for objective in have.objectives:
            known.pasts["objectives", objective.id] = objective.history
            known.pasts.update({("key_results", one.id): one.history for one in objective.key_results})
        return known

    def _named(self, kind: str, things: Iterable[Any]) -> Iterator[tuple[str, Any]]:
        for thing in things:
            id = said(thing, "id")
            if id is None:
                self.nameless[kind] += 1
            else:
                yield id, thing

    def excused(self) -> set[PlanProblem]:
        """Return the references that may well mean things whose ids could not be read."""
        return {
            problem
            for kind, missed in self.missed.items()
            if kind in self.unsure or len(missed) <= self.nameless[kind]
            for problems in missed.values()
            for problem in problems
        }


def firsts(named: Iterable[tuple[str | None, Any]]) -> dict[str | None, Any]:
    """Keep, of what has the same id, the first."""
    found: dict[str | None, Any] = {}
    for id, thing in named:
        found.setdefault(id, thing)
    return found


def names(wanted: str | None, kind: str, known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield a problem where a reference names nothing that is there."""
    there = getattr(known, kind)
    if wanted is not None and wanted not in there:
        problem = PlanProblem(
            path,
            f"There is no {_NOUNS[kind]} “{wanted}”.",
            "unknown_reference",
            nearest(wanted, there) or f"Add it under {kind}, or name one that is there.",
        )
        known.missed.setdefault(kind, {}).setdefault(wanted, []).append(problem)
        yield problem


def refers(thing: Any, name: str, kind: str, known: Known, path: Path) -> Iterable[PlanProblem]:
    """Return a problem where the field `name` of a thing names nothing that is there."""
    wanted = said(thing, name)
    if wanted is None or wanted in getattr(known, kind):  # as nearly always: then nothing is begun
        return ()
    return names(wanted, kind, known, (*path, name))


@as_far_as_known
def refers_to_people(thing: Any, name: str, known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield a problem for each of several people whom a field names and who are not there."""
    for index, person in enumerate(getattr(thing, name)):
        yield from names(person, "people", known, (*path, name, index))


def ends_early(path: Path, noun: str, starts: object, ends: object) -> PlanProblem:
    """Say that something ends before it begins."""
    return PlanProblem(
        path,
        f"The {noun} ends on {ends}, before it begins on {starts}.",
        "ends_before_it_starts",
        "Swap the two days, or correct one of them.",
    )


def weighs(thing: Any, path: Path) -> Iterable[PlanProblem]:
    """Return a problem where the weight of a thing is below zero."""
    weight = said(thing, "weight")
    if weight is None or weight >= 0:
        return ()
    remedy = "Write 0 for what is shown and does not count."
    return (PlanProblem(path, "A weight cannot be negative.", "negative_weight", remedy),)
