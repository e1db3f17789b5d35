"""List objectives, key results, check-ins, initiatives, teams, people or cycles.

At a terminal in columns; piped, one a line with tabs between and nothing cut; with --json as the API
gives them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from milepost.cli import clients, telling, terminal, things
from milepost.cli.exits import Exit, as_typed
from milepost.cli.shapes import record
from milepost.cli.terminal import number, percent
from milepost.cli.things import Names
from milepost.cli.wire import Wire
from milepost.core.problems import Invalid

EXAMPLES = (
    "milepost list objectives --team Product --status at_risk",
    "milepost list key-results --due",
    "milepost list key-results --team Product --on 2026-10-05",
    "milepost list key-results --mine --jq '.[] | [.id, .percent] | @tsv'",
)
LATEST = 50  # of what never ends, unless more are asked for
STATUSES = tuple(terminal.MARKS)

Cells = Callable[[dict[str, Any], Names], tuple[str, ...]]


@dataclass(frozen=True)
class Noun:
    """What can be listed: by which words it is narrowed, and what stands in its columns."""

    path: str
    narrows: tuple[str, ...]
    fields: tuple[str, ...]  # what the columns are made of
    heads: tuple[str, ...]
    widest: tuple[int, ...]  # what gives way where not all fits, the first first
    cells: Cells
    page: str = ""
    limit: int | None = None
    has_past: bool = True


def _status(row: Mapping[str, Any]) -> str:
    shape, word, _ = terminal.MARKS.get(row["status"], terminal.MARKS["no_data"])
    return f"{shape} {word}"


NOUNS = {
    "objectives": Noun(
        "/objectives",
        ("owner", "team", "cycle", "state", "status", "title"),
        ("title", "percent", "status", "owner", "state"),
        ("id", "done", "status", "objective", "owner", "state"),
        (3,),
        lambda row, names: (
            row["id"], percent(row), _status(row), row["title"], names.of("people", row["owner"]),
            row["state"].replace("_", " "),
        ),
        "alignment/",
    ),
    "key-results": Noun(
        "/key-results",
        ("owner", "team", "cycle", "state", "status", "objective", "title"),
        ("title", "percent", "status", "value", "target", "unit", "due_on", "owner"),
        ("id", "done", "status", "key result", "now", "target", "due", "owner"),
        (3,),
        lambda row, names: (
            row["id"], percent(row), _status(row), row["title"],
            number(row["value"], row["unit"]), number(row["target"], row["unit"]), row["due_on"] or "–",
            names.of("people", row["owner"]),
        ),
        "alignment/",
    ),
    "checkins": Noun(
        "/checkins",
        ("objective", "key_result", "by"),
        ("key_result", "value", "parts", "confidence", "note", "effective_at", "by"),
        ("id", "day", "value", "sure", "key result", "note", "by", "its id"),
        (5, 4),
        lambda row, names: (
            row["id"], row["effective_at"][:10],
            " ".join(row["parts"]) if row["parts"] else number(row["value"]),
            str(row["confidence"] or "–"), names.title(row["key_result"]), row["note"],
            names.of("people", row["by"]), row["key_result"],
        ),
        "activity/",
        LATEST,
    ),
    "initiatives": Noun(
        "/initiatives",
        ("objective", "key_result", "owner", "state"),
        ("state", "title", "due_on", "owner", "objective"),
        ("id", "state", "initiative", "due", "owner", "objective"),
        (5, 2),
        lambda row, names: (
            row["id"], row["state"], row["title"], row["due_on"] or "–", names.of("people", row["owner"]),
            names.title(row["objective"]),
        ),
    ),
    "teams": Noun(
        "/teams",
        ("parent",),
        ("name", "parent", "members"),
        ("id", "team", "below", "people"),
        (1,),
        lambda row, names: (
            row["id"], row["name"], names.of("teams", row["parent"]), str(len(row["members"])),
        ),
        "teams/",
    ),
    "people": Noun(
        "/people",
        ("team",),
        ("name", "role", "email", "teams"),
        ("id", "name", "role", "e-mail", "teams"),
        (1,),
        lambda row, names: (
            row["id"], row["name"], row["role"], row["email"] or "–",
            ", ".join(names.of("teams", seat["team"]) for seat in row["teams"]),
        ),
        "people/",
        has_past=False,
    ),
    "cycles": Noun(
        "/cycles",
        ("state",),
        ("name", "starts_on", "ends_on", "state"),
        ("id", "cycle", "begins", "ends", "state"),
        (1,),
        lambda row, names: (
            row["id"], row["name"], row["starts_on"], row["ends_on"] or "open", row["state"],
        ),
        "cycles/",
    ),
}  # fmt: skip
NARROWING = (
    "owner", "by", "team", "cycle", "parent", "status", "state", "title", "objective", "key_result",
)  # fmt: skip
NAMED = {"owner": "people", "by": "people", "team": "teams", "parent": "teams", "cycle": "cycles"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    parser.add_argument("noun", choices=NOUNS, metavar="WHAT", help=f"{', '.join(NOUNS)}")
    clients.common(parser)
    parser.add_argument(
        "--mine", action="store_true", help="those that are yours: the same as --owner me, or --by me"
    )
    parser.add_argument("--due", action="store_true", help="your key results whose check-in is due")
    parser.add_argument("--owner", metavar="NAME", help="those of somebody: a name, an id, or me")
    parser.add_argument("--by", metavar="NAME", help="check-ins of somebody")
    parser.add_argument("--team", metavar="NAME", help="those of a team")
    parser.add_argument("--cycle", metavar="NAME", help="those of a cycle")
    parser.add_argument("--parent", metavar="TEAM", help="the teams right below one")
    parser.add_argument("--status", choices=STATUSES, metavar="STATUS", help=", ".join(STATUSES))
    parser.add_argument("--state", metavar="STATE", help="a state, such as active, draft, closed")
    parser.add_argument("--title", metavar="WORDS", help="a part of the title")
    parser.add_argument("--objective", metavar="ID", help="those of an objective: its id, address or title")
    parser.add_argument("--key-result", metavar="ID", help="those of a key result")
    parser.add_argument("--on", metavar="DAY", help="as it stood at the end of a day, such as 2026-10-05")
    parser.add_argument(
        "--limit", type=int, metavar="N", help=f"at most so many (all; of check-ins the latest {LATEST})"
    )
    parser.add_argument("--web", action="store_true", help="open the page instead")


@as_typed()
def run(options: argparse.Namespace) -> int:
    """Ask for them and print them."""
    noun = NOUNS[options.noun]
    wire = telling.wire(options)
    on = options.on and things.day(options.on)
    if on and not noun.has_past:
        raise _not_known("--on", ", ".join(name for name, one in NOUNS.items() if one.has_past))
    if on and options.due:
        raise Invalid("--due says what is due today.", code="usage", remedy="Leave --on or --due out.")
    if options.web:
        telling.browse(wire.page(wire.home() + noun.page + telling.of_day(on)))
        return Exit.OK
    if options.limit is not None and options.limit < 1:
        raise Invalid(
            "--limit is a number from 1.",
            code="usage",
            field="limit",
            remedy="Leave it out for all.",
        )
    names = Names(wire, on=on)
    if telling.is_for_programs(options):
        telling.pour(options, wire, _parts(options, noun, wire, names))
        return Exit.OK
    is_empty = True
    fields = "id" if options.quiet else ",".join(noun.fields)
    shape = record("id", *({"id"} ^ {"id", *fields.split(",")}))
    parts = _parts(options, noun, wire, names, fields=fields)
    for rows in _stretches(options, (wire.entries(part, shape) for part in parts)):
        is_empty = False
        if options.quiet:
            print("\n".join(terminal.plain(row["id"]) for row in rows))
        else:
            cells = [noun.cells(row, names) for row in rows]
            terminal.table(telling.look(options), noun.heads, cells, widest=noun.widest)
    if on and not is_empty and not options.quiet and telling.look(options).is_terminal:
        print(f"\nAs it stood on {on}.")
    if is_empty and not options.quiet:
        telling.tell_of_nothing("There are none.")
    return Exit.OK


def _stretches(
    options: argparse.Namespace, stretches: Iterable[list[dict[str, Any]]]
) -> Iterator[list[dict[str, Any]]]:
    """Yield the entries as they come; all at once where columns are to fit them."""
    if options.quiet or not telling.look(options).is_terminal:
        yield from stretches
    elif rows := list(chain.from_iterable(stretches)):
        yield rows


def _parts(options: argparse.Namespace, noun: Noun, wire: Wire, names: Names, **more: str) -> Iterator[bytes]:
    if not options.due:
        query = _query(options, noun, wire, names) | ({"on": names.on} if names.on else {})
        return wire.parts(noun.path, limit=options.limit or noun.limit, **query, **more)
    if options.noun != "key-results":
        raise _not_known("--due", "key-results")
    rows = wire.get("/me/due", {"items": list}, **more)["items"][: options.limit]
    return iter([terminal.as_json(rows).encode()[1:-1]] if rows else [])


def _query(options: argparse.Namespace, noun: Noun, wire: Wire, names: Names) -> dict[str, str]:
    asked: dict[str, str] = {}
    if options.mine:
        place = "by" if options.noun == "checkins" else "owner"
        if place not in noun.narrows:
            raise _not_known("--mine", "objectives, key-results, checkins or initiatives")
        asked[place] = names.id("people", "me")
    for name in NARROWING:
        written = getattr(options, name)
        if written is None:
            continue
        if name not in noun.narrows:
            fitting = [each for each, one in NOUNS.items() if name in one.narrows]
            raise _not_known(f"--{name.replace('_', '-')}", ", ".join(fitting))
        if name in NAMED:
            asked[name] = names.id(NAMED[name], written)
        elif name in things.BOTH:
            asked[name] = things.find(wire, [written], (name,), on=names.on).id
        else:
            asked[name] = written
    return asked


def _not_known(option: str, fitting: str) -> Invalid:
    return Invalid(f"{option} is for {fitting}.", code="usage", remedy="See milepost list --help.")
