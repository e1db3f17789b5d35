"""Commands for users: they speak to a server over the API, and never start Django."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from milepost.cli.exits import ending

MEANS_HERE = ("MILEPOST_DATA_DIR", "MILEPOST_CONFIG", "MILEPOST_DATABASE_URL", "DATABASE_URL")
FOLDER = Path(__file__).resolve().parent / "commands"


def names() -> list[str]:
    """List the commands that lie in the folder."""
    return sorted(path.stem.rstrip("_") for path in FOLDER.glob("*.py") if path.stem != "__init__")


def knows(name: str) -> bool:
    """Say whether this is a command for users."""
    return name.isalpha() and any((FOLDER / f"{name}{end}.py").is_file() for end in ("", "_"))


def is_meant(name: str, arguments: Sequence[str], operators: Sequence[str]) -> bool:
    """Say whether a server is asked: what operators have too is done here unless someone is logged in.

    Whoever names a data folder, a database or a file of settings means this machine.
    """
    if not knows(name):
        return False
    if name not in operators:
        return True
    from milepost.cli import servers

    if "-h" in arguments or "--help" in arguments:
        return True  # the same words mean the same, here and there
    if "--local" in arguments:
        return False
    if any(word.split("=")[0] == "--server" for word in arguments) or is_on(servers.SERVER):
        return True
    return not any(map(is_on, MEANS_HERE)) and bool(servers.every())


def module(name: str) -> ModuleType:
    """Import a command."""
    # Two are named as Python's own words are, in the shell alone.
    stem = name if (FOLDER / f"{name}.py").is_file() else f"{name}_"
    return importlib.import_module(f"milepost.cli.commands.{stem}")


def parser(name: str) -> argparse.ArgumentParser:
    """Return what reads the arguments of a command; its help ends with examples."""
    command = module(name)
    says = argparse.RawDescriptionHelpFormatter
    made = argparse.ArgumentParser(
        prog=f"milepost {name}",
        description=(command.__doc__ or "").strip(),
        epilog=ending(command.EXAMPLES),
        formatter_class=says,
        allow_abbrev=False,
    )
    command.arguments(made)
    return made


def start(name: str, arguments: Sequence[str]) -> int:
    """Run a command with the arguments as they were written, and return its exit code."""
    options = parser(name).parse_args(list(arguments))
    return module(name).run(options) or 0


def common(parser: argparse.ArgumentParser, *, shows: bool = True, is_shared: bool = False) -> None:
    """Let a command say which server it asks, and how it answers."""
    parser.add_argument(
        "--server", metavar="URL", help="which server, of those logged in to (MILEPOST_SERVER)"
    )
    if not is_shared:
        parser.add_argument("--workspace", metavar="SLUG", help="which workspace there (MILEPOST_WORKSPACE)")
    if shows:
        parser.add_argument("--json", action="store_true", help="print JSON for a program to read")
        parser.add_argument(
            "--jq", metavar="FILTER", help="pass the JSON through jq, which must be installed"
        )
        parser.add_argument("-q", "--quiet", action="store_true", help="print ids alone, or nothing")
        parser.add_argument("--no-color", action="store_true", help="print without colours (NO_COLOR)")


def first_lines() -> Iterator[tuple[str, str]]:
    """Yield each command with its first line; nothing is imported for it."""
    for name in names():
        path = FOLDER / f"{name}.py"
        text = (path if path.is_file() else FOLDER / f"{name}_.py").read_text(encoding="utf-8")
        yield name, text.split('"""', 2)[1].splitlines()[0]


def is_on(variable: str) -> bool:
    """Say whether a variable of the environment is set to anything."""
    return bool(os.environ.get(variable))
