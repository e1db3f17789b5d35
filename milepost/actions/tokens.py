"""What may happen to a token: somebody makes one for a program of theirs, it is used, it is revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from milepost.actions import wording
from milepost.actions.events import tell
from milepost.actions.workspaces import held
from milepost.core import access
from milepost.core.access import Actor
from milepost.core.ids import ALPHABET
from milepost.core.problems import Conflict, Invalid, NotFound
from milepost.core.scopes import Scope
from milepost.core.tokens import hash_of
from milepost.ledger import sight
from milepost.models import Token
from milepost.queries import people, standings

PREFIX = "mp_"  # by which scanners of source code find one that was committed by mistake
LENGTH = 52  # letters of five bits each
LASTS = range(1, 366)  # days
NAME_LONGEST = 80
MOST = 50
USED_AGAIN_AFTER = timedelta(minutes=1)


def create(
    *,
    name: str,
    scope: str = Scope.READ,
    team: int | None = None,
    days: int = 90,
    by: Actor,
    at: datetime,
) -> tuple[Token, str]:
    """Make a token for oneself; return it and its secret, which is kept nowhere."""
    access.require_whole(by, "make a token")
    access.require(by.person_id is not None, "make a token", remedy="Sign in as the person it is for.")
    name = wording.name(name, of="A token", longest=NAME_LONGEST)
    if scope not in list(Scope):
        raise Invalid(f"“{scope[:20]}” is no scope.", field="scope", remedy="Choose one of the list.")
    if days not in LASTS:
        raise Invalid("A token lasts 1 to 365 days.", field="days", remedy="90 suits most.")
    if team is not None and scope == Scope.ADMIN:
        raise Invalid(
            "People and settings belong to no team.",
            field="team",
            remedy="Choose “write”, or no team.",
        )
    with transaction.atomic():
        held(by.workspace_id)  # of two at once neither would count the other
        standings.team(by, team)
        mine = Token.objects.of(by.workspace_id).filter(person_id=by.person_id)
        if mine.filter(revoked_at=None, expires_at__gt=at).count() >= MOST:
            raise Conflict(f"You have {MOST} tokens.", code="too_many_tokens", remedy="Revoke one first.")
        secret = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        row = Token.objects.create(
            workspace_id=by.workspace_id,
            person_id=by.person_id,
            name=name,
            secret_hash=hash_of(secret),
            last_four=secret[-4:],
            scope=scope,
            team_id=team,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
        data = {"name": name, "scope": scope, "person": by.person_id}
        tell("token.created", subject=row.id, data=data, by=by, at=at)
    return row, secret


def revoke(*, token: int, by: Actor, at: datetime) -> None:
    """End a token of one's own at once; one that has ended stays as it is."""
    with transaction.atomic():
        mine = Token.objects.of(by.workspace_id).select_for_update().filter(person_id=by.person_id)
        row = mine.filter(id=token).first()
        if row is None:
            raise NotFound
        if row.revoked_at is None:
            _end(row, by, at)


def revoke_all(*, user_id: int, by: Actor, at: datetime) -> int:
    """End every token of an account at once, in all its workspaces; return how many those were."""
    count = 0
    with transaction.atomic():
        for own in people.own_actors(user_id, door=by.door):
            with sight.within(own.workspace_id):
                count += revoke_of(person=own.person_id, by=own, at=at)
    return count


def revoke_of(*, person: int, by: Actor, at: datetime) -> int:
    """End every token of somebody in one workspace; return how many those were."""
    with transaction.atomic():
        rows = Token.objects.of(by.workspace_id).select_for_update()
        good = list(rows.filter(person_id=person, revoked_at=None, expires_at__gt=at).order_by("id"))
        for row in good:
            _end(row, by, at)
    return len(good)


def _end(row: Token, by: Actor, at: datetime) -> None:
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    data = {"name": row.name, "person": row.person_id}
    tell("token.revoked", subject=row.id, data=data, by=by, at=at)


def use(*, token: int, by: Actor, at: datetime) -> None:
    """Remember when a token was last used, to the minute.

    No event and no change: it happens with every request, and no figure depends on it.
    """
    with transaction.atomic():
        rows = Token.objects.of(by.workspace_id).filter(id=token)
        rows.filter(Q(used_at=None) | Q(used_at__lt=at - USED_AGAIN_AFTER)).update(used_at=at)
