"""Make a workspace what a file of OKRs says: shows what would change, asks, applies all or nothing."""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path
from typing import Any

from milepost.cli import changes, clients, telling
from milepost.cli.exits import Exit
from milepost.cli.shapes import APPLIED, is_preview
from milepost.cli.terminal import agreed, as_json, plain
from milepost.cli.wire import PATIENCE_FOR_A_FILE, encoded
from milepost.core.problems import NotFound, Problem

EXAMPLES = ("milepost apply okrs.yaml", "milepost apply --dry-run --json okrs.yaml")
WITHOUT_ASKING = "Add --yes to apply without asking."
LARGEST = 2 * 1024 * 1024  # bytes that the API takes at once


def words(parser: argparse.ArgumentParser) -> None:
    """Say what it understands, wherever it is applied."""
    parser.add_argument("file", metavar="FILE", help="YAML or JSON; - for what is piped in")
    parser.add_argument("--workspace", metavar="SLUG", help="which workspace; needed where there are several")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
    parser.add_argument("--json", action="store_true", help="print JSON for a program to read (asks nothing)")
    parser.add_argument("-y", "--yes", action="store_true", help="apply without asking")
    parser.add_argument("--local", action="store_true", help="apply it on this machine, whoever is logged in")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    words(parser)
    clients.common(parser, shows=False, is_shared=True)


def run(options: argparse.Namespace) -> int:
    """Show what it would change, ask, apply."""
    require_an_answer(json=options.json, dry_run=options.dry_run, yes=options.yes)
    wire = telling.wire(options, patience=PATIENCE_FOR_A_FILE)
    body = _body(options.file)
    preview = wire.post("/plan/preview", body, shape=is_preview)
    is_nothing = changes.is_nothing(preview)
    if not options.json:
        for line in changes.lines(preview):
            print(plain(line))
    elif options.dry_run or is_nothing:
        _print(preview)
    if is_nothing:
        if not options.json:
            print("Nothing to do: the workspace says all this already.")
        return Exit.NOTHING_TO_DO
    if options.dry_run:
        return Exit.OK
    where = wire.server.name or wire.server.url
    if not options.yes and not agreed(f"Apply to {where}?", remedy=WITHOUT_ASKING):
        print("Nothing was changed.")
        return Exit.OK
    # What they would not see any more was among what they have just been shown.
    key = f"cli-{secrets.token_hex(16)}"
    done = wire.post("/plan/application", body | {"leave": True}, shape=APPLIED, key=key)
    if options.json:
        _print({**preview, "is_applied": True, "again": done["again"], "event": done.get("event")})
    else:
        print("Applied.")
    return Exit.OK


def require_an_answer(*, json: bool, dry_run: bool, yes: bool) -> None:
    """Raise what is wrong where nobody can be asked."""
    if json and not (dry_run or yes):
        raise Problem(
            "With --json nobody is asked.",
            code="usage",
            remedy="Add --yes to apply, or --dry-run to look.",
        )


def _body(file: str) -> dict[str, str]:
    """Read a file as it is sent; what the server would refuse for its size is refused before."""
    if file == "-":
        name, data = "standard input", sys.stdin.buffer.read(LARGEST + 1)
    else:
        path = Path(file)
        name = path.name
        try:
            with path.open("rb") as source:
                data = source.read(LARGEST + 1)
        except OSError as wrong:
            raise unreadable(file, wrong) from None
    if len(data) > LARGEST:
        raise _too_large(file)
    try:
        body = {"name": name, "text": data.decode("utf-8-sig")}
    except UnicodeDecodeError:
        raise Problem(f"{name} is not UTF-8.", code="not_utf8", remedy="Save it as UTF-8.") from None
    # Each quotation mark and each end of a line takes two bytes on the way.
    if len(encoded(body)) > LARGEST:
        raise _too_large(file)
    return body


def _too_large(file: str) -> Problem:
    return Problem(
        f"{'What is piped in' if file == '-' else file}, as it is sent, is more than the "
        f"{LARGEST >> 20} MB that a server takes at once. Nothing was sent.",
        code="too_large",
        remedy="Split it, for instance by cycle: what a file leaves out stays as it is. Or have it applied "
        "on the server's own machine, where it may be larger: milepost apply --local.",
    )


def unreadable(file: str, wrong: OSError) -> Problem:
    """Say why a file cannot be read."""
    if isinstance(wrong, FileNotFoundError):
        return NotFound(f"There is no file {file}.", remedy="Check its name.")
    return Problem(f"{file} cannot be read: {wrong.strerror}.", code="unreadable", remedy="Check its name.")


def _print(said: dict[str, Any]) -> None:
    print(as_json({"problems": [], **said}))
