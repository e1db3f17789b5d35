"""The words in which the demo company is written down: plain values, dated by week and weekday.

`content` is written in them and `telling` turns it into a plan. A moment is text such as “3wed”, the
Wednesday of the cycle's third week; week 0 is the week before it begins. `value` and `sure` (confidence) are
rows of one word a week: “.” for a week without a check-in, “?” for one that reports “no data”, “1/.5/0” for
the done share of each milestone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from milepost.core.plan import MeasurePlan, MilestonePlan

Figure = int | float | str


def number(figure: Figure | None) -> Decimal | None:
    """Return a figure as it is written here: 4.5 is four and a half exactly."""
    return None if figure is None else Decimal(str(figure))


def measured(
    kind: str, start: Figure | None, target: Figure | None, unit: str = "", **more: Figure
) -> MeasurePlan:
    """Return a measure that goes from a start to a target."""
    exact = {name: number(figure) for name, figure in more.items()}
    return MeasurePlan(kind=kind, start=number(start), target=number(target), unit=unit, **exact)


def between(low: Figure, high: Figure, unit: str, *, tolerance: Figure) -> MeasurePlan:
    """Return a measure that is to stay within a range."""
    return MeasurePlan(
        kind="range", low=number(low), high=number(high), tolerance=number(tolerance), unit=unit
    )


def milestones(*titles: str | tuple[str, int]) -> MeasurePlan:
    """Return a measure by milestones; a pair gives a milestone its weight."""
    pairs = ((title, 1) if isinstance(title, str) else title for title in titles)
    return MeasurePlan(
        kind="milestones", milestones=tuple(MilestonePlan(title, Decimal(weight)) for title, weight in pairs)
    )


def done_or_not() -> MeasurePlan:
    """Return a measure that is either done or not."""
    return MeasurePlan(kind="binary")


@dataclass(frozen=True)
class Said:
    """A comment."""

    when: str
    by: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A change of what was promised: `was` holds the fields as they were before it."""

    when: str
    by: str
    reason: str
    was: Mapping[str, Any]


@dataclass(frozen=True)
class Fix:
    """A correction, entered some days after the check-in that it corrects."""

    value: str
    note: str
    days: int = 1


@dataclass(frozen=True)
class KeyResult:
    """A key result with its weeks; `every` spaces the words of `value`, which begin in week `first`.

    `late` maps a week to the days by which its entry was late; `by` a week to who stood in.
    """

    id: str
    title: str
    measure: MeasurePlan
    owner: str | None
    value: str = ""
    sure: str = ""
    notes: Mapping[int, str] = field(default_factory=dict)
    every: int = 1
    first: int = 1
    weekday: str | None = None
    late: Mapping[int, int] = field(default_factory=dict)
    by: Mapping[int, str] = field(default_factory=dict)
    fixed: Mapping[int, Fix] = field(default_factory=dict)
    changed: tuple[Changed, ...] = ()
    talk: tuple[Said, ...] = ()
    about: str = ""
    data: str = ""
    weight: Figure = 1
    window: tuple[str, str] | None = None
    curve: str = "linear"
    source: str = "check_ins"
    state: str | None = None
    override: tuple[str, str] | None = None  # a grade that differs from the computed one, and why


@dataclass(frozen=True)
class Initiative:
    """A piece of work."""

    id: str
    title: str
    owner: str
    state: str
    due: str | None = None
    for_: str | None = None  # the key result it is meant to move
    about: str = ""


@dataclass(frozen=True)
class Serves:
    """A link upwards, to an objective or to a key result."""

    objective: str | None = None
    key_result: str | None = None
    how: str = "contributes"
    weight: Figure = 1
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class Ended:
    """How an objective left its usual path: cancelled, deferred, parked."""

    event: str
    when: str
    by: str
    reason: str


@dataclass(frozen=True)
class Objective:
    """An objective of one cycle."""

    id: str
    title: str
    team: str | None
    owner: str
    key_results: tuple[KeyResult, ...] = ()
    about: str = ""
    commitment: str = "aspirational"
    level: str = "tactical"
    sponsor: str | None = None
    contributors: tuple[str, ...] = ()
    visibility: str = "workspace"
    visible_to: tuple[str, ...] = ()
    serves: tuple[Serves, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    changed: tuple[Changed, ...] = ()
    talk: tuple[Said, ...] = ()
    drafted: str = "-1tue"
    reached: str = "active"  # draft | in_review | active
    ended: Ended | None = None
    learned: str = ""
    override: tuple[str, str] | None = None


@dataclass(frozen=True)
class Team:
    """A team."""

    id: str
    name: str
    parent: str | None
    purpose: str
    leads: tuple[str, ...]
    members: tuple[str, ...]
