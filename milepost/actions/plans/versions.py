"""What held when: a plan's fields as the tables hold them, and its history as dated rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.db.models import Max, Model

from milepost.actions.plans.ground import Ground
from milepost.core.plan.steps import Told, joined
from milepost.core.plan.values import KeyResultPlan, MilestonePlan, ObjectivePlan, PlanPoint
from milepost.models.exact import plain
from milepost.queries.plans import COLUMN_NAMES, MEASURE_NAMES, PLAN_NAMES


class Versions:
    """Turns what a plan says of objectives and key results into columns and versions."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        # How a column holds what the plan says, where that is not as the plan says it.
        self._otherwise: dict[str, Callable[[Any], Any]] = {
            **dict.fromkeys(("owner_id", "sponsor_id"), lambda key: ground.people[key] if key else None),
            **dict.fromkeys(("contributors", "visible_to"), self._numbers),
            "cycle_id": lambda key: ground.cycles[key],
            "team_id": lambda key: ground.teams[key] if key else None,
            "objective_id": lambda key: ground.objectives[key],
            "milestones": _milestones,
            "points": _points,
        }

    def columns(self, columns: tuple[str, ...], want: ObjectivePlan | KeyResultPlan) -> dict[str, Any]:
        """Return what the plan says of a thing under each column's name, as the columns hold it."""
        held = dict(zip(columns, _said(columns)(want), strict=True))
        for column, otherwise in self._otherwise.items():
            if column in held:
                held[column] = otherwise(held[column])
        return held

    def _column(self, column: str, value: Any) -> Any:
        """Return what a plan says as the table's column holds it."""
        otherwise = self._otherwise.get(column)
        return value if otherwise is None else otherwise(value)

    def _numbers(self, keys: Iterable[str] | None) -> list[int]:
        return sorted(self.ground.people[key] for key in keys or ())

    def told(self, history: Iterable, now: Mapping[str, Any], created: datetime) -> list[tuple]:
        """Rebuild what held when, backwards from now: (values, at, by, reason), oldest first."""
        found, values = [], dict(now)
        for entry in sorted(history, key=lambda entry: entry.at)[::-1]:
            found.append((values, entry.at, self.ground.people.get(entry.by), entry.reason))
            values = values | {
                COLUMN_NAMES.get(name, name): self._column(COLUMN_NAMES.get(name, name), value)
                for name, value in entry.was.items()
            }
        found.append((values, created, None, ""))
        return found[::-1]

    def later(
        self, history: Iterable, steps: Told, now: Mapping[str, Any], before: Mapping[str, Any]
    ) -> list[tuple]:
        """Return the versions that a changed object gains: as told, and one dated now for what is not."""
        entries = tuple(history)
        # What only steps tell changed nothing but the state.
        last = now if entries else {**before, "state": now["state"]}
        told = self.told(joined(entries, steps), last, self.ground.at)[1:]
        if not told or last != now:
            told.append((dict(now), self.ground.at, self.ground.by.person_id, "Applied from a file."))
        return told

    def latest(self, model: type[Model], **of: int) -> datetime | None:
        """Return since when the last version of a changed object holds."""
        return self.ground.rows(model).filter(**of).aggregate(Max("at"))["at__max"]

    def remember(self, model, column: str, id: int, versions: list[tuple]) -> None:
        """Write versions as rows of a model."""
        for values, at, by, reason in versions:
            self.ground.add(model, **values, **{column: id}, at=at, by_id=by, reason=reason)

    def first_moment(self, want: ObjectivePlan | KeyResultPlan) -> datetime:
        """Date what says no date of its own: before anything that is told of it, or now."""
        told = [entry.at for entry in want.history]
        told += [entry.at for entry in getattr(want, "transitions", ())]
        told += [min(entry.at, entry.recorded) for entry in getattr(want, "check_ins", ())]
        for one in getattr(want, "key_results", ()):
            told += [self.first_moment(one)]
        return min([*told, self.ground.at])


@cache
def _said(columns: tuple[str, ...]) -> Callable[[Any], tuple]:
    """Return how to take from a thing of a plan what it says under some columns' names."""
    return attrgetter(
        *(
            f"measure.{column}" if column in MEASURE_NAMES else PLAN_NAMES.get(column, column)
            for column in columns
        )
    )


def _milestones(said: Iterable[MilestonePlan] | None) -> list[dict[str, str]]:
    return [{"title": one.title, "weight": plain(one.weight)} for one in said or ()]


def _points(said: Iterable[PlanPoint] | None) -> list[list[str]]:
    return [[plain(one.at), plain(one.expect)] for one in said or ()]
