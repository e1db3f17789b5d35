"""What one keeps of an applied plan, to take it back by: what it changed as that stood, and as it left it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from milepost.core.plan.changes import CHANGED, CREATED, ENDED, Change, Changes
from milepost.core.plan.values import NOTHING, ObjectivePlan, Plan, WorkspacePlan

SECTIONS = {"person": "people", "team": "teams", "cycle": "cycles", "objective": "objectives"}
PARTS = {"key_result": "key_results", "initiative": "initiatives"}
GROWING = ("check_ins", "comments", "transitions", "history")
_ENTRIES = ("check_ins", "comments")
_PAST = ("transitions", "history")


@dataclass(frozen=True, slots=True)
class Kept:
    """Two small plans, `before` and `after`: the things that were changed, without what only grows.

    `created` names by kind what was made: people, teams, cycles and objectives, and key results and
    initiatives of objectives that were there. `entries` are the check-ins (key result, id) and comments that
    were added to what was there; `told` counts what was told of the past of what was there, which stays told.
    """

    before: Plan = Plan()
    after: Plan = Plan()
    created: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    told: int = 0


def of(changes: Changes) -> Kept:
    """Return what to keep of changes that are applied."""
    keeping = _Keeping(changes)
    for change in changes.items:
        if change.action in (CREATED, CHANGED, ENDED):
            keeping.take(change)
    return keeping.kept()


class _Keeping:
    """What is kept, in the making: each thing that is changed as a pair, as it stood and as it is left."""

    def __init__(self, changes: Changes) -> None:
        self.by_name = {(change.kind, change.id): change for change in changes.items}
        self.fresh = {change.id for change in changes.of("objective", CREATED)}
        self.workspace: tuple[WorkspacePlan | None, WorkspacePlan | None] = (None, None)
        self.things: dict[str, dict[str, tuple[Any, Any]]] = {name: {} for name in SECTIONS.values()}
        # By objective: the key results and initiatives that it had, and those that it has.
        self.parts: tuple[dict, dict] = (defaultdict(list), defaultdict(list))
        self.homes = {
            (kind, part.id): change.have.id
            for kind, name in PARTS.items()
            for change in changes.of("objective")
            if change.have is not None
            for part in getattr(change.have, name)
        }
        self.created: dict[str, list[str]] = defaultdict(list)
        self.entries: dict[str, list[str]] = defaultdict(list)
        self.told = 0

    def take(self, change: Change) -> None:
        """Keep what belongs to one change."""
        if change.action == CREATED and change.kind in (*SECTIONS, *PARTS):
            if change.kind in SECTIONS or change.under not in self.fresh:  # a part goes with its objective
                self.created[change.kind].append(change.id)
            return
        if change.kind == "workspace":
            self.workspace = (bare(change.have), bare(change.want))
        elif change.kind in SECTIONS:
            self._changed(change)
        elif change.kind in PARTS:
            self.parts[0][self.homes[change.kind, change.id]].append((change.kind, change.have))
            self.parts[1][change.under].append((change.kind, change.want))
        else:  # a link or a membership: it is kept with what it belongs to
            owner = self.by_name["team" if change.kind == "membership" else "objective", change.under]
            if owner.have is not None:
                self._changed(owner)
        for name in _ENTRIES:
            self.entries[name] += [f"{change.id} {entry.id}" for entry in change.added.get(name, ())]
        self.told += sum(len(change.added.get(name, ())) for name in _PAST) + len(
            change.fields.keys() & {"grade", "created"}
        )

    def _changed(self, change: Change) -> None:
        self.things[SECTIONS[change.kind]][change.id] = (change.have, change.want)

    def kept(self) -> Kept:
        """Return what was kept."""
        for id in {*self.parts[0], *self.parts[1]}:
            self._changed(self.by_name["objective", id])
        return Kept(
            self._plan(0),
            self._plan(1),
            {kind: tuple(ids) for kind, ids in self.created.items()},
            {name: tuple(ids) for name, ids in self.entries.items() if ids},
            self.told,
        )

    def _plan(self, side: int) -> Plan:
        """Return what was changed, as it stood (0) or as it is left (1)."""
        sections = {
            name: tuple(
                bare(pair[side], self.parts[side].get(id, ()))
                for id, pair in things.items()
                if pair[side] is not None
            )
            for name, things in self.things.items()
        }
        return Plan(self.workspace[side], **sections)


def bare(thing: Any, parts: Iterable[tuple[str, Any]] = ()) -> Any:
    """Return a thing without what only grows, and an objective with some of its parts alone."""
    names = {one.name for one in fields(thing)}
    said: dict[str, Any] = {name: () for name in (*GROWING, *PARTS.values()) if name in names}
    if isinstance(thing, ObjectivePlan):
        for kind, part in parts:
            said[PARTS[kind]] = (*said[PARTS[kind]], bare(part))
    return replace(thing, **said)
