"""What became known only later about a past day: how much of it, and the figure that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from milepost.core import addresses
from milepost.ledger import image as images
from milepost.ledger.day import Day
from milepost.queries.cards import Reader
from milepost.queries.what_if import seen_above

AT_MOST = 500  # key results whose figures are computed anew for one page
TOLD = 4  # objectives whose two figures are told


@dataclass(frozen=True, slots=True)
class Figure:
    """An objective's progress, and how it is shown; None: no data."""

    progress: float | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """An objective whose figure of the day is another one by what is known now."""

    id: int
    title: str
    url: str
    then: Figure
    now: Figure


@dataclass(frozen=True, slots=True)
class Learned:
    """Check-ins for a day or before it that came `late`, or were `corrected` since.

    `moved` are the objectives whose figures they change, the highest first; a page tells those in `told`.
    """

    on: date
    late: int
    corrected: int
    moved: tuple[Moved, ...] = ()

    @property
    def told(self) -> tuple[Moved, ...]:
        """Return those that a page tells."""
        return self.moved[:TOLD]

    @property
    def more(self) -> int:
        """Return how many a page does not tell."""
        return len(self.moved) - len(self.told)


def of_objective(reader: Reader, id: int) -> Learned | None:
    """Return what was learned later of an objective's day, and what it comes to; None where nothing was."""
    return _of(reader, lambda key_result: id in reader.image.ancestors(key_result), lambda one: one == id)


def of_team(reader: Reader, objectives: Iterable[int]) -> Learned | None:
    """Return what was learned later of objectives, of what counts in them too, and what they come to."""
    image, listed = reader.image, set(objectives)

    def is_meant(id: int) -> bool:
        return image.key_results[id].objective_id in listed or not listed.isdisjoint(image.ancestors(id))

    return _of(reader, is_meant, listed.__contains__)


def of_all(reader: Reader) -> Learned | None:
    """Return what was learned later of all that the reader sees, and what it comes to."""
    return _of(reader, lambda id: True, lambda id: True)


def _of(reader: Reader, is_meant: Callable[[int], bool], is_told: Callable[[int], bool]) -> Learned | None:
    if reader.known is None:
        return None
    told = reader.image.entries.history.learned(int(reader.known.timestamp()))
    meant = frozenset(
        id for id in {*told[0], *told[1]} if id in reader.image.node and reader.sees(id) and is_meant(id)
    )
    if not meant:
        return None
    late, corrected = (sum(id in meant for id in ids) for ids in told)
    moved = _moved(reader, meant, is_told) if len(meant) <= AT_MOST else ()
    return Learned(reader.today, late, corrected, tuple(moved))


def _moved(reader: Reader, key_results: frozenset[int], is_told: Callable[[int], bool]) -> list[Moved]:
    """Return the objectives whose figures are others by what is known now, the highest first."""
    image = reader.image
    above = [id for id in seen_above(reader, *key_results) if id in image.objectives and is_told(id)]
    now = image.known_now(key_results, images.of(reader.actor.workspace_id))
    return [
        Moved(id, image.objectives[id].title, addresses.objective(reader.slug, id), *figures)
        for id in reversed(above)
        if (figures := (_figure(reader.day, id), _figure(now.on(reader.today), id)))[0].text
        != figures[1].text
    ]


def _figure(day: Day, id: int) -> Figure:
    return Figure(day.progress(id), day.percent(id))
