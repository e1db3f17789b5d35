"""What may happen to a saved view: it is saved, changed, deleted; somebody begins with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from milepost.actions import history, wording
from milepost.actions.events import tell
from milepost.actions.workspaces import held
from milepost.core import access, listings
from milepost.core.access import Actor
from milepost.core.problems import Conflict, Invalid
from milepost.ledger import changes
from milepost.models import DefaultView, Person, SavedView
from milepost.models.views import SHARED
from milepost.queries import standings

NAME_LONGEST = 80
MOST = 100  # of one person


def save(
    *,
    name: str,
    settings: str,
    shared: str = "private",
    team: int | None = None,
    by: Actor,
    at: datetime,
) -> SavedView:
    """Keep how the tree is looked at (what its address says) under a name, for oneself or to share."""
    with transaction.atomic():
        wanted = _checked(by, {"name": name, "settings": settings, "shared": shared, "team": team})
        _require_shareable(by, wanted["shared"], wanted["team_id"])
        held(by.workspace_id)  # of two at once neither would count the other
        if SavedView.objects.of(by.workspace_id).filter(owner_id=by.person_id).count() >= MOST:
            raise Conflict(f"You have {MOST} views.", code="too_many_views", remedy="Delete one first.")
        row = SavedView.objects.create(
            workspace_id=by.workspace_id, owner_id=by.person_id, created_at=at, **wanted
        )
        _tell("view.saved", row, by=by, at=at)
    return row


def update(
    *, view: int, changed: Mapping[str, Any], revision: int | None = None, by: Actor, at: datetime
) -> SavedView:
    """Rename a view, let it show something else, or share it. `changed`: arguments of `save`."""
    with transaction.atomic():
        row = _changeable(by, view, "change this view")
        history.require_unchanged(row, revision, "view")
        before = _seen_by(row)
        given = {"shared": row.shared, "team": row.team_id, **changed}
        found = history.differences(row, _checked(by, given))
        if not found:
            return row
        if found.keys() & {"shared", "team_id"}:
            shared, team = (found.get(name, (0, getattr(row, name)))[1] for name in ("shared", "team_id"))
            _require_shareable(by, shared, team)
        for field, (_, value) in found.items():
            setattr(row, field, value)
        row.revision += 1
        row.save()
        _tell("view.changed", row, {"fields": sorted(found)}, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.VIEW, before)
    return row


def delete(*, view: int, by: Actor, at: datetime) -> None:
    """Delete a view; whoever began with it begins as usual again."""
    with transaction.atomic():
        row = _changeable(by, view, "delete this view")
        _tell("view.deleted", row, by=by, at=at)
        row.delete()


def choose(*, view: int | None, by: Actor, at: datetime) -> None:
    """Let one's own tree begin with a view from now on (None: as usual)."""
    access.require_whole(by, "choose what its person begins with")
    access.require(by.person_id is not None, "begin with a view", remedy="Sign in as the person it is for.")
    with transaction.atomic():
        # The view is held, so whoever deletes it waits and finds that it was chosen; then the person, so that
        # one choice of theirs comes after another.
        row = None if view is None else standings.view(by, view, lock=True)
        Person.objects.of(by.workspace_id).select_for_update(no_key=True).get(id=by.person_id)
        mine = DefaultView.objects.of(by.workspace_id).filter(person_id=by.person_id)
        before = mine.values_list("view_id", flat=True).first()
        if before == view:
            return
        if row is None:
            mine.delete()
        elif before is None:
            DefaultView.objects.create(workspace_id=by.workspace_id, person_id=by.person_id, view=row)
        else:
            mine.update(view=row)
        data = {"shared": "private", "name": row.name if row else ""}
        kind = "view.chosen" if row else "view.unchosen"
        tell(kind, subject=row.id if row else None, data=data, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.VIEW, by.person_id)


def _changeable(by: Actor, id: int, doing: str) -> SavedView:
    row = standings.view(by, id, lock=True)
    may = access.may_change_view(
        by,
        owner=row.owner_id,
        shared=row.shared,
        team=row.team_id,
        lineage=standings.lineage(by.workspace_id, row.team_id),
    )
    access.require(may, doing, remedy="Copy it: the copy is yours.")
    return row


def _require_shareable(by: Actor, shared: str, team: int | None) -> None:
    line = standings.lineage(by.workspace_id, team)
    remedies = {"team": "Choose a team of yours.", "everyone": "A team lead or an admin can."}
    access.require(
        access.may_share_view(by, shared, line), "share a view so", remedy=remedies.get(shared, "Sign in.")
    )


def _checked(by: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    if "name" in wanted:
        clean["name"] = wording.name(wanted["name"], of="A view", longest=NAME_LONGEST)
    if "settings" in wanted:
        clean["settings"] = listings.settings(wanted["settings"])
    shared, team = wanted["shared"], wanted["team"]
    if shared not in dict(SHARED):
        raise Invalid(
            f"“{shared[:20]}” is no way to share.", field="shared", remedy="Choose one of the list."
        )
    if shared == "team" and team is None:
        raise Invalid("Say with which team.", field="team", remedy="Choose one of yours.")
    known = standings.team(by, team)
    return clean | {"shared": shared, "team_id": known if shared == "team" else None}


def _seen_by(row: SavedView) -> int:
    """Return whose views a change of this one touches, as the change log takes it."""
    return row.owner_id if row.shared == "private" else 0


def _tell(kind: str, row: SavedView, more: dict | None = None, *, by: Actor, at: datetime) -> None:
    data = {"name": row.name, "shared": row.shared, "team": row.team_id, **(more or {})}
    tell(kind, subject=row.id, data=data, by=by, at=at)
    changes.append(by.workspace_id, changes.Kind.VIEW, _seen_by(row))
