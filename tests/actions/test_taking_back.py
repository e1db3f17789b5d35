"""Taking a file back: what it changed is as it was, what it made is gone or put aside, or nothing happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from milepost.actions import alignments, checkins, objectives, people, plans, teams, undos
from milepost.actions.overwriting import ChangedSince
from milepost.core.access import operator
from milepost.core.plan import (
    AlignmentPlan,
    CheckInPlan,
    CommentPlan,
    CyclePlan,
    InitiativePlan,
    KeyResultPlan,
    MeasurePlan,
    MembershipPlan,
    ObjectivePlan,
    PersonPlan,
    Plan,
    TeamPlan,
)
from milepost.core.problems import Conflict, NotAllowed
from milepost.models import Checkin, Event, KeyResult, Objective, Person, Team
from milepost.queries import plans as known
from milepost.queries import verification
from tests.actions.test_undos import latest, standing
from tests.cast import LATER, NOW, TODAY, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases

SOON = LATER + timedelta(minutes=5)
TOMORROW = LATER + timedelta(days=1)


def entry(id: str, value: int, **more) -> CheckInPlan:
    return CheckInPlan(id, NOW, LATER, Decimal(value), by="ben-okri", **more)


def changing(now: Plan, okrs: Okrs) -> Plan:
    """Return a file that changes some of everything that is there."""
    company, helpful = (
        next(one for one in now.objectives if one.id == row.key) for row in (okrs.company, okrs.helpful)
    )
    [growth] = company.key_results
    waiting, guides = helpful.key_results
    product = now.teams[0]
    return replace(
        now,
        workspace=replace(now.workspace, mission="Ride on", check_in_every=14),
        people=(replace(now.people[0], name="Ada L."), *now.people[1:]),
        teams=(
            replace(
                product,
                name="Things",
                members=tuple(replace(one, lead=True) for one in product.members if one.person != "ben-okri"),
            ),
        ),
        cycles=(now.cycles[0], replace(now.cycles[1], name="Ice")),
        objectives=(
            replace(
                company,
                title="Riders choose us thrice",
                key_results=(replace(growth, measure=replace(growth.measure, target=Decimal(60))),),
            ),
            replace(
                helpful,
                owner="cleo-wong",
                contributors=("ada-lovelace",),
                state="cancelled",
                aligned_to=(AlignmentPlan(key_result=growth.id, how="supports"),),
                key_results=(
                    replace(
                        waiting,
                        check_ins=(*waiting.check_ins, entry("n1", 5), entry("n2", 4, corrects="n1")),
                        comments=(CommentPlan("c1", LATER, "Look", "ben-okri"),),
                    ),
                    guides,
                ),
                initiatives=(replace(helpful.initiatives[0], title="Form", state="done"),),
            ),
        ),
    )


def making(now: Plan, okrs: Okrs) -> Plan:
    """Return a file that makes some of everything."""
    return Plan(
        people=(PersonPlan("dee", "Dee"),),
        teams=(
            TeamPlan("brakes", "Brakes", "product", "", (MembershipPlan("dee", True, TODAY),)),
            TeamPlan("discs", "Discs", "brakes"),
        ),
        cycles=(CyclePlan("spring", "Spring", TODAY + timedelta(days=60), TODAY + timedelta(days=90)),),
        objectives=(
            ObjectivePlan(
                "stop", "Stop in time", "spring", "discs", owner="dee",
                aligned_to=(AlignmentPlan(okrs.company.key, weight=Decimal(3)),),
                key_results=(
                    KeyResultPlan(
                        "metres", "Metres", MeasurePlan("decrease", Decimal(9), Decimal(4)), owner="dee",
                        check_ins=(entry("m1", 8), entry("m2", 7, corrects="m1")),
                    ),
                ),
                initiatives=(InitiativePlan("oil", "Oil", key_result="metres", owner="dee"),),
            ),
            replace(
                next(one for one in now.objectives if one.id == okrs.company.key),
                key_results=(KeyResultPlan("more", "More", MeasurePlan("increase", Decimal(0), Decimal(9))),),
                initiatives=(InitiativePlan("ads", "Ads", key_result="more"),),
            ),
        ),
    )  # fmt: skip


def both(now: Plan, okrs: Okrs) -> Plan:
    """Return a file that does both at once."""
    old, new = changing(now, okrs), making(now, okrs)
    added = new.objectives[1]
    company = replace(
        old.objectives[0],
        key_results=(*old.objectives[0].key_results, *added.key_results),
        initiatives=added.initiatives,
        team="brakes",
        owner="dee",
    )
    return replace(
        old,
        people=(*old.people, *new.people),
        teams=(*old.teams, *new.teams),
        cycles=(*old.cycles, *new.cycles),
        objectives=(company, *old.objectives[1:], new.objectives[0]),
    )


def applied(cast: Cast, okrs: Okrs, file=both, at=LATER) -> int:
    """Apply one of these files as Ada, and return the event that tells of it."""
    plan = file(known.current(cast.acme.id), okrs)
    plans.apply_as_owner(plan=plan, by=cast.ada, at=at)
    return latest(cast, "plan.applied")


class TestTakeBack:
    @pytest.mark.parametrize("file", [changing, making, both])
    def test_leaves_everything_as_it_was(self, cast: Cast, okrs: Okrs, file):
        """Whatever a file changed and made: on the same day the export and every number are as before."""
        before = standing(cast)
        done = applied(cast, okrs, file)
        assert standing(cast) != before

        made = undos.undo(event=done, by=cast.ada, at=SOON)

        after = standing(cast)
        for was, became in zip(before, after, strict=True):
            if became == was:
                continue
            # Who owned something that stays is named by its history, so they leave instead of vanishing.
            assert file is both and [one for one in became if one not in was] in (
                [PersonPlan("dee", "Dee", None, "member", TODAY)],
                [TeamPlan("brakes", "Brakes", "product")],
                [("brakes", [])],
            )
        assert (made.kind, made.undoes_id) == ("plan.taken_back", done)
        assert [str(one) for one in verification.differences(cast.acme.id, SOON)] == []

    def test_keeps_the_entries_that_were_there(self, cast: Cast, okrs: Okrs):
        """Entries are only added: what the file checked in is withdrawn by new entries."""
        before = set(Checkin.objects.of(cast.acme.id).values_list("id", flat=True))
        done = applied(cast, okrs, changing)

        undos.undo(event=done, by=cast.ada, at=SOON)

        entries = Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).order_by("id")
        assert before < set(Checkin.objects.of(cast.acme.id).values_list("id", flat=True))
        assert entries.last().is_withdrawn

    def test_later_puts_aside(self, cast: Cast, okrs: Okrs):
        """A past day has shown it: work is cancelled or dropped, people leave, empty teams stay."""
        done = applied(cast, okrs, making)

        undos.undo(event=done, by=cast.ada, at=TOMORROW)

        rows = cast.acme.id
        assert Objective.objects.of(rows).get(key="stop").state == "cancelled"
        assert KeyResult.objects.of(rows).get(key="more").state == "cancelled"
        told = known.current(rows)
        assert {each.state for one in told.objectives for each in one.initiatives if each.id == "ads"} == {
            "dropped"
        }
        assert Person.objects.of(rows).get(key="dee").left_on is not None
        assert Team.objects.of(rows).filter(key="brakes").exists()
        assert [str(one) for one in verification.differences(rows, TOMORROW)] == []

    def test_leaves_what_one_does_not_see(self, cast: Cast, okrs: Okrs):
        """Another owner takes back what they see; what the file did elsewhere stays, and is not mentioned."""
        people.change_role(person=cast.cleo.person_id, role="owner", by=cast.ada, at=NOW)
        now = known.current(cast.acme.id)
        secret = next(one for one in now.objectives if one.id == okrs.secret.key)
        company = next(one for one in now.objectives if one.id == okrs.company.key)
        file = Plan(objectives=(replace(secret, title="Hush"), replace(company, title="Loud")))
        plans.apply_as_owner(plan=file, by=cast.ada, at=LATER)
        cleo = replace(cast.cleo, role="owner")

        undos.undo(event=latest(cast, "plan.applied"), by=cleo, at=SOON)

        rows = Objective.objects.of(cast.acme.id)
        assert rows.get(id=okrs.secret.id).title == "Hush"
        assert rows.get(id=okrs.company.id).title == "Riders choose us twice"


class TestRefusal:
    """All of it or nothing, and the refusal says what leans on it."""

    def test_of_what_was_changed_since(self, cast: Cast, okrs: Okrs):
        """A later change is not written over unasked; asked, it is."""
        done = applied(cast, okrs, changing)
        change = {"objective": okrs.company.id, "by": cast.ada, "at": SOON}
        objectives.update(**change, changed={"title": "Mine"})

        with pytest.raises(ChangedSince) as caught:
            undos.undo(event=done, by=cast.ada, at=SOON)

        assert [(one.of, one.field, one.now, one.then) for one in caught.value.over] == [
            ("Mine", "title", "Mine", "Riders choose us twice")
        ]
        undos.undo(event=done, anyway=True, by=cast.ada, at=SOON)
        assert Objective.objects.of(cast.acme.id).get(id=okrs.company.id).title == "Riders choose us twice"

    @pytest.mark.parametrize(
        "reason",
        ["“Stop in time” was worked on", "serves what it made", "“Discs” is in use", "has a part in"],
    )
    def test_of_what_something_was_built_on(self, cast: Cast, okrs: Okrs, reason: str):
        """A check-in, a link upwards, work in a new team, a new owner: each is named, and nothing happens."""
        done, ada = applied(cast, okrs, making), {"by": cast.ada, "at": SOON}
        rows = cast.acme.id
        stop, metres = (
            Objective.objects.of(rows).get(key="stop"),
            KeyResult.objects.of(rows).get(key="metres"),
        )
        if "worked on" in reason:
            objectives.update(objective=stop.id, changed={"title": "Stop in time"}, **ada)
            checkins.record(key_result=metres.id, value=Decimal(6), **ada)
        elif "serves" in reason:
            alignments.align(child=okrs.draft.id, key_result=metres.id, **ada)
        elif "in use" in reason:
            discs = Team.objects.of(rows).get(key="discs")
            objectives.draft(title="More", cycle=okrs.cycle.id, team=discs.id, **ada)
        else:
            dee = Person.objects.of(rows).get(key="dee")
            objectives.update(objective=okrs.helpful.id, changed={"sponsor": dee.id}, **ada)
        before = standing(cast)

        with pytest.raises(Conflict, match=reason):
            undos.undo(event=done, by=cast.ada, at=SOON)

        assert standing(cast) == before

    def test_of_what_was_undone_since_is_none(self, cast: Cast, okrs: Okrs):
        """What was built on it and undone stands in nobody's way."""
        done = applied(cast, okrs, making)
        discs = Team.objects.of(cast.acme.id).get(key="discs")
        teams.update(team=discs.id, changed={"name": "Pads"}, by=cast.ada, at=SOON)
        undos.undo(event=latest(cast, "team.changed"), by=cast.ada, at=SOON)

        assert undos.undo(event=done, by=cast.ada, at=SOON)

    def test_of_a_told_past(self, cast: Cast, okrs: Okrs):
        """What a file told of the past of something that was there stays told."""
        company = next(one for one in known.current(cast.acme.id).objectives if one.id == okrs.company.key)
        past = replace(company.transitions[-1], event="check_in", at=NOW - timedelta(days=1))
        file = Plan(objectives=(replace(company, transitions=(*company.transitions, past)),))
        plans.apply_as_owner(plan=file, by=cast.ada, at=LATER)

        with pytest.raises(Conflict, match="told of the past"):
            undos.undo(event=latest(cast, "plan.applied"), by=cast.ada, at=SOON)

    def test_of_the_operators(self, cast: Cast, okrs: Okrs):
        """What was applied at the terminal is taken back there, by the file of before."""
        plan = changing(known.current(cast.acme.id), okrs)
        plans.apply_plan(plan=plan, by=operator(cast.acme.id), at=LATER)

        with pytest.raises(Conflict, match="too much to be kept"):
            undos.undo(event=latest(cast, "plan.applied"), by=cast.ada, at=SOON)

    def test_for_an_admin(self, cast: Cast, okrs: Okrs):
        """Whoever may not apply a file may not take one back."""
        done = applied(cast, okrs, making)
        admin = replace(cast.cleo, role="admin")

        with pytest.raises(NotAllowed):
            undos.undo(event=done, by=admin, at=SOON)


def test_the_event_says_it_to_nobody(cast: Cast, okrs: Okrs):
    """What is kept to undo it is packed, and stays with what may be undone."""
    done = applied(cast, okrs, both)

    data = Event.objects.of(cast.acme.id).get(id=done).data

    assert set(data) == {"summary", "parts", "kept"}
    assert len(data["kept"]) < 4_000
