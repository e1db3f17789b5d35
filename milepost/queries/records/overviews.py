"""The overview as programs read it, and the page's own download: every figure with how it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import orjson

from milepost.core.ids import encode
from milepost.queries.kept import Kept
from milepost.queries.overview import Line, Overview, Stand
from milepost.queries.records.figures import rounded
from milepost.queries.records.slices import written

LISTS = ("risen", "fallen", "watermelons", "quiet")
HOW = {
    "objectives": "Objectives of the cycle, and of those around and within it, that count.",
    "key_results": "Key results that count in these objectives.",
    "counts": "How many of them have which status today.",
    "progress": "The plain mean of the key results, each between 0 and 1, those without data "
    "(key_results less reported) as 0. Weights do not enter, and it is no grade.",
    "expected": "The mean of where their plans say they should be by the day.",
    "confidence": "The mean of what owners said last, from 1 to 10.",
    "on_time": "Of those that take check-ins (asked), how many had none due before the day.",
    "teams": "The same of each team together with the teams below it.",
    "agreement": "What owners say beside what the numbers say: a watermelon is said on track, "
    "measured off track.",
    "risen": "Those that stand half a point or more higher than seven days before, the furthest first.",
    "fallen": "Those that stand half a point or more lower than seven days before, the furthest first.",
    "quiet": "Those whose check-in is late, the longest silent first.",
}


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A team with the teams below it; `team` null is what stands above all teams. `level` counts from 1."""

    team: str | None
    name: str
    url: str
    level: int
    key_results: int
    counts: dict[str, int]
    progress: float | None
    expected: float | None
    confidence: float | None
    reported: int
    asked: int
    on_time: int


@dataclass(frozen=True, slots=True)
class WatchedRecord:
    """A key result worth a word; `before` is its progress a week earlier, `said` its owner's own verdict."""

    id: str
    title: str
    url: str
    status: str
    progress: float | None
    before: float | None
    confidence: int | None
    said: str | None
    owner: str | None
    owner_name: str | None
    team: str | None
    team_name: str | None
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class OverviewRecord:
    """How a cycle stands; shares: 1 is done. `how` says of each figure how it is counted.

    `is_whole`: every team with work is listed; else the upper levels of them, see /overview/teams.
    """

    day: date
    cycle: str
    time_gone: float | None
    objectives: int
    key_results: int
    counts: dict[str, int]
    progress: float | None
    expected: float | None
    confidence: float | None
    reported: int
    asked: int
    on_time: int
    teams: tuple[UnitRecord, ...]
    is_whole: bool
    agreement: dict[str, int]
    risen: tuple[WatchedRecord, ...]
    fallen: tuple[WatchedRecord, ...]
    watermelons: tuple[WatchedRecord, ...]
    quiet: tuple[WatchedRecord, ...]
    how: dict[str, str]


def _encode(found: Overview, day: date) -> bytes:
    return orjson.dumps(
        OverviewRecord(
            day=day,
            cycle=found.cycle,
            time_gone=rounded(found.gone),
            objectives=found.objectives,
            **_stand(found.whole),
            teams=tuple(
                UnitRecord(
                    team=written(unit.team and unit.team.id),
                    name=unit.name,
                    url=unit.url,
                    level=unit.level,
                    **_stand(unit.stand),
                )
                for unit in found.units
            ),
            is_whole=found.is_whole,
            agreement=found.agreement,
            **{name: tuple(map(_lines.of, getattr(found, name))) for name in LISTS},
            how=HOW,
        )
    )


encoded = Kept(_encode, most=64)
"""An overview of a day as JSON, encoded once."""


def _stand(stand: Stand) -> dict:
    found = {name: getattr(stand, name) for name in Stand.__slots__}
    return found | {name: rounded(found[name]) for name in ("progress", "expected", "confidence")}


def _line(line: Line) -> WatchedRecord:
    return WatchedRecord(
        id=encode(line.id),
        title=line.title,
        url=line.url,
        status=line.status,
        progress=rounded(line.progress),
        before=rounded(line.before),
        confidence=line.confidence,
        said=line.said,
        owner=written(line.owner and line.owner.id),
        owner_name=line.owner and line.owner.name,
        team=written(line.team and line.team.id),
        team_name=line.team and line.team.name,
        checked_on=line.checked_on,
    )


_lines = Kept(_line)
