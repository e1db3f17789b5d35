"""What may happen to a person: they are added, change role, leave, come back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from milepost.actions import history, tokens, wording
from milepost.actions.events import tell
from milepost.actions.keys import free_key
from milepost.actions.workspaces import held
from milepost.core import access, membership
from milepost.core.access import Actor, Role
from milepost.core.cadence import day_in
from milepost.core.problems import Conflict, Invalid, NotFound
from milepost.core.tokens import hash_of
from milepost.ledger import changes, redactions
from milepost.models import (
    Invitation,
    KeyResultVersion,
    ObjectiveVersion,
    Person,
    Session,
    SignInLink,
    TeamMember,
    User,
)
from milepost.queries import people as known
from milepost.queries import standings

LINK_LASTS = timedelta(minutes=15)


class LastOwner(Conflict):
    """A workspace without an owner could never be given one again."""

    code = "last_owner"


def add(
    *, name: str, email: str, role: str = Role.MEMBER, team: int | None = None, by: Actor, at: datetime
) -> Person:
    """Add someone to the workspace, perhaps to a team; they come in once they accept an invitation."""
    name, email, role = wording.name(name, of="A person"), wording.email(email), _role(role)
    with transaction.atomic():
        workspace = held(by.workspace_id)
        line = standings.lineage(by.workspace_id, standings.team(by, team))
        access.require(
            membership.may_add(by, role, line),
            f"add {membership.in_words(role)}" + (" to this team" if team and not by.is_admin else ""),
            remedy="Ask an admin.",
        )
        _require_free(by, email)
        rows = Person.objects.of(by.workspace_id)
        person = Person.objects.create(
            workspace=workspace, key=free_key(rows, name, "person"), name=name, email=email, role=role
        )
        tell("person.added", subject=person.id, data={"name": name, "role": role, "team": team}, by=by, at=at)
        if team:
            today = day_in(workspace.time_zone, at)
            TeamMember.objects.create(
                workspace=workspace, team_id=team, person=person, since_on=today, since_at=at, is_lead=False
            )
            changes.append(by.workspace_id, changes.Kind.TEAMS)
        changes.append(by.workspace_id, changes.Kind.PERSON, person.id)
    return person


def update(
    *, person: int, name: str | None = None, email: str | None = None, by: Actor, at: datetime
) -> Person:
    """Correct a name (one may one's own), or an e-mail address that nobody signs in with yet."""
    with transaction.atomic():
        held(by.workspace_id)
        row = Person.objects.of(by.workspace_id).held(person)
        mine = by.person_id == row.id and not by.is_limited and email in (None, row.email)
        access.require(
            mine or membership.may_manage_person(by, row.role), "change this person", remedy="Ask an admin."
        )
        wanted = {}
        if name is not None:
            wanted["name"] = wording.name(name, of="A person")
        if email is not None and email != row.email:
            if row.user_id:
                raise Conflict(
                    f"{row.name} signs in with this address already.",
                    field="email",
                    remedy="They can change it themself, on the page of their account.",
                )
            wanted["email"] = wording.email(email)
        found = history.differences(row, wanted)
        if not found:
            return row
        if "email" in found:
            _require_free(by, wanted["email"])
            Invitation.open_to(row, at).update(expires_at=at)  # they were meant for the old address
        for field, (_, value) in found.items():
            setattr(row, field, value)
        row.save(update_fields=list(found))
        if "name" in found:
            redactions.change("person", [row.id], why="person.changed", by=by, at=at)
        told = {"fields": sorted(found), "changes": history.in_words(found)}
        tell("person.changed", subject=row.id, data=told, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.PERSON, row.id)
    return row


def change_role(*, person: int, role: str, by: Actor, at: datetime) -> Person:
    """Give someone another role: none above one's own, and never the last owner's away."""
    role = _role(role)
    with transaction.atomic():
        held(by.workspace_id)
        row = Person.objects.of(by.workspace_id).held(person)
        access.require(
            membership.may_change_role(by, row.role, role),
            f"make {row.name} {membership.in_words(role)}",
            remedy="Ask an owner." if by.is_admin else "Ask an admin.",
        )
        if row.role == role:
            return row
        _require_another_owner(row)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        redactions.change("person", [row.id], why="person.role_changed", by=by, at=at)
        tell(
            "person.role_changed",
            subject=row.id,
            data={"name": row.name, "from": before, "to": role},
            by=by,
            at=at,
        )
        changes.append(by.workspace_id, changes.Kind.PERSON, row.id)
    return row


def leave(*, person: int, by: Actor, at: datetime) -> Person:
    """Let someone leave: they no longer get in, nor do their tokens; all they did stays under their name.

    Whoever belongs to no other workspace is signed out everywhere.
    """
    with transaction.atomic():
        workspace = held(by.workspace_id)
        row = Person.objects.of(by.workspace_id).held(person)
        access.require(
            membership.may_manage_person(by, row.role), f"let {row.name} leave", remedy="Ask an admin."
        )
        if row.left_on:
            return row
        _require_another_owner(row)
        row.left_on = day_in(workspace.time_zone, at)
        row.save(update_fields=["left_on"])
        belonged = TeamMember.objects.of(by.workspace_id).filter(person=row, until_on=None)
        teams = [[team, is_lead] for team, is_lead in belonged.values_list("team_id", "is_lead")]
        why = {"why": "person.left", "by": by, "at": at}
        redactions.change("person", [row.id], **why)
        redactions.change("team_member", belonged.values_list("id", flat=True), **why)
        belonged.update(until_on=row.left_on, until_at=at)
        Invitation.open_to(row, at).update(expires_at=at)
        tokens.revoke_of(person=row.id, by=by, at=at)
        if row.user_id and not known.own_actors(row.user_id, door=by.door):
            # It opens nothing any more, and would else wait for whoever comes upon the browser.
            Session.of(row.user_id).delete()
            SignInLink.objects.filter(user_id=row.user_id).delete()
        tell("person.left", subject=row.id, data={"name": row.name, "teams": teams}, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.TEAMS)
        changes.append(by.workspace_id, changes.Kind.PERSON, row.id)
    return row


def readmit(*, person: int, by: Actor, at: datetime) -> Person:
    """Take back someone who left, with the role they had; teams are chosen anew."""
    with transaction.atomic():
        held(by.workspace_id)
        row = Person.objects.of(by.workspace_id).held(person)
        access.require(
            membership.may_manage_person(by, row.role), f"take {row.name} back", remedy="Ask an admin."
        )
        if row.left_on is None:
            return row
        row.left_on = None
        row.save(update_fields=["left_on"])
        redactions.change("person", [row.id], why="person.returned", by=by, at=at)
        tell("person.returned", subject=row.id, data={"name": row.name}, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.PERSON, row.id)
    return row


def withdraw(*, person: int, by: Actor, at: datetime) -> None:
    """Take somebody away who was added by mistake: on that day, while they hold and did nothing."""
    remedy = "Let them leave instead."
    with transaction.atomic():
        held(by.workspace_id)
        row = Person.objects.of(by.workspace_id).held(person)
        access.require(
            membership.may_manage_person(by, row.role), f"take {row.name} away", remedy="Ask an admin."
        )
        history.require_new(row, "person.added", remedy=remedy, by=by, at=at)
        if row.user_id or is_named(by.workspace_id, row.id):
            raise history.OnRecord(f"{row.name} is part of the record by now.", remedy=remedy)
        tell("person.withdrawn", subject=row.id, data={"name": row.name}, by=by, at=at)
        history.take_away(row, remedy=remedy, why="person.withdrawn", by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.TEAMS)
        changes.append(by.workspace_id, changes.Kind.PERSON, person)


def is_named(workspace_id: int, person: int) -> bool:
    """Say whether a list of people names them or ever did: contributors, and those who may see."""
    for model, lists in (
        (ObjectiveVersion, ("contributors", "visible_to")),
        (KeyResultVersion, ("visible_to",)),
    ):
        rows = model.objects.of(workspace_id).values_list(*lists)
        if any(person in named for row in rows.iterator() for named in row):
            return True
    return False


def sign_in_link(*, user_id: int, lasts: timedelta = LINK_LASTS, by: Actor, at: datetime) -> str:
    """Make a single-use sign-in link for an account; return its secret, which is kept nowhere.

    Only the operator may: whoever holds the link is that account.
    """
    access.require(by.is_operator, "make a sign-in link", remedy="Ask whoever runs this server.")
    with transaction.atomic():
        user = User.objects.filter(id=user_id, is_active=True).first()
        person = Person.objects.of(by.workspace_id).filter(user=user, left_on=None).first() if user else None
        if person is None:
            raise NotFound(
                "There is no such account in this workspace.",
                remedy="Make the link for somebody who has joined and not left.",
            )
        SignInLink.objects.filter(user=user, expires_at__lte=at).delete()
        secret = secrets.token_urlsafe(32)
        SignInLink.objects.create(
            user=user, secret_hash=hash_of(secret), created_at=at, expires_at=at + lasts
        )
        tell("person.link_made", subject=person.id, data={"name": person.name}, by=by, at=at)
    return secret


def _require_free(by: Actor, email: str) -> None:
    taken = Person.objects.of(by.workspace_id).filter(email__iexact=email).first()
    if taken is None:
        return
    raise Conflict(
        f"{taken.name} has this address" + (" and has left." if taken.left_on else " already."),
        code="email_taken",
        field="email",
        remedy="Take them back on the people page." if taken.left_on else "Two people cannot share one.",
    )


def _require_another_owner(row: Person) -> None:
    if row.role != Role.OWNER or row.left_on:
        return
    owners = Person.objects.of(row.workspace_id).filter(role=Role.OWNER, left_on=None).exclude(id=row.id)
    # Somebody who was invited and never came cannot hand the workspace on.
    if not owners.filter(user__isnull=False).exists():
        raise LastOwner(
            f"{row.name} is the only owner, and a workspace needs one.",
            remedy="Make someone who has signed in an owner first.",
        )


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise Invalid(
            f"“{word[:20]}” is no role.", field="role", remedy="Choose owner, admin, member or guest."
        ) from None
