"""The life of an objective, a key result and an initiative, as data (method 5.2).

State is a fold of events: `fold` replays a log, `next_state` takes one step. Guards are data too: a rule
names the facts it asks for, and a workspace may leave some out (`without`). A fact is a name and whether it
holds; an action gathers them. A guard whose part of the product is not built yet is left out by the caller,
and the page says what is absent (method 0).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from milepost.core.problems import Conflict, Invalid


class State(StrEnum):
    """Where an objective stands in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PARKED = "parked"
    COMMITTED = "committed"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    DEFERRED = "deferred"
    GRADING = "grading"
    GRADED = "graded"
    CLOSED = "closed"

    @property
    def counts(self) -> bool:
        """Say whether it counts towards its parents: not before it is agreed, not once it is dropped."""
        return self in {State.COMMITTED, State.ACTIVE, State.GRADING, State.GRADED, State.CLOSED}

    @property
    def is_open(self) -> bool:
        """Say whether work on it goes on or is still to come."""
        return self in {State.DRAFT, State.IN_REVIEW, State.COMMITTED, State.ACTIVE}

    @property
    def takes_checkins(self) -> bool:
        """Say whether its key results can be checked in."""
        return self in {State.ACTIVE, State.GRADING}

    @property
    def is_on_record(self) -> bool:
        """Say whether its grades are stored: what they rest on does not change any more."""
        return self in {State.GRADED, State.CLOSED}


class Event(StrEnum):
    """What can happen to an objective."""

    CREATE = "create"
    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    COMMIT = "commit"
    PARK = "park"
    START = "start"
    CHECK_IN = "check_in"
    AMEND = "amend"
    MID_REVIEW = "mid_review"
    CANCEL = "cancel"
    DEFER = "defer"
    END = "end"
    GRADE = "grade"
    REFLECT = "reflect"
    CARRY_OVER = "carry_over"
    REOPEN = "reopen"
    REDRAFT = "redraft"
    UNDO = "undo"


class Who(StrEnum):
    """Who makes it happen; `core.access` decides whether an actor is one of them."""

    ANYONE = "anyone in the unit"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    OWNER = "owner"
    SPONSOR = "sponsor"
    KEY_RESULT_OWNER = "key result owner"
    TEAM = "team"
    ADMIN = "admin"
    SYSTEM = "the cycle"


class Guard(StrEnum):
    """A fact that must hold; the value names it in `facts`."""

    TITLE = "has_title"
    KEY_RESULT = "has_key_result"
    NO_ERRORS = "has_no_error_findings"
    COMMENT = "has_comment"
    REASON = "has_reason"
    OWNER = "has_owner"
    COMMITMENT = "has_commitment"
    PARENT_OR_REASON = "has_parent_or_reason"
    SCOREABLE = "key_results_are_scoreable"
    KEY_RESULT_OWNERS = "key_results_have_owners"
    SOURCES = "key_results_have_sources"
    MEANS = "has_plan_schedule_budget_and_resources"
    PREMORTEM = "has_premortem_or_waiver"
    TWO_KEYS = "has_two_keys"
    BEGUN = "cycle_has_begun"
    VALUE = "has_value_or_says_no_data"
    CONFIDENCE = "has_confidence"
    SPONSOR_AFTER_HALF = "has_sponsor_after_half_of_the_cycle"
    DECISION = "has_decision"
    ENDED_OR_ASKED = "cycle_has_ended_or_owner_asks"
    FINAL_VALUES = "has_final_values_or_no_data"
    LEARNING = "has_learning"
    CAUSES = "has_causes_for_what_fell_short"
    WITHIN_14_DAYS = "is_within_14_days_of_closing"


