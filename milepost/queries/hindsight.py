"""What became known only later about a past day: how much of it, and the figure that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from milepost.core.scoring import Kind, percent, score
from milepost.ledger import image as images
from milepost.queries.cards import Reader
from milepost.queries.what_if import rolled_up, seen_above

AT_MOST = 200  # key results whose figures are computed anew for one objective


@dataclass(frozen=True, slots=True)
class Learned:
    """Check-ins for a day or before it that came `late`, or were `corrected` since; the figure known now."""

    on: date
    late: int
    corrected: int
    then: str | None = None
    now: str | None = None  # None where it is not told


def of_objective(reader: Reader, id: int) -> Learned | None:
    """Return what was learned later of an objective's day, and what it comes to; None where nothing was."""
    found = _of(reader, lambda key_result: id in reader.image.ancestors(key_result))
    if found is None:
        return None
    learned, key_results = found
    now = _now(reader, id, key_results) if len(key_results) <= AT_MOST else None
    if now is None:
        return learned
    shown = None if now.raw is None else percent(now.raw)
    return Learned(learned.on, learned.late, learned.corrected, reader.day.percent(id), shown or "no data")


def of_team(reader: Reader, objectives: Iterable[int]) -> Learned | None:
    """Return what was learned later of the key results of objectives."""
    listed, key_results = set(objectives), reader.image.key_results
    found = _of(reader, lambda id: key_results[id].objective_id in listed)
    return found and found[0]


def of_all(reader: Reader) -> Learned | None:
    """Return what was learned later of all that the reader sees."""
    found = _of(reader, lambda id: True)
    return found and found[0]


def _of(reader: Reader, is_meant: Callable[[int], bool]) -> tuple[Learned, set[int]] | None:
    if reader.known is None:
        return None
    told = reader.image.entries.history.learned(int(reader.known.timestamp()))
    meant = {
        id for id in {*told[0], *told[1]} if id in reader.image.node and reader.sees(id) and is_meant(id)
    }
    late, corrected = (sum(id in meant for id in ids) for ids in told)
    return (Learned(reader.today, late, corrected), meant) if meant else None


@dataclass(frozen=True, slots=True)
class _Figure:
    raw: Fraction | None


def _now(reader: Reader, id: int, key_results: set[int]) -> _Figure | None:
    """Compute an objective's figure of the day from what is known now; None where that is not simple."""
    known = {one: _as_known(reader, one) for one in key_results}
    if None in known.values():
        return None
    above = seen_above(reader, *key_results)
    until = above[: above.index(id) + 1] if id in above else []
    raws = {one: figure.raw for one, figure in known.items()}
    return _Figure(rolled_up(reader.image, raws, until).get(id)) if until else None


def _as_known(reader: Reader, id: int) -> _Figure | None:
    one = reader.image.key_results[id]
    if Kind(one.kind).is_series or one.source == "contributors":
        return None
    second = int(reader.known.timestamp())
    entries = images.of(reader.actor.workspace_id).entries
    told = [entry for entry in entries.series(id) if entry.effective < second]
    value = entries.exact(told[-1]) if told else None
    return _Figure(score(one.measure, value, policy=reader.policy).raw)
