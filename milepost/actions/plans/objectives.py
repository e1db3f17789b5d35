"""The objectives of a plan: as they stand, as they stood, and the steps that led there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from milepost.actions.plans.entries import Entries
from milepost.actions.plans.ground import Ground
from milepost.actions.plans.versions import Versions
from milepost.core.plan import Change
from milepost.core.plan import steps as steps_told
from milepost.core.plan.values import ObjectivePlan, TransitionPlan
from milepost.core.states import PLAIN_ACTIVATION, PLAIN_CLOSE, State, path
from milepost.core.states import Event as Step
from milepost.models import Objective, ObjectiveVersion, Transition
from milepost.models.objectives import OBJECTIVE_FIELDS
from milepost.queries.plans import PLAN_NAMES


class Objectives:
    """Writes objectives with their versions and transitions."""

    def __init__(self, ground: Ground, entries: Entries) -> None:
        self.ground, self.entries = ground, entries
        self.versions = Versions(ground)

    def objective(self, item: Change) -> None:
        """Write one objective with everything of its own."""
        want: ObjectivePlan = item.want
        now = self.versions.columns(OBJECTIVE_FIELDS, want)
        if item.action == "created":
            created = want.created or self.versions.first_moment(want)
            row = self.ground.add(Objective, key=want.id, created_at=created, revision=1, **now)
            id = self.ground.objectives[want.id] = row["id"]
            self.ground.fresh[id] = created
            steps = steps_told.of_objective(want.transitions, created)
            versions = self.versions.told(steps_told.joined(want.history, steps), now, created)
            self.versions.remember(ObjectiveVersion, "objective_id", id, versions)
            self._transitions(id, want.transitions or self._plain_path(want, created))
        else:
            id = self.ground.objectives[want.id]
            row = self.ground.rows(Objective).get(id=id)
            if item.fields.keys() & {PLAN_NAMES.get(name, name) for name in OBJECTIVE_FIELDS}:
                before = {name: getattr(row, name) for name in OBJECTIVE_FIELDS}
                for name, value in now.items():
                    setattr(row, name, value)
                row.revision += 1
                row.save()
                steps = self._steps_since(id, item)
                versions = self.versions.later(item.added.get("history", ()), steps, now, before)
                self.versions.remember(ObjectiveVersion, "objective_id", id, versions)
                if before["state"] != row.state and not item.added.get("transitions"):
                    self._moved(row, before["state"])
            self._transitions(id, item.added.get("transitions", ()))
        self.entries.comments(item.added.get("comments", ()), id, None)
        self.entries.grade(item, id, None)

    def _steps_since(self, id: int, item: Change) -> steps_told.Told:
        """Return what new steps tell of the time after the last version, where they led to a new state."""
        added = {step.at for step in item.added.get("transitions", ())}
        if not added or "state" not in item.fields:
            return {}
        latest = self.versions.latest(ObjectiveVersion, objective_id=id)
        told = steps_told.of_objective(item.want.transitions, latest)
        return {at: entry for at, entry in told.items() if at in added}

    def _plain_path(self, want: ObjectivePlan, created: datetime) -> list:
        return [TransitionPlan(event, to, created) for event, to in _PATHS[State(want.state)]]

    def _moved(self, row: Objective, before: str) -> None:
        Transition.objects.create(
            workspace_id=self.ground.workspace_id, objective=row, event="apply", from_state=before,
            to_state=row.state, at=self.ground.at, by_id=self.ground.by.person_id,
            reason="Applied from a file.",
        )  # fmt: skip

    def _transitions(self, objective: int, told: Iterable) -> None:
        if not told:
            return
        before = "" if objective in self.ground.fresh else self._last_state(objective)
        for one in told:
            self.ground.add(
                Transition, objective_id=objective, event=one.event,
                from_state=before, to_state=one.to, at=one.at, by_id=self.ground.people.get(one.by),
                reason=one.reason,
            )  # fmt: skip
            before = one.to

    def _last_state(self, objective: int) -> str:
        steps = self.ground.rows(Transition).filter(objective_id=objective).order_by("-id")
        return steps.values_list("to_state", flat=True).first() or ""


def _paths() -> dict[State, list[tuple[str, str]]]:
    """Return for each state the shortest legal way there, for objectives whose file tells none."""
    ways = {
        State.DRAFT: (Step.CREATE,),
        State.IN_REVIEW: (Step.CREATE, Step.SUBMIT),
        State.PARKED: (Step.CREATE, Step.PARK),
        State.COMMITTED: (Step.CREATE, *PLAIN_ACTIVATION[:2]),
        State.ACTIVE: (Step.CREATE, *PLAIN_ACTIVATION),
        State.CANCELLED: (Step.CREATE, *PLAIN_ACTIVATION, Step.CANCEL),
        State.DEFERRED: (Step.CREATE, *PLAIN_ACTIVATION, Step.DEFER),
        State.GRADING: (Step.CREATE, *PLAIN_ACTIVATION, *PLAIN_CLOSE[:1]),
        State.GRADED: (Step.CREATE, *PLAIN_ACTIVATION, *PLAIN_CLOSE[:2]),
        State.CLOSED: (Step.CREATE, *PLAIN_ACTIVATION, *PLAIN_CLOSE),
    }
    return {
        state: [(step.event.value, step.to.value) for step in path(None, events)]
        for state, events in ways.items()
    }


_PATHS = _paths()
