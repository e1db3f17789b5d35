"""The directory, a person's page, one's workspaces, the cycles: on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from milepost.actions import access, cycles, people, teams
from milepost.core.cadence import CycleState
from milepost.core.problems import NotFound
from milepost.models import Checkin, Cycle, KeyResult, Objective, User
from milepost.models.ids import COUNTER_BITS
from milepost.queries import cycles as cycle_pages
from milepost.queries import people as known
from milepost.queries import team_tree, workspaces
from milepost.queries.cards import Reader
from tests.cast import LATER, NOW, TODAY, Cast

pytestmark = pytest.mark.both_databases
PRAGUE = "Europe/Prague"


def _checked_in(cast: Cast, *, visibility: str = "workspace") -> None:
    cycle = Cycle.objects.create(workspace=cast.acme, key=visibility, name="Q", starts_on=TODAY)
    row = Objective.objects.create(
        workspace=cast.acme, key=visibility, title="O", cycle=cycle, visibility=visibility, created_at=NOW
    )
    one = KeyResult.objects.create(
        workspace=cast.acme, key=visibility, title="K", objective=row, created_at=NOW
    )
    late = NOW.replace(hour=23, minute=30)
    Checkin.objects.create(
        id=int(NOW.timestamp() * 1000) << COUNTER_BITS,
        workspace=cast.acme,
        key_result=one,
        effective_at=late,
        recorded_at=late,
        by_id=cast.cleo.person_id,
    )


class TestDirectory:
    def test_shows_the_day_of_the_workspace(self, cast: Cast):
        """A check-in late in the evening in UTC was made tomorrow in Prague."""
        _checked_in(cast)

        found = known.directory(cast.ben, zone=PRAGUE, at=LATER)

        days = {entry.name: entry.last_checkin for entry in found.entries}
        assert days["Cleo Wong"] == TODAY + timedelta(days=1)
        assert days["Ben Okri"] is None

    def test_counts_who_is_here_waiting_and_gone(self, cast: Cast):
        """The numbers on the tabs are those of the lists behind them."""
        people.add(name="Dana", email="dana@acme.example", by=cast.ada, at=NOW)
        people.leave(person=cast.gus.person_id, by=cast.ada, at=NOW)

        found = {
            show: known.directory(cast.ada, show=show, zone=PRAGUE, at=LATER)
            for show in ("here", "waiting", "left")
        }

        assert found["here"].counts == {"here": 4, "waiting": 1, "left": 1}
        assert {show: page.total for show, page in found.items()} == found["here"].counts
        assert [entry.state.word for entry in found["left"].entries] == ["left"]

    def test_knows_until_when_an_invitation_is_good(self, cast: Cast):
        """An open invitation shows its last day; one that ran out shows as none."""
        dana = people.add(name="Dana", email="dana@acme.example", by=cast.ada, at=NOW)
        access.invite(person=dana.id, by=cast.ada, at=NOW)

        soon = known.profile(Reader(cast.ada, TODAY), dana.id, zone=PRAGUE, at=LATER).entry
        after = known.profile(Reader(cast.ada, TODAY), dana.id, zone=PRAGUE, at=NOW + timedelta(days=4)).entry

        assert (soon.state.word, soon.state.on) == ("invited", TODAY + timedelta(days=3))
        assert after.state.word == "added"

    def test_offers_a_lead_to_invite_only_whom_they_added(self, cast: Cast):
        """The button appears exactly where the action would agree."""
        people.add(name="Mine", email="m@acme.example", team=cast.product.id, by=cast.ben, at=NOW)
        people.add(name="Theirs", email="t@acme.example", team=cast.product.id, by=cast.ada, at=NOW)

        found = known.directory(cast.ben, show="waiting", zone=PRAGUE, at=LATER)

        assert {entry.name: entry.may_invite for entry in found.entries} == {"Mine": True, "Theirs": False}


class TestProfile:
    def test_stays_in_the_workspace(self, cast: Cast):
        """A person of another workspace is not found."""
        with pytest.raises(NotFound):
            known.profile(Reader(cast.ada, TODAY), cast.zed.person_id, zone=PRAGUE, at=NOW)


class TestMemberships:
    def test_lists_ones_own_workspaces(self, cast: Cast):
        """Whoever belongs to two workspaces finds both; whoever left one finds the other."""
        person = people.add(name="Zed", email="zed@zenith.example", by=cast.ada, at=NOW)
        zed = User.objects.get(email="zed@zenith.example")
        access.accept(secret=access.invite(person=person.id, by=cast.ada, at=NOW), user_id=zed.id, at=NOW)

        both = [each.slug for each in workspaces.memberships(zed.id)]
        people.leave(person=person.id, by=cast.ada, at=NOW)

        assert both == ["acme", "zenith"]
        assert [each.slug for each in workspaces.memberships(zed.id)] == ["zenith"]


class TestTeamTree:
    def test_offers_no_place_below_itself(self, cast: Cast):
        """A team can stand anywhere but at itself or below."""
        from milepost.actions import teams

        web = teams.create(name="Web", parent=cast.product.id, by=cast.ada, at=NOW)
        teams.create(name="Shop", parent=web.id, by=cast.ada, at=NOW)
        teams.create(name="Sales", by=cast.ada, at=NOW)

        found = team_tree.arrangement(cast.ada, web.id)

        assert [(place.name, place.depth) for place in found.parents] == [("Product", 0), ("Sales", 0)]

    def test_is_for_those_who_may_arrange(self, cast: Cast):
        """A member does not find the page, nor does anybody find a foreign team."""
        for actor, team in ((cast.cleo, cast.product), (cast.ada, cast.rockets)):
            with pytest.raises(NotFound):
                team_tree.arrangement(actor, team.id)


class TestCycles:
    def test_come_latest_first_with_their_parts_below(self, cast: Cast):
        """A year stands above its quarters, and later years above earlier ones."""
        for year in (2025, 2026):
            whole = cycles.create(
                name=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), by=cast.ada, at=NOW
            )
            for number, month in enumerate((1, 4, 7, 10), 1):
                cycles.create(
                    name=f"Q{number} {year}",
                    starts_on=date(year, month, 1),
                    ends_on=date(year, month, 1) + timedelta(days=89),
                    parent=whole.id,
                    by=cast.ada,
                    at=NOW,
                )

        found = cycle_pages.overview(cast.ada, TODAY)

        names = [line.name for line in found.lines]
        assert names[:3] == ["2026", "Q4 2026", "Q3 2026"]
        assert names.index("2025") == 5
        assert {line.depth for line in found.lines} == {0, 1}
        assert found.lines[1].state is CycleState.RUNNING
        assert found.lines[1].words == "week 8 of 13"

    def test_suggest_what_is_missing(self, cast: Cast):
        """This year, this quarter and the next ones are offered until they are there."""
        before = [span.name for span in cycle_pages.overview(cast.ada, TODAY).suggestions]
        cycles.create(name="Q4", starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31), by=cast.ada, at=NOW)

        after = [span.name for span in cycle_pages.overview(cast.ada, TODAY).suggestions]

        assert before == ["2026", "Q4 2026", "Q1 2027", "2027"]
        assert after == ["2026", "Q1 2027", "2027"]

    def test_suggest_nothing_beside_quarters_of_ones_own(self, cast: Cast):
        """Where quarters begin in another month, the calendar's are not offered on top."""
        cycles.create(
            name="FQ3", starts_on=date(2026, 9, 21), ends_on=date(2026, 12, 20), by=cast.ada, at=NOW
        )

        found = [span.name for span in cycle_pages.overview(cast.ada, TODAY).suggestions]

        assert found == ["2026", "Q1 2027", "2027"]

    def test_bear_the_last_day_of_the_calendar(self, cast: Cast):
        """A file may bring a cycle that ends with the calendar; the page still opens."""
        Cycle.objects.create(
            workspace=cast.acme, key="end", name="End", starts_on=date(9999, 1, 1), ends_on=date.max
        )

        assert cycle_pages.overview(cast.ada, TODAY).lines[0].close_by is None


def test_who_leads_no_longer_was_never_away(cast: Cast):
    """Person and team say since when somebody belongs to it, whatever part they had there from when on."""
    teams.remove_member(team=cast.product.id, person=cast.ben.person_id, leave=True, by=cast.ben, at=NOW)
    for at, is_lead in ((LATER, True), (LATER + timedelta(days=30), False)):
        teams.add_member(team=cast.product.id, person=cast.ben.person_id, is_lead=is_lead, by=cast.ada, at=at)

    seat = next(one for one in team_tree.members(cast.ada, cast.product.id) if one.id == cast.ben.person_id)
    entry = known.profile(Reader(cast.ada, TODAY), cast.ben.person_id, zone=PRAGUE, at=LATER).entry

    assert (seat.is_lead, seat.since_on) == (False, LATER.date())
    assert [(team.is_lead, team.since_on) for team in entry.teams] == [(False, LATER.date())]
