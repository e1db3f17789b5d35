"""Who may see and do what: the one policy that pages, API, feed, search, export and the image use.

Seeing is a question of *audience*; doing of *standing*. A role opens no restricted work: an admin who is
not in the audience of an objective does not see it. The operator's tools at the terminal see everything
except personal OKRs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from milepost.core.problems import NotAllowed


class OutsideTeam(NotAllowed):
    """A token that is limited to teams reaches their OKRs, and nothing else."""

    code = "outside_team"


EVERYONE = None  # the audience of what the whole workspace may see


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"


class Visibility(StrEnum):
    WORKSPACE = "workspace"
    TEAM = "team"
    PEOPLE = "people"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone acting in one workspace, through one door.

    `person_id` is None for the operator at the terminal, who may do everything in the workspace. `within`
    are the teams that a token is limited to: what belongs to others is then as if it were not there. `keeps`
    are things they have shut themselves out of, still in their hands for the answer to that, or to undo it.
    """

    workspace_id: int
    person_id: int | None
    role: Role = Role.MEMBER
    teams: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    door: str = "web"
    name: str = field(default="", compare=False)
    looks_back: bool = False  # at a past day: sees what they may see today, and changes nothing
    within: frozenset[int] | None = None
    keeps: frozenset[int] = frozenset()

    @property
    def is_operator(self) -> bool:
        return self.person_id is None

    @property
    def is_limited(self) -> bool:
        return self.within is not None

    @property
    def is_admin(self) -> bool:
        """Whether they run the workspace; through a token that is limited to teams nobody does."""
        return not self.is_limited and self.is_admin_of_okrs

    @property
    def is_admin_of_okrs(self) -> bool:
        """Whether an admin's rights are theirs over the OKRs that they see, limited or not."""
        return self.is_operator or self.role in (Role.OWNER, Role.ADMIN)

    @property
    def is_guest(self) -> bool:
        return not self.is_operator and self.role == Role.GUEST


def operator(workspace_id: int, *, door: str = "cli") -> Actor:
    """Return the actor who runs the installation itself."""
    return Actor(workspace_id, None, Role.OWNER, door=door, name="Operator")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision about one objective (or a key result of it) needs to know.

    `lineage` is the objective's team and the teams above it; `audience` who may see it. `is_kept`: the actor
    has shut themselves out of it and takes that back.
    """

    owner: int | None = None
    sponsor: int | None = None
    contributors: Collection[int] = ()
    team: int | None = None
    lineage: Collection[int] = ()
    audience: frozenset[int] | None = EVERYONE
    is_private: bool = False
    key_result_owner: int | None = None
    is_kept: bool = False


def audience(
    visibility: str,
    *,
    owner: int | None,
    workers: Iterable[int | None] = (),
    team_members: Iterable[int] = (),
    named: Iterable[int] = (),
) -> frozenset[int] | None:
    """Return who may see an objective: EVERYONE, or the ids of people.

    Whoever works on it sees it (`workers`: sponsor, contributors, owners of its key results); a private
    one is its owner's alone.
    """
    match visibility:
        case Visibility.WORKSPACE:
            return EVERYONE
        case Visibility.PRIVATE:
            return frozenset() if owner is None else frozenset([owner])
    chosen = team_members if visibility == Visibility.TEAM else named
    return frozenset(person for person in (owner, *workers, *chosen) if person is not None)


def narrowed(
    whole: frozenset[int] | None, visibility: str | None, *, owner: int | None, **more
) -> frozenset[int] | None:
    """Return who may see a key result: its objective's audience, narrowed by its own visibility."""
    if visibility is None or visibility == Visibility.WORKSPACE:
        return whole
    own = audience(visibility, owner=owner, **more)
    return own if whole is EVERYONE else own & whole


def counts_towards(part: frozenset[int] | None, whole: frozenset[int] | None) -> bool:
    """Say whether a part may count in a whole: everyone who sees the whole must see the part.

    So a number is the same for all who see it and nothing can be inferred from it ("One number for
    everyone").
    """
    if part is EVERYONE:
        return True
    return whole is not EVERYONE and whole <= part


def may_see(
    actor: Actor, seen_by: frozenset[int] | None, *, team: int | None, is_private: bool = False
) -> bool:
    """Say whether the actor belongs to the audience of something that is a team's (None: the company's)."""
    if actor.within is not None and team not in actor.within:
        return False
    if seen_by is EVERYONE:
        return True
    if actor.is_operator:
        return not is_private
    return actor.person_id in seen_by


def may_check_in(actor: Actor, standing: Standing) -> bool:
    """Its owner, the objective's owner, sponsor and contributors, the team's leads, admins.

    A key result without an owner may be checked in by anyone of the team (of the workspace, where the
    objective has no team), so imported work does not lie idle.
    """
    if actor.looks_back:
        return False
    if actor.is_admin_of_okrs:
        return True
    me = actor.person_id
    if me in (standing.key_result_owner, standing.owner, standing.sponsor) or me in standing.contributors:
        return True
    if actor.leads.intersection(standing.lineage):
        return True
    if standing.key_result_owner is None and standing.owner is None and not actor.is_guest:
        return standing.team is None or standing.team in actor.teams
    return False


