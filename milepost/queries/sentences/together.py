"""Sentences about what was done to many at once: only what the reader sees of them is named or counted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from milepost.queries.sentences.differences import as_phrase
from milepost.queries.sentences.phrases import Phrase, Teller, Telling, words

# What was done to many at once, and the field that says what they became.
_TOGETHER: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "owner": ("changed the owner of", "owner_id"),
        "team": ("changed the team of", "team_id"),
        "cycle": ("changed the cycle of", "cycle_id"),
        "dates": ("changed the days of", ""),
        "visibility": ("changed who may see", "visibility"),
        "commitment": ("changed what success means for", "commitment"),
        "align": ("changed what is served by", ""),
        "activate": ("activated", ""),
        "park": ("parked", ""),
        "defer": ("deferred", ""),
        "cancel": ("cancelled", ""),
        "redraft": ("took back to draft", ""),
    }
)
_NAMED_AT_ONCE = 3


def _changed_together(told: Telling) -> list[Phrase] | None:
    verb, field = _TOGETHER.get(str(told.data.get("verb")), ("changed", ""))
    listed = _seen_of_many(told)
    if listed is None:
        return None
    said = [words(f"{verb} "), *listed]
    for word, name in (("from", "was"), ("to", "value")):
        value = told.data.get(name)
        # Nothing may stand in these two; of the others an event of before may not say what it was.
        if name in told.data and (value is not None or field in ("owner_id", "team_id")):
            phrase = as_phrase(told, field, value)
            said += [words(f" {word} "), phrase] if phrase else []
    return said


def _changed_back(told: Telling) -> list[Phrase] | None:
    listed = _seen_of_many(told)
    return None if listed is None else [words("took back what was changed together in "), *listed]


def _seen_of_many(told: Telling) -> list[Phrase] | None:
    """Name what the reader sees of many.

    Who sees one of them alone is told of its own change, as if nothing else had been changed with it.
    """
    seen = [id for id in told.data.get("items", ()) if told.reader.finds(id)]
    if len(seen) < 2:
        return None
    named = seen if len(seen) <= _NAMED_AT_ONCE + 1 else seen[:_NAMED_AT_ONCE]
    said: list[Phrase] = []
    for number, id in enumerate(named):
        is_last = number and number == len(seen) - 1
        said += [*([words(" and " if is_last else ", ")] if number else []), told.link(id)]
    if rest := len(seen) - len(named):
        said.append(words(f" and {rest} more"))
    return said


TELLERS: Mapping[str, Teller] = MappingProxyType(
    {
        "objective.changed_together": _changed_together,
        "objective.changed_back": _changed_back,
        "objective.stepped_together": _changed_together,
        "objective.stepped_back_together": _changed_back,
    }
)
