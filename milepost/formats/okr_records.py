"""Records: which fields an entry of an OKR file has, and how they become a plan's dataclass and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from milepost.core.plan import PlanPoint, words
from milepost.core.plan.findings import Path
from milepost.core.plan.unread import torn
from milepost.core.plan.values import names_of, usual_values
from milepost.formats.okr_raw import UNREAD, Columns, Mapped, Wrong, shown
from milepost.formats.okr_reading import Reading, short
from milepost.formats.okr_values import Choice, Compound, ListOf, Type

REQUIRED: Any = object()


@dataclass(frozen=True)
class Field:
    """One field of an entry: its key in the file, its type, and a sentence on what it means."""

    key: str
    type: Type
    says: str
    default: Any = REQUIRED  # until `with_defaults` has asked the dataclass
    default_words: str = ""  # how the docs put a default that depends on other fields
    get: Callable[[Any], Any] | None = None  # the value to write, where it is not the attribute of that name
    like: str | None = None  # the field whose value this one has where it is left out

    @property
    def is_required(self) -> bool:
        return self.default is REQUIRED


def with_defaults(of: type, listed: Iterable[Field]) -> tuple[Field, ...]:
    """Return the fields with the defaults that the dataclass `of` gives them."""
    defaults = usual_values(of)
    return tuple(
        replace(one, default=defaults[one.key]) if one.is_required and one.key in defaults else one
        for one in listed
    )


class Record(Compound):
    """An entry with named fields, read into the dataclass `of`."""

    def __init__(
        self,
        name: str,
        of: type,
        *listed: Field,
        noun: str,
        settle: Callable[[dict[str, Any], set[str], Reading], None] | None = None,
    ) -> None:
        self.name, self.of, self.noun = name, of, noun
        self.words = f"[{noun}](#{name.replace('_', '-')})"
        self.settle = settle
        self.fields = with_defaults(of, listed)
        self.keys = tuple(one.key for one in self.fields)
        self.by_key = {one.key: one for one in self.fields}
        self._required = tuple(one.key for one in self.fields if one.is_required)
        self._alike = tuple(one for one in self.fields if one.like is not None)
        self._to_read = {one.key: one.type.read for one in self.fields if one.type.is_scalar}
        # Entries are written by the ten thousand: all their values are taken at once.
        self._held = attrgetter(*(one.key if one.get is None else "__class__" for one in self.fields))
        self._to_write = tuple(
            (one.key, one.default, one.get, one.like, None if one.type.is_scalar else one.type.write)
            for one in self.fields
        )
        # What holds nothing but values is read and written field by field, where there are many.
        self._is_flat = names_of(of) == self.keys and all(
            one.type.is_scalar or (isinstance(one.type, ListOf) and one.type.inner.is_scalar)
            for one in self.fields
        )

    def take(self, raw: Any, reading: Reading, path: Path) -> Any:
        """Return the dataclass; where something in it is wrong, one that is torn there."""
        if not isinstance(raw, Mapped):
            reading.refuse(path, Wrong(f"This is {shown(raw)}, and {self.noun} is needed.", "not_a_mapping",
                                       f"Name its fields: {', '.join(self.keys[:4])} …"))  # fmt: skip
            return torn(self.of, {}, names_of(self.of))
        values, unread = self._values(raw, reading, path)
        for key in self._required:
            if key not in values and key not in unread:
                reading.refuse(path, Wrong(f"“{key}” is missing in {self.noun}.", "missing_field",
                                           f"Add {key}: and {self.by_key[key].type.words}."))  # fmt: skip
                unread.add(key)
        for one in self._alike:
            if one.key not in values and one.key not in unread:
                self._keep(one.key, values.get(one.like, UNREAD), values, unread)
        if self.settle is not None:
            self.settle(values, unread, reading)
        return torn(self.of, values, unread) if unread else self.of(**values)

    def take_all(self, raws: list, reading: Reading, path: Path) -> tuple:
        whole = self._in_columns(raws, reading) if raws and self._is_flat else None
        # What is wrong has a place only where one entry is read after the other.
        return super().take_all(raws, reading, path) if whole is None else whole

    def _in_columns(self, raws: list, reading: Reading) -> tuple | None:
        """Return all entries, read field by field, or None where they are not simply right."""
        said = self._said_plainly(raws, self._to_read.keys())
        if said is None:
            return None
        columns: dict[str, Sequence[Any]] = {}
        try:
            for one in self.fields:
                columns[one.key] = self._column(one, raws, columns, reading, is_said=one.key in said)
        except Wrong:
            return None
        return tuple(map(self.of, *columns.values()))

    def _said_plainly(self, raws: list, known: Set[str]) -> set[str] | None:
        """Return the fields of which any entry says something; None where one says it in a way of its own."""
        if {*map(type, raws)} != {Mapped} or any(raw.doubled for raw in raws):
            return None
        said = set().union(*raws)
        return said if said <= known else None

    def _column(
        self,
        one: Field,
        raws: list[Mapped],
        columns: Mapping[str, Sequence[Any]],
        reading: Reading,
        *,
        is_said: bool,
    ) -> Sequence[Any]:
        key = one.key
        found = [raw.get(key) for raw in raws] if is_said else [None] * len(raws)
        values = one.type.read_all(found, reading) if is_said else found
        if None not in found:
            return values
        if one.is_required:
            raise Wrong(f"“{key}” is missing.", "missing_field")
        usual = [one.default] * len(raws) if one.like is None else columns[one.like]
        return [other if value is None else value for value, other in zip(values, usual, strict=True)]

    def _values(self, raw: Mapped, reading: Reading, path: Path) -> tuple[dict[str, Any], set[str]]:
        """Return the values by key, and the keys of which no value can be told."""
        values: dict[str, Any] = {}
        unread: set[str] = set()
        by_key, to_read = self.by_key, self._to_read
        if raw.doubled:
            reading.doubled_keys(path, raw)
            unread.update(key for key in raw.doubled if key in by_key)
        for key, item in raw.items():
            read = to_read.get(key)
            if read is not None:
                if item is None:
                    continue  # written down empty: as if it were not there
                try:
                    values[key] = read(item, reading)
                except Wrong as wrong:
                    reading.refuse((*path, key), wrong)
                    unread.add(key)
            elif (one := by_key.get(key)) is None:
                self._unknown(key, raw, values, unread, reading, path)
            elif item is not None:
                self._keep(key, one.type.take(item, reading, (*path, key)), values, unread)
        return values, unread

    def _keep(self, key: str, taken: Any, values: dict[str, Any], unread: set[str]) -> None:
        if taken is UNREAD:
            unread.add(key)
        else:
            values[key] = taken

    def _unknown(
        self,
        key: str,
        raw: Mapped,
        values: dict[str, Any],
        unread: set[str],
        reading: Reading,
        path: Path,
    ) -> None:
        """Note a key that is not known; what it may have meant counts as unread, not as missing."""
        measure = self.by_key.get("measure")
        within = measure.key if measure is not None and key in measure.type.by_key else None
        meant = reading.unknown_key(path, key, self.keys, self.noun, within=within)
        if meant is None:
            # The fields that are always needed are still asked for: this may be anything.
            unread.update(one.key for one in self.fields if one.key not in raw and not one.is_required)
        elif within is not None:
            unread.add(meant)
        elif meant not in raw:
            inner, item = self.by_key[meant].type, raw[key]
            if isinstance(inner, ListOf) and isinstance(inner.inner, Record) and isinstance(item, list):
                self._keep(meant, inner.take(item, reading, (*path, short(key))), values, unread)
            else:
                unread.add(meant)

    def write(self, thing: Any) -> dict[str, Any]:
        """Return the entry as plain values in the order of the fields, defaults left out."""
        written: dict[str, Any] = {}
        for value, (key, default, get, like, write) in zip(self._held(thing), self._to_write, strict=True):
            said = value if get is None else get(thing)
            if said is None or said == default or (like is not None and said == getattr(thing, like)):
                continue
            written[key] = said if write is None else write(said)
        return written

    def write_all(self, values: Sequence[Any]) -> Any:
        """Return several entries as plain values, field by field where they hold nothing but values."""
        if not self._is_flat:
            return super().write_all(values)
        listed = values if issubclass(self.of, tuple) else map(self._held, values)
        held = dict(zip(self.keys, zip(*listed, strict=True), strict=True))
        columns = []
        for key, default, _, like, write in self._to_write:
            said = held[key]
            if like is not None:
                said = [None if one == other else one for one, other in zip(said, held[like], strict=True)]
            elif default is not None:
                said = [None if one == default else one for one in said]
            if write is not None:
                said = [None if one is None else write(one) for one in said]
            columns.append((key, said))
        return Columns(columns)

    def schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.name}"}

    def definition(self) -> dict[str, Any]:
        """Return the JSON Schema of the entry itself."""
        said: dict[str, Any] = {
            "description": self.noun[0].upper() + self.noun[1:],
            "type": "object",
            "properties": {one.key: one.type.schema() | {"description": one.says} for one in self.fields},
            "additionalProperties": False,
        }
        if self._required:
            said["required"] = list(self._required)
        return said


class Curve(Compound):
    """A plan curve: a word, or points of one's own. Read into (word, points)."""

    def __init__(self, points: Compound) -> None:
        self.points = points
        self.word = Choice(*words.CURVES)
        self.words = f"{self.word.words}, or {points.words}"

    def take(self, raw: Any, reading: Reading, path: Path) -> Any:
        if isinstance(raw, list):
            return "points", self.points.take(raw, reading, path)
        try:
            return self.word.read(raw, reading), ()
        except Wrong as wrong:
            reading.refuse(path, wrong)
            return UNREAD

    def write(self, value: tuple[str, tuple[PlanPoint, ...]]) -> Any:
        curve, points = value
        return self.points.write(points) if curve == "points" else curve

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.word.schema(), self.points.schema()]}