_WORDS: Mapping[Guard, str] = MappingProxyType(
    {
        Guard.TITLE: "give it a title",
        Guard.KEY_RESULT: "add at least one key result",
        Guard.NO_ERRORS: "clear the findings marked as errors",
        Guard.COMMENT: "say in a comment what should change",
        Guard.REASON: "give a reason",
        Guard.OWNER: "name an owner",
        Guard.COMMITMENT: "say whether it is committed, aspirational or learning",
        Guard.PARENT_OR_REASON: "align it to something, or say why it stands alone",
        Guard.SCOREABLE: "give every key result what its measure needs",
        Guard.KEY_RESULT_OWNERS: "name an owner for every key result",
        Guard.SOURCES: "say where each key result’s number comes from, or who reports it",
        Guard.MEANS: "fill in plan, schedule, budget and resources",
        Guard.PREMORTEM: "fill in the premortem, or waive it",
        Guard.TWO_KEYS: "have both owner and sponsor agree",
        Guard.BEGUN: "wait for the cycle to begin",
        Guard.VALUE: "give a value, or say that there is no data",
        Guard.CONFIDENCE: "give a confidence from 1 to 10",
        Guard.SPONSOR_AFTER_HALF: "have the sponsor agree: more than half of the cycle is over",
        Guard.DECISION: "record the decision",
        Guard.ENDED_OR_ASKED: "wait for the cycle to end, or have the owner ask for it",
        Guard.FINAL_VALUES: "give each key result a final value, or say that there is no data",
        Guard.LEARNING: "write down what was learned",
        Guard.CAUSES: "give a cause for each key result that fell short",
        Guard.WITHIN_14_DAYS: "do this within 14 days of closing",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: from `states`, on `event`, if the guards hold, to one of `to`; done by `who`.

    The first of `to` is taken unless the caller chooses another. `apart` rows make a new objective and leave
    this one where it is.
    """

    states: tuple[State | None, ...]
    event: Event
    guards: tuple[Guard, ...]
    to: tuple[State, ...]
    who: tuple[Who, ...]
    apart: bool = False


TABLE: tuple[Rule, ...] = (
    Rule((None,), Event.CREATE, (Guard.TITLE,), (State.DRAFT,), (Who.ANYONE,)),
    Rule(
        (State.DRAFT,), Event.SUBMIT, (Guard.KEY_RESULT, Guard.NO_ERRORS), (State.IN_REVIEW,), (Who.AUTHOR,)
    ),
    Rule((State.IN_REVIEW,), Event.REQUEST_CHANGES, (Guard.COMMENT,), (State.DRAFT,), (Who.REVIEWER,)),
    Rule(
        (State.IN_REVIEW,),
        Event.COMMIT,
        (
            Guard.OWNER,
            Guard.COMMITMENT,
            Guard.PARENT_OR_REASON,
            Guard.SCOREABLE,
            Guard.KEY_RESULT_OWNERS,
            Guard.SOURCES,
            Guard.MEANS,
            Guard.PREMORTEM,
            Guard.TWO_KEYS,
        ),
        (State.COMMITTED,),
        (Who.OWNER, Who.SPONSOR),
    ),
    Rule((State.DRAFT, State.IN_REVIEW), Event.PARK, (Guard.REASON,), (State.PARKED,), (Who.OWNER,)),
    Rule((State.COMMITTED,), Event.START, (Guard.BEGUN,), (State.ACTIVE,), (Who.SYSTEM,)),
    Rule(
        (State.ACTIVE,),
        Event.CHECK_IN,
        (Guard.VALUE, Guard.CONFIDENCE),
        (State.ACTIVE,),
        (Who.KEY_RESULT_OWNER,),
    ),
    Rule(
        (State.ACTIVE,), Event.AMEND, (Guard.REASON, Guard.SPONSOR_AFTER_HALF), (State.ACTIVE,), (Who.OWNER,)
    ),
    Rule((State.ACTIVE,), Event.MID_REVIEW, (Guard.DECISION,), (State.ACTIVE, State.CANCELLED), (Who.TEAM,)),
    Rule(
        (State.ACTIVE,),
        Event.CANCEL,
        (Guard.REASON, Guard.TWO_KEYS),
        (State.CANCELLED,),
        (Who.OWNER, Who.SPONSOR),
    ),
    Rule(
        (State.ACTIVE,),
        Event.DEFER,
        (Guard.REASON, Guard.TWO_KEYS),
        (State.DEFERRED,),
        (Who.OWNER, Who.SPONSOR),
    ),
    Rule((State.ACTIVE,), Event.END, (Guard.ENDED_OR_ASKED,), (State.GRADING,), (Who.SYSTEM, Who.OWNER)),
    Rule(
        (State.GRADING,),
        Event.GRADE,
        (Guard.FINAL_VALUES,),
        (State.GRADED,),
        (Who.KEY_RESULT_OWNER, Who.TEAM),
    ),
    Rule(
        (State.GRADED,),
        Event.REFLECT,
        (Guard.LEARNING, Guard.CAUSES, Guard.DECISION),
        (State.CLOSED,),
        (Who.TEAM,),
    ),
    Rule(
        (State.CLOSED,),
        Event.CARRY_OVER,
        (Guard.DECISION, Guard.REASON),
        (State.DRAFT,),
        (Who.OWNER,),
        apart=True,
    ),
    Rule((State.CLOSED,), Event.REOPEN, (Guard.REASON, Guard.WITHIN_14_DAYS), (State.GRADING,), (Who.ADMIN,)),
    Rule(
        (State.PARKED, State.CANCELLED, State.DEFERRED),
        Event.REDRAFT,
        (Guard.REASON,),
        (State.DRAFT,),
        (Who.OWNER,),
    ),
)

TAKEN_BACK: tuple[Rule, ...] = (
    Rule((State.COMMITTED, State.ACTIVE), Event.UNDO, (), (State.DRAFT, State.IN_REVIEW), (Who.OWNER,)),
    Rule((State.PARKED,), Event.UNDO, (), (State.DRAFT, State.IN_REVIEW), (Who.OWNER,)),
    Rule((State.CANCELLED, State.DEFERRED), Event.UNDO, (), (State.ACTIVE,), (Who.OWNER,)),
    Rule((State.DRAFT,), Event.UNDO, (), (State.PARKED, State.CANCELLED, State.DEFERRED), (Who.OWNER,)),
    Rule((State.CLOSED,), Event.UNDO, (Guard.WITHIN_14_DAYS,), (State.ACTIVE, State.GRADING), (Who.OWNER,)),
)
"""Where a step that is undone leads back to; the caller says which it came from. Beside the method's table,
because it is no step of an objective's life: whoever made a slip takes it back, and the log keeps both."""

PLAIN_ACTIVATION: tuple[Event, ...] = (Event.SUBMIT, Event.COMMIT, Event.START)
"""From a draft to an active objective in one go, where a workspace does without review."""

PLAIN_CLOSE: tuple[Event, ...] = (Event.END, Event.GRADE, Event.REFLECT)
"""From an active objective to a closed one in one go, with its final values."""

ASKED_ALWAYS: frozenset[Guard] = frozenset({Guard.TITLE, Guard.BEGUN, Guard.VALUE, Guard.WITHIN_14_DAYS})
"""What no workspace can leave out."""


class IllegalTransition(Conflict):
    """The objective cannot do that from where it stands."""

    code = "illegal_transition"


class GuardNotMet(Invalid):
    """Something has to be in place first; `details` say what."""

    code = "guard_not_met"


DONE: Mapping[Event, str] = MappingProxyType(
    {
        Event.CREATE: "drafted",
        Event.SUBMIT: "put up for review",
        Event.REQUEST_CHANGES: "sent back for changes",
        Event.COMMIT: "agreed",
        Event.PARK: "parked",
        Event.START: "started",
        Event.CHECK_IN: "checked in",
        Event.AMEND: "changed",
        Event.MID_REVIEW: "reviewed halfway",
        Event.CANCEL: "cancelled",
        Event.DEFER: "deferred",
        Event.END: "ended",
        Event.GRADE: "graded",
        Event.REFLECT: "closed",
        Event.CARRY_OVER: "carried over",
        Event.REOPEN: "reopened",
        Event.REDRAFT: "taken back to draft",
        Event.UNDO: "taken a step back",
    }
)
"""What happens to an objective, as people say that it was done."""


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def rule_for(state: State | None, event: Event) -> Rule:
    """Find the row for an event in a state; raises IllegalTransition naming the legal ones."""
    for rule in TAKEN_BACK if event is Event.UNDO else TABLE:
        if rule.event is event and state in rule.states:
            return rule
    legal = legal_events(state)
    raise IllegalTransition(
        f"{_a(state)} objective cannot be {DONE[event]}.",
        remedy=f"It can be {_listed([DONE[each] for each in legal])}." if legal else None,
    )


def legal_events(state: State | None) -> tuple[Event, ...]:
    """List what can happen in a state, in the order of the table."""
    return tuple(rule.event for rule in TABLE if state in rule.states)


def unmet(
    state: State | None, event: Event, facts: Mapping[str, bool], *, without: Iterable[Guard] = ()
) -> tuple[Guard, ...]:
    """List the guards that do not hold, leaving out those the workspace does without."""
    relaxed = frozenset(without) - ASKED_ALWAYS
    return tuple(
        g for g in rule_for(state, event).guards if g not in relaxed and not facts.get(g.value, False)
    )


def next_state(
    state: State | None,
    event: Event,
    facts: Mapping[str, bool] | None = None,
    *,
    to: State | None = None,
    without: Iterable[Guard] = (),
) -> State:
    """Take one step; `to` chooses where a row offers two, `without` names guards the workspace does without.

    For `carry_over` the answer is the state of the new objective; the old one stays closed.
    Raises IllegalTransition or GuardNotMet.
    """
    rule = rule_for(state, event)
    if event is Event.UNDO and to is None:
        raise IllegalTransition("An undo says which state it leads back to.", remedy="Name it.")
    missing = unmet(state, event, facts or {}, without=without)
    if missing:
        words = tuple(_WORDS[guard] for guard in missing)
        raise GuardNotMet(
            f"“{event.value.replace('_', ' ').capitalize()}” has to wait.",
            remedy=f"First: {'; '.join(words)}.",
            details=tuple(f"{word[0].upper()}{word[1:]}." for word in words),
            field=missing[0].value,
        )
    if to is not None and to not in rule.to:
        raise IllegalTransition(
            f"“{event.value.replace('_', ' ')}” does not lead to “{to.value}”.",
            remedy=f"It leads to: {', '.join(rule.to)}.",
        )
    return to or rule.to[0]


def require_closable(state: State) -> None:
    """Raise IllegalTransition where an objective cannot be closed; it says what can be done instead."""
    if state not in (State.GRADING, State.GRADED):
        next_state(state, Event.END, {Guard.ENDED_OR_ASKED.value: True})


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a log: what happened and, for the record, where it led."""

    event: Event
    to: State


def fold(steps: Iterable[Step], state: State | None = None) -> State | None:
    """Replay a log from the beginning; guards were asked then and are not asked again.

    Raises IllegalTransition at the first step that the table does not know.
    """
    for step in steps:
        rule = rule_for(state, step.event)
        if step.to not in rule.to:
            raise IllegalTransition(
                f"“{step.event.value}” does not lead to “{step.to.value}”.",
                remedy=f"It leads to: {', '.join(rule.to)}.",
            )
        state = state if rule.apart else step.to
    return state


def path(state: State | None, events: Iterable[Event]) -> tuple[Step, ...]:
    """Lay out events in sequence, such as PLAIN_CLOSE, each with where it leads; raises IllegalTransition."""
    steps = []
    for event in events:
        rule = rule_for(state, event)
        steps.append(Step(event, rule.to[0]))
        state = state if rule.apart else rule.to[0]
    return tuple(steps)


def both_keys(owner: Hashable, sponsor: Hashable | None, signed: Iterable[Hashable]) -> bool:
    """Say whether owner and sponsor have both agreed; two keys held by one person are one signature."""
    return ({owner, sponsor} - {None}) <= set(signed)


def _a(state: State | None) -> str:
    if state is None:
        return "A new"
    name = state.value.replace("_", " ")
    return f"{'An' if name[0] in 'aeiou' else 'A'} {name}"


# --- key results and initiatives ----------------------------------------------------------------------------


class KeyResultState(StrEnum):
    """Where a key result stands; `achieved` is shown and stays, but it is still measured."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ACHIEVED = "achieved"
    CANCELLED = "cancelled"
    GRADED = "graded"

    @property
    def counts(self) -> bool:
        """Say whether it counts in its objective's roll-up."""
        return self is not KeyResultState.CANCELLED

    @property
    def takes_checkins(self) -> bool:
        """Say whether it can be checked in."""
        return self in {KeyResultState.ACTIVE, KeyResultState.ACHIEVED}


class InitiativeState(StrEnum):
    """Where an initiative stands."""

    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


S = TypeVar("S", bound=StrEnum)

_K = KeyResultState
KEY_RESULT_MOVES: Mapping[KeyResultState, tuple[KeyResultState, ...]] = MappingProxyType(
    {
        _K.DRAFT: (_K.ACTIVE, _K.CANCELLED),
        _K.ACTIVE: (_K.PAUSED, _K.ACHIEVED, _K.CANCELLED, _K.GRADED, _K.DRAFT),
        _K.PAUSED: (_K.ACTIVE, _K.CANCELLED, _K.GRADED),
        _K.ACHIEVED: (_K.ACTIVE, _K.CANCELLED, _K.GRADED),
        _K.CANCELLED: (_K.ACTIVE, _K.DRAFT),
        _K.GRADED: (_K.ACTIVE, _K.ACHIEVED),
    }
)

_I = InitiativeState
INITIATIVE_MOVES: Mapping[InitiativeState, tuple[InitiativeState, ...]] = MappingProxyType(
    {
        _I.PLANNED: (_I.DOING, _I.DONE, _I.DROPPED),
        _I.DOING: (_I.PLANNED, _I.DONE, _I.DROPPED),
        _I.DONE: (_I.DOING, _I.PLANNED),
        _I.DROPPED: (_I.PLANNED, _I.DOING),
    }
)


def move_key_result(state: KeyResultState, to: KeyResultState) -> KeyResultState:
    """Move a key result to another state; raises IllegalTransition naming where it can go."""
    return _moved("key result", state, to, KEY_RESULT_MOVES[state])


def move_initiative(state: InitiativeState, to: InitiativeState) -> InitiativeState:
    """Move an initiative to another state; raises IllegalTransition naming where it can go."""
    return _moved("initiative", state, to, INITIATIVE_MOVES[state])


def _moved(noun: str, state: S, to: S, allowed: tuple[S, ...]) -> S:
    if to != state and to not in allowed:
        raise IllegalTransition(
            f"This {noun} is {state.value} and cannot become {to.value}.",
            remedy=f"It can become: {', '.join(allowed)}.",
        )
    return to
