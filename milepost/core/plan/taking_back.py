"""Taking a plan back that was applied: what it changed becomes what it was, field by field.

Of a change one keeps two small plans, `before` and `after`: the things that it changed, as they stood and as
it left them, without what only grows. Laid beside what holds `now`, they say what to apply, and what was
changed again since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from milepost.core.plan.changes import CHANGED, CREATED, ENDED, Changes
from milepost.core.plan.values import (
    NOTHING,
    AlignmentPlan,
    MeasurePlan,
    MembershipPlan,
    ObjectivePlan,
    Plan,
    TeamPlan,
    WorkspacePlan,
)

SECTIONS = {"person": "people", "team": "teams", "cycle": "cycles", "objective": "objectives"}
PARTS = {"key_result": "key_results", "initiative": "initiatives"}
# What only grows, what is stamped, what holds other things, and what a plan may leave out.
_GROWING = ("check_ins", "comments", "transitions", "history")
_APART = {*_GROWING, *PARTS.values(), "id", "created", "grade", "members", "aligned_to"}
_ANY_ORDER = {"contributors", "visible_to"}


@dataclass(frozen=True, slots=True)
class Since:
    """A field that was changed again since: of what, what it says now, and what it said before."""

    of: str
    field: str
    now: Any
    then: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """What one keeps of an application, to take it back by.

    `created` names by kind what it made: people, teams, cycles and objectives, and key results and
    initiatives of objectives that were there. `entries` are the check-ins (key result, id) and comments that
    it added to what was there; `told` counts what it told of the past of what was there, which stays told.
    """

    before: Plan = Plan()
    after: Plan = Plan()
    created: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    told: int = 0


def kept(changes: Changes) -> Kept:
    """Return what to keep of changes that are applied."""
    created: dict[str, list[str]] = {}
    entries: dict[str, list[str]] = {"check_ins": [], "comments": []}
    touched: dict[str, dict[str, tuple[Any, Any]]] = {name: {} for name in SECTIONS.values()}
    inner: dict[str, dict[str, list]] = {"have": {}, "want": {}}
    workspaces: tuple[WorkspacePlan | None, WorkspacePlan | None] = (None, None)
    told, fresh = 0, {item.id for item in changes.of("objective", CREATED)}
    under = {
        (kind, part.id): objective.have.id
        for kind, name in PARTS.items()
        for objective in changes.of("objective")
        if objective.have is not None
        for part in getattr(objective.have, name)
    }
    frames = {(item.kind, item.id): item for item in changes.items}
    for item in changes.items:
        if item.action not in (CREATED, CHANGED, ENDED):
            continue
        if item.kind == "workspace":
            workspaces = (item.have, item.want)
        elif item.kind in SECTIONS:
            if item.action == CREATED:
                created.setdefault(item.kind, []).append(item.id)
                continue
            touched[SECTIONS[item.kind]][item.id] = (item.have, item.want)
        elif item.kind in PARTS and item.action == CREATED:
            if item.under not in fresh:
                created.setdefault(item.kind, []).append(item.id)
            continue
        elif item.kind in PARTS:
            inner["have"].setdefault(under[item.kind, item.id], []).append((item.kind, item.have))
            inner["want"].setdefault(item.under, []).append((item.kind, item.want))
        else:  # a link or a membership: it is kept with what it belongs to
            kind = "team" if item.kind == "membership" else "objective"
            owner = frames[kind, item.under]
            if owner.have is not None:
                touched[SECTIONS[kind]][owner.id] = (owner.have, owner.want)
        for name in entries:
            entries[name] += [f"{item.id} {entry.id}" for entry in item.added.get(name, ())]
        told += sum(len(item.added.get(name, ())) for name in ("transitions", "history"))
        told += "grade" in item.fields
    for id in {*inner["have"], *inner["want"]}:
        owner = frames["objective", id]
        touched["objectives"][id] = (owner.have, owner.want)
    plans = [
        Plan(
            workspaces[side],
            **{
                name: tuple(
                    _bare(pair[side], inner[("have", "want")[side]].get(id, ()))
                    for id, pair in things.items()
                    if pair[side] is not None
                )
                for name, things in touched.items()
            },
        )
        for side in (0, 1)
    ]
    return Kept(
        *plans,
        {kind: tuple(ids) for kind, ids in created.items()},
        {name: tuple(ids) for name, ids in entries.items() if ids},
        told,
    )


def _bare(thing: Any, parts: Iterable[tuple[str, Any]]) -> Any:
    """Return a thing without what only grows, and an objective with some of its parts alone."""
    names = {one.name for one in fields(thing)}
    said: dict[str, Any] = {name: () for name in (*_GROWING, *PARTS.values()) if name in names}
    if isinstance(thing, ObjectivePlan):
        for kind, part in parts:
            said[PARTS[kind]] = (*said[PARTS[kind]], _bare(part, ()))
    return replace(thing, **said)


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
            workspace = self._thing(before.workspace, after.workspace, now.workspace, "The workspace")
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
                yield self._thing(were[thing.id], are[thing.id], thing, thing.name)

    def _objectives(self, now: Plan) -> Iterable[ObjectivePlan]:
        were, are = ({one.id: one for one in plan.objectives} for plan in (self.kept.before, self.kept.after))
        parts = {name: self._parts(name, now) for name in PARTS.values()}
        homes = {home for found in parts.values() for home in found}
        for row in now.objectives:
            if row.id not in homes and not (row.id in were and row.id in are):
                continue
            bare = _bare(row, ())
            if row.id in were and row.id in are:
                bare = self._thing(were[row.id], are[row.id], bare, row.title)
            yield replace(bare, **{name: tuple(found.get(row.id, ())) for name, found in parts.items()})

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
            thing = self._thing(were[id][0], are[id][0], _bare(part, ()), part.title)
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
