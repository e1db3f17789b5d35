"""What somebody holds and would hand over: work they own, sponsor or help with, and teams they lead.

Only what the reader may see, and of that only what is still going on. Personal objectives are nobody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from milepost.core import access, addresses, membership
from milepost.core.access import Visibility
from milepost.core.ids import decode, encode
from milepost.core.problems import NotFound
from milepost.core.states import State
from milepost.ledger.structure import ObjectiveRow
from milepost.models import Initiative, Token
from milepost.queries import history
from milepost.queries.cards import Reader
from milepost.queries.history import Latest
from milepost.queries.registers import register

FIELDS = {"sponsor": "sponsor_id", "contributor": "contributors"}  # of an objective; else its owner
LED = ("team.lead_changed", "team.member_joined", "team.member_left")
CLOSED = (State.GRADED, State.CLOSED, State.CANCELLED)
WORDS = {
    "owner": "Owner",
    "sponsor": "Sponsor",
    "contributor": "Contributor",
    "key_result": "Key result",
    "initiative": "Initiative",
    "lead": "Lead of the team",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing held. `ref` names it in forms: the role, a hyphen, the id."""

    role: str  # a key of WORDS
    id: int
    title: str
    url: str
    context: str
    mates: tuple[tuple[str, str], ...]  # who stands near: (id, name)
    may_give: bool  # whether this reader may hand it over
    node: int | None = None  # the objective or key result that it is, or is about; None: a team

    @property
    def ref(self) -> str:
        return f"{self.role}-{encode(self.id)}"

    @property
    def word(self) -> str:
        return WORDS[self.role]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything of one person, and what ends with them: tokens are not handed on."""

    person_id: int
    name: str
    listed: tuple[Holding, ...]
    tokens: int


def of(reader: Reader, person: int) -> Holdings:
    """Return what somebody holds, in the order in which it is handed over; raises NotFound."""
    row = reader.image.people.get(person)
    if row is None:
        raise NotFound
    listed = (
        *_initiatives(reader, person),
        *_key_results(reader, person),
        *_objectives(reader, person),
        *_teams(reader, person),
    )
    tokens = Token.objects.of(reader.actor.workspace_id).filter(person_id=person, revoked_at=None).count()
    return Holdings(person, row.name, listed, tokens)


def to_give(reader: Reader, person: int) -> Holdings:
    """Return what somebody holds, to those who may hand it over: the person themself, and admins."""
    access.require_whole(reader.actor, "read or hand over what somebody holds")
    found = of(reader, person)
    access.require(
        reader.actor.person_id == person
        or membership.may_manage_person(reader.actor, reader.image.people[person].role),
        f"hand over what is {found.name}’s",
        remedy="They can do so themself, or an admin can.",
    )
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody holds by now, or holds no more, and who changed it last, where the record says."""

    title: str  # empty: what the reader does not see (any more)
    url: str
    word: str
    is_new: bool
    latest: Latest | None


def turns(reader: Reader, found: Holdings, listed: Collection[str]) -> tuple[Turn, ...]:
    """Return what came and went since these were listed, by their `ref`."""
    now = {one.ref: one for one in found.listed}
    new = [_turn(reader, one.role, one.id, is_new=True) for ref, one in now.items() if ref not in listed]
    gone = []
    for ref in dict.fromkeys(listed):
        role, _, id = ref.rpartition("-")
        if ref not in now and role in WORDS:
            gone.append(_turn(reader, role, decode(id), is_new=False))
    return (*new, *gone)


