"""Check in a key result; without arguments, one after another all that are due."""

from __future__ import annotations

import argparse
import hashlib
import json
import secrets
import sys
from decimal import Decimal
from typing import Any

from milepost.cli import clients, kept, telling, things
from milepost.cli.exits import Exit, as_typed
from milepost.cli.shapes import DUE, MEASURED, OUTCOME
from milepost.cli.terminal import ask, number, plain, require_somebody
from milepost.cli.wire import Unreachable, Wire
from milepost.core import numbers
from milepost.core.problems import Invalid

EXAMPLES = (
    "milepost checkin 38g0emz7667vf 6.2 --confidence 7 --note 'New bench'",
    "milepost checkin vans-on-time 82 --on 2026-11-20",
    "milepost checkin cut-the-wait --no-change",
    "milepost checkin",
)
KEY = "its id, or its id in the file; of a server also its address, or words of its title"
VALUES = "a number; done or not-done; a share for each milestone, such as 1,0.5,0; no-data; same"
YES, NO = ("done", "yes", "true", "1"), ("not-done", "no", "false", "0")
NO_DATA = ("no-data", "none", "-")
FIRST_CONFIDENCE = 5  # as core.pace has it, which is slow to come
NAME_ONE = "Name a key result and its value: milepost checkin KEY VALUE."


