"""Shortlists: of a list too long to send, what is near the reader, and what its words find.

A form that offered each of 100,000 people, five times over, was 100 MB long. A list of up to LISTED is sent
whole and searched in the browser; of a longer one what is near, what is chosen, and the rest as one types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

import numpy as np

from milepost.core import access, terms
from milepost.core.access import Visibility
from milepost.core.ids import decode, encode
from milepost.core.states import KeyResultState, State
from milepost.ledger.structure import KeyResultRow, ObjectiveRow, TeamRow
from milepost.queries.cards import Reader
from milepost.queries.registers import register
from milepost.queries.shell import chosen_cycle
from milepost.queries.titled import Titled

LISTED = 300  # as many are sent whole
NEAR = 60  # of more, those near the reader
FOUND = 40  # and those that answer to some words
LOOKED_AT = 1_000  # whether one may be chosen is asked of so many

COMPANY = "The whole company"
KEY_RESULT = "Key result: "
SERVED = frozenset({State.DRAFT, State.IN_REVIEW, State.COMMITTED, State.ACTIVE, State.GRADING})


class ListOf(StrEnum):
    """What a field chooses from."""

    PEOPLE = "people"
    TEAMS = "teams"  # those the reader may draft for
    PLACES = "places"  # those the reader arranges
    ANY_TEAM = "any-team"
    PARENTS = "parents"  # what an objective may serve


class Choice(NamedTuple):
    """One of a list: its value as forms carry it, how it reads, what tells it from others, its group."""

    value: str
    label: str
    more: str = ""
    group: str = ""


class Found(NamedTuple):
    """The first of those that answer to some words, and how many do: of very many, about how many."""

    choices: tuple[Choice, ...]
    count: int

    def has(self, values: Iterable[str]) -> bool:
        """Say whether one of these values is among them."""
        return not {one.value for one in self.choices}.isdisjoint(values)


class Shortlist:
    """A list of one kind for one reader; `about`: the objective or team it is chosen for, if it is there."""

    def __init__(self, reader: Reader, kind: ListOf, about: int | None = None) -> None:
        self.reader, self.image, self.kind, self.about = reader, reader.image, kind, about

    @property
    def is_long(self) -> bool:
        """Whether there is more than is sent whole, of what the reader sees."""
        image = self.image
        if self.kind is ListOf.PARENTS:
            # Of a large company most is seen by everyone: that is enough to know.
            least = len(image.ids) - len(image.restricted())
            return least > LISTED or (len(image.ids) > LISTED and int(self.reader.seen.sum()) > LISTED)
        return len(image.people if self.kind is ListOf.PEOPLE else image.teams) > LISTED

    def short(self, chosen: Iterable[str] = ()) -> list[Choice]:
        """Return what is chosen, and what is near the reader, by name."""
        near = islice(self._near(), NEAR)
        begin = 1 if self.kind is ListOf.PARENTS else 0  # what kind it is stands before the id
        picked = (decode(value[begin:]) for value in chosen)
        return self._listed(dict.fromkeys([*(id for id in picked if id is not None), *near]))

    def options(self, chosen: Iterable[str] = ()) -> list[tuple[str, str, str]]:
        """Return the same as a select takes them: value, label, what tells it from others."""
        return [(one.value, one.label, one.more) for one in self.short(chosen)]

    def find(self, text: str) -> Found:
        """Return the first that have every word of a text, as far as the reader may choose them."""
        return self._first(*self._answering(text))

    def named(self, text: str) -> tuple[Choice | None, Found]:
        """Return the one that is called so, or that alone answers to the words; with all that do."""
        ids, count = self._answering(text)
        found = self._first(ids, count)
        labelled = [one for one in found.choices if terms.folded(one.label) == terms.folded(text)]
        if len(labelled) == 1:
            return labelled[0], found
        same = [id for id in ids if terms.folded(self._title(id)) == terms.folded(text)]
        if len(same) > 1 and self.kind is ListOf.PARENTS:
            same = [id for id in same if self._cycle_of(id) == self._own_cycle()]
        if len(same) != 1 and count == 1:
            same = ids
        return (self._listed(same)[0] if len(same) == 1 else None), found

    def _answering(self, text: str) -> tuple[list[int], int]:
        """Return what has every word of a text and may be chosen, and how many: of very many, about."""
        wanted = terms.terms(text)
        ids = [id for kind in _TITLED[self.kind] for id in self._having(wanted, kind)] if wanted else []
        found = [id for id in ids[:LOOKED_AT] if self._fits(id)]
        return found, len(found) + len(ids[LOOKED_AT:])

    def _first(self, ids: Sequence[int], count: int) -> Found:
        return Found(tuple(self._listed(ids[:FOUND])), count)

    def _title(self, id: int) -> str:
        if self.kind is ListOf.PARENTS:
            return self.reader.named(id)[0]
        return (self.image.people if self.kind is ListOf.PEOPLE else self.image.teams)[id].name

    def _cycle_of(self, id: int) -> int:
        return self.image.objectives[self.image.objective_of(id)].cycle_id

    def _own_cycle(self) -> int | None:
        """The cycle of the objective that chooses; of one that is new, that which runs."""
        if self.about is not None:
            return self._cycle_of(self.about)
        running = chosen_cycle(self.reader, None)
        return running.id if running else None

    # -- finding -------------------------------------------------------------------------------------------

    def _having(self, wanted: terms.Terms, kind: str) -> Sequence[int]:
        """Return what has the words: names by the alphabet, objectives and key results the newest first."""
        titled = Titled.of(self.image, kind)
        there = titled.having(wanted)
        if titled.first_node is not None:
            begin = titled.first_node
            there = there & self.reader.seen[begin : begin + len(there)]
            return titled.rows.ids[there][::-1].tolist()
        places = np.flatnonzero(there)
        names = [titled.title(place).casefold() for place in places.tolist()]
        order = sorted(range(len(names)), key=names.__getitem__)
        return titled.rows.ids[places[order]].tolist()

    def _fits(self, id: int) -> bool:
        image, reader = self.image, self.reader
        if self.kind is ListOf.PEOPLE:
            return not image.people.value(id, "has_left")
        if self.kind is ListOf.ANY_TEAM:
            return True
        if self.kind is ListOf.TEAMS:
            return may_draft_for(reader, id)
        if self.kind is ListOf.PLACES:
            line = reader.lineage(id)
            return access.may_manage_team(reader.actor, line) and self.about not in line
        return self._may_be_served(id) and not self._leads_to_itself(id)

    def _may_be_served(self, id: int) -> bool:
        state = self.image.key_results.value(id, "state")
        objective = self.image.objective_of(id)
        return (
            state != KeyResultState.CANCELLED
            and self.image.objectives.value(objective, "state") in SERVED
            and not self.image.is_private(id)
            and self.reader.sees(objective)
            and self.reader.sees(id)
        )

    def _leads_to_itself(self, id: int) -> bool:
        """Say whether serving it would close a loop: it serves, in however many steps, what asks."""
        if self.about is None:
            return False
        image, waiting, met = self.image, [id], {id}
        while waiting:
            here = waiting.pop()
            if here == self.about:
                return True
            above = [link.parent_id for link in image.serves.get(here, ())]
            if (own := image.objective_of(here)) != here:
                above.append(own)
            # A way that leads through what the reader does not see tells nothing of it.
            above = [each for each in above if each not in met and self.reader.finds(each)]
            waiting += above
            met.update(above)
        return False

    # -- what is near --------------------------------------------------------------------------------------

    def _near(self) -> Iterator[int]:
        return (id for id in _NEAR[self.kind](self) if self._fits(id))

    def _own_teams(self) -> list[TeamRow]:
        """The teams of the reader, and those above them."""
        line = (id for team in sorted(self.reader.actor.teams) for id in self.reader.lineage(team))
        return [self.image.teams[id] for id in dict.fromkeys(line) if id in self.image.teams]

    def _near_people(self) -> Iterator[int]:
        yield self.reader.actor.person_id
        for team in self._own_teams():
            yield from sorted(team.members)

    def teams_nearby(self) -> Iterator[int]:
        """Yield the reader’s own teams with those above and below, then those right below the company."""
        for team in self._own_teams():
            yield team.id
            yield from self.image.children_teams.get(team.id, ())
        yield from self.image.children_teams.get(None, ())

    def key_results_nearby(self) -> Iterator[int]:
        """Yield key results that may be served: of the reader's own teams, those nearby, the company."""
        listed = register(self.image)
        for team in (*self.teams_nearby(), None):
            for objective in reversed(listed.teams.ids(team)):  # the newest first
                yield from filter(self._may_be_served, self.image.key_results_of.ids(objective))

    def _near_parents(self) -> Iterator[int]:
        listed = register(self.image)
        mine = listed.owners.ids(self.reader.actor.person_id)
        teams = (team.id for team in self._own_teams())
        for objectives in (mine, *map(listed.teams.ids, (*teams, None))):
            for id in reversed(objectives):  # the newest first
                yield id
                yield from self.image.key_results_of.ids(id)

    # -- how it reads --------------------------------------------------------------------------------------

    def _listed(self, ids: Iterable[int]) -> list[Choice]:
        """Return choices by group and name; key results stand below their objective."""
        choices = [(choice, id) for id in ids if (choice := _CHOICES[self.kind](self, id)) is not None]
        return _told_apart([choice for choice, _ in sorted(choices, key=self._order)])

    def _order(self, listed: tuple[Choice, int]) -> tuple:
        choice, id = listed
        group, label = choice.group.casefold(), choice.label.casefold()
        if self.kind is not ListOf.PARENTS:
            return group, label
        above = self.image.objective_of(id)
        title = self.image.objectives[above].title.casefold()
        return choice.group != COMPANY, group, title, above, id != above, label

    def _person(self, id: int) -> Choice | None:
        row = self.image.people.get(id)
        if row is None:
            return None
        teams = sorted(team.name for team in self.image.teams.values() if id in team.members)
        return Choice(encode(id), row.name, ", ".join(teams[:2]))

    def _team(self, id: int) -> Choice | None:
        row = self.image.teams.get(id)
        if row is None:
            return None
        above = self.image.teams.get(row.parent_id)
        return Choice(encode(id), row.name, above.name if above else "")

    def _parent(self, id: int) -> Choice | None:
        one: KeyResultRow | None = self.image.key_results.get(id)
        row: ObjectiveRow | None = self.image.objectives.get(self.image.objective_of(id))
        if row is None or not self.reader.sees(id) or not self.reader.sees(row.id):
            return None
        team = self.image.teams.get(row.team_id)
        owner = self.image.people.get(one.owner_id if one else row.owner_id)
        label = f"{KEY_RESULT}{one.title}" if one else f"{row.title} · {self.reader.cycle_of(row).name}"
        value = f"{'k' if one else 'o'}{encode(id)}"
        return Choice(value, label, owner.name if owner else "", team.name if team else COMPANY)


