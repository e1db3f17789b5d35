"""Forms that two people edit at once: each carries what it was read as, so that only what meets is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest

from milepost.actions.versions import unless_changed
from milepost.core.merging import Merged, merge
from milepost.core.problems import Conflict
from milepost.queries import history
from milepost.queries.history import Latest
from milepost.web import pages
from milepost.web.toasts import named
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
    who: str = ""  # who came first: a name, or "You"
    when: str = ""  # "at 14:05", "on 3 Nov at 14:05"
    is_mine: bool = False  # whether it was the reader, in another window

    @property
    def came(self) -> str:
        """Say who came first, and when: "Ada Lovelace changed it at 14:05"."""
        return f"{self.who} changed it{self._where} {self.when}" if self.who else ""

    @property
    def heading(self) -> str:
        """Say what happened, where both have changed the same; else nothing."""
        if not self.rows:
            return ""
        listed = " and ".join(f"“{row[0]}”" for row in self.rows)
        if not self.who:
            return f"{listed} changed while you were editing."
        return f"{self.who} changed {listed}{self._where} {self.when}, while you were editing."

    @property
    def _where(self) -> str:
        return " in another window" if self.is_mine else ""

    def __bool__(self) -> bool:
        return bool(self.rows or self.taken)


NOTHING = Both()


def carried(values: dict[str, Any]) -> dict[str, Any]:
    """Return what a form is filled with, and beside it the same as it was read, for the form to carry."""
    return values | {"read": read_as(values)}


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
    write: Callable[[Values, Any], Any],
    latest: Callable[[], Latest | None],
    today: date,
    say: Callable[[str, Any], str],
    labels: Mapping[str, str],
    wholes: Collection[Collection[str]] = (),
) -> tuple[bool, Both]:
    """Write what a form says; what somebody else changed meanwhile, elsewhere in it, stays as theirs.

    `write(fields, read)` raises Conflict where the thing is newer than what was read: a revision, or, of what
    keeps none, the values themselves (`save_as_read`). `stored` reads it anew, `latest` says who changed it.
    Returns whether it was written, and what both have changed.
    What does not meet is taken over into `values`: they are what was written, or what the form shows next.
    """
    read = typed.whole("revision") if "revision" in values else _values_read(typed)
    before, tries = NOTHING, 0
    while True:
        try:
            write(fields, read)
        except Conflict as clash:
            tries += 1
            if clash.code != MEETING or tries > TRIES:
                raise
            now, before = stored(), _first(latest(), today)
            found = _laid_together(_was(typed), now, values, wholes)
            if found.met:
                typed.refuse(_told(clash, before))
                rows = _side_by_side(_was(typed) or {}, now, values, found, say, labels)
                values |= {name: now[name] for name in (*found.taken, "revision", "read") if name in now}
                return False, replace(before, rows=rows, taken=_labelled(found.taken, labels))
            before = replace(before, taken=_labelled(found.taken, labels))
            values |= {name: now[name] for name in found.taken}
            read = int(now["revision"]) if "revision" in now else _plain(now)
            fields = {name: value for name, value in fields.items() if name in found.mine}
        else:
            return True, before


def save_as_read(
    request: HttpRequest,
    kind: str,
    id: int,
    typed: Typed,
    values: dict[str, Any],
    fields: Values,
    *,
    stored: Callable[[], Values],
    write: Callable[[Values], Any],
    say: Callable[[str, Any], str],
    labels: Mapping[str, str],
    latest: Callable[[], Latest | None] | None = None,
    wholes: Collection[Collection[str]] = (),
) -> tuple[bool, Both]:
    """Do as `save` for a thing without a revision, as long as its values are still those that were read.

    Where the form does not say what was read, it does not mind. Who came first is told by the event
    `<kind>.changed`, unless `latest` knows better.
    """

    def make(changed: Values, read: Values | None) -> Any:
        if read is None:
            return write(changed)
        return unless_changed(
            kind=kind,
            id=id,
            is_as_read=lambda: _plain(stored()) == read,
            make=lambda: write(changed),
            by=request.actor,
            at=request.at,
        )

    return save(
        typed,
        values,
        fields,
        stored=stored,
        write=make,
        latest=latest or (lambda: history.latest_of(pages.reader(request), (f"{kind}.changed",), id)),
        today=request.today,
        say=say,
        labels=labels,
        wholes=wholes,
    )


def touched(typed: Typed, values: Values, names: Collection[str]) -> bool:
    """Say whether a form changes any of these fields; one that does not say how it was read, may."""
    was, yours = _was(typed), _plain(values)
    return was is None or any(was.get(name) != yours[name] for name in names)


def _values_read(typed: Typed) -> dict[str, Any] | None:
    """Return the values that a form was read as; None where it does not mind."""
    if "read" not in typed.data:
        return None
    return _was(typed) or {}  # where it says nothing that can be read, whatever differs is asked


def told(latest: Latest | None, today: date) -> str:
    """Say who changed something last, and when: "Ada Lovelace changed it at 14:05"; nothing of nobody."""
    return replace(_first(latest, today), is_mine=False).came


def _first(latest: Latest | None, today: date) -> Both:
    """Say who came first, and when."""
    if latest is None:
        return NOTHING
    on = "" if latest.at.date() == today else f"on {day(latest.at.date(), today)} "
    name = "You" if latest.is_mine else latest.name
    return Both(who=name, when=f"{on}at {latest.at:%H:%M}", is_mine=latest.is_mine)


def _told(clash: Conflict, before: Both) -> Conflict:
    yours = "what you wrote here" if before.is_mine else "what you wrote"
    said = f"Nothing was saved yet: {yours} is in the form, and both versions stand below."
    return Conflict(said, code=clash.code, remedy="Change it, or save it to keep your version.")


def _side_by_side(
    was: Values,
    now: Values,
    values: dict[str, Any],
    found: Merged,
    say: Callable[[str, Any], str],
    labels: Mapping[str, str],
) -> tuple[tuple[str, str | None, str, str], ...]:
    theirs, yours = _plain(now), _plain(values)
    return tuple(
        (
            labels.get(name, name),
            say(name, was[name]) if name in was else None,
            say(name, theirs[name]),
            say(name, yours[name]),
        )
        for name in found.met
    )


def _labelled(names: Collection[str], labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(labels[name] for name in names if name in labels)


def _laid_together(
    was: Values | None, now: Values, values: Values, wholes: Collection[Collection[str]]
) -> Merged:
    theirs, yours = _plain(now), _plain(values)
    if was is None:  # an older form: whatever differs is asked
        return Merged((), (), tuple(name for name in theirs if theirs[name] != yours.get(name)))
    return merge(was, theirs, yours, wholes=wholes)


def words(both: Both, title: str) -> str:
    """Say what was saved, and with what of others."""
    told = named("Saved", title)
    if not both.taken:
        return told
    listed = ", ".join(label.lower() for label in both.taken)
    came = f" {both.came}." if both.came else ""
    return f"{told} With it stands what was changed meanwhile: {listed}.{came}"
