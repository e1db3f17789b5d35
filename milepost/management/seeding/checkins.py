"""Seeded check-ins: thirteen weeks of a random walk from the start towards the target."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat

import numpy as np

from milepost.actions.seeds import Rows
from milepost.management.seeding import words
from milepost.management.seeding.ground import Ground
from milepost.management.seeding.key_results import Promises, tenths
from milepost.management.seeding.sizes import WEEKS

CHECKIN = (
    "id", "workspace_id", "key", "key_result_id", "value", "parts", "confidence", "note", "effective_at",
    "recorded_at", "by_id", "corrects_id", "is_withdrawn",
)  # fmt: skip
# Who checks in next to whom is shuffled within such blocks alone: a week's rows then lie side by side in
# the index by key result, which makes writing millions of them twice as fast.
BLOCK = 256
OPENS, DAYS, HOURS = 8, 4, 9  # check-ins come from Monday to Thursday, 08:00 to 17:00
NOTED, SILENT, LATE = 0.2, 0.01, 0.04
WHERE_IT_ENDS, HOW_FAR_APART, WOBBLE = 0.64, 0.3, 0.04
MILESTONE_ENDS = np.array([0.3, 0.7, 1.0])  # the progress at which each milestone is done
PARTS = 4  # milestones are reported in quarters
NO_NOTE = ""


class Weeks:
    """The check-ins of all key results, week by week, in the order in which they are recorded."""

    def __init__(self, ground: Ground, promises: Promises) -> None:
        self.ground = ground
        self.draw = np.random.default_rng([ground.number, ground.tag])
        self.key_results = self._in_order_of_their_week(promises.key_results)
        scales = [one.scale for one in self.key_results]
        count = len(scales)
        self.ids = [one.id for one in self.key_results]
        self.owners = [one.owner for one in self.key_results]
        self.zero = np.array([scale.zero for scale in scales])
        self.way = np.array([scale.one for scale in scales]) - self.zero
        self.step = np.array([scale.step for scale in scales])
        kinds = np.array([scale.kind for scale in scales])
        self.is_binary, self.is_milestones = kinds == "binary", kinds == "milestones"
        self.ends = self.draw.normal(WHERE_IT_ENDS, HOW_FAR_APART, count)
        self.drift = np.zeros(count)
        self.lean = self.draw.normal(0, 1.2, count)  # how hopeful the owner is

    def _in_order_of_their_week(self, key_results: list) -> list:
        order = np.arange(len(key_results))
        for begin in range(0, len(order), BLOCK):
            self.draw.shuffle(order[begin : begin + BLOCK])
        return [key_results[place] for place in order.tolist()]

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of the check-ins, a week at a time."""
        for week in range(WEEKS):
            yield Rows("checkin", CHECKIN, self._week(week))

    def _week(self, week: int) -> Iterator[tuple]:
        count = len(self.ids)
        progress = self._progress(week)
        values, parts = self._reported(progress)
        sure = np.clip(np.rint(3 + 6 * progress * WEEKS / (week + 1) + self.lean), 1, 10).astype(int)
        said = self.draw.integers(0, len(words.NOTES), count)
        is_noted = self.draw.random(count) < NOTED
        notes = [words.NOTES[one] if noted else NO_NOTE for one, noted in zip(said, is_noted, strict=True)]
        recorded = self._moments(week)
        seconds = recorded // 1000
        late = np.where(self.draw.random(count) < LATE, self.draw.integers(1, 4, count) * 86_400, 0)
        return zip(
            self.ground.id_at(recorded).tolist(),
            repeat(self.ground.workspace),
            repeat(None),
            self.ids,
            values,
            parts,
            sure.tolist(),
            notes,
            _texts(seconds - late),
            _texts(seconds),
            self.owners,
            repeat(None),
            repeat(False),
            strict=False,
        )

    def _progress(self, week: int) -> np.ndarray:
        """Return each key result's progress after a week: its own way, some noise, now and then a stall."""
        moved = self.draw.normal(0, WOBBLE, len(self.ids))
        self.drift += np.where(self.draw.random(len(self.ids)) < 0.3, 0, moved)
        return self.ends * (week + 1) / WEEKS + self.drift

    def _reported(self, progress: np.ndarray) -> tuple[list, list]:
        rounded = np.rint((self.zero + progress * self.way) / self.step).astype(int) * self.step
        rounded = np.where(self.is_binary, np.where(progress > 0.8, 10, 0), rounded)
        values: list[str | None] = [tenths(value) for value in rounded.tolist()]
        parts: list[str | None] = [None] * len(values)
        for place in np.flatnonzero(self.is_milestones).tolist():
            values[place], parts[place] = None, _parts(progress[place])
        for place in np.flatnonzero(self.draw.random(len(values)) < SILENT).tolist():
            values[place], parts[place] = None, None
        return values, parts

    def _moments(self, week: int) -> np.ndarray:
        """Return the milliseconds at which the check-ins of a week are recorded, each its own, rising."""
        count = len(self.ids)
        worked = np.arange(count) * (DAYS * HOURS * 3_600_000 - 1) // count
        day, within = np.divmod(worked, HOURS * 3_600_000)
        first = self.ground.milliseconds(self.ground.started + timedelta(weeks=week, hours=OPENS))
        return first + day * 86_400_000 + within


def _parts(progress: float) -> str:
    begins = np.array([0.0, *MILESTONE_ENDS[:-1]])
    shares = np.clip((progress - begins) / (MILESTONE_ENDS - begins), 0, 1)
    return json.dumps([tenths(int(10 * np.floor(share * PARTS) / PARTS)) for share in shares])


def _texts(seconds: np.ndarray) -> list[str]:
    written = np.datetime_as_string(seconds.astype("datetime64[s]"))
    # A blank where ISO has a T: SQLite compares moments as text, and Django writes a blank.
    written.view("U1").reshape(len(written), -1)[:, 10] = " "
    return written.tolist()
