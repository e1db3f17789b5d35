"""OKRs as code: what a file of OKRs says, as plain values, whatever the file's format.

A `Plan` is a whole workspace. References are the stable text ids of the file. Numbers are `Decimal`,
days are `date`, moments are aware UTC `datetime`s. The fields of an object say what holds *now*; its
`history` says what held before (`was`), so any past day can be rebuilt backwards from today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

FORMAT_VERSION = 1
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class HistoryPlan:
    """One dated change: at `at`, `by` changed the fields in `was` away from these values."""

    at: datetime
    was: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    by: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class WorkspacePlan:
    id: str  # the slug
    name: str
    time_zone: str = "UTC"
    mission: str = ""
    vision: str = ""
    scoring_policy: str = "milepost.v1"
    check_in_every: int = 7  # days
    count_restricted_work: bool = False
    history: tuple[HistoryPlan, ...] = ()


@dataclass(frozen=True)
class PersonPlan:
    id: str
    name: str
    email: str | None = None
    role: str = "member"  # owner | admin | member | guest
    left: date | None = None


@dataclass(frozen=True)
class MembershipPlan:
    person: str
    lead: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class TeamPlan:
    id: str
    name: str
    parent: str | None = None
    purpose: str = ""
    members: tuple[MembershipPlan, ...] = ()
    history: tuple[HistoryPlan, ...] = ()
    created: datetime | None = None  # None: not known, so it was always there


@dataclass(frozen=True)
class CyclePlan:
    id: str
    name: str
    starts: date
    ends: date | None = None
    parent: str | None = None
    closed: date | None = None
    history: tuple[HistoryPlan, ...] = ()
    created: datetime | None = None  # None: not known, so it was always there


@dataclass(frozen=True)
class MilestonePlan:
    title: str
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class PlanPoint:
    """One point of a plan curve of one's own: by `at` (share of the window, 0..1) expect `expect` (0..1)."""

    at: Decimal
    expect: Decimal


@dataclass(frozen=True)
class MeasurePlan:
    """How a key result is measured (method 2.2)."""

    kind: str = "increase"
    start: Decimal | None = None
    target: Decimal | None = None
    unit: str = ""
    direction: str | None = None  # up | down, where start equals target
    floor: Decimal | None = None  # worst acceptable value: partial credit for maintain_*
    low: Decimal | None = None  # range
    high: Decimal | None = None
    tolerance: Decimal | None = None
    milestones: tuple[MilestonePlan, ...] = ()


class CheckInPlan(NamedTuple):
    """One entry of the ledger. `at` is when it was true, `recorded` when it was entered.

    A tuple, because most of what a plan holds is check-ins, by the hundred thousand.
    """

    id: str
    at: datetime
    recorded: datetime
    value: Decimal | None = None  # None: "no data"
    parts: tuple[Decimal, ...] | None = None  # milestones: the done fraction of each
    confidence: int | None = None
    note: str = ""
    by: str | None = None
    corrects: str | None = None
    withdrawn: bool = False  # a correction that takes the entry back


@dataclass(frozen=True)
class CommentPlan:
    id: str
    at: datetime
    text: str
    by: str | None = None


@dataclass(frozen=True)
class GradePlan:
    """A grade as stored at closing: a fact. `raw` may be unknown for published material."""

    grade: Decimal
    at: datetime
    raw: Decimal | None = None
    by: str | None = None
    policy: str = "milepost.v1"
    reason: str = ""  # why it differs from the computed grade, or `no_data_at_close`
    learned: str = ""  # objectives only


@dataclass(frozen=True)
class TransitionPlan:
    event: str
    to: str
    at: datetime
    by: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class AlignmentPlan:
    """This objective serves another objective, or a key result (one of the two is set)."""

    objective: str | None = None
    key_result: str | None = None
    how: str = "contributes"  # contributes (rolls up, with weight) | supports (does not)
    weight: Decimal = Decimal(1)
    since: datetime | None = None
    until: datetime | None = None  # ended: kept for the past


@dataclass(frozen=True)
class KeyResultPlan:
    id: str
    title: str
    measure: MeasurePlan = MeasurePlan()
    description: str = ""
    weight: Decimal = Decimal(1)
    starts: date | None = None  # None: the cycle's
    ends: date | None = None
    curve: str = "linear"  # linear | s | back | front | points
    points: tuple[PlanPoint, ...] = ()
    owner: str | None = None
    source: str = "check_ins"  # check_ins | contributors
    data_source: str = ""
    visibility: str | None = None  # None: like its objective; team | people
    visible_to: tuple[str, ...] = ()
    state: str = "active"
    created: datetime | None = None
    history: tuple[HistoryPlan, ...] = ()
    check_ins: tuple[CheckInPlan, ...] = ()
    comments: tuple[CommentPlan, ...] = ()
    grade: GradePlan | None = None


@dataclass(frozen=True)
class InitiativePlan:
    id: str
    title: str
    description: str = ""
    key_result: str | None = None  # None: serves the objective as a whole
    owner: str | None = None
    state: str = "planned"  # planned | doing | done | dropped
    due: date | None = None


@dataclass(frozen=True)
class ObjectivePlan:
    id: str
    title: str
    cycle: str
    team: str | None = None  # None: the whole company
    description: str = ""
    commitment: str = "aspirational"
    level: str = "tactical"
    owner: str | None = None
    sponsor: str | None = None
    contributors: tuple[str, ...] = ()
    visibility: str = "workspace"  # workspace | team | people | private
    visible_to: tuple[str, ...] = ()
    state: str = "active"
    created: datetime | None = None
    transitions: tuple[TransitionPlan, ...] = ()
    history: tuple[HistoryPlan, ...] = ()
    aligned_to: tuple[AlignmentPlan, ...] = ()
    key_results: tuple[KeyResultPlan, ...] = ()
    initiatives: tuple[InitiativePlan, ...] = ()
    comments: tuple[CommentPlan, ...] = ()
    grade: GradePlan | None = None


@dataclass(frozen=True)
class Plan:
    workspace: WorkspacePlan | None = None  # None: the workspace it is applied to stays as it is
    people: tuple[PersonPlan, ...] = ()
    teams: tuple[TeamPlan, ...] = ()
    cycles: tuple[CyclePlan, ...] = ()
    objectives: tuple[ObjectivePlan, ...] = ()


def names_of(of: Any) -> tuple[str, ...]:
    """Return the names of the fields of a thing of a plan, or of its type."""
    return of._fields if hasattr(of, "_fields") else tuple(one.name for one in fields(of))


def usual_values(of: type) -> dict[str, Any]:
    """Return by name what each field holds that is left out; one that is always needed is not there."""
    if issubclass(of, tuple):
        return of._field_defaults
    return {
        one.name: one.default if one.default is not MISSING else one.default_factory()
        for one in fields(of)
        if one.default is not MISSING or one.default_factory is not MISSING
    }
