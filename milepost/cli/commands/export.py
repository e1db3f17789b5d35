"""Write a workspace to a file of OKRs: everything except personal ones."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
from pathlib import Path
from typing import BinaryIO

from milepost.cli import clients, telling
from milepost.cli.terminal import plain
from milepost.cli.wire import PATIENCE_FOR_A_FILE
from milepost.core.problems import Problem

EXAMPLES = ("milepost export -o okrs.yaml", "milepost export --format json | jq .objectives[].title")


def words(parser: argparse.ArgumentParser) -> None:
    """Say what it understands, wherever it reads from."""
    parser.add_argument("--workspace", metavar="SLUG", help="which workspace; needed where there are several")
    parser.add_argument("--format", choices=("yaml", "json"), help="yaml unless the file's name says json")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the file to write; without it, or with -, to the terminal"
    )
    parser.add_argument("--local", action="store_true", help="export from this machine, whoever is logged in")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    words(parser)
    clients.common(parser, shows=False, is_shared=True)


def run(options: argparse.Namespace) -> None:
    """Ask for the file and write it."""
    wire = telling.wire(options, patience=PATIENCE_FOR_A_FILE)
    if sys.stderr.isatty():
        where = plain(wire.server.name or wire.server.url)
        print(f"Waiting for {where} to write everything…", file=sys.stderr)
    with wire.file("/plan", f"application/{format_of(options.format, options.output)}") as came:
        if options.output in (None, "-"):
            shutil.copyfileobj(came, sys.stdout.buffer)
            sys.stdout.flush()
            return
        write(options.output, came)
    name = (
        wire.server.name or wire.get("/workspace", {"name": str})["name"]
    )  # where the environment alone says the server
    print(f"Wrote what you see of {plain(name)} to {options.output}.", file=sys.stderr)


def format_of(said: str | None, output: str | None) -> str:
    """Return the format that is wanted."""
    return said or ("json" if output and output.endswith(".json") else "yaml")


def write(output: str, data: bytes | BinaryIO, *, mode: int = 0o666) -> None:
    """Write a file beside its place and move it there, so a full disk leaves the old one whole.

    Its mode is this one, as far as the umask allows.
    """
    target = Path(output)
    partial = target.with_name(target.name + ".partial")
    try:
        partial.unlink(missing_ok=True)  # for one that is there would keep its own mode
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            shutil.copyfileobj(io.BytesIO(data) if isinstance(data, bytes) else data, file)
        partial.replace(target)
    except OSError as wrong:
        partial.unlink(missing_ok=True)
        raise Problem(
            f"{output} cannot be written: {wrong.strerror}.",
            code="unwritable",
            remedy="Name a file in a folder where you may write, with room for it.",
        ) from None
