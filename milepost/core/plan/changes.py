"""What applying one plan over another would do: `diff(have, want)`.

What a plan says *now* may change. What it remembers (check-ins, comments, transitions, history) only grows:
an entry that is there already with other content is a problem, whose remedy is a correction. What is in
`have` alone is orphaned: it is said and never deleted. Links and memberships are part of what holds now, so
one that `want` no longer lists has *ended*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from operator import attrgetter
from typing import Any

from milepost.core.plan import frame_pasts
from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.pasts import spelt_once
from milepost.core.plan.steps import told_once
from milepost.core.plan.unread import altered
from milepost.core.plan.values import (
    NOTHING,
    AlignmentPlan,
    HistoryPlan,
    MeasurePlan,
    MembershipPlan,
    ObjectivePlan,
    Plan,
    WorkspacePlan,
    names_of,
)

CREATED, CHANGED, UNCHANGED, ORPHANED, ENDED = "created", "changed", "unchanged", "orphaned", "ended"
ACTIONS = (CREATED, CHANGED, UNCHANGED, ORPHANED, ENDED)
KINDS = (
    "workspace", "person", "team", "membership", "cycle", "objective", "alignment", "key_result",
    "initiative", "check_in", "comment", "transition", "history",
)  # fmt: skip

GROWING = {
    "check_ins": "check_in",
    "comments": "comment",
    "transitions": "transition",
    "history": "history",
}
_PARTS = {"members", "aligned_to", "key_results", "initiatives", *GROWING}
# A file that leaves these out has no opinion on them: they are stamped, or known only, where it is applied.
_NO_OPINION = {"created", "since", "email", "by"}
_ANY_ORDER = {"contributors", "visible_to"}


@dataclass(frozen=True)
class Change:
    """What happens to one object. `fields` maps a name to (old, new); `added` to the new entries."""

    kind: str
    id: str
    action: str
    title: str = ""
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=lambda: NOTHING)
    added: Mapping[str, Sequence] = field(default_factory=lambda: NOTHING)
    kept: Mapping[str, int] = field(default_factory=lambda: NOTHING)  # entries that only `have` holds
    have: Any = field(default=None, repr=False)
    want: Any = field(default=None, repr=False)
    under: str | None = None  # the objective or team it belongs to

    def as_json(self) -> dict[str, Any]:
        """Return plain values for a program to read; numbers are text, so that they stay exact."""
        said: dict[str, Any] = {"kind": self.kind, "id": self.id, "action": self.action, "title": self.title}
        if self.under is not None:
            said["under"] = self.under
        if self.fields:
            said["fields"] = {
                name: {"from": _plain(old), "to": _plain(new)} for name, (old, new) in self.fields.items()
            }
        if self.added:
            said["added"] = {name: len(entries) for name, entries in self.added.items()}
        if self.kept:
            said["kept"] = dict(self.kept)
        return said


@dataclass(frozen=True)
class Changes:
    """All changes, in the order of `want`, each kind's orphans after what `want` holds."""

    items: tuple[Change, ...] = ()
    problems: tuple[PlanProblem, ...] = ()
    entries: Mapping[str, int] = field(default_factory=lambda: NOTHING)  # unchanged entries by kind

    @property
    def is_empty(self) -> bool:
        """Say whether applying would change nothing."""
        return all(item.action in (UNCHANGED, ORPHANED) for item in self.items)

    def of(self, kind: str, *actions: str) -> Iterator[Change]:
        """Yield the changes of one kind, perhaps of some actions only."""
        items = self._by_kind.get(kind, ())
        return (item for item in items if not actions or item.action in actions)

    @cached_property
    def _by_kind(self) -> dict[str, list[Change]]:
        found: dict[str, list[Change]] = {}
        for item in self.items:
            found.setdefault(item.kind, []).append(item)
        return found

    def summary(self) -> dict[str, dict[str, int]]:
        """Return how many of each kind are created, changed, unchanged, orphaned or ended."""
        counts: Counter[tuple[str, str]] = Counter((item.kind, item.action) for item in self.items)
        for item in self.items:
            for name, entries in item.added.items():
                counts[GROWING[name], CREATED] += len(entries)
            for name, number in item.kept.items():
                counts[GROWING[name], ORPHANED] += number
        for kind, number in self.entries.items():
            counts[kind, UNCHANGED] += number
        table = {kind: {action: counts[kind, action] for action in ACTIONS} for kind in KINDS}
        return {kind: row for kind, row in table.items() if any(row.values())}

    def as_json(self) -> dict[str, Any]:
        """Return the summary, every change that is one, what is orphaned, and the problems."""
        return {
            "summary": self.summary(),
            "changes": [item.as_json() for item in self.items if item.action != UNCHANGED],
            "problems": [
                {
                    "path": problem.where,
                    "code": problem.code,
                    "message": problem.message,
                    "remedy": problem.remedy,
                }
                for problem in self.problems
            ],
        }


