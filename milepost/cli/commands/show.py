"""Show an objective or a key result, and how its number comes about."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any

from milepost.cli import clients, telling, terminal, things
from milepost.cli.exits import Exit, as_typed
from milepost.cli.shapes import CHECKIN, EXPLANATION, INNER, KEY_RESULT, OBJECTIVE, record
from milepost.cli.terminal import Look, cut, number, padded, percent, plain, wide
from milepost.cli.things import Names

EXAMPLES = (
    "milepost show 38g0emz7667vf",
    "milepost show cut the wait",
    "milepost show cut the wait --on 2026-10-05",
    "milepost show --jq .explanation.result cut the wait",
)
LATEST = 3  # check-ins


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    parser.add_argument(
        "thing", nargs="+", metavar="ID", help="an id, an address, an id in the file, or words of a title"
    )
    clients.common(parser)
    parser.add_argument("--on", metavar="DAY", help="as it stood at the end of a day, such as 2026-10-05")
    parser.add_argument("--web", action="store_true", help="open the page instead")


@as_typed()
def run(options: argparse.Namespace) -> int:
    """Ask for it and print it."""
    wire = telling.wire(options)
    on = options.on and things.day(options.on)
    found = things.find(wire, options.thing, on=on)
    path = f"{things.PATHS[found.kind]}/{found.id}"
    is_objective = found.kind == "objective"
    row = wire.get(path, OBJECTIVE if is_objective else KEY_RESULT, on=on)
    address = wire.page(row["url"] + telling.of_day(on))
    if options.web:
        telling.browse(address)
        return Exit.OK
    why = wire.get(f"{path}/explanation", EXPLANATION, on=on)
    look = telling.look(options)
    if is_objective:
        inner = list(wire.every("/key-results", INNER, objective=found.id, on=on))
        value = {"noun": "objective", **row, "key_results": inner, "explanation": why}
        page = _objective(look, Names(wire), row, inner, on)
    else:
        latest = list(wire.every(f"{path}/checkins", CHECKIN, limit=LATEST, on=on))
        value = {"noun": "key_result", **row, "checkins": latest, "explanation": why}
        page = _key_result(look, Names(wire), row, latest, on)

    def printed() -> None:
        if on:
            print(look.dim(f"As it stood at the end of {on}"))
        for line in page:
            print(line.rstrip())
        for line in _why(look, why):
            print(line.rstrip())
        print(f"\n{look.dim(address)}")

    telling.tell(options, value, printed, [found.id])
    return Exit.OK


def _head(look: Look, row: dict[str, Any], on: date | None, *facts: str) -> Iterator[str]:
    yield f"{look.mark(row['status'])} {look.bold(plain(row['title']))}"
    by = "then" if on else "now"
    expected = f", {row['expected'] * 100:.0f} % expected by {by}" if row["expected"] is not None else ""
    yield f"  {percent(row)} done{expected} · {look.word(row['status'])}"
    yield look.dim("  " + " · ".join(plain(fact) for fact in facts if fact))
    if row["description"]:
        yield ""
        yield from (f"  {line}" for line in terminal.lines(row["description"]))


def _objective(
    look: Look, names: Names, row: dict[str, Any], inner: list[dict[str, Any]], on: date | None
) -> Iterator[str]:
    yield from _head(
        look, row, on,
        names.of("people", row["owner"]) or "nobody’s", names.of("teams", row["team"]) or "the company’s",
        names.of("cycles", row["cycle"]), row["state"].replace("_", " "), row["commitment"],
        f"graded {row['grade']}" if row["grade"] else "",
    )  # fmt: skip
    if inner:
        yield ""
        yield look.bold("  Key results")
        titles = [plain(each["title"]) for each in inner]
        room = max(16, min(max(map(wide, titles)), look.width - 40))
        for each, title in zip(inner, titles, strict=True):
            now = f"{number(each['value'])} of {number(each['target'], each['unit'])}"
            yield (
                f"  {look.mark(each['status'])} {padded(cut(title, room), room)} {percent(each):>6}  "
                f"{now}  {look.dim(plain(each['id']))}"
            )
    if row["serves"]:
        yield ""
        yield look.bold("  Serves")
        for link in row["serves"]:
            kind = "objective" if link["parent_objective"] else "key_result"
            path = f"{things.PATHS[kind]}/{link[f'parent_{kind}']}"
            above = names.wire.get(path, record("title"), fields="title", on=on)
            weight = f", weight {number(link['weight'])}" if link["how"] == "contributes" else ""
            yield f"  ↑ {plain(above['title'])} ({plain(link['how'])}{weight})"


def _key_result(
    look: Look, names: Names, row: dict[str, Any], latest: list[dict[str, Any]], on: date | None
) -> Iterator[str]:
    path = f"/objectives/{row['objective']}"
    above = names.wire.get(path, record("title"), fields="title", on=on)["title"]
    yield from _head(
        look, row, on,
        names.of("people", row["owner"]) or "nobody’s", row["state"].replace("_", " "),
        f"due {row['due_on']}" if row["due_on"] else "",
        f"confidence {row['confidence']} of 10" if row["confidence"] else "",
    )  # fmt: skip
    yield ""
    if row["kind"] == "milestones":
        for each in row["milestones"]:
            done = "–" if each["done"] is None else f"{_share(each['done']) * 100:.0f} %"
            yield f"  {done:>6}  {plain(each['title'])}"
    else:
        now = look.bold(number(row["value"]))
        yield f"  {number(row['start'])} → {now} → {number(row['target'], row['unit'])}"
    yield f"  of {plain(above)}"
    if latest:
        yield ""
        yield look.bold("  Check-ins")
        for each in latest:
            value = plain(" ".join(each["parts"])) if each["parts"] else number(each["value"], row["unit"])
            sure = f"{each['confidence']} of 10" if each["confidence"] else ""
            by = plain(names.of("people", each["by"]))
            said = "  ".join(filter(None, [value, sure, plain(each["note"]), by]))
            yield f"  {plain(each['effective_at'][:10])}  {cut(said, look.width - 14)}"


def _why(look: Look, why: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield look.bold(f"  Why {plain(why['result'])}?")
    in_lines = {line["arithmetic"] for line in why["lines"]}  # of a key result they say the same once more
    for said in (why["formula"], why["substituted"]):
        if said and said not in in_lines:
            yield f"  {plain(said)}"
    rows = [
        (plain(line["label"]), plain(line["arithmetic"]), plain(line["result"]),
         plain(f"× {line['weight']}" if line["weight"] else ""),
         plain(f"adds {line['adds']}" if line["adds"] else ""))
        for line in why["lines"]
    ]  # fmt: skip
    if rows:
        columns = [max(wide(cell) for cell in column) for column in zip(*rows, strict=True)]
        over = sum(columns) + 2 * len(columns) + 4 - look.width
        columns[0] = max(12, columns[0] - max(0, over))
        for row in rows:
            cells = (padded(cut(cell, room), room) for cell, room in zip(row, columns, strict=True))
            yield "    " + "  ".join(cells)
    for said in (why["caps"], why["rounding"], why["policy"], *why["notes"]):
        if said and said not in in_lines:
            yield look.dim(f"  {plain(said)}")


def _share(text: str) -> float:
    from fractions import Fraction

    return float(Fraction(text))
