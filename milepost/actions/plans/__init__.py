"""Plans: what a file would change in a workspace, and changing it, all of it or nothing.

`applying` has the actions; `application` goes through the changes in an order in which references resolve,
and hands each to its noun: `frame`, `objectives`, `key_results`, `alignments`, `entries`. What it changes
it keeps in its event (`keeping`), so that it can be taken back (`taking_back`).
"""

from milepost.actions.plans.applying import (
    PlanRefused,
    apply_plan,
    apply_to_new_workspace,
    new_workspace_id,
    open_workspace,
    preview,
)
from milepost.actions.plans.owners import apply_as_owner, preview_as_owner
from milepost.actions.plans.taking_back import take_back

__all__ = [
    "PlanRefused",
    "apply_as_owner",
    "apply_plan",
    "apply_to_new_workspace",
    "new_workspace_id",
    "open_workspace",
    "preview",
    "preview_as_owner",
    "take_back",
]
