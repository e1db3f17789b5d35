"""What only grows: check-ins, comments and grades, and what the feed tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from milepost.actions.plans.ground import Ground
from milepost.core import ids
from milepost.core.plan import Change
from milepost.core.plan.values import CheckInPlan
from milepost.models import Checkin, Comment, Event, Grade, KeyResult
from milepost.models.exact import plain
from milepost.models.ids import new_id

BATCH = 2_000
# Check-ins and comments told of this long ago appear in the feed as well; older ones are history only.
RECENT = timedelta(days=100)


class Entries:
    """Writes entries, check-ins in batches."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.checkins: list[Checkin] = []
        self.told: list[Event] = []

    def check_ins(self, added: Iterable[CheckInPlan], one: KeyResult) -> None:
        """Take the new entries of a key result; they are written in batches."""
        made: dict[str, int] = {}
        for entry in added:
            row = Checkin(
                workspace_id=self.ground.workspace_id,
                key=entry.id,
                key_result=one,
                value=entry.value,
                parts=None if entry.parts is None else [plain(part) for part in entry.parts],
                confidence=entry.confidence,
                note=entry.note,
                effective_at=entry.at,
                recorded_at=entry.recorded,
                by_id=self.ground.people.get(entry.by),
                corrects_id=self._entry(one, entry.corrects, made),
                is_withdrawn=entry.withdrawn,
            )
            made[entry.id] = row.id
            self.checkins.append(row)
            self._tell_checkin(row, one)
        if len(self.checkins) >= BATCH:
            self._write_checkins()

    def comments(self, added: Iterable, objective: int, key_result: int | None) -> None:
        """Write new comments on an objective or a key result."""
        rows = [
            Comment(
                workspace_id=self.ground.workspace_id, key=one.id, objective_id=objective,
                key_result_id=key_result, by_id=self.ground.people.get(one.by), at=one.at, text=one.text,
            )
            for one in added
        ]  # fmt: skip
        Comment.objects.bulk_create(rows)
        for row in rows:
            self._tell("comment.added", row, row.at, objective, key_result, {"text": row.text[:280]})

    def grade(self, item: Change, objective: int, key_result: int | None) -> None:
        """Write the grade that an objective or a key result was closed with, where it is new."""
        want = item.want.grade
        if want is None or (item.action == "changed" and "grade" not in item.fields):
            return
        Grade.objects.create(
            workspace_id=self.ground.workspace_id, objective_id=objective, key_result_id=key_result,
            raw=want.raw, grade=want.grade, policy=want.policy, reason=want.reason, learned=want.learned,
            at=want.at, by_id=self.ground.people.get(want.by),
        )  # fmt: skip

    def finish(self) -> None:
        """Write what is still to be written, and tell the feed."""
        self._write_checkins()
        # In the order in which they happened: the feed reads events by their ids, which rise as made.
        in_order = sorted(self.told, key=lambda event: event.at)
        for event in in_order:
            event.id = new_id()
        Event.objects.bulk_create(in_order, batch_size=BATCH)

    def _tell_checkin(self, row: Checkin, one: KeyResult) -> None:
        kind = "checkin.recorded"
        if row.corrects_id is not None:
            kind = "checkin.withdrawn" if row.is_withdrawn else "checkin.corrected"
        data = {"title": one.title, "value": None if row.value is None else plain(row.value)}
        if row.confidence is not None:
            data["confidence"] = row.confidence
        if row.note:
            data["note"] = row.note[:280]
        self._tell(kind, row, row.recorded_at, one.objective_id, one.id, data)

    def _tell(
        self,
        kind: str,
        row: Checkin | Comment,
        at: datetime,
        objective: int,
        key_result: int | None,
        data: dict,
    ) -> None:
        """Remember for the feed what a file tells of the recent past."""
        if at >= self.ground.at - RECENT:
            self.told.append(
                Event(
                    workspace_id=self.ground.workspace_id, kind=kind, at=at, actor_id=row.by_id, door="file",
                    objective_id=objective, key_result_id=key_result, subject_id=row.id, data=data,
                )
            )  # fmt: skip

    def _entry(self, one: KeyResult, key: str | None, made: Mapping[str, int]) -> int | None:
        if key is None or key in made:
            return made.get(key)
        there = self.ground.rows(Checkin).filter(key_result=one)
        found = there.filter(key=key).values_list("id", flat=True).first()
        return found or there.filter(id=ids.decode(key)).values_list("id", flat=True).first()

    def _write_checkins(self) -> None:
        Checkin.objects.bulk_create(self.checkins, batch_size=BATCH)
        self.checkins = []
