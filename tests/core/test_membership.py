"""Who may let whom in: every cell of the table."""

from __future__ import annotations

from datetime import date

import pytest

from milepost.core import access, membership
from milepost.core.access import Actor, Role, operator

ACME, TEAM, OTHER = 1, 10, 11
ME = 7
FIRST, SECOND, THIRD = (date(2026, month, 1) for month in (1, 2, 3))


def somebody(role: str, *, leads: bool = False) -> Actor:
    led = frozenset([TEAM] if leads else [])
    return Actor(ACME, ME, Role(role), led, led)


ACTORS = {
    "operator": operator(ACME),
    "owner": somebody("owner"),
    "admin": somebody("admin"),
    "lead": somebody("member", leads=True),
    "member": somebody("member"),
    "guest": somebody("guest"),
    "leading guest": somebody("guest", leads=True),
}
# Who may add whom (to TEAM), by the first letters of owner, admin, member, guest.
MAY_ADD = {"operator": "oamg", "owner": "oamg", "admin": "amg", "lead": "mg"}
MAY_MANAGE = {"operator": "oamg", "owner": "oamg", "admin": "amg"}

each = pytest.mark.parametrize("name", ACTORS)
each_role = pytest.mark.parametrize("role", list(Role))


class TestTable:
    @each
    @each_role
    def test_adding(self, name: str, role: Role):
        """Each adds exactly those whom the table says."""
        may = membership.may_add(ACTORS[name], role, (TEAM,))

        assert may is (role[0] in MAY_ADD.get(name, ""))

    @each
    @each_role
    def test_managing(self, name: str, role: Role):
        """Only admins manage people, and nobody one above themselves."""
        may = membership.may_manage_person(ACTORS[name], role)

        assert may is (role[0] in MAY_MANAGE.get(name, ""))

    @each
    @each_role
    def test_changing_roles(self, name: str, role: Role):
        """A role is given or taken only by somebody who has it or a higher one."""
        for before in Role:
            may = membership.may_change_role(ACTORS[name], before, role)

            allowed = MAY_MANAGE.get(name, "")
            assert may is (before[0] in allowed and role[0] in allowed)

    @each
    @each_role
    def test_inviting(self, name: str, role: Role):
        """A lead invites whom they added, an admin anyone up to their role."""
        actor = ACTORS[name]

        own = membership.may_invite(actor, role, added_by=ME)
        others = membership.may_invite(actor, role, added_by=8)

        assert own is (role[0] in MAY_ADD.get(name, ""))
        assert others is (role[0] in MAY_MANAGE.get(name, ""))


class TestLead:
    def test_adds_to_no_other_team(self):
        """Leading one team gives no right in another, nor in none."""
        assert not membership.may_add(ACTORS["lead"], Role.MEMBER, (OTHER,))
        assert not membership.may_add(ACTORS["lead"], Role.MEMBER)

    def test_is_offered_what_may_be_given(self):
        """The roles to choose from are those that would be accepted."""
        assert membership.roles_to_give(ACTORS["lead"]) == (Role.MEMBER, Role.GUEST)
        assert membership.roles_to_give(ACTORS["admin"]) == (Role.ADMIN, Role.MEMBER, Role.GUEST)
        assert membership.roles_to_give(ACTORS["member"]) == ()


def test_a_limited_token_lets_nobody_in():
    """Whoever runs the workspace or leads the team, through a token of a team they manage no people."""
    for role in (Role.OWNER, Role.ADMIN, Role.MEMBER):
        limited = Actor(1, 1, role, frozenset({10}), frozenset({10}), within=frozenset({10}))

        assert not membership.may_manage_person(limited, Role.GUEST)
        assert not membership.may_change_role(limited, Role.GUEST, Role.MEMBER)
        assert not membership.may_add(limited, Role.GUEST, (10,))
        assert not membership.may_invite(limited, Role.GUEST, added_by=1)
        assert not (access.may_manage(limited) or access.may_manage_team(limited, (10,)))


class TestBeginnings:
    @pytest.mark.parametrize(
        ("spells", "since"),
        [
            ([(None, FIRST), (FIRST, None)], None),
            ([(FIRST, SECOND), (SECOND, None)], FIRST),
            ([(SECOND, None), (FIRST, SECOND)], FIRST),
            ([(FIRST, SECOND), (SECOND, THIRD), (THIRD, None)], FIRST),
            ([(FIRST, SECOND), (THIRD, None)], THIRD),
            ([(FIRST, SECOND), (None, None)], None),
        ],
    )
    def test_are_of_the_last_time_without_a_break(self, spells, since):
        """Who leads no longer was never away; who came back is there since they came back."""
        mine = [("mine", *spell) for spell in spells]

        begun = membership.beginnings([*mine, ("another's", THIRD, None)])

        assert begun == {"mine": since, "another's": THIRD}
