"""The second lock: an id from outside becomes a thing only here, for an actor who may see it.

What is not there, lies in another workspace or may not be seen raises the same `NotFound`.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from milepost.core import access, undoing
from milepost.core.access import Actor, Standing, Visibility
from milepost.core.plan import parts
from milepost.core.problems import Invalid, NotFound
from milepost.models import (
    Cycle,
    Event,
    Initiative,
    KeyResult,
    Objective,
    Person,
    SavedView,
    Team,
    TeamMember,
)


def lineage(workspace_id: int, team_id: int | None) -> tuple[int, ...]:
    """Return a team and the teams above it, nearest first."""
    found: list[int] = []
    while team_id is not None and team_id not in found:
        found.append(team_id)
        team_id = Team.objects.of(workspace_id).filter(id=team_id).values_list("parent_id", flat=True).first()
    return tuple(found)


def team_members(row: Objective) -> list[int]:
    """Return the people of an objective's team."""
    if row.team_id is None:
        return []
    return list(
        TeamMember.objects.of(row.workspace_id)
        .filter(team_id=row.team_id, until_on=None)
        .values_list("person_id", flat=True)
    )


def standing(
    actor: Actor, row: Objective, key_result: KeyResult | None = None, *, beside: Collection[int | None] = ()
) -> Standing:
    """Return what decisions about an objective, or one key result of it, need to know.

    `beside` own key results that are being written with it.
    """
    seen_by = access.EVERYONE
    restricted = row.visibility != Visibility.WORKSPACE
    narrowed = key_result is not None and key_result.visibility is not None
    members = team_members(row) if restricted or narrowed else []
    if restricted:
        owners = KeyResult.objects.of(row.workspace_id).filter(objective_id=row.id)
        seen_by = access.audience(
            row.visibility,
            owner=row.owner_id,
            workers=[row.sponsor_id, *row.contributors, *owners.values_list("owner_id", flat=True), *beside],
            team_members=members,
            named=row.visible_to,
        )
    if narrowed:
        seen_by = access.narrowed(
            seen_by,
            key_result.visibility,
            owner=key_result.owner_id,
            workers=[row.owner_id],
            team_members=members,
            named=key_result.visible_to,
        )
    return Standing(
        owner=row.owner_id,
        sponsor=row.sponsor_id,
        contributors=row.contributors,
        team=row.team_id,
        lineage=lineage(row.workspace_id, row.team_id) if actor.leads else (),
        audience=seen_by,
        is_private=row.visibility == Visibility.PRIVATE,
        key_result_owner=key_result.owner_id if key_result else None,
        is_kept=(key_result or row).id in actor.keeps,
    )


def may_see(actor: Actor, found: Standing, row: Objective) -> bool:
    """Say whether the actor may see what this is the standing of: an objective, or a key result of it."""
    if found.is_kept:
        return True
    return access.may_see(actor, found.audience, team=row.team_id, is_private=found.is_private)


def objective(actor: Actor, id: int, *, lock: bool = False) -> tuple[Objective, Standing]:
    """Return an objective the actor may see, and their standing; with `lock`, held until the commit."""
    query = Objective.objects.of(actor.workspace_id)
    row = (query.select_for_update() if lock else query).filter(id=id).first()
    if row is None:
        raise NotFound
    found = standing(actor, row)
    if not may_see(actor, found, row):
        raise NotFound
    return row, found


def key_result(actor: Actor, id: int, *, lock: bool = False) -> tuple[KeyResult, Objective, Standing]:
    """Return a key result the actor may see, its objective, and their standing; with `lock`, both held."""
    query = KeyResult.objects.of(actor.workspace_id).filter(id=id)
    above = Objective.objects.of(actor.workspace_id)
    if lock:
        # The objective first, as everywhere: what it is, closed perhaps, decides what may be done here.
        row = above.select_for_update().filter(id__in=query.values("objective_id")).first()
        one = query.select_for_update().first()
    else:
        one = query.first()
        row = above.filter(id=one.objective_id).first() if one else None
    if one is None or row is None:
        raise NotFound
    found = standing(actor, row, one)
    if not may_see(actor, found, row):
        raise NotFound
    return one, row, found


def initiative(actor: Actor, id: int, *, lock: bool = False) -> tuple[Initiative, Objective, Standing]:
    """Return an initiative the actor may see: whoever sees its objective, and the key result it is for."""
    query = Initiative.objects.of(actor.workspace_id)
    one = (query.select_for_update() if lock else query).filter(id=id).first()
    if one is None:
        raise NotFound
    row, found = objective(actor, one.objective_id)
    if one.key_result_id is not None:
        key_result(actor, one.key_result_id)
    return one, row, found


