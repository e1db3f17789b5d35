"""What a person's week shows: what is due, what moved, what waits for them, and how theirs stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q

from milepost.core import access, addresses, cadence
from milepost.core.cadence import Window
from milepost.core.ids import encode
from milepost.core.scoring import Kind, score
from milepost.core.states import State
from milepost.ledger.structure import CycleRow, KeyResultRow, ObjectiveRow
from milepost.models import Checkin, Comment
from milepost.queries import shell
from milepost.queries.cards import KeyResultCard, PersonCard, Reader
from milepost.queries.cycles import Ribbon, ribbon
from milepost.queries.registers import Register, register

FIRST_LOOK_BACK = timedelta(days=7)
MENTIONS_BACK = timedelta(days=14)
MOVES_SHOWN = 8
MOVES_READ = 40
# Up to here everybody is told of everything; beyond, only of what is near their own work.
SMALL = 1_000
# How many of the newest comments and notes are searched for a name, wherever they stand.
LATEST = 2_000
MINE_SHOWN = 8
SECONDS_EACH = 10
LATELY = 60  # days that one still counts
ON_TRACK = ("on_track", "achieved")


@dataclass(frozen=True, slots=True)
class Due:
    """A key result to be checked in; `by` says how: a number, yes or no, or on its own page."""

    card: KeyResultCard
    context: str
    by: str
    url: str


@dataclass(frozen=True, slots=True)
class CycleCard:
    """The cycle on a day."""

    name: str
    starts_on: date
    ends_on: date | None
    ribbon: Ribbon
    words: str
    days_left: int | None
    gone: Fraction | None
    grading_opens_on: date | None
    on_track: int
    owned: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A key result that moved: shares before and after, and what was said about it."""

    status: str
    title: str
    url: str
    before: Fraction | None
    after: Fraction | None
    note: str
    by: PersonCard
    on: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the reader."""

    symbol: str
    title: str
    url: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Mine:
    """An objective the reader works on, in short."""

    id: str
    title: str
    url: str
    status: str
    progress: Fraction | float | None
    expected: float
    is_owner: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class Week:
    """A person's week."""

    due: tuple[Due, ...]
    next_due_on: date | None
    cycle: CycleCard | None
    moved: tuple[Moved, ...]
    since: date
    waiting: tuple[Waiting, ...]
    objectives: tuple[Mine, ...]
    owns_key_results: bool
    is_empty: bool

    @property
    def seconds(self) -> int:
        """About how long the sweep will take."""
        return SECONDS_EACH * len(self.due)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the check-ins and follows each: one's objectives, and how they do in a cycle."""

    objectives: tuple[Mine, ...]
    on_track: int
    owned: int


def beside(reader: Reader, cycle: CycleRow | None) -> Beside:
    """Return how the reader's objectives stand; without a statement."""
    with reader.image.lock:
        listed = register(reader.image)
        return Beside(tuple(_mine(reader, listed)), *(_on_track(reader, cycle, listed) if cycle else (0, 0)))


def week(reader: Reader, cycle: CycleRow | None, *, since: datetime | None, at: datetime) -> Week:
    """Return the reader's week; `since` is when they last looked. A handful of statements."""
    image = reader.image
    since = since or at - FIRST_LOOK_BACK
    with image.lock:
        listed = register(image)
        mine = [one for one in listed.key_results.get(reader.actor.person_id, ()) if reader.sees(one.id)]
        due = tuple(_due(reader, one) for one in shell.due_now(reader))
        return Week(
            due=due,
            next_due_on=_next_due_on(reader, mine),
            cycle=_cycle(reader, cycle, listed) if cycle else None,
            moved=tuple(_moved(reader, listed, since)),
            since=reader.local(since).date(),
            waiting=(*_waiting(reader, listed), *_mentions(reader, listed, at)),
            objectives=tuple(_mine(reader, listed)),
            owns_key_results=bool(mine),
            is_empty=not reader.seen[: image.first_key_result].any(),
        )


# -- due ---------------------------------------------------------------------------------------------------


def _due(reader: Reader, one: KeyResultRow) -> Due:
    row = reader.image.objectives[one.objective_id]
    team = reader.team(row.team_id)
    by = {Kind.MILESTONES: "page", Kind.BINARY: "choice"}.get(Kind(one.kind), "number")
    return Due(
        card=reader.key_result(one),
        context=team.name if team else reader.image.workspace.name,
        by=by,
        url=addresses.checkins(reader.slug, one.id),
    )


def _next_due_on(reader: Reader, mine: list[KeyResultRow]) -> date | None:
    days = (reader.due_on(one, reader.image.entries.current(one.id)) for one in mine)
    return min((day for day in days if day is not None and day > reader.today), default=None)


# -- the cycle ---------------------------------------------------------------------------------------------