def diff(have: Plan, want: Plan) -> Changes:
    """Return what applying `want` over `have` would do; `diff(x, x)` is empty."""
    return _Comparison().run(have, want)


class _Comparison:
    """One comparison in the making."""

    def __init__(self) -> None:
        self.items: list[Change] = []
        self.problems: list[PlanProblem] = []
        self.entries: Counter[str] = Counter()

    def run(self, have: Plan, want: Plan) -> Changes:
        if want.workspace is not None:
            self._one("workspace", have.workspace, want.workspace, ("workspace",))
        self._all("person", have.people, want.people, "people")
        self._all("team", have.teams, want.teams, "teams", then=self._members)
        self._all("cycle", have.cycles, want.cycles, "cycles")
        # A key result found under another objective has moved; it is not a new one and an orphan.
        self.key_results = _under(have, "key_results")
        self.initiatives = _under(have, "initiatives")
        steps = {objective.id: objective.transitions for objective in have.objectives}
        objectives = [told_once(one, one.transitions or steps.get(one.id, ())) for one in want.objectives]
        self._all("objective", have.objectives, objectives, "objectives", then=self._inside)
        for kind, left in (("key_result", self.key_results), ("initiative", self.initiatives)):
            for thing, under in left.values():
                self._orphan(kind, thing, under)
        return Changes(tuple(self.items), tuple(self.problems), dict(self.entries))

    def _all(
        self, kind: str, have: Iterable, want: Iterable, name: str, then: Callable | None = None
    ) -> None:
        there = {thing.id: thing for thing in have}
        for index, thing in enumerate(want):
            before = there.pop(thing.id, None)
            self._one(kind, before, thing, (name, index))
            if then is not None:
                then(before, thing, (name, index))
        for thing in there.values():
            self._orphan(kind, thing)

    def _one(
        self,
        kind: str,
        before: Any,
        thing: Any,
        path: Path,
        under: str | None = None,
        moved_from: str | None = None,
    ) -> None:
        added, kept = self._grown(before, thing, path)
        changed: dict[str, tuple[Any, Any]] = {}
        if before is not None:
            changed = dict(_differences(before, thing))
            if moved_from is not None and moved_from != under:
                changed["objective"] = (moved_from, under)
        action = CREATED if before is None else CHANGED if changed or added else UNCHANGED
        self.items.append(
            Change(kind, thing.id, action, _title(thing), changed, added, kept, before, thing, under)
        )

    def _orphan(self, kind: str, thing: Any, under: str | None = None) -> None:
        self.items.append(Change(kind, thing.id, ORPHANED, _title(thing), have=thing, under=under))

    def _inside(self, before: ObjectivePlan | None, objective: ObjectivePlan, path: Path) -> None:
        self._alignments(before, objective)
        for kind, name, there in (
            ("key_result", "key_results", self.key_results),
            ("initiative", "initiatives", self.initiatives),
        ):
            for index, thing in enumerate(getattr(objective, name)):
                earlier, under = there.pop(thing.id, (None, None))
                self._one(kind, earlier, thing, (*path, name, index), objective.id, under)

    # --- what only grows ------------------------------------------------------------------------------

    def _grown(self, before: Any, thing: Any, path: Path) -> tuple[dict[str, Sequence], dict[str, int]]:
        added: dict[str, Sequence] = {}
        kept: dict[str, int] = {}
        for name, kind in GROWING.items():
            if not hasattr(thing, name):
                continue
            there = getattr(before, name, ())
            wanted = getattr(thing, name)
            if kind in ("check_in", "comment"):
                new, same = self._by_id(there, wanted, (*path, name), kind)
            elif isinstance(thing, frame_pasts.Dated):
                self._making(before, thing, path)
                new, same = self._frame_past(before, thing, (*path, name))
            else:
                new, same = _by_content(there, wanted)
            self.entries[kind] += same
            if new:
                added[name] = new
            if kind in ("check_in", "comment") and len(there) > same:
                kept[name] = len(there) - same
        return added, kept

    def _by_id(self, there: Sequence, wanted: Sequence, path: Path, kind: str) -> tuple[Sequence, int]:
        if not there:
            return wanted, 0
        if there == wanted:
            return (), len(wanted)
        known = {entry.id: entry for entry in there}
        new, same = [], 0
        for index, entry in enumerate(wanted):
            earlier = known.get(entry.id)
            if earlier is None:
                new.append(entry)
                continue
            same += 1
            if not _agrees(earlier, entry):
                self.problems.append(_rewritten(earlier, entry, (*path, index), kind))
        return tuple(new), same

    def _frame_past(
        self, before: frame_pasts.Dated | None, thing: frame_pasts.Dated, path: Path
    ) -> tuple[Sequence, int]:
        """Return what the history of a part of the frame tells anew, and how much of it is known."""
        if not thing.history:
            return (), 0
        new = tuple(told.change for told in frame_pasts.told_anew(before, thing))
        if before is not None:
            for index, name, *values in frame_pasts.told_otherwise(before, thing):
                at = thing.history[index].at
                self.problems.append(_known_otherwise(name, at, *values, (*path, index, "was", name)))
        return new, len({change.at for change in thing.history}) - len(new)

    def _making(self, before: frame_pasts.Dated | None, thing: frame_pasts.Dated, path: Path) -> None:
        """Refuse another moment than is recorded of the making of a cycle or a team."""
        known, told = getattr(before, "created", None), getattr(thing, "created", None)
        if None not in (known, told) and known != told:
            self.problems.append(_made_otherwise(thing.id, known, told, (*path, "created")))

    # --- what holds now, with a beginning and an end ----------------------------------------------------

    def _alignments(self, before: ObjectivePlan | None, objective: ObjectivePlan) -> None:
        self._links(
            "alignment",
            before.aligned_to if before else (),
            objective.aligned_to,
            lambda link: (link.objective, link.key_result),
            objective,
        )

    def _members(self, before: Any, team: Any, path: Path) -> None:
        self._links(
            "membership", before.members if before else (), team.members, lambda member: member.person, team
        )

    def _links(self, kind: str, have: Iterable, want: Iterable, key: Callable, owner: Any) -> None:
        there: dict[Any, list] = {}
        for link in have:
            there.setdefault(key(link), []).append(link)
        for link in want:
            earlier = _same_link(there.get(key(link), []), link)
            if earlier is not None:
                there[key(link)].remove(earlier)
            changed = dict(_differences(earlier, link)) if earlier is not None else {}
            action = CREATED if earlier is None else CHANGED if changed else UNCHANGED
            self._link(kind, owner, action, changed, earlier, link)
        for left in there.values():
            for link in left:
                if link.until is None:
                    self._link(kind, owner, ENDED, {}, link, None)

    def _link(self, kind: str, owner: Any, action: str, changed: dict, have: Any, want: Any) -> None:
        link = want or have
        name = f"{owner.id}/{link.person}" if kind == "membership" else f"{owner.id} → {_served(link)}"
        self.items.append(
            Change(kind, name, action, _title(owner), changed, have=have, want=want, under=owner.id)
        )


