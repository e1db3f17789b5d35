"""What would follow if an objective stood elsewhere: every number and status above it, old and new, exact.

Only what the reader sees is followed and told, as in `what_if`. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from milepost.core import access
from milepost.core.alignment import path_of_loop, seen_loop, way_out
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.structure import AlignmentRow, ObjectiveRow
from milepost.ledger.supposed import Supposed
from milepost.queries.cards import Reader
from milepost.queries.registers import register
from milepost.queries.rings import UNSEEN
from milepost.queries.what_if import seen_above

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

    key: str
    title: str
    url: str
    is_key_result: bool
    before: Fraction | None
    after: Fraction | None
    status_before: str
    status_after: str

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
        above = link.parent_id
        if reader.sees(above):
            found.append(replace(_place(reader, above), how=link.how, weight=Decimal(link.weight)))
    return found


def movable(reader: Reader) -> frozenset[int] | None:
    """Return the objectives that the reader may move; None: all of them."""
    actor, image = reader.actor, reader.image
    if actor.is_admin_of_okrs and not actor.looks_back:
        return None
    led = {id for id in image.teams if actor.leads.intersection(reader.lineage(id))} | actor.teams
    mine = actor.person_id
    # Few rows are asked about in full, however large the company is.
    listed = register(image)
    near = {*listed.owners.ids(mine), *listed.workers.ids(mine)}.union(*map(listed.teams.ids, led))
    rows = (image.objectives[id] for id in near if reader.sees(id))
    return frozenset(row.id for row in rows if access.may_edit(actor, reader.standing(row)))


def place(reader: Reader, ref: str, id: int | None) -> Place:
    """Return the place that a form names; raises NotFound for what the reader may not see."""
    known = {"o": reader.image.objectives, "k": reader.image.key_results}.get(ref[:1], {})
    if id not in known or not reader.sees(id):
        raise NotFound
    return _place(reader, id)


def _place(reader: Reader, id: int) -> Place:
    title, url = reader.named(id)
    is_key_result = id in reader.image.key_results
    return Place(f"{'k' if is_key_result else 'o'}{encode(id)}", title, url, id, is_key_result)


def preview(
    reader: Reader, row: ObjectiveRow, *, leaves: Place | None, to: Place | None, how: str, weight: Decimal
) -> Preview:
    """Return what would follow if an objective left one place for another (None: it stands by itself)."""
    image, more = reader.image, []
    without = [link.id for link in image.serves.get(row.id, ()) if _leads_to(link, leaves, to)]
    if to is not None:
        upwards = _Upwards(reader, row, to, without)
        if loop := upwards.loop():
            return Preview(loop=loop)
        without += upwards.in_the_way()
        objective, key_result = (None, to.id) if to.is_key_result else (to.id, None)
        more = [AlignmentRow(SUPPOSED, row.id, objective, key_result, how, format(weight, "f"))]
    supposed = Supposed(image, more, without)
    above = seen_above(reader, row.id)
    above += [id for id in seen_above(reader, row.id, image=supposed) if id not in above]
    turns = [_turn(reader, supposed, id) for id in above]
    changed = tuple(turn for turn in turns if turn.turns)
    return Preview(changed, len(turns) - len(changed))


def _leads_to(link: AlignmentRow, *places: Place | None) -> bool:
    return any(place is not None and link.parent_id == place.id for place in places)


class _Upwards:
    """What stands above a place, without some links, and the rings that a new link to it would close."""

    def __init__(self, reader: Reader, row: ObjectiveRow, to: Place, without: list[int]) -> None:
        self.reader, self.row, self.to = reader, row, to
        self.links: dict[tuple[int, int], int] = {}
        self.inside: list[tuple[int, int]] = []
        waiting, known = [to.id], {to.id}
        while waiting:  # nothing else can close a ring
            here = waiting.pop()
            above = self._above(here, without)
            waiting += [id for id in above if id not in known]
            known.update(above)

    def _above(self, id: int, without: list[int]) -> list[int]:
        image = self.reader.image
        if one := image.key_results.get(id):
            self.inside.append((id, one.objective_id))
            return [one.objective_id]
        found = {(id, link.parent_id): link.id for link in image.serves.get(id, ()) if link.id not in without}
        self.links |= found
        return [above for _, above in found]

    def _edges(self) -> list[tuple[int, int]]:
        return [*self.links, *self.inside]

    def _sees(self, id: int) -> bool:
        """Say whether the reader sees something, not only a token of theirs (`rings`)."""
        image, person = self.reader.image, replace(self.reader.actor, within=None)
        return access.may_see(person, image.audience(id), team=None, is_private=image.is_private(id))

    def loop(self) -> tuple[str, ...]:
        """Return the way round, as far as it may be named."""
        reader, found = self.reader, seen_loop(self._edges(), self.row.id, self.to.id, self._sees) or ()
        return tuple(reader.named(id)[0] if reader.sees(id) else UNSEEN for id in found)

    def in_the_way(self) -> list[int]:
        """Return the links that nobody tells this reader of, and that would end."""
        found = []
        while loop := path_of_loop(self._edges(), self.row.id, self.to.id):
            found.append(self.links.pop(way_out(loop, self.links, self._sees)))
        return found


def _turn(reader: Reader, supposed: Supposed, id: int) -> Turn:
    place, then = _place(reader, id), supposed.on(reader.today)
    return Turn(
        encode(id),
        place.title,
        place.url,
        place.is_key_result,
        before=None if reader.day.progress(id) is None else reader.day.near(id),
        after=None if then.progress(id) is None else then.near(id),
        status_before=reader.day.status_of(id).word,
        status_after=then.status_of(id).word,
    )
