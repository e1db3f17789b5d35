"""The overview: how everything stands, team by team, what moved, and where words and numbers disagree.

One number for everyone: what is restricted is in none of these figures and lists (unless the workspace counts
it: then it is in the figures, never in a list). A token that is limited to teams is told of those alone.
Everything is made once for each state of the image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from milepost.core import addresses, rollup
from milepost.core.cadence import Window, elapsed
from milepost.core.pace import Agreement, agreement, confidence_status
from milepost.core.pace import Status as Pace
from milepost.core.rollup import Family, Status
from milepost.ledger.day import Day
from milepost.ledger.image import Image
from milepost.ledger.structure import CycleRow
from milepost.queries import outlines
from milepost.queries.cards import PersonCard, Reader, TeamCard
from milepost.queries.week import progress_before

LOOKS_BACK = timedelta(days=7)
LISTED = 6
SEEN = 0.005  # a smaller move shows as none
TEAMS_IN_FULL = 40  # more teams than this are shown by their two upper levels
TOP_LEVELS = 2
NAN = float("nan")


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
    """What holds until the structure changes: the key results that count, and the teams they add up in."""

    objectives: int
    counted: np.ndarray  # nodes
    listed: np.ndarray  # of these, what everyone may see
    teams: tuple[tuple[int | None, int], ...]  # as a tree: (id, level); first what stands above all teams
    places: np.ndarray  # for each counted node, its team's place in `teams`


def _frame(image: Image, cycles: frozenset[int] | None) -> Frame:
    frames = image.derived.setdefault(Frame, {})
    if cycles not in frames:
        outline = outlines.of(image, cycles)
        teams = ((None, 0), *((team.id, depth) for team, depth in image.walk_teams(depth=1)))
        place = {id: number for number, (id, _) in enumerate(teams)}
        restricted = [image.node[id] for id in image.restricted() if id in image.node]
        is_open = ~outlines.marked(image, np.array(restricted, dtype=np.int64))
        team = image.objectives.array("team_id")[image.parent[outline.counted - image.first_key_result]]
        listed, at = np.unique(team, return_inverse=True)
        places = np.array([place.get(id, 0) for id in listed.tolist()], dtype=np.int64)[at]
        counted = outline.counted
        frames[cycles] = Frame(len(outline.common), counted, counted[is_open[counted]], teams, places)
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
    image, listed = reader.image, frame.listed
    gauges = _gauges(reader)
    totals = _totals(reader, gauges, frame.counted)
    units, teams = _units(reader, frame, totals)
    said = _said(reader.day, gauges, listed, image.first_key_result)
    risen, fallen = _moves(reader, gauges, listed)
    return Overview(
        cycle=cycle.name if cycle else "Every cycle",
        gone=_gone(reader, cycle),
        objectives=frame.objectives,
        whole=_stand(totals.sum(axis=0)),
        units=units,
        teams=teams,
        risen=risen,
        fallen=fallen,
        agreement={word.value: int((said == number).sum()) for number, word in enumerate(AGREEMENTS)},
        watermelons=tuple(
            _line(reader, gauges, node) for node in _steepest(reader.day, listed[said == WATERMELON])
        ),
        quiet=tuple(_line(reader, gauges, node) for node in _quietest(gauges, listed, image)),
        is_whole=teams <= TEAMS_IN_FULL,
    )


def _gone(reader: Reader, cycle: CycleRow | None) -> float | None:
    if cycle is None or cycle.ends_on is None:
        return None
    return float(elapsed(Window(cycle.starts_on, cycle.ends_on), reader.today))


# -- gauges: what the image does not hold in arrays --------------------------------------------------------


@dataclass
class Gauges:
    """For each key result of a day: the last confidence (0: none), the day of the last check-in (NaN: none),
    whether it takes check-ins, whether its check-in is late, and its progress a week ago."""

    seen: int
    asked: np.ndarray
    confidence: np.ndarray
    checked: np.ndarray
    late: np.ndarray
    before: np.ndarray


def _gauges(reader: Reader) -> Gauges:
    image, day = reader.image, reader.day
    found = day.derived.get(Gauges)
    if found is None:
        found = day.derived[Gauges] = _measured(reader)
    elif found.seen != len(day.touched):
        for node in set(day.touched[found.seen :]):
            if node >= image.first_key_result:
                _read(reader, found, node)
        found.seen = len(day.touched)
    return found


def _measured(reader: Reader) -> Gauges:
    image = reader.image
    ids, first = image.key_results.ids, image.first_key_result
    there, (confidence, effective) = image.entries.columns(ids, "confidence", "effective")
    gauges = Gauges(
        seen=len(reader.day.touched),
        asked=reader.asked,
        confidence=np.zeros(len(ids), dtype=np.int8),
        checked=np.full(len(ids), NAN),
        late=np.zeros(len(ids), dtype=bool),
        before=_a_week_ago(reader, np.arange(len(ids))),
    )
    gauges.confidence[there] = confidence
    gauges.checked[there] = reader.days_of(effective)
    gauges.late[:] = _late(reader, gauges.checked, image.starts[first:], image.ends[first:])
    gauges.late &= gauges.asked
    return gauges


def _a_week_ago(reader: Reader, places: np.ndarray) -> np.ndarray:
    """Return the progress of some key results, as places among them, as it was known a week ago."""
    image, first = reader.image, reader.image.first_key_result
    moment = image.workspace.calendar.end_of(reader.today - LOOKS_BACK)
    entries, values = image.entries.before(moment, image.key_results.ids[places])
    family, _, *shape, _ = (column[places] for column in image.measures)
    before = rollup.progress(family, values, *shape, np.full(len(places), NAN))
    # What arrays cannot compute is worked out where something moved at all.
    given = np.flatnonzero((family == Family.GIVEN) & ~image.from_contributors[places] & (entries > 0))
    moved = {}
    for at in given.tolist():
        node = first + places.item(at)
        current = image.entries.current(image.ids[node])
        if current is None:
            continue
        if current.id == entries[at]:
            before[at] = reader.day.raw[node]
        else:
            moved[at] = image.ids[node]
    image.entries.fetch(moved.values())
    for at, id in moved.items():
        raw = progress_before(reader, image.key_results[id], int(moment.timestamp()) - 1)
        before[at] = NAN if raw is None else float(raw)
    return before


def _read(reader: Reader, gauges: Gauges, node: int) -> None:
    image, place = reader.image, node - reader.image.first_key_result
    entry = image.entries.current(image.ids[node])
    gauges.confidence[place] = entry.confidence if entry else 0
    gauges.checked[place] = reader.day_of(entry.effective).toordinal() if entry else NAN
    one = slice(place, place + 1)
    at = slice(node, node + 1)
    late = _late(reader, gauges.checked[one], image.starts[at], image.ends[at])
    gauges.late[one] = late & gauges.asked[one]
    if image.ids[node] in image.entries.mended:
        gauges.before[one] = _a_week_ago(reader, np.array([place]))


def _late(reader: Reader, checked: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    every = reader.image.workspace.check_in_every
    return rollup.overdue(reader.today.toordinal(), checked, starts, ends, every)


# -- how things stand --------------------------------------------------------------------------------------

_COLUMNS = len(Status) + 7


def _totals(reader: Reader, gauges: Gauges, nodes: np.ndarray) -> np.ndarray:
    """Return a row for each key result, such that the rows of a set can be added up."""
    day, at = reader.day, nodes - reader.image.first_key_result
    found = np.zeros((len(nodes), _COLUMNS))
    if not len(nodes):
        return found
    found[np.arange(len(nodes)), day.status[nodes]] = 1
    raw = day.raw[nodes]
    has_raw = day.reported[nodes] & ~np.isnan(raw)
    confidence = gauges.confidence[at]
    columns = (
        np.where(has_raw, np.clip(np.nan_to_num(raw), 0, 1), 0),
        has_raw,
        day.expected[nodes],
        confidence,
        confidence > 0,
        gauges.asked[at],
        gauges.asked[at] & ~gauges.late[at],
    )
    for number, column in enumerate(columns, len(Status)):
        found[:, number] = column
    return found


def _stand(total: np.ndarray) -> Stand:
    tally = total[: len(Status)].astype(int).tolist()
    progress, reported, expected, confidence, sure, asked, on_time = total[len(Status) :].tolist()
    count = sum(tally)
    return Stand(
        key_results=count,
        counts={status.word: tally[status] for status in Status if tally[status]},
        progress=progress / count if reported else None,
        expected=expected / count if count else None,
        confidence=confidence / sure if sure else None,
        reported=int(reported),
        asked=int(asked),
        on_time=int(on_time),
    )


def _units(reader: Reader, frame: Frame, totals: np.ndarray) -> tuple[tuple[Unit, ...], int]:
    """Return the teams, each with all below it; where they are many, only those of the upper levels."""
    image, teams = reader.image, frame.teams
    sums = np.stack(
        [np.bincount(frame.places, column, len(teams)) for column in totals.T], axis=1
    )  # a row for each team
    own = sums[0].copy()
    place = {id: number for number, (id, _) in enumerate(teams)}
    for number in range(len(teams) - 1, 0, -1):
        above = place.get(image.teams[teams[number][0]].parent_id, 0)
        sums[above] += sums[number]
    has_work = sums[:, : len(Status)].any(axis=1).tolist()
    with_work = sum(has_work[1:])
    deepest = len(teams) if with_work <= TEAMS_IN_FULL else TOP_LEVELS
    found = []
    if own[: len(Status)].any():
        found.append(Unit(None, image.workspace.name, addresses.company(reader.slug), 1, _stand(own)))
    for number, (id, level) in enumerate(teams):
        if id is not None and level <= deepest and has_work[number]:
            team = reader.team(id)
            found.append(Unit(team, team.name, team.url, level, _stand(sums[number])))
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
_COMPARED = np.array([[_compared(confidence, status) for status in Status] for confidence in range(11)])


def _said(day: Day, gauges: Gauges, nodes: np.ndarray, first: int) -> np.ndarray:
    """Compare what owners say with what the numbers say."""
    return _COMPARED[gauges.confidence[nodes - first], day.status[nodes]]


def _moves(reader: Reader, gauges: Gauges, nodes: np.ndarray) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    if not len(nodes):
        return (), ()
    day = reader.day
    moved = day.raw[nodes] - gauges.before[nodes - reader.image.first_key_result]
    moved = np.where(np.isnan(moved), 0, moved)
    order = np.argsort(moved, kind="stable")
    up = [
        node for node, by in zip(nodes[order[::-1]][:LISTED], moved[order[::-1]], strict=False) if by >= SEEN
    ]
    down = [node for node, by in zip(nodes[order][:LISTED], moved[order], strict=False) if by <= -SEEN]
    return (
        tuple(_line(reader, gauges, int(node)) for node in up),
        tuple(_line(reader, gauges, int(node)) for node in down),
    )


def _steepest(day: Day, nodes: np.ndarray) -> Iterator[int]:
    """Yield those first whose numbers are furthest behind."""
    behind = day.raw[nodes] - day.needed[nodes]
    yield from nodes[np.argsort(behind, kind="stable")][:LISTED].tolist()


def _quietest(gauges: Gauges, nodes: np.ndarray, image: Image) -> Iterator[int]:
    at = nodes - image.first_key_result
    late = nodes[gauges.late[at]]
    since = np.nan_to_num(gauges.checked[late - image.first_key_result], nan=-1)
    since = np.where(since < 0, image.starts[late], since)
    yield from late[np.argsort(since, kind="stable")][:LISTED].tolist()


def _line(reader: Reader, gauges: Gauges, node: int) -> Line:
    image, place = reader.image, node - reader.image.first_key_result
    one = image.key_results[image.ids[node]]
    confidence, checked, before = (
        int(gauges.confidence[place]), float(gauges.checked[place]), float(gauges.before[place]),
    )  # fmt: skip
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
