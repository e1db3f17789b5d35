"""The sweep: one due key result after another, each with what one needs to judge it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.core.pace import confidence_status
from milepost.core.scoring import Kind, percent, score
from milepost.core.trends import Course
from milepost.ledger.structure import KeyResultRow
from milepost.queries import courses
from milepost.queries.cards import Reader
from milepost.queries.checkins import Form, Note, Outcome, form, last_notes, outcome
from milepost.queries.shell import due_now

SECONDS_EACH = 10
WEEKS_OF_TROUBLE = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One key result of the sweep. `number` of `total`, from 1."""

    number: int
    total: int
    seconds_left: int
    form: Form
    objective: str
    objective_id: str
    objective_url: str
    team: str | None
    course: Course | None
    notes: tuple[Note, ...]
    trouble: int  # weeks in a row at risk or off track, by the owner's own confidence


def step(reader: Reader, *, done: Collection[int] = (), skipped: Collection[int] = ()) -> Step | None:
    """Return the next due key result that was not skipped; None at the end."""
    waiting = [one for one in due_now(reader) if one.id not in skipped and one.id not in done]
    if not waiting:
        return None
    number = len(done) + len(skipped) + 1
    total = number + len(waiting) - 1
    return _step(reader, waiting[0], number, total, last_notes(reader, waiting[:1]))


def steps(reader: Reader) -> list[Step]:
    """Return the whole sweep, at the cost of one statement."""
    waiting = due_now(reader)
    notes = last_notes(reader, waiting)
    return [_step(reader, one, number, len(waiting), notes) for number, one in enumerate(waiting, 1)]


def _step(
    reader: Reader, one: KeyResultRow, number: int, total: int, notes: Mapping[int, list[Note]]
) -> Step:
    row = reader.image.objectives[one.objective_id]
    team = reader.team(row.team_id)
    return Step(
        number=number,
        total=total,
        seconds_left=(total - number + 1) * SECONDS_EACH,
        form=form(reader, one),
        objective=row.title,
        objective_id=encode(row.id),
        objective_url=addresses.objective(reader.slug, row.id),
        team=team.name if team else None,
        course=courses.of(reader, one),
        notes=tuple(notes[one.id]),
        trouble=_trouble(reader, one),
    )


def moved(reader: Reader, done: Collection[int]) -> list[Outcome]:
    """Return where the key results of a sweep stand now, and stood by the entry before."""
    return [_moved(reader, id) for id in done if id in reader.image.key_results and reader.sees(id)]


def _moved(reader: Reader, id: int) -> Outcome:
    one = reader.image.key_results[id]
    before = None
    series = [] if Kind(one.kind).is_series else reader.image.entries.series(id)
    if len(series) > 1:
        raw = score(one.measure, reader.image.entries.exact(series[-2])).raw
        before = None if raw is None else percent(raw)
    return outcome(reader.actor, reader.today, id, before={id: before})


def _trouble(reader: Reader, one: KeyResultRow) -> int:
    weeks = 0
    for entry in reversed(reader.image.entries.series(one.id)):
        if not entry.confidence or confidence_status(entry.confidence) == "on_track":
            break
        weeks += 1
    return weeks if weeks >= WEEKS_OF_TROUBLE else 0
