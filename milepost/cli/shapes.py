"""What an answer has to be before a command works with it: a server is not believed, it is read.

A shape is a type, None, a tuple of shapes of which one fits, a list with the shape of its entries, a dict of
the fields that must be there, or a function that says whether a value fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

MOST_DIGITS = 200
FARTHEST = 1e15  # from nought that a share of what is done may be


def fits(value: Any, shape: Any) -> bool:
    """Say whether a value has a shape; fields that the shape does not name may be anything."""
    match shape:
        case type():
            return isinstance(value, shape) and not (shape is int and isinstance(value, bool))
        case None:
            return value is None
        case tuple():
            return any(fits(value, one) for one in shape)
        case list():
            return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
        case dict():
            return isinstance(value, dict) and all(
                name in value and fits(value[name], one) for name, one in shape.items()
            )
    return shape(value)


def is_exact(value: Any) -> bool:
    """Say whether a value is a number as the API writes exact ones: "12", "-0.5", "2/3"."""
    if not isinstance(value, str) or len(value) > MOST_DIGITS or set(value) - set("0123456789-./"):
        return False
    if value.isdecimal():  # most are, and lists are long
        return True
    try:
        Fraction(value)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def is_finite(value: Any) -> bool:
    """Say whether a value is a number of a size that can be drawn; NaN is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < FARTHEST


TEXT, EXACT, FINITE = (str, None), (is_exact, None), (is_finite, None)
# The same name holds the same kind of thing in every record.
FIELDS = {
    "id": str, "key": str, "url": str, "title": str, "name": str, "description": str, "status": str,
    "state": str, "kind": str, "unit": str, "note": str, "role": str, "slug": str, "commitment": str,
    "effective_at": str, "starts_on": str, "expires_at": str, "scope": str, "how": str,
    "percent": TEXT, "before": TEXT, "owner": TEXT, "team": TEXT, "cycle": TEXT, "by": TEXT, "parent": TEXT,
    "objective": TEXT, "key_result": TEXT, "email": TEXT, "due_on": TEXT, "ends_on": TEXT, "grade": TEXT,
    "parent_objective": TEXT, "parent_key_result": TEXT,
    "value": EXACT, "start": EXACT, "target": EXACT, "weight": EXACT,
    "expected": FINITE, "confidence": (int, None), "parts": ([str], None), "members": list,
    "teams": [{"team": str}], "milestones": [{"title": str, "done": EXACT}],
}  # fmt: skip


def record(*names: str) -> dict[str, Any]:
    """Return the shape of a record of which these fields are used."""
    return {name: FIELDS[name] for name in names}


MOVED = record("title", "before", "percent")
OUTCOME = {"id": str, "again": bool, "warning": TEXT, "key_result": MOVED, "ancestors": [MOVED]}
MEASURED = record("id", "title", "kind", "milestones", "value", "start", "target", "unit", "confidence")
DUE = {"items": [MEASURED]}
ME = {
    "person": record("id", "name", "role"),
    "workspace": record("name", "slug"),
    "token": record("name", "scope", "expires_at"),
}
OBJECTIVE = record(
    "url", "title", "status", "percent", "expected", "description", "owner", "team", "cycle", "state",
    "commitment", "grade",
) | {"serves": [record("parent_objective", "parent_key_result", "how", "weight")]}  # fmt: skip
INNER = record("id", "title", "status", "percent", "value", "target", "unit")
KEY_RESULT = MEASURED | record(
    "url", "objective", "status", "percent", "expected", "description", "owner", "state", "due_on"
)
CHECKIN = record("value", "parts", "confidence", "note", "by", "effective_at")
EXPLANATION = {
    "result": TEXT, "formula": TEXT, "substituted": TEXT, "caps": TEXT, "rounding": TEXT, "policy": TEXT,
    "notes": [str],
    "lines": [{"label": str, "arithmetic": str, "result": str, "weight": TEXT, "adds": TEXT}],
}  # fmt: skip
HOLDINGS = {
    "name": str,
    "holdings": [{"holding": str, "role": str, "title": str, "context": TEXT, "may_give": bool}],
}
HANDED_OVER = {"id": str, "changes": int}
APPLIED = {"again": bool}


def is_preview(value: Any) -> bool:
    """Say whether a value tells what a file would change."""
    from milepost.core.plan.changes import ACTIONS  # which is slow to come

    change = {"action": str, "kind": str, "id": TEXT}
    warning = {"kind": str, "id": TEXT, "title": str, "message": str}
    return (
        fits(value, {"summary": dict, "changes": [change]})
        and fits(list(value["summary"].values()), [dict.fromkeys(ACTIONS, int)])
        and fits(value.get("warnings", []), [warning])
        and all(
            fits(each.get("fields", {}), dict)
            and fits(list(each.get("fields", {}).values()), [{"from": object, "to": object}])
            for each in value["changes"]
        )
    )


def is_tree(value: Any) -> bool:
    """Say whether a value is a whole tree in columns, of which each id stands once."""
    if not fits(value, {"statuses": [str], "parents": [str], "objectives": dict}):
        return False
    objectives, key_results = value["objectives"], value.get("key_results")
    if not {"id", "how"} <= {*value["parents"]} or not _is_part(objectives, value, "parents"):
        return False
    if not all(_are_links(links, value["parents"]) for links in _column(objectives, "parents")):
        return False
    if not key_results:
        return len({*_column(objectives, "id")}) == len(objectives["rows"])
    if not _is_part(key_results, value, "objective"):
        return False
    measured, known = {*_column(key_results, "id")}, {*_column(objectives, "id")}
    return (
        len(measured | known) == len(key_results["rows"]) + len(objectives["rows"])
        and fits(homes := list(_column(key_results, "objective")), [str])
        and not measured.intersection(homes)
    )


def _is_part(part: Any, tree: dict[str, Any], more: str) -> bool:
    lists = dict.fromkeys(("columns", "rows", "status", "progress", "expected"), list)
    if not fits(part, lists) or not fits(part["columns"], [str]):
        return False
    columns, rows = part["columns"], part["rows"]
    names = {"id": str, "title": str, "state": str, "owner": TEXT}
    optional = {name: TEXT for name in ("team", "cycle", "commitment", "key") if name in columns}
    return (
        {*names, more} <= {*columns}
        and all(isinstance(row, list) and len(row) == len(columns) for row in rows)
        and all(fits(list(_column(part, name)), [one]) for name, one in (names | optional).items())
        and all(len(part[name]) == len(rows) for name in ("status", "progress", "expected"))
        and fits(part["status"], [int])
        and all(0 <= each < len(tree["statuses"]) for each in part["status"])
        and fits(part["progress"], [FINITE])
    )


def _column(part: dict[str, Any], name: str) -> Iterator[Any]:
    place = part["columns"].index(name)
    return (row[place] for row in part["rows"])


def _are_links(links: Any, names: list[str]) -> bool:
    id = names.index("id")
    return isinstance(links, list) and all(
        isinstance(link, list) and len(link) == len(names) and isinstance(link[id], str) for link in links
    )
