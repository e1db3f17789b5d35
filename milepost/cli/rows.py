"""Reads rows of comma-separated text, or cases in JSON, for commands that answer them one by one."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from milepost.core.problems import Invalid, NotFound

LARGEST_FILE = 64 * 1024 * 1024

TOO_MANY = ""
"""The name under which a row keeps cells that no column heads."""


def text_of(path: str | Path) -> tuple[str, str]:
    """Read a file, or standard input for “-”, as its name and its text; raises where it cannot be read."""
    if str(path) == "-":
        return "standard input", sys.stdin.buffer.read(LARGEST_FILE).decode("utf-8-sig", errors="replace")
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise Invalid(
                f"{file} is larger than {LARGEST_FILE >> 20} MB.",
                code="too_large",
                remedy="Cut it into pieces.",
            )
        return str(file), file.read_text(encoding="utf-8-sig", errors="replace")
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.", remedy="Check the path.") from None
    except OSError as error:
        raise Invalid(
            f"{file} cannot be read: {error.strerror or error}.",
            code="unreadable",
            remedy="Give a file of rows.",
        ) from None


def rows(name: str, text: str, columns: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Give the rows by column name, checking that all columns are there; raises `missing_column`."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=TOO_MANY, restval="")
    try:
        reader.fieldnames = [column.strip().casefold() for column in reader.fieldnames or ()]
        missing = [column for column in columns if column not in reader.fieldnames]
        if missing:
            raise Invalid(
                f"{name} has no column “{'”, “'.join(missing)}”.",
                code="missing_column",
                field=missing[0],
                remedy=f"The first line names the columns: {', '.join(columns)}.",
            )
        found = list(reader)
    except csv.Error as error:
        raise Invalid(
            f"{name}, line {reader.line_num}: this is not comma-separated text ({error}).",
            code="unreadable",
            remedy="Save the sheet as CSV in UTF-8.",
        ) from None
    return ({column: row[column] for column in columns} | {TOO_MANY: row.get(TOO_MANY, "")} for row in found)


def is_json(name: str, text: str) -> bool:
    """Say whether a file holds JSON, by its name or its first sign."""
    return name.lower().endswith((".json", ".jsonl", ".ndjson")) or text.lstrip()[:1] in {"[", "{"}


def cases(name: str, text: str, suite: str) -> list[Any]:
    """Find the cases: a list, an object with cases, a collection of suites, or one case a line."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return _cases_by_line(name, text)
    if isinstance(found, dict) and isinstance(found.get("suites"), list):
        mine = [one for one in found["suites"] if isinstance(one, dict) and one.get("id") == suite]
        if not mine:
            raise Invalid(f"{name} has no suite “{suite}”.", code="no_cases", remedy="Check --policy.")
        found = mine[0]
    if isinstance(found, dict) and isinstance(found.get("cases"), list):
        return found["cases"]
    return found if isinstance(found, list) else [found]


def _cases_by_line(name: str, text: str) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(json.loads(line, parse_float=Decimal))
            except (ValueError, RecursionError) as error:
                raise Invalid(
                    f"{name}, line {number}: this is not JSON ({error}).",
                    code="unreadable",
                    remedy="Give one case a line, or a list of cases.",
                ) from None
    return found
