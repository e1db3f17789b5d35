"""Forgetting somebody who has left: who they were is gone, what they did for the company stays, unnamed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q

from milepost.actions.events import tell
from milepost.actions.keys import free_key
from milepost.actions.workspaces import held
from milepost.core import access
from milepost.core.access import Actor, Visibility
from milepost.core.problems import Conflict
from milepost.ledger import changes, redactions
from milepost.models import (
    Checkin,
    DefaultView,
    Event,
    Invitation,
    KeyResult,
    KeyResultVersion,
    Objective,
    ObjectiveVersion,
    Person,
    SavedView,
    Submission,
    Token,
    User,
)

NOBODY = "Former colleague"
# What is theirs alone, and not a word of the company's record.
THEIRS = (Token, Invitation, DefaultView, Submission)


class StillHere(Conflict):
    """Somebody who has not left cannot be forgotten."""

    code = "still_here"


def erase(*, person: int, by: Actor, at: datetime) -> Person:
    """Forget who somebody was: name, address, account, ways in, personal objectives, and what tells of them.

    Check-ins, comments and changes stay, as those of a former colleague. So does what others wrote about them
    in words of their own, and what backups hold.
    """
    access.require(by.is_operator, "erase somebody", remedy="Ask whoever runs this server.")
    with transaction.atomic():
        held(by.workspace_id)
        row = Person.objects.of(by.workspace_id).held(person)
        if row.left_on is None:
            raise StillHere(
                f"{row.name} has not left.", remedy="Let them leave first, on the people page, and hand over."
            )
        account, was = row.user_id, row.name
        row.key = free_key(Person.objects.of(by.workspace_id), NOBODY, "person")
        row.name = row.key.capitalize().replace("-", " ")
        row.email = row.user = row.looked_at = None
        row.save(update_fields=["key", "name", "email", "user", "looked_at"])
        redactions.rewrite("person", [row.id], why="person.erased", by=by, at=at)
        for model in THEIRS:
            model.objects.of(by.workspace_id).filter(person=row).delete()
        SavedView.objects.of(by.workspace_id).filter(owner=row, shared="private").delete()
        who = {"why": "person.erased", "by": by, "at": at}
        _erase_personal_work(row, who)
        _erase_from_reasons(row, _erase_from_events(row, who) | {was}, who)
        User.objects.filter(id=account, people=None, is_superuser=False).delete()
        tell("person.erased", subject=row.id, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.ALL)
    return row


def _erase_personal_work(row: Person, who: dict[str, Any]) -> None:
    mine = Objective.objects.of(row.workspace_id).filter(owner=row, visibility=Visibility.PRIVATE)
    objectives = list(mine.values_list("id", flat=True))
    rows = KeyResult.objects.of(row.workspace_id).filter(objective__in=objectives)
    key_results = list(rows.values_list("id", flat=True))
    told = Event.objects.of(row.workspace_id)
    of_mine = Q(objective_id__in=objectives) | Q(key_result_id__in=key_results)
    redactions.delete(told.filter(of_mine), **who)
    # Parted from what they correct, which would keep each other from going.
    Checkin.objects.of(row.workspace_id).filter(key_result__in=key_results).update(corrects=None)
    # Models know only those before them, so their order backwards is an order for deleting.
    for model in list(apps.get_app_config("milepost").get_models())[::-1]:
        below = Q()
        for field in model._meta.local_fields:
            if field.related_model in (Objective, KeyResult):
                ids = objectives if field.related_model is Objective else key_results
                below |= Q(**{f"{field.name}__in": ids})
        if below:
            redactions.delete(model.objects.of(row.workspace_id).filter(below), **who)
    redactions.delete(mine, **who)


def _erase_from_events(row: Person, who: dict[str, Any]) -> set[str]:
    """Take their name out of what events tell; return every name by which they were told of."""
    told, names = Event.objects.of(row.workspace_id), set()
    of_teams = Q(kind__startswith="team.", data__person=row.id)
    for event in told.filter(Q(kind__startswith="person.", subject_id=row.id) | of_teams):
        for field in {"name", "person_name"} & event.data.keys():
            names.add(event.data[field])
            event.data[field] = row.name
        _rewrite(event, who)
    # Of these the first says nothing but what name and address were, and the others are of what is gone.
    redactions.delete(told.filter(kind="person.changed", subject_id=row.id), **who)
    of_theirs = Q(kind__startswith="token.") | Q(kind__startswith="view.")
    # When they left, somebody else's event took their tokens away.
    redactions.delete(told.filter(of_theirs, Q(actor=row) | Q(data__person=row.id)), **who)
    # What a file changed is kept whole, to be taken back: it names whoever was in the file.
    for event in told.filter(kind="plan.applied", data__has_key="kept"):
        del event.data["kept"]
        _rewrite(event, who)
    return names


def _erase_from_reasons(row: Person, names: set[str], who: dict[str, Any]) -> None:
    """Take their names out of the reason that a handover gives by itself."""
    reasons = [f"Handed over from {name}." for name in names]
    for model in (ObjectiveVersion, KeyResultVersion):
        told = model.objects.of(row.workspace_id).filter(reason__in=reasons)
        redactions.rewrite(model._meta.db_table, told.values_list("id", flat=True), **who)
        told.update(reason="Handed over.")
    for event in Event.objects.of(row.workspace_id).filter(data__reason__in=reasons):
        event.data["reason"] = "Handed over."
        _rewrite(event, who)


def _rewrite(event: Event, who: dict[str, Any]) -> None:
    redactions.rewrite("event", [event.id], **who)
    event.save(update_fields=["data"])
