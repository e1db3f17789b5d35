"""People as programs read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.models import Person
from milepost.queries import people
from milepost.queries.cards import Reader
from milepost.queries.records.slices import Slice, Wanted, cut

SHOWN = {"here": {"left_on": None}, "left": {"left_on__isnull": False}, "all": {}}


@dataclass(frozen=True, slots=True)
class Seat:
    """A team that somebody belongs to."""

    team: str
    is_lead: bool


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Someone in the workspace. `state`: active, added (has not come in yet) or left.

    `invited_until` is when the last invitation ends, or ended, of somebody who has not come in yet.
    """

    id: str
    key: str
    url: str
    name: str
    email: str | None
    role: str
    state: str
    left_on: date | None
    invited_until: datetime | None
    teams: tuple[Seat, ...]


def slice_of(
    reader: Reader,
    wanted: Wanted,
    *,
    show: str = "here",
    role: str | None = None,
    team: int | None = None,
    name: str | None = None,
    key: str | None = None,
) -> Slice:
    """Return some of the people, in the order in which they were added."""
    rows = Person.objects.of(reader.actor.workspace_id).filter(**SHOWN[show])
    if wanted.after is not None:
        rows = rows.filter(id__gt=wanted.after)
    if role is not None:
        rows = rows.filter(role=role)
    if team is not None:
        known = reader.image.teams.get(team)
        rows = rows.filter(id__in=known.members if known else ())
    if key is not None:
        rows = rows.filter(key=key)
    if name is not None:  # SQLite knows capitals of ASCII alone
        part, known = name.casefold(), reader.image.people
        listed = zip(known.ids.tolist(), known.listed("name"), strict=True)
        rows = rows.filter(id__in=[id for id, each in listed if part in each.casefold()])
    kept, onwards = cut(rows.order_by("id")[: wanted.size + 1], wanted, lambda row: row.id)
    return Slice(tuple(_records(reader, kept)), onwards)


def one(reader: Reader, id: int) -> PersonRecord:
    """Return one person, or NotFound."""
    row = Person.objects.of(reader.actor.workspace_id).filter(id=id).first()
    if row is None:
        raise NotFound
    (record,) = _records(reader, [row])
    return record


def _records(reader: Reader, rows: list[Person]) -> Iterator[PersonRecord]:
    expected = [row.id for row in rows if row.user_id is None and row.left_on is None]
    invited = people.invitations(reader.actor, expected) if expected else {}
    seats = _seats(reader, frozenset(row.id for row in rows))
    return (_record(reader, row, seats.get(row.id, ()), invited.get(row.id)) for row in rows)


def _seats(reader: Reader, people: frozenset[int]) -> dict[int, list[Seat]]:
    """Return who belongs to which teams: every team is looked at once, not once for everybody."""
    found: dict[int, list[Seat]] = defaultdict(list)
    for team in reader.image.teams.values():
        if not people.isdisjoint(team.members):
            for id in people & team.members:
                found[id].append(Seat(encode(team.id), id in team.leads))
    return found


def _record(
    reader: Reader, row: Person, seats: Iterable[Seat], invited_until: datetime | None
) -> PersonRecord:
    hides_email = reader.actor.is_guest and row.id != reader.actor.person_id
    return PersonRecord(
        id=encode(row.id),
        key=row.key,
        url=addresses.person(reader.slug, row.id),
        name=row.name,
        email=None if hides_email else row.email,
        role=row.role,
        state="left" if row.left_on else "active" if row.user_id else "added",
        left_on=row.left_on,
        invited_until=invited_until and invited_until.astimezone(UTC),
        teams=tuple(seats),
    )
