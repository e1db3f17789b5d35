"""The whole company as a tree, encoded ahead: what nodes *are* once, their figures in columns as they move.

Encoding 5,714 objectives costs some 40 ms; joining what is encoded already, and three columns of numbers, a
fraction of one. A row says only what everyone who sees the node may see; the few whose neighbours are
restricted are encoded for each reader. Rows carry no names: a company's tree is half as long without the same
fifteen words in each, and its way to the reader is what it costs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson

from milepost.core import access
from milepost.core.access import Actor
from milepost.core.ids import encode
from milepost.core.rollup import Status
from milepost.formats import entity_tags
from milepost.ledger.columns import NOTHING
from milepost.ledger.day import Day
from milepost.ledger.editions import Written
from milepost.ledger.garbage import uncollected
from milepost.ledger.image import Image
from milepost.ledger.structure import KeyResultRow
from milepost.queries import written_ids, written_shares
from milepost.queries.alignment import View
from milepost.queries.cards import Reader

OBJECTIVE_COLUMNS = (
    "id", "title", "state", "commitment", "level", "cycle", "team", "owner", "parents", "key_results",
)  # fmt: skip
PARENT_COLUMNS = ("id", "kind", "how", "weight")
KEY_RESULT_COLUMNS = (
    "id", "key", "objective", "title", "state", "kind", "unit", "start", "target", "low", "high", "weight",
    "owner",
)  # fmt: skip
STATUSES = tuple(status.word for status in Status)
KEPT_SIGHTS = 256
FEW = 10  # up to a tenth are encoded one by one; more than that are done sooner by columns, with all others
_Eyes = tuple[int | None, frozenset[int] | None]  # who looks, and what a token limits them to
Encoder = Callable[[Image, int, Reader | None], bytes]


class _Rows:
    """What the objectives, or the key results, of one structure are; `first` is the node of the first.

    `mixed` holds the places whose text depends on the reader, with the neighbours that not everyone sees.
    """

    def __init__(self, image: Image, first: int, written: Written, encoded: Encoder) -> None:
        self.image, self.first, self.written, self.encoded = image, first, written, encoded
        self.ids = image.ids[first : first + len(written.ids)]
        self.mixed = (
            {image.node[id]: hidden for id in _near_restricted(image) if (hidden := _restricted(image, id))}
            if not first
            else {}
        )
        self.variants: dict[tuple[int, tuple[bool, ...]], bytes] = {}
        self.sights: dict[_Eyes, _Sight] = {}
        self.bodies: dict[_Sight, tuple[bytes, bytes]] = {}

    def rewritten(self, written: Written, outdated: set[int] | None) -> _Rows:
        """Return the same rows, of which some say something else: all stand where they did."""
        new = copy(self)
        new.written, new.bodies, new.variants = written, {}, {}
        if outdated is not None:
            anew = set((self.image.node.among(outdated) - self.first).tolist())
            new.variants = {name: text for name, text in self.variants.items() if name[0] not in anew}
        return new

    def sight(self, reader: Reader) -> _Sight:
        """Return what the reader sees: it changes with what stands where alone."""
        eyes = reader.actor.person_id, reader.actor.within
        found = self.sights.get(eyes)
        if found is None:
            seen = reader.seen[self.nodes()]
            mixed = tuple(
                (place, tuple(id is not None and reader.sees(id) for id in hidden))
                for place, hidden in self._depending_on(reader.actor)
                if seen[place]
            )
            if len(self.sights) >= KEPT_SIGHTS:
                self.sights.clear()
                self.bodies.clear()
            found = self.sights[eyes] = _Sight(np.packbits(seen).tobytes(), mixed)
        return found

    def _depending_on(self, actor: Actor) -> Iterable[tuple[int, Sequence[int | None]]]:
        if actor.within is None:
            return self.mixed.items()
        # Any neighbour may lie beyond what a token is limited to. The None tells these patterns from others.
        return ((place, [None, *_around(self.image, id)]) for place, id in enumerate(self.ids))

    def read_by(self, reader: Reader) -> tuple[bytes, bytes]:
        """Join all rows that the reader may read, as they may read them; with a mark made of them alone."""
        sight = self.sight(reader)
        found = self.bodies.get(sight)
        if found is None:
            body = self.joined(reader, self.mask(reader))
            found = self.bodies[sight] = body, hashlib.blake2b(body, digest_size=16).digest()
        return found

    def joined(self, reader: Reader, wanted: np.ndarray) -> bytes:
        """Join some of the rows that the reader sees, as they may read them."""
        instead = {}
        for place, pattern in self.sight(reader).mixed:
            if not wanted[place]:
                continue
            if (place, pattern) not in self.variants:
                self.variants[place, pattern] = self.encoded(self.image, self.ids[place], reader)
            instead[place] = self.variants[place, pattern]
        return self.written.joined(wanted, instead)

    def mask(self, reader: Reader) -> np.ndarray:
        """Mark the rows that the reader sees."""
        bits = np.frombuffer(self.sight(reader).mask, dtype=np.uint8)
        return np.unpackbits(bits, count=len(self.ids)).view(bool)

    def nodes(self) -> slice:
        """Return where the figures of these rows stand."""
        return slice(self.first, self.first + len(self.ids))


@dataclass(frozen=True)
class _Sight:
    """Which nodes someone sees, and which of the restricted neighbours of the mixed ones."""

    mask: bytes  # a bit for each
    mixed: tuple[tuple[int, tuple[bool, ...]], ...]


def _restricted(image: Image, id: int) -> list[int]:
    """Return the neighbours of an objective that some who see it do not."""
    links = [link.parent_id for link in image.serves.get(id, ())]
    found = [above for above in links if above in image.node and image.audience(above) is not access.EVERYONE]
    whole = image.audience(id)
    return found + [one for one in image.key_results_of.ids(id) if image.audience(one) != whole]


def _near_restricted(image: Image) -> set[int]:
    """Return the objectives of which a neighbour, or they themselves, are not for everyone."""
    near: set[int] = set()
    for id in image.restricted():
        near.add(image.objective_of(id))
        near.update(link.child_id for link in image.served_by.get(id, ()))
    return {id for id in near if id in image.node}


def _around(image: Image, id: int) -> Iterator[int]:
    """Yield what an objective serves, and its key results."""
    for link in image.serves.get(id, ()):
        above = link.parent_id
        if above in image.node:
            yield above
    yield from image.key_results_of.ids(id)


# -- encoding one ------------------------------------------------------------------------------------------


def _objective(image: Image, id: int, reader: Reader | None) -> bytes:
    """Encode one objective; with a reader, only what they see of its neighbours."""
    row = image.objectives[id]

    def seen(id: int) -> bool:
        return id in image.node and (reader is None or reader.sees(id))

    links = [
        (
            encode(above),
            "objective" if link.parent_objective_id else "key_result",
            link.how,
            link.weight,
        )
        for link in image.serves.get(row.id, ())
        if seen(above := link.parent_id)
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
            sum(map(seen, image.key_results_of.ids(row.id))),
        )
    )


def _key_result(image: Image, id: int, _: Reader | None) -> bytes:
    """Encode one key result: its measure as it was written."""
    one: KeyResultRow = image.key_results[id]
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
        )
    )


# -- encoding all, by columns ------------------------------------------------------------------------------


def _all_objectives(image: Image) -> list[bytes]:
    """Encode every objective as `_objective` does for one."""
    rows = image.objectives
    columns = (
        _written(rows.ids), *(rows.listed(name) for name in ("title", "state", "commitment", "level")),
        *(_written(rows.array(name)) for name in ("cycle_id", "team_id", "owner_id")),
        _all_links(image), image.key_results_of.counts()[: len(rows.ids)].tolist(),
    )  # fmt: skip
    return _encoded(columns)


def _all_links(image: Image) -> list[list[tuple]]:
    """Return what each objective serves, in the order of the objectives."""
    child, served, how, weight = image.links()
    kinds = np.where(served < image.first_key_result, "objective", "key_result").tolist()
    ids = np.concatenate([image.objectives.ids, image.key_results.ids])[served]
    links = list(zip(_written(ids), kinds, how, weight, strict=True))
    order = np.argsort(child, kind="stable")
    ends = np.cumsum(np.bincount(child, minlength=image.first_key_result)).tolist()
    ordered = [links[place] for place in order.tolist()]
    return [ordered[begin:end] for begin, end in pairwise([0, *ends])]


def _all_key_results(image: Image) -> list[bytes]:
    """Encode every key result as `_key_result` does for one."""
    rows = image.key_results
    names = ("title", "state", "kind", "unit", "start", "target", "low", "high", "weight")
    columns = (
        _written(rows.ids), rows.listed("key"), _written(rows.array("objective_id")),
        *(rows.listed(name) for name in names), _written(rows.array("owner_id")),
    )  # fmt: skip
    return _encoded(columns)


def _encoded(columns: Sequence[Sequence]) -> list[bytes]:
    # orjson leaves a text in the kilobyte in which it was written; a copy takes what it needs.
    return [bytes(memoryview(orjson.dumps(row))) for row in zip(*columns, strict=True)]


def _written(ids: np.ndarray) -> list[str | None]:
    """Write ids; None for those that say nothing."""
    found: list[str | None] = written_ids.of(ids)
    for place in np.flatnonzero(ids == NOTHING).tolist():
        found[place] = None
    return found


def _spread(there: np.ndarray, values: list) -> list:
    """Return the values where they are, and None where there is none."""
    following = iter(values)
    return [next(following) if is_there else None for is_there in there.tolist()]


# -- the whole ---------------------------------------------------------------------------------------------


@dataclass
class _Kept:
    """What is kept of one day as long as no figure moves."""

    day: Day
    seen: int
    figures: dict[tuple[str, _Sight], bytes] = field(default_factory=dict)
    answers: dict[tuple[_Sight, ...], tuple[str, list[bytes]]] = field(default_factory=dict)


def _rows(image: Image, name: str) -> _Rows:
    """Return what the nodes of this structure are, encoded once."""
    found = image.derived.get((_Rows, name))
    if found is None:
        written = image.written[name] = _written_now(image, name)
        before = image.arranged.get((_Rows, name))
        if before is not None:
            found = before.rewritten(written, before.written.outdated(name, image.edition))
        else:
            first, one = (0, _objective) if name == "objectives" else (image.first_key_result, _key_result)
            found = _Rows(image, first, written, one)
        image.derived[_Rows, name] = image.arranged[_Rows, name] = found
    return found


def _written_now(image: Image, name: str) -> Written:
    """Return every objective or key result encoded: those anew that may say something else than before."""
    edition, kept = image.edition, image.written.get(name)
    ids, one, all = (
        (edition.objectives.ids, _objective, _all_objectives)
        if name == "objectives"
        else (edition.key_results.ids, _key_result, _all_key_results)
    )
    outdated = kept.outdated(name, edition) if kept is not None and kept.mark == _code() else None
    if outdated is None or len(outdated) * FEW > len(ids):
        with uncollected():
            return Written.of(_code(), ids, all(image), edition)
    there = outdated.intersection(ids.tolist())
    return kept.renewed(ids, {id: one(image, id, None) for id in there}, edition)


@cache
def _code() -> str:
    """Name what encodes: texts from a snapshot are as good as those of now where the same code wrote them."""
    return hashlib.blake2b(
        Path(__file__).read_bytes() + orjson.__version__.encode(), digest_size=16
    ).hexdigest()


def _kept(day: Day) -> _Kept:
    found = day.derived.get(_Kept)
    if found is None or found.seen != len(day.touched):
        found = day.derived[_Kept] = _Kept(day, len(day.touched))
    return found


def _figures(kept: _Kept, name: str, rows: _Rows, reader: Reader) -> bytes:
    """Encode the figures of what the reader sees, a column each."""
    sight = rows.sight(reader)
    found = kept.figures.get((name, sight))
    if found is None:
        columns = _columns(kept.day, name, rows, rows.mask(reader))
        found = kept.figures[name, sight] = _written_figures(columns)
    return found


def _columns(day: Day, name: str, rows: _Rows, wanted: np.ndarray) -> dict[str, object]:
    """Return the figures of some rows by column."""
    image, nodes = day.image, rows.nodes()
    status, expected = (
        day.of_objectives() if name == "objectives" else (day.status[nodes], day.expected[nodes])
    )
    columns: dict[str, object] = {
        "status": status[wanted],
        "progress": _written_shares(np.where(day.reported[nodes], day.raw[nodes], np.nan)[wanted]),
        "expected": _written_shares(expected[wanted]),
    }
    if name == "key_results":
        ids = image.key_results.ids[wanted]
        there, (confidence, effective) = image.entries.columns(ids, "confidence", "effective")
        columns |= {
            "value": image.current[wanted],
            "confidence": _spread(there, [number or None for number in confidence.tolist()]),
            "checked_at": _spread(there, effective.tolist()),
        }
    return columns


def _written_shares(shares: np.ndarray) -> orjson.Fragment:
    return orjson.Fragment(written_shares.of(shares))


def _written_figures(columns: dict[str, object]) -> bytes:
    return orjson.dumps(columns, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]


_HEADS = {
    name: b'"%s":{"columns":%s,"rows":[' % (name.encode(), orjson.dumps(columns))
    for name, columns in (("objectives", OBJECTIVE_COLUMNS), ("key_results", KEY_RESULT_COLUMNS))
}
_BEGINNING = b'{"statuses":%s,"parents":%s,' % (orjson.dumps(STATUSES), orjson.dumps(PARENT_COLUMNS))


@dataclass(frozen=True)
class Answer:
    """The encoded tree with its entity tag; `body` None where the reader has it already."""

    etag: str
    body: bytes | None


def as_json(reader: Reader, *, key_results: bool = False, known: str | None = None) -> Answer:
    """Return every objective the reader sees on the day they look at, encoded, perhaps with the key results.

    `{"statuses": [words], "parents": [names], "objectives": {"columns": [names], "rows": [[values]],
    "status": [numbers], "progress": [shares], "expected": [shares]}, "key_results": {…}}`: a status is a
    place in `statuses`, `parents` names what a row says of each parent. Where `known` (the entity tags a
    reader has) is still right, nothing but the tag.
    """
    image = reader.image
    with image.lock:
        kept = _kept(image.on(reader.today))
        names = ("objectives", "key_results") if key_results else ("objectives",)
        wanted = {name: _rows(image, name) for name in names}
        sights = tuple(rows.sight(reader) for rows in wanted.values())
        if sights not in kept.answers:
            kept.answers[sights] = _answered(kept, wanted, reader)
        etag, parts = kept.answers[sights]
    if entity_tags.is_known(etag, known):
        return Answer(etag, None)
    return Answer(etag, b"".join(parts))


def _answered(kept: _Kept, wanted: dict[str, _Rows], reader: Reader) -> tuple[str, list[bytes]]:
    # The tag is made of what is read, never of a counter that moves with what is hidden from the reader.
    tag, parts = hashlib.sha256(), [_BEGINNING]  # processors have it built in
    for name, rows in wanted.items():
        body, mark = rows.read_by(reader)
        figures = _figures(kept, name, rows, reader)
        tag.update(mark + figures)
        parts += [_HEADS[name], body, b"],", figures, b"}", b","]
    parts[-1] = b"}"
    return f'"{tag.hexdigest()[:16]}"', parts


def narrowed(view: View) -> bytes:
    """Return what a narrowed tree shows, encoded as `as_json` does: what fits and what stands above that.

    `is_match` says of each row whether it fits by itself.
    """
    reader, image = view.reader, view.reader.image
    day = image.on(reader.today)
    matching = view.outline.own if view.matching is None else view.matching.mask
    parts = [_BEGINNING]
    for name in ("objectives", "key_results") if view.filters.key_results else ("objectives",):
        rows = _rows(image, name)
        wanted = rows.mask(reader) & view.shown.mask[rows.nodes()]
        columns = _columns(day, name, rows, wanted) | {"is_match": matching[rows.nodes()][wanted]}
        parts += [_HEADS[name], rows.joined(reader, wanted), b"],", _written_figures(columns), b"}", b","]
    parts[-1] = b"}"
    return b"".join(parts)
