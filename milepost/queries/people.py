"""What pages need to know about people: the directory, one person, and who is whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Lower

from milepost.core import access, membership
from milepost.core.access import Actor, Role
from milepost.core.cadence import day_in
from milepost.core.problems import NotFound
from milepost.ledger import image, sight
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.models import Checkin, Event, Invitation, Person, TeamMember, User
from milepost.models.ids import COUNTER_BITS
from milepost.queries.cards import Reader
from milepost.queries.registers import register

PAGE = 100
LOOKS_BACK = timedelta(days=60)


class Ref(NamedTuple):
    """A person, as avatars and links need one."""

    id: int
    name: str


class TeamSeat(NamedTuple):
    """A team in which someone has a seat."""

    id: int
    name: str
    is_lead: bool
    since_on: date | None


class State(NamedTuple):
    """Where someone stands between being added and having left."""

    word: str  # active, invited, added, left
    on: date | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the directory."""

    id: int
    name: str
    email: str | None
    role: str
    state: State
    teams: tuple[TeamSeat, ...] = ()
    last_checkin: date | None = None
    may_manage: bool = False
    may_invite: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """A page of the people of a workspace."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    pages: int
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """Something that a person owns, as far as the reader may see it."""

    kind: str  # objective, key_result
    id: int
    title: str
    context: str  # the cycle of an objective, the objective of a key result
    status: str | None  # None while nothing of it counts, as of a draft
    progress: Fraction | float | None
    expected: float


@dataclass(frozen=True)
class Profile:
    """A person's page."""

    entry: Entry
    work: tuple[Work, ...]
    is_me: bool


def own_actors(user_id: int, *, door: str) -> list[Actor]:
    """Return who an account is in each of its workspaces."""
    # One's own memberships may be read before a workspace is chosen.
    rows = Person.objects.everywhere().filter(user_id=user_id, left_on=None).order_by("id")
    with sight.own(user_id):
        return [Actor(row.workspace_id, row.id, Role(row.role), door=door, name=row.name) for row in rows]


def account(email: str) -> int | None:
    """Return the account that signs in with an e-mail address."""
    return User.objects.filter(email=User.objects.spell(email)).values_list("id", flat=True).first()


def told_of_lock(user_id: int) -> list[tuple[str, str, str]]:
    """List whom to tell that an account was locked, as (address, name, whose account): its person, admins."""
    mine = Person.objects.everywhere().filter(user_id=user_id, left_on=None)
    found = {}
    with sight.own(user_id):
        own = list(mine)
    for here in own:
        rows = Person.objects.of(here.workspace_id).filter(left_on=None, user__is_active=True)
        told = rows.filter(Q(role__in=(Role.OWNER, Role.ADMIN)) | Q(id=here.id)).select_related("user")
        with sight.within(here.workspace_id):
            told = list(told)
        for row in told:
            whose = "your account" if row.user_id == user_id else f"the account of {here.name}"
            found.setdefault(row.user.email, (row.user.email, row.name, whose))
    return list(found.values())


def anyone_signs_in() -> bool:
    """Say whether there is an account at all."""
    return User.objects.exists()


def without_account(workspace_id: int, email: str) -> Ref | None:
    """Return whoever has an e-mail address here and no account yet: a file brought them in."""
    found = (
        Person.objects.of(workspace_id)
        .filter(email__iexact=email.strip(), user=None, left_on=None)
        .values_list("id", "name")
        .first()
    )
    return found and Ref(*found)


def user(user_id: int) -> User:
    """Return an account, as signing in needs it."""
    return User.objects.get(id=user_id)


def role_of(actor: Actor, person_id: int) -> str:
    """Return the role of somebody in the actor's workspace; "" where there is no such person."""
    row = Person.objects.of(actor.workspace_id).filter(id=person_id)
    return row.values_list("role", flat=True).first() or ""


def account_of(actor: Actor, person_id: int) -> int | None:
    """Return the account of a person who is here."""
    row = Person.objects.of(actor.workspace_id).filter(id=person_id, left_on=None)
    return row.values_list("user_id", flat=True).first()


