"""The overview: how everything stands, team by team, what moved, and where words and numbers disagree.

One number for everyone: what is restricted is in none of these figures and lists (unless the workspace counts
it: then it is in the figures, never in a list). A token that is limited to teams is told of those alone.
Everything is made once for each state of the image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import numpy as np

from milepost.core import addresses
from milepost.core.cadence import Window, elapsed
from milepost.core.pace import Agreement, agreement, confidence_status
from milepost.core.pace import Status as Pace
from milepost.core.rollup import Status
from milepost.ledger.day import Day
from milepost.ledger.image import Image
from milepost.ledger.structure import CycleRow
from milepost.queries import gauges, outlines
from milepost.queries.cards import PersonCard, Reader, TeamCard
from milepost.queries.gauges import Gauges

LISTED = 6
SEEN = 0.005  # a smaller move shows as none
TEAMS_IN_FULL = 40  # more teams than this are shown by their two upper levels
TOP_LEVELS = 2
WORDS = tuple(status.word for status in Status)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a set of key results stands. Shares: 1 is done; None where there is nothing to say.

    `progress` is the plain mean, each between 0 and 1, those without data as 0; `expected` the mean of
    where their plans say they should be; `confidence` the mean of what their owners last said, 1 to 10.
    `asked` take check-ins now, `on_time` of them have had theirs.
    """

    key_results: int
    counts: dict[str, int]
    progress: float | None
    expected: float | None
    confidence: float | None
    reported: int
    asked: int
    on_time: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A team with the teams below it; without a team, what stands above all teams."""

    team: TeamCard | None
    name: str
    url: str
    level: int
    stand: Stand


@dataclass(frozen=True, slots=True)
class Line:
    """A key result in a list: `before` is its progress a week ago; `said` what its owner says of it."""

    id: int
    title: str
    url: str
    status: str
    progress: float | Fraction | None
    before: float | None
    confidence: int | None
    said: str | None
    owner: PersonCard | None
    team: TeamCard | None
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class Overview:
    """How a cycle stands, with what it holds and what holds it."""

    cycle: str
    gone: float | None  # of the cycle's days
    objectives: int
    whole: Stand
    units: tuple[Unit, ...]
    teams: int
    risen: tuple[Line, ...]
    fallen: tuple[Line, ...]
    agreement: dict[str, int]
    watermelons: tuple[Line, ...]
    quiet: tuple[Line, ...]
    is_whole: bool  # every team is listed


def overview(reader: Reader, cycle: CycleRow | None) -> Overview:
    """Return how a cycle stands on the reader's day: the same for everyone."""
    image, day = reader.image, reader.day
    with image.lock:
        cycles = outlines.cycles_around(image, cycle)
        kept = day.derived.setdefault(Overview, {})
        name = (cycles, reader.actor.within)
        at, found = kept.get(name, (-1, None))
        if at != len(day.touched):
            found = _made(reader, cycle, _narrowed(reader, cycles, _frame(image, cycles)))
            kept[name] = (len(day.touched), found)
        return found


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds until something changes places: the key results that count, and the teams they add up in."""

    objectives: int
    counted: np.ndarray  # nodes
    listed: np.ndarray  # of these, what everyone may see
    teams: tuple[int | None, ...]  # as a tree; first what stands above all teams
    level: np.ndarray  # of each team
    above: np.ndarray  # for each team, the place in `teams` of the one above it
    places: np.ndarray  # for each counted node, its team's place


def _frame(image: Image, cycles: frozenset[int] | None) -> Frame:
    frames = image.arranged.setdefault(Frame, {})
    if cycles not in frames:
        outline = outlines.of(image, cycles)
        tree = list(image.walk_teams(depth=1))
        place = {team.id: number for number, (team, _) in enumerate(tree, 1)}
        is_open = ~outlines.marked(image, image.node.among(image.restricted()))
        team = image.objectives.array("team_id")[image.parent[outline.counted - image.first_key_result]]
        listed, at = np.unique(team, return_inverse=True)
        places = np.array([place.get(id, 0) for id in listed.tolist()], dtype=np.int64)[at]
        counted = outline.counted
        frames[cycles] = Frame(
            len(outline.common),
            counted,
            counted[is_open[counted]],
            teams=(None, *place),
            level=np.array([0, *(level for _, level in tree)]),
            above=np.array([0, *(place.get(team.parent_id, 0) for team, _ in tree)]),
            places=places,
        )
    return frames[cycles]


def _narrowed(reader: Reader, cycles: frozenset[int] | None, frame: Frame) -> Frame:
    """Leave out what lies beyond the teams that a token is limited to."""
    if reader.actor.within is None:
        return frame
    seen, image = reader.seen, reader.image
    return replace(
        frame,
        objectives=outlines.of(image, cycles).objectives_told(reader),
        counted=frame.counted[seen[frame.counted]],
        listed=frame.listed[seen[frame.listed]],
        places=frame.places[seen[frame.counted]],
    )


def _made(reader: Reader, cycle: CycleRow | None, frame: Frame) -> Overview:
    image, day, listed = reader.image, reader.day, frame.listed
    gauged = gauges.of(reader)
    sums = _sums(day, gauged, frame)
    units, teams = _units(reader, frame, sums)
    said = _said(day, gauged, listed, image.first_key_result)
    agreed = np.bincount(said + 1, minlength=len(AGREEMENTS) + 1)[1:].tolist()
    risen, fallen = _moves(day, gauged, listed)
    watermelons = _steepest(day, listed[said == WATERMELON])

    def lines(nodes: np.ndarray) -> tuple[Line, ...]:
        return tuple(_line(reader, gauged, node) for node in nodes.tolist())

    return Overview(
        cycle=cycle.name if cycle else "Every cycle",
        gone=_gone(reader, cycle),
        objectives=frame.objectives,
        whole=_stand(sums.sum(axis=0)),
        units=units,
        teams=teams,
        risen=lines(risen),
        fallen=lines(fallen),
        agreement={word.value: count for word, count in zip(AGREEMENTS, agreed, strict=True)},
        watermelons=lines(watermelons),
        quiet=lines(_quietest(gauged, listed, image)),
        is_whole=teams <= TEAMS_IN_FULL,
    )


def _gone(reader: Reader, cycle: CycleRow | None) -> float | None:
    if cycle is None or cycle.ends_on is None:
        return None
    return float(elapsed(Window(cycle.starts_on, cycle.ends_on), reader.today))


# -- how things stand --------------------------------------------------------------------------------------


def _sums(day: Day, gauged: Gauges, frame: Frame) -> np.ndarray:
    """Return a row for each team: how many of its key results have which status, and what they add up to."""
    nodes, places, kinds, size = frame.counted, frame.places, len(Status), len(frame.teams)
    at, raw = nodes - day.image.first_key_result, day.raw[nodes]
    tally = np.bincount(places * kinds + day.status[nodes], minlength=size * kinds).reshape(size, kinds)
    has_raw = day.reported[nodes] & ~np.isnan(raw)
    confidence, asked = gauged.confidence[at], gauged.asked[at]
    columns = (
        np.where(has_raw, np.clip(raw, 0, 1), 0),
        has_raw,
        day.expected[nodes],
        confidence,
        confidence > 0,
        asked,
        asked & ~gauged.late[at],
    )
    return np.column_stack([tally, *(np.bincount(places, column, size) for column in columns)])


def _stand(total: np.ndarray) -> Stand:
    tally = total[: len(Status)].astype(int).tolist()
    progress, reported, expected, confidence, sure, asked, on_time = total[len(Status) :].tolist()
    count = sum(tally)
    return Stand(
        key_results=count,
        counts={word: count for word, count in zip(WORDS, tally, strict=True) if count},
        progress=progress / count if reported else None,
        expected=expected / count if count else None,
        confidence=confidence / sure if sure else None,
        reported=int(reported),
        asked=int(asked),
        on_time=int(on_time),
    )


def _units(reader: Reader, frame: Frame, sums: np.ndarray) -> tuple[tuple[Unit, ...], int]:
    """Return the teams, each with all below it; where they are many, only those of the upper levels."""
    whole, own = sums.copy(), sums[0]
    for level in range(frame.level.max(), 1, -1):
        teams = np.flatnonzero(frame.level == level)
        np.add.at(whole, frame.above[teams], whole[teams])
    has_work = whole[:, : len(Status)].any(axis=1) & (frame.level > 0)
    with_work = int(has_work.sum())
    if with_work > TEAMS_IN_FULL:
        has_work &= frame.level <= TOP_LEVELS
    found = []
    if own[: len(Status)].any():
        company = addresses.company(reader.slug)
        found.append(Unit(None, reader.image.workspace.name, company, 1, _stand(own)))
    for place in np.flatnonzero(has_work).tolist():
        team = reader.team(frame.teams[place])
        found.append(Unit(team, team.name, team.url, frame.level.item(place), _stand(whole[place])))
    return tuple(found), with_work


# -- what moved, what is said, what is silent --------------------------------------------------------------

AGREEMENTS = tuple(Agreement)
WATERMELON = AGREEMENTS.index(Agreement.WATERMELON)


def _compared(confidence: int, status: Status) -> int:
    # Who is sure of something that is achieved says no less than it is.
    model = Pace.ON_TRACK if status is Status.ACHIEVED else Pace(status.word)
    if not confidence or model.rank is None:
        return -1
    return AGREEMENTS.index(agreement(confidence_status(confidence), model))


# For each confidence (0: none) and each status, the place in AGREEMENTS; -1 where one has no opinion.
_COMPARED = np.array(
    [[_compared(confidence, status) for status in Status] for confidence in range(11)], np.int8
)


def _said(day: Day, gauged: Gauges, nodes: np.ndarray, first: int) -> np.ndarray:
    """Compare what owners say with what the numbers say."""
    return _COMPARED[gauged.confidence[nodes - first], day.status[nodes]]


def _first(values: np.ndarray) -> np.ndarray:
    return gauges.lowest(values, LISTED)


def _moves(day: Day, gauged: Gauges, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return those that rose, and those that fell, the furthest first."""
    moved = day.raw[nodes] - gauged.before[nodes - day.image.first_key_result]
    up, down = _first(-moved), _first(moved)
    return nodes[up[moved[up] >= SEEN]], nodes[down[moved[down] <= -SEEN]]


