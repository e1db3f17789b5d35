"""The demo company: what it tells on any day, and that it scores as intended."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from milepost.core import alignment, cadence, pace
from milepost.core.cadence import CycleState, Window
from milepost.core.pace import Status
from milepost.core.plan import KeyResultPlan, ObjectivePlan, Plan, check
from milepost.core.scoring import Kind
from milepost.core.states import Event, State, Step, fold
from milepost.management import demo
from milepost.management.demo import PERSONAS, calendar, ledgers, story
from milepost.management.demo.grading import Grading, standing

MONDAY = date(2026, 11, 23)
# Every day of a week; days on which a year, a leap day or summer time begins.
DAYS = [
    *(MONDAY + timedelta(days=each) for each in range(7)),
    date(2027, 1, 1),
    date(2028, 2, 29),
    date(2027, 3, 28),
    date(2026, 10, 25),
]
IDS = [str(day) for day in DAYS]


# A plan is a value: told once for a day, it serves every test of that day.
company = lru_cache(demo.company)


def _cycles(plan: Plan) -> dict[str, Window]:
    return {cycle.id: Window(cycle.starts, cycle.ends) for cycle in plan.cycles}


def _running(plan: Plan, today: date) -> str:
    return next(cycle.id for cycle in plan.cycles if cycle.parent and cycle.starts <= today <= cycle.ends)


def _live(plan: Plan, cycle: str) -> list[tuple[ObjectivePlan, KeyResultPlan]]:
    return [
        (objective, one)
        for objective in plan.objectives
        if objective.cycle == cycle and objective.state == "active"
        for one in objective.key_results
        if one.state in ("active", "achieved")
    ]


def _window(plan: Plan, objective: ObjectivePlan, one: KeyResultPlan) -> Window:
    whole = _cycles(plan)[objective.cycle]
    return Window(one.starts or whole.begins_on, one.ends or whole.ends_on)


def _last_day(one: KeyResultPlan) -> date | None:
    entries = standing(one.check_ins)
    return entries[-1].at.date() if entries else None


def _statuses(plan: Plan, today: date) -> Counter[Status]:
    grading = Grading(plan.objectives)
    found: Counter[Status] = Counter()
    for objective, one in _live(plan, _running(plan, today)):
        gone = cadence.elapsed(_window(plan, objective, one), today)
        found[
            pace.status(
                grading.key_result(one.id),
                curve=one.curve,
                elapsed=gone,
                commitment=objective.commitment,
                checkins=len(one.check_ins),
            )
        ] += 1
    return found


@pytest.mark.parametrize("today", DAYS, ids=IDS)
class TestOnAnyDay:
    def test_is_a_plan_without_problems(self, today):
        """Whatever the day, the plan passes every rule of a plan."""
        plan = company(today)

        assert check(plan) == []

    def test_lies_in_the_ninth_week_of_thirteen(self, today):
        """Today lies in week 9 of the running quarter, after two closed ones, before one to come."""
        plan = company(today)

        year, *quarters = plan.cycles
        assert cadence.week_words(_cycles(plan)[_running(plan, today)], today) == "week 9 of 13"
        assert [cadence.state(_cycles(plan)[one.id], today, one.closed) for one in quarters] == [
            CycleState.CLOSED,
            CycleState.CLOSED,
            CycleState.RUNNING,
            CycleState.UPCOMING,
        ]
        assert year.starts == quarters[0].starts and year.ends == quarters[-1].ends
        assert len({one.name for one in quarters}) == 4

    def test_holds_nothing_that_has_not_happened_yet(self, today):
        """No check-in, comment, change or step is dated today or later: nobody has written it yet."""
        plan = company(today)

        moments = [
            moment
            for objective in plan.objectives
            for thing in (objective, *objective.key_results)
            for moment in chain(
                (entry.recorded for entry in getattr(thing, "check_ins", ())),
                (entry.at for entry in thing.comments),
                (entry.at for entry in thing.history),
                (entry.at for entry in getattr(thing, "transitions", ())),
                (thing.grade.at for _ in [0] if thing.grade),
            )
        ]
        assert max(moments).date() < today

    def test_has_every_status_in_a_believable_mix(self, today):
        """About half is on track; some is at risk, off track and done, and a little has no data."""
        found = _statuses(company(today), today)

        total = sum(found.values())
        assert 45 <= total <= 52
        assert 0.45 <= found[Status.ON_TRACK] / total <= 0.62
        assert 8 <= found[Status.AT_RISK] <= 14
        assert 5 <= found[Status.OFF_TRACK] <= 9
        assert 2 <= found[Status.ACHIEVED] <= 4
        assert 1 <= found[Status.NO_DATA] <= 2

    def test_leaves_its_owner_four_check_ins_due(self, today):
        """Whoever signs in as the owner has exactly four check-ins to make."""
        plan = company(today)
        owner = dict(PERSONAS)["Owner"]

        due = [
            one.id
            for objective, one in _live(plan, _running(plan, today))
            if one.owner == owner and cadence.is_due(_window(plan, objective, one), _last_day(one), today)
        ]

        assert sorted(due) == ["pick-up-shops", "second-bake-shops", "wait-at-eight", "walk-aways"]

    def test_reached_every_state_by_legal_steps(self, today):
        """An objective's state is the fold of its steps."""
        plan = company(today)

        for objective in plan.objectives:
            steps = [Step(Event(one.event), State(one.to)) for one in objective.transitions]
            assert fold(steps) == objective.state, objective.id
            assert list(objective.transitions) == sorted(objective.transitions, key=lambda one: one.at)


