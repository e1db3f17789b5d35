"""Which tokens somebody has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Case, Value, When

from milepost.core.access import Actor
from milepost.core.ids import encode
from milepost.ledger import sight
from milepost.models import Token
from milepost.queries import people
from milepost.queries.listed import Listed, behind


@dataclass(frozen=True, slots=True)
class TokenCard:
    """A token as its page shows it; its secret is known to nobody any more."""

    id: str
    number: int
    name: str
    ends_in: str
    scope: str
    team: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    is_good: bool


def of(actor: Actor, *, at: datetime, token: int | None = None) -> tuple[TokenCard, ...]:
    """Return the actor's own tokens (or one of them), the newest first; what ended stands last."""
    return of_person(actor.workspace_id, actor.person_id, at=at, token=token)


def of_person(
    workspace_id: int, person_id: int, *, at: datetime, token: int | None = None
) -> tuple[TokenCard, ...]:
    """Return somebody's tokens (or one of them), in the same order."""
    rows = Token.objects.of(workspace_id).filter(person_id=person_id).select_related("team")
    if token is not None:
        rows = rows.filter(id=token)
    cards = [_card(row, at) for row in rows.order_by("-id")]
    return tuple(sorted(cards, key=lambda card: not card.is_good))


def listed(actor: Actor, *, at: datetime, before: str = "") -> Listed[TokenCard]:
    """Return some of the actor's own tokens in the same order: the first, or those behind one of them."""
    mine = Token.objects.of(actor.workspace_id).filter(person_id=actor.person_id)
    over = Case(When(revoked_at=None, expires_at__gt=at, then=Value(False)), default=Value(True))
    order = list(mine.order_by(over, "-id").values_list("id", flat=True))
    found = behind(order, before, encode)
    rows = mine.select_related("team").in_bulk(found.entries)
    return replace(found, entries=tuple(_card(rows[id], at) for id in found.entries if id in rows))


def many_of(user_id: int, *, at: datetime) -> int:
    """Count the tokens by which programs get in for an account, in all its workspaces."""
    count = 0
    for own in people.own_actors(user_id, door="web"):
        with sight.within(own.workspace_id):
            rows = Token.objects.of(own.workspace_id).filter(person_id=own.person_id)
            count += rows.filter(revoked_at=None, expires_at__gt=at).count()
    return count


def _card(row: Token, at: datetime) -> TokenCard:
    return TokenCard(
        id=encode(row.id),
        number=row.id,
        name=row.name,
        ends_in=row.last_four,
        scope=row.scope,
        team=row.team.name if row.team else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
        is_good=row.revoked_at is None and row.expires_at > at,
    )
