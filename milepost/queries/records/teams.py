"""Teams as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.ledger.structure import TeamRow
from milepost.queries import team_tree
from milepost.queries.cards import Reader
from milepost.queries.listed import behind
from milepost.queries.records.slices import Slice, Wanted, fits, following, ids_of, in_place, written


@dataclass(frozen=True, slots=True)
class TeamRecord:
    """A team, and who belongs to it now; `parent` None stands right below the company."""

    id: str
    key: str
    url: str
    name: str
    purpose: str
    parent: str | None
    members: tuple[str, ...]
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """Somebody's place in a team, and since when without a break; null where that was not written down."""

    id: str
    name: str
    is_lead: bool
    since_on: date | None


def members(reader: Reader, id: int, wanted: Wanted) -> Slice:
    """Return some of those who belong to a team on the day looked at, its leads first, or NotFound."""
    row = reader.team_row(id)
    is_past = reader.known is not None
    rows = team_tree.members_then(reader, row) if is_past else team_tree.members(reader.actor, row.id)
    found = behind(list(rows), written(wanted.after) or "", lambda one: encode(one.id), wanted.size)
    seats = (SeatRecord(encode(one.id), *one[1:]) for one in in_place(found).entries)
    return Slice(tuple(seats), found.onwards)


def slice_of(
    reader: Reader,
    wanted: Wanted,
    *,
    parent: int | None = None,
    name: str | None = None,
    key: str | None = None,
) -> Slice:
    """Return some of the teams, the oldest first; with `parent`, those right below it."""
    teams, part = reader.image.teams, (name or "").casefold()
    ids = (
        id
        for id in following(teams, wanted)
        if fits((parent, teams[id].parent_id), (key, teams[id].key)) and part in teams[id].name.casefold()
    )
    kept, onwards = ids_of(ids, wanted)
    return Slice(tuple(_record(reader, teams[id]) for id in kept), onwards)


def one(reader: Reader, id: int) -> TeamRecord:
    """Return one team, or NotFound."""
    return _record(reader, reader.team_row(id))


def _record(reader: Reader, row: TeamRow) -> TeamRecord:
    return TeamRecord(
        id=encode(row.id),
        key=row.key,
        url=addresses.team(reader.slug, row.id),
        name=row.name,
        purpose=row.purpose,
        parent=written(row.parent_id),
        members=tuple(encode(id) for id in sorted(row.members)),
        leads=tuple(encode(id) for id in sorted(row.leads)),
    )
