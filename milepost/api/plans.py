"""OKRs as code: the workspace as a file, what a file would change, and changing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from milepost.actions import events
from milepost.actions import plans as actions
from milepost.actions.plans.owners import REMEDY
from milepost.actions.submissions import Done
from milepost.api import answers, limits
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import changes, creates, reads
from milepost.api.values import Leave, Line, Said
from milepost.core import access, doubts, workload
from milepost.core.plan import Changes, Plan
from milepost.core.plan.unread import all_said
from milepost.core.scopes import Scope
from milepost.formats import okr_files
from milepost.queries import plans, shutting_out
from milepost.queries.records.slices import written

router = Router(tags=["OKRs as code"])
YAML = "application/yaml"
_FORMATS = {answers.JSON: "json", YAML: "yaml"}


class PlanFile(Said):
    """A file of OKRs; `name` says in refusals which file is meant, and by its ending whether it is JSON."""

    text: Annotated[
        str, Field(max_length=limits.BODY, description="The file: YAML or JSON, as docs/file-format.md says.")
    ]
    name: Line = "okrs.yaml"


class AppliedFile(PlanFile):
    """A file of OKRs to be applied."""

    leave: Leave = False


class PlanRecord(BaseModel):
    """A file of OKRs, version 1, as JSON: what may be sent back as it is."""

    model_config = ConfigDict(extra="allow")

    milepost: int


@dataclass(frozen=True, slots=True)
class WarningRecord:
    """What deserves a second look: an odd key result, or an objective that you would not see any more."""

    kind: str
    id: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class ChangesRecord:
    """What a file changes: `summary` counts by kind and action, `changes` lists all but what stays.

    `is_applied`: it is done; `again`: an earlier request with the same key did it. `event` is what can be
    undone (`POST /events/{event}/undoing`); null where nothing changed. `warnings` tell what is odd about key
    results that are new or changed, such as one without a target, and what you would not see any more: that
    is applied with `leave` alone.
    """

    is_applied: bool
    again: bool
    summary: dict[str, dict[str, int]]
    changes: list[dict[str, Any]]
    warnings: list[WarningRecord]
    event: str | None = None


@reads(router, "/plan", PlanRecord, also=(YAML,))
def show(request: HttpRequest) -> HttpResponse:
    """Export all that you see as a file of OKRs; personal ones are in no export.

    As YAML for whoever accepts `application/yaml` and likes it better than JSON.
    """
    _takes_long(request)
    kind = request.get_preferred_type([*_FORMATS]) or answers.JSON
    file = okr_files.write(plans.as_seen(reader(request)), as_=_FORMATS[kind])
    return HttpResponse(file, content_type=kind)


@changes(router, "/plan/preview", ChangesRecord, scope=Scope.ADMIN, method="POST")
def preview(request: HttpRequest, said: PlanFile) -> HttpResponse:
    """Show what a file would change, and change nothing: for owners."""
    _takes_long(request, said.text)
    with workload.one_long_file(len(said.text)):
        plan, have = _read(request, said)
        found = actions.preview_as_owner(plan=plan, have=have, by=request.actor, at=request.at)
        return answers.one(_record(request, found, is_applied=False))


@creates(router, "/plan/application", ChangesRecord, scope=Scope.ADMIN)
def apply(request: HttpRequest, said: AppliedFile) -> HttpResponse:
    """Make the workspace what a file says, all of it or nothing: for owners.

    What the file does not mention stays; what you do not see is as if it were not there.
    """
    made: list[Changes] = []

    def make() -> int:
        plan, _ = _read(request, said)
        made.append(actions.apply_as_owner(plan=plan, leave=said.leave, by=request.actor, at=request.at))
        return events.undoable(by=request.actor, at=request.at) or request.actor.workspace_id

    _takes_long(request, said.text)
    with workload.one_long_file(len(said.text)):
        done: Done = once(request, make)
    found = made[0] if made else Changes()
    event = None if done.id == request.actor.workspace_id else done.id
    record = _record(request, found, is_applied=True, again=done.again, event=event)
    return answers.made(done, record, "/api/v1/plan")


def _takes_long(request: HttpRequest, text: str = "") -> None:
    # However short the file that was sent: it is compared with all that is there.
    size = plans.size(request.actor.workspace_id)
    if workload.is_long(key_results=size, characters=len(text)):
        workload.will_take_long(request.work, request.at)


def _read(request: HttpRequest, said: PlanFile) -> tuple[Plan, Plan]:
    """Return what the file says, and what the workspace holds already, as far as its owner sees it."""
    # Before anything is read: it is long work, and not for everyone.
    access.require(access.may_apply_a_file(request.actor), "apply a file", remedy=REMEDY)

    held: list[Plan] = []

    def have(plan: Plan) -> Plan:
        # A file may name what is there already. Days meant in another time zone are read a second time.
        if not held:
            plans.require_its_workspace(plan, request.actor.workspace_id)  # before all that is there is read
            held.append(plans.as_seen(reader(request), with_personal=all_said(plan.objectives, "id")))
        return held[0]

    plan = okr_files.read(said.text.encode(errors="replace"), name=said.name or "okrs.yaml", have=have)
    return plan, held[0]


def _record(
    request: HttpRequest, found: Changes, *, is_applied: bool, again: bool = False, event: int | None = None
) -> ChangesRecord:
    told = found.as_json()
    odd = (*shutting_out.by_file(request.actor, found), *doubts.of_changes(found, request.today))
    warnings = [WarningRecord(**one.as_json()) for one in odd]
    return ChangesRecord(is_applied, again, told["summary"], told["changes"], warnings, written(event))
