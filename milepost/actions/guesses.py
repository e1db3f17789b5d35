"""What may happen to guesses: each is counted before it is looked at, in the database, for all processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction

from milepost.actions.events import tell
from milepost.core import guessing
from milepost.core.access import Actor
from milepost.core.guessing import Limit
from milepost.core.problems import Problem
from milepost.core.tokens import hash_of
from milepost.models import Guess
from milepost.queries import people as known

# What lets somebody in meanwhile, by what was guessed: neither is guessed, so neither is counted.
INSTEAD = {
    "password": " Meanwhile a passkey lets you in, and so does a link from whoever runs this server.",
    "code": " Meanwhile a passkey lets you in, if you have one.",
}


class TooManyGuesses(Problem):
    """Somebody guessed too often and has to wait, whoever they are."""

    code = "too_many_guesses"
    status = 429

    def __init__(self, until: datetime, at: datetime, *, instead: str = "") -> None:
        self.retry_after = max(1, int((until - at).total_seconds() + 0.999))
        super().__init__(
            "Those were too many tries.",
            remedy=f"Wait {guessing.in_words(until - at)}, then try again.{instead}",
            field="",
        )


def take(*, of: str, account: str, place: str = "", by: Actor, at: datetime) -> bool:
    """Count one guess at an account's password or code; refuse it where one has to wait.

    `of` names what is guessed, `account` whose it is, `place` the network address, as far as it is known.
    Counted first and looked at afterwards, many guesses at once are as few as one after another. Return
    whether this is the last one before the account is locked.
    """
    limits = _limits(of, account, place)
    counts = _count(limits, at, refused=partial(TooManyGuesses, instead=INSTEAD.get(of, "")))
    return counts[0] == limits[0][1].free


def forgive(*, of: str, account: str, place: str = "", by: Actor, at: datetime) -> None:
    """Forget the guesses at an account, for the last one was right; those of a place stay.

    Counts that are so old that they no longer count go with them.
    """
    limits = _limits(of, account, place)
    keys = [key for key, limit in limits if limit is not guessing.PLACE]
    with transaction.atomic():
        rows = _held([key for key, _ in limits])
        Guess.objects.filter(key__in=keys).delete()
        Guess.objects.filter(last_at__lt=at - 3 * guessing.FORGOTTEN_AFTER).delete()
        if place:
            # The right one was no guess.
            row = rows.get(_key(of, "", place))
            if row is not None and row.count:
                Guess.objects.filter(key=row.key).update(count=row.count - 1)


def miss(*, of: str, place: str, by: Actor, at: datetime) -> None:
    """Count a link or token that is none; refuse more from a network address that tries many."""
    if place:
        _count([(_key(of, "", place), guessing.PLACE)], at)


def take_mail(*, account: str, place: str = "", by: Actor, at: datetime) -> None:
    """Count a mail that somebody has sent to an address; refuse where there were many."""
    limits = [(_key("mail", account, ""), guessing.MAILS)]
    if place:
        limits.append((_key("mail", "", place), guessing.PLACE))
    _count(limits, at)


class TooManyInvitations(TooManyGuesses):
    """So many invitations went by mail that the next one has to wait."""

    code = "too_many_invitations"

    def __init__(self, until: datetime, at: datetime) -> None:
        super().__init__(until, at)
        self.message = "Many invitations went by mail lately, so this one has to wait. Nothing was changed."
        self.remedy = f"Try again in {guessing.in_words(until - at)}; those that were sent are good."


def take_invitation(*, email: str, by: Actor, at: datetime) -> None:
    """Count an invitation that goes by mail: to an address, from a person, from a workspace.

    The mail server is the company's, and an address may be anybody's: nobody is to be flooded in its name.
    """
    of, here = "invitation", str(by.workspace_id)
    limits = [
        (_key(of, here, email.lower()), guessing.MAILS),
        (_key(of, here, f"by {by.person_id}"), guessing.INVITER),
        (_key(of, here, ""), guessing.WORKSPACE),
    ]
    _count(limits, at, refused=TooManyInvitations)


def lock(*, user_id: int, by: Actor, at: datetime) -> None:
    """Tell every workspace of an account that it was locked after too many guesses."""
    with transaction.atomic():
        for own in known.own_actors(user_id, door=by.door):
            tell("person.locked_out", subject=own.person_id, data={"name": own.name}, by=_nobody(own), at=at)


def _nobody(own: Actor) -> Actor:
    # Whoever guessed is unknown: it was not the person whose account it is.
    return Actor(own.workspace_id, None, own.role, door="worker")


def _limits(of: str, account: str, place: str) -> list[tuple[str, Limit]]:
    limits = [
        (_key(of, account, ""), guessing.ACCOUNT),
        (_key(of, account, place or "unknown"), guessing.PAIR),
    ]
    return [*limits, (_key(of, "", place), guessing.PLACE)] if place else limits


def _key(*parts: str) -> str:
    return hash_of("\n".join(parts))


def _count(
    limits: list[tuple[str, Limit]],
    at: datetime,
    *,
    refused: Callable[[datetime, datetime], TooManyGuesses] = TooManyGuesses,
) -> list[int]:
    """Count one more under each key, in one transaction, unless one of them says to wait."""
    with transaction.atomic():
        rows = _made([key for key, _ in limits], at)
        until = max(row.until for row in rows.values())
        if until <= at:
            for key, limit in limits:
                row = rows[key]
                row.count = limit.counted(row.count, row.last_at if row.count else None, at)
                row.last_at, row.until = at, at + limit.wait(row.count)
                row.save(update_fields=["count", "last_at", "until"])
    if until > at:
        raise refused(until, at)
    return [rows[key].count for key, _ in limits]


def _made(keys: list[str], at: datetime) -> dict[str, Guess]:
    """Return the rows of some keys, made where they are missing, and held until the commit."""
    new = [Guess(key=key, count=0, last_at=at, until=at) for key in sorted(keys)]
    while True:  # one that was there a moment ago may have been forgiven
        Guess.objects.bulk_create(new, ignore_conflicts=True)
        rows = _held(keys)
        if len(rows) == len(new):
            return rows


def _held(keys: list[str]) -> dict[str, Guess]:
    # Always in the same order, so that two processes never wait for each other.
    held = Guess.objects.select_for_update().filter(key__in=keys).order_by("key")
    return {row.key: row for row in held}