class TestCompany:
    plan = company(MONDAY + timedelta(days=1))

    def test_is_the_same_on_the_same_day(self):
        """The same day tells the same company, to the second."""
        assert demo.company(date(2026, 11, 24)) == demo.company(date(2026, 11, 24))

    def test_has_sixty_people_and_nine_teams_in_three_levels(self):
        """About sixty people work in nine teams, three deep; each belongs to a team but the guest."""
        parents = {team.id: team.parent for team in self.plan.teams}

        def depth(team: str) -> int:
            return 1 + (depth(parents[team]) if parents[team] else 0)

        members = {member.person for team in self.plan.teams for member in team.members}
        assert 58 <= len(self.plan.people) <= 64
        assert len(parents) == 9
        assert {depth(team) for team in parents} == {1, 2, 3}
        assert {person.id for person in self.plan.people} - members == {dict(PERSONAS)["Guest"]}

    def test_uses_nearly_every_kind_of_measure(self):
        """Of the kinds of measure at most one is missing."""
        used = {one.measure.kind for objective in self.plan.objectives for one in objective.key_results}

        assert len(set(map(str, Kind)) - used) <= 1, set(map(str, Kind)) - used

    def test_shows_every_state_a_part_of_the_product_can_have(self):
        """Commitments, levels, visibilities, links, initiatives and states all occur."""
        objectives = self.plan.objectives

        assert {one.commitment for one in objectives} == {"committed", "aspirational", "learning"}
        assert {one.level for one in objectives} == {"strategic", "tactical"}
        assert {one.visibility for one in objectives} == {"workspace", "team", "people", "private"}
        assert {link.how for one in objectives for link in one.aligned_to} == {"contributes", "supports"}
        assert {work.state for one in objectives for work in one.initiatives} == {
            "planned", "doing", "done", "dropped",
        }  # fmt: skip
        assert {one.state for one in objectives} >= {
            "draft", "in_review", "parked", "active", "closed", "cancelled", "deferred",
        }  # fmt: skip

    def test_is_aligned_over_three_levels_with_several_parents(self):
        """Links lead over three levels and more, some to two parents, one to a key result, some nowhere."""
        links = [(one.id, link) for one in self.plan.objectives for link in one.aligned_to]
        edges = [(id, link.objective) for id, link in links if link.objective and link.until is None]
        contributing = Counter(id for id, link in links if link.how == "contributes" and link.until is None)

        heights = alignment.heights([one.id for one in self.plan.objectives], edges)
        assert max(heights.values()) >= 3
        assert max(contributing.values()) >= 2
        assert any(link.key_result for _, link in links)
        assert any(link.until for _, link in links)
        assert sum(not one.aligned_to for one in self.plan.objectives if one.state == "active") >= 4

    def test_remembers_what_was_promised_before(self):
        """Targets, owners, weights and a title have changed, each with a reason."""
        changes = [
            past
            for objective in self.plan.objectives
            for thing in (objective, *objective.key_results)
            for past in thing.history
        ]

        assert {name for past in changes for name in past.was} >= {"target", "owner", "weight", "title"}
        assert all(past.reason and past.by for past in changes)

    def test_checks_in_as_people_do(self):
        """Some weeks are skipped, some late, some corrected, some have no data; notes are no filler."""
        entries = [
            entry
            for objective in self.plan.objectives
            for one in objective.key_results
            for entry in one.check_ins
        ]
        notes = [entry.note for entry in entries if entry.note]

        assert len(entries) > 1_000
        assert any(entry.recorded > entry.at and not entry.corrects for entry in entries)
        assert sum(entry.corrects is not None for entry in entries) >= 4
        assert sum(entry.value is None and entry.parts is None for entry in entries) >= 2
        assert len(notes) > 300 and len(set(notes)) == len(notes)
        assert all(re.search(r"[.!?”’]$", note) for note in notes)

    def test_works_during_the_day(self):
        """Everything is written down between eight and five in the company's own time."""
        zone = ZoneInfo(self.plan.workspace.time_zone)

        hours = {
            entry.recorded.astimezone(zone).hour
            for objective in self.plan.objectives
            for one in objective.key_results
            for entry in one.check_ins
        }

        assert min(hours) >= 8 and max(hours) < 17

    def test_graded_the_closed_quarters_as_the_core_does(self):
        """Grades are what the scoring core computes, overrides apart, and lessons are written down."""
        closed = [one for one in self.plan.objectives if one.state == "closed"]
        grading = Grading(self.plan.objectives)

        assert len(closed) >= 15
        assert all(one.grade.grade == grading.objective(one.id).grade and one.grade.learned for one in closed)
        assert len({one.grade.grade for one in closed}) >= 6
        reasons = [key.grade.reason for one in closed for key in one.key_results if key.grade.reason]
        assert "no_data_at_close" in reasons and len(reasons) == 2

    def test_leaves_one_key_result_to_go_stale(self):
        """One key result has not heard from its owner for more than three weeks."""
        today = MONDAY + timedelta(days=1)

        silent = [
            one.id
            for _, one in _live(self.plan, _running(self.plan, today))
            if (today - _last_day(one)).days > 21
        ]

        assert silent == ["lost-crates"]


