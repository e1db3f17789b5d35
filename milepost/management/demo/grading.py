"""What the objectives of a plan come to, by the scoring core: exact, and as it is stored at closing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from milepost.core import access
from milepost.core.plan import CheckInPlan, GradePlan, KeyResultPlan, MeasurePlan, ObjectivePlan
from milepost.core.scoring import Kind, Measure, Part, Reading, RollUp, grade, roll_up, score, stored
from milepost.core.states import KeyResultState, State


def measure_of(plan: MeasurePlan) -> Measure:
    """Return the measure as the scoring core takes it."""
    target = plan.target
    if plan.kind == Kind.RELATIVE and target is not None:
        target /= 100  # written as people say it: −20 is “down 20 %”
    return Measure.of(
        plan.kind,
        start=plan.start,
        target=target,
        floor=plan.floor,
        low=plan.low,
        high=plan.high,
        tolerance=plan.tolerance,
        direction=plan.direction,
        unit=plan.unit,
        milestones=[milestone.weight for milestone in plan.milestones] or None,
    )


def standing(entries: Iterable[CheckInPlan]) -> list[CheckInPlan]:
    """Return the check-ins that stand, oldest first: what was corrected is left out."""
    entries = list(entries)
    replaced = {entry.corrects for entry in entries}
    replaced |= {entry.id for entry in entries if entry.withdrawn}
    kept = (entry for entry in entries if entry.id not in replaced)
    return sorted(kept, key=lambda entry: (entry.at, entry.recorded))


def reading_of(key_result: KeyResultPlan) -> Reading:
    """Return what a key result's measure is scored on."""
    entries = standing(key_result.check_ins)
    kind = Kind(key_result.measure.kind)
    if not entries:
        return None
    if kind.is_series:
        return tuple(_exact(entry.value) for entry in entries)
    last = entries[-1]
    if kind is Kind.MILESTONES:
        return None if last.parts is None else tuple(Fraction(part) for part in last.parts)
    if kind is Kind.BINARY and last.value is not None:
        return bool(last.value)
    return _exact(last.value)


class Grading:
    """The progress of every objective and key result of some objectives."""

    def __init__(self, objectives: Iterable[ObjectivePlan]) -> None:
        self.objectives = {objective.id: objective for objective in objectives}
        self.key_results = {
            key_result.id: (key_result, objective)
            for objective in self.objectives.values()
            for key_result in objective.key_results
        }
        self.serving: dict[str, list[tuple[ObjectivePlan, Decimal]]] = {}
        for objective in self.objectives.values():
            for link in objective.aligned_to:
                if link.how == "contributes" and link.until is None:
                    served = link.objective or link.key_result
                    self.serving.setdefault(served, []).append((objective, link.weight))

    def key_result(self, id: str) -> Fraction | None:
        """Return a key result's raw progress; None without data."""
        key_result, objective = self.key_results[id]
        if key_result.source == "contributors":
            return roll_up(self._served(id, objective)).raw
        return score(measure_of(key_result.measure), reading_of(key_result)).raw

    def objective(self, id: str) -> RollUp:
        """Return what an objective comes to."""
        objective = self.objectives[id]
        own = [
            Part(Fraction(one.weight), self.key_result(one.id), KeyResultState(one.state).counts)
            for one in objective.key_results
        ]
        return roll_up([*own, *self._served(id, objective)])

    def _served(self, id: str, whole: ObjectivePlan) -> list[Part]:
        return [
            Part(Fraction(weight), self.objective(part.id).raw, State(part.state).counts)
            for part, weight in self.serving.get(id, ())
            if access.counts_towards(_audience(part), _audience(whole))
        ]

    def graded(self, objective: ObjectivePlan, *, at: datetime, learned: str) -> ObjectivePlan:
        """Return an objective with the grades that its closing stores."""
        rolled = self.objective(objective.id)
        whole = GradePlan(rolled.grade, at, _stored(rolled.raw), objective.owner, learned=learned)
        key_results = tuple(replace(one, grade=self._grade(one, at)) for one in objective.key_results)
        return replace(objective, grade=whole, key_results=key_results)

    def _grade(self, one: KeyResultPlan, at: datetime) -> GradePlan:
        raw = self.key_result(one.id)
        if raw is None:
            return GradePlan(Decimal("0.0"), at, None, one.owner, reason="no_data_at_close")
        return GradePlan(grade(raw), at, _stored(raw), one.owner)


def _stored(raw: Fraction | None) -> Decimal | None:
    return None if raw is None else stored(raw).normalize() + 0


def _audience(objective: ObjectivePlan) -> frozenset[str] | None:
    # Names stand for people here; a plan's “team” is seen by fewer than everyone, which is all that counts.
    if objective.visibility == "workspace":
        return access.EVERYONE
    return frozenset((objective.owner, *objective.visible_to))


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)
