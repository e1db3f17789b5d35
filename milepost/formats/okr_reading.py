"""One reading of one file: the problems found so far, and the time zone in which its days are meant."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from milepost.core.characters import UNPRINTABLE
from milepost.core.plan.findings import Path, PlanProblem, near
from milepost.core.problems import MOST_TOLD
from milepost.formats.okr_raw import Mapped, Wrong

# What people call a field that has another name here.
_ALSO_CALLED = {
    "address": ("email",), "mail": ("email",), "e_mail": ("email",),
    "goal": ("target",), "aim": ("target",), "baseline": ("start",), "value": ("target",),
    "min": ("low",), "minimum": ("low",), "max": ("high",), "maximum": ("high",),
    "krs": ("key_results",), "results": ("key_results",), "metric": ("measure",), "type": ("kind",),
    "updates": ("check_ins",), "progress": ("check_ins",), "values": ("check_ins",),
    "parents": ("aligned_to", "parent"), "parent": ("aligned_to",), "aligns": ("aligned_to",),
    "tasks": ("initiatives",), "projects": ("initiatives",), "actions": ("initiatives",),
    "name": ("title",), "title": ("name",), "headline": ("title", "name"),
    "begin": ("starts",), "begins": ("starts",), "from": ("starts", "since"), "start_date": ("starts",),
    "finish": ("ends",), "to": ("ends", "until"), "end_date": ("ends",),
    "deadline": ("due", "ends"), "date": ("at", "due"), "day": ("at", "due"), "when": ("at",),
    "comment": ("note", "comments"), "comment_text": ("text",), "notes": ("note", "description"),
    "why": ("reason", "description"), "author": ("by",), "who": ("by", "person", "owner"),
    "responsible": ("owner",), "assignee": ("owner",), "lead": ("owner",), "status": ("state",),
    "users": ("people",), "persons": ("people",), "staff": ("people",), "groups": ("teams",),
    "departments": ("teams",), "periods": ("cycles",), "quarters": ("cycles",), "okrs": ("objectives",),
    "company": ("workspace",), "organisation": ("workspace",), "organization": ("workspace",),
    "version": ("milepost",), "timezone": ("time_zone",), "slug": ("id",), "key": ("id",),
}  # fmt: skip
_ALMOST = 0.8  # how near a word must come to another name for a field


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
        if len(self.problems) >= MOST_TOLD:
            raise Enough

    def unknown_key(
        self, path: Path, key: str, known: Collection[str], noun: str, *, within: str | None = None
    ) -> str | None:
        """Note a key that says nothing here; return the field of `known` that is meant, where one comes near.

        `within` names the field of `known` inside of which the key would be right.
        """
        meant = within or _meant(key, known)
        if within is not None:
            remedy = f"It belongs inside {within}: {within}: {{{key}: …}}."
        elif meant is not None:
            remedy = f"Did you mean “{meant}”?"
        else:
            remedy = f"Known are: {', '.join(known)}."
        message = f"The field “{short(key)}” is not known in {noun}."
        self.refuse((*path, short(key)), Wrong(message, "unknown_field", remedy))
        return meant

    def doubled_keys(self, path: Path, mapped: Mapped) -> None:
        """Note keys that stood twice in one mapping."""
        for key in mapped.doubled:
            wrong = Wrong(
                f"The field “{short(key)}” stands here twice.", "duplicate_key", "Keep one of the two."
            )
            self.refuse((*path, short(key)), wrong)


def _meant(key: str, known: Collection[str]) -> str | None:
    """Return the field whose name, or whose other name, comes nearest to a key."""
    word = key.strip().lower().replace("-", "_").replace(" ", "_")
    others = {
        other: field for other, names in _ALSO_CALLED.items() for field in names[::-1] if field in known
    }
    if word in known:
        return word
    return others.get(word) or near(word, known) or others.get(near(word, others, cutoff=_ALMOST) or "")


def short(key: str) -> str:
    """Return a key as it can be shown: not endless, and nothing in it that a terminal would obey."""
    return UNPRINTABLE.sub("�", key if len(key) <= 60 else f"{key[:59]}…")
