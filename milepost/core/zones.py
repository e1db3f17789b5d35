"""The time zones that a workspace may live in."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from milepost.core.problems import Invalid

# Names that the database keeps for its own use, or that mean another zone on another machine.
_NO_PLACES = ("localtime", "posixrules", "Factory")


@cache
def names() -> tuple[str, ...]:
    """List the time zones, Area/City names and UTC, in alphabetical order."""
    return tuple(sorted(name for name in available_timezones() if name not in _NO_PLACES))


def is_known(name: str) -> bool:
    """Say whether this machine can tell the time there; opens one file, where `names` opens all of them."""
    try:
        return bool(name) and ZoneInfo(name) is not None
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of them
        return False


def check(name: str) -> str:
    """Give back the name of a time zone that exists; raises `unknown_timezone`."""
    wanted = name.strip()
    if wanted not in names():
        raise Invalid(
            f"There is no time zone called “{wanted[:60]}”." if wanted else "A time zone is needed.",
            code="unknown_timezone",
            field="time_zone",
            remedy="Use a name such as Europe/Prague, or UTC.",
        )
    return wanted