class Past(Compound):
    """What some fields held before a change; an empty value says that there was none."""

    def __init__(self, noun: str, listed: Iterable[Field]) -> None:
        self.by_key = {one.key: one for one in listed}
        self.keys = tuple(self.by_key)
        self.noun = noun
        self.words = f"the fields of {noun} that were different, with their earlier values"

    def take(self, raw: Any, reading: Reading, path: Path) -> Any:
        if not isinstance(raw, Mapped):
            reading.refuse(path, Wrong(f"This is {shown(raw)}, and {self.words} are needed.", "not_a_mapping",
                                       "Write, for example, was: {target: 5}."))  # fmt: skip
            return UNREAD
        found = len(reading.problems)
        if raw.doubled:
            reading.doubled_keys(path, raw)
        was: dict[str, Any] = {}
        for key, item in raw.items():
            one = self.by_key.get(key)
            if one is None:
                reading.unknown_key(path, key, self.keys, f"the past of {self.noun}")
            elif item is None and one.default is not None:
                reading.refuse((*path, key), Wrong(f"“{key}” cannot have been empty.", "missing_value",
                                                   f"Write {one.type.words}."))  # fmt: skip
            else:
                self._held(one, item, was, reading, (*path, key))
        return MappingProxyType(was) if len(reading.problems) == found else UNREAD

    def _held(self, one: Field, item: Any, was: dict[str, Any], reading: Reading, path: Path) -> None:
        if item is None:
            was[one.key] = None
        elif one.type.is_scalar:
            try:
                was[one.key] = one.type.read(item, reading)
            except Wrong as wrong:
                reading.refuse(path, wrong)
        else:
            taken = one.type.take(item, reading, path)
            if isinstance(one.type, Curve) and taken is not UNREAD:
                was["curve"], was["points"] = taken
            else:
                was[one.key] = taken

    def write(self, was: Mapping[str, Any]) -> dict[str, Any]:
        """Return the earlier values in the order of the fields."""
        written: dict[str, Any] = {}
        for key, one in self.by_key.items():
            if isinstance(one.type, Curve):
                if "curve" in was or "points" in was:
                    written[key] = one.type.write((was.get("curve", "points"), was.get("points", ())))
            elif key in was:
                value = was[key]
                written[key] = value if value is None or one.type.is_scalar else one.type.write(value)
        return written

    def schema(self) -> dict[str, Any]:
        properties = {}
        for key, one in self.by_key.items():
            said = one.type.schema()
            properties[key] = {"anyOf": [said, {"type": "null"}]} if one.default is None else said
        return {"type": "object", "properties": properties, "additionalProperties": False}
