"""What only grows: check-ins, comments and grades, and what the feed tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from milepost.actions.plans.ground import Ground
from milepost.core import ids
from milepost.core.plan import Change
from milepost.core.plan.values import CheckInPlan, CommentPlan
from milepost.ledger.batches import Batches, Row
from milepost.models import Checkin, Comment, Event, Grade
from milepost.models.exact import plain
from milepost.models.ids import new_id

# Check-ins and comments told of this long ago appear in the feed as well; older ones are history only.
RECENT = timedelta(days=100)


class Entries:
    """Writes entries as they come, and the feed at the end."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.since = ground.at - RECENT
        self.told: list[Row] = []

    def check_ins(self, added: Iterable[CheckInPlan], title: str, objective: int, key_result: int) -> None:
        """Take the new entries of a key result."""
        made: dict[str, int] = {}
        people, add = self.ground.people, self.ground.add
        for entry in added:
            corrects = None if entry.corrects is None else self._entry(key_result, entry.corrects, made)
            row = add(
                Checkin,
                key=entry.id,
                key_result_id=key_result,
                value=entry.value,
                parts=None if entry.parts is None else [plain(part) for part in entry.parts],
                confidence=entry.confidence,
                note=entry.note,
                effective_at=entry.at,
                recorded_at=entry.recorded,
                by_id=people.get(entry.by),
                corrects_id=corrects,
                is_withdrawn=entry.withdrawn,
            )
            made[entry.id] = row["id"]
            if entry.recorded >= self.since:
                self._tell_checkin(row, title, objective)
        self.ground.batches.write_if_many()

    def comments(self, added: Iterable[CommentPlan], objective: int, key_result: int | None) -> None:
        """Take new comments on an objective or a key result."""
        for one in added:
            row = self.ground.add(
                Comment, key=one.id, objective_id=objective, key_result_id=key_result,
                by_id=self.ground.people.get(one.by), at=one.at, text=one.text,
            )  # fmt: skip
            if one.at >= self.since:
                self._tell("comment.added", row, one.at, objective, key_result, {"text": one.text[:280]})

    def grade(self, item: Change, objective: int, key_result: int | None) -> None:
        """Write the grade that an objective or a key result was closed with, where it is new."""
        want = item.want.grade
        if want is None or (item.action == "changed" and "grade" not in item.fields):
            return
        self.ground.add(
            Grade, objective_id=objective, key_result_id=key_result,
            raw=want.raw, grade=want.grade, policy=want.policy, reason=want.reason, learned=want.learned,
            at=want.at, by_id=self.ground.people.get(want.by),
        )  # fmt: skip

    def finish(self) -> None:
        """Tell the feed what the file tells of the recent past."""
        # In the order in which they happened: the feed reads events by their ids, which rise as made.
        self.told.sort(key=itemgetter("at"))
        feed = Batches(Event)
        for event in self.told:
            event["id"] = new_id()
            feed.add(Event, event)
            feed.write_if_many()
        feed.write()

    def _tell_checkin(self, row: Row, title: str, objective: int) -> None:
        kind = "checkin.recorded"
        if row["corrects_id"] is not None:
            kind = "checkin.withdrawn" if row["is_withdrawn"] else "checkin.corrected"
        value = row["value"]
        data = {"title": title, "value": None if value is None else plain(value)}
        if row["confidence"] is not None:
            data["confidence"] = row["confidence"]
        if row["note"]:
            data["note"] = row["note"][:280]
        self._tell(kind, row, row["recorded_at"], objective, row["key_result_id"], data)

    def _tell(
        self, kind: str, row: Row, at: datetime, objective: int, key_result: int | None, data: dict[str, Any]
    ) -> None:
        self.told.append(
            {
                "workspace_id": self.ground.workspace_id, "kind": kind, "at": at, "actor_id": row["by_id"],
                "door": "file", "objective_id": objective, "key_result_id": key_result,
                "subject_id": row["id"], "data": data, "undoes_id": None,
            }
        )  # fmt: skip

    def _entry(self, key_result: int, key: str, made: Mapping[str, int]) -> int | None:
        if key in made:
            return made[key]
        there = self.ground.rows(Checkin).filter(key_result_id=key_result)
        found = there.filter(key=key).values_list("id", flat=True).first()
        return found or there.filter(id=ids.decode(key)).values_list("id", flat=True).first()