def _cycle(reader: Reader, row: CycleRow, listed: Register) -> CycleCard:
    window, drawn = Window(row.starts_on, row.ends_on), ribbon(row, reader.today)
    left = None if row.ends_on is None else (row.ends_on - reader.today).days
    on_track, owned = _on_track(reader, row, listed)
    return CycleCard(
        name=row.name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        ribbon=drawn,
        words="over" if left is not None and -left > LATELY else drawn.words,
        days_left=left if left is not None and left >= 0 and drawn.now else None,
        gone=None if row.ends_on is None else cadence.elapsed(window, reader.today),
        grading_opens_on=cadence.key_days(window).grading_opens_on,
        on_track=on_track,
        owned=owned,
    )


def _on_track(reader: Reader, cycle: CycleRow, listed: Register) -> tuple[int, int]:
    words = [reader.day.status_of(each.id).word for each in _owned(reader, cycle, listed)]
    return sum(word in ON_TRACK for word in words), len(words)


def _owned(reader: Reader, cycle: CycleRow, listed: Register) -> list[ObjectiveRow]:
    """List what the reader owns in the cycle and what counts; how many stand well is no score of a person."""
    return [
        row
        for row in listed.owners.get(reader.actor.person_id, ())
        if row.cycle_id == cycle.id and row.counts and row.visibility != access.Visibility.PRIVATE
    ]


# -- what moved --------------------------------------------------------------------------------------------


def _moved(reader: Reader, listed: Register, since: datetime) -> Iterator[Moved]:
    image, looked = reader.image, int(since.timestamp())
    candidates = []
    for nearness, row in _near(reader, listed):
        if row.state not in (State.ACTIVE, State.GRADING):
            continue
        for one in reader.key_results_of(row):
            entry = image.entries.current(one.id) if one.source != "contributors" else None
            if entry is not None and entry.recorded > looked:
                candidates.append((nearness, -entry.recorded, one.id, one, entry))
    nearest = [(one, entry) for *_, one, entry in sorted(candidates)[:MOVES_READ]]
    told = _told(reader, [entry.id for _, entry in nearest])
    shown = 0
    for one, entry in nearest:
        by, note = told.get(entry.id, (None, ""))
        before, after = progress_before(reader, one, looked), image.exact(one.id)
        if (before == after and not note) or (by is not None and by == reader.actor.person_id):
            continue
        yield Moved(
            status=reader.day.status_of(one.id).word,
            title=one.title,
            url=addresses.key_result(reader.slug, one.id),
            before=before,
            after=after,
            note=note,
            by=reader.person(by) or PersonCard(0, "From a file", ""),
            on=reader.day_of(entry.recorded),
        )
        shown += 1
        if shown == MOVES_SHOWN:
            return


def _near(reader: Reader, listed: Register) -> Iterator[tuple[int, ObjectiveRow]]:
    """Yield objectives that the reader sees, each once, with how near it is: 0 is their own."""
    me, image = reader.actor.person_id, reader.image
    seen: set[int] = set()
    mine = [*listed.owners.get(me, ()), *listed.workers.get(me, ())]
    above = (
        image.objectives.get(link.parent_objective_id or _objective_of(reader, link.parent_key_result_id))
        for row in mine
        for link in image.serves.get(row.id, ())
    )
    teams = (row for team in reader.actor.teams for row in listed.teams.get(team, ()))
    everything = image.objectives.values() if len(image.key_results) <= SMALL else ()
    for nearness, rows in enumerate((mine, teams, above, listed.teams.get(None, ()), everything)):
        for row in rows:
            if row is not None and row.id not in seen and reader.sees(row.id):
                seen.add(row.id)
                yield nearness, row


def _objective_of(reader: Reader, key_result_id: int | None) -> int | None:
    one = reader.image.key_results.get(key_result_id)
    return one.objective_id if one else None


def progress_before(reader: Reader, one: KeyResultRow, looked: int) -> Fraction | None:
    """Return the progress at the last look, by what is known today: corrected entries stay corrected."""
    entries = [entry for entry in reader.image.entries.series(one.id) if entry.recorded <= looked]
    return score(one.measure, reader.image.read(one, entries), policy=reader.policy).raw


def _told(reader: Reader, ids: list[int]) -> dict[int, tuple[int | None, str]]:
    if not ids:
        return {}
    rows = Checkin.objects.of(reader.actor.workspace_id).filter(id__in=ids)
    return {id: (by, note) for id, by, note in rows.values_list("id", "by_id", "note")}


# -- what waits --------------------------------------------------------------------------------------------


