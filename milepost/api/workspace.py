"""The workspace and its settings."""

from __future__ import annotations

from typing import Annotated, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import Router
from pydantic import Field

from milepost.actions import start
from milepost.actions import workspaces as actions
from milepost.api import answers
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import changes, creates, reads
from milepost.api.values import COUNTED, Flag, Name, Said, Text, Whole, left_out
from milepost.api.versions import as_read
from milepost.core.scopes import Scope
from milepost.queries.records import workspaces
from milepost.queries.records.workspaces import OpenedRecord, WorkspaceRecord

router = Router(tags=["Workspace"])


class SettingsChange(Said):
    """What is to be set otherwise; what is left out stays."""

    name: Name = left_out()
    time_zone: Name = left_out()
    mission: Text = left_out()
    vision: Text = left_out()
    check_in_every: Annotated[Whole, Field(ge=1, le=92, description="Days between check-ins."), COUNTED] = (
        left_out()
    )
    count_restricted_work: Flag = left_out()
    second_step_for: Literal["nobody", "admins", "everyone"] = left_out()


@reads(router, "/workspace", WorkspaceRecord)
def show(request: HttpRequest) -> HttpResponse:
    """Show how the workspace is set."""
    return answers.one(workspaces.own(reader(request)))


@changes(router, "/workspace", WorkspaceRecord, scope=Scope.ADMIN, guarded=True)
def update(request: HttpRequest, said: SettingsChange) -> HttpResponse:
    """Change settings."""
    done = once(
        request,
        as_read(
            request,
            "workspace",
            request.actor.workspace_id,
            lambda: workspaces.own(reader(request)),
            lambda: actions.update(changed=said.given(), by=request.actor, at=request.at).id,
        ),
    )
    return answers.changed(done, workspaces.own(reader(request)))


@creates(router, "/workspace/demo", OpenedRecord, scope=Scope.ADMIN)
def open_demo(request: HttpRequest) -> HttpResponse:
    """Open the demo company in a workspace of its own, which you own as well.

    Yours stays as it is. There is one demo company at most: where it is, 409 with `demo_exists`.
    """
    company = import_string(settings.DEMO_COMPANY)
    done = once(request, lambda: start.beside(plan=company(request.today), by=request.actor, at=request.at))
    record = workspaces.opened(done.id)
    return answers.made(done, record, record.url)
