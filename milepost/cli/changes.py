"""What a file would change, in words: the table, and the first changes by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from milepost.core.plan.changes import ACTIONS

NAMED = 12  # changes told by name
MORE = "  … and {} more (--dry-run --json lists all)"
WORDS = {"orphaned": "not in the file (kept)"}


def lines(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that tell changes, as `Changes.as_json` gives them, and their `warnings`."""
    summary = said["summary"]
    heads = [action for action in ACTIONS if any(row[action] for row in summary.values())]
    rooms = [max(12, len(WORDS.get(head, head))) for head in heads]
    yield " ".join([f"{'':14}", *(f"{WORDS.get(head, head):>12}" for head in heads)])
    for kind, row in summary.items():
        cells = (f"{row[head] or '·':>{room}}" for head, room in zip(heads, rooms, strict=True))
        yield " ".join([f"{kind.replace('_', ' '):14}", *cells])
    told = [item for item in said["changes"] if item["action"] not in ("unchanged", "created")]
    for item in told[:NAMED]:
        fields = "; ".join(
            f"{name}: {_short(each['from'])} → {_short(each['to'])}"
            for name, each in item.get("fields", {}).items()
        )
        action, kind = WORDS.get(item["action"], item["action"]), item["kind"].replace("_", " ")
        yield f"  {action} {kind} {item['id']}  {fields}"
    if len(told) > NAMED:
        yield MORE.format(len(told) - NAMED)
    warnings = said.get("warnings", ())  # an older server tells none
    if warnings:
        yield "Worth a second look; it can be applied as it is:"
    for one in warnings[:NAMED]:
        yield f"  {one['kind'].replace('_', ' ')} {one['id']}  {one['title']}: {one['message']}"
    if len(warnings) > NAMED:
        yield MORE.format(len(warnings) - NAMED)


def is_nothing(said: Mapping[str, Any]) -> bool:
    """Say whether applying would change nothing."""
    return all(item["action"] in ("unchanged", "orphaned") for item in said["changes"])


def _short(value: object) -> str:
    text = "nothing" if value in (None, "", (), []) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
