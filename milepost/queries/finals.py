"""What an objective and its key results come to as it closes: shown before it is done, and stored then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from milepost.core.policies import Policy
from milepost.core.scoring import Band, Kind, Part, Reading, band, grade, roll_up, score
from milepost.ledger.image import Image
from milepost.ledger.structure import KeyResultRow


@dataclass(frozen=True, slots=True)
class Final:
    """What a key result comes to; without a `grade` there is nothing that could be graded."""

    key_result: KeyResultRow
    raw: Fraction | None
    grade: Decimal | None
    band: str
    problem: str


def finals(
    image: Image,
    objective: int,
    policy: Policy,
    *,
    values: Mapping[int, Decimal],
    on: date,
    figure: Callable[[int], Fraction | None],
) -> tuple[list[Final], Fraction | None]:
    """Return what counts in an objective as it ends, and the raw progress of the whole.

    `values` are what key results end with, said today (`on`): they count as if they were checked in already.
    `figure` tells the raw progress of what else counts: `Image.exact` where it is stored, `Day.near` where it
    is only shown. The caller holds the image's lock.
    """
    listed = [
        _final(image, one, policy, values.get(one.id), on, figure)
        for one in image.key_results_of.get(objective, ())
        if one.counts
    ]
    raws = {each.key_result.id: each.raw for each in listed}
    pool = []
    for child, _ in image.pool.get(image.node[objective], ()):
        id = image.ids[child]
        raw = raws[id] if id in raws else figure(id)
        pool.append(Part(weight=image.weight(id, objective), raw=raw))
    return listed, roll_up(pool, policy).raw if pool else None


def _final(
    image: Image,
    one: KeyResultRow,
    policy: Policy,
    value: Decimal | None,
    on: date,
    figure: Callable[[int], Fraction | None],
) -> Final:
    if one.source == "contributors":
        raw = figure(one.id)
        graded = None if raw is None else grade(raw, policy)
        word = Band.UNGRADED if graded is None else band(graded, policy)
        return Final(one, raw, graded, word.value, "" if raw is not None else "no_data_at_close")
    reading = image.reading(one) if value is None else _ending_with(image, one, value, on)
    found = score(one.measure, reading, policy=policy, closing=True)
    return Final(one, found.raw, found.grade, found.band.value, found.problem or "")


def _ending_with(image: Image, one: KeyResultRow, value: Decimal, on: date) -> Reading:
    """Return what a key result is scored on once a last value of today is checked in."""
    kind = Kind(one.kind)
    if kind.is_series:
        series = image.entries.series(one.id)
        periods = image.read(one, series) or ()
        # The last entry of a day is that day's; none is of a day to come.
        is_told = bool(series) and image.workspace.calendar.day_of(series[-1].effective) >= on
        return (*(periods[:-1] if is_told else periods), Fraction(value))
    return bool(value) if kind is Kind.BINARY and value in (0, 1) else Fraction(value)
