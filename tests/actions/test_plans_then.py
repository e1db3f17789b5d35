"""The past that a file tells: what it writes is shown as it stood on each of its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from milepost.actions import demos, plans
from milepost.core.access import operator
from milepost.core.plan import (
    CyclePlan,
    GradePlan,
    HistoryPlan,
    KeyResultPlan,
    MeasurePlan,
    ObjectivePlan,
    Plan,
    TransitionPlan,
    WorkspacePlan,
)
from milepost.formats import okr_files
from milepost.ledger import image, past
from milepost.ledger.calendar import Calendar
from milepost.management.demo import company
from milepost.models import KeyResultVersion, ObjectiveVersion
from milepost.queries import outlines, verification
from milepost.queries import plans as known
from tests.cast import LATER, NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SUNDAYS = "The station is worth opening on Sundays"  # cancelled in the fifth week of the spring
DRAFTED, STARTED, RETARGETED, CLOSED = (datetime(2026, month, 10, 9, tzinfo=UTC) for month in (3, 4, 5, 7))
STEPS = (
    TransitionPlan("create", "draft", DRAFTED),
    TransitionPlan("submit", "in_review", STARTED),
    TransitionPlan("commit", "committed", STARTED),
    TransitionPlan("start", "active", STARTED),
    TransitionPlan("end", "grading", CLOSED - timedelta(days=2)),
    TransitionPlan("grade", "graded", CLOSED - timedelta(days=1)),
    TransitionPlan("reflect", "closed", CLOSED),
)
BY_DAY = {
    DRAFTED: "draft",
    STARTED: "active",
    RETARGETED: "active",
    CLOSED - timedelta(days=2): "grading",
    CLOSED - timedelta(days=1): "graded",
    CLOSED: "closed",
}


def told(**more) -> ObjectivePlan:
    """Return an objective that was closed in July, with one key result, as a file tells it."""
    ridden = KeyResultPlan(
        "rides", "A thousand rides", MeasurePlan("increase", Decimal(0), Decimal(1000)),
        state="graded", created=DRAFTED, grade=GradePlan(Decimal("0.7"), CLOSED),
    )  # fmt: skip
    said = {"state": "closed", "created": DRAFTED, "transitions": STEPS, "key_results": (ridden,)}
    return ObjectivePlan("riders", "Riders choose us", "q2", **{**said, **more})


def written(*objectives: ObjectivePlan) -> Plan:
    """Return the file of a workspace with some objectives."""
    cycle = CyclePlan("q2", "Q2", date(2026, 4, 1), date(2026, 6, 30))
    return Plan(WorkspacePlan("riders", "Riders"), cycles=(cycle,), objectives=objectives)


@pytest.fixture
def apply() -> Iterator:
    """How to make a workspace of a file."""
    made = []

    def made_of(plan: Plan) -> int:
        by = operator(plans.new_workspace_id())
        plans.apply_to_new_workspace(plan=plan, by=by, at=AT)
        made.append(by.workspace_id)
        return by.workspace_id

    yield made_of
    for id in made:
        image.forget(id)


@pytest.fixture
def demo(db) -> Iterator[int]:
    """The demo company, opened."""
    by = operator(plans.new_workspace_id())
    demos.open(plan=company(TODAY), by=by, at=AT)
    yield by.workspace_id
    image.forget(by.workspace_id)


def named(plan: Plan, slug: str) -> Plan:
    """Return a plan for a workspace of another name."""
    return replace(plan, workspace=replace(plan.workspace, id=slug))


def states(workspace: int, key: str = "riders") -> dict[datetime, str]:
    """Return the state that each dated row of an objective gave it."""
    rows = ObjectiveVersion.objects.of(workspace).filter(objective__key=key).order_by("id")
    return dict(rows.values_list("at", "state"))


def state_on(workspace: int, day: date, key: str) -> str:
    """Return the state of an objective or a key result on a past day."""
    then = past.of(workspace, day)
    rows = (*then.objectives.values(), *then.key_results.values())
    return next(row.state for row in rows if row.key == key)


class TestSteps:
    def test_date_the_states_they_led_to(self, apply):
        """On each day the objective was what its steps had made of it; those of one moment are one change."""
        workspace = apply(written(told()))

        found = states(workspace)

        assert found == {at: state for at, state in BY_DAY.items() if at != RETARGETED}
        assert {at: state_on(workspace, at.date(), "riders") for at in BY_DAY} == BY_DAY

    def test_take_key_results_along(self, apply):
        """What was graded with its objective was active until then."""
        workspace = apply(written(told()))

        graded = CLOSED - timedelta(days=1)

        assert state_on(workspace, (graded - timedelta(days=1)).date(), "rides") == "active"
        assert state_on(workspace, graded.date(), "rides") == "graded"

    def test_stand_beside_what_else_changed(self, apply):
        """A title that changed between two steps changed then, and one that changed with a step with it."""
        history = (
            HistoryPlan(RETARGETED, {"title": "Riders like us"}, reason="Aim higher."),
            HistoryPlan(STARTED, {"title": "Riders know us"}),
        )
        plan = written(told(history=history))

        workspace = apply(plan)

        rows = ObjectiveVersion.objects.of(workspace).order_by("id").values_list("at", "title", "state")
        assert list(rows)[:3] == [
            (DRAFTED, "Riders know us", "draft"),
            (STARTED, "Riders like us", "active"),
            (RETARGETED, "Riders choose us", "active"),
        ]
        kept = known.current(workspace).objectives[0].history
        assert {entry.at: entry.was for entry in kept} == {entry.at: entry.was for entry in history}

    def test_leave_a_state_alone_that_no_step_tells(self, apply):
        """A history may tell states itself; without steps, these and no others are shown."""
        history = (HistoryPlan(STARTED, {"state": "parked"}),)
        plan = written(told(state="active", transitions=(), history=history, key_results=()))

        workspace = apply(plan)

        assert states(workspace) == {DRAFTED: "parked", STARTED: "active"}
        assert known.current(workspace).objectives[0].history == history

    def test_are_told_once(self, apply):
        """A history that repeats what steps tell, as older exports did, means the same and adds nothing."""
        history = (HistoryPlan(STARTED, {"state": "draft"}), HistoryPlan(CLOSED, {"state": "graded"}))
        plan = written(told(history=history))

        workspace = apply(plan)

        assert states(workspace) == states(apply(named(written(told()), "again")))
        assert known.current(workspace).objectives[0].history == ()
        assert plans.preview(workspace, plan).is_empty

    def test_of_what_is_there_are_dated_as_they_tell(self, cast: Cast, okrs: Okrs):
        """What was closed elsewhere in the meantime was closed then, whatever else the file changes now."""
        plan = known.current(cast.acme.id)
        company = next(one for one in plan.objectives if one.id == okrs.company.key)
        steps = tuple(replace(one, at=NOW + timedelta(days=n)) for n, one in enumerate(STEPS[4:], 1))
        closed = replace(
            company,
            title="Riders chose us",
            state="closed",
            transitions=(*company.transitions, *steps),
            key_results=tuple(replace(one, state="graded") for one in company.key_results),
        )
        at = NOW + timedelta(days=9)

        plans.apply_plan(plan=replace(plan, objectives=(closed,)), by=cast.ada, at=at)

        rows = ObjectiveVersion.objects.of(cast.acme.id).filter(objective=okrs.company).order_by("id")
        assert list(rows.values_list("at", "title", "state"))[-4:] == [
            *((one.at, company.title, one.to) for one in steps),
            (at, "Riders chose us", "closed"),
        ]
        row = KeyResultVersion.objects.of(cast.acme.id).filter(key_result=okrs.growth).latest("id")
        assert (row.at, row.state) == (steps[1].at, "graded")
        assert [str(one) for one in verification.differences(cast.acme.id, at)] == []
        assert plans.preview(cast.acme.id, replace(plan, objectives=(closed,))).is_empty

    def test_older_than_what_is_there_change_nothing_before_now(self, cast: Cast, okrs: Okrs):
        """Days that the workspace has lived through stay as they were: what a file says of them came late."""
        plan = known.current(cast.acme.id)
        company = next(one for one in plan.objectives if one.id == okrs.company.key)
        steps = tuple(replace(one, at=NOW - timedelta(days=400)) for one in STEPS[4:])
        closed = replace(company, state="closed", transitions=(*company.transitions, *steps))

        plans.apply_plan(plan=replace(plan, objectives=(closed,)), by=cast.ada, at=LATER)

        row = ObjectiveVersion.objects.of(cast.acme.id).filter(objective=okrs.company).latest("id")
        assert (row.at, row.state) == (LATER, "closed")


class TestDemo:
    def test_shows_each_day_the_state_of_that_day(self, demo):
        """Every objective of the demo was, in the evening of each week, what its steps had led to."""
        began = date(2026, 3, 1)
        plan = known.current(demo)

        for weeks in range(0, 38, 3):
            day = began + timedelta(weeks=weeks)
            over = Calendar(plan.workspace.time_zone).end_of(day)
            said = {
                one.id: [step.to for step in one.transitions if step.at < over][-1]
                for one in plan.objectives
                if one.created < over
            }
            then = past.of(demo, day)
            found = {row.key: row.state for row in then.objectives.values()}
            assert {key: found.get(key) for key in said} == said, day

    def test_counts_in_spring_what_was_closed_in_june(self, demo):
        """On 15 April the spring's work is open and counts; what was cancelled later has its progress."""
        living = image.of(demo)
        closed = {row.id for row in living.objectives.values() if row.state == "closed"}

        then = past.of(demo, date(2026, 4, 15))

        active = {row.id for row in then.objectives.values() if row.state == "active"}
        assert len(closed & active) > 5
        assert len(outlines.of(then, None).common) == len(active)
        assert "graded" not in {row.state for row in then.key_results.values()}
        [cancelled] = [row for row in then.objectives.values() if row.title == SUNDAYS]
        assert (cancelled.state, living.objectives[cancelled.id].state) == ("active", "cancelled")
        assert then.exact(cancelled.id) is not None

    def test_is_written_as_it_was_read(self, demo, apply):
        """A file made of it, applied, gives the same file again, to the byte."""
        plan = known.current(demo)
        file = okr_files.write(plan, as_="json")

        again = known.current(apply(named(okr_files.recall(file), "again")))

        assert okr_files.write(named(again, plan.workspace.id), as_="json") == file
