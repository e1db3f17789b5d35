"""The door of the terminal: finds the command, runs it, and puts what went wrong into words."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from typing import Any, TextIO

from milepost.cli import clients, operators
from milepost.cli.exits import Exit, exit_for
from milepost.core.problems import Problem, first_line

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def run(arguments: list[str] | None = None) -> int:
    """Run one command line and return the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    _open_what_is_closed()
    heard = _Overheard(sys.stderr)
    try:
        if not is_for_programs(words):
            return _ran(words)
        with redirect_stderr(heard):
            return _ran(words)
    except SystemExit as end:
        if end.code == Exit.USAGE and is_for_programs(words):
            tell_a_program(_misused(words, heard.text), sys.stdout)
        return _code(end)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _write_no_more()
        return Exit.OK
    except Exception as wrong:  # the last place where it can be put into words
        if _is_debugging():
            raise
        return _told(wrong, words)


def _ran(arguments: list[str]) -> int:
    _write_every_letter(sys.stdout)
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    code = Exit.OK
    if name and clients.is_meant(name, rest, operators.names()):
        code = clients.start(name, rest)
    elif operators.knows(name):
        operators.start(*arguments)
    else:
        from milepost.cli.listing import app

        app(arguments, prog_name="milepost")
    # Whoever reads us may have gone; better to learn it here than in a traceback at the very end.
    sys.stdout.flush()
    return code


def _open_what_is_closed() -> None:
    # Whoever closes a stream wants nothing of it. Left closed, its number would go to the next file or
    # connection, and what is printed into that.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - it stays open as long as we run


def _write_every_letter(out: TextIO) -> None:
    # Files and pipes get UTF-8, whatever the locale says: what they hold is read by programs. A terminal that
    # knows fewer letters shows question marks for the others.
    if isinstance(out, io.TextIOWrapper):
        if out.isatty():
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8")


def _told(wrong: Exception, words: list[str]) -> Exit:
    """Tell what went wrong, and return the exit code that stands for it."""
    if isinstance(wrong, OSError) and wrong.errno in NO_ROOM:
        _write_no_more()
        wrong = _no_room(wrong)
    problem = wrong if isinstance(wrong, Problem) else _unforeseen(wrong)
    tell(problem, sys.stderr)
    if is_for_programs(words):
        tell_a_program(problem, sys.stdout)
    return exit_for(problem)


def _write_no_more() -> None:
    # What waits to be written would be tried once more at the very end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(problem: Problem, out: TextIO) -> None:
    """Write a problem for a person: what happened, what to do, then the details, one a line.

    Any of it may be the words of a server, a file or a database, which are to do nothing at a terminal.
    """
    from milepost.cli.terminal import plain

    print(plain(problem.message), file=out)
    if problem.remedy:
        print(plain(problem.remedy), file=out)
    for detail in problem.details:
        print(f"  - {plain(detail)}", file=out)


def is_for_programs(words: Sequence[str]) -> bool:
    """Say whether JSON is wanted: then it is wanted also of what goes wrong, whatever the command."""
    return "--json" in words[: words.index("--")] if "--" in words else "--json" in words


def tell_a_program(problem: Problem, out: TextIO) -> None:
    """Write a problem as the one JSON value that a program waits for."""
    from milepost.cli.terminal import as_json

    print(as_json(problem.as_json()), file=out)


class _Overheard:
    """An error stream that remembers what was written to it."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.text = out, ""

    def write(self, text: str) -> int:
        self.text += text
        return self.out.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.out, name)


def _misused(words: Sequence[str], told: str) -> Problem:
    # What reads the words has told a person which of them are wrong, and ended: behind “error:”.
    name = f"milepost {words[0]}" if clients.knows(words[0]) or operators.knows(words[0]) else "milepost"
    wrong = re.split("error: ", told, maxsplit=1, flags=re.IGNORECASE)[1:]
    return Problem(
        f"{name} was called with words that it does not take.",
        code="usage",
        remedy=f"`{name} --help` says what it takes.",
        details=tuple(" ".join(each.split()) for each in wrong),
    )


def _code(end: SystemExit) -> int:
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
        return Exit.ERROR
    return int(end.code or Exit.OK)


def _is_debugging() -> bool:
    return os.environ.get("MILEPOST_DEBUG", "").lower() in ("1", "true", "yes", "on")


def _no_room(wrong: OSError) -> Problem:
    there = wrong.filename or "what the output goes to"
    return Problem(
        f"There is no room left for {there}.", code="no_room", remedy="Make room, or write somewhere else."
    )


def _unforeseen(wrong: Exception) -> Problem:
    said = first_line(wrong).rstrip(".")
    if type(wrong).__module__.startswith("django.db"):
        return Problem(
            f"The database did not do as asked: {said}.", remedy="`milepost doctor` says what is wrong."
        )
    return Problem(
        f"Something in Milepost broke: {type(wrong).__name__}: {said}.",
        remedy="This is our mistake. With MILEPOST_DEBUG=1 the same command shows where; please tell us.",
    )