class TestStory:
    """The notation in which the content is written."""

    span = calendar.of(MONDAY, "Europe/Amsterdam").running

    def _told(self, value: str, sure: str, **more) -> story.KeyResult:
        return story.KeyResult("late", "Late", story.measured("count", 9, 1), "ada", value, sure, **more)

    def test_reads_a_row_of_weeks(self):
        """One word a week: a value, a week without a check-in, one without data, and milestones in parts."""
        told = self._told("9 . ? 1/.5/0", "5 . 4 .", weekday="mon", notes={3: "The scale broke."})

        entries = ledgers.check_ins(told, self.span, calendar.of(MONDAY, "Europe/Amsterdam"))

        assert [entry.value for entry in entries] == [Decimal(9), None, None]
        assert [entry.confidence for entry in entries] == [5, 4, None]
        assert entries[1].note == "The scale broke."
        assert entries[2].parts == (Decimal(1), Decimal("0.5"), Decimal(0))
        assert [(entry.at.date() - self.span.plan.starts).days for entry in entries] == [0, 14, 21]

    def test_keeps_what_was_corrected(self):
        """A correction is a later entry about the same moment that names the one it corrects."""
        told = self._told("9 8", "5 5", weekday="mon", fixed={1: story.Fix("7", "Counted twice.", 2)})

        first, fix, _ = ledgers.check_ins(told, self.span, calendar.of(MONDAY, "Europe/Amsterdam"))

        assert (fix.corrects, fix.at, fix.value) == (first.id, first.at, Decimal(7))
        assert (fix.recorded.date() - first.recorded.date()).days == 2

    @pytest.mark.parametrize(
        ("told", "words"),
        [
            ({"value": "9 8", "sure": "5"}, "2 values and 1 confidences"),
            ({"value": "9 .", "sure": "5 .", "notes": {2: "Hm."}}, "nothing was reported"),
        ],
    )
    def test_refuses_rows_that_do_not_match(self, told, words):
        """A slip in the content is named with its key result when the story is told."""
        with pytest.raises(ValueError, match=f"late: .*{words}"):
            ledgers.check_ins(self._told(**told), self.span, calendar.of(MONDAY, "Europe/Amsterdam"))

    def test_refuses_a_moment_that_names_no_day(self):
        """A moment is a week and a weekday."""
        with pytest.raises(ValueError, match="3wed"):
            self.span.day("next tuesday")
