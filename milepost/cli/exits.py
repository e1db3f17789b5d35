"""What the exit code of a command means."""

from __future__ import annotations

from enum import IntEnum

from milepost.core.problems import Problem


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


_BY_STATUS = {401: Exit.AUTH, 403: Exit.AUTH, 404: Exit.NOT_FOUND, 409: Exit.CONFLICT}


def exit_for(problem: Problem) -> Exit:
    """Return the exit code that stands for a problem."""
    if problem.code == "usage":
        return Exit.USAGE
    return _BY_STATUS.get(problem.status, Exit.ERROR)
