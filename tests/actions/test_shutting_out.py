"""Shutting oneself out: it is asked before it is done, and whoever did it can take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from milepost.actions import bulk, drafts, handovers, key_results, objectives, people, plans, teams, undos
from milepost.actions.bulk import Change
from milepost.actions.key_results import Definition
from milepost.core.access import Actor
from milepost.core.problems import NotFound
from milepost.models import Event, Objective, Person
from milepost.queries import plans as known
from milepost.queries import shutting_out, standings
from milepost.queries.cards import Reader
from milepost.queries.shutting_out import ShutsYouOut
from milepost.queries.undoing import url
from tests.actions.deeds import latest
from tests.cast import LATER, TODAY, Cast, actor
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
SOON = LATER + timedelta(hours=1)
FAR = LATER + timedelta(days=2)


def restrict(cast: Cast, okrs: Okrs, *, leave: bool = False) -> None:
    """Let Ada, who only administers it, restrict Ben's objective to those who work on it."""
    objectives.update(
        objective=okrs.helpful.id, changed={"visibility": "people"}, leave=leave, by=cast.ada, at=LATER
    )


def now(okrs: Okrs) -> Objective:
    return Objective.objects.of(okrs.helpful.workspace_id).get(id=okrs.helpful.id)


class TestAsking:
    def test_names_who_will_see_it(self, cast: Cast, okrs: Okrs):
        """Nothing is written, and the refusal says who would go on seeing it."""
        with pytest.raises(ShutsYouOut) as refused:
            restrict(cast, okrs)

        assert refused.value.message == (
            "You will not see “Nobody waits for an answer” any more; Ben Okri and Cleo Wong will."
        )
        assert now(okrs).visibility == "workspace"

    def test_counts_nobody_that_the_change_does_not_tell_of(self, cast: Cast, okrs: Okrs):
        """Who sees it for a key result that its author does not see is not named."""
        gus = cast.gus.person_id
        hidden = Definition("Hush", visibility="people", visible_to=[], owner=gus)
        key_results.add(objective=okrs.helpful.id, definition=hidden, by=cast.ben, at=LATER)

        with pytest.raises(ShutsYouOut) as refused:
            restrict(cast, okrs)

        assert "Gus" not in str(refused.value)

    def test_is_not_for_who_goes_on_seeing_it(self, cast: Cast, okrs: Okrs):
        """Whoever works on it, or names themself, is not asked."""
        named = {"visibility": "people", "visible_to": [cast.ada.person_id]}
        objectives.update(objective=okrs.helpful.id, changed=named, by=cast.ada, at=LATER)
        objectives.update(
            objective=okrs.helpful.id, changed={"visibility": "team", "visible_to": []}, by=cast.ben, at=LATER
        )

        assert now(okrs).visibility == "team"

    def test_of_a_draft_for_others(self, cast: Cast, okrs: Okrs):
        """Who drafts what they would not see is asked as well."""
        others = {"owner": cast.ben.person_id, "visibility": "people", "title": "Hush"}
        with pytest.raises(ShutsYouOut):
            objectives.draft(cycle=okrs.cycle.id, **others, by=cast.ada, at=LATER)

        made = objectives.draft(cycle=okrs.cycle.id, **others, leave=True, by=cast.ada, at=LATER)

        assert not standings.sees(cast.ada, made.id)
        undos.undo(event=latest(cast), by=cast.ada, at=SOON)
        assert not Objective.objects.of(cast.acme.id).filter(id=made.id).exists()

    def test_of_a_key_result(self, cast: Cast, okrs: Okrs):
        """A key result is narrowed, or given away in an objective that its owners alone see, knowingly."""
        narrow = {"visibility": "people", "visible_to": []}
        with pytest.raises(ShutsYouOut):
            key_results.update(key_result=okrs.waiting.id, changed=narrow, by=cast.ada, at=LATER)
        objectives.update(
            objective=okrs.helpful.id,
            changed={"visibility": "people", "contributors": []},
            by=cast.ben,
            at=LATER,
        )
        with pytest.raises(ShutsYouOut):
            key_results.update(
                key_result=okrs.waiting.id,
                changed={"owner": cast.ben.person_id},
                by=cast.cleo,
                at=LATER,
            )

    def test_of_many(self, cast: Cast, okrs: Okrs):
        """The preview of many says it of each, and with `leave` all are changed, and undone as one."""
        other = objectives.draft(
            title="Other", cycle=okrs.cycle.id, team=cast.product.id, owner=cast.ben.person_id, by=cast.ben,
            at=LATER,
        )  # fmt: skip
        both = [okrs.helpful.id, other.id]
        change = Change("visibility", visibility="team")
        asked = bulk.preview(items=both, change=change, by=cast.ada, at=LATER)
        assert {line.problem.code for line in asked} == {"shuts_you_out"}

        bulk.apply(
            items=both, change=Change("visibility", visibility="team", leave=True), by=cast.ada, at=LATER
        )

        assert not any(standings.sees(cast.ada, id) for id in both)
        undos.undo(event=latest(cast), by=cast.ada, at=SOON)
        assert all(standings.sees(cast.ada, id) for id in both)

    def test_of_a_handover(self, cast: Cast, okrs: Okrs):
        """Whoever hands a secret over is asked; what they leave so goes in one step."""
        to = cast.ben.person_id
        with pytest.raises(ShutsYouOut):
            handovers.hand_over(person=cast.ada.person_id, to=to, by=cast.ada, at=LATER)

        handovers.hand_over(person=cast.ada.person_id, to=to, leave=True, by=cast.ada, at=LATER)

        assert not standings.sees(cast.ada, okrs.secret.id)
        undos.undo(event=latest(cast), by=cast.ada, at=SOON)
        assert standings.sees(cast.ada, okrs.secret.id)

    def test_of_a_file(self, cast: Cast, okrs: Okrs):
        """What an owner's file would take out of their sight is among its warnings, and asked."""
        have = known.as_seen(Reader(cast.ada, TODAY))
        narrowed = [
            replace(each, visibility="people") if each.title == okrs.helpful.title else each
            for each in have.objectives
        ]
        wanted = replace(have, objectives=tuple(narrowed))
        changes = plans.preview_as_owner(plan=wanted, have=have, by=cast.ada, at=LATER)

        (doubt,) = shutting_out.by_file(cast.ada, changes)
        assert doubt.title == okrs.helpful.title
        with pytest.raises(ShutsYouOut):
            plans.apply_as_owner(plan=wanted, by=cast.ada, at=LATER)
        plans.apply_as_owner(plan=wanted, leave=True, by=cast.ada, at=LATER)
        assert not standings.sees(cast.ada, okrs.helpful.id)


