"""Files of OKRs, version 1, as YAML or JSON: `read` bytes into a plan, `write` a plan into bytes.

A file is taken whole or refused whole, with every reason at once: line, field, what is wrong and what would
be right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from milepost.core.plan import Plan, PlanProblem, check
from milepost.core.plan.known import KINDS
from milepost.core.plan.unread import Unread
from milepost.core.problems import MOST_TOLD, Problem
from milepost.formats import okr_json
from milepost.formats.okr_bytes import LARGEST_FILE, Source
from milepost.formats.okr_content import Content, OtherVersion
from milepost.formats.okr_lines import Lines
from milepost.formats.okr_raw import Entry, Misspelt, NotAsWritten
from milepost.formats.okr_reading import Enough, Reading
from milepost.formats.okr_windows import in_windows
from milepost.formats.okr_writing import export_of, says, write
from milepost.formats.places import FilePlace, FileProblem, FileProblems

__all__ = [
    "LARGEST_FILE",
    "FilePlace",
    "FileProblem",
    "FileProblems",
    "export_of",
    "read",
    "recall",
    "says",
    "write",
]

Progress = Callable[[int, int], None]
Held = Callable[[Plan], Plan]


def read(
    data: bytes,
    *,
    name: str,
    have: Plan | Held | None = None,
    zone: str = "UTC",
    progress: Progress | None = None,
) -> Plan:
    """Return the plan that a file holds, or raise FileProblems.

    `have` is what the workspace holds already, which references may name too: a plan, or a function that
    finds it once the file has said what it holds (things of it may be torn). Days are meant in the time zone
    of the file's own workspace, else in that of `have`, else in `zone`. `progress` is told bytes done and in
    all.
    """
    return _File(Source(data, name), have, progress).read(zone)


def recall(data: bytes) -> Plan:
    """Return the plan that was written as JSON by ourselves, without asking whether it holds together."""
    content = Content(Reading("UTC"), lambda zone, reading: None)
    for entry in okr_json.entries(data.decode()):
        content.take(entry)
    content.end()
    return content.plan()


class _Elsewhere(Exception):
    """Days were read in another time zone than the one they are meant in."""

    def __init__(self, zone: str) -> None:
        super().__init__(zone)
        self.zone = zone


class _File:
    """One file on its way to becoming a plan."""

    def __init__(self, source: Source, have: Plan | Held | None, progress: Progress | None) -> None:
        self.source, self.have, self.progress = source, have, progress
        self.told = 0
        self.is_settled = False  # the time zone is known; there is no third reading

    def read(self, zone: str) -> Plan:
        try:
            return self._read(Reading(zone))
        except _Elsewhere as elsewhere:
            self.is_settled = True
            return self._read(Reading(elsewhere.zone))

    def _read(self, reading: Reading) -> Plan:
        zone, self.told = reading.zone.key, 0
        try:
            return self._read_from(*self.source.entries_without_check_ins(), reading)
        except NotAsWritten:
            return self._read_from(self.source.entries(), None, Reading(zone))

    def _read_from(self, entries: Iterator[Entry], lines: Lines | None, reading: Reading) -> Plan:
        content, broken = Content(reading, self._mean_days_in), []
        try:
            for entry in in_windows(entries, reading, lines):
                content.take(entry)
                self._tell(self.source.bytes_until(entry.done))
                if content.is_hopeless:
                    content.break_off()
                    break
            else:
                if lines is not None and lines.taken:
                    raise NotAsWritten  # a mark was not met where check-ins stand
                content.end()
        except Enough:
            self.source.refuse(reading.problems, more=True)
        except OtherVersion:
            self.source.refuse(reading.problems)
        except Misspelt as spot:
            content.break_off()
            place = FilePlace(self.source.name, spot.line, spot.column, spot.path)
            broken.append(FileProblem(place, spot.wrong.message, spot.wrong.code, spot.wrong.remedy))
        plan = content.plan()
        room = MOST_TOLD - len(reading.problems) - len(broken)
        found = self._check(plan, content, room + 1, is_refused=bool(reading.problems or broken))
        if reading.problems or broken or found:
            known = [*reading.problems, *map(content.as_spelt, found[:room])]
            self.source.refuse(known, broken, more=len(found) > room or content.is_hopeless)
        self._tell(self.source.size)
        return plan

    def _check(self, plan: Plan, content: Content, most: int, *, is_refused: bool) -> list[PlanProblem]:
        """Find what is wrong between the parts of a plan; of a file with mistakes, what can be told."""
        unsure = content.unsure
        try:
            have = self.have(plan) if callable(self.have) else self.have
        except (Unread, Problem) as unknown:
            if isinstance(unknown, Problem) and not is_refused:
                raise
            have, unsure = None, KINDS  # where it is to be applied cannot be told
        if plan.workspace is None and have is not None and have.workspace is not None:
            self._mean_days_in(have.workspace.time_zone, content.reading)
        return check(plan, have, most=most, unsure=unsure)

    def _mean_days_in(self, zone: str, reading: Reading) -> None:
        if zone != reading.zone.key:
            if reading.has_days_as_moments and not self.is_settled:
                raise _Elsewhere(zone)
            reading.zone = ZoneInfo(zone)

    def _tell(self, done: int) -> None:
        if self.progress is not None and (
            done - self.told > self.source.size // 200 or done == self.source.size
        ):
            self.told = done
            self.progress(done, self.source.size)
