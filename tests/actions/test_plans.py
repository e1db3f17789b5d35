"""Plans: applied to a workspace in use, twice, in part, and never by halves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from milepost.actions import checkins, plans, workspaces
from milepost.core.access import operator
from milepost.core.plan import AlignmentPlan, ObjectivePlan, Plan, PlanPoint
from milepost.core.problems import NotAllowed
from milepost.formats import okr_files
from milepost.ledger import image
from milepost.models import Alignment, Change, Event, KeyResult, KeyResultVersion, Objective, TeamMember
from milepost.queries import plans as known
from milepost.queries import verification
from tests.cast import LATER, NOW, TODAY, Cast
from tests.okrs import PRIVATE_TITLE, SECRET_TITLE, Okrs

pytestmark = pytest.mark.both_databases


def changed(plan: Plan, id: str, **more) -> Plan:
    """Return a plan with one objective changed."""
    return replace(
        plan, objectives=tuple(replace(one, **more) if one.id == id else one for one in plan.objectives)
    )


def part(plan: Plan, id: str) -> ObjectivePlan:
    """Return one objective of a plan."""
    return next(one for one in plan.objectives if one.id == id)


class TestCurrent:
    def test_is_what_is_there(self, cast: Cast, okrs: Okrs):
        """What a workspace holds, applied to it, changes nothing; personal work is not in it."""
        plan = known.current(cast.acme.id)

        assert plans.preview(cast.acme.id, plan).is_empty
        titles = [one.title for one in plan.objectives]
        assert SECRET_TITLE in titles and PRIVATE_TITLE not in titles


class TestApply:
    def test_twice_writes_nothing(self, cast: Cast, okrs: Okrs):
        """The second time not even a line of the log is written."""
        plan = changed(known.current(cast.acme.id), okrs.company.key, title="Riders choose us thrice")
        plans.apply_plan(plan=plan, by=cast.ada, at=LATER)
        before = Change.objects.count(), Event.objects.of(cast.acme.id).count()

        again = plans.apply_plan(plan=plan, by=cast.ada, at=LATER)

        assert again.is_empty
        assert (Change.objects.count(), Event.objects.of(cast.acme.id).count()) == before

    def test_dates_what_it_changes(self, cast: Cast, okrs: Okrs):
        """A new target is the target from now on; the history keeps the old one; the image knows."""
        plan = known.current(cast.acme.id)
        company = next(one for one in plan.objectives if one.id == okrs.company.key)
        [growth] = company.key_results
        growth = replace(growth, measure=replace(growth.measure, target=Decimal(60)))

        plans.apply_plan(plan=changed(plan, company.id, key_results=(growth,)), by=cast.ada, at=LATER)

        versions = KeyResultVersion.objects.of(cast.acme.id).filter(key_result=okrs.growth).order_by("id")
        assert [(row.target, row.at) for row in versions][-1] == (60, LATER)
        assert versions.first().target == 50
        assert image.of(cast.acme.id).key_results[okrs.growth.id].target == "60"
        assert [str(one) for one in verification.differences(cast.acme.id, LATER)] == []

    @pytest.mark.parametrize("as_", ["json", "yaml"])
    def test_takes_an_edited_export_back_to_what_held_before(self, cast: Cast, okrs: Okrs, as_: str):
        """Who writes into an exported file what its history says held before changes that from today on."""
        first = known.current(cast.acme.id)
        company, helpful = (part(first, row.key) for row in (okrs.company, okrs.helpful))
        [growth] = company.key_results
        measure = replace(growth.measure, target=Decimal(60))
        points = (PlanPoint(Decimal("0.5"), Decimal("0.2")),)
        grown = replace(growth, title="Anew", measure=measure, curve="points", points=points)
        plan = changed(first, company.id, title="Anew", contributors=("ben-okri",), key_results=())
        plan = changed(plan, helpful.id, key_results=(*helpful.key_results, grown))
        plans.apply_plan(plan=plan, by=cast.ada, at=LATER)
        have = known.current(cast.acme.id)

        [moved] = [one for one in part(have, helpful.id).key_results if one.id == growth.id]
        back = replace(growth, history=moved.history)
        edited = changed(
            have, company.id, title=company.title, contributors=company.contributors, key_results=(back,)
        )
        edited = changed(edited, helpful.id, key_results=helpful.key_results)
        file = okr_files.write(edited, as_=as_)
        plan = okr_files.read(file, name=f"acme.{as_}", have=have)
        changes = plans.apply_plan(plan=plan, by=cast.ada, at=LATER + timedelta(days=1))

        assert part(have, company.id).history and moved.history
        assert {item.id: {*item.fields} for item in changes.items if item.action == "changed"} == {
            company.id: {"title", "contributors"},
            growth.id: {"objective", "title", "measure.target", "curve", "points"},
        }
        versions = KeyResultVersion.objects.of(cast.acme.id).filter(key_result=okrs.growth).order_by("id")
        assert [str(row.target) for row in versions][-3:] == ["50", "60", "50"]
        assert [str(one) for one in verification.differences(cast.acme.id, LATER)] == []

    def test_keeps_what_it_does_not_mention(self, cast: Cast, okrs: Okrs):
        """Objectives that are missing from a file stay, and so do their check-ins."""
        plan = known.current(cast.acme.id)
        only = replace(plan, objectives=tuple(one for one in plan.objectives if one.id == okrs.company.key))

        changes = plans.apply_plan(plan=only, by=cast.ada, at=LATER)

        assert changes.summary()["objective"]["orphaned"] == 3
        assert Objective.objects.of(cast.acme.id).filter(id=okrs.helpful.id).exists()

    def test_puts_new_key_results_behind_those_that_are_there(self, cast: Cast, okrs: Okrs):
        """Where the file has them last, they stand last; their order is that of the file."""
        plan = known.current(cast.acme.id)
        helpful = next(one for one in plan.objectives if one.id == okrs.helpful.key)
        more = [
            replace(helpful.key_results[0], id=f"more-{n}", title=f"More {n}", check_ins=(), history=())
            for n in range(2)
        ]

        plans.apply_plan(
            plan=changed(plan, helpful.id, key_results=(*helpful.key_results, *more)), by=cast.ada, at=LATER
        )

        listed = KeyResult.objects.of(cast.acme.id).filter(objective=okrs.helpful).order_by("position", "id")
        assert [one.key for one in listed] == [
            *(one.id for one in helpful.key_results), "more-0", "more-1"
        ]  # fmt: skip

    def test_ends_a_link_that_its_objective_no_longer_names(self, cast: Cast, okrs: Okrs):
        """An objective that is mentioned serves what it says it serves; the past keeps the old link."""
        plan = changed(known.current(cast.acme.id), okrs.helpful.key, aligned_to=())

        plans.apply_plan(plan=plan, by=cast.ada, at=LATER)

        [link] = Alignment.objects.of(cast.acme.id).filter(child=okrs.helpful)
        assert link.until_at == LATER

    def test_ends_a_membership_on_the_day_there(self, cast: Cast, okrs: Okrs):
        """Whoever a team no longer names was in it up to the day that it is in the workspace's time zone."""
        workspaces.update(changed={"time_zone": "Pacific/Auckland"}, by=cast.ada, at=NOW)
        plan = known.current(cast.acme.id)
        empty = replace(plan, teams=tuple(replace(one, members=()) for one in plan.teams))

        plans.apply_plan(plan=empty, by=cast.ada, at=NOW + timedelta(hours=6))  # four in the morning there

        rows = TeamMember.objects.of(cast.acme.id).filter(team=cast.product)
        assert set(rows.values_list("until_on", flat=True)) == {TODAY + timedelta(days=1)}

    def test_refuses_a_loop_with_what_is_there(self, cast: Cast, okrs: Okrs):
        """A link of the file and one of the workspace may not close a circle."""
        plan = known.current(cast.acme.id)
        company = next(one for one in plan.objectives if one.id == okrs.company.key)
        link = AlignmentPlan(objective=okrs.helpful.key)
        only = replace(plan, objectives=(replace(company, aligned_to=(link,)),))

        with pytest.raises(plans.PlanRefused, match="serve each other in a ring"):
            plans.apply_plan(plan=only, by=cast.ada, at=LATER)

    def test_is_all_or_nothing(self, cast: Cast, okrs: Okrs):
        """What breaks off in the middle leaves everything as it was."""
        plan = changed(known.current(cast.acme.id), okrs.company.key, title="Riders choose us thrice")

        def breaks(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            plans.apply_plan(plan=plan, progress=breaks, by=cast.ada, at=LATER)

        assert Objective.objects.of(cast.acme.id).get(id=okrs.company.id).title == okrs.company.title

    @pytest.mark.parametrize("who", ["ben", "gus"])
    def test_is_for_admins(self, cast: Cast, okrs: Okrs, who: str):
        """A file may change everything, so only admins and the operator apply one."""
        with pytest.raises(NotAllowed):
            plans.apply_plan(plan=known.current(cast.acme.id), by=getattr(cast, who), at=LATER)

        assert plans.apply_plan(
            plan=known.current(cast.acme.id), by=operator(cast.acme.id), at=LATER
        ).is_empty

    def test_takes_in_new_check_ins_beside_those_made_here(self, cast: Cast, okrs: Okrs):
        """Entries made on the pages since the export stay; the file's own are not doubled."""
        plan = known.current(cast.acme.id)
        checkins.record(
            key_result=okrs.growth.id, value=Decimal(45), by=cast.ada, at=NOW + timedelta(minutes=5)
        )

        changes = plans.apply_plan(plan=plan, by=cast.ada, at=LATER)

        assert changes.is_empty
        assert image.of(cast.acme.id).entries.current(okrs.growth.id).value == 45
        assert KeyResult.objects.of(cast.acme.id).count() == 4
