"""Links upwards as programs read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.structure import AlignmentRow
from milepost.queries.alignments import counts
from milepost.queries.cards import Reader
from milepost.queries.records.slices import Slice, Wanted, following, ids_of, written


@dataclass(frozen=True, slots=True)
class AlignmentRecord:
    """`objective` serves another (`parent_objective`) or a key result (`parent_key_result`).

    `counts` says whether it rolls up: *contributes* does, unless its state or who sees it forbids.
    """

    id: str
    objective: str
    parent_objective: str | None
    parent_key_result: str | None
    how: str
    weight: str
    counts: bool


def slice_of(
    reader: Reader, wanted: Wanted, *, objective: int | None = None, under: int | None = None
) -> Slice:
    """Return some of the links that hold now, the oldest first: all, of one objective, or up to one thing."""
    links = reader.image.alignments
    ids = (id for id in following(links, wanted) if _is_asked(links[id], objective, under))
    kept, onwards = ids_of((id for id in ids if _is_seen(reader, links[id])), wanted)
    return Slice(tuple(_record(reader, links[id]) for id in kept), onwards)


def one(reader: Reader, id: int) -> AlignmentRecord:
    """Return one link, or NotFound where either end may not be seen."""
    link = reader.image.alignments.get(id)
    if link is None or not _is_seen(reader, link):
        raise NotFound
    return _record(reader, link)


def of(reader: Reader, objective: int) -> Iterator[AlignmentRecord]:
    """Yield the links from an objective upwards."""
    for link in reader.image.serves.get(objective, ()):
        if _is_seen(reader, link):
            yield _record(reader, link)


def _is_asked(link: AlignmentRow, objective: int | None, under: int | None) -> bool:
    if objective is not None and link.child_id != objective:
        return False
    return under is None or under in (link.parent_objective_id, link.parent_key_result_id)


def _is_seen(reader: Reader, link: AlignmentRow) -> bool:
    return reader.finds(link.child_id) and reader.finds(link.parent_id)


def _record(reader: Reader, link: AlignmentRow) -> AlignmentRecord:
    return AlignmentRecord(
        id=encode(link.id),
        objective=encode(link.child_id),
        parent_objective=written(link.parent_objective_id),
        parent_key_result=written(link.parent_key_result_id),
        how=link.how,
        weight=link.weight,
        counts=counts(reader.image, link),
    )
