"""Files of OKRs, version 1, as YAML or JSON: `read` bytes into a plan, `write` a plan into bytes.

A file is taken whole or refused whole, with every reason at once: line, field, what is wrong and what would
be right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from milepost.core.plan import FORMAT_VERSION, Plan, WorkspacePlan, check
from milepost.core.plan.findings import Path
from milepost.formats.okr_bytes import LARGEST_FILE, Source
from milepost.formats.okr_fields import SECTIONS, TOP_KEYS, WORKSPACE
from milepost.formats.okr_raw import Entry, Misspelt, Wrong, shown
from milepost.formats.okr_reading import Enough, Reading
from milepost.formats.okr_writing import write
from milepost.formats.places import MOST_PROBLEMS, FilePlace, FileProblem, FileProblems

__all__ = ["LARGEST_FILE", "FilePlace", "FileProblem", "FileProblems", "read", "write"]

Progress = Callable[[int, int], None]
Held = Callable[[WorkspacePlan | None], Plan]


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
    finds it once the file has said which workspace it is for. Days are meant in the time zone of the file's
    own workspace, else in that of `have`, else in `zone`. `progress` is told bytes done and in all.
    """
    return _File(Source(data, name), have, progress).read(zone)


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
        try:
            plan = self._plan(reading)
        except Enough:
            self.source.refuse(reading.problems, more=True)
        except _NoUse:
            self.source.refuse(reading.problems)
        except Misspelt as spot:
            place = FilePlace(self.source.name, spot.line, spot.column, spot.path)
            broken = FileProblem(place, spot.wrong.message, spot.wrong.code, spot.wrong.remedy)
            self.source.refuse(reading.problems, [broken])
        if reading.problems:
            self.source.refuse(reading.problems)
        self._check(plan, reading)
        self._tell(self.source.size)
        return plan

    def _check(self, plan: Plan, reading: Reading) -> None:
        have = self.have(plan.workspace) if callable(self.have) else self.have
        if plan.workspace is None and have is not None and have.workspace is not None:
            self._mean_days_in(have.workspace.time_zone, reading)
        problems = check(plan, have, most=MOST_PROBLEMS + 1)
        if problems:
            self.source.refuse(problems[:MOST_PROBLEMS], more=len(problems) > MOST_PROBLEMS)

    # --- entry by entry -------------------------------------------------------------------------------

    def _plan(self, reading: Reading) -> Plan:
        parts: dict[str, list] = {}
        for entry in self.source.entries():
            self._take(entry, parts, reading)
            self._tell(self.source.bytes_until(entry.done))
        if "milepost" not in parts and not reading.problems:
            wrong = Wrong("The file does not say its version.", "no_version", "Begin it with milepost: 1.")
            reading.refuse((), wrong)
        workspace = next(iter(parts.get("workspace", ())), None)
        return Plan(workspace, *(tuple(parts.get(name, ())) for name in SECTIONS))

    def _take(self, entry: Entry, parts: dict[str, list], reading: Reading) -> None:
        key, index, value, _ = entry
        path: Path = (key,) if index in (None, -1) else (key, index)
        if index in (None, -1):
            if key in parts:
                wrong = Wrong(f"“{key}” stands here twice.", "duplicate_key", "Keep one of the two.")
                reading.refuse(path, wrong)
            parts[key] = []
        if key == "milepost":
            self._version([] if index is not None else value, path, reading)
        elif key == "workspace":
            if index == -1 or (index is None and value is not None):
                self._workspace([] if index == -1 else value, parts, reading)
        elif key not in SECTIONS:
            reading.unknown_key((), key, TOP_KEYS, "a file of OKRs")
            raise _NoUse
        elif index is None and value is not None:
            wrong = Wrong(f"This is {shown(value)}, and a list is needed.", "not_a_list", "Use dashes.")
            reading.refuse(path, wrong)
        elif index is not None and index >= 0:
            parts[key].append(SECTIONS[key].take(value, reading, path))

    def _version(self, value: Any, path: Path, reading: Reading) -> None:
        if not isinstance(value, str) or str(value) != str(FORMAT_VERSION):
            wrong = Wrong(
                f"This file says milepost: {shown(value)}; {FORMAT_VERSION} is read here.",
                "wrong_version",
                f"Write milepost: {FORMAT_VERSION}, or use a newer Milepost.",
            )
            reading.refuse(path, wrong)
            raise _NoUse

    def _workspace(self, value: Any, parts: dict[str, list], reading: Reading) -> None:
        workspace = WORKSPACE.take(value, reading, ("workspace",))
        if workspace is not None:
            parts["workspace"] = [workspace]
            self._mean_days_in(workspace.time_zone, reading)

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


class _NoUse(Exception):
    """What follows cannot be right either: there is no use in reading on."""
