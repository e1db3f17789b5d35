"""The alignments of a plan: begun, ended, or ended and begun anew with another weight."""

from __future__ import annotations

from datetime import datetime

from milepost.actions.plans.ground import Ground
from milepost.core.plan import Change
from milepost.models import Alignment, Objective


class Alignments:
    """Writes what serves what."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def alignment(self, item: Change) -> None:
        """Write one alignment; of one that changed, the past stays as it was."""
        child = self.ground.objectives[item.under]
        if item.action == "created":
            want = item.want
            self.ground.add(
                Alignment,
                child_id=child,
                parent_objective_id=self.ground.objectives[want.objective] if want.objective else None,
                parent_key_result_id=self.ground.key_results[want.key_result] if want.key_result else None,
                how=want.how,
                weight=want.weight,
                since_at=want.since or self._since(child, want.until),
                until_at=want.until,
                by_id=self.ground.by.person_id,
            )
            return
        have = item.have
        rows = self.ground.rows(Alignment).filter(
            child_id=child,
            parent_objective_id=self.ground.objectives.get(have.objective),
            parent_key_result_id=self.ground.key_results.get(have.key_result),
            since_at=have.since,
        )
        if item.action == "ended":
            self.ground.change(rows.filter(until_at=None), until_at=self.ground.at)
            return
        want = item.want
        if item.fields.keys() <= {"until"}:
            self.ground.change(rows, until_at=want.until)
            return
        # Another weight or kind: the old link ends and a new one begins, so the past stays as it was.
        old = rows.filter(until_at=have.until).first()
        self.ground.change(self.ground.rows(Alignment).filter(id=old.id), until_at=self.ground.at)
        self.ground.add(
            Alignment, child_id=child,
            parent_objective_id=old.parent_objective_id, parent_key_result_id=old.parent_key_result_id,
            how=want.how, weight=want.weight, since_at=self.ground.at, until_at=want.until,
            by_id=self.ground.by.person_id,
        )  # fmt: skip

    def _since(self, objective: int, until: datetime | None) -> datetime:
        """Return since when a link holds of which the file does not say: from now on.

        One that comes with its objective, or has ended already, is as old as the objective.
        """
        born = self.ground.fresh.get(objective)
        if born is None:
            if until is None:
                return self.ground.at
            born = self.ground.rows(Objective).values_list("created_at", flat=True).get(id=objective)
        return min(self.ground.at, born)
