"""What would follow if key results ended somewhere: numbers and statuses above them, before and after, exact.

Everything else stays as it is today. Nothing is written, and what the image keeps is left alone. The change
is followed through what the reader sees and through nothing else, so it tells of no work that is hidden from
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.core.rollup import Status
from milepost.core.scoring import Part, ScoringProblem, roll_up
from milepost.ledger.day import Day
from milepost.ledger.image import Image
from milepost.ledger.structure import KeyResultRow
from milepost.queries.cards import Reader


@dataclass(frozen=True, slots=True)
class Effect:
    """An objective or key result whose number would change (or would not); shares, 1 is done."""

    id: int
    key: str
    is_key_result: bool
    title: str
    url: str
    before: Fraction | None
    after: Fraction | None
    status_before: str
    status_after: str


@dataclass(frozen=True, slots=True)
class End:
    """A key result, where it is supposed to end, and what that is on its own scale."""

    key_result: Effect
    ends_at: Fraction
    value: Fraction | None
    unit: str


@dataclass(frozen=True, slots=True)
class Supposition:
    """Key results that are supposed to end somewhere, and what follows above them."""

    ends: tuple[End, ...]
    effects: tuple[Effect, ...]  # nearest first

    @property
    def last(self) -> End:
        """The one that was supposed last."""
        return self.ends[-1]


def suppose(reader: Reader, ends_at: Mapping[int, Fraction]) -> Supposition:
    """Return what follows if key results ended at shares of their ways, all at once; raises NotFound."""
    rows = [reader.key_result_row(id) for id in ends_at]
    above = [id for id in seen_above(reader, *ends_at) if id not in ends_at]
    supposed = rolled_up(reader.day, ends_at, above)
    return Supposition(
        tuple(
            End(_effect(reader, one.id, ends_at[one.id]), ends_at[one.id], value, one.unit)
            for one, value in ((one, _on_its_scale(one, ends_at[one.id])) for one in rows)
        ),
        tuple(_effect(reader, id, supposed[id]) for id in above),
    )


def rolled_up(
    day: Day, ends_at: Mapping[int, Fraction | None], above: Iterable[int]
) -> dict[int, Fraction | None]:
    """Return what is supposed, and what follows from it above, each after all that it rests on."""
    image, supposed = day.image, dict(ends_at)
    for id in above:
        node = image.node[id]
        parts = [
            Part(
                weight=image.weight(child, id),
                raw=supposed[child] if child in supposed else day.near(child),
            )
            for child in (image.ids[number] for number, _ in image.pool[node])
        ]
        supposed[id] = roll_up(parts).raw
    return supposed


def seen_above(reader: Reader, *ids: int, image: Image | None = None) -> list[int]:
    """Return what they count in, through what the reader sees alone, each after all that it rests on.

    `image`: one that is supposed, in place of the reader's own.
    """
    image = image or reader.image
    found: set[int] = set()
    waiting = [image.node[id] for id in ids]
    while waiting:
        for node in image.above.get(waiting.pop(), ()):
            if node not in found and reader.sees(image.ids[node]):
                found.add(node)
                waiting.append(node)
    return [image.ids[node] for node in sorted(found, key=lambda node: (image.tree.height[node], node))]


def _effect(reader: Reader, id: int, after: Fraction | None) -> Effect:
    image = reader.image
    one = image.key_results.get(id)
    return Effect(
        id=id,
        key=encode(id),
        is_key_result=one is not None,
        title=one.title if one else image.objectives[id].title,
        url=(addresses.key_result if one else addresses.objective)(reader.slug, id),
        before=None if reader.day.progress(id) is None else reader.day.near(id),
        after=after,
        status_before=reader.day.status_of(id).word,
        status_after=(Status.NO_DATA if after is None else reader.day.status_with(id, float(after))).word,
    )


def _on_its_scale(one: KeyResultRow, share: Fraction) -> Fraction | None:
    if not one.measure.kind.is_on_a_line:
        return None
    try:
        start, target = one.measure.line
    except ScoringProblem:
        return None
    return start + share * (target - start)
