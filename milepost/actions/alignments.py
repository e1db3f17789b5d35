"""What may happen to a link between an objective and what it serves."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from milepost.actions import events, history, wording
from milepost.actions.events import tell
from milepost.actions.key_results import AGREED, ReasonNeeded
from milepost.actions.workspaces import held
from milepost.core import access
from milepost.core.access import Actor
from milepost.core.plan import words
from milepost.core.problems import Invalid, NotFound
from milepost.ledger import changes, redactions
from milepost.models import Alignment, Event, Objective
from milepost.queries import rings, standings
from milepost.queries.rings import AlignmentLoop

__all__ = ["AlignmentLoop", "align", "end", "move", "part_rings", "update"]


def align(
    *,
    child: int,
    objective: int | None = None,
    key_result: int | None = None,
    how: str = "contributes",
    weight: Decimal = Decimal(1),
    by: Actor,
    at: datetime,
) -> Alignment:
    """Let an objective serve another objective, or a key result. Loops are refused with the path shown.

    A loop through what the actor may not see is not: the link to that ends, and whoever sees it is told.
    """
    with transaction.atomic():
        held(by.workspace_id)  # of two links at once neither would see the other
        row, standing = standings.objective(by, child, lock=True)
        access.require(access.may_edit(by, standing), "align this objective")
        check(how, weight)
        if (objective is None) == (key_result is None):
            raise Invalid(
                "Choose one thing to serve.", field="parent", remedy="An objective or a key result."
            )
        if key_result is not None:
            standings.key_result(by, key_result)
        else:
            standings.objective(by, objective)
        _make_way(rings.in_the_way(by, row.id, key_result or objective), by=by, at=at)
        there = Alignment.objects.of(by.workspace_id).filter(
            child=row, parent_objective_id=objective, parent_key_result_id=key_result, until_at=None
        )
        if there.exists():
            raise Invalid(
                "It already serves this.",
                field="parent",
                remedy="Change that link instead of adding another.",
            )
        new = _begun(row, objective, key_result, how, weight, by=by, at=at)
        _tell("alignment.added", new, by=by, at=at)
    return new


def update(
    *, alignment: int, how: str | None = None, weight: Decimal | None = None, by: Actor, at: datetime
) -> Alignment:
    """Change how a link counts: the old one ends and a new one begins, so the past stays as it was.

    What is not said stays.
    """
    with transaction.atomic():
        old, row = _found(by, alignment)
        how, weight = old.how if how is None else how, old.weight if weight is None else weight
        check(how, weight)
        found = history.differences(old, {"how": how, "weight": weight})
        if not found:
            return old
        _end(old, by=by, at=at)
        above = (old.parent_objective_id, old.parent_key_result_id)
        new = _begun(row, *above, how, weight, by=by, at=at)
        _tell("alignment.changed", new, {"changes": history.in_words(found)}, by=by, at=at)
    return new


def end(*, alignment: int, by: Actor, at: datetime) -> None:
    """End a link; the past keeps it."""
    with transaction.atomic():
        old, _ = _found(by, alignment)
        _end(old, by=by, at=at)
        _tell("alignment.ended", old, by=by, at=at)


def move(
    *,
    child: int,
    leaves: int | None = None,
    objective: int | None = None,
    key_result: int | None = None,
    how: str = "contributes",
    weight: Decimal = Decimal(1),
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Event:
    """Put an objective below something else, in one step: the link to what it `leaves` ends, another begins.

    Without anything to serve it stands by itself. What was agreed moves for a reason.
    """
    with transaction.atomic():
        held(by.workspace_id)
        row, standing = standings.objective(by, child, lock=True)
        access.require(access.may_edit(by, standing), "move this objective")
        reason, to = wording.printable(reason, field="reason"), objective or key_result
        link = None if leaves is None else _link(by, row, leaves)
        if leaves == to:
            raise Invalid("It stands there already.", field="to", remedy="Choose another place.")
        if row.state in AGREED and not reason:
            raise ReasonNeeded
        told_since = events.listen(by=by, at=at)
        if link is not None:
            end(alignment=link.id, by=by, at=at)
        if to is not None:
            align(
                child=child, objective=objective, key_result=key_result, how=how, weight=weight, by=by, at=at
            )
        return events.tell(
            "alignment.moved",
            objective=child,
            subject=child,
            data={
                "events": told_since(),
                "parents": [id for id in (leaves, to) if id is not None],
                "to": to,
                "reason": reason,
            },
            by=by,
            at=at,
        )


def part_rings(*, by: Actor, at: datetime) -> None:
    """End links that close rings, where the actor does not see them; raises AlignmentLoop where they do."""
    _make_way(rings.closed(by), by=by, at=at)


def _make_way(links: list[int], *, by: Actor, at: datetime) -> None:
    for link in Alignment.objects.of(by.workspace_id).filter(id__in=links):
        _end(link, by=by, at=at)
        _tell("alignment.ended", link, {"made_way": True}, by=by, at=at)


def _begun(
    row: Objective,
    objective: int | None,
    key_result: int | None,
    how: str,
    weight: Decimal,
    *,
    by: Actor,
    at: datetime,
) -> Alignment:
    return Alignment.objects.create(
        workspace_id=by.workspace_id,
        child=row,
        parent_objective_id=objective,
        parent_key_result_id=key_result,
        how=how,
        weight=weight,
        since_at=at,
        by_id=by.person_id,
    )


def _end(link: Alignment, *, by: Actor, at: datetime) -> None:
    link.until_at = at
    link.save(update_fields=["until_at"])
    redactions.change("alignment", [link.id], why="alignment.ended", by=by, at=at)


def _link(by: Actor, row: Objective, parent: int) -> Alignment:
    links = Alignment.objects.of(by.workspace_id).filter(child=row, until_at=None)
    found = links.filter(Q(parent_objective_id=parent) | Q(parent_key_result_id=parent)).first()
    try:
        if found is not None:
            # What one does not see is nothing that it could leave.
            (standings.objective if found.parent_objective_id else standings.key_result)(by, parent)
            return found
    except NotFound:
        pass
    raise NotFound("It does not serve this any more.", remedy="See what it serves now.")


def _found(by: Actor, id: int) -> tuple[Alignment, Objective]:
    links = Alignment.objects.of(by.workspace_id).filter(id=id, until_at=None)
    if (link := links.first()) is None:
        raise NotFound
    row, standing = standings.objective(by, link.child_id, lock=True)
    if not links.exists():
        raise NotFound  # whoever held the objective just now has ended it
    # Who may not see what it serves is not told that it does.
    if link.parent_key_result_id is not None:
        standings.key_result(by, link.parent_key_result_id)
    else:
        standings.objective(by, link.parent_objective_id)
    access.require(access.may_edit(by, standing), "change this link")
    return link, row


def check(how: str, weight: Decimal) -> None:
    """Refuse what no link can be, or Invalid of `how` or `weight`."""
    if how not in words.ALIGNMENTS:
        raise Invalid(f"“{how}” is no kind of link.", field="how", remedy="Choose contributes or supports.")
    if weight < 0:
        raise Invalid("A weight cannot be negative.", field="weight", remedy="0 links without counting.")


def _tell(kind: str, link: Alignment, data: dict | None = None, *, by: Actor, at: datetime) -> None:
    tell(
        kind,
        objective=link.child_id,
        subject=link.id,
        data={
            "how": link.how,
            "weight": format(link.weight, "f"),
            "parent": link.parent_objective_id or link.parent_key_result_id,
            **(data or {}),
        },
        by=by,
        at=at,
    )
    changes.append(link.workspace_id, changes.Kind.OBJECTIVE, link.child_id)
