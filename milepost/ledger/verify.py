"""Does what is cached or repeated still agree with what was recorded? Nothing is mended here, only said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from milepost.core.problems import Problem
from milepost.core.states import Event, State, Step, fold
from milepost.ledger import chain, history, search
from milepost.ledger import image as images
from milepost.ledger.entries import Entry
from milepost.ledger.image import Image
from milepost.models import Checkin, KeyResult, KeyResultVersion, Objective, ObjectiveVersion, Transition
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS

# Sums of floats may differ in their last bits with the order in which they were taken.
SAME = 1e-9


@dataclass(frozen=True)
class Difference:
    """Two places that should say the same and do not."""

    what: str
    id: int
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.what} {self.id}: {self.found}, expected {self.expected}"


def differences(workspace_id: int, day: date) -> Iterator[Difference | chain.Fault]:
    """Yield every difference in a workspace: the seals, the image, the dated rows, the states, the words."""
    yield from chain.faults(workspace_id)
    yield from of_image(images.of(workspace_id), day)
    yield from _annals(workspace_id)
    yield from _versions(workspace_id, Objective, ObjectiveVersion, "objective", OBJECTIVE_FIELDS)
    yield from _versions(workspace_id, KeyResult, KeyResultVersion, "key_result", KEY_RESULT_FIELDS)
    yield from _states(workspace_id)
    yield from _corrections(workspace_id)
    for table, id in search.differences(workspace_id):
        yield Difference(f"words of {table}", id, "not what search knows", "those of its row")


def of_image(living: Image, day: date) -> Iterator[Difference]:
    """Compare a living image, as it stands on a day, with one rebuilt from the tables."""
    with living.lock:
        living.refresh()
        rebuilt = Image(living.workspace_id)
        for name in ("workspace", "people", "teams", "cycles", "objectives", "key_results", "alignments"):
            if getattr(living, name) != getattr(rebuilt, name):
                yield Difference(f"image: {name}", living.workspace_id, "out of date", "as in the tables")
        if living.node != rebuilt.node:
            yield Difference(
                "image: nodes", living.workspace_id, str(len(living.node)), str(len(rebuilt.node))
            )
            return
        yield from _entries(living, rebuilt)
        ours, fresh = living.on(day), rebuilt.on(day)
        for name in ("raw", "expected", "needed", "status", "reported"):
            yield from _arrays(name, living.ids, getattr(ours, name), getattr(fresh, name))


def _annals(workspace_id: int) -> Iterator[Difference]:
    """Compare the history in a file, where there is one that fits, with the tables."""
    kept = history.opened_from and history.opened_from(workspace_id)
    if not kept:
        return
    rebuilt = history.History(workspace_id)
    ours, fresh = (one.columns(history.NEVER) for one in (kept, rebuilt))
    for part, arrays in fresh.arrays().items():
        for name, expected in arrays.items():
            found = ours.arrays()[part][name]
            if not np.array_equal(found, expected, equal_nan=expected.dtype.kind == "f"):
                yield Difference(f"annals: {part} {name}", workspace_id, "out of date", "as in the tables")
    for id in kept.exact.said.keys() | rebuilt.exact.said.keys():
        found, expected = kept.exact.get(id), rebuilt.exact.get(id)
        if found != expected:
            yield Difference("annals: check-in", id, str(found), str(expected))


def _entries(living: Image, rebuilt: Image) -> Iterator[Difference]:
    for id in living.key_results:
        mine, theirs = living.entries.current(id), rebuilt.entries.current(id)
        if _comparable(mine) != _comparable(theirs):
            yield Difference("image: latest check-in of key result", id, str(mine), str(theirs))
    held = living.entries.held()
    rebuilt.entries.fetch(held)
    for id in held:
        mine, theirs = living.entries.series(id), rebuilt.entries.series(id)
        if [_comparable(one) for one in mine] != [_comparable(one) for one in theirs]:
            yield Difference(
                "image: check-ins of key result", id, f"{len(mine)} held", f"{len(theirs)} recorded"
            )


def _comparable(entry: Entry | None) -> tuple | None:
    # NaN differs from itself; a missing value does not.
    return entry and tuple(None if part != part else part for part in entry)


def _arrays(name: str, ids: Sequence[int], found: np.ndarray, expected: np.ndarray) -> Iterator[Difference]:
    same = np.isclose(found, expected, rtol=0, atol=SAME, equal_nan=True)
    for number in np.flatnonzero(~same):
        yield Difference(f"image: {name} of", ids[number], str(found[number]), str(expected[number]))


def _versions(
    workspace_id: int, model, version_model, noun: str, columns: tuple[str, ...]
) -> Iterator[Difference]:
    last: dict[int, dict] = {}
    for row in version_model.objects.of(workspace_id).order_by("id").values(f"{noun}_id", *columns):
        last[row.pop(f"{noun}_id") if noun != "objective" else row["objective_id"]] = row
    for row in model.objects.of(workspace_id).values("id", *columns):
        id = row.pop("id")
        dated = last.get(id)
        if dated is None:
            yield Difference(f"{noun}", id, "no dated row", "one for each change")
            continue
        for name in columns:
            if row[name] != dated[name]:
                yield Difference(f"{noun} {name} of", id, str(row[name]), str(dated[name]))


def _states(workspace_id: int) -> Iterator[Difference]:
    logs: dict[int, list[Transition]] = {}
    for step in Transition.objects.of(workspace_id).order_by("id"):
        logs.setdefault(step.objective_id, []).append(step)
    for id, state in Objective.objects.of(workspace_id).values_list("id", "state"):
        steps = logs.get(id, [])
        try:
            folded = _folded(steps)
        except Problem as problem:
            if again := _closed_again(steps):
                yield Difference(
                    "objective",
                    id,
                    f"closed again on {again.at:%Y-%m-%d} without a reopening between",
                    "one closing; nothing is deleted from a log, and what the last one graded stands",
                )
                continue
            yield Difference("state of objective", id, str(problem), "a legal sequence")
            continue
        if folded != state:
            yield Difference("state of objective", id, state, f"{folded} (its log)")


def _closed_again(steps: list[Transition]) -> Transition | None:
    # Two people who closed it at the same moment could both be let through once.
    is_closed = False
    for step in steps:
        if step.event == Event.REFLECT:
            if is_closed:
                return step
            is_closed = True
        elif step.event in (Event.REOPEN, Event.UNDO, "apply"):
            is_closed = False
    return None


def _corrections(workspace_id: int) -> Iterator[Difference]:
    # What was corrected twice at the same moment counts twice, until one of the two is withdrawn.
    after: dict[int, list[int]] = {}
    withdrawn: set[int] = set()
    corrections = Checkin.objects.of(workspace_id).filter(corrects__isnull=False).order_by("id")
    for id, corrected, is_withdrawn in corrections.values_list("id", "corrects_id", "is_withdrawn"):
        after.setdefault(corrected, []).append(id)
        if is_withdrawn:
            withdrawn.add(id)
    for corrected, entries in after.items():
        if len(entries) < 2:
            continue
        standing, left = [], [*entries]
        while left:
            entry = left.pop()
            left += after.get(entry, ())
            if entry not in after and entry not in withdrawn:
                standing.append(entry)
        if len(standing) > 1:
            listed = " and ".join(map(str, sorted(standing)))
            yield Difference(
                "check-in", corrected, f"check-ins {listed} stand in its place", "one; withdraw the others"
            )


def _folded(steps: list[Transition]) -> str | None:
    # A file may set a state outright ("apply"); from there on the table holds again.
    state: State | None = None
    for step in steps:
        if step.event == "apply":
            state = State(step.to_state)
        else:
            state = fold([Step(Event(step.event), State(step.to_state))], state)
    return state
