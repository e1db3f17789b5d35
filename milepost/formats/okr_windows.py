"""Windows: several pieces of a file at a time, so that what they hold by the thousand is read together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from milepost.formats.okr_fields import CHECK_IN
from milepost.formats.okr_lines import Lines
from milepost.formats.okr_raw import Entry, Mapped
from milepost.formats.okr_reading import Reading

WINDOW = 1 << 19  # of the text: what is read ahead of its turn


def in_windows(entries: Iterable[Entry], reading: Reading, lines: Lines | None = None) -> Iterator[Entry]:
    """Yield the pieces in their order, check-ins told where those of a whole window are as they should be.

    `lines` has those that were taken out of the text before; they raise NotAsWritten where they are not.
    """
    waiting: list[Entry] = []
    since, broken = 0, None
    try:
        for entry in entries:
            waiting.append(entry)
            if entry.done - since > WINDOW:
                yield from _told(waiting, reading, lines)
                waiting, since = [], entry.done
    except Exception as error:  # whatever it is that ends the reading: what stood before it comes first
        broken = error
    yield from _told(waiting, reading, lines)
    if broken is not None:
        raise broken


def _told(window: list[Entry], reading: Reading, lines: Lines | None) -> list[Entry]:
    owners = [each for entry in window for each in _key_results(entry.value)]
    if lines is not None:
        for owner in owners:
            rows = lines.of(owner.get("check_ins"))
            if rows is not None:
                owner["check_ins"] = rows
    CHECK_IN.tell(owners, "check_ins", reading)
    return window


def _key_results(value: Any) -> list[Mapped]:
    listed = value.get("key_results") if type(value) is Mapped else None
    return [one for one in listed if type(one) is Mapped] if type(listed) is list else []
