"""A draft as a form sends it: the objective, its first key results and what it serves, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from milepost.actions import alignments, cycles, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core.access import Actor
from milepost.core.problems import Problem
from milepost.core.quarters import Span
from milepost.models import Objective
from milepost.queries import standings


@dataclass(frozen=True)
class Link:
    """What the draft is to serve: an objective or a key result."""

    objective: int | None = None
    key_result: int | None = None
    how: str = "contributes"
    weight: Decimal = Decimal(1)


def write(
    *,
    objective: Mapping[str, Any],
    key_results_wanted: Sequence[tuple[str, Definition]] = (),
    serves: Link | None = None,
    new_cycle: Span | None = None,
    by: Actor,
    at: datetime,
) -> Objective:
    """Draft an objective with its key results and its link upwards.

    `objective` holds the arguments of `objectives.draft`; each key result comes with the prefix that its
    fields have in the form, so that a refusal names the right one. A `new_cycle` is made first, for it.
    """
    with transaction.atomic():
        if new_cycle is not None:
            span = {"name": new_cycle.name, "starts_on": new_cycle.starts_on, "ends_on": new_cycle.ends_on}
            objective = {**objective, "cycle": cycles.create(**span, by=by, at=at).id}
        beside, leave = [one.owner for _, one in key_results_wanted], bool(objective.get("leave"))
        row = objectives.draft(**objective, beside=beside, by=by, at=at)
        if leave or not standings.sees(by, row.id):  # as they see it by a key result that is still to come
            by = replace(by, keeps=by.keeps | {row.id})  # the rest of the same draft is still theirs to write
        for prefix, definition in key_results_wanted:
            try:
                key_results.add(
                    objective=row.id, definition=definition, beside=beside, leave=leave, by=by, at=at
                )
            except Problem as wrong:
                wrong.field = prefix + (wrong.field or "title")
                raise
        if serves is not None:
            alignments.align(
                child=row.id,
                objective=serves.objective,
                key_result=serves.key_result,
                how=serves.how,
                weight=serves.weight,
                by=by,
                at=at,
            )
    return row
