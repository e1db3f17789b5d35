"""Plans that an owner applies from outside: with an owner's rights and sight, not with the operator's.

A file tells of other people's check-ins and gives roles, so nobody below an owner applies one. What the owner
does not see is as if it were not there: it is neither compared nor changed, and keeps no id from being used.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from milepost.actions import history
from milepost.actions.plans.applying import apply_plan, preview
from milepost.actions.workspaces import held
from milepost.core import access
from milepost.core.access import Actor, Role
from milepost.core.plan import Changes, Plan, moved
from milepost.core.plan.unread import all_said
from milepost.core.problems import Conflict
from milepost.ledger import redactions
from milepost.models import Person
from milepost.models.ids import new_id
from milepost.queries import plans, shutting_out
from milepost.queries.cards import Reader
from milepost.queries.shutting_out import ShutsYouOut

REMEDY = "Ask an owner; a token that is limited to a team is not enough."


def preview_as_owner(*, plan: Plan, have: Plan, by: Actor, at: datetime) -> Changes:
    """Return what applying a plan would do to what an owner sees, `have`; raises PlanRefused."""
    _require_its_owner(plan, by)
    return preview(by.workspace_id, plan, have)


def _require_its_owner(plan: Plan, by: Actor) -> None:
    access.require(access.may_apply_a_file(by), "apply a file", remedy=REMEDY)
    plans.require_its_workspace(plan, by.workspace_id)


def apply_as_owner(*, plan: Plan, leave: bool = False, by: Actor, at: datetime) -> Changes:
    """Make what an owner sees of a workspace what a plan says, all of it or nothing.

    Raises ShutsYouOut where they would not see something of it any more, unless they `leave` it to others.
    """
    with transaction.atomic():
        _require_its_owner(plan, by)
        held(by.workspace_id)
        # Read anew, in the transaction that changes it: the file was read against an earlier state.
        have = plans.as_seen(
            Reader(by, history.today(by=by, at=at)), with_personal=all_said(plan.objectives, "id")
        )
        changes = preview(by.workspace_id, plan, have)
        if not leave and (gone := shutting_out.by_file(by, changes)):
            raise ShutsYouOut(*(one.title for one in gone))
        _make_way(plan, have, by=by, at=at)
        apply_plan(plan=plan, changes=changes, by=by, at=at)
        require_an_owner(by.workspace_id)
    return changes


def _make_way(plan: Plan, have: Plan, *, by: Actor, at: datetime) -> None:
    """Give hidden things whose ids the plan uses for something new others, which nobody guesses.

    Refusing such an id would tell that it is there. The other id begins as the old one did, so that whoever
    keeps the hidden thing in a file of theirs is told (`moved_problems`). It goes without an event: what the
    thing is has not changed, and whoever applies the file must not hear of it.
    """
    for model, key in plans.in_the_way(by.workspace_id, plan, have):
        rows = model.objects.of(by.workspace_id).filter(key=key)
        redactions.change(
            model._meta.db_table, rows.values_list("id", flat=True), why="plan.applied", by=by, at=at
        )
        rows.update(key=moved(key, new_id()))


def require_an_owner(workspace_id: int) -> None:
    """Refuse what has left a workspace without an owner who can sign in."""
    owners = Person.objects.of(workspace_id).filter(role=Role.OWNER, left_on=None)
    if not owners.exclude(user=None).exists():
        raise Conflict(
            "With this file the workspace would have no owner who can sign in.",
            code="last_owner",
            remedy="Let the file keep one.",
        )
