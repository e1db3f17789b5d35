"""Forms that two people edit at once: each carries what it was read as, so that only what meets is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from milepost.core.merging import Merged, merge
from milepost.core.problems import Conflict
from milepost.queries.history import Latest
from milepost.web.typed import Typed
from milepost.web.words import day

MEETING = "changed_meanwhile"
APART = ("reason", "revision", "submission", "read")  # what a form carries beside the thing itself
TRIES = 3

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Both:
    """What both have changed, as rows of (label, was, theirs, yours), and what was taken over from them."""

    rows: tuple[tuple[str, str | None, str, str], ...] = ()
    taken: tuple[str, ...] = ()
    came: str = ""  # who came first, and when
    is_mine: bool = False  # whether it was the reader, in another window

    def __bool__(self) -> bool:
        return bool(self.rows or self.taken)


NOTHING = Both()


def read_as(values: Values) -> str:
    """Write what a form is filled with, for the form to carry."""
    return json.dumps(_plain(values), ensure_ascii=False, separators=(",", ":"))


def _plain(values: Values) -> dict[str, Any]:
    """Return the values as they compare: lists without the empty rows that forms offer."""
    return {
        name: _without_spare(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name not in APART
    }


def _without_spare(value: list) -> list:
    rows = [list(each) if isinstance(each, list | tuple) else each for each in value]
    return [each for each in rows if (any(each) if isinstance(each, list) else each)]


def _was(typed: Typed) -> dict[str, Any] | None:
    """Return what the form was read as; None where it does not say, or nothing that can be read."""
    try:
        found = json.loads(typed.data.get("read", ""))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if _is_typed(value)}


def _is_typed(value: Any) -> bool:
    """Say whether a form can have carried this: a text, or a list of texts or of pairs of them."""
    if not isinstance(value, list):
        return isinstance(value, str)
    return all(isinstance(each, str) or (isinstance(each, list) and _is_texts(each)) for each in value)


def _is_texts(value: list) -> bool:
    return all(isinstance(each, str) for each in value)


def save(
    typed: Typed,
    values: dict[str, Any],
    fields: Values,
    *,
    stored: Callable[[], Values],
    write: Callable[[Values, int | None], Any],
    latest: Callable[[], Latest | None],
    today: date,
    say: Callable[[str, Any], str],
    labels: Mapping[str, str],
    wholes: Collection[Collection[str]] = (),
) -> tuple[bool, Both]:
    """Write what a form says; what somebody else changed meanwhile, elsewhere in it, stays as theirs.

    `write(fields, revision)` raises Conflict where the thing is newer than the revision; `stored` reads it
    anew, `latest` says who changed it. Returns whether it was written, and what both have changed: then
    `values` is what the form shows next, with what does not meet taken over, and nothing was written.
    """
    revision, taken, came, tries = typed.whole("revision"), (), "", 0
    while True:
        try:
            write(fields, revision)
        except Conflict as clash:
            tries += 1
            if clash.code != MEETING or tries > TRIES:
                raise
            now, first = stored(), latest()
            came = _came(first, today)
            found = _laid_together(_was(typed), now, values, wholes)
            if found.met:
                typed.refuse(_named(clash, came))
                both = _shown(_was(typed) or {}, now, values, found, say, labels)
                return False, replace(both, is_mine=first is not None and first.is_mine)
            taken = _labelled(found.taken, labels)
            revision = int(now["revision"])
            fields = {name: value for name, value in fields.items() if name in found.mine}
        else:
            return True, Both((), taken, came)


def _came(latest: Latest | None, today: date) -> str:
    """Say who came first, and when: "Ada Lovelace changed it at 14:05"."""
    if latest is None:
        return ""
    who = "You changed it in another window" if latest.is_mine else f"{latest.name} changed it"
    on = "" if latest.at.date() == today else f" on {day(latest.at.date(), today)}"
    return f"{who}{on} at {latest.at:%H:%M}"


def _named(clash: Conflict, came: str) -> Conflict:
    if not came:
        return clash
    said = f"{came}, while you were editing. Nothing of either is lost."
    return Conflict(said, code=clash.code, remedy=clash.remedy)


def _shown(
    was: Values,
    now: Values,
    values: dict[str, Any],
    found: Merged,
    say: Callable[[str, Any], str],
    labels: Mapping[str, str],
) -> Both:
    theirs, yours = _plain(now), _plain(values)
    rows = []
    for name in found.met:
        before = say(name, was[name]) if name in was else None
        rows.append((labels.get(name, name), before, say(name, theirs[name]), say(name, yours[name])))
    values |= {name: now[name] for name in (*found.taken, "revision", "read")}
    return Both(tuple(rows), _labelled(found.taken, labels))


def _labelled(names: Collection[str], labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(labels[name] for name in names if name in labels)


def _laid_together(
    was: Values | None, now: Values, values: Values, wholes: Collection[Collection[str]]
) -> Merged:
    theirs, yours = _plain(now), _plain(values)
    if was is None:  # an older form: whatever differs is asked
        return Merged((), (), tuple(name for name in theirs if theirs[name] != yours.get(name)))
    return merge(was, theirs, yours, wholes=wholes)


def words(both: Both) -> str:
    """Say that it was saved, and with what of others."""
    if not both.taken:
        return "Saved."
    listed = ", ".join(label.lower() for label in both.taken)
    came = f" {both.came}." if both.came else ""
    return f"Saved, together with what was changed meanwhile: {listed}.{came}"