# Of interest to whoever keeps the doors, and to the person it is about.
CONFIDENTIAL = frozenset(
    {
        "person.added",
        "person.withdrawn",
        "person.changed",
        "person.invited",
        "person.uninvited",
        "person.link_made",
    }
    | {"person.password_changed", "person.second_step_added", "person.second_step_renamed"}
    | {"person.second_step_removed", "person.recovery_codes_made", "person.recovery_code_used"}
    | {"person.sessions_ended", "person.locked_out", "person.email_confirmed", "person.email_changed"}
)


def event(actor: Actor, id: int, *, lock: bool = False) -> Event:
    """Return an event the actor may see: whoever sees all that it is about, and what a link led up to.

    Of what was changed together it takes two that they see, as in the feed.
    """
    query = Event.objects.of(actor.workspace_id)
    found = (query.select_for_update() if lock else query).filter(id=id).first()
    if found is None:
        raise NotFound
    if found.objective_id is not None:
        objective(actor, found.objective_id)
    elif actor.within is not None:
        raise NotFound  # a token that is limited to teams reaches their work alone
    if found.key_result_id is not None:
        key_result(actor, found.key_result_id)
    for id in filter(None, (found.data.get("parent"), *found.data.get("parents", ()))):
        if not _is_objective(actor, id):
            key_result(actor, id)
    if "items" in found.data and sum(sees(actor, id) for id in found.data["items"]) < 2:
        raise NotFound
    mine = actor.person_id is not None and found.actor_id == actor.person_id
    if found.kind in undoing.OF_FILES and not (mine or parts.is_told(found.data, partial(sees, actor))):
        raise NotFound
    if found.kind.startswith("token.") and not (actor.is_admin or mine):
        raise NotFound
    if found.kind in CONFIDENTIAL and not (actor.is_admin or found.subject_id == actor.person_id):
        raise NotFound
    return found


def sees(actor: Actor, id: int) -> bool:
    """Say whether the actor may see an objective or key result that is there."""
    try:
        if not _is_objective(actor, id):
            key_result(actor, id)
    except NotFound:
        return False
    return True


def _is_objective(actor: Actor, id: int) -> bool:
    if not Objective.objects.of(actor.workspace_id).filter(id=id).exists():
        return False
    objective(actor, id)
    return True


def view(actor: Actor, id: int, *, lock: bool = False) -> SavedView:
    """Return a saved view that the actor made, or that is shared with them."""
    query = SavedView.objects.of(actor.workspace_id)
    row = (query.select_for_update() if lock else query).filter(id=id).first()
    if row is None or not access.may_see_view(actor, owner=row.owner_id, shared=row.shared, team=row.team_id):
        raise NotFound
    return row


def person(actor: Actor, id: int | None, field: str) -> int | None:
    """Check that a person named in a form belongs to the workspace and has not left."""
    if id is None:
        return None
    if not Person.objects.of(actor.workspace_id).filter(id=id, left_on=None).exists():
        raise Invalid("There is no such person here.", field=field, remedy="Choose someone from the list.")
    return id


def people(actor: Actor, ids: list[int], field: str) -> list[int]:
    """Check that all people named in a form belong to the workspace."""
    wanted = sorted(set(ids))
    if Person.objects.of(actor.workspace_id).filter(id__in=wanted).count() != len(wanted):
        raise Invalid("One of these people is not here.", field=field, remedy="Choose from the list.")
    return wanted


def team(actor: Actor, id: int | None, field: str = "team") -> int | None:
    """Check that a team named in a form belongs to the workspace."""
    if id is not None and not Team.objects.of(actor.workspace_id).filter(id=id).exists():
        raise Invalid("There is no such team here.", field=field, remedy="Choose one from the list.")
    return id


def cycle(actor: Actor, id: int, field: str = "cycle") -> Cycle:
    """Return a cycle named in a form."""
    found = Cycle.objects.of(actor.workspace_id).filter(id=id).first()
    if found is None:
        raise Invalid("There is no such cycle here.", field=field, remedy="Choose one from the list.")
    return found


def is_of_file(actor: Actor, id: int) -> bool:
    """Say whether an event that the actor sees is of a file: undoing it may be as long as the file."""
    try:
        return event(actor, id).kind in undoing.OF_FILES
    except NotFound:
        return False
