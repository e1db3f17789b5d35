"""Who belonged to a team on a past day: whoever was known that evening, however it is told since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from milepost.actions import objectives, people, teams
from milepost.actions.plans import apply_plan
from milepost.core.plan.values import MembershipPlan, Plan
from milepost.ledger import image as images
from milepost.ledger import past
from milepost.models import TeamMember
from milepost.queries import plans as known
from tests.cast import Cast

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
BEFORE, ON = AT.date() - DAY, AT.date()


@pytest.fixture
def then(cast: Cast) -> Callable[[date], tuple[set[str], set[str]]]:
    """The first names of Product's members and leads at the end of a day."""

    def read(day: date) -> tuple[set[str], set[str]]:
        image = past.of(cast.acme.id, day)
        row = image.teams[cast.product.id]
        return _names(image, row.members), _names(image, row.leads)

    return read


def _names(image: images.Image, ids: frozenset[int]) -> set[str]:
    return {image.people[id].name.split()[0] for id in ids}


def apply(cast: Cast, change: Callable[[tuple], tuple]) -> None:
    """Apply a file that says otherwise who belongs to Product."""
    have: Plan = known.current(cast.acme.id)
    named = tuple(
        replace(one, members=change(one.members)) if one.id == cast.product.key else one for one in have.teams
    )
    apply_plan(plan=replace(have, teams=named), by=cast.ada, at=AT)


BOTH = {"Ben", "Cleo"}, {"Ben"}


class TestDay:
    def test_has_its_own_members(self, cast, then):
        """Who joined since was not there, who left since was, and who leads now did not lead."""
        team, ada = cast.product.id, cast.ada
        teams.add_member(team=team, person=ada.person_id, by=ada, at=AT)
        teams.add_member(team=team, person=cast.cleo.person_id, is_lead=True, by=ada, at=AT)
        teams.remove_member(team=team, person=cast.ben.person_id, by=ada, at=AT + timedelta(hours=1))

        for _ in range(2):
            assert then(BEFORE) == BOTH
            assert then(ON) == ({"Ada", "Cleo"}, {"Cleo"})
            images.forget()

    def test_knows_nobody_who_was_entered_later_for_earlier(self, cast, then):
        """A membership that is said to have begun a month ago stands from the day on which it was said."""
        who = cast.ada.person_id
        teams.add_member(team=cast.product.id, person=who, since_on=ON - 9 * DAY, by=cast.ada, at=AT)

        assert then(BEFORE) == BOTH
        assert then(ON) == (BOTH[0] | {"Ada"}, BOTH[1])

    def test_keeps_those_who_have_left_the_company(self, cast, then):
        """And it knows them by the name that they have now."""
        people.update(person=cast.cleo.person_id, name="Clea Wong", by=cast.ada, at=AT)
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=AT)

        assert then(BEFORE) == ({"Ben", "Clea"}, {"Ben"})
        assert then(ON) == ({"Ben"}, {"Ben"})

    def test_opens_nothing_that_is_closed_today(self, cast, okrs):
        """Rights are today's: who belonged to a team then sees then what they may see now."""
        row = okrs.helpful
        objectives.update(objective=row.id, changed={"visibility": "team"}, leave=True, by=cast.ada, at=AT)
        teams.add_member(team=cast.product.id, person=cast.ada.person_id, by=cast.ada, at=AT)
        audience = images.of(cast.acme.id).audience(row.id)

        assert cast.ada.person_id in audience
        assert past.of(cast.acme.id, BEFORE).audience(row.id) == audience

    @pytest.mark.parametrize("is_dated", [False, True])
    def test_is_what_files_say(self, cast, then, is_dated):
        """Who is in a file with the day they came was there since; without one, since it was applied."""
        since = ON - 5 * DAY if is_dated else None
        apply(cast, lambda have: (*have[1:], MembershipPlan("ada-lovelace", since=since)))

        came = {"Ada"} if is_dated else set()
        assert then(ON - 6 * DAY) == BOTH
        assert then(BEFORE) == (BOTH[0] | came, BOTH[1])
        assert then(ON) == ({"Ada", "Cleo"}, set())

    def test_goes_by_days_where_nothing_tells_the_moment(self, cast, then):
        """As for whoever came and went before memberships had moments."""
        teams.remove_member(team=cast.product.id, person=cast.cleo.person_id, by=cast.ada, at=AT)
        TeamMember.objects.of(cast.acme.id).update(since_at=None, until_at=None)

        assert then(BEFORE) == BOTH and then(ON) == ({"Ben"}, {"Ben"})
