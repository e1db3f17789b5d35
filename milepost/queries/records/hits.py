"""What was found, as programs read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.queries import search
from milepost.queries.cards import Reader
from milepost.queries.hits import Hit
from milepost.queries.records.figures import rounded
from milepost.queries.records.slices import Slice, written


@dataclass(frozen=True, slots=True)
class HitRecord:
    """Something that was found. `context` says where it belongs, `excerpt` is the text that has the words."""

    id: str
    kind: str
    url: str
    title: str
    context: tuple[str, ...]
    status: str | None
    progress: float | None
    owner: str | None
    excerpt: str
    on: date | None


def found(reader: Reader, words: str, *, kind: str | None, most: int) -> Slice:
    """Return what has some words, the likeliest first; there is no more to go on with."""
    hits = search.find(reader, words, kind=kind, most=most).hits
    return Slice(tuple(map(_record, hits)), None)


def _record(hit: Hit) -> HitRecord:
    return HitRecord(
        id=hit.id,
        kind=hit.kind,
        url=hit.url,
        title=hit.title,
        context=hit.context,
        status=hit.status,
        progress=rounded(hit.progress),
        owner=written(hit.owner_id),
        excerpt=hit.excerpt,
        on=hit.on,
    )