def may_draft_for(reader: Reader, team: int | None) -> bool:
    """Say whether the reader may draft for a team that there is, or (None) for the company."""
    is_there = team is None or team in reader.image.teams
    return is_there and access.may_draft(reader.actor, reader.lineage(team), Visibility.WORKSPACE)


def _told_apart(choices: list[Choice]) -> list[Choice]:
    """Write what tells namesakes apart into their names: a plain list shows nothing beside them."""
    count = Counter((one.group, one.label) for one in choices)
    return [
        one._replace(label=f"{one.label} · {one.more}", more="")
        if count[one.group, one.label] > 1 and one.more
        else one
        for one in choices
    ]


_TITLED = {
    ListOf.PEOPLE: ("person",),
    ListOf.TEAMS: ("team",),
    ListOf.PLACES: ("team",),
    ListOf.ANY_TEAM: ("team",),
    ListOf.PARENTS: ("objective", "key_result"),
}
_NEAR: dict[ListOf, Callable[[Shortlist], Iterator[int]]] = {
    ListOf.PEOPLE: Shortlist._near_people,
    ListOf.TEAMS: Shortlist.teams_nearby,
    ListOf.PLACES: Shortlist.teams_nearby,
    ListOf.ANY_TEAM: Shortlist.teams_nearby,
    ListOf.PARENTS: Shortlist._near_parents,
}
_CHOICES: dict[ListOf, Callable[[Shortlist, int], Choice | None]] = {
    ListOf.PEOPLE: Shortlist._person,
    ListOf.TEAMS: Shortlist._team,
    ListOf.PLACES: Shortlist._team,
    ListOf.ANY_TEAM: Shortlist._team,
    ListOf.PARENTS: Shortlist._parent,
}
