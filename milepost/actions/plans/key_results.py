"""The key results and initiatives of a plan."""

from __future__ import annotations

from milepost.actions.plans.entries import Entries
from milepost.actions.plans.ground import Ground
from milepost.actions.plans.versions import Versions
from milepost.core.plan import Change
from milepost.core.plan.values import KeyResultPlan
from milepost.models import Initiative, KeyResult, KeyResultVersion
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.queries.plans import MEASURE_NAMES


class KeyResults:
    """Writes key results with their versions and entries, and initiatives."""

    def __init__(self, ground: Ground, entries: Entries) -> None:
        self.ground, self.entries = ground, entries
        self.versions = Versions(ground)

    def key_result(self, item: Change, number: int | None = None) -> None:
        """Write one key result; `number` is its place among those that the plan makes."""
        want: KeyResultPlan = item.want
        objective = self.ground.objectives[item.under]
        now = self.versions.columns(
            [name for name in KEY_RESULT_FIELDS if name != "objective_id"],
            lambda name: getattr(want.measure if name in MEASURE_NAMES else want, name),
        )
        now["objective_id"] = objective
        if item.action == "created":
            created = want.created or self.versions.first_moment(want)
            row = self.ground.add(
                KeyResult, key=want.id, created_at=created, position=number or 0, revision=1, **now
            )
            id = self.ground.key_results[want.id] = row["id"]
            versions = self.versions.told(want.history, now, created)
            self.versions.remember(KeyResultVersion, "key_result_id", id, versions, KEY_RESULT_FIELDS)
        else:
            id = self.ground.key_results[want.id]
            row = self.ground.rows(KeyResult).get(id=id)
            if item.fields.keys() - {"grade"}:
                for name, value in now.items():
                    setattr(row, name, value)
                row.revision += 1
                row.save()
                versions = self.versions.later(item.added.get("history", ()), now)
                self.versions.remember(KeyResultVersion, "key_result_id", id, versions, KEY_RESULT_FIELDS)
        self.entries.check_ins(item.added.get("check_ins", ()), id)
        self.entries.comments(item.added.get("comments", ()), objective, id)
        self.entries.grade(item, objective, id)

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
            self.ground.rows(Initiative).filter(key=want.id).update(**values)
