"""The kinds of value a field of an OKR file may hold: how each reads, and how the schema and docs put it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from milepost.core import zones
from milepost.core.characters import is_blank, poses, unprintable
from milepost.core.plan import words
from milepost.core.plan.findings import Path, nearest
from milepost.formats.okr_raw import UNREAD, Bare, Digits, Wrong, shown

if TYPE_CHECKING:
    from milepost.formats.okr_reading import Reading

YEAR_FIRST, YEAR_LAST = 1900, 2199


class Type:
    """A kind of value. Scalars implement `read`; `words` and `schema` speak of it to people and programs."""

    words = ""
    is_scalar = True

    def read(self, raw: Any, reading: Reading) -> Any:
        """Return the value that `raw` stands for, or raise Wrong."""
        raise NotImplementedError

    def read_all(self, raws: Sequence[Any], reading: Reading) -> Sequence[Any]:
        """Return what many of them stand for, None for None, or raise Wrong."""
        kinds = {*map(type, raws)}
        found = self.as_written(raws, kinds)
        if found is not None:
            return found
        if (
            len(kinds - _NONE) == 1 and kinds - _NONE <= _KEPT_ONCE
        ):  # "5" and 5 are alike here, and are not one
            known = {raw: None if raw is None else self.read(raw, reading) for raw in {*raws}}
            return [known[raw] for raw in raws]
        return [None if raw is None else self.read(raw, reading) for raw in raws]

    def as_written(self, raws: Sequence[Any], kinds: set[type]) -> Sequence[Any] | None:
        """Return what many stand for at one stroke, where all stand as Milepost writes them; else None."""
        return None

    def as_told(self, raws: Sequence[Any], reading: Reading) -> Sequence[Any]:
        """Return what many stand for as `CheckIns` holds it; raise Wrong where that takes a closer look."""
        return self.read_all(raws, reading)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the value."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """Return the value as an emitter takes it."""
        return value


_CLOSER = Wrong("This is not as Milepost writes it.", "other_spelling")
_KEPT_ONCE, _NONE = frozenset((str, Digits, Bare)), frozenset((type(None),))


def as_text(raw: Any, needs: str = "text") -> str:
    """Return the characters of a scalar that is, or may be meant as, text."""
    if isinstance(raw, Digits):
        raise Wrong(f"This is the number {shown(raw)}, and {needs} is needed.", "not_text", f'Write "{raw}".')
    if not isinstance(raw, str):
        raise Wrong(f"This is {shown(raw)}, and {needs} is needed.", "not_text", "Write text, in quotes.")
    return str(raw) if type(raw) is not str else raw


class Text(Type):
    """Words of any language."""

    def __init__(self, longest: int = words.TEXT_LONGEST, *, lines: bool = True, blank: bool = True) -> None:
        self.longest, self.lines, self.blank = longest, lines, blank
        self.words = f"text{'' if lines else ' on one line'}, up to {longest:,} characters"

    def read(self, raw: Any, reading: Reading) -> str:
        text = raw if type(raw) is str else as_text(raw)
        # What can be printed has one line and no marks that could be wrong.
        if len(text) <= self.longest and text.isprintable() and (self.blank or not is_blank(text)):
            return text
        if len(text) > self.longest:
            raise Wrong(
                f"This text has {len(text):,} characters; there is room for {self.longest:,}.",
                "too_long",
                "Shorten it" + ("." if self.lines else ", and put the rest into the description."),
            )
        said = unprintable(text)
        if said is not None:
            raise Wrong(f"This text holds {said}.", "bad_character", "Take it out.")
        if not self.lines and len(text.splitlines()) > 1:
            raise Wrong("This text runs over several lines.", "not_one_line", "Write it on one line.")
        if not self.blank and is_blank(text):
            raise Wrong("This is empty.", "empty", "Write something here.")
        return text

    def schema(self) -> dict[str, Any]:
        said: dict[str, Any] = {"type": "string", "maxLength": self.longest}
        if not self.blank:
            said |= {"minLength": 1, "pattern": r"\S"}
        return said


class Name(Type):
    """The stable text id of a thing, or a reference to one."""

    _SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")

    def __init__(self, of: str = "", longest: int = words.ID_LONGEST) -> None:
        self.longest = longest
        self._written = re.compile(rf"(?:[A-Za-z0-9][A-Za-z0-9._-]{{0,{longest - 1}}}\n)+\Z")
        self.words = f"the id of {of}" if of else f"an id: 1 to {longest} of A–Z a–z 0–9 . _ -"

    def read(self, raw: Any, reading: Reading) -> str:
        text = raw if type(raw) is str else as_text(raw, "an id")
        if len(text) <= self.longest and self._SHAPE.match(text):
            return text
        raise Wrong(
            f"{shown(raw)} cannot be an id.",
            "bad_id",
            f"An id has 1 to {self.longest} of A–Z a–z 0–9 . _ - and begins with a letter or digit.",
        )

    def as_written(self, raws: Sequence[Any], kinds: set[type]) -> Sequence[str] | None:
        return raws if kinds == {str} and self._written.match(_lines(raws)) else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^[A-Za-z0-9][A-Za-z0-9._-]{{0,{self.longest - 1}}}$"}


class Choice(Type):
    """One of a few words."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices
        self._known = {choice: choice for choice in choices}
        self.words = " · ".join(f"`{choice}`" for choice in choices)

    def read(self, raw: Any, reading: Reading) -> str:
        text = as_text(raw, "a word")
        if text in self._known:
            return self._known[text]
        guess = nearest(text.strip().lower().replace(" ", "_").replace("-", "_"), self.choices)
        raise Wrong(
            f"{shown(raw)} is none of the words that may stand here.",
            "unknown_word",
            guess or f"Write one of: {', '.join(self.choices)}.",
        )

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.choices)}


