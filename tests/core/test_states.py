"""The life of an objective, of a key result and of an initiative (method 5.2 and 0)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import states
from milepost.core.states import (
    Event,
    Guard,
    GuardNotMet,
    IllegalTransition,
    InitiativeState,
    KeyResultState,
    State,
    Step,
)

ALL = {guard.value: True for guard in Guard}

ROWS = [
    (None, "create", "draft"),
    ("draft", "submit", "in_review"),
    ("in_review", "request_changes", "draft"),
    ("in_review", "commit", "committed"),
    ("draft", "park", "parked"),
    ("in_review", "park", "parked"),
    ("committed", "start", "active"),
    ("active", "check_in", "active"),
    ("active", "amend", "active"),
    ("active", "mid_review", "active"),
    ("active", "cancel", "cancelled"),
    ("active", "defer", "deferred"),
    ("active", "end", "grading"),
    ("grading", "grade", "graded"),
    ("graded", "reflect", "closed"),
    ("closed", "carry_over", "draft"),
    ("closed", "reopen", "grading"),
    ("parked", "redraft", "draft"),
    ("cancelled", "redraft", "draft"),
    ("deferred", "redraft", "draft"),
]

GUARDS = {
    ("create",): "has_title",
    ("submit",): "has_key_result has_no_error_findings",
    ("request_changes",): "has_comment",
    (
        "commit",
    ): "has_owner has_commitment has_parent_or_reason key_results_are_scoreable key_results_have_owners"
    " key_results_have_sources has_plan_schedule_budget_and_resources has_premortem_or_waiver has_two_keys",
    ("park", "redraft"): "has_reason",
    ("start",): "cycle_has_begun",
    ("check_in",): "has_value_or_says_no_data has_confidence",
    ("amend",): "has_reason has_sponsor_after_half_of_the_cycle",
    ("mid_review",): "has_decision",
    ("cancel", "defer"): "has_reason has_two_keys",
    ("end",): "cycle_has_ended_or_owner_asks",
    ("grade",): "has_final_values_or_no_data",
    ("reflect",): "has_learning has_causes_for_what_fell_short has_decision",
    ("carry_over",): "has_decision has_reason",
    ("reopen",): "has_reason is_within_14_days_of_closing",
}


def state(word: str | None) -> State | None:
    return None if word is None else State(word)


class TestTable:
    @pytest.mark.parametrize(("start", "event", "end"), ROWS)
    def test_each_row_leads_where_the_method_says(self, start, event, end):
        """Every row of the table leads from its state by its event to its state."""
        assert states.next_state(state(start), Event(event), ALL) is State(end)

    def test_has_no_other_rows(self):
        """Whatever is not in the table is refused."""
        known = {(start, event) for start, event, _ in ROWS}
        for start in (None, *State):
            for event in Event:
                if (start and start.value, event.value) not in known:
                    with pytest.raises(IllegalTransition):
                        states.next_state(start, event, ALL)

    def test_a_mid_review_may_stop(self):
        """A mid-cycle review keeps the objective active, or cancels it."""
        found = states.next_state(State.ACTIVE, Event.MID_REVIEW, ALL, to=State.CANCELLED)

        assert found is State.CANCELLED

    def test_refuses_another_ending(self):
        """An event leads only where its row says."""
        with pytest.raises(IllegalTransition, match="It leads to: cancelled"):
            states.next_state(State.ACTIVE, Event.CANCEL, ALL, to=State.DRAFT)

    def test_a_refusal_names_what_is_legal(self):
        """An illegal transition says what can be done instead."""
        with pytest.raises(IllegalTransition) as caught:
            states.next_state(State.CLOSED, Event.CHECK_IN, ALL)

        assert caught.value.code == "illegal_transition"
        assert (
            str(caught.value)
            == "A closed objective cannot be checked in. It can be carried over or reopened."
        )

    def test_says_who(self):
        """A row names who makes it happen."""
        who = {rule.event.value: {w.value for w in rule.who} for rule in states.TABLE}

        assert who["commit"] == {"owner", "sponsor"}
        assert (who["reopen"], who["start"]) == ({"admin"}, {"the cycle"})


class TestGuards:
    @pytest.mark.parametrize(("events", "wanted"), list(GUARDS.items()))
    def test_each_event_asks_for_its_facts(self, events, wanted):
        """Each row asks exactly for the facts of the method."""
        for event in events:
            rule = next(rule for rule in states.TABLE if rule.event == event)
            assert [guard.value for guard in rule.guards] == wanted.split()

    @pytest.mark.parametrize("guard", list(Guard))
    def test_each_guard_holds_back_its_events(self, guard):
        """Without its fact an event waits, and the refusal says what to do."""
        rules = [rule for rule in states.TABLE if guard in rule.guards]
        assert rules

        for rule in rules:
            with pytest.raises(GuardNotMet) as caught:
                states.next_state(rule.states[0], rule.event, ALL | {guard.value: False})
            assert (caught.value.code, caught.value.field) == ("guard_not_met", guard.value)
            (said,) = caught.value.details
            assert said[0].isupper() and said.endswith(".")
            assert said[1:] in str(caught.value)

    def test_lists_all_that_is_missing_in_order(self):
        """Everything missing is named at once."""
        assert states.unmet(State.DRAFT, Event.SUBMIT, {}) == (Guard.KEY_RESULT, Guard.NO_ERRORS)

    def test_a_workspace_may_do_without_some(self):
        """A guard that a workspace leaves out is not asked for."""
        found = states.next_state(
            State.DRAFT, Event.SUBMIT, {"has_key_result": True}, without=[Guard.NO_ERRORS]
        )

        assert found is State.IN_REVIEW

    def test_some_cannot_be_left_out(self):
        """A title, a begun cycle, a value and the 14 days are always asked for."""
        for start, event, guard in (
            (None, Event.CREATE, Guard.TITLE),
            (State.COMMITTED, Event.START, Guard.BEGUN),
            (State.ACTIVE, Event.CHECK_IN, Guard.VALUE),
            (State.CLOSED, Event.REOPEN, Guard.WITHIN_14_DAYS),
        ):
            assert guard in states.unmet(start, event, {}, without=Guard)

    @pytest.mark.parametrize(
        ("owner", "sponsor", "signed", "wanted"),
        [
            ("Ada", "Ben", {"Ada", "Ben"}, True),
            ("Ada", "Ben", {"Ada"}, False),
            ("Ada", "Ben", {"Ben"}, False),
            ("Ada", "Ada", {"Ada"}, True),
            ("Ada", None, {"Ada"}, True),
            ("Ada", None, {"Cleo"}, False),
        ],
    )
    def test_two_keys_held_by_one_person_are_one_signature(self, owner, sponsor, signed, wanted):
        """Owner and sponsor must both agree; where they are one person, once is enough."""
        assert states.both_keys(owner, sponsor, signed) is wanted


class TestPlainPaths:
    def test_a_plain_close_is_three_events(self):
        """Closing in one go ends, grades and reflects, in this order."""
        found = states.path(State.ACTIVE, states.PLAIN_CLOSE)

        assert [(step.event.value, step.to.value) for step in found] == [
            ("end", "grading"),
            ("grade", "graded"),
            ("reflect", "closed"),
        ]

    def test_a_plain_activation_is_three_events(self):
        """Activating in one go submits, commits and starts."""
        assert states.path(State.DRAFT, states.PLAIN_ACTIVATION)[-1].to is State.ACTIVE

    def test_a_path_must_be_legal(self):
        """A plain close from a draft is refused."""
        with pytest.raises(IllegalTransition):
            states.path(State.DRAFT, states.PLAIN_CLOSE)


class TestFold:
    def test_replays_a_whole_life(self):
        """A log leads to the state it ends in; carrying over leaves the old one closed."""
        log = [
            Step(Event.CREATE, State.DRAFT),
            *states.path(State.DRAFT, states.PLAIN_ACTIVATION),
            Step(Event.CHECK_IN, State.ACTIVE),
            Step(Event.AMEND, State.ACTIVE),
            *states.path(State.ACTIVE, states.PLAIN_CLOSE),
            Step(Event.REOPEN, State.GRADING),
            Step(Event.GRADE, State.GRADED),
            Step(Event.REFLECT, State.CLOSED),
            Step(Event.CARRY_OVER, State.DRAFT),
        ]

        assert states.fold(log) is State.CLOSED

    def test_of_nothing_is_nothing(self):
        """Before the first event there is no objective."""
        assert states.fold([]) is None

    def test_refuses_a_forged_log(self):
        """A log that leads where no row leads is refused."""
        with pytest.raises(IllegalTransition):
            states.fold([Step(Event.CREATE, State.CLOSED)])
        with pytest.raises(IllegalTransition):
            states.fold([Step(Event.GRADE, State.GRADED)])

    @given(st.lists(st.integers(0, 1000), max_size=40))
    def test_is_deterministic_and_can_be_cut_anywhere(self, choices):
        """Any legal log replays to the same state, also in two pieces."""
        log, now = [], None
        for choice in choices:
            legal = states.legal_events(now)
            if not legal:
                break
            rule = states.rule_for(now, legal[choice % len(legal)])
            log.append(Step(rule.event, rule.to[choice % len(rule.to)]))
            now = now if rule.apart else log[-1].to
        middle = len(log) // 2

        assert states.fold(log) is now
        assert states.fold(log[middle:], states.fold(log[:middle])) is now


class TestStates:
    def test_know_whether_they_count_and_take_checkins(self):
        """Agreed objectives count; only active ones, and those being graded, take check-ins."""
        counting = {s.value for s in State if s.counts}

        assert counting == {"committed", "active", "grading", "graded", "closed"}
        assert {s.value for s in State if s.takes_checkins} == {"active", "grading"}
        assert {s.value for s in State if s.is_open} == {"draft", "in_review", "committed", "active"}


class TestKeyResults:
    @pytest.mark.parametrize(
        ("start", "end", "legal"),
        [
            ("draft", "active", True),
            ("active", "paused", True),
            ("paused", "active", True),
            ("active", "achieved", True),
            ("achieved", "active", True),
            ("active", "cancelled", True),
            ("cancelled", "active", True),
            ("active", "graded", True),
            ("graded", "active", True),
            ("active", "active", True),
            ("draft", "graded", False),
            ("cancelled", "graded", False),
            ("paused", "achieved", False),
        ],
    )
    def test_move_as_their_table_says(self, start, end, legal):
        """A key result moves only where its table allows, and can stay."""
        start, end = KeyResultState(start), KeyResultState(end)

        if legal:
            assert states.move_key_result(start, end) is end
        else:
            with pytest.raises(IllegalTransition, match="It can become"):
                states.move_key_result(start, end)

    def test_achieved_ones_are_still_measured(self):
        """Achieved ones take check-ins, paused ones do not; only cancelled ones do not count."""
        assert {s.value for s in KeyResultState if s.takes_checkins} == {"active", "achieved"}
        assert {s.value for s in KeyResultState if not s.counts} == {"cancelled"}


class TestInitiatives:
    def test_move_between_planned_doing_done_and_dropped(self):
        """An initiative can be planned, under way, done or dropped, and come back."""
        assert states.move_initiative(InitiativeState.PLANNED, InitiativeState.DOING) is InitiativeState.DOING
        assert states.move_initiative(InitiativeState.DONE, InitiativeState.DOING) is InitiativeState.DOING
        with pytest.raises(IllegalTransition, match="dropped and cannot become done"):
            states.move_initiative(InitiativeState.DROPPED, InitiativeState.DONE)
