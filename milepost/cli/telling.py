"""Answers: told as JSON, through jq, as ids alone, or for a person to read."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from milepost.cli import servers
from milepost.cli.terminal import Look, as_json, plain
from milepost.cli.wire import PATIENCE, Wire, usual_patience
from milepost.core.problems import Problem


def wire(options: argparse.Namespace, *, patience: float = PATIENCE) -> Wire:
    """Return the way to the server that the options mean; it may say nothing for so many seconds."""
    return Wire(servers.chosen(options.server, options.workspace), patience=usual_patience(patience))


def of_day(on: date | None) -> str:
    """Return what the address of a page ends in that shows a past day."""
    return f"?on={on}" if on else ""


def look(options: argparse.Namespace) -> Look:
    """Return how to print on standard output."""
    return Look.of(sys.stdout, no_color=options.no_color)


def tell(
    options: argparse.Namespace, value: Any, for_people: Callable[[], None], ids: Iterable[str] = ()
) -> None:
    """Print an answer as it is wanted."""
    if options.jq is not None:
        _through_jq(options.jq, as_json(value).encode())
    elif options.json:
        print(as_json(value, indent=2 if sys.stdout.isatty() else None))
    elif options.quiet:
        for id in ids:
            print(plain(id))
    else:
        for_people()


def pour(options: argparse.Namespace, wire: Wire, parts: Iterable[bytes]) -> None:
    """Print a list as JSON while it comes, in stretches of entries.

    One that breaks off is no JSON, and its last line says why.
    """
    if options.jq is not None:
        _through_jq(options.jq, b"[%b]" % b",".join(parts))
        return
    if sys.stdout.isatty():  # somebody reads it
        whole = wire.entries(b",".join(parts), object)
        print(as_json(whole, indent=2))
        return
    out, before = sys.stdout.buffer, b"["
    try:
        for part in parts:
            out.write(before + part)
            before = b",\n"
    except Problem:
        if before != b"[":
            out.write(b"\n")
        raise
    out.write(b"]\n" if before != b"[" else b"[]\n")


def tell_of_nothing(said: str) -> None:
    """Say that there is nothing: beside standard output, so that what is piped holds nothing."""
    print(said, file=sys.stderr)


def is_for_programs(options: argparse.Namespace) -> bool:
    """Say whether JSON is wanted."""
    return options.json or options.jq is not None


def _through_jq(filter: str, said: bytes) -> None:
    program = shutil.which("jq")
    if program is None:
        raise Problem(
            "jq is not on this machine.",
            code="no_jq",
            remedy="Install it (jqlang.org), or take --json and filter it yourself.",
        )
    sys.stdout.flush()
    # With a space before it, no filter is taken for an option; old jqs know no “--”.
    ended = subprocess.run([program, "-r", f" {filter}"], input=said, check=False)
    if ended.returncode:
        raise Problem(
            "jq did not take the filter.", code="usage", remedy="Put it in quotes: --jq '.[].title'."
        )


def browse(address: str, *, no_browser: bool = False) -> None:
    """Print the address of a page, and open it where a person sits."""
    print(plain(address))
    if no_browser or not sys.stdout.isatty() or not address.startswith(("http://", "https://")):
        return
    import webbrowser

    # A browser that writes to the terminal would write into what the person types next.
    quiet = os.open(os.devnull, os.O_WRONLY)
    kept = os.dup(2)
    try:
        os.dup2(quiet, 2)
        webbrowser.open(address)
    finally:
        os.dup2(kept, 2)
        os.close(quiet)
        os.close(kept)
