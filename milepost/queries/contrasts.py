"""Contrasts: how things are defined on one day and how on another, in words, as far as both are seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from milepost.ledger import versions
from milepost.ledger.structure import CycleRow, KeyResultRow, ObjectiveRow, TeamRow
from milepost.models import Initiative
from milepost.queries import fields, initiatives
from milepost.queries.cards import Reader
from milepost.queries.history import NOTHING, Difference, Told, day

_OBJECTIVE = (
    "title", "team_id", "cycle_id", "owner_id", "sponsor_id", "contributors", "commitment", "level", "state",
)  # fmt: skip
_KEY_RESULT = (
    "title", "objective_id", "kind", "start", "target", "floor", "low", "high", "tolerance", "unit",
    "direction", "weight", "owner_id", "source", "starts_on", "ends_on", "curve", "points", "milestones",
    "state",
)  # fmt: skip
_INITIATIVE = ("title", "description", "state", "owner_id", "due_on")
MOST_NAMED = 12
_NUMBERS = frozenset({"start", "target", "floor", "low", "high", "tolerance", "weight"})


class Contrasts:
    """How what one reader sees on two days is defined otherwise."""

    def __init__(self, then: Reader, now: Reader) -> None:
        self.then, self.now = then, now
        self.words = Told(now)

    def of_objective(self, before: ObjectiveRow, after: ObjectiveRow) -> tuple[Difference, ...]:
        """Tell what became of an objective, of its cycle's days, its order and what it serves."""
        found = [*self.words.between(before, after, _OBJECTIVE)]
        if before.cycle_id == after.cycle_id:
            cycles = (reader.image.cycles[after.cycle_id] for reader in (self.then, self.now))
            found += self.words.between(*cycles, ("starts_on", "ends_on"))
        return (*found, *self.order(after.id), *self.links(after.id))

    def of_key_result(self, before: KeyResultRow, after: KeyResultRow) -> tuple[Difference, ...]:
        """Tell what became of the definition of a key result; its objective's owner stands in for none."""
        found = self.words.between(_measured(before), _measured(after), _KEY_RESULT)
        if before.owner_id == after.owner_id:
            return found
        sides = (self.then, before), (self.now, after)
        owners = Difference(fields.WORDS["owner_id"], *(self._answers_for(*side) for side in sides))
        return tuple(owners if one.label == owners.label else one for one in found)

    def _answers_for(self, reader: Reader, one: KeyResultRow) -> str:
        who = self.now.person(reader.image.answers_for(one))
        if who is None:
            return NOTHING
        return who.name if one.owner_id is not None else f"{who.name} (of the objective)"

    def order(self, id: int) -> Iterator[Difference]:
        """Tell in which order those key results stand that an objective has on both days."""
        then, now = (
            [one.id for one in reader.image.key_results_of.get(id, ()) if self._is_on_both(one.id)]
            for reader in (self.then, self.now)
        )
        both = set(then) & set(now)
        before, after = ([each for each in ids if each in both] for ids in (then, now))
        if before != after:
            yield Difference("order", self._titles(before), self._titles(after))

    def _is_on_both(self, id: int) -> bool:
        return self.then.finds(id) and self.now.finds(id)

    def _titles(self, ids: list[int]) -> str:
        return ", ".join(f"“{self.now.named(id)[0]}”" for id in ids)

    def links(self, id: int) -> tuple[Difference, ...]:
        """Tell what an objective serves otherwise than before, as far as both ends are seen."""
        then, now = self._serves(self.then, id), self._serves(self.now, id)
        found = []
        for above in dict.fromkeys([*now, *then]):
            before, after = then.get(above), now.get(above)
            if before != after:
                title, _ = self.now.named(above)
                found.append(Difference(f"link to “{title}”", before or NOTHING, after or NOTHING))
        return tuple(found)

    def _serves(self, reader: Reader, id: int) -> dict[int, str]:
        found = {}
        for link in reader.image.serves.get(id, ()):
            above = link.parent_id
            if reader.finds(above) and self.now.finds(above):
                weight = f", weight {Decimal(link.weight).normalize():f}" if link.how == "contributes" else ""
                found[above] = f"{link.how}{weight}"
        return found

    def dated(self, table: str, ids: Collection[int]) -> dict[int, tuple[Difference, ...]]:
        """Tell of what else was said, and who might see it, by objective or key result; one statement."""
        moments = self.then.known, self.now.until_moment
        both = versions.at_both(self.now.actor.workspace_id, table, ids, *moments)
        found = {id: self.words.between(*pair, versions.Version._fields) for id, pair in both.items()}
        return {id: told for id, told in found.items() if told}

    def work(self, objectives: Collection[int]) -> dict[int, list[Difference]]:
        """Tell which initiatives of objectives came, and what became of others; two statements, or three."""
        found: dict[int, list[Difference]] = defaultdict(list)
        for objective, (before, after) in initiatives.on_both(self.then, self.now, objectives):
            named = f"initiative “{after.title}”"
            if before is None:
                found[objective].append(Difference(named, NOTHING, after.state))
                continue
            told = [replace(one, label=f"{named}: {one.label}") for one in self._initiative(before, after)]
            found[objective] += told
        return found

    def _initiative(self, before: Initiative, after: Initiative) -> Iterator[Difference]:
        yield from self.words.between(before, after, _INITIATIVE)
        if before.key_result_id != after.key_result_id:
            ids = before.key_result_id, after.key_result_id
            yield Difference("key result", *(self.now.named(id)[0] if id else NOTHING for id in ids))

    def places(self, team: int | None = None, cycles: Collection[int] = ()) -> Iterator[Difference]:
        """Tell what became of teams and cycles: of a team, those right below it and `cycles`; or of all.

        Who joined and left is told of the one team alone.
        """
        then, now = self.then.image, self.now.image
        for id, row in now.teams.items():
            before = then.teams.get(id)
            above = before.parent_id if before else row.parent_id
            if team is None or team in (id, above, row.parent_id):
                yield from self._team(before, row)
        for id, cycle in now.cycles.items():
            if team is None or id in cycles:
                yield from self._cycle(then.cycles.get(id), cycle)
        if team in then.teams and team in now.teams:
            yield from self._people(then.teams[team], now.teams[team])

    def _team(self, before: TeamRow | None, after: TeamRow) -> Iterator[Difference]:
        if before is None:
            yield Difference(f"“{after.name}”", NOTHING, "founded")
            return
        if before.name != after.name:
            yield Difference("team’s name", before.name, after.name)
        if before.parent_id != after.parent_id:
            places = self.then.team(before.parent_id), self.now.team(after.parent_id)
            yield Difference(f"“{after.name}” below", *(one.name if one else NOTHING for one in places))

    def _cycle(self, before: CycleRow | None, after: CycleRow) -> Iterator[Difference]:
        if before is None:
            ends = f"to {day(after.ends_on)}" if after.ends_on else "on"
            yield Difference(f"“{after.name}”", NOTHING, f"made, from {day(after.starts_on)} {ends}")
            return
        if before.name != after.name:
            yield Difference("cycle’s name", before.name, after.name)
        for one in self.words.between(before, after, ("starts_on", "ends_on")):
            yield replace(one, label=f"“{after.name}”: {one.label}")
        if before.closed_on != after.closed_on:
            yield Difference(f"“{after.name}”", *map(_closing, (before, after)))

    def _people(self, before: TeamRow, after: TeamRow) -> Iterator[Difference]:
        for label, was, become in (
            ("members who left", before.members - after.members, frozenset()),
            ("members who joined", frozenset(), after.members - before.members),
            ("leads", before.leads, after.leads),
        ):
            if was != become:
                yield Difference(label, self._named(was), self._named(become))

    def _named(self, people: Iterable[int]) -> str:
        names = sorted(one.name for one in map(self.now.person, people) if one)
        more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
        return ", ".join([*names[:MOST_NAMED], *more]) or NOTHING


def _closing(cycle: CycleRow) -> str:
    return f"closed on {day(cycle.closed_on)}" if cycle.closed_on else "open"


def days(cycle: CycleRow | None) -> tuple[date, date | None] | None:
    """Return the days of a cycle, if it is there."""
    return cycle and (cycle.starts_on, cycle.ends_on)


def _measured(one: KeyResultRow) -> Any:
    """Return a key result's definition with its numbers as numbers."""
    said = {name: getattr(one, name) for name in _KEY_RESULT}
    said |= {name: None if said[name] is None else Decimal(said[name]) for name in _NUMBERS}
    said["points"] = [(Decimal(at), Decimal(expect)) for at, expect in one.points]
    said["milestones"] = [{"title": title, "weight": Decimal(weight)} for title, weight in one.milestones]
    return SimpleNamespace(**said)
