"""The history of cycles and teams: what a file adds to what is known of it, and what it may not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.plan import CyclePlan, HistoryPlan, Plan, TeamPlan, check, diff, frame_past_rules
from milepost.core.plan.frame_pasts import changed_now, settled, told_anew, told_otherwise

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
APPLIED = NOON + timedelta(days=90)
DAY = timedelta(days=1)


def changed(days: int, **was) -> HistoryPlan:
    """Return a change some days after noon of the first, as a file tells it."""
    return HistoryPlan(NOON + days * DAY, MappingProxyType(was))


def team(id: str = "brakes", parent: str | None = None, *history: HistoryPlan, **more) -> TeamPlan:
    return TeamPlan(id, **{"name": id.title(), **more}, parent=parent, history=history)


def after(have: TeamPlan, want: TeamPlan) -> TeamPlan:
    """Return what is known of a team once a file was applied to what was known."""
    told = [one.change for one in told_anew(have, want)]
    was = {name: getattr(have, name) for name in changed_now(have, want)}
    now = [HistoryPlan(APPLIED, MappingProxyType(was))] if was else []
    return settled(replace(want, history=(*have.history, *told, *now)))


places = st.sampled_from([None, "a", "b", "c"])
histories = st.lists(
    st.builds(
        lambda day, was: changed(day, **was),
        st.integers(0, 6),
        st.fixed_dictionaries({}, optional={"parent": places, "name": st.sampled_from(["x", "y"])}),
    ),
    max_size=4,
)
teams = st.builds(
    lambda parent, name, history: team("t", parent, *history, name=name),
    places,
    st.sampled_from(["x", "y"]),
    histories,
)


def placed(one: TeamPlan, days: int) -> str | None:
    """Return where a team stood before a day, by what is known of it."""
    parent = one.parent
    for change in sorted(one.history, key=lambda change: change.at, reverse=True):
        if change.at >= NOON + days * DAY:
            parent = change.was.get("parent", parent)
    return parent


class TestAdded:
    @given(teams.map(settled), teams)
    def test_is_nothing_the_second_time(self, have: TeamPlan, want: TeamPlan):
        """Whatever is known and whatever a file tells: once applied, it neither tells nor changes more."""
        if any(told_otherwise(have, want)):
            return  # refused

        known = after(have, want)

        assert told_anew(known, want) == []
        assert list(changed_now(known, want)) == []
        assert list(told_otherwise(known, want)) == []

    @given(teams.map(settled), places)
    def test_leaves_what_is_known_where_a_file_tells_no_past(self, have: TeamPlan, parent: str | None):
        """A file without history changes what holds now, and no day before."""
        known = after(have, replace(have, parent=parent, history=()))

        assert [placed(known, day) for day in range(8)] == [placed(have, day) for day in range(8)]
        assert known.parent == parent

    @given(teams)
    def test_is_the_whole_of_it_where_nothing_is_known(self, told: TeamPlan):
        """What is made of a file stood every day where the file says."""
        known = settled(told)

        first = {change.at: change for change in reversed(told.history)}
        assert {change.at for change in known.history} <= first.keys()
        assert settled(known) == known
        assert told_anew(known, told) == []

    def test_tells_when_a_change_was_made(self):
        """A file of elsewhere that says when it moved a team is taken at its word, and dates nothing now."""
        have, want = team(), team("brakes", "bikes", changed(3, parent=None))

        assert [one.change for one in told_anew(have, want)] == [changed(3, parent=None)]
        assert list(changed_now(have, want)) == []

    def test_dates_now_what_does_not_follow_from_what_is_known(self):
        """Where the file's past begins with something else than what holds here, the rest changes now."""
        have = team("brakes", "wheels", changed(5, parent=None))

        assert list(changed_now(have, team("brakes", "bikes", changed(3, parent=None)))) == ["parent"]
        assert list(changed_now(have, team("brakes", "bikes", changed(8, parent="frames")))) == ["parent"]

    def test_otherwise_than_known_is_refused(self):
        """What is recorded of a moment stays; the refusal says what that is."""
        have = team("brakes", "wheels", changed(5, parent=None))

        problems = diff(
            Plan(teams=(have,)), Plan(teams=(team("brakes", "wheels", changed(5, parent="bikes")),))
        ).problems

        assert [(one.where, one.code) for one in problems] == [
            ("teams[0].history[0].was.parent", "already_recorded")
        ]
        assert "“parent” was nothing" in problems[0].message and "not bikes" in problems[0].message

    def test_may_be_told_again_with_another_value_for_today(self):
        """Who puts a team back by editing an exported file leaves its history as it is."""
        have = team("brakes", "wheels", changed(5, parent=None))
        wanted = Plan(teams=(replace(have, parent=None),))

        assert check(wanted, Plan(teams=(have, team("wheels")))) == []
        assert [problem.code for problem in check(wanted)] == ["no_change"]


