"""Who may see and do what: audiences, what counts where, and the standing that each doing asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import access
from milepost.core.access import EVERYONE, Actor, Role, Standing, Visibility

ADA, BEN, CLEO, DANA, EMIL, ZED = range(1, 7)
BAKERY, OVENS, SHOPS = 10, 11, 12  # the ovens are a team of the bakery
PEOPLE = (ADA, BEN, CLEO, DANA, EMIL, ZED)
audiences = st.one_of(st.just(EVERYONE), st.frozensets(st.sampled_from(PEOPLE)))


def actor(person: int, role: Role = Role.MEMBER, *, teams=(), leads=()) -> Actor:
    return Actor(1, person, role, frozenset({*teams, *leads}), frozenset(leads))


STANDING = Standing(
    owner=BEN, sponsor=ADA, contributors=(CLEO,), team=OVENS, lineage=(OVENS, BAKERY), key_result_owner=DANA
)
OWNERLESS = Standing(team=OVENS, lineage=(OVENS, BAKERY))
EDIT, EDIT_KEY_RESULT, CHECK_IN = access.may_edit, access.may_edit_key_result, access.may_check_in
DOINGS = (EDIT, EDIT_KEY_RESULT, CHECK_IN)


class TestDoing:
    @pytest.mark.parametrize(
        ("who", "may"),
        [
            (actor(ZED, Role.ADMIN), DOINGS),
            (actor(ZED, Role.OWNER), DOINGS),
            (access.operator(1), DOINGS),
            (actor(BEN), DOINGS),
            (actor(ADA), DOINGS),
            (actor(CLEO), (CHECK_IN,)),
            (actor(DANA), (EDIT_KEY_RESULT, CHECK_IN)),
            (actor(EMIL, leads=[OVENS]), DOINGS),
            (actor(EMIL, leads=[BAKERY]), DOINGS),
            (actor(EMIL, leads=[SHOPS]), ()),
            (actor(EMIL, teams=[OVENS]), ()),
            (actor(ZED), ()),
            (actor(BEN, Role.GUEST), (CHECK_IN,)),
            (actor(DANA, Role.GUEST), (CHECK_IN,)),
            (actor(ZED, Role.GUEST), ()),
        ],
    )  # fmt: skip
    def test_asks_for_a_standing(self, who: Actor, may: tuple):
        """Owner and sponsor, leads of the team and above, admins; a guest edits nothing, even their own."""
        assert tuple(doing for doing in DOINGS if doing(who, STANDING)) == may

    @pytest.mark.parametrize(
        ("who", "may"),
        [
            (actor(EMIL, teams=[OVENS]), DOINGS),
            (actor(EMIL, teams=[BAKERY]), ()),
            (actor(EMIL, Role.GUEST, teams=[OVENS]), ()),
        ],
    )
    def test_lets_the_team_take_what_nobody_owns(self, who: Actor, may: tuple):
        """Imported work does not lie idle: the team itself may, not the one above, and no guest."""
        assert tuple(doing for doing in DOINGS if doing(who, OWNERLESS)) == may

    def test_lets_anyone_check_in_what_is_nobodys_and_no_teams(self):
        """Without owner and team a check-in is anyone's but a guest's; an edit is not."""
        found = Standing()

        assert access.may_check_in(actor(ZED), found) and not access.may_edit(actor(ZED), found)
        assert not access.may_check_in(actor(ZED, Role.GUEST), found)

    @pytest.mark.parametrize(
        ("who", "lineage", "visibility", "may"),
        [
            (actor(EMIL, teams=[OVENS]), (OVENS, BAKERY), "workspace", True),
            (actor(EMIL, teams=[BAKERY]), (OVENS, BAKERY), "workspace", False),
            (actor(EMIL, leads=[BAKERY]), (OVENS, BAKERY), "workspace", True),
            (actor(EMIL, teams=[OVENS]), (), "workspace", False),
            (actor(EMIL), (), "private", True),
            (actor(EMIL, Role.GUEST), (), "private", False),
            (actor(EMIL, Role.ADMIN), (), "workspace", True),
        ],
    )
    def test_drafting_is_the_units(self, who: Actor, lineage: tuple, visibility: str, may: bool):
        """Who belongs to the team or leads above drafts there; for the company, admins; for oneself, all."""
        assert access.may_draft(who, lineage, visibility) is may


class TestAudience:
    def test_of_each_visibility(self):
        """Everyone; the team and who works on it; those named and who works on it; the owner alone."""
        told = {"owner": BEN, "workers": (ADA, None), "team_members": (CLEO,), "named": (DANA,)}

        found = {each: access.audience(each, **told) for each in Visibility}

        assert found == {
            Visibility.WORKSPACE: EVERYONE,
            Visibility.TEAM: {BEN, ADA, CLEO},
            Visibility.PEOPLE: {BEN, ADA, DANA},
            Visibility.PRIVATE: {BEN},
        }
        assert access.audience("private", owner=None) == frozenset()

    @given(whole=audiences, named=st.frozensets(st.sampled_from(PEOPLE)))
    def test_of_a_part_is_never_wider(self, whole, named):
        """Who may not see an objective sees none of its key results, whatever they say of themselves."""
        part = access.narrowed(whole, "people", owner=BEN, named=named)

        assert part <= (frozenset(PEOPLE) if whole is EVERYONE else whole)
        assert access.narrowed(whole, None, owner=BEN) == whole

    @given(part=audiences, whole=audiences)
    def test_counts_where_everyone_sees_it(self, part, whole):
        """One number for everyone: what counts in a whole is seen by all who see the whole."""
        strangers = [*PEOPLE, 99]
        seen_by_all = all(
            access.may_see(actor(each), part, team=None)
            for each in strangers
            if access.may_see(actor(each), whole, team=None)
        )

        assert access.counts_towards(part, whole) is seen_by_all

    def test_of_personal_work_holds_for_the_operator_too(self):
        """The terminal sees restricted work and no personal one; an admin sees neither."""
        mine, operator = frozenset([BEN]), access.operator(1)

        assert access.may_see(operator, mine, team=None) and not access.may_see(
            operator, mine, is_private=True, team=None
        )
        assert not access.may_see(actor(ZED, Role.OWNER), mine, team=None)
        assert access.may_see(actor(BEN), mine, is_private=True, team=None)
