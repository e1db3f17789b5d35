"""The content of one file: its pieces, one after another, on their way to becoming a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from milepost.core.plan import FORMAT_VERSION, Plan, PlanProblem
from milepost.core.plan.findings import Path
from milepost.core.plan.known import KINDS
from milepost.core.plan.unread import said
from milepost.core.problems import MOST_TOLD
from milepost.formats.okr_fields import SECTIONS, TOP_KEYS, WORKSPACE
from milepost.formats.okr_raw import Entry, Mapped, Wrong, shown
from milepost.formats.okr_reading import Enough, Reading

STRANGE_ENTRIES = 1_000  # of a list with an unknown name, until the rest of the file is left unread


class OtherVersion(Exception):
    """The file is in another version of the format: nothing more can be said of it."""


class Content:
    """What the pieces of a file have said so far."""

    def __init__(self, reading: Reading, mean_days_in: Callable[[str, Reading], None]) -> None:
        self.reading, self.mean_days_in = reading, mean_days_in
        self.parts: dict[str, list] = {}
        self.seen: set[str] = set()
        self.meant: dict[str, str | None] = {}  # an unknown name → the section it stands for, if any
        self.ids: dict[str, set[str | None]] = {}
        self.twins = 0  # entries with an id that stood there before
        self.is_strange = False  # a list or mapping has a name that comes near none
        self.unsure: set[str] = set()  # kinds of things of which the file may hold more than was read

    def take(self, entry: Entry) -> None:
        """Take one piece; what is wrong with it goes to the reading."""
        key, index, value, _ = entry
        path: Path = (key,) if index in (None, -1) else (key, index)
        if index in (None, -1):
            self._begin(key, path, may_be_a_section=index == -1 or isinstance(value, Mapped))
        if key == "milepost":
            self._version([] if index is not None else value, path)
        elif key == "workspace":
            if index == -1 or (index is None and value is not None):
                self._workspace([] if index == -1 else value)
        elif index is None and value is not None and key in SECTIONS:
            wrong = Wrong(f"This is {shown(value)}, and a list is needed.", "not_a_list", "Use dashes.")
            self.reading.refuse(path, wrong)
            self._doubt(key)
        elif index is not None and index >= 0:
            self._entry(key, index, value, path)

    @property
    def is_hopeless(self) -> bool:
        """Say whether so much is wrong between the entries already that nobody wants to read on."""
        return self.twins >= MOST_TOLD

    def end(self) -> None:
        """Note what the whole file should have said and did not."""
        if self.is_strange:
            for section in SECTIONS:
                if section not in self.parts:
                    self._doubt(section)
        if "milepost" not in self.seen and (self.parts or not self.meant):
            wrong = Wrong("The file does not say its version.", "no_version", "Begin it with milepost: 1.")
            self.reading.refuse((), wrong)

    def break_off(self) -> None:
        """Stop where the text is no longer what it should be: of everything there may be more behind it."""
        self.unsure.update(KINDS)

    def plan(self) -> Plan:
        """Return the plan that the pieces make."""
        workspace = next(iter(self.parts.get("workspace", ())), None)
        return Plan(workspace, *(tuple(self.parts.get(name, ())) for name in SECTIONS))

    def as_spelt(self, problem: PlanProblem) -> PlanProblem:
        """Name the section of a problem as the file spells it."""
        spelt = {meant: key for key, meant in self.meant.items() if meant is not None}
        section = problem.path[0] if problem.path else None
        return replace(problem, path=(spelt[section], *problem.path[1:])) if section in spelt else problem

    # --- section by section ---------------------------------------------------------------------------

    def _begin(self, key: str, path: Path, *, may_be_a_section: bool) -> None:
        if key in self.seen:
            wrong = Wrong(f"“{key}” stands here twice.", "duplicate_key", "Keep one of the two.")
            self.reading.refuse(path, wrong)
            self._doubt(key)
        self.seen.add(key)
        if key not in TOP_KEYS:
            self._misname(key, may_be_a_section)
            return
        for other, meant in self.meant.items():
            if meant == key:  # the section stands here itself: who knows what the other was
                self.meant[other] = None
                self._doubt(key)
        self.parts[key] = []

    def _misname(self, key: str, may_be_a_section: bool) -> None:
        """Read a section under a wrong name as the one that is meant, so that nothing of it is missed."""
        meant = self.reading.unknown_key((), key, TOP_KEYS, "a file of OKRs")
        self.meant[key] = meant if meant in SECTIONS and meant not in self.parts else None
        if meant is None:
            self.is_strange |= may_be_a_section
        elif meant in self.parts:
            self._doubt(meant)
        elif meant == "milepost":
            self.seen.add(meant)

    def _doubt(self, section: str) -> None:
        """Remember that the file may hold more of a section's things than could be read."""
        self.unsure.add(section)
        if section == "objectives":
            self.unsure.add("key_results")

    def _entry(self, key: str, index: int, value: Any, path: Path) -> None:
        section = key if key in SECTIONS else self.meant[key]
        if section is not None:
            thing = SECTIONS[section].take(value, self.reading, path)
            self.parts.setdefault(section, []).append(thing)
            self._count_twins(section, said(thing, "id"))
        elif index >= STRANGE_ENTRIES:
            raise Enough

    def _count_twins(self, section: str, id: str | None) -> None:
        ids = self.ids.setdefault(section, set())
        self.twins += id in ids
        ids.add(id)

    def _version(self, value: Any, path: Path) -> None:
        if not isinstance(value, str) or str(value) != str(FORMAT_VERSION):
            wrong = Wrong(
                f"This file says milepost: {shown(value)}; {FORMAT_VERSION} is read here.",
                "wrong_version",
                f"Write milepost: {FORMAT_VERSION}, or use a newer Milepost.",
            )
            self.reading.refuse(path, wrong)
            raise OtherVersion

    def _workspace(self, value: Any) -> None:
        workspace = WORKSPACE.take(value, self.reading, ("workspace",))
        self.parts["workspace"] = [workspace]
        zone = said(workspace, "time_zone")
        if zone is not None:
            self.mean_days_in(zone, self.reading)