def may_edit(actor: Actor, standing: Standing) -> bool:
    """The objective's owner and sponsor, leads of its team or of one above, admins."""
    if actor.looks_back:
        return False
    if actor.is_guest:
        return False
    if actor.is_admin_of_okrs or standing.is_kept:
        return True
    me = actor.person_id
    if me in (standing.owner, standing.sponsor):
        return True
    if actor.leads.intersection(standing.lineage):
        return True
    return standing.owner is None and standing.team is not None and standing.team in actor.teams


def may_edit_key_result(actor: Actor, standing: Standing) -> bool:
    """Whoever may edit its objective, and the key result's own owner."""
    if may_edit(actor, standing):
        return True
    return not (actor.is_guest or actor.looks_back) and actor.person_id == standing.key_result_owner


def may_draft(actor: Actor, lineage: Collection[int], visibility: str) -> bool:
    """Anyone in the unit may draft (method 5.2); for the company as a whole, admins.

    A personal objective anyone but a guest may keep.
    """
    if actor.looks_back:
        return False
    if actor.is_guest:
        return False
    if actor.within is not None and (visibility == Visibility.PRIVATE or not within(actor, lineage)):
        return False
    if actor.is_admin_of_okrs or visibility == Visibility.PRIVATE:
        return True
    return bool(lineage) and bool(actor.leads.intersection(lineage) or next(iter(lineage)) in actor.teams)


def within(actor: Actor, lineage: Collection[int]) -> bool:
    """Say whether a team (the first of its lineage) is one that the actor is not limited away from."""
    return actor.within is None or next(iter(lineage), None) in actor.within


def may_comment(actor: Actor) -> bool:
    """Anyone who sees the thing may speak about it."""
    return not actor.looks_back


def may_manage(actor: Actor) -> bool:
    """People, teams, cycles and settings are the admins'."""
    return actor.is_admin and not actor.looks_back


def may_apply_a_file(actor: Actor) -> bool:
    """Owners alone: a file tells of other people's check-ins and gives roles. Not through a limited token."""
    return actor.role == Role.OWNER and actor.within is None and not actor.looks_back


def may_oversee(actor: Actor) -> bool:
    """Of OKRs that they see: admins reopen what is closed, and take others' comments away."""
    return actor.is_admin_of_okrs and not actor.looks_back


def may_manage_team(actor: Actor, lineage: Collection[int]) -> bool:
    """Admins, and the leads of the team or of one above it. Not through a limited token."""
    if actor.looks_back or actor.is_limited:
        return False
    return actor.is_admin or bool(actor.leads.intersection(lineage))


def may_see_view(actor: Actor, *, owner: int | None, shared: str, team: int | None) -> bool:
    """A saved view is seen by who made it, and by those it is shared with: a team's members, or everyone."""
    if actor.within is not None and team not in actor.within:
        return False
    if shared == "everyone" or (owner is not None and owner == actor.person_id):
        return True
    return shared == "team" and (actor.is_operator or team in actor.teams)


def may_share_view(actor: Actor, shared: str, lineage: Collection[int]) -> bool:
    """Anyone may keep a view; a team's members share with it, leads of any team and admins with everyone.

    `lineage` is the team it is shared with, and those above.
    """
    if actor.looks_back or actor.is_operator:
        return False
    if shared == "private":
        return actor.within is None
    if actor.is_guest:
        return False
    if shared == "team":
        return bool(lineage) and within(actor, lineage) and next(iter(lineage)) in actor.teams
    return actor.within is None and (actor.is_admin or bool(actor.leads))


def may_change_view(
    actor: Actor, *, owner: int | None, shared: str, team: int | None, lineage: Collection[int]
) -> bool:
    """Whoever made it; of what a team shares also its leads, of what everyone sees also admins."""
    if not may_see_view(actor, owner=owner, shared=shared, team=team) or actor.looks_back:
        return False
    if owner == actor.person_id:
        return True
    return actor.is_admin if shared == "everyone" else shared == "team" and may_manage_team(actor, lineage)


def require_whole(actor: Actor, doing: str) -> None:
    """Raise OutsideTeam where a token is limited to teams; `doing` completes "… may not …"."""
    if actor.is_limited:
        raise OutsideTeam(
            f"A token that is limited to a team may not {doing}.", remedy="Use a token without a team."
        )


def require(allowed: bool, doing: str, *, remedy: str | None = None) -> None:
    """Raise NotAllowed unless allowed; `doing` completes "You may not …"."""
    if not allowed:
        raise NotAllowed(f"You may not {doing}.", remedy=remedy or "Ask its owner or an admin to do it.")
