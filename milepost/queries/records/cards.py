"""Cards as programs read them: an objective or a key result in short, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import orjson

from milepost.core.ids import encode
from milepost.core.trends import Course
from milepost.queries.cards import KeyResultCard, ObjectiveCard, PersonCard, TeamCard
from milepost.queries.kept import Kept
from milepost.queries.records.figures import exact, rounded


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """Somebody, or a team."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ServedRecord:
    """What an objective serves, as far as you see it, and in which way."""

    how: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class KeyResultCardRecord:
    """A key result in short. `course` has days and values of check-ins (of very many, of some), to draw."""

    id: str
    url: str
    title: str
    state: str
    status: str
    kind: str
    unit: str
    start: str | None
    value: str | None
    target: str | None
    low: str | None
    high: str | None
    progress: float | None
    expected: float | None
    weight: str
    counts: bool
    confidence: int | None
    owner: NamedRecord | None
    checked_on: date | None
    due_on: date | None
    course: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class ObjectiveCardRecord:
    """An objective in short, with the key results that you see; `reported` of the `counted` have data."""

    id: str
    url: str
    title: str
    state: str
    status: str
    commitment: str
    level: str
    owner: NamedRecord | None
    progress: float | None
    expected: float | None
    reported: int
    counted: int
    off_track_below: int
    serves: tuple[ServedRecord, ...]
    key_results: tuple[KeyResultCardRecord, ...]


def _encode(card: ObjectiveCard) -> bytes:
    return orjson.dumps(
        ObjectiveCardRecord(
            id=card.id,
            url=card.url,
            title=card.title,
            state=card.state,
            status=card.status,
            commitment=card.commitment,
            level=card.level,
            owner=named(card.owner),
            progress=rounded(card.progress),
            expected=rounded(card.expected),
            reported=card.reported,
            counted=card.counted,
            off_track_below=card.off_track_below,
            serves=tuple(ServedRecord(*served) for served in card.parents),
            key_results=tuple(map(key_result, card.key_results)),
        )
    )


encoded = Kept(_encode)
"""An objective's card as JSON, an ObjectiveCardRecord, encoded once."""


def key_result(card: KeyResultCard) -> KeyResultCardRecord:
    """Return a key result in short."""
    return KeyResultCardRecord(
        id=card.id,
        url=card.url,
        title=card.title,
        state=card.state,
        status=card.status,
        kind=card.kind,
        unit=card.unit,
        start=exact(card.start),
        value=None if isinstance(card.now, float) else exact(card.now),
        target=exact(card.target),
        low=exact(card.low),
        high=exact(card.high),
        progress=rounded(card.progress),
        expected=rounded(card.expected),
        weight=exact(card.weight),
        counts=card.counts,
        confidence=card.confidence,
        owner=named(card.owner),
        checked_on=card.checked_on,
        due_on=card.due_on,
        course=_course(card.trend),
    )


def _course(trend: Course | None) -> tuple[tuple[date, float], ...]:
    return tuple((point.day, float(point.value)) for point in trend.points) if trend else ()


def named(card: PersonCard | TeamCard | None) -> NamedRecord | None:
    """Return somebody, or a team, by name."""
    return card and NamedRecord(encode(card.id), card.name, card.url)
