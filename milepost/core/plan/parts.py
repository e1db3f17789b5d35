"""What an application did, counted so that each reader can be told of what they see, and of nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from milepost.core.plan.changes import CHANGED, CREATED, ENDED, GROWING, Change, Changes

Counts = dict[str, dict[str, int]]  # by kind and action
MOST = 2_000  # parts that are kept; the feed reads events whole, and those beyond it are counted for nobody


def counted(
    changes: Changes, objectives: Mapping[str, int], key_results: Mapping[str, int]
) -> dict[str, Any]:
    """Return what an event keeps of changes: `summary` of what everyone sees, `parts` of the rest.

    The mappings lead from the ids of what is restricted to its rows'. A part is the rows that one must see
    all of, and what was done there.
    """
    by_audience: dict[tuple[int, ...], Counter[tuple[str, str]]] = {(): Counter()}
    for item in changes.items:
        if item.action not in (CREATED, CHANGED, ENDED):
            continue
        found = _about(item, objectives, key_results) if objectives or key_results else ()
        counts = by_audience.setdefault(found, Counter())
        counts[item.kind, item.action] += 1
        for name, entries in item.added.items():
            counts[GROWING[name], CREATED] += len(entries)
    summary = _table(by_audience.pop(()))
    parts = [[list(ids), _table(counts)] for ids, counts in by_audience.items()]
    return {"summary": summary, "parts": parts[:MOST]}


def _about(item: Change, objectives: Mapping[str, int], key_results: Mapping[str, int]) -> tuple[int, ...]:
    about = (
        *(objectives.get(key) for key in _objectives(item)),
        *(key_results.get(key) for key in _key_results(item)),
    )
    return tuple(sorted({id for id in about if id is not None}))


def _objectives(item: Change) -> Iterator[str | None]:
    yield item.id if item.kind == "objective" else item.under
    if item.kind == "alignment":
        yield (item.want or item.have).objective


def _key_results(item: Change) -> Iterator[str | None]:
    if item.kind == "key_result":
        yield item.id
    elif item.kind in ("alignment", "initiative"):
        yield (item.want or item.have).key_result


def _table(counts: Counter[tuple[str, str]]) -> Counts:
    found: Counts = {}
    for (kind, action), number in counts.items():
        found.setdefault(kind, {})[action] = number
    return found


def is_told(data: Mapping[str, Any], sees: Callable[[int], bool]) -> bool:
    """Say whether somebody sees anything of what an event counts; older ones do not know by audience."""
    if "parts" not in data or data["summary"]:
        return True
    return any(all(map(sees, ids)) for ids, _ in data["parts"])


def seen(data: Mapping[str, Any], sees: Callable[[int], bool]) -> Counts:
    """Return the counts of what somebody sees; none of an older event, which counts for all alike."""
    if "parts" not in data:
        return {}
    counts: Counter[tuple[str, str]] = Counter()
    for ids, table in ([[], data["summary"]], *data["parts"]):
        if all(map(sees, ids)):
            for kind, row in table.items():
                for action, number in row.items():
                    counts[kind, action] += number
    return _table(counts)
