"""What must be true of the alignments of a plan: what they name, and that nothing runs in a ring."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.known import Known, ends_early, names, negative_weight
from milepost.core.plan.loops import loops, way
from milepost.core.plan.values import AlignmentPlan, ObjectivePlan, Plan


def link_problems(link: AlignmentPlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield what is wrong with one alignment."""
    if (link.objective is None) == (link.key_result is None):
        yield PlanProblem(
            path,
            "An alignment names one objective or one key result that this objective serves.",
            "one_parent",
            "Write either objective: or key_result:.",
        )
        return
    yield from names(link.objective, known.objectives, "objective", "objectives", (*path, "objective"))
    yield from names(link.key_result, known.key_results, "key result", "key_results", (*path, "key_result"))
    if link.weight < 0:
        yield negative_weight((*path, "weight"))
    if link.since and link.until and link.until < link.since:
        yield ends_early((*path, "until"), "alignment", link.since, link.until)


def linked_twice(objective: ObjectivePlan, path: Path) -> Iterator[PlanProblem]:
    """Yield a problem for each alignment that repeats one in force."""
    seen = set()
    for index, link in enumerate(objective.aligned_to):
        target = (link.objective, link.key_result)
        if link.until is not None:
            continue
        if target in seen:
            yield PlanProblem(
                (*path, index),
                f"The objective already serves “{link.objective or link.key_result}”.",
                "aligned_twice",
                "Keep one of the two, or end the earlier one with until:.",
            )
        seen.add(target)


def ring_problems(plan: Plan, known: Known) -> Iterator[PlanProblem]:
    """Yield the rings of alignments; a key result stands under its objective, so a link to it leads there."""
    places = {objective.id: index for index, objective in enumerate(plan.objectives)}
    links: dict[str, dict[str, tuple[int, AlignmentPlan]]] = {}
    for objective in known.objectives.values():
        upper: dict[str, tuple[int, AlignmentPlan]] = {}
        for index, link in enumerate(objective.aligned_to):
            parent = link.objective or known.key_results.get(link.key_result or "")
            if link.until is None and parent is not None:
                upper.setdefault(parent, (index, link))
        links[objective.id] = upper
    for loop in loops({child: tuple(parents) for child, parents in links.items()}):
        steps, where = [loop[0]], ("objectives",)
        for child, parent in pairwise(loop):
            index, link = links[child][parent]
            if link.key_result is not None:
                steps.append(f"key result {link.key_result}")
            steps.append(parent)
            if child in places:
                where = ("objectives", places[child], "aligned_to", index)
        yield PlanProblem(
            where,
            f"These objectives serve each other in a ring: {way(steps)}.",
            "loop",
            "Take one of these alignments away, or end it with until:.",
        )
