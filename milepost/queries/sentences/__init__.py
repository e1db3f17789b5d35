"""Events as sentences: one place turns what happened into words, for whoever may see it.

`sentence` answers None for what its reader may not see, and then nothing of it is mentioned: not its
title, not its author, not that it happened.

Each noun has its own file with its `TELLERS`: `work`, `together`, `people`, `workspace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from milepost.core.ids import encode
from milepost.models import Event
from milepost.queries import undoing
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.sentences import people, together, work, workspace
from milepost.queries.sentences.differences import differences
from milepost.queries.sentences.happenings import Happening, author, may_see, note
from milepost.queries.sentences.phrases import Phrase, Teller, Telling, words

__all__ = ["TELLERS", "Happening", "Phrase", "Sentence", "rewritten", "sentence"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """An event in words: who (`by`), what (`phrases`, after the name), when, and what they added."""

    id: str
    kind: str
    by: PersonCard
    is_mine: bool
    phrases: tuple[Phrase, ...]
    note: str
    at: datetime
    on: date
    is_undone: bool = False
    undo_url: str = ""  # where it can be undone; empty where it cannot, or not by this reader

    @property
    def actor(self) -> str:
        """How the sentence begins."""
        return "You" if self.is_mine else self.by.name

    @property
    def text(self) -> str:
        """The whole sentence as plain text, numbers without grouping."""
        said = (
            phrase.text if phrase.value is None else f"{phrase.value:f} {phrase.unit}".rstrip()
            for phrase in self.phrases
        )
        return f"{self.actor} {''.join(said)}"


TELLERS: Mapping[str, Teller] = MappingProxyType(
    {**work.TELLERS, **together.TELLERS, **people.TELLERS, **workspace.TELLERS}
)
# That they take something back.
_SAY_SO_THEMSELVES = (
    "alignment.moved_back",
    "objective.changed_back",
    "objective.stepped_back_together",
    "person.handed_back",
)


def sentence(reader: Reader, event: Happening | Event) -> Sentence | None:
    """Say what an event was, or None where its reader may not see what it is about."""
    if not may_see(reader, event):
        return None
    told = Telling(reader, event)
    phrases = TELLERS.get(event.kind, _anything_else)(told)
    if phrases is None:
        return None
    if event.undoes_id is not None and event.kind not in _SAY_SO_THEMSELVES:
        phrases = [*phrases, words(", undoing an earlier change")]
    is_undone = getattr(event, "is_undone", False)
    at = reader.local(event.at)
    return Sentence(
        id=encode(event.id),
        kind=event.kind,
        by=author(reader, event),
        is_mine=event.actor_id is not None and event.actor_id == reader.actor.person_id,
        phrases=tuple(phrases),
        note="" if is_undone and event.kind == "comment.added" else note(event),
        at=at,
        on=at.date(),
        is_undone=is_undone,
        undo_url=undoing.url(reader, event),
    )


def _anything_else(told: Telling) -> list[Phrase]:
    """Tell a kind nobody wrote a sentence for: its verb, and what it is about."""
    noun, _, verb = told.event.kind.partition(".")
    verb = (verb or "changed").replace("_", " ")
    if told.event.objective_id is not None:
        return [words(f"{verb} "), told.key_result]
    name = told.data.get("name") or told.data.get("title")
    return [words(f"{verb} the {noun.replace('_', ' ')}" + (f" {name}" if name else ""))]


def rewritten(
    reader: Reader, event: Happening | Event, changes: Mapping[str, tuple[Any, Any]]
) -> list[list[Phrase]]:
    """Say fields of what an event is about as "title “Now” → “Then”"."""
    told = Telling(reader, event)
    told.data = {**event.data, "changes": changes}
    return list(differences(told))
