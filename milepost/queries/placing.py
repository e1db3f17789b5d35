"""What would follow if an objective stood elsewhere: every number and status above it, old and new, exact.

Only what the reader sees is followed and told, as in `what_if`. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from milepost.core import addresses
from milepost.core.alignment import path_of_loop
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.image import Image
from milepost.ledger.structure import AlignmentRow, ObjectiveRow
from milepost.ledger.supposed import Supposed
from milepost.queries.cards import Reader

SUPPOSED = 0  # the id of a link that is not there; real ones are larger


@dataclass(frozen=True, slots=True)
class Place:
    """Something an objective serves or could serve; `ref` is `o` or `k` and its id, as forms write it."""

    ref: str
    title: str
    url: str
    id: int
    is_key_result: bool
    how: str = "contributes"
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What stands above, before and after: shares (1 is done), and the status."""

    title: str
    url: str
    is_key_result: bool
    before: Fraction | None
    after: Fraction | None
    status_before: str
    status_after: str

    @property
    def change(self) -> Fraction | None:
        """How much it would gain; None where there is no number before or after."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def turns(self) -> bool:
        """Whether anything would be otherwise."""
        return (self.before, self.status_before) != (self.after, self.status_after)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would follow; with a `loop`, nothing can: it names the way round."""

    turns: tuple[Turn, ...] = ()  # what would change, nearest first
    same: int = 0  # how much else stands above and would stay as it is
    loop: tuple[str, ...] = ()


def places(reader: Reader, row: ObjectiveRow) -> list[Place]:
    """List what an objective serves now, as far as the reader sees it."""
    found = []
    for link in reader.image.serves.get(row.id, ()):
        above = link.parent_objective_id or link.parent_key_result_id
        if reader.sees(above):
            place = _place(reader, above)
            found.append(_with(place, link.how, Decimal(link.weight)))
    return found


def place(reader: Reader, ref: str, id: int | None) -> Place:
    """Return the place that a form names; raises NotFound for what the reader may not see."""
    known = {"o": reader.image.objectives, "k": reader.image.key_results}.get(ref[:1], {})
    if id not in known or not reader.sees(id):
        raise NotFound
    return _place(reader, id)


def _place(reader: Reader, id: int) -> Place:
    image = reader.image
    one = image.key_results.get(id)
    if one is not None:
        return Place(f"k{encode(id)}", one.title, addresses.key_result(reader.slug, id), id, True)
    title = image.objectives[id].title
    return Place(f"o{encode(id)}", title, addresses.objective(reader.slug, id), id, False)


def _with(place: Place, how: str, weight: Decimal) -> Place:
    return Place(place.ref, place.title, place.url, place.id, place.is_key_result, how, weight)


def preview(
    reader: Reader, row: ObjectiveRow, *, leaves: Place | None, to: Place | None, how: str, weight: Decimal
) -> Preview:
    """Return what would follow if an objective left one place for another (None: it stands by itself)."""
    image = reader.image
    kept = [link for link in image.alignments.values() if not _is(link, row.id, leaves)]
    if to is not None:
        if loop := _loop(reader, kept, row, to):
            return Preview(loop=loop)
        kept = [link for link in kept if not _is(link, row.id, to)]
        objective, key_result = (None, to.id) if to.is_key_result else (to.id, None)
        kept.append(AlignmentRow(SUPPOSED, row.id, objective, key_result, how, format(weight, "f")))
    supposed = Supposed(image, kept)
    above = _seen_above(reader, image, row.id)
    above += [id for id in _seen_above(reader, supposed, row.id) if id not in above]
    turns = [_turn(reader, supposed, id) for id in above]
    changed = tuple(turn for turn in turns if turn.turns)
    return Preview(changed, len(turns) - len(changed))


def _is(link: AlignmentRow, child: int, place: Place | None) -> bool:
    above = link.parent_objective_id or link.parent_key_result_id
    return place is not None and link.child_id == child and above == place.id


def _loop(reader: Reader, links: list[AlignmentRow], row: ObjectiveRow, to: Place) -> tuple[str, ...]:
    image = reader.image
    edges = [(link.child_id, link.parent_objective_id or link.parent_key_result_id) for link in links]
    edges += [(one.id, one.objective_id) for one in image.key_results.values()]
    found = path_of_loop(edges, row.id, to.id) or ()
    rows = image.objectives | image.key_results
    return tuple(rows[id].title if reader.sees(id) else "something you may not see" for id in found)


def _seen_above(reader: Reader, image: Image, id: int) -> list[int]:
    """Return what it counts in, through what the reader sees alone, nearest first."""
    found: set[int] = set()
    waiting = [image.node[id]]
    while waiting:
        for node in image.above.get(waiting.pop(), ()):
            if node not in found and reader.sees(image.ids[node]):
                found.add(node)
                waiting.append(node)
    return [image.ids[node] for node in sorted(found, key=lambda node: (image.tree.height[node], node))]


def _turn(reader: Reader, supposed: Supposed, id: int) -> Turn:
    place, then = _place(reader, id), supposed.on(reader.today)
    return Turn(
        place.title,
        place.url,
        place.is_key_result,
        before=None if reader.day.progress(id) is None else reader.image.exact(id),
        after=None if then.progress(id) is None else supposed.exact(id),
        status_before=reader.day.status_of(id).word,
        status_after=then.status_of(id).word,
    )