def _turn(reader: Reader, role: str, id: int | None, *, is_new: bool) -> Turn:
    """Tell of one that came or went; of what is hidden no more than of what never was."""
    word, of, latest = WORDS[role], {}, None
    if role == "lead":
        if (team := reader.image.teams.get(id)) is None:
            return Turn("", "", word, is_new, None)
        latest = history.latest_of(reader, LED, team.id)
        return Turn(team.name, addresses.team(reader.slug, team.id), word, is_new, latest)
    if role == "initiative":
        one = Initiative.objects.of(reader.actor.workspace_id).filter(id=id).first()
        ids = [one.objective_id, *([one.key_result_id] if one.key_result_id else [])] if one else [0]
        if not all(map(reader.finds, ids)):
            return Turn("", "", word, is_new, None)
        title, url = one.title, f"{addresses.objective(reader.slug, one.objective_id)}#initiatives"
        of = {"objective": one.objective_id, "initiative": one.id}
    elif id is None or not reader.finds(id) or (id in reader.image.key_results) != (role == "key_result"):
        return Turn("", "", word, is_new, None)
    else:
        title, url = reader.named(id)
        one = reader.image.key_results.get(id)
        of = {"objective": one.objective_id, "key_result": id} if one else {"objective": id}
    field = FIELDS.get(role, "owner_id")
    latest = history.latest(reader, **of, fields=(field,)) or history.latest(reader, **of)
    return Turn(title, url, word, is_new, latest)


def _is_open(reader: Reader, row: ObjectiveRow) -> bool:
    return row.state not in CLOSED and row.visibility != Visibility.PRIVATE and reader.sees(row.id)


def _objectives(reader: Reader, person: int) -> Iterator[Holding]:
    listed = register(reader.image)
    worked_on = sorted({*listed.owners.ids(person), *listed.workers.ids(person)})
    for row in (reader.image.objectives[id] for id in worked_on):
        if not _is_open(reader, row):
            continue
        roles = (("owner", [row.owner_id]), ("sponsor", [row.sponsor_id]), ("contributor", row.contributors))
        for role, holders in roles:
            if person in holders:
                yield Holding(
                    role,
                    row.id,
                    row.title,
                    addresses.objective(reader.slug, row.id),
                    reader.cycle_of(row).name,
                    _mates(reader, row.team_id, person),
                    access.may_edit(reader.actor, reader.standing(row)),
                    row.id,
                )


def _key_results(reader: Reader, person: int) -> Iterator[Holding]:
    for one in register(reader.image).key_results[person]:
        row = reader.image.objectives[one.objective_id]
        if _is_open(reader, row) and reader.sees(one.id) and one.state not in ("cancelled", "graded"):
            yield Holding(
                "key_result",
                one.id,
                one.title,
                addresses.key_result(reader.slug, one.id),
                row.title,
                _mates(reader, row.team_id, person),
                access.may_edit_key_result(reader.actor, reader.standing(row, one)),
                one.id,
            )


def _initiatives(reader: Reader, person: int) -> Iterator[Holding]:
    rows = Initiative.objects.of(reader.actor.workspace_id)
    for one in rows.filter(owner_id=person, state__in=("planned", "doing")).order_by("id"):
        row = reader.image.objectives.get(one.objective_id)
        ids = [id for id in (one.objective_id, one.key_result_id) if id is not None]
        if row is None or row.visibility == Visibility.PRIVATE or not all(map(reader.sees, ids)):
            continue
        mine = reader.actor.person_id == person and not reader.actor.is_guest
        yield Holding(
            "initiative",
            one.id,
            one.title,
            f"{addresses.objective(reader.slug, row.id)}#initiatives",
            row.title,
            _mates(reader, row.team_id, person),
            mine or access.may_edit(reader.actor, reader.standing(row)),
            one.key_result_id or row.id,
        )


def _teams(reader: Reader, person: int) -> Iterator[Holding]:
    for team in reader.image.teams.values():
        if person in team.leads:
            yield Holding(
                "lead",
                team.id,
                team.name,
                addresses.team(reader.slug, team.id),
                "",
                _mates(reader, team.id, person),
                access.may_manage_team(reader.actor, reader.lineage(team.id)),
            )


def _mates(reader: Reader, team_id: int | None, person: int) -> tuple[tuple[str, str], ...]:
    team = reader.image.teams.get(team_id)
    people = reader.image.people
    here = [people[id] for id in team.members if id != person and not people[id].has_left] if team else []
    return tuple((encode(one.id), one.name) for one in sorted(here, key=lambda one: one.name.casefold()))
