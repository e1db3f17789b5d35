"""All that is held of one person, as a file that they can take with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from milepost.core import access, membership
from milepost.core.ids import decode, encode
from milepost.core.problems import NotFound
from milepost.models import Grade, Invitation, Person, SavedView, TeamMember, User
from milepost.models.exact import plain
from milepost.queries import second_steps, sessions, tokens
from milepost.queries.activity import Narrowed
from milepost.queries.cards import Reader
from milepost.queries.records import checkins, comments, events, initiatives, people
from milepost.queries.records.checkins import CheckinRecord
from milepost.queries.records.comments import CommentRecord
from milepost.queries.records.events import EventRecord
from milepost.queries.records.initiatives import InitiativeRecord
from milepost.queries.records.people import PersonRecord
from milepost.queries.records.sights import in_sight
from milepost.queries.records.slices import Slice, Wanted, written
from milepost.queries.registers import register

AT_ONCE = 1_000  # rows of a table
OPEN_TO = "They can do so themself, or an admin can."


@dataclass(frozen=True, slots=True)
class MembershipRecord:
    """Somebody's time in a team; `until_on` is the first day they no longer belong."""

    team: str
    name: str
    is_lead: bool
    since_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class InvitedRecord:
    """An invitation that somebody was sent."""

    role: str
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """An objective or a key result, and what somebody is to it: owner, sponsor, contributor, reader."""

    id: str
    title: str
    state: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GivenGradeRecord:
    """A grade that somebody gave, with what they wrote; `key_result` null: the objective's."""

    objective: str
    key_result: str | None
    grade: str
    reason: str
    learned: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptViewRecord:
    """A saved view that somebody made."""

    id: str
    name: str
    settings: str
    shared: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A browser in which somebody is signed in, and the network address it came from, shortened."""

    device: str
    place: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class PasskeyRecord:
    """A passkey; what it proves itself with is no part of any file."""

    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptTokenRecord:
    """A token for a program; nobody has its secret but the program."""

    id: str
    name: str
    ends_in: str
    scope: str
    team: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaysInRecord:
    """How somebody signs in, in every workspace, and their tokens of this one. No secret is among it."""

    email: str
    name: str
    created_at: datetime
    email_confirmed_at: datetime | None
    email_wanted: str | None
    signed_in_at: datetime | None
    has_password: bool
    passkeys: tuple[PasskeyRecord, ...]
    app_since: datetime | None
    app_used_at: datetime | None
    recovery_codes_left: int | None
    sessions: tuple[SessionRecord, ...]
    tokens: tuple[KeptTokenRecord, ...]


@dataclass(frozen=True, slots=True)
class PersonalDataRecord:
    """All that is held of one person: who they are, what is theirs, what they wrote and did.

    As far as whoever asks may see it. `told` is what others did about them. `ways_in` is told to themself in
    a browser, and to whoever runs the server; else it is null, and so where they have never signed in.
    """

    person: PersonRecord
    looked_at: datetime | None
    memberships: tuple[MembershipRecord, ...]
    invitations: tuple[InvitedRecord, ...]
    objectives: tuple[RoleRecord, ...]
    key_results: tuple[RoleRecord, ...]
    initiatives: tuple[InitiativeRecord, ...]
    checkins: tuple[CheckinRecord, ...]
    comments: tuple[CommentRecord, ...]
    grades: tuple[GivenGradeRecord, ...]
    views: tuple[KeptViewRecord, ...]
    events: tuple[EventRecord, ...]
    told: tuple[EventRecord, ...]
    ways_in: WaysInRecord | None


def may_read(reader: Reader, person: int, role: str) -> bool:
    """Say whether the reader may have all that is held of somebody: of themself, or as who manages them."""
    actor = reader.actor
    return actor.within is None and (actor.person_id == person or membership.may_manage_person(actor, role))


def one(reader: Reader, id: int, *, at: datetime, with_ways_in: bool = False) -> PersonalDataRecord:
    """Return all that is held of somebody, to themself and to admins; raises NotFound, NotAllowed."""
    row = Person.objects.of(reader.actor.workspace_id).filter(id=id).first()
    if row is None:
        raise NotFound
    access.require(may_read(reader, id, row.role), f"read all that is held of {row.name}", remedy=OPEN_TO)
    with reader.image.lock:
        objectives, key_results = tuple(_objectives(reader, id)), tuple(_key_results(reader, id))
    return PersonalDataRecord(
        person=people.one(reader, id),
        looked_at=row.looked_at,
        memberships=tuple(_memberships(row)),
        invitations=tuple(_invitations(row)),
        objectives=objectives,
        key_results=key_results,
        initiatives=tuple(_all(lambda wanted: initiatives.slice_of(reader, wanted, owner=id))),
        checkins=tuple(_all(lambda wanted: checkins.slice_of(reader, wanted, checkins.Asked(by=id)))),
        comments=tuple(_all(lambda wanted: comments.slice_of(reader, wanted, by=id))),
        grades=tuple(_grades(reader, id)),
        views=tuple(_views(reader, id)),
        events=tuple(_all(lambda wanted: events.slice_of(reader, wanted, Narrowed(person=id)))),
        told=events.about_person(reader, id),
        ways_in=_ways_in(row, at) if with_ways_in and row.user_id else None,
    )


def _all(some: Callable[[Wanted], Slice]) -> Iterator:
    after = None
    while True:
        found = some(Wanted(AT_ONCE, after))
        yield from found.items
        if found.next is None:
            return
        after = decode(found.next)


def _memberships(row: Person) -> Iterator[MembershipRecord]:
    rows = TeamMember.objects.of(row.workspace_id).filter(person=row).select_related("team").order_by("id")
    for one in rows:
        yield MembershipRecord(encode(one.team_id), one.team.name, one.is_lead, one.since_on, one.until_on)


def _invitations(row: Person) -> Iterator[InvitedRecord]:
    for one in Invitation.objects.of(row.workspace_id).filter(person=row).order_by("id"):
        yield InvitedRecord(one.role, one.created_at, one.expires_at, one.mailed_at, one.accepted_at)


def _objectives(reader: Reader, person: int) -> Iterator[RoleRecord]:
    image, listed = reader.image, register(reader.image)
    # Whoever is named as a reader is so of what is restricted, which is little.
    named = (id for id in image.restricted() if id in image.objectives)
    for id in sorted({*listed.owners.ids(person), *listed.workers.ids(person), *named}):
        row = image.objectives[id]
        roles = (
            ("owner", person == row.owner_id),
            ("sponsor", person == row.sponsor_id),
            ("contributor", person in row.contributors),
            ("reader", person in row.visible_to),
        )
        held = tuple(role for role, is_so in roles if is_so)
        if held and reader.sees(id):
            yield RoleRecord(encode(id), row.title, row.state, held)


def _key_results(reader: Reader, person: int) -> Iterator[RoleRecord]:
    image = reader.image
    named = (id for id in image.restricted() if id in image.key_results)
    for id in sorted({*register(image).key_results.ids(person), *named}):
        one = image.key_results[id]
        roles = (("owner", person == one.owner_id), ("reader", person in one.visible_to))
        held = tuple(role for role, is_so in roles if is_so)
        if held and reader.sees(id):
            yield RoleRecord(encode(id), one.title, one.state, held)


def _grades(reader: Reader, person: int) -> Iterator[GivenGradeRecord]:
    rows = Grade.objects.of(reader.actor.workspace_id).filter(in_sight(reader), by_id=person)
    for row in rows.order_by("id"):
        yield GivenGradeRecord(
            encode(row.objective_id),
            written(row.key_result_id),
            plain(row.grade),
            row.reason,
            row.learned,
            row.at,
        )


def _views(reader: Reader, person: int) -> Iterator[KeptViewRecord]:
    for row in SavedView.objects.of(reader.actor.workspace_id).filter(owner_id=person).order_by("id"):
        if access.may_see_view(reader.actor, owner=row.owner_id, shared=row.shared, team=row.team_id):
            yield KeptViewRecord(encode(row.id), row.name, row.settings, row.shared, row.created_at)


def _ways_in(row: Person, at: datetime) -> WaysInRecord:
    user, steps = User.objects.get(id=row.user_id), second_steps.of(row.user_id)
    here = sessions.of(user.id, this=None, at=at)
    return WaysInRecord(
        email=user.email,
        name=user.name,
        created_at=user.created_at,
        email_confirmed_at=user.email_confirmed_at,
        email_wanted=(user.email_wanted or {}).get("email"),
        signed_in_at=user.last_login,
        has_password=user.has_usable_password(),
        passkeys=tuple(PasskeyRecord(one.name, one.added_at, one.used_at) for one in steps.passkeys),
        app_since=steps.app_since,
        app_used_at=steps.app_used_at,
        recovery_codes_left=steps.codes_left,
        sessions=tuple(SessionRecord(one.device, one.place, one.since, one.seen_at) for one in here),
        tokens=tuple(map(_token, tokens.of_person(row.workspace_id, row.id, at=at))),
    )


def _token(card: tokens.TokenCard) -> KeptTokenRecord:
    return KeptTokenRecord(
        card.id, card.name, card.ends_in, card.scope, card.team, card.created_at, card.expires_at,
        card.used_at, card.revoked_at,
    )  # fmt: skip
