"""Measures: what a program says of a key result."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from milepost.actions.key_results import Definition
from milepost.api.values import (
    Day,
    Exact,
    Leave,
    Line,
    Reason,
    Ref,
    Refs,
    Revision,
    Said,
    Text,
    Title,
    left_out,
)
from milepost.core.scoring import Kind

Direction = Literal["up", "down"]
Curve = Literal["linear", "s", "back", "front", "points"]
Source = Literal["check_ins", "contributors"]
Narrowing = Literal["team", "people"]
Unit = Annotated[Line, Field(max_length=40)]
APART = ("reason", "revision", "leave")  # what a body says besides of the change itself


class Milestone(Said):
    """A milestone, and how much it weighs among the others."""

    title: Title
    weight: Exact = 1


class Point(Said):
    """At this share of the window, this share is expected; both from 0 to 1."""

    at: Exact
    expect: Exact


Milestones = Annotated[list[Milestone], Field(max_length=50)]
Points = Annotated[list[Point], Field(max_length=50)]


class NewKeyResult(Said):
    """A key result to add. Which numbers it needs follows from its kind."""

    title: Title
    description: Text = ""
    kind: Kind = Kind.INCREASE
    start: Exact | None = None
    target: Exact | None = None
    unit: Unit = ""
    direction: Direction | None = None
    floor: Exact | None = None
    low: Exact | None = None
    high: Exact | None = None
    tolerance: Exact | None = None
    milestones: Milestones = []
    weight: Exact = 1
    starts_on: Day | None = None
    ends_on: Day | None = None
    curve: Curve = "linear"
    points: Points = []
    owner: Ref | None = None
    source: Source = "check_ins"
    data_source: Line = ""
    visibility: Narrowing | None = None
    visible_to: Refs = []

    def definition(self) -> Definition:
        """Return it as the action takes it."""
        return Definition(**_definition(self))


class AddedKeyResult(NewKeyResult):
    """A key result to add to an objective that is there."""

    leave: Leave = False


class KeyResultChange(Said):
    """What is to be otherwise; what is left out stays."""

    title: Title = left_out()
    description: Text = left_out()
    kind: Kind = left_out()
    start: Exact | None = None
    target: Exact | None = None
    unit: Unit = left_out()
    direction: Direction | None = None
    floor: Exact | None = None
    low: Exact | None = None
    high: Exact | None = None
    tolerance: Exact | None = None
    milestones: Milestones = left_out()
    weight: Exact = left_out()
    starts_on: Day | None = None
    ends_on: Day | None = None
    curve: Curve = left_out()
    points: Points = left_out()
    owner: Ref | None = None
    source: Source = left_out()
    data_source: Line = left_out()
    visibility: Narrowing | None = None
    visible_to: Refs = left_out()
    reason: Reason = ""
    revision: Revision | None = None
    leave: Leave = False

    def changed(self) -> dict[str, Any]:
        """Return the fields of the definition that are to change."""
        return _definition(self)


def _definition(said: Said) -> dict[str, Any]:
    given = {name: value for name, value in said.given().items() if name not in APART}
    if "milestones" in given:
        given["milestones"] = tuple((one.title, one.weight) for one in given["milestones"])
    if "points" in given:
        given["points"] = tuple((one.at, one.expect) for one in given["points"])
    return given
