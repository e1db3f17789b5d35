"""What must be true of a plan, and what applying one over another would do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from milepost.core.plan import (
    AlignmentPlan,
    CheckInPlan,
    CommentPlan,
    CyclePlan,
    GradePlan,
    HistoryPlan,
    InitiativePlan,
    KeyResultPlan,
    MeasurePlan,
    MembershipPlan,
    ObjectivePlan,
    PersonPlan,
    Plan,
    TeamPlan,
    WorkspacePlan,
    check,
    diff,
    moved,
    moved_problems,
    path_text,
)
from tests.formats.made_plans import plans

NOON = datetime(2026, 10, 8, 12, tzinfo=UTC)
LATER = datetime(2026, 10, 15, 12, tzinfo=UTC)
QUARTER = CyclePlan("q4", "Q4 2026", date(2026, 10, 1), date(2026, 12, 31))
ADA, BEN = PersonPlan("ada", "Ada", "ada@acme.example", "owner"), PersonPlan("ben", "Ben")
FIRST = CheckInPlan("1", NOON, NOON, Decimal("8.5"), by="ben")
DAYS = KeyResultPlan(
    "days", "9 to 4 days", MeasurePlan("decrease", Decimal(9), Decimal(4)), check_ins=(FIRST,)
)
ROAD = ObjectivePlan("road", "Back on the road", "q4", owner="ada", key_results=(DAYS,))
TOP = ObjectivePlan("top", "First choice", "q4")
ACME = Plan(
    WorkspacePlan("acme", "Acme"),
    (ADA, BEN),
    (TeamPlan("workshop", "Workshop", members=(MembershipPlan("ben", since=date(2026, 1, 5)),)),),
    (QUARTER,),
    (TOP, replace(ROAD, aligned_to=(AlignmentPlan("top", since=NOON),))),
)


def with_road(**fields) -> Plan:
    """Acme with another objective in the place of “road”."""
    return replace(ACME, objectives=(TOP, replace(ACME.objectives[1], **fields)))


def with_days(**fields) -> Plan:
    """Acme with another key result in the place of “days”."""
    return with_road(key_results=(replace(DAYS, **fields),))


def serving(*pairs: tuple[str, str]) -> Plan:
    """Objectives that serve each other as said, child before parent."""
    parents = {name: [] for pair in pairs for name in pair}
    for child, parent in pairs:
        parents[child].append(AlignmentPlan(parent))
    return replace(
        ACME,
        objectives=tuple(
            ObjectivePlan(name, name, "q4", aligned_to=tuple(links)) for name, links in parents.items()
        ),
    )


class TestCheck:
    def test_accepts_a_sound_plan(self):
        """Nothing is wrong with Acme."""
        assert check(ACME) == []

    @pytest.mark.parametrize(
        ("plan", "path", "code"),
        [
            (replace(ACME, people=(ADA, BEN, ADA)), "people[2].id", "duplicate_id"),
            (
                replace(ACME, people=(ADA, replace(BEN, email="ADA@acme.example"))),
                "people[1].email",
                "duplicate_email",
            ),
            (with_road(owner="zed"), "objectives[1].owner", "unknown_reference"),
            (with_road(sponsor="zed"), "objectives[1].sponsor", "unknown_reference"),
            (with_road(contributors=("ben", "zed")), "objectives[1].contributors[1]", "unknown_reference"),
            (with_road(team="sales"), "objectives[1].team", "unknown_reference"),
            (with_road(cycle="q5"), "objectives[1].cycle", "unknown_reference"),
            (with_road(visibility="team"), "objectives[1].visibility", "no_team"),
            (with_road(visibility="private", owner=None), "objectives[1].visibility", "no_owner"),
            (with_road(grade=GradePlan(Decimal("1.1"), NOON)), "objectives[1].grade.grade", "out_of_range"),
            (
                with_road(history=(HistoryPlan(NOON, {"owner": "zed"}),)),
                "objectives[1].history[0].was.owner",
                "unknown_reference",
            ),
            (
                with_road(comments=(CommentPlan("1", NOON, "Yes", by="zed"),)),
                "objectives[1].comments[0].by",
                "unknown_reference",
            ),
            (
                with_road(initiatives=(InitiativePlan("i", "Order parts", key_result="none"),)),
                "objectives[1].initiatives[0].key_result",
                "unknown_reference",
            ),
            (
                replace(ACME, objectives=(replace(TOP, key_results=(DAYS,)), ROAD)),
                "objectives[1].key_results[0].id",
                "duplicate_id",
            ),
            (with_days(weight=Decimal(-1)), "objectives[1].key_results[0].weight", "negative_weight"),
            (with_days(ends=date(2026, 9, 1)), "objectives[1].key_results[0].ends", "ends_before_it_starts"),
            (
                with_days(starts=date(2027, 1, 1)),
                "objectives[1].key_results[0].starts",
                "ends_before_it_starts",
            ),
            (
                with_days(check_ins=(FIRST, FIRST._replace(id="2", confidence=0))),
                "objectives[1].key_results[0].check_ins[1].confidence",
                "out_of_range",
            ),
        ],
    )
    def test_finds(self, plan: Plan, path: str, code: str):
        """Each rule finds what breaks it, at its place."""
        found = check(plan)[0]

        assert (found.where, found.code) == (path, code)
        assert found.message
        assert found.remedy

    def test_finds_an_initiative_under_the_wrong_objective(self):
        """An initiative is for a key result of its own objective."""
        wrong = replace(TOP, initiatives=(InitiativePlan("i", "Order parts", key_result="days"),))

        assert check(replace(ACME, objectives=(wrong, ROAD)))[0].code == "wrong_objective"

    @pytest.mark.parametrize(
        ("pairs", "said"),
        [
            ([("a", "a")], "a → a"),
            ([("a", "b"), ("b", "a")], "a → b → a"),
            ([("x", "a"), ("a", "b"), ("b", "c"), ("c", "a")], "a → b → c → a"),
        ],
    )
    def test_shows_a_ring(self, pairs: list[tuple[str, str]], said: str):
        """Objectives that serve each other in a ring are named in their order."""
        found = check(serving(*pairs))

        assert [(problem.code, said in problem.message) for problem in found] == [("loop", True)]

    def test_accepts_two_ways_to_one_objective(self):
        """Reaching an objective by two ways is no ring."""
        assert check(serving(("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"))) == []

    def test_accepts_a_ring_that_was_broken(self):
        """A link that has ended closes no ring."""
        plan = serving(("a", "b"), ("b", "a"))
        first = plan.objectives[0]
        ended = replace(first, aligned_to=(AlignmentPlan("b", since=NOON, until=LATER),))

        assert check(replace(plan, objectives=(ended, plan.objectives[1]))) == []

    def test_finds_a_ring_through_what_is_there_already(self):
        """A link of the plan and one of the workspace can close a ring together."""
        have, want = serving(("a", "b")), serving(("b", "c"), ("c", "a"))
        known = replace(want, objectives=(*want.objectives[:2],))

        assert [problem.code for problem in check(known, have)] == ["loop"]

    def test_goes_deep_and_wide_in_little_time(self):
        """A chain of ten thousand objectives, closed to a ring, is followed without recursion."""
        names = [f"o{number}" for number in range(10_000)]
        ring = list(zip(names, [*names[1:], names[0]], strict=True))

        found = check(serving(*ring))

        assert len(found) == 1
        assert "more …" in found[0].message

    def test_lets_old_entries_fit_the_measure_of_their_day(self):
        """A key result measured in milestones since last week keeps the values of before."""
        measure = MeasurePlan("binary")
        before = HistoryPlan(LATER, {"kind": "decrease"})

        assert check(with_days(measure=measure, history=(before,))) == []
        assert [problem.code for problem in check(with_days(measure=measure))] == ["binary_not_boolean"]

    def test_lets_a_file_go_back_to_what_was(self):
        """What is recorded did change something: today may have the value of before, not the past anew."""
        told = (HistoryPlan(NOON, {"contributors": ("ada", "ben")}),)
        have = with_road(contributors=("ada",), history=told)
        back = with_road(contributors=("ben", "ada"), history=told)

        assert check(back, have) == []
        assert [problem.code for problem in check(back)] == ["no_change"]

    def test_stops_at_what_it_was_asked_for(self):
        """A plan that is wrong all over is told as far as a person reads."""
        many = replace(ACME, people=(ADA,) * 1_000)

        assert len(check(many)) == 50
        assert len(check(many, most=3)) == 3

    def test_writes_paths_as_people_read_them(self):
        """Lists are counted in brackets, fields follow a dot."""
        assert path_text(("objectives", 3, "key_results", 0, "measure", "target")) == (
            "objectives[3].key_results[0].measure.target"
        )


class TestDiff:
    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(plans())
    def test_is_empty_between_a_plan_and_itself(self, plan: Plan):
        """What holds already needs no change."""
        changes = diff(plan, plan)

        assert changes.is_empty
        assert changes.problems == ()
        assert {action for row in changes.summary().values() for action, count in row.items() if count} <= {
            "unchanged"
        }

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(plans())
    def test_creates_everything_in_an_empty_workspace(self, plan: Plan):
        """Over nothing, everything is new, and each thing is counted once."""
        changes = diff(Plan(), plan)

        summary = changes.summary()
        key_results = [each for objective in plan.objectives for each in objective.key_results]
        assert all(change.action == "created" for change in changes.items)
        assert summary.get("person", {}).get("created", 0) == len(plan.people)
        assert summary.get("key_result", {}).get("created", 0) == len(key_results)
        assert summary.get("check_in", {}).get("created", 0) == sum(
            len(each.check_ins) for each in key_results
        )

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(plans(), plans())
    def test_orphans_and_never_deletes(self, have: Plan, want: Plan):
        """What only the workspace holds is told as orphaned; every object of both is spoken of once."""
        changes = diff(have, want)

        told = {change.id for change in changes.of("person", "orphaned")}
        spoken = [
            (change.kind, change.id) for change in changes.items if change.kind in ("person", "key_result")
        ]
        assert told == {person.id for person in have.people} - {person.id for person in want.people}
        assert len(spoken) == len(set(spoken))
        json.dumps(changes.as_json())

    def test_names_the_fields_that_change(self):
        """A change tells what was and what will be, field by field, the measure's among them."""
        want = with_days(title="9 to 3 days", measure=replace(DAYS.measure, target=Decimal(3)))

        change = next(diff(ACME, want).of("key_result"))

        assert change.action == "changed"
        assert change.fields == {
            "title": ("9 to 4 days", "9 to 3 days"),
            "measure.target": (Decimal(4), Decimal(3)),
        }
        assert change.as_json()["fields"]["measure.target"] == {"from": "4", "to": "3"}

    def test_knows_what_has_moved(self):
        """A key result found under another objective has moved; it is neither new nor orphaned."""
        bare = replace(ACME.objectives[1], key_results=())
        want = replace(ACME, objectives=(replace(TOP, key_results=(DAYS,)), bare))

        (change,) = diff(ACME, want).of("key_result")

        assert (change.action, change.fields) == ("changed", {"objective": ("road", "top")})

    def test_has_no_opinion_on_what_is_left_out(self):
        """E-mail, creation, authors and beginnings that a file leaves out stay as they are."""
        want = replace(
            ACME,
            people=(replace(ADA, email=None), BEN),
            teams=(replace(ACME.teams[0], members=(MembershipPlan("ben"),)),),
            objectives=(
                TOP,
                replace(
                    ROAD,
                    aligned_to=(AlignmentPlan("top"),),
                    key_results=(replace(DAYS, check_ins=(FIRST._replace(by=None),)),),
                ),
            ),
        )
        have = with_road(created=NOON)

        changes = diff(have, want)

        assert changes.is_empty
        assert changes.problems == ()

    def test_takes_people_in_any_order(self):
        """The order of contributors says nothing."""
        assert diff(with_road(contributors=("ada", "ben")), with_road(contributors=("ben", "ada"))).is_empty

    def test_adds_check_ins(self):
        """New entries are added to those that are there, which are counted and kept."""
        second = FIRST._replace(id="2", at=LATER, recorded=LATER, value=Decimal(8))
        have, want = with_days(check_ins=(FIRST,)), with_days(check_ins=(second,))

        changes = diff(have, want)

        change = next(changes.of("key_result"))
        assert (change.action, dict(change.added), dict(change.kept)) == (
            "changed",
            {"check_ins": (second,)},
            {"check_ins": 1},
        )
        assert changes.summary()["check_in"]["created"] == 1
        assert changes.as_json()["changes"][0]["added"] == {"check_ins": 1}

    def test_refuses_to_rewrite_a_check_in(self):
        """An entry that is there with other content is a problem that says to add a correction."""
        want = with_days(check_ins=(FIRST._replace(value=Decimal(7)),))

        changes = diff(ACME, want)

        (problem,) = changes.problems
        assert changes.is_empty
        assert problem.code == "already_recorded"
        assert problem.where == "objectives[1].key_results[0].check_ins[0]"
        assert "value was 8.5, not 7" in problem.message
        assert "corrects: 1" in problem.remedy

    def test_ends_links_and_memberships_that_are_listed_no_more(self):
        """What holds now is what the file lists: a link or membership it leaves out has ended."""
        want = replace(with_road(aligned_to=()), teams=(replace(ACME.teams[0], members=()),))

        changes = diff(ACME, want)

        assert [(change.kind, change.id) for change in changes.items if change.action == "ended"] == [
            ("membership", "workshop/ben"),
            ("alignment", "road → top"),
        ]
        assert not changes.is_empty

    def test_keeps_links_that_ended_long_ago(self):
        """A link of the past is not ended again because a file does not list it."""
        have = with_road(aligned_to=(AlignmentPlan("top", since=NOON, until=LATER),))

        assert diff(have, with_road(aligned_to=())).is_empty

    def test_tells_a_changed_weight_of_a_link(self):
        """The same link with another weight has changed; it is not another link."""
        want = with_road(aligned_to=(AlignmentPlan("top", weight=Decimal(2)),))

        (change,) = diff(ACME, want).of("alignment")

        assert (change.action, change.fields) == ("changed", {"weight": (Decimal(1), Decimal(2))})

    def test_speaks_of_the_link_in_force(self):
        """Where a link had two weights in turn, another weight changes the one that holds now."""
        earlier = AlignmentPlan("top", since=NOON, until=LATER)
        now = AlignmentPlan("top", weight=Decimal(2), since=LATER)
        want = with_road(aligned_to=(AlignmentPlan("top", weight=Decimal(3)),))

        (change,) = diff(with_road(aligned_to=(earlier, now)), want).of("alignment")

        assert change.have == now
        assert change.fields == {"weight": (Decimal(2), Decimal(3))}

    def test_spells_a_past_curve_one_way(self):
        """However a past plan curve is told, with its points or without, it is the same past."""
        told = {"curve": "s", "points": ()}
        have, want = (with_days(history=(HistoryPlan(NOON, was),)) for was in (told, {"curve": "s"}))

        assert diff(have, want).is_empty


class TestMovedIds:
    def test_are_problems_until_the_file_names_them(self):
        """An id whose old bearer has another one now is asked about; a file that names both means both."""
        now = moved("late-drops", 1_234)
        have = Plan(
            objectives=tuple(ObjectivePlan(id=id, title=id, cycle="q4") for id in ("late-drops", now))
        )
        old = Plan(objectives=have.objectives[:1])

        (problem,) = moved_problems(old, have)

        assert (problem.code, problem.where) == ("id_moved", "objectives[0].id")
        assert now in str(problem)
        assert list(moved_problems(have, have)) == []
        assert list(moved_problems(old, old)) == []