class Number(Type):
    """An exact decimal number."""

    words = "a number"
    _SHAPE = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?([0-9]+))?\Z")
    # Never -0, nothing that is only almost sane, no zeros at the beginning or the end.
    _WRITTEN = re.compile(r"(?:(?!-0\n)-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{0,11}[1-9])?\n)+\Z")

    def read(self, raw: Any, reading: Reading) -> Decimal:
        if isinstance(raw, bool):
            raise _not_a_number(raw, "Write digits, such as 12.5.")
        if not isinstance(raw, str):
            raise _not_a_number(raw, "Write one number.")
        shape = self._SHAPE.match(raw)
        if shape is None:
            raise _not_a_number(raw, _remedy_for(raw))
        if len(raw) > 100 or len(shape[1] or "") > 4:
            raise _too_many_digits(raw)
        if not isinstance(raw, (Bare, Digits)):
            # Text in quotes is text: a spreadsheet's "4" may be a version, a street number, anything.
            raise Wrong(f"This is the text {shown(raw)}, and a number is needed.", "not_a_number",
                        f"Write {_sane(Decimal(raw), raw):f} without quotes.")  # fmt: skip
        if len(raw) <= words.DECIMALS_MOST and shape[1] is None and ("." not in raw or raw[-1] not in ".0"):
            return Decimal(raw) or Decimal(0)
        return _sane(Decimal(raw), raw)

    def as_written(self, raws: Sequence[Any], kinds: set[type]) -> Sequence[Decimal] | None:
        if kinds <= _AS_WRITTEN and self._WRITTEN.match(_lines(raws)):
            return [*map(Decimal, raws)]
        return None

    def as_told(self, raws: Sequence[Any], reading: Reading) -> Sequence[str]:
        lines = _lines(raws) if _AS_WRITTEN.issuperset(map(type, raws)) else ""
        if not self._WRITTEN.match(lines):
            raise _CLOSER
        return lines.split("\n")[:-1]

    def schema(self) -> dict[str, Any]:
        return {
            "type": "number",
            "exclusiveMinimum": -words.NUMBER_BELOW,
            "exclusiveMaximum": words.NUMBER_BELOW,
        }


def _not_a_number(raw: Any, remedy: str) -> Wrong:
    return Wrong(f"This is {shown(raw)}, and a number is needed.", "not_a_number", remedy)


def _remedy_for(text: str) -> str:
    if len(text) > 100 or not re.search("[0-9]", text):
        return "Write digits, such as 12.5."
    inner = re.search(r"[-+]?[0-9]+(?:\.[0-9]+)?", text.replace(",", "").replace("_", "").replace(" ", ""))
    return f"Write the number alone, perhaps {inner[0]}; the unit belongs in measure.unit." if inner else ""


def _sane(number: Decimal, raw: str) -> Decimal:
    """Refuse what no measure needs and what would fill memory once written out."""
    if not number:
        return Decimal(0)
    if number.adjusted() >= 18 or number.adjusted() < -words.DECIMALS_MOST:
        size = "large" if number.adjusted() > 0 else "small"
        raise Wrong(f"{shown(raw)} is too {size} a number.", "number_out_of_range",
                    "A number lies below 10^18 and has at most 12 decimals.")  # fmt: skip
    whole = format(number, "f")
    if "." in whole:
        whole = whole.rstrip("0").rstrip(".")
    decimals = len(whole.partition(".")[2])
    digits = len(whole.lstrip("-0.").replace(".", ""))
    if decimals > words.DECIMALS_MOST or digits > words.DIGITS_MOST:
        raise _too_many_digits(raw)
    return Decimal(whole)


