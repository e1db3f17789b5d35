"""What a check-in did: the key result's new figures, and those of everything above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from milepost.core import addresses
from milepost.core.access import Actor
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger import image as images
from milepost.models import Checkin
from milepost.queries import standings
from milepost.queries.cards import Reader


@dataclass(frozen=True, slots=True)
class Moved:
    """An objective or key result with its progress as shown, before (where known) and now."""

    id: str
    kind: str
    title: str
    url: str
    before: str | None
    percent: str | None
    progress: float | None
    status: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The key result that was checked in, and its ancestors, nearest first."""

    key_result: Moved
    ancestors: tuple[Moved, ...]


def shown_before(actor: Actor, today: date, key_result_id: int) -> dict[int, str | None]:
    """Return what this process last showed of a key result and its ancestors; costs no statement."""
    image = images.held(actor.workspace_id)
    if image is None:
        return {}
    with image.lock:
        if key_result_id not in image.node:
            return {}
        day = image.on(today)
        return {id: day.percent(id) for id in (key_result_id, *image.ancestors(key_result_id))}


def outcome(
    actor: Actor, today: date, key_result_id: int, *, before: dict[int, str | None] | None = None
) -> Outcome:
    """Return what stands now, as far as the actor may see it."""
    reader = Reader(actor, today)
    with reader.image.lock:
        one = reader.key_result_row(key_result_id)
        return Outcome(
            _moved(reader, one.id, before),
            tuple(
                _moved(reader, id, before) for id in reader.image.ancestors(one.id) if reader.sees(id)
            ),
        )


def _moved(reader: Reader, id: int, before: dict[int, str | None] | None) -> Moved:
    row = reader.image.objectives.get(id)
    one = reader.image.key_results.get(id)
    value = reader.day.progress(id)
    address = addresses.objective if row else addresses.key_result
    return Moved(
        id=encode(id),
        kind="objective" if row else "key_result",
        title=(row or one).title,
        url=address(reader.slug, id),
        before=(before or {}).get(id),
        percent=reader.day.percent(id),
        progress=None if value is None else round(value, 6),
        status=reader.day.status_of(id).word,
    )


@dataclass(frozen=True, slots=True)
class EntryCard:
    """A check-in for the form that corrects it."""

    id: int
    key_result_id: int
    value: Fraction | None
    parts: tuple[str, ...]
    confidence: int | None
    note: str
    on: date


def entry(reader: Reader, id: int) -> EntryCard:
    """Return a check-in of a key result that the reader may see, or NotFound."""
    row = Checkin.objects.of(reader.actor.workspace_id).filter(id=id).first()
    if row is None:
        raise NotFound
    standings.key_result(reader.actor, row.key_result_id)
    return EntryCard(
        id=row.id,
        key_result_id=row.key_result_id,
        value=None if row.value is None else Fraction(row.value),
        parts=tuple(row.parts or ()),
        confidence=row.confidence,
        note=row.note,
        on=row.effective_at.astimezone(reader.zone).date(),
    )
