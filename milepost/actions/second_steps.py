"""What may happen to second steps: an app, a passkey or recovery codes are added, used and removed.

They are rows of django-allauth's table, so its sign-in asks for them. A code counts once, whatever process
sees it; recovery codes are kept as hashes, an app's secret is sealed.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from milepost.actions import guesses, wording
from milepost.actions.access import NOBODY_YET
from milepost.actions.events import tell
from milepost.actions.sealing import is_sealed_anew, seal, unseal
from milepost.core import one_time
from milepost.core.access import Actor
from milepost.core.ids import ALPHABET
from milepost.core.problems import Conflict, Invalid, NotFound
from milepost.core.tokens import hash_of
from milepost.models import User
from milepost.queries import people as known
from milepost.queries import second_steps
from milepost.queries.second_steps import APP, CODES, PASSKEY

MANY_CODES = 10
CODE_LETTERS = 24  # of five bits each: from 112 bits on a plain hash is enough (ASVS 6.5.2)
NAME_LONGEST = 60
MOST_PASSKEYS = 20
CHALLENGE_LASTS = 15 * 60  # seconds until what a passkey was asked is asked anew


class PasskeyRefused(Invalid):
    """What a passkey answered does not fit what it was asked, was answered before, or it is nobody's here."""

    code = "passkey_refused"

    def __init__(self) -> None:
        super().__init__("This passkey was not accepted.", field="", remedy="Try again, or use another way.")


class WrongCode(Invalid):
    """The code is wrong, or was used before: both read the same."""

    code = "wrong_code"


def add_app(*, user_id: int, secret: str, typed: str, by: Actor = NOBODY_YET, at: datetime) -> None:
    """Add an authenticator app, once it has shown that it knows the secret."""
    step = one_time.matching_step(secret, typed, at=at)
    if step is None:
        raise WrongCode(
            "This is not the code that the app shows now.",
            field="code",
            remedy="Type the newest one; if it never fits, look whether the clock of your phone is right.",
        )
    with transaction.atomic():
        _held(user_id)
        if _rows(user_id, APP).exists():
            raise Conflict("There is an app already.", code="has_app", remedy="Remove it first.")
        Authenticator.objects.create(
            user_id=user_id,
            type=APP,
            data={"secret": seal(secret), "last_step": step},
            created_at=at,
            last_used_at=at,
        )
        _tell(user_id, "person.second_step_added", {"what": "app"}, by, at)


def remove_app(*, user_id: int, by: Actor = NOBODY_YET, at: datetime) -> None:
    """Remove the authenticator app."""
    with transaction.atomic():
        _held(user_id)
        if _rows(user_id, APP).delete()[0]:
            _without_codes_alone(user_id)
            _tell(user_id, "person.second_step_removed", {"what": "app"}, by, at)


def add_passkey(
    *,
    user_id: int,
    name: str,
    credential: dict[str, Any],
    count: int = 0,
    by: Actor = NOBODY_YET,
    at: datetime,
) -> None:
    """Add a passkey that the browser has made and the door has checked; `count`: how often it was used."""
    name = wording.name(name, of="A passkey", longest=NAME_LONGEST)
    with transaction.atomic():
        _held(user_id)
        known = [row.data["credential"] for row in _rows(user_id, PASSKEY)]
        if len(known) >= MOST_PASSKEYS:
            raise Conflict(f"You have {MOST_PASSKEYS} passkeys.", code="too_many", remedy="Remove one first.")
        if any(one.get("rawId") == credential.get("rawId") for one in known):
            raise Conflict(  # the form was sent twice
                "This passkey was added already.", code="has_passkey", remedy="It is in the list: use it."
            )
        data = {"name": name, "credential": credential, "count": count}
        Authenticator.objects.create(user_id=user_id, type=PASSKEY, data=data, created_at=at)
        _tell(user_id, "person.second_step_added", {"what": "passkey", "called": name}, by, at)


def rename_passkey(*, user_id: int, passkey: int, name: str, by: Actor = NOBODY_YET, at: datetime) -> None:
    """Give a passkey another name."""
    name = wording.name(name, of="A passkey", longest=NAME_LONGEST)
    with transaction.atomic():
        _held(user_id)
        row = _passkey(user_id, passkey)
        before, row.data["name"] = row.data["name"], name
        if before != name:
            row.save(update_fields=["data"])
            _tell(user_id, "person.second_step_renamed", {"from": before, "to": name}, by, at)


def remove_passkey(*, user_id: int, passkey: int, by: Actor = NOBODY_YET, at: datetime) -> str:
    """Remove a passkey; return the name it had."""
    with transaction.atomic():
        _held(user_id)
        row = _passkey(user_id, passkey)
        name = row.data["name"]
        row.delete()
        _without_codes_alone(user_id)
        _tell(user_id, "person.second_step_removed", {"what": "passkey", "called": name}, by, at)
    return name


def use_passkey(
    *, user_id: int, passkey: int, challenge: str, count: int, by: Actor = NOBODY_YET, at: datetime
) -> None:
    """Take what a passkey answered, once for each challenge; refuse one whose count of uses does not grow.

    `challenge` is a hash of what it was asked. Two of one count are two passkeys: somebody copied the key.
    Those that do not count say 0 always. No event: signing in is none.
    """
    with transaction.atomic():
        _held(user_id)  # of two requests with the same answer only one gets in
        row = _passkey(user_id, passkey)
        answered = row.data.get("answered", {})
        before = row.data.get("count", 0)
        if challenge in answered or ((count or before) and count <= before):
            raise PasskeyRefused
        now = int(at.timestamp())
        answered = {kept: when for kept, when in answered.items() if now - when <= CHALLENGE_LASTS}
        row.data |= {"answered": answered | {challenge: now}, "count": count}
        row.last_used_at = at
        row.save(update_fields=["data", "last_used_at"])


