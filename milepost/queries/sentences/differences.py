"""What of a definition was changed, field by field: "target 5 → 4 days"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from milepost.queries import fields
from milepost.queries.sentences.phrases import Phrase, Telling, exact, words

# Fields that are told as one with another: nobody is told of one plan, one circle or one source twice.
_AS_ONE: Mapping[str, str] = MappingProxyType(
    {"points": "curve", "visible_to": "visibility", "data_source": "source"}
)
_NAMED = ("name", "commitment", "level", "title", "unit", "state", "how", "role")
_DAYS = ("starts_on", "ends_on", "due_on", "closed_on")


def changed(told: Telling, *beginning: Phrase) -> list[Phrase]:
    """Say what was changed, and from what to what: "changed the team Ops: name Operations → Ops"."""
    listed = list(differences(told))
    return [*beginning, *([words(": "), *_joined(listed)] if listed else [])]


def differences(told: Telling) -> Iterator[list[Phrase]]:
    """Yield each change as phrases: "target 5 → 4 days".

    Long texts and lists are only named; what `fields` does not list is machinery, and goes unmentioned.
    """
    said: set[str] = set()
    for column, (old, new) in dict(told.data.get("changes", {})).items():
        word = fields.WORDS.get(_AS_ONE.get(column, column))
        if word is None or word in said:
            continue
        said.add(word)
        before, after = (as_phrase(told, column, value) for value in (old, new))
        if before is None or after is None:
            yield [words(word)]
        else:
            yield [words(f"{word} "), before, words(" → "), after]


def as_phrase(told: Telling, column: str, value: Any) -> Phrase | None:
    """Say what stands in a field; None where it is too long to be said."""
    nothing = Phrase("none")
    if column in fields.MEASURED:
        number = exact(value)
        return nothing if number is None else Phrase(value=number, unit=told.unit)
    if column == "weight":
        return Phrase(value=exact(value))
    if column in ("owner_id", "sponsor_id"):
        return nothing if value is None else told.person(value)
    if column == "team_id":
        return Phrase("the company") if value is None else told.team(value)
    if column == "cycle_id":
        cycle = told.reader.image.cycles.get(value)
        return Phrase(cycle.name) if cycle else nothing
    if column == "parent_id":
        return _place(told, value)
    if column == "visibility":
        return Phrase(fields.VISIBILITIES[value]) if value in fields.VISIBILITIES else None
    if column in _DAYS:
        return Phrase(f"{date.fromisoformat(value):%-d %b %Y}") if value else nothing
    if column in _NAMED:
        return (
            Phrase(f"“{value}”" if column == "title" else str(value).replace("_", " ")) if value else nothing
        )
    return None


def _place(told: Telling, id: int | None) -> Phrase:
    """Name the team or cycle that another belongs to; none is the top of all."""
    cycle = told.reader.image.cycles.get(id)
    if cycle is not None:
        return Phrase(cycle.name)
    return told.team(id) if id in told.reader.image.teams else Phrase("none")


def _joined(listed: list[list[Phrase]]) -> Iterator[Phrase]:
    """Put commas between changes."""
    for number, each in enumerate(listed):
        if number:
            yield words(", ")
        yield from each
