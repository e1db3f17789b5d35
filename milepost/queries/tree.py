"""The whole company as a tree, encoded ahead: a fragment for each node, made anew when it changed.

Encoding 5,714 objectives costs some 40 ms; joining what is encoded already a fraction of one. A fragment
says only what everyone who sees the node may see; the few whose neighbours are restricted are encoded for
each reader. Rows without names: a company's tree is half as long without the same fifteen words in each, and
its way to the reader is what it costs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import compress

import numpy as np
import orjson

from milepost.core import access
from milepost.core.access import Actor
from milepost.core.ids import encode
from milepost.ledger import image as images
from milepost.ledger.image import Day, Image
from milepost.ledger.structure import KeyResultRow

FIGURES = ("status", "progress", "expected")
OBJECTIVE_COLUMNS = (
    "id", "title", "state", "commitment", "level", "cycle", "team", "owner", "parents", "key_results",
    *FIGURES,
)  # fmt: skip
PARENT_COLUMNS = ("id", "kind", "how", "weight")
KEY_RESULT_COLUMNS = (
    "id", "key", "objective", "title", "state", "kind", "unit", "start", "target", "low", "high", "weight",
    "owner", "value", "confidence", "checked_at", *FIGURES,
)  # fmt: skip
KEPT_ANSWERS = 8
KEPT_SIGHTS = 256
Encoder = Callable[[Image, Day, int, Actor | None], bytes]


@dataclass
class _Fragments:
    """The encoded objectives, or key results, of one workspace on one day; `first` is the node of the first.

    `mixed` holds the places whose text depends on the reader, with the neighbours that not everyone sees.
    """

    image: Image
    day: Day
    first: int
    ids: list[int]
    encoded: Encoder
    neighbours: Callable[[Image, int], list[int]]

    def __post_init__(self) -> None:
        image, day = self.image, self.day
        self.texts = [self.encoded(image, day, id, None) for id in self.ids]
        self.marks = np.array([_mark(text) for text in self.texts], dtype=np.uint64)
        self.mixed = {
            place: hidden for place, id in enumerate(self.ids) if (hidden := self.neighbours(image, id))
        }
        self.variants: dict[int, dict[tuple[bool, ...], tuple[bytes, int]]] = {}
        self.sights: dict[int | None, _Sight] = {}
        self.tags: dict[int | None, int] = {}
        self.seen = len(day.touched)

    def refresh(self) -> None:
        """Encode anew what changed."""
        touched = self.day.touched
        if self.seen == len(touched):
            return
        for node in set(touched[self.seen :]):
            place = node - self.first
            if 0 <= place < len(self.ids):
                self.texts[place] = self.encoded(self.image, self.day, self.ids[place], None)
                self.marks[place] = _mark(self.texts[place])
                self.variants.pop(place, None)
        self.seen = len(touched)
        self.tags.clear()

    def sight(self, actor: Actor) -> _Sight:
        """Return what the actor sees: it changes with the structure alone."""
        found = self.sights.get(actor.person_id)
        if found is None:
            mask = np.array([_sees(self.image, actor, id) for id in self.ids], dtype=bool)
            mixed = {
                place: tuple(_sees(self.image, actor, id) for id in hidden)
                for place, hidden in self.mixed.items()
                if mask[place]
            }
            if len(self.sights) >= KEPT_SIGHTS:
                self.sights.clear()
            found = self.sights[actor.person_id] = _Sight(mask, mixed)
        return found

    def _variant(self, place: int, pattern: tuple[bool, ...], actor: Actor) -> tuple[bytes, int]:
        variants = self.variants.setdefault(place, {})
        if pattern not in variants:
            text = self.encoded(self.image, self.day, self.ids[place], actor)
            variants[pattern] = text, _mark(text)
        return variants[pattern]

    def tag(self, actor: Actor) -> int:
        """Return a number made of all that the actor reads, and of nothing else."""
        found = self.tags.get(actor.person_id)
        if found is None:
            sight, marks = self.sight(actor), self.marks
            if sight.mixed:
                marks = marks.copy()
                for place, pattern in sight.mixed.items():
                    marks[place] = self._variant(place, pattern, actor)[1]
            found = int(np.bitwise_xor.reduce(marks[sight.mask], initial=np.uint64(0)))
            self.tags[actor.person_id] = found
        return found

    def read_by(self, actor: Actor) -> bytes:
        """Join all texts that the actor may read, as they may read them."""
        sight, texts = self.sight(actor), self.texts
        if sight.mixed:
            texts = list(texts)
            for place, pattern in sight.mixed.items():
                texts[place] = self._variant(place, pattern, actor)[0]
        return b",".join(compress(texts, sight.mask.tolist()))


@dataclass(frozen=True)
class _Sight:
    """Which nodes someone sees, and which of the restricted neighbours of the mixed ones."""

    mask: np.ndarray
    mixed: dict[int, tuple[bool, ...]]


def _restricted(image: Image, id: int) -> list[int]:
    """Return the neighbours of an objective that some who see it do not."""
    links = [link.parent_objective_id or link.parent_key_result_id for link in image.serves.get(id, ())]
    found = [above for above in links if above in image.node and image.audience(above) is not access.EVERYONE]
    whole = image.audience(id)
    return found + [one.id for one in image.key_results_of.get(id, ()) if image.audience(one.id) != whole]


def _sees(image: Image, actor: Actor, id: int) -> bool:
    seen_by = image.audience(id)
    if seen_by is access.EVERYONE:
        return True
    return access.may_see(actor, seen_by, is_private=image.is_private(id))


def _mark(text: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


# -- encoding one ------------------------------------------------------------------------------------------


def _objective(image: Image, day: Day, id: int, actor: Actor | None) -> bytes:
    """Encode one objective; with an actor, only what they see of its neighbours."""
    row = image.objectives[id]

    def seen(id: int) -> bool:
        return id in image.node and (actor is None or _sees(image, actor, id))

    links = [
        (
            encode(above),
            "objective" if link.parent_objective_id else "key_result",
            link.how,
            link.weight,
        )
        for link in image.serves.get(row.id, ())
        if seen(above := link.parent_objective_id or link.parent_key_result_id)
    ]
    return orjson.dumps(
        (
            encode(row.id),
            row.title,
            row.state,
            row.commitment,
            row.level,
            encode(row.cycle_id),
            encode(row.team_id) if row.team_id else None,
            encode(row.owner_id) if row.owner_id else None,
            links,
            sum(1 for one in image.key_results_of.get(row.id, ()) if seen(one.id)),
            *_figures(image, day, row.id),
        )
    )


def _key_result(image: Image, day: Day, id: int, _: Actor | None) -> bytes:
    """Encode one key result: its measure as it was written, its last value, its figures."""
    one: KeyResultRow = image.key_results[id]
    current = image.entries.current(id)
    return orjson.dumps(
        (
            encode(one.id),
            one.key,
            encode(one.objective_id),
            one.title,
            one.state,
            one.kind,
            one.unit,
            one.start,
            one.target,
            one.low,
            one.high,
            one.weight,
            encode(one.owner_id) if one.owner_id else None,
            None if current is None or current.value != current.value else current.value,
            current.confidence or None if current else None,
            current.effective if current else None,
            *_figures(image, day, id),
        )
    )


def _figures(image: Image, day: Day, id: int) -> tuple[str, float | None, float]:
    progress = day.progress(id)
    return (
        day.status_of(id).word,
        None if progress is None else round(progress, 6),
        round(float(day.expected[image.node[id]]), 6),
    )


# -- the whole ---------------------------------------------------------------------------------------------


@dataclass
class _Kept:
    """What is kept of one workspace on one day: the fragments and the answers made of them."""

    day: Day
    objectives: _Fragments
    key_results: _Fragments | None = None
    answers: dict[str, bytes] = field(default_factory=dict)


_kept: dict[int, _Kept] = {}


def _up_to_date(image: Image, today: date, *, key_results: bool) -> _Kept:
    day = image.on(today)
    found = _kept.get(image.workspace_id)
    if found is None or found.day is not day:
        made = _Fragments(image, day, 0, list(image.objectives), _objective, _restricted)
        found = _kept[image.workspace_id] = _Kept(day, made)
    if key_results and found.key_results is None:
        first = image.first_key_result
        found.key_results = _Fragments(
            image, day, first, image.ids[first:], _key_result, lambda image, id: []
        )
    for fragments in (found.objectives, found.key_results):
        if fragments is not None:
            fragments.refresh()
    return found


def _head(name: str, **columns: tuple[str, ...]) -> bytes:
    said = orjson.dumps(columns).removesuffix(b"}")
    return b'"%s":%s,"rows":[' % (name.encode(), said)


_HEADS = {
    "objectives": _head("objectives", columns=OBJECTIVE_COLUMNS, parents=PARENT_COLUMNS),
    "key_results": _head("key_results", columns=KEY_RESULT_COLUMNS),
}


@dataclass(frozen=True)
class Answer:
    """The encoded tree with its entity tag; `body` None where the reader has it already."""

    etag: str
    body: bytes | None


def as_json(actor: Actor, today: date, *, key_results: bool = False, known: str | None = None) -> Answer:
    """Return every objective the actor sees, encoded, perhaps with the key results.

    `{"objectives": {"columns": [names], "parents": [names], "rows": [[values]]}, "key_results": {…}}`.
    Where `known` (the entity tags a reader has) is still right, nothing but the tag.
    """
    image = images.of(actor.workspace_id)
    with image.lock:
        kept = _up_to_date(image, today, key_results=key_results)
        wanted = {"objectives": kept.objectives}
        if key_results:
            wanted["key_results"] = kept.key_results
        # Made of what is read, never of a counter that moves with what is hidden from the reader.
        etag = '"' + "".join(f"{fragments.tag(actor):016x}" for fragments in wanted.values()) + '"'
        if known is not None and etag in known:
            return Answer(etag, None)
        body = kept.answers.get(etag)
        if body is None:
            body = b",".join(
                _HEADS[name] + fragments.read_by(actor) + b"]}" for name, fragments in wanted.items()
            )
            body = b"{" + body + b"}"
            if len(kept.answers) >= KEPT_ANSWERS:
                kept.answers.clear()
            kept.answers[etag] = body
    return Answer(etag, body)
