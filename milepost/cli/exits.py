"""What the exit code of a command means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from milepost.core.problems import Invalid, Problem


class Exit(IntEnum):
    """The exit codes; scripts rely on them."""

    OK = 0
    ERROR = 1
    USAGE = 2
    NOT_FOUND = 3
    AUTH = 4
    CONFLICT = 5
    NOTHING_TO_DO = 6
    INTERRUPTED = 130


# In a word for --help, and in a sentence for the docs.
MEANINGS = {
    Exit.OK: ("done", "What was asked for is done."),
    Exit.ERROR: (
        "error",
        "Something is wrong: a file, a setting, the database, the network, the server. `doctor` and `verify` "
        "end so when they find something.",
    ),
    Exit.USAGE: (
        "usage",
        "The command line is wrong, or has to say more: an option, a value, `--workspace` where there are "
        "several, `--yes` where nobody can be asked.",
    ),
    Exit.NOT_FOUND: (
        "not found",
        "There is no such file, workspace, objective, key result or person that you may see, or no database "
        "yet.",
    ),
    Exit.AUTH: (
        "not allowed",
        "Whoever asks may not do this, is not logged in, or the token does not reach that far.",
    ),
    Exit.CONFLICT: (
        "conflict",
        "What is there does not allow it: a port or an address that is taken, a database of another version "
        "or encoding, something that changed meanwhile.",
    ),
    Exit.NOTHING_TO_DO: ("nothing to do", "Everything is so already; nothing was changed."),
    Exit.INTERRUPTED: ("interrupted", "Ctrl-C ended it."),
}
EPILOG = f"Exit codes: {' · '.join(f'{code.value} {word}' for code, (word, _) in MEANINGS.items())}."


def ending(examples: Iterable[str]) -> str:
    """Return how the help of a command ends: with examples, and what its exit codes mean."""
    return "\n".join(["examples:", *(f"  {line}" for line in examples), "", EPILOG])


@contextmanager
def as_typed() -> Iterator[None]:
    """Tell what cannot be accepted as wrong use: it was typed, whether the server noticed it or we."""
    try:
        yield
    except Problem as wrong:
        if wrong.status == Invalid.status:
            wrong.code = "usage"
        raise


_BY_STATUS = {401: Exit.AUTH, 403: Exit.AUTH, 404: Exit.NOT_FOUND, 409: Exit.CONFLICT}


def exit_for(problem: Problem) -> Exit:
    """Return the exit code that stands for a problem."""
    if problem.code == "usage":
        return Exit.USAGE
    return _BY_STATUS.get(problem.status, Exit.ERROR)