def _waiting(reader: Reader, listed: Register) -> Iterator[Waiting]:
    for row in listed.owners.get(reader.actor.person_id, ()):
        cycle, url = reader.cycle_of(row), addresses.objective(reader.slug, row.id)
        if row.state in (State.DRAFT, State.IN_REVIEW):
            if any(one.state != "cancelled" for one in reader.image.key_results_of.get(row.id, ())):
                yield Waiting("check", "Activate a draft", url, f"“{row.title}” is ready to be agreed")
            else:
                yield Waiting("pencil", "Finish a draft", url, f"“{row.title}” has no key result yet")
        elif row.state == State.COMMITTED and cycle.starts_on <= reader.today:
            yield Waiting("play", "Start an objective", url, f"“{row.title}”: {cycle.name} has begun")
        elif row.state in (State.ACTIVE, State.GRADING) and cycle.ends_on and cycle.ends_on <= reader.today:
            over = (reader.today - cycle.ends_on).days
            words = cadence.week_words(Window(cycle.starts_on, cycle.ends_on), reader.today)
            ended = "ends today" if not over else words if over <= LATELY else "is over"
            yield Waiting(
                "flag", "Close an objective", f"{url}closing/", f"“{row.title}”: {cycle.name} {ended}"
            )


def _mentions(reader: Reader, listed: Register, at: datetime) -> Iterator[Waiting]:
    """Yield who wrote @you of late and has had no answer from you since, in comments and in notes."""
    me = reader.image.people.get(reader.actor.person_id)
    if me is None:
        return
    first = me.name.split(" ")[0]
    pattern = re.compile(rf"(?<!\w)@(?:{re.escape(me.name)}|{re.escape(first)})(?!\w)", re.IGNORECASE)
    since = at - MENTIONS_BACK
    named = Q(text__icontains=f"@{first}") | Q(by_id=me.id)
    comments = _late(reader, Comment).filter(named, at__gte=since)
    answered: set[int] = set()
    found: dict[int, Waiting] = {}
    for row in comments[:MOVES_READ]:
        if row.by_id == me.id:
            answered.add(row.objective_id)
        elif row.objective_id not in answered and pattern.search(row.text):
            _add_mention(reader, found, row.id, row.key_result_id, row.objective_id, row.by_id, row.text)
    near = Checkin.objects.of(reader.actor.workspace_id).filter(key_result_id__in=_nearby(reader, listed))
    # Apart, and these in no order: else a database reads the whole table to have them sorted.
    for row in (*_naming(near, first, since), *_naming(_late(reader, Checkin), first, since)):
        if row.by_id == me.id:
            continue
        one = reader.image.key_results.get(row.key_result_id)
        if one is not None and one.objective_id not in answered and pattern.search(row.note):
            _add_mention(reader, found, row.id, one.id, one.objective_id, row.by_id, row.note)
    yield from (found[id] for id in sorted(found, reverse=True)[:MINE_SHOWN])


def _late(reader: Reader, model: type[Comment] | type[Checkin]) -> Any:
    """Narrow to the latest rows: a name in a text is no index."""
    rows = model.objects.of(reader.actor.workspace_id).order_by("-id")
    oldest = list(rows.values_list("id", flat=True)[LATEST - 1 : LATEST])
    return rows.filter(id__gte=oldest[0]) if oldest else rows


def _naming(notes: Any, first: str, since: datetime) -> Any:
    return notes.filter(note__icontains=f"@{first}", recorded_at__gte=since)[:MOVES_READ]


def _nearby(reader: Reader, listed: Register) -> list[int]:
    me, actor = reader.actor.person_id, reader.actor
    rows = [*listed.owners.get(me, ()), *listed.workers.get(me, ())]
    rows += [row for team in actor.teams for row in listed.teams.get(team, ())]
    return [one.id for row in rows for one in reader.image.key_results_of.get(row.id, ())][:SMALL]


def _add_mention(
    reader: Reader,
    found: dict[int, Waiting],
    id: int,
    key_result: int | None,
    objective: int,
    by: int | None,
    text: str,
) -> None:
    subject = key_result or objective
    if objective not in reader.image.node or subject not in reader.image.node:
        return
    if not (reader.sees(objective) and reader.sees(subject)):
        return
    address = addresses.key_result if key_result else addresses.objective
    who = reader.person(by)
    short = " ".join(text.split())
    short = short if len(short) <= 120 else f"{short[:119].rstrip()}…"
    title = f"{who.name if who else 'Someone'} mentioned you"
    found[id] = Waiting("comment", title, address(reader.slug, subject), f"“{short}”")


# -- mine --------------------------------------------------------------------------------------------------


def _mine(reader: Reader, listed: Register) -> Iterator[Mine]:
    me = reader.actor.person_id
    rows = [*listed.owners.get(me, ()), *listed.workers.get(me, ())]
    current = (State.ACTIVE, State.COMMITTED, State.GRADING)
    rows = [row for row in rows if row.state in current and reader.sees(row.id)]
    rows.sort(key=lambda row: (row.owner_id != me, reader.cycle_of(row).ends_on or date.max))
    for row in rows[:MINE_SHOWN]:
        yield Mine(
            id=encode(row.id),
            title=row.title,
            url=addresses.objective(reader.slug, row.id),
            status=reader.day.status_of(row.id).word,
            progress=reader.progress(row.id),
            expected=reader.expected(row.id),
            is_owner=row.owner_id == me,
            is_private=row.visibility == access.Visibility.PRIVATE,
        )
