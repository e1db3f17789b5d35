"""What must be true of the history of the workspace, its teams and cycles, with what is known already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from milepost.core.cadence import Window, check_cycle
from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.frame_pasts import Dated, changed_now, told_anew
from milepost.core.plan.known import Known, firsts, names, refers
from milepost.core.plan.loops import way
from milepost.core.plan.pasts import told_in_vain
from milepost.core.plan.unread import Unread, as_far_as_known, each, said
from milepost.core.plan.values import NOTHING, CyclePlan, Plan
from milepost.core.problems import Invalid

_KINDS = ("teams", "cycles")
MOST_STEPS = 10_000_000  # from a team to the one above it, on the way to finding rings


def frame_past_problems(plan: Plan, have: Plan, known: Known) -> Iterator[PlanProblem]:
    """Yield what is wrong with what is told of the past of the workspace, its teams and cycles."""
    if plan.workspace is not None:
        there = have.workspace.history if have.workspace is not None else ()
        for index, change in each(plan.workspace, "history"):
            yield from refers(change, "by", "people", known, ("workspace", "history", index))
        yield from told_in_vain(plan.workspace, ("workspace",), known=there)
    for kind in _KINDS:
        before = {one.id: one for one in getattr(have, kind)}
        for index, thing in enumerate(getattr(plan, kind)):
            path, there = (kind, index), before.get(said(thing, "id"))
            yield from _references(thing, kind, known, path)
            yield from told_in_vain(thing, path, known=there.history if there is not None else ())
            if kind == "cycles":
                yield from _windows(thing, there, path)
        yield from _Rings(kind, plan, have).problems()


def _references(thing: Dated, kind: str, known: Known, path: Path) -> Iterator[PlanProblem]:
    for index, change in each(thing, "history"):
        here = (*path, "history", index)
        yield from refers(change, "by", "people", known, here)
        yield from names(said(change, "was", NOTHING).get("parent"), kind, known, (*here, "was", "parent"))


@as_far_as_known
def _windows(cycle: CyclePlan, before: CyclePlan | None, path: Path) -> Iterator[PlanProblem]:
    """Past days are drawn on the days that the cycle had then."""
    places = firsts((change.at, index) for index, change in enumerate(cycle.history))
    starts, ends = _now(cycle, before, "starts"), _now(cycle, before, "ends")
    for at, was in _backwards(cycle, before):
        starts, ends = was.get("starts", starts), was.get("ends", ends)
        if at not in places or not was.keys() & {"starts", "ends"} or ends is None:
            continue
        try:
            check_cycle(Window(starts, ends))
        except Invalid as wrong:
            yield PlanProblem(
                (*path, "history", places[at], "was"),
                f"{wrong.message} Before this change it would have run from {starts} to {ends}.",
                "ends_before_it_starts" if ends < starts else "cycle_length",
                "Correct one of the days, or tell the other one’s change as well.",
            )


def _now(thing: Dated, before: Dated | None, name: str) -> Any:
    """Return what a field holds before the file changes it."""
    is_changed = before is not None and name in changed_now(before, thing)
    return getattr(before if is_changed else thing, name)


def _backwards(thing: Dated, before: Dated | None) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    """Yield every change that will be known of a thing, the latest first."""
    known = before.history if before is not None else ()
    found = defaultdict(dict)
    for change in (*known, *(told.change for told in told_anew(before, thing))):
        found[change.at] |= change.was
    yield from sorted(found.items(), reverse=True, key=lambda pair: pair[0])


class _Rings:
    """The rings of parents that there would have been at some past moment."""

    def __init__(self, kind: str, plan: Plan, have: Plan) -> None:
        self.kind, self.is_told = kind, False
        self.parents: dict[str, str | None] = {}
        self.changes: dict[datetime, dict[str, str | None]] = defaultdict(dict)
        self.places: dict[tuple[str, datetime], Path] = {}
        before = {one.id: one for one in getattr(have, kind)}
        there = firsts((said(one, "id"), (place, one)) for place, one in enumerate(getattr(plan, kind)))
        for id, one in before.items():
            if id not in there:
                self._take(one, one)
        for id, (place, one) in there.items():
            try:
                self._take(one, before.get(id))
                self._place(one, (kind, place))
            except Unread:
                continue  # it stands below nothing that is known

    def _take(self, thing: Dated, before: Dated | None) -> None:
        self.parents[thing.id] = _now(thing, before, "parent")
        for at, was in _backwards(thing, before):
            if "parent" in was:
                self.changes[at][thing.id] = was["parent"]

    def _place(self, thing: Dated, path: Path) -> None:
        for index, change in enumerate(thing.history):
            self.is_told |= "parent" in change.was
            self.places.setdefault((thing.id, change.at), (*path, "history", index, "was"))

    def problems(self) -> Iterator[PlanProblem]:
        """Yield the last ring that there would have been; what holds now is looked at elsewhere."""
        steps = 0
        for at in sorted(self.changes, reverse=True) if self.is_told else ():
            self.parents |= self.changes[at]
            for id in self.changes[at]:
                line, is_ring = self._line(id)
                steps += len(line)
                if is_ring:
                    yield self._ring(line, at)
                    return
                if steps > MOST_STEPS:
                    yield PlanProblem(
                        (self.kind,),
                        f"So many changes of places among so many {self.kind} cannot be checked for rings.",
                        "too_many_changes",
                        "Leave the earliest out.",
                    )
                    return

    def _line(self, id: str) -> tuple[list[str], bool]:
        """Return what stands above something, itself first, and whether it comes back to itself."""
        line, above = {id: None}, self.parents.get(id)
        while above is not None and above not in line:
            line[above] = None
            above = self.parents.get(above)
        return [*line], above == id

    def _ring(self, line: list[str], at: datetime) -> PlanProblem:
        places = (self.places[one, at] for one in line if (one, at) in self.places)
        return PlanProblem(
            next(places, (self.kind,)),
            f"Before this change these {self.kind} would have been their own parents: "
            f"{way([*line, line[0]])}.",
            "loop",
            "Correct one of these parents, or the moment of its change.",
        )