def make_codes(*, user_id: int, by: Actor = NOBODY_YET, at: datetime) -> list[str]:
    """Make new recovery codes in place of the old; return them, for they are kept nowhere."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS)) for _ in range(MANY_CODES)]
    with transaction.atomic():
        _held(user_id)
        if not _rows(user_id, APP).exists() and not _rows(user_id, PASSKEY).exists():
            raise Conflict(
                "Recovery codes stand in for an app or a passkey.", remedy="Add one of them first."
            )
        _rows(user_id, CODES).delete()
        Authenticator.objects.create(
            user_id=user_id, type=CODES, data={"hashes": [hash_of(code) for code in codes]}, created_at=at
        )
        _tell(user_id, "person.recovery_codes_made", {}, by, at)
    return ["-".join(code[at : at + 4] for at in range(0, CODE_LETTERS, 4)) for code in codes]


def prove(
    *, user_id: int, typed: str, place: str = "", by: Actor = NOBODY_YET, at: datetime
) -> tuple[str, int]:
    """Take a code of the app, or a recovery code, which is then used up; return which, and its row.

    Raises WrongCode, and TooManyGuesses where somebody guesses.
    """
    is_last = guesses.take(of="code", account=str(user_id), place=place, by=by, at=at)
    with transaction.atomic():
        _held(user_id)  # of two requests with the same code only one gets in
        found = _app_that_shows(user_id, typed, at) or _codes_with(user_id, typed, by, at)
    if found is None:
        if is_last:
            guesses.lock(user_id=user_id, by=by, at=at)
        raise WrongCode(
            "This code is wrong, or was used already.",
            field="code",
            remedy=_other_ways(user_id),
        )
    guesses.forgive(of="code", account=str(user_id), place=place, by=by, at=at)
    return found


def _other_ways(user_id: int) -> str:
    """Say what else somebody has whose code was refused, and nothing that they have not."""
    ways = second_steps.of(user_id)
    found = ["wait for the app's next one"] * bool(ways.app_since)
    found += ["use another recovery code"] * bool(ways.codes_left)
    found += ["use your passkey"] * bool(ways.passkeys)
    said = ", or ".join(found) or "ask whoever runs this server for a link"
    return f"{said[0].upper()}{said[1:]}."


def remove_all(*, user_id: int, by: Actor, at: datetime) -> bool:
    """Remove every second step of somebody who has lost them all: only the operator may."""
    if not by.is_operator:
        raise NotFound
    with transaction.atomic():
        _held(user_id)
        gone = Authenticator.objects.filter(user_id=user_id).delete()[0]
        if gone:
            _tell(user_id, "person.second_step_removed", {"what": "all"}, by, at)
    return bool(gone)


def _app_that_shows(user_id: int, typed: str, at: datetime) -> tuple[str, int] | None:
    row = _rows(user_id, APP).first()
    secret = row and unseal(row.data["secret"])
    if not secret:
        return None
    step = one_time.matching_step(secret, typed, at=at, after=row.data.get("last_step", -1))
    if step is None:
        return None
    row.data["last_step"], row.last_used_at = step, at
    if not is_sealed_anew(row.data["secret"]):
        row.data["secret"] = seal(secret)
    row.save(update_fields=["data", "last_used_at"])
    return APP, row.id


def _codes_with(user_id: int, typed: str, by: Actor, at: datetime) -> tuple[str, int] | None:
    row = _rows(user_id, CODES).first()
    hashed = hash_of("".join(filter(str.isalnum, typed.lower())).translate(_READ_AS))
    if row is None or hashed not in row.data["hashes"]:
        return None
    row.data["hashes"].remove(hashed)
    row.last_used_at = at
    row.save(update_fields=["data", "last_used_at"])
    _tell(user_id, "person.recovery_code_used", {"left": len(row.data["hashes"])}, by, at)
    return CODES, row.id


_READ_AS = str.maketrans("oil", "011")  # letters that codes have not, and what they are taken for


def _rows(user_id: int, kind: str):
    return Authenticator.objects.filter(user_id=user_id, type=kind)


def _passkey(user_id: int, id: int) -> Authenticator:
    row = _rows(user_id, PASSKEY).filter(id=id).first()
    if row is None:
        raise NotFound
    return row


def _without_codes_alone(user_id: int) -> None:
    # Codes stand in for something else; alone they would be asked for by nothing.
    if not Authenticator.objects.filter(user_id=user_id).exclude(type=CODES).exists():
        _rows(user_id, CODES).delete()


def _held(user_id: int) -> None:
    if not User.objects.select_for_update().filter(id=user_id).exists():
        raise NotFound


def _tell(user_id: int, kind: str, data: dict[str, Any], by: Actor, at: datetime) -> None:
    for own in known.own_actors(user_id, door=by.door):
        tell(kind, subject=own.person_id, data={"name": own.name, **data}, by=_by_whom(own, by), at=at)


def _by_whom(own: Actor, by: Actor) -> Actor:
    """Return who did it as this workspace knows them: the person themselves, or the operator."""
    if by is NOBODY_YET:
        return own
    return Actor(own.workspace_id, None, own.role, door=by.door)
