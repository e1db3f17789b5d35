"""What forms offer to choose from: teams, people, cycles, and what an objective may serve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from milepost.core import access
from milepost.core.access import Visibility
from milepost.core.ids import decode, encode
from milepost.core.quarters import Span
from milepost.ledger.structure import ObjectiveRow
from milepost.queries.cards import Reader
from milepost.queries.cycles import missing
from milepost.queries.shortlists import COMPANY, KEY_RESULT, SERVED, ListOf, Shortlist, may_draft_for

# A value as in an address, how it reads, and of long lists what tells it from others of the same name.
Options = list[tuple[str, str] | tuple[str, str, str]]
Named = list[tuple[str, str, str]]
Groups = list[tuple[str, Named]]

MAKERS = ("owner", "admin")
MOST_MAKERS = 3
INDENT = "\N{NO-BREAK SPACE}" * 4


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists of a form about an objective; values are ids as in addresses.

    Of a list that is too long to send, what is near the reader and what the form holds.
    """

    teams: Options
    people: Options
    cycles: Options
    parents: Groups


@dataclass(frozen=True, slots=True)
class Cycles:
    """The cycles an objective can be in; where none is open, those that can be made, or who can make one."""

    open: Options
    spans: tuple[Span, ...] = ()
    makers: tuple[str, ...] = ()


def cycles_of(reader: Reader, row: ObjectiveRow | None = None) -> Cycles:
    """Return the cycles that an objective, new or (`row`) there already, can be in."""
    found = cycles(reader, row)
    if found:
        return Cycles(found)
    if access.may_manage(reader.actor):
        spans = missing(reader.image.cycles, reader.today)
        # This quarter first: most objectives are for a quarter.
        by_need = sorted(spans, key=lambda one: (one.starts_on > reader.today, one.length))
        return Cycles(found, spans=tuple(by_need))
    makers = (one for one in reader.image.people.values() if one.role in MAKERS and not one.has_left)
    return Cycles(found, makers=tuple(sorted(one.name for one in makers)[:MOST_MAKERS]))


def teams(reader: Reader, row: ObjectiveRow | None = None, chosen: Iterable[str] = ()) -> Options:
    """List the teams that the reader may draft for, nested as they are; of very many those near them."""
    found: Options = []
    kept = row.team_id if row is not None else None
    if may_draft_for(reader, None) or (row is not None and row.team_id is None):
        found.append(("", COMPANY))

    shortlist = Shortlist(reader, ListOf.TEAMS)
    if shortlist.is_long:
        return found + shortlist.options([*chosen, encode(kept) if kept else ""])
    for team, depth in reader.image.walk_teams():
        if may_draft_for(reader, team.id) or team.id == kept:
            found.append((encode(team.id), INDENT * depth + team.name))
    return found


def people(reader: Reader, chosen: Iterable[str] = ()) -> Options:
    """List everyone who is here, by name; of very many those near the reader, and whoever is chosen."""
    shortlist = Shortlist(reader, ListOf.PEOPLE)
    if shortlist.is_long:
        return shortlist.options(chosen)
    here = [one for one in reader.image.people.values() if not one.has_left]
    return [(encode(one.id), one.name) for one in sorted(here, key=lambda one: one.name.casefold())]


def names(reader: Reader) -> Callable[[str], str]:
    """Return what says the name of a person whose id a form carries; an id that is nobody's stays."""
    people = reader.image.people

    def name(value: str) -> str:
        id = decode(value)
        return people[id].name if id in people else value

    return name


def by_label(reader: Reader) -> dict[str, str]:
    """Return the ids of everyone who is here by what one types for them: their name.

    Where several have the same name, each one's id stands behind it.
    """
    listed = [(option[0], option[1]) for option in people(reader)]
    shared = Counter(name for _, name in listed)
    return {name if shared[name] == 1 else f"{name} · {id}": id for id, name in listed}


def cycles(reader: Reader, row: ObjectiveRow | None = None) -> Options:
    """List the cycles that are not closed, latest first, and the objective's own."""
    kept = row.cycle_id if row is not None else None
    listed = [one for one in reader.image.cycles.values() if one.closed_on is None or one.id == kept]
    listed.sort(key=lambda one: (one.starts_on, one.id), reverse=True)
    return [(encode(one.id), one.name) for one in listed]


def parents(reader: Reader, row: ObjectiveRow | None = None, chosen: Iterable[str] = ()) -> Groups:
    """List open objectives and their key results by team: what an objective may serve.

    Values are `o` or `k` and the id; each comes with its owner's name. Whatever would close a loop is
    left out; the action checks again. Of very many, those near the reader, and what is chosen.
    """
    by_team: dict[str, Named] = {}
    shortlist = Shortlist(reader, ListOf.PARENTS, row.id if row is not None else None)
    if shortlist.is_long:
        for one in shortlist.short(chosen):
            by_team.setdefault(one.group, []).append((one.value, one.label, one.more))
        return list(by_team.items())
    below = set() if row is None else _below(reader, row.id)
    for one in sorted(reader.objectives(), key=lambda each: each.title.casefold()):
        if one.state not in SERVED or one.id in below or one.visibility == Visibility.PRIVATE:
            continue
        team = reader.image.teams.get(one.team_id)
        cycle = reader.cycle_of(one).name
        listed = by_team.setdefault(team.name if team else COMPANY, [])
        listed.append((f"o{encode(one.id)}", f"{one.title} · {cycle}", _name(reader, one.owner_id)))
        for each in reader.key_results_of(one):
            if each.state != "cancelled" and each.id not in below:
                listed.append(
                    (f"k{encode(each.id)}", f"{INDENT}{KEY_RESULT}{each.title}", _name(reader, each.owner_id))
                )
    return sorted(by_team.items(), key=lambda group: (group[0] != COMPANY, group[0].casefold()))


def _name(reader: Reader, id: int | None) -> str:
    person = reader.image.people.get(id)
    return person.name if person else ""


def _below(reader: Reader, id: int) -> set[int]:
    found, waiting = {id}, [id]
    while waiting:
        here = waiting.pop()
        onwards = [one.id for one in reader.image.key_results_of.get(here, ())]
        onwards += [link.child_id for link in reader.image.served_by.get(here, ())]
        fresh = [each for each in onwards if each not in found]
        found.update(fresh)
        waiting += fresh
    return found