def _under(plan: Plan, name: str) -> dict[str, tuple[Any, str]]:
    return {
        thing.id: (thing, objective.id) for objective in plan.objectives for thing in getattr(objective, name)
    }


def _title(thing: Any) -> str:
    return getattr(thing, "title", "") or getattr(thing, "name", "")


def _served(link: AlignmentPlan) -> str:
    return link.objective or f"key result {link.key_result}"


def _same_link(candidates: list, link: AlignmentPlan | MembershipPlan) -> Any:
    """Pick the earlier link that `link` speaks of: one in force before one that has ended."""
    if link.since is not None:
        candidates = [earlier for earlier in candidates if earlier.since in (None, link.since)]
    if not candidates:
        return None
    # Several rows may stand for one link over time (a change of weight ends one and opens another).
    exact = [earlier for earlier in candidates if not any(_differences(earlier, link))]
    in_force = [earlier for earlier in candidates if earlier.until is None]
    return (exact or in_force or candidates)[0]


def _differences(have: Any, want: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    names, held = _compared(type(want))
    before, after = held(have), held(want)
    if before == after:
        return
    for name, old, new in zip(names, before, after, strict=True):
        if old == new or (new is None and name in _NO_OPINION):
            continue
        if isinstance(new, MeasurePlan):
            for inner, pair in _differences(old, new):
                yield f"measure.{inner}", pair
        elif name in _ANY_ORDER:
            if sorted(old) != sorted(new):
                yield name, (old, new)
        elif name == "grade" and old is not None and new is not None and _agrees(old, new):
            continue
        else:
            yield name, (old, new)


@cache
def _compared(of: type) -> tuple[tuple[str, ...], Callable[[Any], tuple]]:
    """Return the fields of a type that may differ, and how to take them all from a thing."""
    names = tuple(
        name for name in names_of(of) if name not in _PARTS and (name != "id" or of is WorkspacePlan)
    )
    return names, attrgetter(*names)


def _agrees(have: Any, want: Any) -> bool:
    """Say whether two entries are one, `by` apart where `want` does not say who."""
    if have == want:
        return True
    if isinstance(want, HistoryPlan):
        have, want = altered(have, was=spelt_once(have.was)), altered(want, was=spelt_once(want.was))
    return have == (altered(want, by=have.by) if want.by is None else want)


def _by_content(there: Sequence, wanted: Sequence) -> tuple[tuple, int]:
    """Return the entries of `wanted` that are not there, and how many are."""
    if there == wanted:
        return (), len(wanted)
    by_moment: dict[datetime, list] = {}
    for entry in there:
        by_moment.setdefault(entry.at, []).append(entry)
    new, same = [], 0
    for entry in wanted:
        candidates = by_moment.get(entry.at, [])
        earlier = next((known for known in candidates if _agrees(known, entry)), None)
        if earlier is None:
            new.append(entry)
        else:
            candidates.remove(earlier)
            same += 1
    return tuple(new), same


def _rewritten(earlier: Any, entry: Any, path: Path, kind: str) -> PlanProblem:
    names = [
        name
        for name in names_of(entry)
        if getattr(earlier, name) != getattr(entry, name) and not (name == "by" and entry.by is None)
    ]
    said = "; ".join(
        f"{name} was {_said(getattr(earlier, name))}, not {_said(getattr(entry, name))}" for name in names
    )
    noun = kind.replace("_", "-")
    return PlanProblem(
        path,
        f"The {noun} “{entry.id}” is already recorded with other content: {said}.",
        "already_recorded",
        f"What was recorded stays. Add a new {noun} with an id of its own"
        + (f" and corrects: {entry.id}." if kind == "check_in" else "."),
    )


def _known_otherwise(name: str, at: datetime, known: Any, told: Any, path: Path) -> PlanProblem:
    return PlanProblem(
        path,
        f"Until {_plain(at)} “{name}” was {_said(known)} by what is recorded already, not {_said(told)}.",
        "already_recorded",
        "What was recorded stays. Tell it as it is recorded, or take it out.",
    )


def _made_otherwise(id: str, known: datetime, told: datetime, path: Path) -> PlanProblem:
    return PlanProblem(
        path,
        f"“{id}” was made at {_plain(known)} by what is recorded already, not {_plain(told)}.",
        "already_recorded",
        "What was recorded stays. Tell it as it is recorded, or take it out.",
    )


def _said(value: Any) -> str:
    text = "nothing" if value is None or value == "" else str(_plain(value))
    return text if len(text) <= 60 else f"{text[:59]}…"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(inner) for inner in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in names_of(value)}
    return value