def _too_many_digits(raw: str) -> Wrong:
    return Wrong(f"{shown(raw)} has more digits than a number may have here.", "too_many_digits",
                 "A number lies below 10^18 and has at most 30 digits, 12 of them decimals.")  # fmt: skip


_AS_WRITTEN = frozenset((Digits, Bare))


class Whole(Type):
    """A whole number between two limits."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most
        self.words = f"a whole number, {least} to {most}"

    def read(self, raw: Any, reading: Reading) -> int:
        if type(raw) in _AS_WRITTEN and len(raw) <= 3 and raw.isascii() and raw.isdecimal():
            whole = int(raw)
            if self.least <= whole <= self.most:
                return whole
        number = _NUMBER.read(raw, reading)
        if number != number.to_integral_value() or not self.least <= number <= self.most:
            raise Wrong(
                f"{shown(raw)} does not fit here.",
                "out_of_range",
                f"Write a whole number from {self.least} to {self.most}.",
            )
        return int(number)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Reported(Type):
    """What a check-in reports: a number, or true and false for what is done or not."""

    words = "a number; `true` or `false` where the measure is binary"

    def read(self, raw: Any, reading: Reading) -> Decimal:
        if raw is True or (isinstance(raw, Bare) and raw in _TRUE):
            return Decimal(1)
        if raw is False or (isinstance(raw, Bare) and raw in _FALSE):
            return Decimal(0)
        return _NUMBER.read(raw, reading)

    def as_written(self, raws: Sequence[Any], kinds: set[type]) -> Sequence[Decimal] | None:
        return _NUMBER.as_written(raws, kinds)

    def as_told(self, raws: Sequence[Any], reading: Reading) -> Sequence[str]:
        return _NUMBER.as_told(raws, reading)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [_NUMBER.schema(), {"type": "boolean"}]}


_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")


class Flag(Type):
    """True or false."""

    words = "`true` or `false`"

    def read(self, raw: Any, reading: Reading) -> bool:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, Bare) and raw in _TRUE + _FALSE:
            return raw in _TRUE
        raise Wrong(
            f"This is {shown(raw)}, and true or false is needed.", "not_a_flag", "Write true or false."
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Day(Type):
    """A day of the calendar."""

    words = "a day, `2026-10-08`"
    _SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")

    def read(self, raw: Any, reading: Reading) -> date:
        if isinstance(raw, str) and self._SHAPE.match(raw):
            try:
                return _sane_year(date.fromisoformat(raw), raw)
            except ValueError:
                raise Wrong(
                    f"There is no day {shown(raw)}.", "not_a_day", "Write a day of the calendar."
                ) from None
        raise Wrong(f"This is {shown(raw)}, and a day is needed.", "not_a_day", "Write it as 2026-10-08.")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


def _sane_year(day: Any, raw: str) -> Any:
    if not YEAR_FIRST <= day.year <= YEAR_LAST:
        raise Wrong(
            f"The year of {shown(raw)} lies outside {YEAR_FIRST} to {YEAR_LAST}.",
            "not_a_day",
            "Leave the field out where an end is open.",
        )
    return day


class Moment(Type):
    """A point in time, kept in UTC. A day alone is its noon in the workspace's time zone."""

    words = "a moment, `2026-10-08T10:00:00Z`, or a day"
    _SHAPE = re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
        r"(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?: ?(Z|z|[-+][0-9]{2}:[0-9]{2}))?)?\Z"
    )
    _WRITTEN = re.compile(
        r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.(?!000000)[0-9]{6})?Z\n)+\Z"
    )

    def read(self, raw: Any, reading: Reading) -> datetime:
        shape = self._SHAPE.match(raw) if isinstance(raw, str) else None
        if shape is None:
            raise Wrong(f"This is {shown(raw)}, and a day or a moment is needed.", "not_a_moment",
                        "Write 2026-10-08 or 2026-10-08T10:00:00Z.")  # fmt: skip
        try:
            if shape[1] == "Z" and raw[10] == "T":
                return _sane_year(datetime.fromisoformat(raw), raw)
            if shape[1] is not None:
                moment = datetime.fromisoformat(raw.replace(" ", "T", 1).replace(" ", "").upper())
            elif len(raw) == 10:
                moment = datetime.combine(date.fromisoformat(raw), NOON, reading.day_zone())
            else:
                moment = datetime.fromisoformat(raw.upper()).replace(tzinfo=reading.day_zone())
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise Wrong(f"There is no moment {shown(raw)}.", "not_a_moment",
                        "Write a day of the calendar and a time of the clock.") from None  # fmt: skip
        return _sane_year(moment, raw)

    def as_written(self, raws: Sequence[Any], kinds: set[type]) -> Sequence[datetime] | None:
        if kinds != {str} or not self._WRITTEN.match(_lines(raws)):
            return None
        if min(raws) < f"{YEAR_FIRST}" or max(raws) >= f"{YEAR_LAST + 1}":
            return None
        try:
            return [*map(datetime.fromisoformat, raws)]
        except ValueError:  # the thirtieth of February: whoever reads it by itself says so
            return None

    def as_told(self, raws: Sequence[Any], reading: Reading) -> Sequence[str]:
        if self.as_written(raws, {*map(type, raws)}) is None:
            raise _CLOSER
        return raws

    def schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.]+ ?([Zz]|[-+][0-9:]+)?)?$",
        }


