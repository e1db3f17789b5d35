"""Handing over: what somebody holds becomes others', all of it in one step or none of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from milepost.actions import events, initiatives, key_results, objectives, teams, wording
from milepost.actions.workspaces import held
from milepost.core.access import Actor
from milepost.core.cadence import day_in
from milepost.core.problems import Conflict, Invalid
from milepost.models import Event, Objective
from milepost.queries import holdings, standings
from milepost.queries.cards import Reader
from milepost.queries.holdings import Holding, Holdings

NOBODY_ELSE: Mapping[str, int | None] = MappingProxyType({})


class HoldsOther(Conflict):
    """They hold other things than those that were read."""

    code = "changed_meanwhile"

    def __init__(self, name: str, new: int, gone: int) -> None:
        super().__init__(
            f"{name} holds other things by now: {new} came, {gone} went. Nothing was handed over.",
            remedy="Look at what they hold now.",
        )


class NothingToHandOver(Conflict):
    """They hold nothing that this actor may give."""

    code = "nothing_to_hand_over"


def preview(
    *,
    person: int,
    to: int | None,
    instead: Mapping[str, int | None] = NOBODY_ELSE,
    leave: bool = False,
    by: Actor,
    at: datetime,
) -> dict[Holding, int | None]:
    """Return who `hand_over` would give each thing, None where it stays, by doing it and taking it back."""
    with transaction.atomic():
        _, given, _ = _done(person, to, instead, "", leave, by=by, at=at)
        transaction.set_rollback(True)
    return given


def mark(*, given: Mapping[Holding, int | None]) -> str:
    """Return what tells one preview from another: what goes to whom, and what stays."""
    said = sorted((one.ref, to) for one, to in given.items())
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def hand_over(
    *,
    person: int,
    to: int | None,
    instead: Mapping[str, int | None] = NOBODY_ELSE,
    reason: str = "",
    leave: bool = False,
    seen: str | None = None,
    listed: Collection[str] | None = None,
    by: Actor,
    at: datetime,
) -> Event:
    """Hand everything that somebody holds over `to` another; return the event, by which it can be undone.

    `instead` names, by their `ref`, holdings that go to somebody else, or (None) stay; without a `reason`,
    histories say whose they were. Raises ShutsYouOut where the actor would not see something any more, unless
    they `leave` it to those who do, and Conflict where it would not be what the preview with the mark `seen`
    said, or where they hold other things than `listed`, by their `ref`. Who may: the person themself, and
    admins. Whoever may not give something away leaves it where it is.
    """
    reason = wording.printable(reason, field="reason")
    with transaction.atomic():
        found, given, told = _done(person, to, instead, reason, leave, listed, by=by, at=at)
        if seen is not None and seen != mark(given=given):
            raise Conflict(
                "This is not what was shown, so nothing was done.",
                code="changed_meanwhile",
                remedy="Look at what goes to whom now, then hand it over.",
            )
        gone = [(one.node, to) for one, to in given.items() if to is not None]
        return events.tell(
            "person.handed_over",
            subject=person,
            data={
                "name": found.name,
                "to": sorted({to for _, to in gone}),
                "given": sorted(set(gone), key=str),  # so that each is told of what they see alone
                "things": len(gone),
                "events": told,
            },
            by=by,
            at=at,
        )


def _done(
    person: int,
    to: int | None,
    instead: Mapping[str, int | None],
    reason: str,
    leave: bool,
    listed: Collection[str] | None = None,
    *,
    by: Actor,
    at: datetime,
) -> tuple[Holdings, dict[Holding, int | None], list[int]]:
    """Do it, without telling of it as one; return what they held, what went to whom, and what was told."""
    workspace = held(by.workspace_id)
    reader = Reader(by, day_in(workspace.time_zone, at))
    found = holdings.to_give(reader, person)
    if listed is not None and (other := {one.ref for one in found.listed}.symmetric_difference(listed)):
        gone = len(other.intersection(listed))
        raise HoldsOther(found.name, len(other) - gone, gone)
    given = _given(found.listed, to, instead)
    if given and not any(given.values()):
        raise Invalid("Nobody was named to take it over.", field="to", remedy="Name a person.")
    for successor in {one for one in given.values() if one is not None}:
        if successor == person:
            raise Invalid("They hold it already.", field="to", remedy="Choose somebody else.")
        standings.person(by, successor, "to")
    told_since = events.listen(by=by, at=at)
    _give(person, given, reason or f"Handed over from {found.name}.", leave, by=by, at=at)
    told = told_since()
    if not told:
        raise NothingToHandOver(
            f"There is nothing of {found.name}’s that you can hand over.",
            remedy="See what is theirs on their page; an admin can hand over more.",
        )
    return found, given, told


def _given(
    listed: tuple[Holding, ...], to: int | None, instead: Mapping[str, int | None]
) -> dict[Holding, int | None]:
    known = {one.ref for one in listed}
    if gone := instead.keys() - known:
        raise Conflict(
            f"Not theirs any more: {', '.join(sorted(gone))[:200]}.",
            code="changed_meanwhile",
            remedy="Look at what they hold now.",
        )
    return {one: instead.get(one.ref, to) for one in listed if one.may_give}


def _give(
    person: int, given: Mapping[Holding, int | None], reason: str, leave: bool, *, by: Actor, at: datetime
) -> None:
    who = {"by": by, "at": at}
    why = {"reason": reason, "leave": leave}
    of_objectives: dict[int, dict[str, int]] = defaultdict(dict)
    for one, to in given.items():
        match one.role:
            case _ if to is None:
                continue
            case "initiative":
                initiatives.update(initiative=one.id, changed={"owner": to}, **who)
            case "key_result":
                key_results.update(key_result=one.id, changed={"owner": to}, **why, **who)
            case "lead":
                # First the other, so that the team is never without and the giver may still choose.
                teams.add_member(team=one.id, person=to, is_lead=True, **who)
                teams.add_member(team=one.id, person=person, is_lead=False, **who)
            case _:
                of_objectives[one.id][one.role] = to
    # At once: whoever gave the ownership away might not be let give away the rest.
    for id, roles in of_objectives.items():
        objectives.update(objective=id, changed=_changed(person, id, roles, by), **why, **who)


def _changed(person: int, id: int, roles: Mapping[str, int], by: Actor) -> dict[str, Any]:
    changed: dict[str, Any] = {name: roles[name] for name in ("owner", "sponsor") if name in roles}
    if "contributor" in roles:
        helpers = Objective.objects.of(by.workspace_id).values_list("contributors", flat=True).get(id=id)
        changed["contributors"] = [roles["contributor"] if one == person else one for one in helpers]
    return changed