def by_keys(actor: Actor, keys: list[str]) -> dict[str, int]:
    """Return the people who have these keys, by key."""
    seen = image.of(actor.workspace_id).people.values()
    return {row.key: row.id for row in seen if row.key in keys and not row.has_left}


def known_as(workspace_id: int, word: str) -> Ref:
    """Return who has this e-mail address or this id in files, for the operator's tools; raises NotFound."""
    rows = Person.objects.of(workspace_id).filter(Q(email__iexact=word) | Q(key=word))
    found = rows.values_list("id", "name").first()
    if found is None:
        raise NotFound(
            f"Nobody here has the address or the id {word}.",
            remedy="The people page, and an export of the workspace, tell who is there.",
        )
    return Ref(*found)


def added_by(workspace_id: int, person_id: int) -> int | None:
    """Return who added a person; None for the operator, a file, or long ago."""
    told = Event.objects.of(workspace_id).filter(objective_id=None, kind="person.added", subject_id=person_id)
    return told.order_by("id").values_list("actor_id", flat=True).first()


def invitation(secret_hash: str, at: datetime) -> Invitation | None:
    """Return the invitation that a secret opens; None where it is over or never was."""
    # The secret itself says which workspace.
    return (
        Invitation.objects.everywhere()
        .select_related("person", "workspace", "invited_by")
        .filter(secret_hash=secret_hash, accepted_at=None, expires_at__gt=at)
        .filter(person__left_on=None, person__user=None)
        .first()
    )


def contact(actor: Actor) -> tuple[str, str]:
    """Return the actor's own name and address."""
    row = Person.objects.of(actor.workspace_id).get(id=actor.person_id)
    return row.name, row.email or ""


def choices(actor: Actor) -> list[Ref]:
    """List everyone who is here, by name, to choose from."""
    rows = Person.objects.of(actor.workspace_id).filter(left_on=None).order_by("name", "id")
    return [Ref(*row) for row in rows.values_list("id", "name")]


def directory(
    actor: Actor, *, show: str = "here", search: str = "", page: int = 1, zone: str, at: datetime
) -> Directory:
    """Return a page of the people: those who are here, those still to come, or those who left.

    `zone` is the workspace's, whose days are shown.
    """
    everyone = Person.objects.of(actor.workspace_id)
    counts = everyone.aggregate(
        here=Count("id", filter=_SHOWN["here"]),
        waiting=Count("id", filter=_SHOWN["waiting"]),
        left=Count("id", filter=_SHOWN["left"]),
    )
    chosen = everyone.filter(_SHOWN.get(show, _SHOWN["here"]))
    if search:
        wanted = Q(name__icontains=search)
        chosen = chosen.filter(wanted if actor.is_guest else wanted | Q(email__icontains=search))
    total = chosen.count() if search else counts.get(show, counts["here"])
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = list(chosen.order_by(Lower("name"), "id")[(page - 1) * PAGE : page * PAGE])
    return Directory(tuple(_entries(actor, rows, zone, at)), total, page, pages, counts)


def profile(reader: Reader, person_id: int, *, zone: str, at: datetime) -> Profile:
    """Return a person's page: who they are, where they belong, what they own, and how that stands."""
    actor = reader.actor
    row = Person.objects.of(actor.workspace_id).filter(id=person_id).first()
    if row is None:
        raise NotFound
    (entry,) = _entries(actor, [row], zone, at)
    return Profile(entry, tuple(_work(reader, row.id)), row.id == actor.person_id)


_SHOWN = {
    "here": Q(left_on=None),
    "waiting": Q(left_on=None, user=None),
    "left": Q(left_on__isnull=False),
}


