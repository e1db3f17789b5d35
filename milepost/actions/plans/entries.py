"""What only grows: check-ins, comments, grades and past changes, and what the feed tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from milepost.actions.plans.ground import Ground
from milepost.core import ids
from milepost.core.plan import Change
from milepost.core.plan.ledgers import CheckIns, moment_text
from milepost.core.plan.values import CheckInPlan, CommentPlan, HistoryPlan
from milepost.ledger import feed
from milepost.models import Checkin, Comment, Grade
from milepost.models.ids import new_ids

# Check-ins and comments told of this long ago appear in the feed as well; older ones are history only.
RECENT = timedelta(days=100)
ENOUGH = 20_000  # check-ins that wait for no others, or they would fill the memory


class Entries:
    """Writes entries as they come, check-ins many at once, and the feed at the end."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        # Check-ins that wait, as texts, and the key result of each.
        self.waiting: list[tuple] = []
        self.owners: list[int] = []
        self.made_check_ins, self.made_comments = (feed.Made(ground.at - RECENT) for _ in range(2))
        self.told_comments: list[tuple[str, int]] = []
        self.told_changes: list[feed.FrameChange] = []

    def check_ins(self, added: Sequence[CheckInPlan], key_result: int) -> None:
        """Take the new entries of a key result."""
        self.waiting += CheckIns.of(added).told
        self.owners += [key_result] * len(added)
        if len(self.waiting) >= ENOUGH:
            self._write_check_ins()

    def comments(self, added: Iterable[CommentPlan], objective: int, key_result: int | None) -> None:
        """Take new comments on an objective or a key result."""
        for one in added:
            row = self.ground.add(
                Comment, key=one.id, objective_id=objective, key_result_id=key_result,
                by_id=self.ground.people.get(one.by), at=one.at, text=one.text,
            )  # fmt: skip
            self.told_comments.append((moment_text(one.at), row["id"]))

    def frame_change(self, kind: str, subject: int, data: dict[str, Any], told: HistoryPlan) -> None:
        """Take how a cycle or a team was made or changed: past days know it by its event, however old."""
        by = self.ground.people.get(told.by)
        self.told_changes.append(feed.FrameChange(subject, self.ground.workspace_id, kind, told.at, by, data))

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
        """Write what waits, and tell the feed what the file tells of the past."""
        self._write_check_ins()
        if self.told_comments:
            self.made_comments.add(*zip(*self.told_comments, strict=True))
        feed.tell(self.made_check_ins, self.made_comments, self.told_changes)

    def _write_check_ins(self) -> None:
        if not self.waiting:
            return
        made, ground = new_ids(len(self.waiting)), self.ground
        keys, at, recorded, value, parts, confidence, note, by, corrects, withdrawn = zip(
            *self.waiting, strict=True
        )
        if any(corrects):
            here = dict(zip(zip(self.owners, keys, strict=True), made, strict=True))
            corrected = zip(self.owners, corrects, strict=True)
            corrects = [None if name is None else self._entry(owner, name, here) for owner, name in corrected]
        columns = {
            "id": made, "key": keys, "value": value, "confidence": confidence, "note": note, "parts": parts,
            "effective_at": at, "recorded_at": recorded, "by_id": [*map(ground.people.get, by)],
            "corrects_id": corrects, "is_withdrawn": withdrawn,
            "key_result_id": self.owners, "workspace_id": [ground.workspace_id] * len(made),
        }  # fmt: skip
        ground.batches.add_told(Checkin, columns)
        ground.batches.write()
        self.made_check_ins.add(recorded, made)
        self.waiting, self.owners = [], []

    def _entry(self, key_result: int, name: str, made: Mapping[tuple[int, str], int]) -> int | None:
        if (key_result, name) in made:
            return made[key_result, name]
        there = self.ground.rows(Checkin).filter(key_result_id=key_result)
        found = there.filter(key=name).values_list("id", flat=True).first()
        return found or there.filter(id=ids.decode(name)).values_list("id", flat=True).first()