class TestMade:
    """When a team or a cycle was made is told once."""

    def test_is_taken_where_it_is_not_known(self):
        """A file that knows it adds it to what is there; told again, it is nothing new."""
        told = team(created=NOON)

        (change,) = diff(Plan(teams=(team(),)), Plan(teams=(told,))).items

        assert change.fields == {"created": (None, NOON)}
        assert diff(Plan(teams=(told,)), Plan(teams=(told,))).is_empty

    def test_stays_where_a_file_says_nothing(self):
        """Files from before it could be told change nothing."""
        assert diff(Plan(teams=(team(created=NOON),)), Plan(teams=(team(),))).is_empty

    def test_otherwise_than_known_is_refused(self):
        """What is recorded stays; the refusal names the field and what is recorded."""
        first = CyclePlan("q4", "Q4", date(2026, 10, 1), date(2026, 12, 31), created=NOON)
        later = replace(first, created=NOON + DAY)

        (problem,) = diff(Plan(cycles=(first,)), Plan(cycles=(later,))).problems

        assert (problem.where, problem.code) == ("cycles[0].created", "already_recorded")
        assert "made at 2026-10-01T12:00:00Z" in problem.message and "not 2026-10-02" in problem.message


class TestCheck:
    def test_finds_a_ring_of_the_past_with_what_is_known(self):
        """Two teams never stood below each other: neither in a file, nor in a file and what is known."""
        have = Plan(teams=(team("bikes", None, changed(9, parent="brakes")),))
        want = Plan(teams=(team("brakes", None, changed(8, parent="bikes")),))

        problems = check(want, have)

        assert [(one.where, one.code) for one in problems] == [("teams[0].history[0].was", "loop")]
        assert "brakes → bikes → brakes" in problems[0].message
        assert check(Plan(teams=(*have.teams, *want.teams)), Plan()) != []

    def test_accepts_teams_that_changed_places(self):
        """Below each other on different days is no ring."""
        plan = Plan(
            teams=(
                team("bikes", None, changed(9, parent="brakes")),
                team("brakes", "bikes", changed(10, parent=None)),
            )
        )

        assert check(plan) == []

    @pytest.mark.parametrize(
        ("was", "code"),
        [
            ({"ends": date(2026, 9, 1)}, "ends_before_it_starts"),
            ({"ends": date(2026, 10, 4)}, "cycle_length"),
        ],
    )
    def test_finds_days_that_a_cycle_cannot_have_had(self, was: dict, code: str):
        """A past day is drawn on the cycle's days of then, so they are days of a cycle."""
        cycle = CyclePlan("q4", "Q4", date(2026, 10, 1), date(2026, 12, 31), history=(changed(1, **was),))

        assert [(one.where, one.code) for one in check(Plan(cycles=(cycle,)))] == [
            ("cycles[0].history[0].was", code)
        ]

    def test_looks_at_days_together_with_those_known(self):
        """Each alone may be right: here the first day was put off before the last one was."""
        before = CyclePlan("q4", "Q4", date(2026, 12, 1), date(2026, 12, 31))
        known = replace(before, history=(changed(20, starts=date(2026, 10, 1)),))
        told = replace(before, history=(changed(30, ends=date(2026, 11, 30)),))

        assert check(Plan(cycles=(replace(told, starts=date(2026, 10, 1)),))) == []
        assert [one.code for one in check(Plan(cycles=(told,)), Plan(cycles=(known,)))] == [
            "ends_before_it_starts"
        ]

    def test_gives_up_on_more_changes_than_can_be_looked_through(self, monkeypatch):
        """A deep tree whose lowest team moved without end is refused, not looked through for minutes."""
        monkeypatch.setattr(frame_past_rules, "MOST_STEPS", 100)
        line = [team(f"t{number}", f"t{number - 1}" if number else None) for number in range(60)]
        moved = tuple(changed(day, parent=f"t{58 - day % 2}") for day in range(4))

        problems = check(Plan(teams=(*line, team("low", "t58", *moved))))

        assert [(one.where, one.code) for one in problems] == [("teams", "too_many_changes")]
