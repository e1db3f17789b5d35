"""Files of OKRs, version 1, as YAML or JSON: `read` bytes into a plan, `write` a plan into bytes.

A file is taken whole or refused whole, with every reason at once: line, field, what is wrong and what would
be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from milepost.core.plan import FORMAT_VERSION, Plan, PlanProblem, check
from milepost.core.plan.findings import Path
from milepost.formats import okr_json, okr_yaml
from milepost.formats.okr_fields import SECTIONS, TOP_KEYS, WORKSPACE
from milepost.formats.okr_reading import Enough, Reading
from milepost.formats.okr_values import UNPRINTABLE, Entry, Misspelt, Wrong, shown
from milepost.formats.okr_writing import write
from milepost.formats.places import MOST_PROBLEMS, FilePlace, FileProblem, FileProblems

__all__ = ["FilePlace", "FileProblem", "FileProblems", "read", "write"]

LARGEST_FILE = 64 << 20
Progress = Callable[[int, int], None]
_GLANCE = 1 << 10
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PREAMBLE = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n|%YAML[^\n]*\n)*[ \t]*(?:---[ \t]+)?")
_FIRST_KEY = re.compile(rb"\{|[\"']?[A-Za-z_][\w-]*[\"']?[ \t]*:(?:\s|$)")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def read(
    data: bytes,
    *,
    name: str,
    zone: str = "UTC",
    have: Plan | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Return the plan that a file holds, or raise FileProblems.

    `zone` is where days are meant if the file names no workspace; `have` is what the workspace holds already,
    which references may name too; `progress` is told bytes done and bytes in all.
    """
    return _File(data, name, have, progress).read(zone)


class _Elsewhere(Exception):
    """Days were read before the file said in which time zone they are meant."""


