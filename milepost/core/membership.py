"""Who may let whom in, and with which role. Nobody gives, takes or removes a role above their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVar

from milepost.core.access import Actor, Role

Seat = TypeVar("Seat")

RANKS = (Role.GUEST, Role.MEMBER, Role.ADMIN, Role.OWNER)
LEADS_MAY_ADD = (Role.MEMBER, Role.GUEST)

SENTENCES = {
    Role.OWNER: "Everything, and other owners.",
    Role.ADMIN: "People, teams, cycles and settings.",
    Role.MEMBER: "OKRs of their teams, and their own.",
    Role.GUEST: "Looks on, checks in what is theirs, comments.",
}


def in_words(role: str) -> str:
    """Return a role with its article: “an owner”, “a guest”."""
    return f"{'an' if runs(role) else 'a'} {role}"


def runs(role: str) -> bool:
    """Say whether whoever has a role runs the workspace."""
    return role in (Role.OWNER, Role.ADMIN)


def is_within_reach(actor: Actor, role: str) -> bool:
    """Say whether a role is the actor's own or one below it."""
    return actor.is_operator or RANKS.index(Role(role)) <= RANKS.index(actor.role)


def may_manage_person(actor: Actor, role: str) -> bool:
    """Admins manage everyone whose role is not above their own."""
    return actor.is_admin and is_within_reach(actor, role)


def may_change_role(actor: Actor, before: str, after: str) -> bool:
    """Admins, where neither the role given nor the one taken away is above their own."""
    return may_manage_person(actor, before) and is_within_reach(actor, after)


def may_add(actor: Actor, role: str, lineage: Collection[int] = ()) -> bool:
    """Admins anyone up to their own role; leads members and guests of a team of theirs.

    `lineage` is the team that the new person joins and those above it.
    """
    if actor.is_admin:
        return is_within_reach(actor, role)
    if actor.is_guest or actor.is_limited:
        return False
    return role in LEADS_MAY_ADD and bool(actor.leads.intersection(lineage))


def may_invite(actor: Actor, role: str, *, added_by: int | None) -> bool:
    """Admins anyone up to their own role; leads members and guests whom they added themselves.

    Whoever holds an invitation can be that person, so a lead gets none for a person somebody else added.
    """
    if actor.is_admin:
        return is_within_reach(actor, role)
    return (
        not actor.is_guest
        and not actor.is_limited
        and role in LEADS_MAY_ADD
        and bool(actor.leads)
        and added_by is not None
        and added_by == actor.person_id
    )


def roles_to_give(actor: Actor) -> tuple[Role, ...]:
    """List the roles that an actor may give to somebody, the highest first."""
    return tuple(role for role in reversed(RANKS) if may_add(actor, role, actor.leads))


def beginnings(spells: Iterable[tuple[Seat, date | None, date | None]]) -> dict[Seat, date | None]:
    """Return since when each last belonged without a break; a spell: whose, its first day, the day after.

    Whoever becomes a lead, or is one no longer, has another spell from that day on and never left.
    """
    begun: dict[Seat, date | None] = {}
    ended: dict[Seat, date | None] = {}
    for seat, since, until in sorted(spells, key=lambda spell: (spell[2] or date.max, spell[1] or date.min)):
        went_on = seat in ended and since is not None and (ended[seat] or date.min) >= since
        begun[seat] = begun[seat] if went_on else since
        ended[seat] = until
    return begun