def words(parser: argparse.ArgumentParser) -> None:
    """Say what it understands, wherever it is recorded."""
    parser.add_argument("key_result", nargs="?", metavar="KEY", help=KEY)
    parser.add_argument("value", nargs="?", metavar="VALUE", help=VALUES)
    parser.add_argument("--confidence", metavar="N", help="how sure you are, from 1 to 10")
    parser.add_argument("--note", default="", metavar="TEXT", help="what changed")
    parser.add_argument(
        "--on", "--date", dest="on", metavar="DATE", help="the day it was true, such as 2026-11-20 (today)"
    )
    parser.add_argument("--no-change", action="store_true", help="the value is as it was: VALUE same")
    parser.add_argument("--workspace", metavar="SLUG", help="which workspace; needed where there are several")
    parser.add_argument(
        "--as", dest="email", metavar="EMAIL", help="with --local: who you are, where several are"
    )
    parser.add_argument(
        "--local", action="store_true", help="record it on this machine, whoever is logged in"
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    words(parser)
    clients.common(parser, is_shared=True)


def run(options: argparse.Namespace) -> int:
    """Record one, or go through what is due."""
    value = value_of(options.key_result, options.value, no_change=options.no_change)
    if options.email is not None:
        raise Invalid("On a server the token says who you are.", code="usage", remedy="Leave out --as.")
    wire = telling.wire(options)
    if options.key_result is None:
        return _sweep(wire)
    id = things.find(wire, [options.key_result], ("key_result",)).id
    one = wire.get(f"/key-results/{id}", MEASURED)
    with as_typed():
        said = _said(one, value)
        sure = None if options.confidence is None else confidence(options.confidence)
        on = None if options.on is None else things.day(options.on)
        body = said | ({} if sure is None else {"confidence": sure}) | {"note": options.note}
        outcome = _record(wire, id, body | ({} if on is None else {"on": on.isoformat()}))
    telling.tell(options, outcome, lambda: _tell(wire, outcome), [outcome["id"]])
    return Exit.OK


def value_of(key_result: str | None, value: str | None, *, no_change: bool) -> str | None:
    """Return the value as it was typed, or raise what is wrong with how the command was used."""
    if no_change and value is not None:
        raise Invalid("--no-change and a value contradict each other.", code="usage", remedy="Leave one out.")
    if no_change and key_result is not None:
        return "same"
    if key_result is not None and value is None:
        raise Invalid(
            "The value is missing.",
            field="value",
            code="usage",
            remedy=f"For example: milepost checkin {key_result} 6.2 --confidence 7",
        )
    return value


def confidence(typed: str) -> int:
    """Read how sure somebody is."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and 1 <= int(typed) <= 10):
        raise Invalid("Confidence is a number from 1 to 10.", field="confidence", remedy="For example 7.")
    return int(typed)


def _said(one: dict[str, Any], typed: str) -> dict[str, Any]:
    """Return a value as the API takes it."""
    word = typed.strip().lower()
    is_milestones = one["kind"] == "milestones"
    if word == "same":
        if is_milestones:
            shares = [each["done"] for each in one["milestones"]]
            return {"value": None} if None in shares else {"parts": shares}
        return {"value": one["value"]}
    if word in NO_DATA:
        return {"value": None}
    if is_milestones:
        return {"parts": [_exact(numbers.read(share, field="parts")) for share in typed.split(",")]}
    if one["kind"] == "binary" and word in (*YES, *NO):
        return {"value": str(int(word in YES))}
    return {"value": _exact(numbers.read(typed, one["unit"]))}


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _record(wire: Wire, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send a check-in with a key, so that it counts once however often it has to be sent.

    Where no answer came, nobody knows whether it counted: the key is remembered, and the same command, given
    again within the hour, goes on with it.
    """
    path = f"/key-results/{id}/checkins"
    asked = hashlib.sha256(f"{path} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()
    name = f"unanswered-{asked[:16]}"
    key = kept.noted(wire.server, name)
    again = bool(key)
    key = key or f"cli-{secrets.token_hex(16)}"
    try:
        outcome = wire.post(path, body, shape=OUTCOME, key=key)
    except Unreachable as wrong:
        if wrong.code == "unreachable":
            kept.note(wire.server, name, key)
            wrong.remedy = "It may have been recorded. Give the same command again: it counts once."
        raise
    if again:
        kept.note(wire.server, name, None)
    return outcome


def _tell(wire: Wire, outcome: dict[str, Any]) -> None:
    if sys.stdout.isatty():
        print(plain(f"Recorded at {wire.server.name or wire.server.url}."))
    for moved in (outcome["key_result"], *outcome["ancestors"]):
        print(f"  {went(moved['before'], moved['percent'])}  {plain(moved['title'])}")
    if outcome["again"]:
        print("It had been recorded already, and counts once.", file=sys.stderr)
    if outcome["warning"]:
        print(plain(outcome["warning"]), file=sys.stderr)


def went(before: str | None, percent: str | None) -> str:
    """Write where a figure went: “50 % → 70 %”, or where it is."""
    now = percent or "no data"
    return plain(f"{before} → {now}" if before and before != now else now)


# -- one after another -------------------------------------------------------------------------------------


def _sweep(wire: Wire) -> int:
    require_somebody(NAME_ONE)
    waiting = wire.get("/me/due", DUE)["items"]
    if not waiting:
        print("Nothing is due: every key result you own has a fresh check-in.")
        return Exit.NOTHING_TO_DO
    where = f" at {plain(wire.server.name)}" if wire.server.name else ""
    print(f"{len(waiting)} due{where}. Enter keeps what stands in brackets; s skips, q leaves.")
    done = 0
    for place, one in enumerate(waiting, start=1):
        try:
            body = _ask(one, f"{place} of {len(waiting)}")
        except EOFError:
            body = None
        if body is None:
            break
        if body:
            _tell(wire, _record(wire, one["id"], body))
            done += 1
    print(f"\n{done} recorded.")
    return Exit.OK


def _ask(one: dict[str, Any], place: str) -> dict[str, Any] | None:
    """Ask for one check-in; nothing to skip it, None to leave."""
    print(f"\n{place}  {plain(one['title'])}")
    if one["kind"] == "milestones":
        for each in one["milestones"]:
            print(f"    {each['done'] or '–':>5}  {plain(each['title'])}")
        last = ",".join(each["done"] or "0" for each in one["milestones"])
    else:
        last = number(one["value"], one["unit"])
        print(f"    from {number(one['start'])} to {number(one['target'], one['unit'])}")
    while True:
        typed = ask(f"    Now [{last}]: ")
        if typed.lower() in ("s", "q"):
            return {} if typed.lower() == "s" else None
        try:
            said = _said(one, typed or "same")
            before = one["confidence"] or FIRST_CONFIDENCE
            sure = confidence(ask(f"    Sure, 1 to 10 [{before}]: ") or str(before))
            return {**said, "confidence": sure, "note": ask("    What changed? ")}
        except Invalid as wrong:
            print(f"    {plain(wrong)}")
