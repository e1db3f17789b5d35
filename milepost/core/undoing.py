"""What can be undone, for how long, and by whom."""

from __future__ import annotations

from datetime import datetime, timedelta

from milepost.core.access import Actor

LASTS = timedelta(days=30)

# Bundles: several changes that were made as one, and what undoing all of them is called.
BUNDLES = {
    "alignment.moved": "alignment.moved_back",
    "alignment.moved_back": "alignment.moved",
    "person.handed_over": "person.handed_back",
    "person.handed_back": "person.handed_over",
    "objective.changed_together": "objective.changed_back",
    "objective.changed_back": "objective.changed_together",
    "objective.stepped_together": "objective.stepped_back_together",  # which is not undone: step again
}
OF_FILES = frozenset({"plan.applied", "plan.taken_back"})
CLOSING = "objective.closed"
"""Undone itself for as long as it can be reopened; nothing is undone across it (house.md)."""
TOLD_AS_ONE = frozenset({*BUNDLES, *BUNDLES.values()})

KINDS = frozenset(
    {
        "checkin.recorded", "checkin.corrected", "checkin.withdrawn", "comment.added", "objective.drafted",
        "objective.changed", "objective.activated", "objective.cancelled", "objective.deferred",
        "objective.parked", "objective.redrafted", CLOSING, "key_result.added", "key_result.changed",
        "key_result.cancelled", "key_result.restored", "key_result.moved", "initiative.added",
        "initiative.changed", "initiative.done", "alignment.added", "alignment.changed", "alignment.ended",
        "team.changed", "team.member_joined", "team.member_left", "team.lead_changed", "person.changed",
        "person.role_changed", "person.left", "person.returned", "person.added", "team.created",
        "cycle.created", "cycle.changed", "cycle.closed", "workspace.changed", "plan.applied",
        *BUNDLES,
    }
)  # fmt: skip
"""The kinds of event that have an inverse; reopening has none."""


def is_in_time(told_at: datetime, at: datetime) -> bool:
    """Say whether what happened at `told_at` can still be undone."""
    return at - told_at <= LASTS


def may_undo(actor: Actor, told_by: int | None) -> bool:
    """Whoever did it, and admins (house.md)."""
    if actor.looks_back:
        return False
    return actor.is_admin_of_okrs or (actor.person_id is not None and actor.person_id == told_by)