def _steepest(day: Day, nodes: np.ndarray) -> np.ndarray:
    """Return those first whose numbers are furthest behind."""
    return nodes[_first(day.raw[nodes] - day.needed[nodes])]


def _quietest(gauged: Gauges, nodes: np.ndarray, image: Image) -> np.ndarray:
    """Return those first whose check-in is late for the longest time."""
    late = nodes[gauged.late[nodes - image.first_key_result]]
    since = gauged.checked[late - image.first_key_result]
    return late[_first(np.where(np.isnan(since), image.starts[late], since))]


def _line(reader: Reader, gauged: Gauges, node: int) -> Line:
    if node not in gauged.told:
        gauged.told[node] = _told(reader, gauged, node)
    return gauged.told[node]


def _told(reader: Reader, gauged: Gauges, node: int) -> Line:
    image, place = reader.image, node - reader.image.first_key_result
    one = image.key_results[image.ids[node]]
    confidence, checked, before = (
        each.item(place) for each in (gauged.confidence, gauged.checked, gauged.before)
    )
    return Line(
        id=one.id,
        title=one.title,
        url=addresses.key_result(reader.slug, one.id),
        status=reader.day.status_of(one.id).word,
        progress=reader.progress(one.id),
        before=None if before != before else before,
        confidence=confidence or None,
        said=confidence_status(confidence).value if confidence else None,
        owner=reader.person(image.answers_for(one)),
        team=reader.team(image.team_of(one.id)),
        checked_on=None if checked != checked else date.fromordinal(int(checked)),
    )
