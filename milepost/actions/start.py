"""What a new workspace begins with: a first cycle and team, a file, or a demo company beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from milepost.actions import cycles, demos, plans, teams
from milepost.actions.events import tell
from milepost.actions.keys import free_key
from milepost.core import access
from milepost.core.access import Actor, Role, operator
from milepost.core.plan import Changes, Plan, PlanProblem, check, diff
from milepost.core.problems import Conflict
from milepost.core.quarters import Span
from milepost.ledger import redactions, sight
from milepost.models import Person, User
from milepost.queries import plans as written
from milepost.queries import workspaces


def blank(*, cycle: Span, year: Span | None = None, team: str = "", by: Actor, at: datetime) -> None:
    """Begin with a first cycle, perhaps within its year, and perhaps a first team."""
    with transaction.atomic():
        above = None
        if year:
            row = cycles.create(name=year.name, starts_on=year.starts_on, ends_on=year.ends_on, by=by, at=at)
            above = row.id
        cycles.create(
            name=cycle.name, starts_on=cycle.starts_on, ends_on=cycle.ends_on, parent=above, by=by, at=at
        )
        if team.strip():
            teams.create(name=team, by=by, at=at)


def preview(plan: Plan, reader: Actor) -> Changes:
    """Return what beginning with a file would do; raises PlanRefused where it does not fit."""
    have, plan = _fitted(plan, reader)
    problems: list[PlanProblem] = check(plan, have)
    changes = diff(have, plan)
    if problems or changes.problems:
        raise plans.PlanRefused([*problems, *changes.problems])
    return changes


def from_file(*, plan: Plan, by: Actor, at: datetime) -> Changes:
    """Begin with what a file says, in one transaction."""
    access.require(access.may_manage(by), "begin with a file", remedy="Ask an admin.")
    with transaction.atomic():
        me = Person.objects.of(by.workspace_id).select_for_update().get(id=by.person_id)
        twin = _twin(plan, me)
        _, plan = _fitted(plan, by)
        if twin:
            me.key = twin
            me.save(update_fields=["key"])
            redactions.change("person", [me.id], why="plan.applied", by=by, at=at)
        return plans.apply_plan(plan=plan, by=by, at=at)


def beside(*, plan: Plan, by: Actor, at: datetime) -> int:
    """Make a demo company in a workspace of its own, which the reader owns too; return the workspace's id.

    Beside one's own workspace, so that nobody has to tidy the demo out of it afterwards.
    """
    access.require(access.may_manage(by), "open the demo", remedy="Ask an admin.")
    with transaction.atomic():
        if workspaces.is_taken(plan.workspace.id):
            raise Conflict(
                "The demo company is here already.", code="demo_exists", remedy="Choose it after signing in."
            )
        account = User.objects.get(people__id=by.person_id)
        opening = operator(plans.new_workspace_id(), door=by.door)
        with sight.within(opening.workspace_id):
            demos.open(plan=plan, by=opening, at=at)
            rows = Person.objects.of(opening.workspace_id)
            person = Person.objects.create(
                workspace_id=opening.workspace_id,
                key=free_key(rows, account.name, "visitor"),
                user=account,
                name=account.name,
                email=account.email,
                role=Role.OWNER,
            )
            tell("person.joined", subject=person.id, data={"name": person.name}, by=opening, at=at)
    return opening.workspace_id


def _fitted(plan: Plan, reader: Actor) -> tuple[Plan, Plan]:
    """Return what the workspace holds and what a file wants, with the reader as one person in both.

    A file knows its people by ids of its own. Whoever has the reader's address is the reader, under the
    file's id and with the reader's role; the workspace keeps the name and the address it was founded with.
    """
    have = written.current(reader.workspace_id)
    me = Person.objects.of(reader.workspace_id).get(id=reader.person_id)
    twin = _twin(plan, me)
    if twin:
        have = replace(
            have, people=tuple(replace(one, id=twin) if one.id == me.key else one for one in have.people)
        )
        plan = replace(
            plan,
            people=tuple(
                replace(one, role=me.role, left=None, email=me.email) if one.id == twin else one
                for one in plan.people
            ),
        )
    if plan.workspace:
        plan = replace(
            plan, workspace=replace(plan.workspace, id=have.workspace.id, name=have.workspace.name)
        )
    return have, plan


def _twin(plan: Plan, me: Person) -> str | None:
    for one in plan.people:
        if one.email and me.email and one.email.lower() == me.email.lower() and one.id != me.key:
            return one.id
    return None
