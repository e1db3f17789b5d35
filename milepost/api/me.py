"""Who is asking, and what waits for them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from milepost.actions import tokens
from milepost.api import answers
from milepost.api.answers import Part
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import changes, reads
from milepost.core.scopes import Scope
from milepost.queries.records import key_results, workspaces
from milepost.queries.records.key_results import KeyResultRecord
from milepost.queries.records.workspaces import MeRecord

router = Router(tags=["You"])


@reads(router, "/me", MeRecord)
def show(request: HttpRequest) -> HttpResponse:
    """Say who you are, in which workspace, and how far this token reaches."""
    return answers.one(workspaces.me(reader(request), request.bearer))


@reads(router, "/me/due", KeyResultRecord, many=True)
def due(request: HttpRequest, part: Query[Part]) -> HttpResponse:
    """List your key results whose check-in is due, the one that waits longest first."""
    looking = reader(request)
    with looking.image.lock:
        return answers.many(request, key_results.due(looking), part)


@changes(router, "/me/token", None, scope=Scope.READ, method="DELETE")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Revoke the token that this request came with."""

    def make() -> int:
        tokens.revoke(token=request.bearer.token_id, by=request.actor, at=request.at)
        return request.bearer.token_id

    return answers.gone(once(request, make))