NOON = time(12)


def _lines(raws: Sequence[str]) -> str:
    return "\n".join(raws) + "\n"


class Email(Type):
    """An address that could receive a letter."""

    words = "an e-mail address"
    _SHAPE = re.compile(
        r"[^@\s<>,;:\"\\()\[\]]{1,64}@(?:[^@\s.<>,;:\"\\()\[\]/_]+\.)+[^@\s.<>,;:\"\\()\[\]/_]{2,}\Z"
    )

    def read(self, raw: Any, reading: Reading) -> str:
        text = as_text(raw, "an e-mail address")
        if poses(text):
            raise Wrong(
                f"{shown(raw)} has letters that look like others.",
                "bad_email",
                "Type it anew, in the letters of one alphabet.",
            )
        if len(text) <= words.EMAIL_LONGEST and self._SHAPE.match(text) and not unprintable(text):
            local = text.partition("@")[0]
            if not (local.startswith(".") or local.endswith(".") or ".." in local):
                return text
        raise Wrong(f"{shown(raw)} is no e-mail address.", "bad_email", "Write one such as ada@acme.example.")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": words.EMAIL_LONGEST, "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"}


class Zone(Type):
    """The name of a time zone."""

    words = "a time zone, such as `Europe/Berlin`"

    def read(self, raw: Any, reading: Reading) -> str:
        text = as_text(raw, "a time zone")
        if text in zones.names():
            return text
        raise Wrong(f"There is no time zone {shown(raw)}.", "unknown_time_zone",
                    nearest(text, zones.names()) or "Write one such as Europe/Berlin or UTC.")  # fmt: skip

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


_NUMBER = Number()


class Compound(Type):
    """A value that holds others. It reports what is wrong itself, each at its own path."""

    is_scalar = False

    def take(self, raw: Any, reading: Reading, path: Path) -> Any:
        """Return the value that `raw` stands for, or UNREAD; what is wrong goes to `reading`."""
        raise NotImplementedError

    def take_all(self, raws: list, reading: Reading, path: Path) -> tuple:
        """Return the values of a list."""
        return tuple([self.take(raw, reading, (*path, index)) for index, raw in enumerate(raws)])

    def write_all(self, values: Sequence[Any]) -> Any:
        """Return several values as an emitter takes them."""
        return [self.write(value) for value in values]


class ListOf(Compound):
    """Several of one type."""

    def __init__(self, inner: Type, plural: str) -> None:
        self.inner, self.words = inner, f"a list of {plural}"

    def take(self, raw: Any, reading: Reading, path: Path) -> Any:
        if not isinstance(raw, list):
            reading.refuse(path, Wrong(f"This is {shown(raw)}, and {self.words} is needed.", "not_a_list",
                                       "Begin each entry with a dash, or write [one, two]."))  # fmt: skip
            return UNREAD
        inner = self.inner
        if not inner.is_scalar:
            return inner.take_all(raw, reading, path)
        taken = []
        for index, item in enumerate(raw):
            try:
                taken.append(inner.read(item, reading))
            except Wrong as wrong:
                reading.refuse((*path, index), wrong)
        return tuple(taken) if len(taken) == len(raw) else UNREAD

    def as_told(self, raws: Sequence[Any], reading: Reading) -> Sequence[tuple[str, ...]]:
        if {*map(type, raws)} != {list}:
            raise _CLOSER
        return [tuple(self.inner.as_told(raw, reading)) for raw in raws]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.inner.schema()}

    def write(self, value: Any) -> Any:
        return list(value) if self.inner.is_scalar else self.inner.write_all(value)
