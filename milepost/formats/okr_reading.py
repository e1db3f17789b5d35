"""One reading of one file: the problems found so far, and the time zone in which its days are meant."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from milepost.core.plan.findings import Path, PlanProblem, nearest
from milepost.formats.okr_raw import UNPRINTABLE, Mapped, Wrong
from milepost.formats.places import MOST_PROBLEMS


class Enough(Exception):
    """There is no use in reading on: the file is refused already."""


class Reading:
    """Collects what is wrong with a file while it is read, so that one refusal names it all."""

    def __init__(self, zone: str = "UTC") -> None:
        self.zone = ZoneInfo(zone)
        self.has_days_as_moments = False
        self.problems: list[PlanProblem] = []

    def day_zone(self) -> ZoneInfo:
        """Return the zone in which a day, or a moment without a zone, is meant."""
        self.has_days_as_moments = True
        return self.zone

    def refuse(self, path: Path, wrong: Wrong) -> None:
        """Note what is wrong at `path`; raise Enough once a person would rather mend than read on."""
        self.problems.append(PlanProblem(path, wrong.message, wrong.code, wrong.remedy))
        if len(self.problems) >= MOST_PROBLEMS:
            raise Enough

    def unknown_key(self, path: Path, key: str, known: tuple[str, ...], noun: str) -> None:
        """Note a key that says nothing here."""
        guess = nearest(key.lower().replace("-", "_"), known)
        wrong = Wrong(
            f"The field “{_short(key)}” is not known in {noun}.",
            "unknown_field",
            guess or f"Known are: {', '.join(known)}.",
        )
        self.refuse((*path, _short(key)), wrong)

    def doubled_keys(self, path: Path, mapped: Mapped) -> None:
        """Note keys that stood twice in one mapping."""
        for key in mapped.doubled:
            wrong = Wrong(
                f"The field “{_short(key)}” stands here twice.", "duplicate_key", "Keep one of the two."
            )
            self.refuse((*path, _short(key)), wrong)


def _short(key: str) -> str:
    """Return a key as it can be shown: not endless, and nothing in it that a terminal would obey."""
    return UNPRINTABLE.sub("�", key if len(key) <= 60 else f"{key[:59]}…")
