"""What may happen to a workspace: it is founded, its settings change, it goes again without a trace."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from milepost.actions import history, passwords, wording
from milepost.actions.events import tell
from milepost.actions.keys import numbered
from milepost.core import access, zones
from milepost.core.access import Actor, Role
from milepost.core.problems import Invalid, NotFound
from milepost.core.tokens import hash_of
from milepost.ledger import bulk, changes, image, redactions, sight
from milepost.models import Person, SignInLink, User, Workspace
from milepost.models.ids import new_id
from milepost.models.workspaces import SECOND_STEP_FOR
from milepost.queries import workspaces as known

SETUP_LINK_LASTS = timedelta(days=7)
CADENCES = range(1, 93)  # days between check-ins: from daily to once a quarter
SLUG_LENGTH = 48

# Before the first workspace there is nobody: the operator acts, at the terminal or by its link.
FIRST = access.operator(0)


class AlreadyFounded(NotFound):
    """Somebody has set the installation up: its link leads nowhere any more."""

    code = "already_set_up"


def setup_link(*, by: Actor = FIRST, at: datetime) -> str | None:
    """Make the secret with which the first person sets everything up; None where somebody has."""
    with transaction.atomic():
        if known.is_founded():
            return None
        # Younger ones stay, so that whoever is half-way through can go on when the server restarts.
        SignInLink.objects.filter(user=None, expires_at__lte=at).delete()
        secret = secrets.token_urlsafe(32)
        SignInLink.objects.create(
            secret_hash=hash_of(secret), created_at=at, expires_at=at + SETUP_LINK_LASTS
        )
    return secret


def set_up(
    *,
    secret: str,
    name: str,
    time_zone: str,
    person_name: str,
    email: str,
    password: str,
    by: Actor = FIRST,
    at: datetime,
) -> tuple[Workspace, Person]:
    """Found the first workspace with the terminal's link, which no link of that kind survives."""
    with transaction.atomic():
        links = SignInLink.objects.filter(user=None, used_at=None)
        valid = links.filter(secret_hash=hash_of(secret), expires_at__gt=at).exists()
        # All at once: of two people who both hold a link, the second finds none left to use.
        if not valid or not links.update(used_at=at) or known.is_founded():
            raise AlreadyFounded
        return found(
            name=name,
            time_zone=time_zone,
            person_name=person_name,
            email=email,
            password=password,
            by=by,
            at=at,
        )


def found(
    *,
    name: str,
    slug: str | None = None,
    time_zone: str = "UTC",
    person_name: str,
    email: str,
    password: str | None = None,
    by: Actor = FIRST,
    at: datetime,
) -> tuple[Workspace, Person]:
    """Found a workspace and make its first owner.

    An account that has this e-mail already becomes the owner as it is, its password untouched; a new one
    without a password signs in by link.
    """
    name = wording.name(name, of="The organisation")
    person_name = wording.name(person_name, of="The first person", field="person_name")
    email = wording.email(email)
    zone = zones.check(time_zone)
    hashed = None
    if password is not None:
        passwords.check(password, name=person_name, email=email)
        hashed = make_password(password)  # slow on purpose, so not while others wait for the database
    id = new_id()
    with sight.within(id), transaction.atomic():
        user, _ = User.objects.get_or_create(
            email=email, defaults={"name": person_name, "password": hashed or make_password(None)}
        )
        workspace = Workspace.objects.create(
            id=id, slug=_free_slug(slug or name), name=name, time_zone=zone, created_at=at
        )
        person = Person.objects.create(
            workspace=workspace,
            key=slugify(person_name)[:SLUG_LENGTH] or "owner",
            user=user,
            name=person_name,
            email=email,
            role=Role.OWNER,
        )
        founder = Actor(workspace.id, person.id, Role.OWNER, door=by.door, name=person.name)
        tell("workspace.founded", subject=workspace.id, data={"name": name}, by=founder, at=at)
        changes.append(workspace.id, changes.Kind.ALL)
    return workspace, person


def update(*, changed: Mapping[str, Any], by: Actor, at: datetime) -> Workspace:
    """Change settings.

    They are name, time_zone, mission, vision, check_in_every, count_restricted_work, and, for owners alone,
    second_step_for.
    """
    access.require(access.may_manage(by), "change the settings", remedy="Ask an admin.")
    wanted = {name: _CLEANED[name](value) for name, value in changed.items()}
    with transaction.atomic():
        row = held(by.workspace_id)
        differing = history.differences(row, wanted)
        if not differing:
            return row
        if "second_step_for" in differing:
            is_owner = by.is_operator or by.role == Role.OWNER
            access.require(is_owner, "change who needs a second step", remedy="Ask an owner.")
        for name, (_, value) in differing.items():
            setattr(row, name, value)
        row.save(update_fields=list(differing))
        redactions.change("workspace", [row.id], why="workspace.changed", by=by, at=at)
        tell("workspace.changed", subject=row.id, data={"changes": history.in_words(differing)}, by=by, at=at)
        changes.append(row.id, changes.Kind.SETTINGS)
    return row


def remove(*, by: Actor, at: datetime) -> None:
    """Take a workspace away with all that is in it, and the accounts that belong nowhere else."""
    access.require(by.is_operator, "remove a workspace", remedy="Ask whoever runs this server.")
    with transaction.atomic():
        here = Person.objects.of(by.workspace_id).exclude(user=None).values_list("user_id", flat=True)
        accounts = list(here)
        bulk.erase(by.workspace_id)
        Workspace.objects.filter(id=by.workspace_id).delete()
        User.objects.filter(id__in=accounts, people=None, is_superuser=False).delete()
    image.forget(by.workspace_id)


def held(workspace_id: int) -> Workspace:
    """Return the workspace, held until the commit: changes of its people and structure wait in line.

    So two owners who demote each other at the same moment cannot leave the workspace without one.
    """
    # Not its key, which whoever writes a row of the workspace holds as well: check-ins need not wait.
    row = Workspace.objects.select_for_update(no_key=True).filter(id=workspace_id).first()
    if row is None:
        raise NotFound
    return row


def _free_slug(wanted: str) -> str:
    stem = slugify(wanted)[:SLUG_LENGTH].strip("-") or "workspace"
    return next(slug for slug in numbered(stem) if not known.is_taken(slug))


def _cadence(days: int) -> int:
    if days not in CADENCES:
        raise Invalid(
            "A check-in is due every 1 to 92 days.",
            field="check_in_every",
            remedy="7 means weekly, which suits most.",
        )
    return days


def _second_step_for(who: str) -> str:
    if who not in dict(SECOND_STEP_FOR):
        raise Invalid(
            f"“{who[:20]}” is nobody who could need a second step.",
            field="second_step_for",
            remedy="Choose nobody, admins or everyone.",
        )
    return who


_CLEANED = {
    "name": partial(wording.name, of="The organisation"),
    "time_zone": zones.check,
    "mission": partial(wording.prose, field="mission"),
    "vision": partial(wording.prose, field="vision"),
    "check_in_every": _cadence,
    "count_restricted_work": bool,
    "second_step_for": _second_step_for,
}
