"""Teams: their tree, and who belongs where from when to when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.actions import people, teams
from milepost.core.problems import Invalid, NotAllowed, NotFound
from milepost.models import Event, Team, TeamMember
from tests.cast import NOW, TODAY, Cast, actor

pytestmark = pytest.mark.both_databases

TOMORROW = NOW + timedelta(days=1)


class TestCreate:
    def test_creates_below_another(self, cast: Cast):
        """A team has a name, a purpose, a place and a key that can be read."""
        team = teams.create(name=" Web  Shop ", purpose="Sell.", parent=cast.product.id, by=cast.ada, at=NOW)

        assert (team.name, team.key, team.purpose) == ("Web Shop", "web-shop", "Sell.")
        assert team.parent_id == cast.product.id

    def test_lets_a_lead_create_below_their_own(self, cast: Cast):
        """A lead makes teams below the one they lead, and nowhere else."""
        assert teams.create(name="Web", parent=cast.product.id, by=cast.ben, at=NOW)

        with pytest.raises(NotAllowed):
            teams.create(name="Sales", by=cast.ben, at=NOW)

    @pytest.mark.parametrize("who", ["cleo", "gus"])
    def test_is_not_for_members(self, cast: Cast, who: str):
        """Members and guests create no team."""
        with pytest.raises(NotAllowed):
            teams.create(name="Mine", parent=cast.product.id, by=getattr(cast, who), at=NOW)

    def test_refuses_a_parent_of_another_workspace(self, cast: Cast):
        """A foreign team is no team here."""
        with pytest.raises(Invalid) as refused:
            teams.create(name="Web", parent=cast.rockets.id, by=cast.ada, at=NOW)

        assert refused.value.field == "parent"

    @pytest.mark.parametrize("name", ["", "   ", "x" * 201])
    def test_refuses_no_name(self, cast: Cast, name: str):
        """A team needs a name that fits."""
        with pytest.raises(Invalid) as refused:
            teams.create(name=name, by=cast.ada, at=NOW)

        assert refused.value.field == "name"


class TestUpdate:
    def test_renames(self, cast: Cast):
        """A new name does not change the key, so files still find the team."""
        row = teams.update(team=cast.product.id, changed={"name": "Produkt"}, by=cast.ben, at=NOW)

        told = Event.objects.of(cast.acme.id).get(kind="team.changed")
        assert (row.name, row.key) == ("Produkt", "product")
        assert told.data["changes"] == {"name": ["Product", "Produkt"]}

    def test_shows_the_path_of_a_loop(self, cast: Cast):
        """A team cannot stand below itself, and the refusal says by which way it would."""
        web = teams.create(name="Web", parent=cast.product.id, by=cast.ada, at=NOW)
        shop = teams.create(name="Shop", parent=web.id, by=cast.ada, at=NOW)

        with pytest.raises(teams.TeamLoop) as refused:
            teams.update(team=cast.product.id, changed={"parent": shop.id}, by=cast.ada, at=NOW)

        assert "Product → Shop → Web → Product" in refused.value.message

    def test_moving_needs_a_right_at_both_ends(self, cast: Cast):
        """A lead moves a team of theirs only to where they lead as well."""
        sales = teams.create(name="Sales", by=cast.ada, at=NOW)
        web = teams.create(name="Web", parent=cast.product.id, by=cast.ada, at=NOW)

        for parent in (sales.id, None):
            with pytest.raises(NotAllowed):
                teams.update(team=web.id, changed={"parent": parent}, by=cast.ben, at=NOW)

    def test_does_not_reach_another_workspace(self, cast: Cast):
        """A team of another workspace is not there."""
        with pytest.raises(NotFound):
            teams.update(team=cast.rockets.id, changed={"name": "Ours"}, by=cast.ada, at=NOW)

    @settings(
        max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    )
    @given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
    def test_never_makes_a_loop(self, cast: Cast, moves: list[tuple[int, int]]):
        """Whatever is moved where, every team can be followed up to the company."""
        made = [teams.create(name=f"T{number}", by=cast.ada, at=NOW) for number in range(5)]

        for child, parent in moves:
            try:
                teams.update(team=made[child].id, changed={"parent": made[parent].id}, by=cast.ada, at=NOW)
            except teams.TeamLoop:
                pass

        parents = dict(Team.objects.of(cast.acme.id).values_list("id", "parent_id"))
        for team in parents:
            steps = 0
            while team is not None:
                team, steps = parents[team], steps + 1
                assert steps <= len(parents)


class TestMembers:
    def test_begin_today(self, cast: Cast):
        """A new member belongs from the workspace's today."""
        row = teams.add_member(team=cast.product.id, person=cast.gus.person_id, by=cast.ben, at=NOW)

        assert (row.since_on, row.until_on, row.is_lead) == (TODAY, None, False)

    def test_a_change_of_lead_is_dated(self, cast: Cast):
        """Who led before remains in the past, to the day."""
        teams.add_member(
            team=cast.product.id, person=cast.cleo.person_id, is_lead=True, by=cast.ada, at=TOMORROW
        )

        rows = TeamMember.objects.of(cast.acme.id).filter(person_id=cast.cleo.person_id).order_by("id")
        tomorrow = TODAY + timedelta(days=1)
        assert [(row.is_lead, row.since_on, row.until_on) for row in rows] == [
            (False, TODAY, tomorrow),
            (True, tomorrow, None),
        ]

    def test_a_change_on_the_same_day_leaves_no_trace(self, cast: Cast):
        """A slip that is put right at once is no history."""
        teams.add_member(team=cast.product.id, person=cast.cleo.person_id, is_lead=True, by=cast.ada, at=NOW)
        teams.remove_member(team=cast.product.id, person=cast.cleo.person_id, by=cast.ada, at=NOW)

        assert not TeamMember.objects.of(cast.acme.id).filter(person_id=cast.cleo.person_id).exists()

    def test_leaving_ends_rights_at_once(self, cast: Cast):
        """Who is no longer lead has no more to say there."""
        teams.remove_member(team=cast.product.id, person=cast.ben.person_id, by=cast.ada, at=TOMORROW)

        ben = actor(people.Person.objects.of(cast.acme.id).get(id=cast.ben.person_id))
        assert ben.leads == frozenset()

    def test_can_begin_in_the_past_but_not_ahead(self, cast: Cast):
        """A membership may be noted late, never in advance."""
        early = TODAY - timedelta(days=30)
        row = teams.add_member(
            team=cast.product.id, person=cast.gus.person_id, since_on=early, by=cast.ada, at=NOW
        )

        with pytest.raises(Invalid) as refused:
            teams.add_member(
                team=cast.product.id,
                person=cast.ada.person_id,
                since_on=TODAY + timedelta(days=1),
                by=cast.ada,
                at=NOW,
            )

        assert row.since_on == early
        assert refused.value.field == "since_on"

    def test_refuses_who_is_not_here(self, cast: Cast):
        """Somebody who left, or of another workspace, joins no team."""
        people.leave(person=cast.gus.person_id, by=cast.ada, at=NOW)

        for person in (cast.gus.person_id, cast.zed.person_id):
            with pytest.raises(Invalid):
                teams.add_member(team=cast.product.id, person=person, by=cast.ada, at=NOW)

    @pytest.mark.parametrize("who", ["cleo", "gus", "zed"])
    def test_are_the_leads_and_admins_to_choose(self, cast: Cast, who: str):
        """Nobody else lets people in or out; a stranger does not even find the team."""
        with pytest.raises((NotAllowed, NotFound)):
            teams.add_member(team=cast.product.id, person=cast.gus.person_id, by=getattr(cast, who), at=NOW)
        with pytest.raises((NotAllowed, NotFound)):
            teams.remove_member(
                team=cast.product.id, person=cast.cleo.person_id, by=getattr(cast, who), at=NOW
            )
