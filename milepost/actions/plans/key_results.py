"""The key results and initiatives of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Max

from milepost.actions import history, initiatives
from milepost.actions.plans.entries import Entries
from milepost.actions.plans.ground import Ground
from milepost.actions.plans.versions import Versions
from milepost.core.plan import Change
from milepost.core.plan import steps as steps_told
from milepost.core.plan.values import KeyResultPlan, ObjectivePlan, TransitionPlan
from milepost.ledger import redactions
from milepost.models import Initiative, KeyResult, KeyResultVersion
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.queries.plans import OF_A_KEY_RESULT


class KeyResults:
    """Writes key results with their versions and entries, and initiatives."""

    def __init__(self, ground: Ground, entries: Entries) -> None:
        self.ground, self.entries = ground, entries
        self.upper: Mapping[str, ObjectivePlan] = {}  # the objectives of the plan
        self.versions = Versions(ground)
        self._ends: dict[int, int] = {}  # after which place new ones stand, by objective

    def key_result(self, item: Change, number: int | None = None) -> None:
        """Write one key result; `number` is its place among those that the plan makes."""
        want: KeyResultPlan = item.want
        objective = self.ground.objectives[item.under]
        now = self.versions.columns(OF_A_KEY_RESULT, want)
        now["objective_id"] = objective
        if item.action == "created":
            created = want.created or self.versions.first_moment(want)
            place = self._end(objective) + (number or 0)
            row = self.ground.add(
                KeyResult, key=want.id, created_at=created, position=place, revision=1, **now
            )
            id = self.ground.key_results[want.id] = row["id"]
            told = steps_told.of_key_result(want.state, want.history, self._steps(item), created)
            versions = self.versions.told(steps_told.joined(want.history, told), now, created)
            self.versions.remember(KeyResultVersion, "key_result_id", id, versions)
        else:
            id = self.ground.key_results[want.id]
            row = self.ground.rows(KeyResult).get(id=id)
            if item.fields.keys() - {"grade"}:
                before = {name: getattr(row, name) for name in KEY_RESULT_FIELDS}
                for name, value in now.items():
                    setattr(row, name, value)
                row.revision += 1
                row.save()
                added = item.added.get("history", ())
                versions = self.versions.later(added, self._steps_since(id, item), now, before)
                self.versions.remember(KeyResultVersion, "key_result_id", id, versions)
        self.entries.check_ins(item.added.get("check_ins", ()), id)
        self.entries.comments(item.added.get("comments", ()), objective, id)
        self.entries.grade(item, objective, id)

    def _end(self, objective: int) -> int:
        """Return after which place new key results stand: behind those that their objective has already."""
        if objective not in self._ends:
            last = None
            if objective not in self.ground.fresh:
                there = self.ground.rows(KeyResult).filter(objective_id=objective)
                last = there.aggregate(last=Max("position"))["last"]
            self._ends[objective] = 0 if last is None else last + 1
        return self._ends[objective]

    def _steps(self, item: Change) -> tuple[TransitionPlan, ...]:
        return self.upper[item.under].transitions if item.under in self.upper else ()

    def _steps_since(self, id: int, item: Change) -> steps_told.Told:
        """Return what the objective's steps tell of a new state, if it is newer than the last version."""
        if "state" not in item.fields:
            return {}
        latest = self.versions.latest(KeyResultVersion, key_result_id=id)
        return steps_told.of_key_result(item.want.state, item.want.history, self._steps(item), latest)

    def initiative(self, item: Change) -> None:
        """Write one initiative."""
        want = item.want
        values = {
            "objective_id": self.ground.objectives[item.under],
            "title": want.title, "description": want.description,
            "key_result_id": self.ground.key_results[want.key_result] if want.key_result else None,
            "owner_id": self.ground.people[want.owner] if want.owner else None, "state": want.state,
            "due_on": want.due,
        }  # fmt: skip
        if item.action == "created":
            # One that comes with its objective is as old as that, as far as the file says.
            created = min(self.ground.at, self.ground.fresh.get(values["objective_id"], self.ground.at))
            self.ground.add(Initiative, key=want.id, created_at=created, revision=1, **values)
        else:
            row = self.ground.rows(Initiative).get(key=want.id)
            found = history.differences(row, values)
            for name, value in values.items():
                setattr(row, name, value)
            row.revision += 1
            row.save()
            redactions.change(
                "initiative", [row.id], why="plan.applied", by=self.ground.by, at=self.ground.at
            )
            # It stands on past days where the file put it: which objective it was under is kept nowhere.
            found.pop("objective_id", None)
            if found:
                initiatives.tell_change(initiative=row, changes=found, by=self.ground.by, at=self.ground.at)
