"""A plan written down: the same plan always gives the same bytes, defaults left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring
from types import NoneType
from typing import Any

from milepost.core.plan import FORMAT_VERSION, Plan
from milepost.core.plan.ledgers import CheckIns, moment_text, number_text
from milepost.formats.okr_fields import CHECK_IN, SECTIONS, WORKSPACE
from milepost.formats.okr_raw import Columns

Put = Callable[[str], None]


def write(plan: Plan, *, as_: str = "yaml") -> bytes:
    """Return the plan as a file: `as_` is "yaml" or "json"."""
    # Each piece by itself: one letter beyond Latin makes every character of a joined text twice as wide.
    pieces: list[bytes] = []
    _FORMS[as_](_top(plan), lambda piece: pieces.append(piece.encode()))
    return b"".join(pieces)


def export_of(data: bytes) -> str | None:
    """Return the id of the workspace whose export a file may be, by how it begins; None if it is none."""
    begins = _BEGINNING.match(data)
    return None if begins is None else (begins["yaml"] or begins["json"]).decode()


def says(data: bytes, plan: Plan) -> bool:
    """Say whether a file is this plan as `write` writes it, byte for byte; the first difference ends it."""
    done = 0

    def compare(piece: str) -> None:
        nonlocal done
        written = piece.encode()
        if not data.startswith(written, done):
            raise _Differs
        done += len(written)

    try:
        _FORMS["json" if data[:1] == b"{" else "yaml"](_top(plan), compare)
    except _Differs:
        return False
    return done == len(data)


class _Differs(Exception):
    """Two files are not the same."""


_BEGINNING = re.compile(
    rb"(?:milepost: 1\nworkspace:\n  id: (?P<yaml>[\w.-]+)\n"
    rb'|\{\n  "milepost": 1,\n  "workspace": \{\n    "id": "(?P<json>[\w.-]+)")'
)


def _top(plan: Plan) -> Iterator[tuple[str, Any]]:
    yield "milepost", FORMAT_VERSION
    if plan.workspace is not None:
        yield "workspace", WORKSPACE.write(plan.workspace)
    for name, record in SECTIONS.items():
        things = getattr(plan, name)
        if things:
            yield name, record.write_all(things)


# How a scalar is written that needs no quotes in YAML.
_BARE: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: lambda value: "true" if value else "false",
    Decimal: number_text,
    datetime: moment_text,
    date: date.isoformat,
    type(None): lambda _: "null",
}


def _check_ins(
    check_ins: CheckIns,
    leads: Sequence[str],
    name: Callable[[str], str],
    words: Callable[[str], str],
    quote: str,
) -> Iterator[str]:
    """Yield each entry, every field behind its lead: by hand, for a file has them by the hundred thousand."""
    id_, at_, recorded_, value_, parts_, confidence_, note_, by_, corrects_, withdrawn_ = leads
    for id, at, recorded, value, parts, confidence, note, by, corrects, withdrawn in check_ins.told:
        row = f"{id_}{name(id)}{at_}{quote}{at}{quote}"
        if recorded != at:
            row += f"{recorded_}{quote}{recorded}{quote}"
        if value is not None:
            row += value_ + value
        if parts is not None:
            row += f"{parts_}[{', '.join(parts)}]"
        if confidence is not None:
            row += f"{confidence_}{confidence}"
        if note:
            row += note_ + words(note)
        if by is not None:
            row += by_ + name(by)
        if corrects is not None:
            row += corrects_ + name(corrects)
        if withdrawn:
            row += f"{withdrawn_}true"
        yield row


# --- JSON ----------------------------------------------------------------------------------------------


def _json(top: Iterator[tuple[str, Any]], put: Put) -> None:
    put("{")
    comma = "\n"
    for key, value in top:
        put(f"{comma}  {_json_lead(key)}")
        if type(value) is list:
            _json_section(value, put)
        else:
            put(_json_value(value, "  ", spread=True))
        comma = ",\n"
    put("\n}\n")


def _json_section(entries: list[dict[str, Any]], put: Put) -> None:
    """Put the entries of a section one after the other: together they may be most of the memory."""
    comma = "[\n    "
    for entry in entries:
        put(comma)
        put(_json_value(entry, "    "))
        comma = ",\n    "
    put("\n  ]")


def _json_value(value: Any, pad: str, *, spread: bool = False) -> str:
    """Return a value; an entry without entries of its own stays on one line."""
    kind, inner = type(value), f"{pad}  "
    if kind in _JSON_ROWS:
        said = _JSON_ROWS[kind](value)
    elif kind not in _COMPOUND or not value or (not spread and _is_flat(value)):
        return _JSON[kind](value)
    elif kind is dict:
        said = [
            _json_lead(key)
            + (_json_value(item, inner) if (of := type(item)) in _COMPOUND else _JSON[of](item))
            for key, item in value.items()
        ]
    else:
        said = [_json_value(item, inner) for item in value]
    opening, closing = "{}" if kind is dict else "[]"
    lines = f",\n{inner}".join(said)
    return f"{opening}\n{inner}{lines}\n{pad}{closing}"


_COMPOUND = frozenset((dict, list, Columns, CheckIns))
_WITH_FIELDS = _COMPOUND - {list}


@cache
def _json_lead(key: str) -> str:
    return f"{encode_basestring(key)}: "


def _json_rows(columns: Columns) -> Iterator[str]:
    """Return entries each on its line, from the texts of all their fields."""
    cells = []
    for key, values in columns.fields:
        kinds = {*map(type, values)} - {NoneType}
        if kinds:
            lead, form = _json_lead(key), _JSON[kinds.pop()]
            cells.append(["" if one is None else lead + form(one) for one in values])
    return (f"{{{', '.join(filter(None, row))}}}" for row in zip(*cells, strict=True))


def _json_check_ins(check_ins: CheckIns) -> Iterable[str]:
    if check_ins.lines is not None:
        return check_ins.lines
    rows = _check_ins(check_ins, _JSON_LEADS, encode_basestring, encode_basestring, '"')
    return (f"{row}}}" for row in rows)


_JSON_LEADS = [f"{', ' if place else '{'}{_json_lead(key)}" for place, key in enumerate(CHECK_IN.keys)]
_JSON_ROWS: dict[type, Callable[[Any], Iterable[str]]] = {Columns: _json_rows, CheckIns: _json_check_ins}


def _is_flat(value: dict | list) -> bool:
    is_list = type(value) is list
    items = value if is_list else value.values()
    kinds = {*map(type, items)}
    if kinds.isdisjoint(_COMPOUND):
        return True
    if is_list or not kinds.isdisjoint(_WITH_FIELDS):
        return False
    return all(_COMPOUND.isdisjoint(map(type, item)) for item in items if type(item) is list)


def _json_mapping(value: dict[str, Any]) -> str:
    said = [f"{_json_lead(key)}{_JSON[type(item)](item)}" for key, item in value.items()]
    return f"{{{', '.join(said)}}}"


def _json_list(value: list) -> str:
    return f"[{', '.join([_JSON[type(item)](item) for item in value])}]"


_JSON: dict[type, Callable[[Any], str]] = {
    **_BARE,
    str: encode_basestring,
    datetime: lambda value: f'"{moment_text(value)}"',
    date: lambda value: f'"{value.isoformat()}"',
    dict: _json_mapping,
    list: _json_list,
}


# --- YAML ----------------------------------------------------------------------------------------------

_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))
_NEVER_A_NUMBER = re.compile("[g-np-su-wyG-NP-SU-WY]")  # nor a timestamp: no 0x, 1e5, 12:30, 2026-10-08T10Z
# Most texts are ids; what is longer than the words and has such a letter is plain without a closer look.
_LONGEST_WORD = max(map(len, _WORDS))
_LIKE_AN_ID = re.compile(r"[0-9A-Fa-f]*[g-np-su-wyG-NP-SU-WY][0-9A-Za-z._-]*\Z")
_NOT_PLAIN = re.compile(r": |:$| #|[\s]$")
# What YAML prints, less what looks like a line break or a mark for byte order.
_PRINTABLE = r"\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_TO_ESCAPE = re.compile(rf"[^\x20-\x21\x23-\x5b\x5d-\x7e{_PRINTABLE}]")
_NOT_LITERAL = re.compile(rf"[^\n\x20-\x7e{_PRINTABLE}]|\n +(?=\n|\Z)")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _yaml(top: Iterator[tuple[str, Any]], put: Put) -> None:
    for key, value in top:
        _yaml_field("", key, value, "", put)


def _yaml_field(lead: str, key: str, value: Any, pad: str, put: Put) -> None:
    """Put `key: value` behind `lead`; `pad` is the indentation of what stands below."""
    bare = _BARE.get(type(value))
    if bare is not None:
        put(f"{lead}{key}: {bare(value)}\n")
    elif isinstance(value, str):
        put(f"{lead}{key}: {_yaml_words(value, pad)}\n")
    elif (many := _YAML_ROWS.get(type(value))) is not None:
        rows = [f"{pad}- {row}" for row in many(value, f"{pad}  ")]
        put(f"{lead}{key}:\n{''.join(rows)}")
    elif not value or (isinstance(value, list) and not isinstance(value[0], dict)):
        put(f"{lead}{key}: {_flow(value)}\n")
    elif isinstance(value, dict):
        put(f"{lead}{key}:\n")
        inner = f"{pad}  "
        for name, item in value.items():
            _yaml_field(inner, name, item, inner, put)
    else:
        put(f"{lead}{key}:\n")
        first, inner = f"{pad}- ", f"{pad}  "
        for entry in value:
            place = first
            for name, item in entry.items():
                _yaml_field(place, name, item, inner, put)
                place = inner


def _yaml_rows(columns: Columns, pad: str) -> Iterator[str]:
    """Return entries with a line for each field, from the lines of all their fields."""
    cells = []
    for key, values in columns.fields:
        kinds = {*map(type, values)} - {NoneType}
        if not kinds:
            continue
        kind = kinds.pop()
        if kind is str:
            cells.append(["" if one is None else f"{key}: {_yaml_words(one, pad)}\n" for one in values])
        else:
            form = _BARE.get(kind, _flow)
            cells.append(["" if one is None else f"{key}: {form(one)}\n" for one in values])
    return (pad.join(filter(None, row)) for row in zip(*cells, strict=True))


def _yaml_check_ins(check_ins: CheckIns, pad: str) -> Iterator[str]:
    rows = _check_ins(check_ins, _yaml_leads(pad), _yaml_text, lambda text: _yaml_words(text, pad), "")
    return (f"{row}\n" for row in rows)


@cache
def _yaml_leads(pad: str) -> list[str]:
    return [f"\n{pad}{key}: " if place else f"{key}: " for place, key in enumerate(CHECK_IN.keys)]


_YAML_ROWS: dict[type, Callable[[Any, str], Iterator[str]]] = {
    Columns: _yaml_rows,
    CheckIns: _yaml_check_ins,
}


def _yaml_words(text: str, pad: str) -> str:
    """Return a text, several lines of it as they are."""
    if "\n" not in text or not _is_literal(text):
        return _yaml_text(text)
    lines = [f"{pad}  {line}" if line else "" for line in text.removesuffix("\n").split("\n")]
    return "\n".join([f"|{'' if text.endswith(chr(10)) else '-'}", *lines])


def _flow(value: dict | list) -> str:
    if isinstance(value, dict):
        return "{}"
    items = (
        _yaml_text(item, flow=True) if isinstance(item, str) else _BARE[type(item)](item) for item in value
    )
    return f"[{', '.join(items)}]"


def _is_literal(text: str) -> bool:
    return text[0] not in " \n" and not text.endswith("\n\n") and _NOT_LITERAL.search(text) is None


def _yaml_text(text: str, *, flow: bool = False) -> str:
    if len(text) > _LONGEST_WORD and _LIKE_AN_ID.match(text):
        return text
    if is_plain(text) and not (flow and any(mark in text for mark in ",[]{}")):
        return text
    return f'"{_TO_ESCAPE.sub(_escaped, text)}"'


def is_plain(text: str) -> bool:
    """Say whether every YAML reader, old or new, takes the text without quotes for this very text."""
    if not text[:1].isalnum() or text.lower() in _WORDS or _NOT_PLAIN.search(text) or "\n" in text:
        return False
    if not text[0].isalpha() and not _NEVER_A_NUMBER.search(text):
        return False
    return _TO_ESCAPE.search(text.replace('"', "").replace("\\", "")) is None


def is_printed(text: str) -> bool:
    """Say whether the text stands between quotes as it is."""
    return _TO_ESCAPE.search(text) is None


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


_FORMS: dict[str, Callable[[Iterator[tuple[str, Any]], Put], None]] = {"yaml": _yaml, "json": _json}
