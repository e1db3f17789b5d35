"""What the table of fields says to people and to editors: the reference in the docs, and the JSON Schema.

`python -m milepost.formats.okr_reference docs` writes both into a folder; the tests fail where they are out
of date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from milepost.core.plan import FORMAT_VERSION
from milepost.formats.okr_fields import RECORDS, SECTIONS, WORKSPACE
from milepost.formats.okr_records import Field, Record

SCHEMA_FILE = "milepost.schema.json"
PAGE_FILE = "file-format.md"
_BEGIN = "<!-- Written by bin/docs from milepost/formats/okr_fields.py: change it there. -->\n"
_END = "<!-- The tables end here. -->\n"
_TITLES = {
    "workspace": "workspace",
    "person": "people",
    "team": "teams",
    "cycle": "cycles",
    "objective": "objectives",
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of OKRs."""
    sections = {
        name: {"type": "array", "items": record.schema(), "description": f"A list: {record.noun} an entry."}
        for name, record in SECTIONS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_FILE,
        "title": f"OKRs of a workspace, file format {FORMAT_VERSION}",
        "type": "object",
        "properties": {
            "milepost": {"const": FORMAT_VERSION, "description": "The version of the format."},
            "workspace": WORKSPACE.schema(),
            **sections,
        },
        "required": ["milepost"],
        "additionalProperties": False,
        "$defs": {record.name: record.definition() for record in RECORDS},
    }


def schema_text() -> str:
    """Return the JSON Schema as its file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def tables() -> str:
    """Return the reference of all fields as Markdown: a heading and a table for each kind of entry."""
    return "\n".join(_table(record) for record in RECORDS)


def page(text: str) -> str:
    """Return the page of the docs with its tables brought up to date."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{tables()}\n{_END}{after}"


def _table(record: Record) -> str:
    lines = [
        f"### {_TITLES.get(record.name, record.name.replace('_', ' '))}",
        "",
        "| field | holds | left out | what it says |",
        "|---|---|---|---|",
        *(f"| `{one.key}` | {one.type.words} | {_default(one)} | {one.says} |" for one in record.fields),
        "",
    ]
    return "\n".join(lines)


def _default(one: Field) -> str:
    if one.is_required:
        return "**needed**"
    return one.default_words or _shown(one.default)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (str, int, Decimal)):
        return f"`{value}`"
    if is_dataclass(value):
        return "all its defaults"
    assert value == () or isinstance(value, Mapping), value
    return "none"


def main(folder: str) -> None:
    """Write the schema, and the tables of the page, into a folder."""
    docs = Path(folder)
    docs.joinpath(SCHEMA_FILE).write_text(schema_text(), "utf-8")
    written = docs / PAGE_FILE
    written.write_text(page(written.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
