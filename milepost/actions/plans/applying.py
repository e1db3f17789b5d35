"""Applying a plan: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from milepost.actions.events import tell
from milepost.actions.plans import keeping
from milepost.actions.plans.application import Application
from milepost.actions.plans.counting import counted
from milepost.actions.plans.ground import WRITTEN, Ground
from milepost.core import access
from milepost.core.access import Actor
from milepost.core.plan import Changes, Plan, PlanProblem, check, diff, moved_problems
from milepost.core.plan.values import WorkspacePlan
from milepost.core.problems import MOST_TOLD, Invalid
from milepost.ledger import bulk
from milepost.ledger import changes as log
from milepost.models import Event, Workspace
from milepost.models.ids import new_id
from milepost.queries import plans


class PlanRefused(Invalid):
    """A plan that cannot be applied; `problems` say where and why, the first of them. Nothing was changed."""

    code = "plan_refused"

    def __init__(self, problems: list[PlanProblem]) -> None:
        first = problems[0]
        more = f" ({len(problems) - 1:,} more)" if len(problems) > 1 else ""
        self.problems = problems[:MOST_TOLD]
        super().__init__(
            f"{first}{more}",
            remedy="Mend what is listed and try again.",
            details=tuple(map(str, self.problems)),
        )

    def as_json(self) -> dict[str, object]:
        """Return plain values for a program to read."""
        parts = [{"path": one.where, "code": one.code, "message": str(one)} for one in self.problems]
        return super().as_json() | {"problems": parts}


def preview(workspace_id: int, plan: Plan, have: Plan | None = None, *, is_checked: bool = False) -> Changes:
    """Return what applying a plan would do; raises PlanRefused for one that does not fit this workspace.

    `have` is what the workspace holds, where the caller knows it (nothing, for one still to be made);
    `is_checked` says that the plan was read against it, so that its rules have been asked already.
    """
    if have is None:
        have = plans.current(workspace_id, with_personal=[objective.id for objective in plan.objectives])
    problems = [] if is_checked else check(plan, have)
    problems += moved_problems(plan, have)
    changes = diff(have, plan)
    if problems or changes.problems:
        raise PlanRefused([*problems, *changes.problems])
    return changes


def new_workspace_id() -> int:
    """Return the id that a workspace still to be made will have."""
    return new_id()


def apply_to_new_workspace(
    *,
    plan: Plan,
    changes: Changes | None = None,
    progress: Callable[[int, int], None] | None = None,
    by: Actor,
    at: datetime,
) -> Changes:
    """Make the workspace that a plan names, with everything the plan says, in one transaction.

    `by` is the operator of the workspace to be (`operator(new_workspace_id())`).
    """
    if plan.workspace is None:
        raise Invalid(
            "The file names no workspace.", field="workspace", remedy="Add `workspace: {id: …, name: …}`."
        )
    tables = [model._meta.db_table for model in (*WRITTEN, Event)]
    with (
        bulk.room(),
        bulk.references_later(),
        transaction.atomic(),
        bulk.checked_at_once_alone(tables, by.workspace_id),
    ):
        open_workspace(workspace=plan.workspace, by=by, at=at)
        return apply_plan(plan=plan, changes=changes, progress=progress, by=by, at=at)


def open_workspace(*, workspace: WorkspacePlan, by: Actor, at: datetime) -> int:
    """Make an empty workspace for a plan to be applied to; return its id."""
    row = Workspace.objects.create(
        id=by.workspace_id,
        slug=workspace.id,
        name=workspace.name,
        time_zone=workspace.time_zone,
        mission=workspace.mission,
        vision=workspace.vision,
        scoring_policy=workspace.scoring_policy,
        check_in_every=workspace.check_in_every,
        count_restricted_work=workspace.count_restricted_work,
        created_at=at,
    )
    tell("workspace.founded", subject=row.id, data={"name": row.name}, by=by, at=at)
    return row.id


def apply_plan(
    *,
    plan: Plan,
    changes: Changes | None = None,
    progress: Callable[[int, int], None] | None = None,
    by: Actor,
    at: datetime,
) -> Changes:
    """Make a workspace what a plan says, in one transaction, and return what that changed.

    `changes` is a preview made before; without one it is made here. What the plan does not mention stays.
    Admins alone; the past that the plan tells is taken as told, everything else is dated now.
    """
    access.require(access.may_manage(by), "apply a file", remedy="Ask an admin.")
    with transaction.atomic():
        if changes is None:
            changes = preview(by.workspace_id, plan)
        if changes.is_empty:
            return changes
        # By the operator's hand, at the terminal, nothing is undone: there the file of before is at hand.
        keep = {} if by.person_id is None else keeping.packed(changes)
        with bulk.room():
            Application(Ground(by, at), progress).run(changes)
        tell("plan.applied", data={**counted(changes, by.workspace_id), **keep}, by=by, at=at)
        log.append(by.workspace_id, log.Kind.ALL)
    return changes
