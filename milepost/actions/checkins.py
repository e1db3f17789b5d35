"""What may happen to a check-in: it is recorded, corrected, withdrawn. Nothing is ever overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import IntegrityError, transaction

from milepost.actions import events, submissions, wording
from milepost.actions.objectives import start_if_begun
from milepost.core import access, numbers
from milepost.core.access import Actor, Standing
from milepost.core.cadence import day_in
from milepost.core.problems import Conflict, Invalid, NotFound
from milepost.core.scoring import Kind, is_far_out
from milepost.core.states import KeyResultState, State
from milepost.ledger import recording, structure, tallies
from milepost.ledger.changes import Logged
from milepost.ledger.recording import Entry, Facts
from milepost.ledger.stillness import Mark
from milepost.models import Checkin, Objective
from milepost.queries import standings

NOTE_LENGTH = 20_000
CONFIDENCE = range(1, 11)

PUT_BACK = timedelta(days=1)
"""So far a server's clock may be put back, and what is said now still comes after what was said before.

Farther ahead an entry is a mistake, of a clock that was wrong by years perhaps, and nothing is to follow it.
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a check-in: `warning` says what is unusual, `again` that it was there already."""

    id: int
    key_result_id: int
    objective_id: int
    warning: str | None = None
    again: bool = False
    still: Mark | None = None  # the mark as of which this process then knows everything, where it does


class TakesNoCheckins(Conflict):
    """The key result is not open for check-ins."""

    code = "takes_no_checkins"


class NoValue(Invalid):
    """“No data” changes what counts, so it has to be said, not left out."""

    code = "no_value"

    def __init__(self, remedy: str) -> None:
        super().__init__("There is no value yet.", field="value", remedy=remedy)


def record(
    *,
    key_result: int,
    value: Decimal | None,
    parts: Sequence[Decimal] | None = None,
    confidence: int | None = None,
    note: str = "",
    effective_at: datetime | None = None,
    submission: str | None = None,
    request: str | None = None,
    by: Actor,
    at: datetime,
) -> Recorded:
    """Record what is true of a key result, now or (`effective_at`) then.

    `value` None says "no data"; milestones take `parts`, the done fraction of each. The same `submission`
    from the same person counts once. Raises NotFound, NotAllowed, Invalid, TakesNoCheckins, SubmissionReused.
    """
    entry = Entry(value, parts, confidence, wording.printable(note, field="note"), effective_at or at)
    return _append(key_result, _Sent(entry, "checkin.recorded", submission, request), by=by, at=at)


def correct(
    *,
    checkin: int,
    value: Decimal | None,
    parts: Sequence[Decimal] | None = None,
    confidence: int | None = None,
    note: str = "",
    effective_at: datetime | None = None,
    submission: str | None = None,
    request: str | None = None,
    by: Actor,
    at: datetime,
) -> Recorded:
    """Correct an entry by a new one that names it; both stay, the new one counts."""
    note = wording.printable(note, field="note")

    def made(old: Checkin) -> _Sent:
        entry = Entry(value, parts, confidence, note, effective_at or old.effective_at)
        return _Sent(entry, "checkin.corrected", submission, request, corrects=old)

    return _replaced(checkin, made, submission, request, by=by, at=at)


def withdraw(
    *,
    checkin: int,
    note: str = "",
    submission: str | None = None,
    request: str | None = None,
    by: Actor,
    at: datetime,
) -> Recorded:
    """Take an entry back, as if it had not been made; the record keeps both."""
    note = wording.printable(note, field="note")

    def made(old: Checkin) -> _Sent:
        entry = Entry(None, None, None, note, old.effective_at)
        return _Sent(entry, "checkin.withdrawn", submission, request, corrects=old, is_withdrawn=True)

    return _replaced(checkin, made, submission, request, by=by, at=at)


@dataclass(frozen=True, slots=True)
class _Sent:
    """An entry on its way: what it is told as, and by which mark it counts once."""

    entry: Entry
    event: str
    submission: str | None
    request: str | None
    corrects: Checkin | None = None
    is_withdrawn: bool = False


def _replaced(
    checkin: int,
    made: Callable[[Checkin], _Sent],
    submission: str | None,
    request: str | None,
    *,
    by: Actor,
    at: datetime,
) -> Recorded:
    """Put a new entry in the place of one that stands. Its key result is held: only one takes the place."""
    with transaction.atomic():
        old = Checkin.objects.of(by.workspace_id).filter(id=checkin).first()
        if old is None:
            raise NotFound
        _, row, _ = standings.key_result(by, old.key_result_id, lock=True)
        if (earlier := _earlier(old, row, submission, request, by=by, at=at)) is not None:
            return earlier
        _require_standing(old)
        return _append(old.key_result_id, made(old), by=by, at=at)


def _append(key_result: int, sent: _Sent, *, by: Actor, at: datetime) -> Recorded:
    look = partial(
        recording.facts, by.workspace_id, key_result, person_id=by.person_id, submission=sent.submission
    )
    try:
        done = _taken_alone(look, sent, by=by, at=at)
        if done is None:
            with transaction.atomic():
                done = _taken(look(), sent, by=by, at=at)
    except IntegrityError:
        # The same submission came twice at once: the other one won, and its entry is the answer.
        found = look()
        if found is None:
            raise NotFound from None  # the key result was taken away at this moment
        if found.submitted is None:
            raise
        return _again(by, found, sent)
    made, logged = done
    if logged is None:
        return made
    tallies.checkins.add()
    return replace(made, still=recording.taken_in(logged, by.workspace_id))


def _taken_alone(
    look: Callable[[], Facts | None], sent: _Sent, *, by: Actor, at: datetime
) -> tuple[Recorded, Logged | None] | None:
    """Take an entry without a transaction around it; None where one is needed."""
    if not recording.is_one_statement():
        return None
    facts = look()
    if facts is not None and facts.objective_state == State.COMMITTED:
        return None  # its objective may begin with it
    return _taken(facts, sent, by=by, at=at)


def _taken(facts: Facts | None, sent: _Sent, *, by: Actor, at: datetime) -> tuple[Recorded, Logged | None]:
    """Ask, check and write; what was logged is None where it had been recorded before."""
    if facts is None:
        raise NotFound
    _ask(by, facts)
    if facts.submitted is not None:
        return _again(by, facts, sent), None
    _require_open(facts, by=by, at=at)
    entry, corrects = sent.entry, sent.corrects
    if not sent.is_withdrawn:
        _check(facts, entry)
        if corrects is None or entry.effective_at != corrects.effective_at:
            entry = replace(entry, effective_at=_dated(facts, entry.effective_at, at))
    on, today = _day_of(facts, entry, by=by, at=at), day_in(facts.time_zone, at)
    made = recording.write(
        facts,
        entry,
        corrects=corrects.id if corrects else None,
        is_withdrawn=sent.is_withdrawn,
        submission=sent.submission,
        request=sent.request,
        event=sent.event,
        data=_in_short(facts, entry, corrects, on if on < today else None),
        by=by,
        at=at,
    )
    events.note(event=made.event_id, kind=sent.event, by=by, at=at)
    told = Recorded(made.id, facts.key_result_id, facts.objective_id, _warning(facts, entry, on))
    return told, made.logged


def _again(by: Actor, facts: Facts, sent: _Sent) -> Recorded:
    """Answer with what the same submission recorded before, if it was this that it recorded."""
    same = Checkin.objects.of(by.workspace_id).filter(
        id=facts.submitted, key_result_id=facts.key_result_id, corrects=sent.corrects
    )
    is_other = sent.request is not None and facts.requested != sent.request
    if facts.submitted is None or is_other or not same.exists():
        raise submissions.reused()
    return Recorded(facts.submitted, facts.key_result_id, facts.objective_id, again=True)


def _ask(by: Actor, facts: Facts) -> None:
    """May this actor see it, and check it in? The usual case is decided without another look."""
    open_to_all = facts.visibility is None and facts.objective_visibility == "workspace"
    standing = Standing(
        owner=facts.objective_owner_id,
        sponsor=facts.sponsor_id,
        contributors=json.loads(facts.contributors),
        team=facts.team_id,
        key_result_owner=facts.owner_id,
    )
    if open_to_all and by.within is None and access.may_check_in(by, standing):
        return
    _, _, standing = standings.key_result(by, facts.key_result_id)
    access.require(access.may_check_in(by, standing), "check in this key result")


def _require_open(facts: Facts, *, by: Actor, at: datetime) -> None:
    if facts.objective_state == State.COMMITTED:
        row, _ = (
            standings.objective(access.operator(by.workspace_id, door=by.door), facts.objective_id, lock=True)
            if facts.objective_visibility != "private"
            else standings.objective(by, facts.objective_id, lock=True)
        )
        start_if_begun(objective=row, by=by, at=at)
        state = row.state
    else:
        state = facts.objective_state
    if not State(state).takes_checkins:
        raise TakesNoCheckins(
            f"Its objective is {state.replace('_', ' ')}, so it takes no check-ins.",
            remedy="Activate the objective first."
            if state in ("draft", "in_review")
            else "Take the objective up again first, on its page, if there is more to say.",
        )
    if not KeyResultState(facts.state).takes_checkins:
        raise TakesNoCheckins(
            f"This key result is {facts.state}, so it takes no check-ins.",
            remedy="Take it up again first, on its page.",
        )


def _dated(facts: Facts, effective_at: datetime, at: datetime) -> datetime:
    """Return what an entry is for: never beyond now, for an evening knows all of its day."""
    if effective_at > at + timedelta(minutes=5):
        raise Invalid(
            "A check-in cannot be dated in the future.", field="effective_at", remedy="Use today or earlier."
        )
    if effective_at >= at and facts.latest is not None and at < facts.latest <= at + PUT_BACK:
        return facts.latest + timedelta(microseconds=1)
    return min(effective_at, at)


def _check(facts: Facts, entry: Entry) -> None:
    if entry.effective_at.year < 1970:
        raise Invalid("That date is too long ago.", field="effective_at", remedy="Use a date from 1970 on.")
    if entry.confidence is not None and entry.confidence not in CONFIDENCE:
        raise Invalid("Confidence is a number from 1 to 10.", field="confidence", remedy="5 is even odds.")
    if len(entry.note) > NOTE_LENGTH:
        raise Invalid(f"A note holds {NOTE_LENGTH:,} characters.", field="note", remedy="Shorten it.")
    if facts.kind == Kind.MILESTONES:
        _check_milestones(len(json.loads(facts.milestones)), entry)
    elif entry.parts is not None:
        raise Invalid("Only milestones come in parts.", field="parts", remedy="Give one value instead.")
    if entry.value is not None:
        _check_value(facts, entry.value)


def _check_milestones(count: int, entry: Entry) -> None:
    if entry.value is not None or (entry.parts is not None and len(entry.parts) != count):
        raise Invalid(
            f"This key result has {count} milestones; say how much of each is done.",
            field="parts",
            code="milestone_count",
            remedy=f"Give {count} shares, in the order of the milestones.",
        )
    if entry.parts is not None and any(not 0 <= part <= 1 for part in entry.parts):
        raise Invalid("A milestone is done from 0 to 1.", field="parts", remedy="0.5 is half done.")


def _check_value(facts: Facts, value: Decimal) -> None:
    if not value.is_finite() or abs(value) >= numbers.LARGEST or -value.as_tuple().exponent > numbers.PLACES:
        raise Invalid(
            f"{value} is not a number that can be kept.",
            field="value",
            code="not_a_number",
            remedy=f"Use digits, at most {numbers.PLACES} after the point.",
        )
    if facts.kind == Kind.BINARY and value not in (0, 1):
        raise Invalid(
            "This one is either done or not.",
            field="value",
            code="binary_not_boolean",
            remedy="Use milestones for partial work.",
        )


def _day_of(facts: Facts, entry: Entry, *, by: Actor, at: datetime) -> date:
    """Return the day that an entry is of; one of now needs no look at the time zones of before."""
    if entry.effective_at == at:
        return day_in(facts.time_zone, at)
    return structure.workspace(by.workspace_id).calendar.local(entry.effective_at).date()


def _in_short(facts: Facts, entry: Entry, corrects: Checkin | None, on: date | None) -> dict:
    """Return what the event keeps of an entry; `on` is its day, where that is an earlier one."""
    data = {"title": facts.title, "value": None if entry.value is None else format(entry.value, "f")}
    if entry.confidence is not None:
        data["confidence"] = entry.confidence
    if entry.note:
        data["note"] = entry.note[:280]
    if corrects is not None:
        data["corrects"] = corrects.id
    if on is not None:
        data["on"] = on.isoformat()
    return data


def _warning(facts: Facts, entry: Entry, on: date) -> str | None:
    said = []
    if on < facts.starts_on or (facts.ends_on is not None and on > facts.ends_on):
        said.append("Its date lies outside the key result's window.")
    if is_far_out(Kind(facts.kind), entry.value, facts.first, facts.last):
        way = "outside the way from start to target" if facts.first is not None else "from what it keeps to"
        if facts.kind == Kind.RANGE:
            way = "outside the range that it keeps to"
        said.append(f"Its value lies far {way}.")
    return " ".join(("Recorded.", *said)) if said else None


def _require_standing(old: Checkin) -> None:
    if old.corrections().exists():
        raise Conflict(
            "This entry was corrected already.", code="corrected_already", remedy="Correct the newer one."
        )
    if old.is_withdrawn:
        raise Conflict("This entry only takes another back.", code="withdrawn", remedy="Record a new one.")


def _earlier(
    old: Checkin, row: Objective, submission: str | None, request: str | None, *, by: Actor, at: datetime
) -> Recorded | None:
    if submission is None:
        return None
    done = submissions.found(submission=submission, request=request, by=by, at=at)
    if done is None:
        return None
    if not Checkin.objects.of(by.workspace_id).filter(id=done.id, corrects=old).exists():
        raise submissions.reused()
    return Recorded(done.id, old.key_result_id, row.id, again=True)
