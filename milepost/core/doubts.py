"""Doubts: what deserves a second look in a key result, or in a file, and hinders nothing once it is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from milepost.core import access
from milepost.core.plan.changes import CHANGED, CREATED, Change, Changes
from milepost.core.plan.values import ObjectivePlan, TeamPlan
from milepost.core.scoring import Kind
from milepost.core.states import State

OUT_OF_SIGHT = "You will not see it any more."


def of(
    *,
    kind: str,
    target: Decimal | str | None,
    source: str,
    ends_on: date | None,
    closes_on: date | None,
    today: date,
    written: Callable[[date], str] = date.isoformat,
) -> tuple[str, ...]:
    """Say what is odd about a key result of a cycle that closes on a day (None: it is open).

    `written` writes a day as whoever reads the sentence is used to.
    """
    found = []
    if target is None and source == "check_ins" and Kind(kind).needs_target:
        found.append("It has no target yet, so no check-in can say how far it is.")
    if ends_on is not None and ends_on < today and (closes_on is None or closes_on >= today):
        found.append(f"Its last day, {written(ends_on)}, is over already, while its cycle runs on.")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is odd about something that a file would make or change; `id` is the file's."""

    kind: str
    id: str
    title: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Return plain values for a program to read."""
        return asdict(self)


def of_changes(
    changes: Changes, today: date, *, written: Callable[[date], str] = date.isoformat
) -> tuple[Doubt, ...]:
    """Say what is odd about the key results that a file makes or changes and that are still worked on."""
    # What the file does not mention is among the changes as well, as what is kept.
    closes_on = {item.id: (item.want or item.have).ends for item in changes.of("cycle")}
    objectives = {item.id: item.want for item in changes.of("objective") if item.want is not None}
    found = []
    for item in changes.of("key_result", CREATED, CHANGED):
        one, above = item.want, objectives[item.under]
        if not State(above.state).is_open or one.state != "active":
            continue
        found += [
            Doubt("key_result", item.id, one.title, sentence)
            for sentence in of(
                kind=one.measure.kind, target=one.measure.target, source=one.source, ends_on=one.ends,
                closes_on=closes_on.get(above.cycle), today=today, written=written,
            )
        ]  # fmt: skip
    return tuple(found)


def of_sight(changes: Changes, me: str | None) -> tuple[Doubt, ...]:
    """Say which objectives whoever applies a file (`me`, the file's id) would not see after it.

    These are among those that it makes or changes, and among those of a team that they part from by it.
    """
    teams = {item.id: item.want or item.have for item in changes.of("team")}
    before = {item.id: item.have or item.want for item in changes.of("team")}
    parted = {id for id, team in teams.items() if me in _members(before[id]) and me not in _members(team)}
    below = defaultdict(list)
    for item in changes.of("key_result"):
        below[item.under].append(item)
    return tuple(
        Doubt("objective", item.id, one.title, OUT_OF_SIGHT)
        for item in changes.of("objective")
        if (one := item.want or item.have) is not None
        and (
            _is_touched(item, below[item.id])
            or (one.team in parted and not _is_shut_out(me, _audience(one, below[item.id], before)))
        )
        and _is_shut_out(me, _audience(one, below[item.id], teams))
    )


def _is_touched(item: Change, below: list[Change]) -> bool:
    return item.want is not None and any(each.action in (CREATED, CHANGED) for each in (item, *below))


def _is_shut_out(me: str | None, seen_by: frozenset[str] | None) -> bool:
    return seen_by is not access.EVERYONE and me not in seen_by


def _audience(
    one: ObjectivePlan, below: list[Change], teams: Mapping[str, TeamPlan]
) -> frozenset[str] | None:
    return access.audience(
        one.visibility,
        owner=one.owner,
        workers=[one.sponsor, *one.contributors, *((each.want or each.have).owner for each in below)],
        team_members=_members(teams.get(one.team)),
        named=one.visible_to,
    )


def _members(team: TeamPlan | None) -> list[str]:
    return [each.person for each in team.members if each.until is None] if team else []