class _File:
    """One file on its way to becoming a plan."""

    def __init__(self, data: bytes, name: str, have: Plan | None, progress: Progress | None) -> None:
        self.name, self.have = name, have
        self.size = len(data)
        self.progress = progress or (lambda done, total: None)
        self._refuse_what_cannot_be(data)
        self.data = data.removeprefix(b"\xef\xbb\xbf")
        self.is_json = self._looks_like_json()
        self._refuse_control_characters(data)
        self.text = self._decoded() if self.is_json else ""

    def read(self, zone: str) -> Plan:
        reading = Reading(zone)
        try:
            plan = self._plan(reading)
        except _Elsewhere as elsewhere:
            return self.read(str(elsewhere))
        except Enough:
            self._refuse(reading.problems, more=True)
        except Misspelt as spot:
            self._refuse(reading.problems, (self._spot(spot),))
        if reading.problems:
            self._refuse(reading.problems)
        problems = check(plan, self.have, most=MOST_PROBLEMS + 1)
        if problems:
            self._refuse(problems[:MOST_PROBLEMS], more=len(problems) > MOST_PROBLEMS)
        self.progress(self.size, self.size)
        return plan

    # --- before the first value -------------------------------------------------------------------------

    def _refuse_what_cannot_be(self, data: bytes) -> None:
        if len(data) > LARGEST_FILE:
            self._stop(
                f"The file has {len(data) >> 20} MB; files of up to {LARGEST_FILE >> 20} MB are read.",
                "too_large",
                "Cut it by cycle or team, and apply the parts one after another.",
            )
        if not data.strip():
            self._stop("The file is empty.", "empty_file", "A file of OKRs begins with milepost: 1.")
        if data.startswith(_WIDE):
            self._stop("The file is in UTF-16 or UTF-32.", "not_utf8", "Save it as UTF-8.")
        self._refuse_control_characters(data[:_GLANCE])

    def _refuse_control_characters(self, data: bytes) -> None:
        control = _CONTROL.search(data)
        if control is not None:
            before = data[: control.start()]
            self._stop(
                f"The byte {control[0][0]:#04x} stands here: this is no text file.",
                "not_text",
                "A file of OKRs is YAML or JSON in UTF-8.",
                before.count(b"\n") + 1,
                len(before) - before.rfind(b"\n"),
            )

    def _looks_like_json(self) -> bool:
        start = _PREAMBLE.match(self.data).end()
        if _FIRST_KEY.match(self.data, start) is None:
            begins = self.data[start : start + 40].split(b"\n")[0].decode(errors="replace").strip()
            begins = UNPRINTABLE.sub("�", begins)
            line = self.data.count(b"\n", 0, start) + 1
            self._stop(
                f"This does not look like a file of OKRs: it begins with “{begins}”.",
                "not_okrs",
                "A file of OKRs begins with milepost: 1, or as JSON with {.",
                line,
                1,
            )
        ending = self.name.lower().rpartition(".")[2]
        return ending == "json" or (ending not in ("yaml", "yml") and self.data[start : start + 1] == b"{")

    def _decoded(self) -> str:
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            self._stop_at_byte(error)

    def _stop_at_byte(self, error: UnicodeDecodeError) -> None:
        before = self.data[: error.start]
        self._stop(
            f"The byte {self.data[error.start]:#04x} is not UTF-8.",
            "not_utf8",
            "Save the file as UTF-8.",
            before.count(b"\n") + 1,
            len(before) - before.rfind(b"\n"),
        )

    # --- entry by entry ---------------------------------------------------------------------------------

    def _plan(self, reading: Reading) -> Plan:
        parts: dict[str, list] = {}
        told = 0
        for entry in self._entries():
            self._take(entry, parts, reading)
            if entry.done - told > self.size // 200:
                told = entry.done
                self.progress(min(told, self.size), self.size)
        if "milepost" not in parts and not reading.problems:
            reading.refuse(
                (), Wrong("The file does not say its version.", "no_version", "Begin it with milepost: 1.")
            )
        workspace = next(iter(parts.get("workspace", ())), None)
        return Plan(workspace, *(tuple(parts.get(name, ())) for name in SECTIONS))

    def _entries(self) -> Iterator[Entry]:
        if self.is_json:
            return okr_json.entries(self.text)
        return self._yaml_entries()

    def _yaml_entries(self) -> Iterator[Entry]:
        try:
            yield from okr_yaml.entries(self.data)
        except yaml.reader.ReaderError as error:
            self._stop_at_character(error)

    def _stop_at_character(self, error: Any) -> None:
        """Refuse a character that YAML does not allow; its parser says only which byte or character."""
        try:
            text = self.data.decode()
        except UnicodeDecodeError as undecodable:
            self._stop_at_byte(undecodable)
        found = re.search("[\x7f-\x84\x86-\x9f\ufffe\uffff]", text)
        line, column = okr_json.line_and_column(text, found.start()) if found else (1, 1)
        self._stop(f"A character that YAML does not allow stands here ({error.reason}).", "bad_character",
                   "Take it out.", line, column)  # fmt: skip

    def _take(self, entry: Entry, parts: dict[str, list], reading: Reading) -> None:
        key, index, value, _ = entry
        path: Path = (key,) if index in (None, -1) else (key, index)
        if index in (None, -1):
            if key in parts:
                reading.refuse(
                    path, Wrong(f"“{key}” stands here twice.", "duplicate_key", "Keep one of the two.")
                )
            parts[key] = []
        if key not in TOP_KEYS:
            reading.unknown_key((), key, TOP_KEYS, "a file of OKRs")
            raise Misspelt(_NO_USE, 0, 0)
        if key == "milepost":
            self._version(index, value, path)
        elif key == "workspace":
            if index == -1 or (index is None and value is not None):
                self._workspace([] if index == -1 else value, parts, reading)
        elif index is not None and index >= 0:
            parts[key].append(SECTIONS[key].take(value, reading, path))
        elif index is None and value is not None:
            reading.refuse(path, Wrong(f"This is {shown(value)}, and a list is needed.", "not_a_list",
                                       "Begin each entry with a dash."))  # fmt: skip

    def _version(self, index: int | None, value: Any, path: Path) -> None:
        if index is None and isinstance(value, str) and str(value) == str(FORMAT_VERSION):
            return
        line, column = self._locate([path])[path]
        self._stop(
            f"This file says milepost: {shown([] if index else value)}; {FORMAT_VERSION} is read here.",
            "wrong_version",
            f"Write milepost: {FORMAT_VERSION}, or use a newer Milepost.",
            line,
            column,
            path,
        )

    def _workspace(self, value: Any, parts: dict[str, list], reading: Reading) -> None:
        workspace = WORKSPACE.take(value, reading, ("workspace",))
        if workspace is None:
            return
        parts["workspace"] = [workspace]
        if workspace.time_zone != reading.zone.key:
            if reading.has_days_as_moments:
                raise _Elsewhere(workspace.time_zone)
            reading.zone = ZoneInfo(workspace.time_zone)

    # --- refusing ---------------------------------------------------------------------------------------

    def _spot(self, spot: Misspelt) -> FileProblem | None:
        if spot.wrong is _NO_USE:
            return None
        place = FilePlace(self.name, spot.line, spot.column, spot.path)
        return FileProblem(place, spot.wrong.message, spot.wrong.code, spot.wrong.remedy)

    def _locate(self, paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
        return okr_json.locate(self.text, paths) if self.is_json else okr_yaml.locate(self.data, paths)

    def _refuse(
        self,
        problems: list[PlanProblem],
        more_problems: tuple[FileProblem | None, ...] = (),
        *,
        more: bool = False,
    ) -> None:
        spots = self._locate({problem.path for problem in problems}) if problems else {}
        placed = [
            FileProblem(
                FilePlace(self.name, *spots[problem.path], problem.path),
                problem.message,
                problem.code,
                problem.remedy,
            )
            for problem in problems
        ]
        placed.extend(problem for problem in more_problems if problem is not None)
        placed.sort(key=lambda problem: (problem.place.line, problem.place.column))
        raise FileProblems(self.name, placed, more=more) from None

    def _stop(
        self, message: str, code: str, remedy: str, line: int = 0, column: int = 0, path: Path = ()
    ) -> None:
        raise FileProblems(
            self.name, [FileProblem(FilePlace(self.name, line, column, path), message, code, remedy)]
        ) from None


_NO_USE = Wrong("There is no use in reading on.", "stopped")
