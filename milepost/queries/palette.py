"""What the palette offers a reader besides what it finds: where they were, and what they may begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from milepost.core import access, addresses, ids, membership
from milepost.core.ids import encode
from milepost.core.states import KeyResultState, State
from milepost.ledger.statements import Statement, zoned
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.queries import objectives, undoing
from milepost.queries.cards import Reader
from milepost.queries.hits import Hit
from milepost.queries.sentences import Happening

RECENT = 5
TAKES = (KeyResultState.ACTIVE, KeyResultState.ACHIEVED)
LOOKED_THROUGH = 200  # events, for the last one that somebody can undo
LONGEST = 20  # of what a browser remembers, how much is looked at


def recent(reader: Reader, remembered: str) -> tuple[Hit, ...]:
    """Return the things behind ids that a browser remembers, as far as the reader may see them."""
    found = []
    for text in remembered.split(".")[:LONGEST]:
        id = ids.decode(text)
        hit = None if id is None else _thing(reader, id)
        if hit is not None and hit not in found:
            found.append(hit)
    return tuple(found[:RECENT])


def _thing(reader: Reader, id: int) -> Hit | None:
    image, slug = reader.image, reader.slug
    if row := image.objectives.get(id):
        if not reader.sees(id):
            return None
        where = (reader.cycle_of(row).name,)
        return Hit("objective", encode(id), addresses.objective(slug, id), row.title, where)
    if one := image.key_results.get(id):
        if not reader.sees(id):
            return None
        where = (image.objectives[one.objective_id].title,)
        return Hit("key_result", encode(id), addresses.key_result(slug, id), one.title, where)
    if team := image.teams.get(id):
        return Hit("team", encode(id), addresses.team(slug, id), team.name)
    if person := image.people.get(id):
        return Hit("person", encode(id), addresses.person(slug, id), person.name)
    return None


def own_teams(reader: Reader) -> list[Hit]:
    """Return the reader's own teams, by name."""
    teams = [reader.image.teams[id] for id in reader.actor.teams if id in reader.image.teams]
    teams.sort(key=lambda team: (team.name.casefold(), team.id))
    return [Hit("team", encode(team.id), addresses.team(reader.slug, team.id), team.name) for team in teams]


def takes_checkin(reader: Reader, key: str) -> bool:
    """Say whether the reader may check in a key result that they see, and it is open."""
    one = reader.image.key_results[ids.decode(key)]
    row = reader.image.objectives[one.objective_id]
    is_open = State(row.state).takes_checkins and one.state in TAKES
    return is_open and access.may_check_in(reader.actor, reader.standing(row, one))


@dataclass(frozen=True, slots=True)
class Thing:
    """An objective or key result, and the names of what its reader may do with it now, as its page does."""

    kind: str
    id: int
    title: str
    url: str
    may: tuple[str, ...]


def standing_on(reader: Reader, key: str) -> tuple[Thing, ...]:
    """Return the thing somebody stands on, of a key result its objective too; nothing out of sight."""
    image, id = reader.image, ids.decode(key)
    if id is None or not (id in image.objectives or id in image.key_results) or not reader.sees(id):
        return ()
    if row := image.objectives.get(id):
        return (_objective(reader, row),)
    one = image.key_results[id]
    return (_key_result(reader, one), _objective(reader, image.objectives[one.objective_id]))


def _objective(reader: Reader, row: ObjectiveRow) -> Thing:
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    adds = ("edit", "move", "align", "add_key_result", "add_initiative")
    may_change = may_edit and not State(row.state).is_on_record
    may = (*(adds if may_change else ()), *objectives.steps(reader, row, may_edit))
    return Thing("objective", row.id, row.title, addresses.objective(reader.slug, row.id), may)


def _key_result(reader: Reader, one: KeyResultRow) -> Thing:
    row = reader.image.objectives[one.objective_id]
    standing, may = reader.standing(row, one), []
    may_change = not State(row.state).is_on_record
    if takes_checkin(reader, ids.encode(one.id)):
        may.append("check_in")
    if may_change and access.may_edit_key_result(reader.actor, standing):
        may.append("edit")
    may.append("what_if")
    is_running = one.state not in (KeyResultState.CANCELLED, KeyResultState.PAUSED)
    if may_change and is_running and access.may_edit(reader.actor, standing):
        may.append("cancel")
    return Thing("key_result", one.id, one.title, addresses.key_result(reader.slug, one.id), tuple(may))


# By hand: the first letters of many words may mean it, and putting it together from querysets took as long as
# finding everything else.
_LATELY = Statement(f"""
SELECT id, kind, at, actor_id, door, objective_id, key_result_id, subject_id, CAST(data AS text), undoes_id,
       {undoing.IS_UNDONE}
FROM (SELECT * FROM event WHERE workspace_id = %s ORDER BY id DESC LIMIT {LOOKED_THROUGH}) AS event
WHERE actor_id = %s ORDER BY id DESC
""")


def last_undoing(reader: Reader) -> str:
    """Return where the reader's last change can be undone; empty where there is none lately, or it cannot."""
    for row in _LATELY.each([reader.actor.workspace_id, reader.actor.person_id]):
        read = Happening(*row)
        event = read._replace(at=zoned(read.at), data=orjson.loads(read.data), is_undone=bool(read.is_undone))
        if there := undoing.url(reader, event):
            return there
    return ""


def may_begin(reader: Reader) -> Iterator[str]:
    """Name what the reader may begin, by the pages on which it begins."""
    if not reader.actor.is_guest:
        yield "sweep"
        yield "new_objective"
    if membership.roles_to_give(reader.actor):
        yield "new_person"
    if access.may_manage(reader.actor):
        yield from ("new_team", "new_cycle")
