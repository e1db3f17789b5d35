"""Who is asking: the first lock of this door. A token becomes an actor in one workspace, or it ends here."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from milepost.actions import guesses, tokens
from milepost.actions.access import NOBODY_YET
from milepost.api import limits
from milepost.api.problems import Unauthorized
from milepost.core import access, devices, scopes, workload
from milepost.core.cadence import day_in
from milepost.core.problems import NotAllowed
from milepost.core.scopes import Scope
from milepost.core.tokens import hash_of
from milepost.ledger import sight, stillness, traces
from milepost.queries import actors, days
from milepost.queries.actors import Bearer
from milepost.queries.cards import Reader


@dataclass(frozen=True)
class Holds:
    """Lets an operation run for a token that reaches as far as `scope`.

    Sets `request.actor`, `request.bearer`, `request.at` (now), `request.today` (the workspace's day) and
    `request.work` (what the limits know of it).
    """

    scope: Scope
    in_teams: bool = True  # False: not for a token that is limited to a team

    def __call__(self, request: HttpRequest) -> Bearer:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        request.at = timezone.now()
        sent = hash_of(secret) if kind.lower() == "bearer" else ""
        found = actors.bearer(sent, door="api", at=request.at) if sent else None
        if found is None:
            place = devices.caller(request.META, settings.MILEPOST.proxies)
            with suppress(DatabaseError):
                guesses.miss(of="token", place=place, by=NOBODY_YET, at=request.at)
            raise Unauthorized(actors.ending(sent, at=request.at) if sent else None)
        request.bearer, request.actor = found, found.actor  # the log names whoever is refused, too
        request.count = limits.count(found.token_id, request.at)
        limits.refuse(request.count)
        most = settings.MILEPOST.api_at_once
        working = workload.under_way(found.actor.person_id, request.at, most=most, now=timezone.now)
        request.work = request.until_answered.enter_context(working)
        if not scopes.holds(found.scope, self.scope):
            raise NotAllowed(
                f"This token reaches as far as “{found.scope}”; this needs “{self.scope}”.",
                code="insufficient_scope",
                remedy="Make a token that reaches further.",
            )
        if not self.in_teams:
            access.require_whole(found.actor, "do this")
        if found.lacks_second_step:
            raise NotAllowed(
                "This workspace asks for a second step at sign-in, and you have none.",
                code="second_step_needed",
                remedy="Open Milepost in a browser and add a passkey or an app; the token then works again.",
            )
        sight.settle(found.actor.workspace_id)  # until the door closes behind the request
        if request.method == "GET":  # it changes nothing that it then reads
            stillness.settle(found.mark)
        request.today = day_in(found.time_zone, request.at)
        if found.used_at is None or request.at - found.used_at > tokens.USED_AGAIN_AFTER:
            use = partial(tokens.use, token=found.token_id, by=found.actor, at=request.at)
            traces.leave(use, at=request.at)
        return found


def reader(request: HttpRequest, on: date | None = None) -> Reader:
    """Return the reader of this request: the actor, today or at the end of a past day."""
    if on is None or on == request.today:
        return Reader(request.actor, request.today)
    return Reader(request.actor, request.today, days.past(request.actor, on, today=request.today))
