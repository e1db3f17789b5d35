"""Taking a plan back that was applied: what it changed becomes what it was, field by field.

What was kept of it (`kept.py`: the things `before` and `after`), laid beside what holds `now`, says what to
apply, and what was changed again since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from milepost.core.plan.kept import GROWING, PARTS, SECTIONS, Kept, bare
from milepost.core.plan.values import (
    AlignmentPlan,
    MeasurePlan,
    MembershipPlan,
    ObjectivePlan,
    Plan,
    TeamPlan,
    WorkspacePlan,
)

# What only grows, what is stamped, what holds other things, and what a plan may leave out.
_APART = {*GROWING, *PARTS.values(), "id", "created", "grade", "members", "aligned_to"}
_ANY_ORDER = {"contributors", "visible_to"}


@dataclass(frozen=True, slots=True)
class Since:
    """A field that was changed again since: of what, what it says now, and what it said before."""

    of: str
    field: str
    now: Any
    then: Any


def taken_back(kept: Kept, now: Plan, today: date) -> tuple[Plan, list[Since]]:
    """Return the plan to apply, so that everything changed is as it was, and what was changed again since.

    What is not in `now` any more is left alone. The plan writes over what was changed since.
    """
    return _TakingBack(kept, today).run(now)


class _TakingBack:
    """One plan in the making."""

    def __init__(self, kept: Kept, today: date) -> None:
        self.kept, self.today = kept, today
        self.since: list[Since] = []

    def run(self, now: Plan) -> tuple[Plan, list[Since]]:
        before, after = self.kept.before, self.kept.after
        workspace = None
        if before.workspace is not None and now.workspace is not None:
            workspace = self._thing(before.workspace, after.workspace, bare(now.workspace), "The workspace")
        sections = {
            name: tuple(self._section(getattr(before, name), getattr(after, name), getattr(now, name)))
            for name in SECTIONS.values()
            if name != "objectives"
        }
        return Plan(workspace, **sections, objectives=tuple(self._objectives(now))), self.since

    def _section(self, before: Iterable, after: Iterable, now: Iterable) -> Iterable:
        were, are = ({one.id: one for one in things} for things in (before, after))
        for thing in now:
            if thing.id in were and thing.id in are:
                yield self._thing(were[thing.id], are[thing.id], bare(thing), thing.name)

    def _objectives(self, now: Plan) -> Iterable[ObjectivePlan]:
        were, are = ({one.id: one for one in plan.objectives} for plan in (self.kept.before, self.kept.after))
        parts = {name: self._parts(name, now) for name in PARTS.values()}
        homes = {home for found in parts.values() for home in found}
        for row in now.objectives:
            if row.id not in homes and not (row.id in were and row.id in are):
                continue
            own = bare(row)
            if row.id in were and row.id in are:
                own = self._thing(were[row.id], are[row.id], own, row.title)
            yield replace(own, **{name: tuple(found.get(row.id, ())) for name, found in parts.items()})

    def _parts(self, name: str, now: Plan) -> dict[str, list]:
        """Return the key results or initiatives that were changed, as they were, where they belonged."""
        were, are, there = (
            {
                part.id: (part, objective.id)
                for objective in plan.objectives
                for part in getattr(objective, name)
            }
            for plan in (self.kept.before, self.kept.after, now)
        )
        found: dict[str, list] = {}
        known = {objective.id for objective in now.objectives}
        for id, (part, home) in there.items():
            if id not in were or id not in are:
                continue
            wanted = self._value(part.title, "objective", were[id][1], are[id][1], home)
            thing = self._thing(were[id][0], are[id][0], bare(part), part.title)
            found.setdefault(wanted if wanted in known else home, []).append(thing)
        return found

    def _thing(self, before: Any, after: Any, now: Any, title: str) -> Any:
        said = {}
        for one in fields(now):
            name = one.name
            if name in _APART and not (name == "id" and isinstance(now, WorkspacePlan)):
                continue
            old, new, here = (getattr(each, name) for each in (before, after, now))
            if new is None and name == "email":
                continue  # a file that names no address had no opinion on it
            if isinstance(here, MeasurePlan):
                said[name] = self._thing(old, new, here, title)
            else:
                said[name] = self._value(title, name, old, new, here)
        if isinstance(now, ObjectivePlan):
            said["aligned_to"] = self._links(before.aligned_to, after.aligned_to, now.aligned_to, title)
        elif isinstance(now, TeamPlan):
            said["members"] = self._links(before.members, after.members, now.members, title)
        return replace(now, **said)

    def _value(self, of: str, name: str, before: Any, after: Any, now: Any) -> Any:
        if _same(name, before, after):
            return now
        if not _same(name, now, before) and not _same(name, now, after):
            self.since.append(Since(of, name, now, before))
        return before

    def _links(self, before: tuple, after: tuple, now: tuple, title: str) -> tuple:
        """Return links or memberships as they held: those that began end, those that ended begin anew."""
        held, holding, here = ({_key(one): one for one in some if one.until is None}
                               for some in (before, after, now))  # fmt: skip
        found = dict(here)
        for key in [*held, *(key for key in holding if key not in held)]:
            was, became, is_ = held.get(key), holding.get(key), here.get(key)
            if _terms(was) == _terms(became):
                continue
            if _terms(is_) not in (_terms(was), _terms(became)):
                self.since.append(Since(title, _FIELD[type(was or became)], _terms(is_), _terms(was)))
            if was is None:
                found.pop(key, None)
            elif is_ is None:
                found[key] = replace(was, since=self.today if isinstance(was, MembershipPlan) else None)
            else:
                found[key] = replace(is_, **dict(zip(_TERMS[type(was)], _terms(was), strict=True)))
        return (*(one for one in now if one.until is not None), *found.values())


_TERMS = {AlignmentPlan: ("how", "weight"), MembershipPlan: ("lead",)}
_FIELD = {AlignmentPlan: "links", MembershipPlan: "members"}


def _terms(link: AlignmentPlan | MembershipPlan | None) -> tuple | None:
    return None if link is None else tuple(getattr(link, name) for name in _TERMS[type(link)])


def _key(link: AlignmentPlan | MembershipPlan) -> Any:
    return link.person if isinstance(link, MembershipPlan) else (link.objective, link.key_result)


def _same(name: str, one: Any, other: Any) -> bool:
    return sorted(one) == sorted(other) if name in _ANY_ORDER else one == other
