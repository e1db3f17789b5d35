"""Hand everything that somebody holds over to another: shows what, asks, does all of it or nothing."""

from __future__ import annotations

import argparse
import secrets
from typing import Any

from milepost.cli import clients, telling, terminal
from milepost.cli.exits import Exit
from milepost.cli.shapes import HANDED_OVER, HOLDINGS
from milepost.cli.terminal import agreed, plain
from milepost.cli.things import Names
from milepost.core.problems import Problem

EXAMPLES = (
    "milepost handover 'Ben Okri' --to 'Cleo Wong' --dry-run",
    "milepost handover ben --to cleo --except owner-38g0emz7667vf --yes",
    "milepost handover me --to cleo --json --yes",
)
ROLES = {
    "owner": "owns",
    "sponsor": "sponsors",
    "contributor": "helps with",
    "key_result": "key result",
    "initiative": "initiative",
    "lead": "leads",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    parser.add_argument("person", metavar="PERSON", help="who hands over: a name, an id, or me")
    parser.add_argument("--to", required=True, metavar="PERSON", help="who is to have it")
    parser.add_argument(
        "--except", dest="kept", action="append", default=[], metavar="HOLDING",
        help="what stays, as --dry-run names it; can be given several times",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="show what would go over, change nothing")
    parser.add_argument("-y", "--yes", action="store_true", help="hand over without asking")
    clients.common(parser)


def run(options: argparse.Namespace) -> int:
    """Show what they hold, ask, hand it over."""
    if telling.is_for_programs(options) and not (options.dry_run or options.yes):
        raise Problem(
            "With --json nobody is asked.",
            code="usage",
            remedy="Add --yes to hand over, or --dry-run to look.",
        )
    wire = telling.wire(options)
    names = Names(wire)
    person, to = (names.id("people", typed) for typed in (options.person, options.to))
    if person == to:
        raise Problem("They hold it already.", code="usage", remedy="Choose somebody else.")
    found = wire.get(f"/people/{person}/holdings", HOLDINGS)
    found["to"] = to
    going = _going(found["holdings"], options.kept)
    if options.dry_run:
        telling.tell(
            options, found, lambda: _shown(options, found, going, names), (one["holding"] for one in going)
        )
        return Exit.OK if going else Exit.NOTHING_TO_DO
    if not going:
        telling.tell(options, {**found, "event": None}, lambda: _shown(options, found, going, names))
        return Exit.NOTHING_TO_DO
    if not options.yes:
        _shown(options, found, going, names)
        where = wire.server.name or wire.server.url
        if not agreed(f"Hand over at {where}?", remedy="Add --yes to hand over without asking."):
            print("Nothing was changed.")
            return Exit.OK
    body = {
        "to": to,
        "instead": [{"holding": one, "to": None} for one in options.kept],
        "seen": [one["holding"] for one in found["holdings"]],  # nothing goes over that was not shown
    }
    key = f"cli-{secrets.token_hex(16)}"
    done = wire.post(f"/people/{person}/handover", body, shape=HANDED_OVER, key=key)
    changes = done["changes"]
    telling.tell(
        options,
        {**found, "event": done["id"], "changes": changes},
        lambda: print(f"Handed over: {changes} change{'' if changes == 1 else 's'}."),
        [done["id"]],
    )
    return Exit.OK


def _going(holdings: list[dict[str, Any]], kept: list[str]) -> list[dict[str, Any]]:
    """Return what goes over; raises a Problem where something is to stay that is not held."""
    if unknown := {*kept} - {one["holding"] for one in holdings}:
        raise Problem(
            f"They do not hold {', '.join(sorted(unknown))}.",
            code="usage",
            remedy="`--dry-run` names what they hold.",
        )
    return [one for one in holdings if one["may_give"] and one["holding"] not in kept]


def _shown(
    options: argparse.Namespace, found: dict[str, Any], going: list[dict[str, Any]], names: Names
) -> None:
    look, to = telling.look(options), names.of("people", found["to"])
    print(f"{plain(found['name'])} → {plain(to)}")
    rows = []
    for one in found["holdings"]:
        does, stays = ROLES.get(one["role"], one["role"]), "" if one in going else "stays"
        rows.append((does, one["title"], one["context"], one["holding"], stays))
    terminal.table(look, ("", "what", "in", "holding", ""), rows, widest=(1,))
    if not going:
        print("Nothing goes over.")
