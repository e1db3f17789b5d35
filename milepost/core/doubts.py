"""Doubts: what deserves a second look in a key result, and hinders nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from milepost.core.plan import Plan
from milepost.core.scoring import Kind
from milepost.core.states import State


def of(
    *,
    kind: str,
    target: Decimal | str | None,
    source: str,
    ends_on: date | None,
    closes_on: date | None,
    today: date,
) -> tuple[str, ...]:
    """Say what is odd about a key result of a cycle that closes on a day (None: it is open)."""
    found = []
    if target is None and source == "check_ins" and Kind(kind).needs_target:
        found.append("It has no target yet, so no check-in can say how far it is.")
    if ends_on is not None and ends_on < today and (closes_on is None or closes_on >= today):
        found.append(f"Its last day, {ends_on}, is over already, while its cycle runs on.")
    return tuple(found)


def of_plan(plan: Plan, today: date) -> Iterator[tuple[str, str]]:
    """Yield what is odd about the key results of a plan that are still worked on: (title, sentence)."""
    closes_on = {cycle.id: cycle.ends for cycle in plan.cycles}
    for objective in plan.objectives:
        if not State(objective.state).is_open:
            continue
        for one in objective.key_results:
            if one.state != "active":
                continue
            for sentence in of(
                kind=one.measure.kind, target=one.measure.target, source=one.source, ends_on=one.ends,
                closes_on=closes_on.get(objective.cycle), today=today,
            ):  # fmt: skip
                yield one.title, sentence