class TestPartingFromATeam:
    """Ben leads Product, which alone sees what Ada wrote for it."""

    @pytest.fixture
    def hush(self, cast: Cast, okrs: Okrs) -> Objective:
        return objectives.draft(
            title="Hush", cycle=okrs.cycle.id, team=cast.product.id, owner=cast.cleo.person_id,
            visibility="team", leave=True, by=cast.ada, at=LATER,
        )  # fmt: skip

    def test_is_asked_of_whoever_loses_sight(self, cast: Cast, okrs: Okrs, hush: Objective):
        """Neither what they work on themself nor what everyone sees is named, and nothing was done."""
        with pytest.raises(ShutsYouOut) as refused:
            teams.remove_member(team=cast.product.id, person=cast.ben.person_id, by=cast.ben, at=LATER)

        assert refused.value.message == "You will not see “Hush” any more."
        assert shutting_out.NO_WAY_BACK in refused.value.remedy
        assert standings.sees(cast.ben, hush.id)

    def test_names_narrowed_key_results(self, cast: Cast, okrs: Okrs):
        """What is the team's alone within an open objective counts as well."""
        hidden = Definition("Hushed", visibility="team", owner=cast.cleo.person_id)
        row = objectives.draft(
            title="Open", cycle=okrs.cycle.id, team=cast.product.id, owner=cast.cleo.person_id, by=cast.ada,
            at=LATER,
        )  # fmt: skip
        key_results.add(objective=row.id, definition=hidden, leave=True, by=cast.ada, at=LATER)

        assert shutting_out.by_parting(cast.ben, cast.product.id) == ["Hushed"]

    def test_is_done_where_it_is_meant(self, cast: Cast, okrs: Okrs, hush: Objective):
        """With `leave` they part; the event, which others read, names nothing of it."""
        ben = cast.ben.person_id
        teams.remove_member(team=cast.product.id, person=ben, leave=True, by=cast.ben, at=LATER)

        assert not standings.sees(cast.ben, hush.id)
        assert "Hush" not in str(Event.objects.of(cast.acme.id).get(id=latest(cast)).data)

    def test_is_not_asked_of_others(self, cast: Cast, okrs: Okrs, hush: Objective):
        """Whoever removes somebody else loses nothing by it."""
        teams.remove_member(team=cast.product.id, person=cast.ben.person_id, by=cast.ada, at=LATER)

        assert not standings.sees(cast.ben, hush.id)

    def test_is_not_asked_where_nothing_is_lost(self, cast: Cast, okrs: Okrs):
        """What they own, and what everyone sees, they go on seeing."""
        own = {"visibility": "team"}
        objectives.update(objective=okrs.draft.id, changed=own, by=cast.ben, at=LATER)

        teams.remove_member(team=cast.product.id, person=cast.ben.person_id, by=cast.ben, at=LATER)

        assert standings.sees(cast.ben, okrs.draft.id)

    def test_by_undoing_is_asked_as_well(self, cast: Cast, okrs: Okrs, hush: Objective):
        """An admin who joined, and takes that back, is asked and can insist; they may come back."""
        ada = cast.ada.person_id
        teams.add_member(team=cast.product.id, person=ada, by=cast.ada, at=LATER)
        joined = latest(cast)
        with pytest.raises(ShutsYouOut) as refused:
            undos.undo(event=joined, by=cast.ada, at=SOON)

        undos.undo(event=joined, anyway=True, by=cast.ada, at=SOON)

        assert shutting_out.BACK in refused.value.remedy
        assert not standings.sees(cast.ada, hush.id)
        undos.undo(event=latest(cast), by=cast.ada, at=SOON)
        assert standings.sees(cast.ada, hush.id)

    def test_by_a_file_is_asked_as_well(self, cast: Cast, okrs: Okrs, hush: Objective):
        """A file that ends the membership of whoever applies it says what they lose, changed or not."""
        teams.add_member(team=cast.product.id, person=cast.ada.person_id, by=cast.ada, at=LATER)
        have = known.as_seen(Reader(cast.ada, TODAY))
        me = Person.objects.of(cast.acme.id).get(id=cast.ada.person_id).key
        ended = [
            replace(each, members=tuple(
                replace(one, until=TODAY) if one.person == me else one for one in each.members
            ))
            for each in have.teams
        ]  # fmt: skip
        wanted = replace(have, teams=tuple(ended))

        changes = plans.preview_as_owner(plan=wanted, have=have, by=cast.ada, at=LATER)

        assert [doubt.title for doubt in shutting_out.by_file(cast.ada, changes)] == ["Hush"]