def _entries(actor: Actor, rows: list[Person], zone: str, at: datetime) -> Iterator[Entry]:
    ids = [row.id for row in rows]
    teams = _teams(actor, ids)
    invited = {id: until for id, until in invitations(actor, ids).items() if until > at}
    checked = _last_checkins(actor, ids, at)
    roles = membership.roles_to_give(actor) if actor.is_admin else ()
    added = {} if actor.is_admin or not actor.leads else _added_by_me(actor, ids)
    for row in rows:
        last, until = checked.get(row.id), invited.get(row.id)
        manages = membership.may_manage_person(actor, row.role)
        open_seat = row.user_id is None and row.left_on is None
        yield Entry(
            row.id,
            row.name,
            None if actor.is_guest and row.id != actor.person_id else row.email,
            row.role,
            _state(row, day_in(zone, until) if until else None),
            tuple(teams[row.id]),
            day_in(zone, last) if last else None,
            may_manage=manages,
            may_invite=open_seat
            and row.email is not None
            and membership.may_invite(actor, row.role, added_by=added.get(row.id)),
            roles=roles if manages else (),
        )


def invitations(actor: Actor, ids: list[int]) -> dict[int, datetime]:
    """Return when the last invitation of each person that was not accepted ends, or ended."""
    rows = Invitation.objects.of(actor.workspace_id).filter(person_id__in=ids, accepted_at=None)
    return dict(rows.order_by("expires_at").values_list("person_id", "expires_at"))


def _state(row: Person, invited_until: date | None) -> State:
    if row.left_on:
        return State("left", row.left_on)
    if row.user_id:
        return State("active")
    return State("invited", invited_until) if invited_until else State("added")


def _teams(actor: Actor, ids: list[int]) -> dict[int, list[TeamSeat]]:
    teams: dict[int, list[TeamSeat]] = defaultdict(list)
    rows = list(
        TeamMember.objects.of(actor.workspace_id)
        .filter(person_id__in=ids)
        .order_by("team__name")
        .values_list("person_id", "team_id", "team__name", "is_lead", "since_on", "until_on")
    )
    begun = membership.beginnings(((person, team), since, until) for person, team, _, _, since, until in rows)
    for person, team, name, is_lead, _, until in rows:
        if until is None:
            teams[person].append(TeamSeat(team, name, is_lead, begun[person, team]))
    return teams


def _last_checkins(actor: Actor, ids: list[int], at: datetime) -> dict[int, datetime]:
    # Ids sort by time, so they tell the recent ones; restricted work is not mentioned at all. Asked person by
    # person: of all at once, a database may rather go through what everybody said since.
    first = int((at - LOOKS_BACK).timestamp() * 1000) << COUNTER_BITS
    said = (
        Checkin.objects.of(actor.workspace_id)
        .filter(by_id=OuterRef("id"), id__gte=first, key_result__visibility=None)
        .filter(key_result__objective__visibility=access.Visibility.WORKSPACE)
        .values("by_id")
        .annotate(last=Max("recorded_at"))
        .values("last")
    )
    rows = Person.objects.of(actor.workspace_id).filter(id__in=ids).annotate(last=Subquery(said))
    return {id: last for id, last in rows.values_list("id", "last") if last is not None}


def _added_by_me(actor: Actor, ids: list[int]) -> dict[int, int]:
    told = Event.objects.of(actor.workspace_id).filter(
        objective_id=None, kind="person.added", subject_id__in=ids, actor_id=actor.person_id
    )
    return dict.fromkeys(told.values_list("subject_id", flat=True), actor.person_id)


def _work(reader: Reader, person_id: int) -> Iterator[Work]:
    seen = reader.image
    with seen.lock:
        listed = register(seen)
        for row in listed.owners[person_id]:
            if row.is_open and reader.sees(row.id):
                yield _as_work(reader, row, row)
        for one in listed.key_results[person_id]:
            row = seen.objectives.get(one.objective_id)
            if row and row.is_open and reader.sees(one.id):
                yield _as_work(reader, one, row)


def _as_work(reader: Reader, one: ObjectiveRow | KeyResultRow, of: ObjectiveRow) -> Work:
    kind, context = ("objective", reader.cycle_of(of).name) if one is of else ("key_result", of.title)
    status = reader.day.status_of(one.id).word if of.counts else None
    return Work(kind, one.id, one.title, context, status, reader.progress(one.id), reader.expected(one.id))
