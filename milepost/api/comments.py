"""Discussions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from milepost.actions import comments as actions
from milepost.actions.submissions import Done
from milepost.api import answers
from milepost.api.answers import Page, Part
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import creates, reads
from milepost.api.values import Comment, Ref, Said
from milepost.core.scopes import Scope
from milepost.queries.records import comments
from milepost.queries.records.comments import CommentRecord

router = Router(tags=["Comments"])


class CommentsAsked(Page):
    """Which comments are wanted."""

    objective: Ref | None = None
    key_result: Ref | None = None


class NewComment(Said):
    """Something to say, in Markdown."""

    text: Comment


@reads(router, "/comments", CommentRecord, many=True)
def index(request: HttpRequest, asked: Query[CommentsAsked]) -> HttpResponse:
    """List the comments that you may see, the latest first."""
    found = comments.slice_of(
        reader(request), asked.wanted, objective=asked.objective, key_result=asked.key_result
    )
    return answers.many(request, CommentRecord, found, asked)


@reads(router, "/comments/{comment}", CommentRecord)
def show(request: HttpRequest, comment: Path[Ref], part: Query[Part]) -> HttpResponse:
    """Show one comment."""
    return answers.one(comments.one(reader(request), comment), part)


@creates(router, "/objectives/{objective}/comments", CommentRecord, scope=Scope.CHECKIN, in_teams=True)
def on_objective(request: HttpRequest, objective: Path[Ref], said: NewComment) -> HttpResponse:
    """Say something about an objective."""
    done = once(
        request,
        lambda: actions.add(text=said.text, objective=objective, by=request.actor, at=request.at).id,
    )
    return _made(request, done)


@creates(router, "/key-results/{key_result}/comments", CommentRecord, scope=Scope.CHECKIN, in_teams=True)
def on_key_result(request: HttpRequest, key_result: Path[Ref], said: NewComment) -> HttpResponse:
    """Say something about a key result."""
    done = once(
        request,
        lambda: actions.add(text=said.text, key_result=key_result, by=request.actor, at=request.at).id,
    )
    return _made(request, done)


def _made(request: HttpRequest, done: Done) -> HttpResponse:
    record = comments.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/comments/{record.id}")
