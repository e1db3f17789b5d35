"""What may happen to a demo company: it opens with everyone signed up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from milepost.actions import plans
from milepost.core.access import Actor
from milepost.core.plan import Plan
from milepost.ledger import changes
from milepost.models import Person, User


def open(
    *, plan: Plan, progress: Callable[[int, int], None] | None = None, by: Actor, at: datetime
) -> dict[str, int]:
    """Make the company in a workspace of its own; return everyone's account by their id in the plan.

    `by` is the operator of the workspace to be (`operator(plans.new_workspace_id())`). The accounts have no
    passwords: one gets in by a single-use link.
    """
    with transaction.atomic():
        plans.apply_to_new_workspace(plan=plan, progress=progress, by=by, at=at)
        accounts = dict(_accounts(by.workspace_id))
        changes.append(by.workspace_id, changes.Kind.ALL)
    return accounts


def _accounts(workspace_id: int):
    for person in Person.objects.of(workspace_id).filter(left_on=None).exclude(email=None):
        user, _ = User.objects.get_or_create(
            email=User.objects.spell(person.email),
            defaults={"name": person.name, "password": make_password(None)},
        )
        Person.objects.of(workspace_id).filter(id=person.id).update(user=user)
        yield person.key, user.id
