"""What must be true of the alignments of a plan: what they name, and that nothing runs in a ring."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.known import Known, ends_early, firsts, refers, weighs
from milepost.core.plan.loops import loops, way
from milepost.core.plan.unread import as_far_as_known, each, said
from milepost.core.plan.values import AlignmentPlan, ObjectivePlan, Plan

_PERHAPS = "perhaps"  # an end that could not be read: the link may be over


def link_problems(link: AlignmentPlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield what is wrong with one alignment."""
    yield from _one_parent(link, path)
    if said(link, "objective") is None or said(link, "key_result") is None:
        yield from refers(link, "objective", "objectives", known, path)
        yield from refers(link, "key_result", "key_results", known, path)
        yield from weighs(link, (*path, "weight"))
        yield from _window(link, path)


@as_far_as_known
def _one_parent(link: AlignmentPlan, path: Path) -> Iterator[PlanProblem]:
    if (link.objective is None) == (link.key_result is None):
        yield PlanProblem(
            path,
            "An alignment names one objective or one key result that this objective serves.",
            "one_parent",
            "Write either objective: or key_result:.",
        )


@as_far_as_known
def _window(link: AlignmentPlan, path: Path) -> Iterator[PlanProblem]:
    if link.since and link.until and link.until < link.since:
        yield ends_early((*path, "until"), "alignment", link.since, link.until)


def linked_twice(objective: ObjectivePlan, path: Path) -> Iterator[PlanProblem]:
    """Yield a problem for each alignment that repeats one in force."""
    seen: set[tuple[str | None, str | None]] = set()
    for index, link in each(objective, "aligned_to"):
        yield from _linked_again(link, seen, (*path, index))


@as_far_as_known
def _linked_again(link: AlignmentPlan, seen: set, path: Path) -> Iterator[PlanProblem]:
    target = (link.objective, link.key_result)
    if link.until is not None or target == (None, None):
        return
    if target in seen:
        yield PlanProblem(
            path,
            f"The objective already serves “{link.objective or link.key_result}”.",
            "aligned_twice",
            "Keep one of the two, or end the earlier one with until:.",
        )
    seen.add(target)


def ring_problems(plan: Plan, known: Known) -> Iterator[PlanProblem]:
    """Yield the rings of alignments; a key result stands under its objective, so a link to it leads there."""
    places = firsts((said(objective, "id"), index) for index, objective in enumerate(plan.objectives))
    links: dict[str, dict[str, tuple[int, AlignmentPlan]]] = {}
    for id, objective in known.objectives.items():
        links[id] = upper = {}
        for index, link in each(objective, "aligned_to"):
            parent = _served(link, known)
            if parent is not None:
                upper.setdefault(parent, (index, link))
    for loop in loops({child: tuple(parents) for child, parents in links.items()}):
        steps, where = [loop[0]], ("objectives",)
        for child, parent in pairwise(loop):
            index, link = links[child][parent]
            if said(link, "key_result") is not None:
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


def _served(link: AlignmentPlan, known: Known) -> str | None:
    """Return the objective that a link in force leads to, as far as that can be told."""
    if said(link, "until", _PERHAPS) is not None:
        return None
    return said(link, "objective") or known.key_results.get(said(link, "key_result") or "")
