"""What the overview asks of each key result beyond the image's own figures, kept for as long as a day is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

from milepost.core import rollup
from milepost.core.rollup import Family
from milepost.queries.cards import Reader
from milepost.queries.week import progress_before

LOOKS_BACK = timedelta(days=7)
NAN = float("nan")


@dataclass
class Gauges:
    """For each key result of a day: the last confidence (0: none), the day of the last check-in (NaN: none),
    whether it takes check-ins, whether its check-in is late, and its progress a week ago.

    `told` holds what was made of a node's figures, until one of them moves.
    """

    seen: int  # of what the day says was touched
    edited: int  # and was edited
    asked: np.ndarray
    confidence: np.ndarray
    checked: np.ndarray
    late: np.ndarray
    before: np.ndarray
    told: dict[int, Any] = field(default_factory=dict)


def of(reader: Reader) -> Gauges:
    """Return the gauges of the reader's day, up to date; whoever asks holds the image's lock."""
    image, day = reader.image, reader.day
    found = day.followed.get(Gauges)
    if found is None:
        found = day.followed[Gauges] = _measured(reader)
    elif found.seen != len(day.touched):
        edited = set(day.edited[found.edited :])
        for node in set(day.touched[found.seen :]):
            found.told.pop(node, None)
            if node >= image.first_key_result:
                _read(reader, found, node, is_edited=node in edited)
        found.seen, found.edited = len(day.touched), len(day.edited)
    return found


def _measured(reader: Reader) -> Gauges:
    image = reader.image
    ids, first = image.key_results.ids, image.first_key_result
    there, (confidence, effective) = image.entries.columns(ids, "confidence", "effective")
    gauges = Gauges(
        seen=len(reader.day.touched),
        edited=len(reader.day.edited),
        asked=reader.asked,
        confidence=np.zeros(len(ids), dtype=np.int8),
        checked=np.full(len(ids), NAN),
        late=np.zeros(len(ids), dtype=bool),
        before=_a_week_ago(reader, np.arange(len(ids))),
    )
    gauges.confidence[there] = confidence
    gauges.checked[there] = reader.days_of(effective)
    gauges.late[:] = _late(reader, gauges.checked, image.starts[first:], image.ends[first:])
    gauges.late &= gauges.asked
    return gauges


def _a_week_ago(reader: Reader, places: np.ndarray) -> np.ndarray:
    """Return the progress of some key results, as places among them, as it was known a week ago."""
    image, first = reader.image, reader.image.first_key_result
    moment = image.workspace.calendar.end_of(reader.today - LOOKS_BACK)
    entries, values = image.entries.before(moment, image.key_results.ids[places])
    family, _, *shape, _ = (column[places] for column in image.measures)
    before = rollup.progress(family, values, *shape, np.full(len(places), NAN))
    # What arrays cannot compute is worked out where something moved at all.
    given = np.flatnonzero((family == Family.GIVEN) & ~image.from_contributors[places] & (entries > 0))
    moved = {}
    for at in given.tolist():
        node = first + places.item(at)
        current = image.entries.current(image.ids[node])
        if current is None:
            continue
        if current.id == entries[at]:
            before[at] = reader.day.raw[node]
        else:
            moved[at] = image.ids[node]
    image.entries.fetch(moved.values())
    for at, id in moved.items():
        raw = progress_before(reader, image.key_results[id], int(moment.timestamp()) - 1)
        before[at] = NAN if raw is None else float(raw)
    return before


def _read(reader: Reader, gauges: Gauges, node: int, *, is_edited: bool) -> None:
    image, place = reader.image, node - reader.image.first_key_result
    if is_edited:
        gauges.asked[place] = reader.takes_checkins(image.key_results[image.ids[node]])
    entry = image.entries.current(image.ids[node])
    gauges.confidence[place] = entry.confidence if entry else 0
    gauges.checked[place] = reader.day_of(entry.effective).toordinal() if entry else NAN
    one = slice(place, place + 1)
    at = slice(node, node + 1)
    late = _late(reader, gauges.checked[one], image.starts[at], image.ends[at])
    gauges.late[one] = late & gauges.asked[one]
    if is_edited or image.ids[node] in image.entries.mended:
        gauges.before[one] = _a_week_ago(reader, np.array([place]))


def _late(reader: Reader, checked: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    every = reader.image.workspace.check_in_every
    return rollup.overdue(reader.today.toordinal(), checked, starts, ends, every)


def lowest(values: np.ndarray, most: int) -> np.ndarray:
    """Return the places of the lowest values in order, among equals the first; NaN is the highest."""
    if len(values) <= most:
        return np.argsort(values, kind="stable")
    bound = np.partition(values, most - 1)[most - 1]
    near = np.flatnonzero(~(values > bound))  # NaN is not above anything
    return near[np.argsort(values[near], kind="stable")][:most]
