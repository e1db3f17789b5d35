"""What a reference of a plan may name, and the problems that several rules find."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from milepost.core.plan.findings import Path, PlanProblem, nearest
from milepost.core.plan.values import CyclePlan, ObjectivePlan, Plan, TeamPlan


@dataclass
class Known:
    """What a reference may name, in the plan or in the workspace it is applied to."""

    people: set[str] = field(default_factory=set)
    teams: dict[str, TeamPlan] = field(default_factory=dict)
    cycles: dict[str, CyclePlan] = field(default_factory=dict)
    objectives: dict[str, ObjectivePlan] = field(default_factory=dict)
    key_results: dict[str, str] = field(default_factory=dict)  # id → its objective's id

    @classmethod
    def of(cls, plan: Plan, have: Plan) -> Known:
        known = cls()
        for source in (have, plan):
            known.people.update(person.id for person in source.people)
            known.teams.update((team.id, team) for team in source.teams)
            known.cycles.update((cycle.id, cycle) for cycle in source.cycles)
            known.objectives.update((objective.id, objective) for objective in source.objectives)
            known.key_results.update(
                (key_result.id, objective.id)
                for objective in source.objectives
                for key_result in objective.key_results
            )
        return known


def names(
    wanted: str | None, known: Collection[str], noun: str, where: str, path: Path
) -> Iterator[PlanProblem]:
    """Yield a problem where a reference names nothing that is there."""
    if wanted is not None and wanted not in known:
        yield PlanProblem(
            path,
            f"There is no {noun} “{wanted}”.",
            "unknown_reference",
            nearest(wanted, known) or f"Add it under {where}, or name one that is there.",
        )


def names_person(wanted: str | None, known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield a problem where a reference names nobody."""
    return names(wanted, known.people, "person", "people", path)


def names_people(wanted: Collection[str], known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield a problem for each of several references that names nobody."""
    for index, person in enumerate(wanted):
        yield from names_person(person, known, (*path, index))


def ends_early(path: Path, noun: str, starts: object, ends: object) -> PlanProblem:
    """Say that something ends before it begins."""
    return PlanProblem(
        path,
        f"The {noun} ends on {ends}, before it begins on {starts}.",
        "ends_before_it_starts",
        "Swap the two days, or correct one of them.",
    )


def negative_weight(path: Path) -> PlanProblem:
    """Say that a weight is below zero."""
    return PlanProblem(
        path,
        "A weight cannot be negative.",
        "negative_weight",
        "Write 0 for what is shown and does not count.",
    )
