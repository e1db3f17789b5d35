"""The bytes of a file of OKRs: what can be told before the first value is read, and where a value stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import NoReturn

from milepost.core.characters import UNPRINTABLE
from milepost.core.plan import PlanProblem
from milepost.formats import okr_json
from milepost.formats.okr_lines import Lines
from milepost.formats.okr_raw import Entry, Misspelt, NotAsWritten
from milepost.formats.places import FilePlace, FileProblem, FileProblems

LARGEST_FILE = 64 << 20
_GLANCE = 1 << 10
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_MARK = b"\xef\xbb\xbf"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROLS = bytes(byte for byte in range(128) if _CONTROL.match(bytes([byte])))
_PREAMBLE = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n|%YAML[^\n]*\n)*[ \t]*(?:---[ \t]+)?")
_FIRST_KEY = re.compile(rb"\{|[\"']?[A-Za-z_][\w-]*[\"']?[ \t]*:(?:\s|\Z)")
_NOT_IN_YAML = re.compile("[\x7f-\x84\x86-\x9f\ufffe\uffff]")


class Source:
    """A file that may be one of OKRs: it is UTF-8, not too large, and begins like one."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name, self.size = name, len(data)
        self._refuse_by_size(data)
        if data.startswith(_WIDE):
            self.stop("The file is in UTF-16 or UTF-32.", "not_utf8", "Save it as UTF-8.")
        # A glance first: most of what is no file of OKRs shows it at once.
        self._refuse_control_characters(data[:_GLANCE])
        self.data = data.removeprefix(_MARK)
        self.is_json = self._looks_like_json()
        self._refuse_control_characters(data)
        self.text = self._decoded() if self.is_json else ""
        self.parsed = self.size  # how long is what is parsed, in the units of how far the entries have come

    def entries(self) -> Iterator[Entry]:
        """Yield the pieces of the file in their order."""
        self.parsed = len(self.text) if self.is_json else self.size
        return okr_json.entries(self.text) if self.is_json else self._yaml_entries()

    def entries_without_check_ins(self) -> tuple[Iterator[Entry], Lines]:
        """Return the pieces with marks for the check-ins that stand as Milepost writes them, and these.

        Raises NotAsWritten, now or on the way, where it takes a closer look.
        """
        try:
            lines = Lines(self.text if self.is_json else self.data.decode(), is_json=self.is_json)
        except UnicodeDecodeError:
            raise NotAsWritten from None
        if not lines.taken:
            raise NotAsWritten
        self.parsed = len(lines.text)
        return self._short_entries(lines.text), lines

    def _short_entries(self, text: str) -> Iterator[Entry]:
        parser = okr_json if self.is_json else _yaml()
        try:
            yield from parser.entries(text)
        except (Misspelt, parser.Unreadable):  # it has another place in the file
            raise NotAsWritten from None

    def bytes_until(self, done: int) -> int:
        """Turn how far the entries have come into a number of bytes."""
        return min(self.size, done * self.size // self.parsed)

    def refuse(
        self, problems: Sequence[PlanProblem], others: Iterable[FileProblem] = (), *, more: bool = False
    ) -> NoReturn:
        """Raise what is wrong, each with its line, in the order of the file."""
        paths = {problem.path for problem in problems}
        locate = okr_json.locate(self.text, paths) if self.is_json else _yaml().locate(self.data, paths)
        placed = [
            FileProblem(FilePlace(self.name, *locate[one.path], one.path), one.message, one.code, one.remedy)
            for one in problems
        ]
        placed.extend(others)
        placed.sort(key=lambda problem: (problem.place.line, problem.place.column))
        raise FileProblems(self.name, placed, more=more) from None

    def stop(self, message: str, code: str, remedy: str, line: int = 0, column: int = 0) -> NoReturn:
        """Refuse the file for one reason."""
        place = FilePlace(self.name, line, column)
        raise FileProblems(self.name, [FileProblem(place, message, code, remedy)]) from None

    # --- what cannot be -------------------------------------------------------------------------------

    def _refuse_by_size(self, data: bytes) -> None:
        if len(data) > LARGEST_FILE:
            self.stop(
                f"The file has {len(data) >> 20} MB; files of up to {LARGEST_FILE >> 20} MB are read.",
                "too_large",
                "Cut it by cycle or team, and apply the parts one after another.",
            )
        if not data or data.isspace():
            self.stop("The file is empty.", "empty_file", "A file of OKRs begins with milepost: 1.")

    def _refuse_control_characters(self, data: bytes) -> None:
        # Taking them out is quicker than looking for one, by a tenth of a second in 40 MB.
        if len(data.translate(None, _CONTROLS)) < len(data):
            control = _CONTROL.search(data)
            self.stop(
                f"The byte {control[0][0]:#04x} stands here: this is no text file.",
                "not_text",
                "A file of OKRs is YAML or JSON in UTF-8.",
                *_spot(data, control.start()),
            )

    def _looks_like_json(self) -> bool:
        start = _PREAMBLE.match(self.data).end()
        if _FIRST_KEY.match(self.data, start) is None:
            begins = self.data[start : start + 40].split(b"\n")[0].decode(errors="replace").strip()
            self.stop(
                f"This is no file of OKRs: it begins with “{UNPRINTABLE.sub('�', begins)}”.",
                "not_okrs",
                "A file of OKRs begins with milepost: 1, or as JSON with {.",
                *_spot(self.data, start),
            )
        ending = self.name.lower().rpartition(".")[2]
        return ending == "json" or (ending not in ("yaml", "yml") and self.data[start : start + 1] == b"{")

    def _decoded(self) -> str:
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            self.stop(
                f"The byte {self.data[error.start]:#04x} is not UTF-8.",
                "not_utf8",
                "Save the file as UTF-8.",
                *_spot(self.data, error.start),
            )

    def _yaml_entries(self) -> Iterator[Entry]:
        yaml = _yaml()
        try:
            yield from yaml.entries(self.data)
        except yaml.Unreadable as error:
            # The parser says which character, counted in its own way; we say which line.
            found = _NOT_IN_YAML.search(text := self._decoded())
            spot = okr_json.line_and_column(text, found.start()) if found else (1, 1)
            message = f"A character that YAML does not allow stands here ({error.reason})."
            self.stop(message, "bad_character", "Take it out.", *spot)


def _yaml() -> ModuleType:
    from milepost.formats import okr_yaml  # and its parser, which JSON does not wait for

    return okr_yaml


def _spot(data: bytes, offset: int) -> tuple[int, int]:
    return data.count(b"\n", 0, offset) + 1, offset - data.rfind(b"\n", 0, offset)
