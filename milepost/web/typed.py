"""What somebody typed into a form: read field by field, with everything that is wrong with it kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.http import QueryDict

from milepost.core import ids, numbers
from milepost.core.characters import is_blank, require_printable, seen
from milepost.core.problems import Invalid, Problem
from milepost.queries.shutting_out import ShutsYouOut

_BREAKS = re.compile("\r\n|[\x0b\x0c]")  # the latter: as office programs put them into what one copies


def whole(written: str | None, default: int) -> int:
    """Read the number that an address says, of rows or a page; the default where it says none."""
    is_number = bool(written) and written.isascii() and written.isdigit() and len(written) < 7
    return int(written) if is_number else default


def id_text(id: int | None) -> str:
    """Write an id as a form carries it; nothing where nothing is chosen."""
    return "" if id is None else ids.encode(id)


class Above(NamedTuple):
    """What something is to serve, as actions take it: an objective or a key result."""

    objective: int | None
    key_result: int | None


class Typed:
    """The fields of a sent form. Reading never raises; `problems` says what is wrong, by field."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data
        self.problems: dict[str, str] = {}
        self.offered: dict[str, list[str]] = {}  # what a field is to offer besides, by what was typed
        self.unclear: dict[str, str] = {}  # names, by the field they were written for, that could be nobody's
        self.retry_after: int | None = None  # seconds, where what was refused may be tried again
        self.leaves = bool(data.get("leave"))  # that they mean it, who would not see it any more
        self.is_leaving = self.leaves  # whether that is asked
        self._refused_as = 422

    def text(self, name: str, default: str = "") -> str:
        """Return a text, tidied at its ends."""
        return self._read(name, self.data.get(name, default))

    def title(self, missing: str, name: str = "title") -> str:
        """Return a title on one line; without one, `missing` is what is wrong."""
        found = " ".join(self.text(name).split())
        if not found:
            self.say(name, missing)
        return found

    def texts(self, name: str) -> list[str]:
        """Return every text of a repeated field."""
        return [self._read(name, text) for text in self.data.getlist(name)]

    def _read(self, name: str, written: str) -> str:
        text = _BREAKS.sub("\n", seen(written)).strip()
        try:
            require_printable(text, field=name)
        except Invalid as wrong:
            self.refuse(wrong)
        return "" if is_blank(text) else text.replace("\x00", "")  # which no database could even look for

    def choose(self, name: str, values: list[str]) -> None:
        """Take values for a field as though they had been chosen; none leaves it as it is."""
        if values:
            self.data = self.data.copy()
            self.data.setlist(name, values)
            self.offer(name, values)

    def offer(self, name: str, values: list[str]) -> None:
        """Let a field offer these, too, when the form is shown again."""
        self.offered.setdefault(name, []).extend(values)

    def chosen(self, *names: str) -> list[str]:
        """Return what some fields hold, and are to offer besides."""
        return [value for name in names for value in (*self.texts(name), *self.offered.get(name, ()))]

    def number(self, name: str, unit: str = "", *, text: str | None = None) -> Decimal | None:
        """Return a number; None where nothing was typed, or nothing that reads as one."""
        try:
            return numbers.read(self.text(name) if text is None else text, unit, field=name)
        except Invalid as wrong:
            self.refuse(wrong)
            return None

    def day(self, name: str) -> date | None:
        """Return a day written as 2026-11-24."""
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.say(name, f"“{text[:40]}” is no day. Write it as 2026-11-24.")
            return None

    def id(self, name: str) -> int | None:
        """Return an id chosen from a list."""
        text = self.text(name)
        return self._decoded(name, text) if text else None

    def ids(self, name: str) -> list[int]:
        """Return every id chosen from a list."""
        found = [self._decoded(name, text) for text in self.texts(name) if text]
        return [id for id in found if id is not None]

    def _decoded(self, name: str, text: str) -> int | None:
        id = ids.decode(text)
        if id is None:
            self.say(name, "That is not on the list. Choose again.")
        return id

    def above(self, name: str) -> Above | None:
        """Return what was chosen from a list of both, where it is written as `o` or `k` and an id."""
        text = self.text(name)
        id = ids.decode(text[1:])
        if id is None or text[0] not in "ok":
            return None
        return Above(id, None) if text[0] == "o" else Above(None, id)

    def weight(self) -> Decimal:
        """Return the weight; 1 where nothing was typed, or nothing that reads as a number."""
        found = self.number("weight")
        return Decimal(1) if found is None else found

    def whole(self, name: str) -> int | None:
        """Return a whole number that the page itself wrote, such as a revision."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    @property
    def status(self) -> int:
        """The status of a page that shows the form: 200 while nothing is wrong."""
        return self._refused_as if self.problems else 200

    def say(self, name: str, message: str, *, status: int | None = None) -> None:
        """Note what is wrong with a field; the first word on it stands, and the last status."""
        self.problems.setdefault(name, message)
        self._refused_as = status or self._refused_as

    def refuse(self, problem: Problem, *, field: str | None = None) -> None:
        """Note what an action refused, beside its field where it has one ("" is the form as a whole)."""
        lines = (problem.message, *problem.details, problem.remedy or "")
        said = "\n".join(filter(None, lines)) if problem.details else str(problem)
        if isinstance(problem, ShutsYouOut):
            said, self.is_leaving = problem.on_a_form, True
        self.say(problem.field or "" if field is None else field, said, status=problem.status)
        self.retry_after = problem.retry_after

    def cleaned(self, name: str, clean: Callable[[str], str]) -> str | None:
        """Return a text as `clean` tidies it; None where that refuses it."""
        try:
            return clean(self.text(name))
        except Invalid as wrong:
            self.refuse(wrong, field=name)
            return None

    def error(self, name: str) -> str:
        """Return what is wrong with a field."""
        return self.problems.get(name, "")

    def listed(self, labels: Mapping[str, str]) -> list[tuple[str | None, str, str]]:
        """List what is wrong for the box above the form, in its order: (field's id, label, message)."""
        found, order = [], ["", *labels]
        known = sorted(self.problems.items(), key=lambda one: order.index(one[0]) if one[0] in order else -1)
        for name, message in known:
            target = f"f-{name}" if name in labels else None
            found.append((target, labels.get(name, ""), message))
        return found