class TestOwnDraft:
    def test_is_not_asked_of_whoever_owns_a_part_of_it(self, cast: Cast, okrs: Okrs):
        """Who writes an objective for others with a key result of their own goes on seeing it."""
        others = {
            "title": "Hush", "cycle": okrs.cycle.id, "owner": cast.ben.person_id, "visibility": "people",
        }  # fmt: skip
        wanted = [
            ("first_", Definition("Theirs", owner=cast.cleo.person_id)),
            ("second_", Definition("Mine", owner=cast.ada.person_id)),
        ]

        made = drafts.write(objective=others, key_results_wanted=wanted, by=cast.ada, at=LATER)

        assert standings.sees(cast.ada, made.id)
        assert not any(
            "left" in data for data in Event.objects.of(cast.acme.id).values_list("data", flat=True)
        )

    @pytest.mark.parametrize("visibility", ["team", "people", "private"])
    def test_is_not_asked_of_its_owner(self, cast: Cast, okrs: Okrs, visibility: str):
        """Whoever owns a draft may narrow it as they like."""
        objectives.update(objective=okrs.draft.id, changed={"visibility": visibility}, by=cast.ben, at=LATER)

        assert standings.sees(cast.ben, okrs.draft.id)


class TestTakingBack:
    def test_works_for_whoever_did_it(self, cast: Cast, okrs: Okrs):
        """What one shut oneself out by is offered as one's last change, and can be undone."""
        restrict(cast, okrs, leave=True)
        done = latest(cast)
        assert not standings.sees(cast.ada, okrs.helpful.id)
        with pytest.raises(NotFound):
            objectives.update(objective=okrs.helpful.id, changed={"title": "X"}, by=cast.ada, at=SOON)

        undos.undo(event=done, by=cast.ada, at=SOON)

        assert now(okrs).visibility == "workspace"

    @pytest.mark.parametrize("who", ["cleo", "gus", "zed"])
    def test_is_for_nobody_else(self, cast: Cast, okrs: Okrs, who: str):
        """Others do not hear of it."""
        narrow = {"visibility": "people", "contributors": []}
        key_results.update(
            key_result=okrs.waiting.id, changed={"owner": None}, by=cast.ben, at=LATER
        )  # so that Cleo has no part in it
        objectives.update(objective=okrs.helpful.id, changed=narrow, leave=True, by=cast.ada, at=LATER)

        with pytest.raises(NotFound):
            undos.undo(event=latest(cast), by=getattr(cast, who), at=SOON)

    @pytest.mark.parametrize("since", ["narrowed", "closed", "lost the role"])
    def test_tells_nothing_of_what_stands_against_it(self, cast: Cast, okrs: Okrs, since: str):
        """Whatever happened since in what they do not see: the refusal is the same."""
        restrict(cast, okrs, leave=True)
        done, by = latest(cast), cast.ada
        match since:
            case "narrowed":
                objectives.update(
                    objective=okrs.helpful.id, changed={"visibility": "team"}, by=cast.ben, at=SOON
                )
            case "closed":
                Objective.objects.of(cast.acme.id).filter(id=okrs.helpful.id).update(state="closed")
            case _:
                people.change_role(person=cast.cleo.person_id, role="owner", by=cast.ada, at=SOON)
                people.change_role(person=cast.ada.person_id, role="member", by=_again(cast.cleo), at=SOON)
                by = _again(cast.ada)

        with pytest.raises(undos.OutOfSight) as refused:
            undos.undo(event=done, anyway=True, by=by, at=FAR)

        assert str(refused.value) == (
            "You left this to others, and by now it cannot be undone from here. "
            "Ask somebody who sees it to let you in again."
        )

    def test_that_shuts_one_out_is_asked(self, cast: Cast, okrs: Okrs):
        """An undo by which one would lose sight is asked like any change, and done anyway."""
        restrict(cast, okrs, leave=True)
        objectives.update(
            objective=okrs.helpful.id, changed={"visibility": "workspace"}, by=cast.ben, at=SOON
        )
        opened = latest(cast)
        with pytest.raises(ShutsYouOut):
            undos.undo(event=opened, by=cast.ada, at=FAR)

        undos.undo(event=opened, anyway=True, by=cast.ada, at=FAR)

        assert not standings.sees(cast.ada, okrs.helpful.id)

    def test_is_offered_alone_for_what_one_left(self, cast: Cast, okrs: Okrs):
        """What others put out of one's sight is not offered to be undone."""
        objectives.update(objective=okrs.helpful.id, changed={"title": "New"}, by=cast.ada, at=LATER)
        renamed = Event.objects.of(cast.acme.id).get(id=latest(cast))
        restrict(cast, okrs, leave=True)
        left = Event.objects.of(cast.acme.id).get(id=latest(cast))

        assert url(Reader(cast.ada, TODAY), renamed) == ""
        assert url(Reader(cast.ada, TODAY), left).endswith("/undoing/")


def _again(who: Actor) -> Actor:
    return actor(Person.objects.of(who.workspace_id).get(id=who.person_id))
