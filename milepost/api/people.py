"""People: added, invited, given another role, let go and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Query, Router
from pydantic import Field

from milepost.actions import access, handovers
from milepost.actions import people as actions
from milepost.api import answers
from milepost.api.answers import Page, Part
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import changes, creates, reads
from milepost.api.values import (
    MOST,
    FileKey,
    Leave,
    Line,
    Name,
    Reason,
    Ref,
    Said,
    Words,
    left_out,
    never_empty,
)
from milepost.api.versions import as_read
from milepost.channels import email, links
from milepost.channels import invitations as mails
from milepost.core.access import Role
from milepost.core.scopes import Scope
from milepost.queries.records import events, holdings, people, workspaces
from milepost.queries.records import personal_data as personal
from milepost.queries.records.events import HandoverRecord
from milepost.queries.records.holdings import HoldingsRecord
from milepost.queries.records.people import PersonRecord
from milepost.queries.records.personal_data import PersonalDataRecord

router = Router(tags=["People"])
Address = never_empty(254)


class PeopleAsked(Page):
    """Which people are wanted."""

    show: Literal["here", "left", "all"] = "here"
    role: Role | None = None
    team: Ref | None = None
    name: Words | None = None
    key: FileKey | None = None


class NewPerson(Said):
    """Somebody to add; they come in by an invitation."""

    name: Name
    email: Address
    role: Role = Role.MEMBER
    team: Ref | None = None


class PersonChange(Said):
    """What is to be corrected: a name, or the address of somebody who has not come in yet."""

    name: Name = left_out()
    email: Address = left_out()


MOST_HELD = 10_000  # holdings that a program says it has read


class RoleChange(Said):
    """Another role."""

    role: Role


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    """An invitation. `link` is told this once; null where it went by mail, or was told before."""

    id: str
    is_mailed: bool
    link: str | None


class OtherHandover(Said):
    """One thing that goes to somebody else, or (null) stays; `holding` is what the list of holdings says."""

    holding: Line
    to: Ref | None


class NewHandover(Said):
    """Who is to have it all; `instead` names what goes elsewhere. Without `to`, the rest stays.

    With `seen`, every `holding` that was read, nothing is done where they hold others by now: 409
    `changed_meanwhile`.
    """

    to: Ref | None = None
    instead: Annotated[list[OtherHandover], Field(max_length=MOST)] = []
    reason: Reason = ""
    leave: Leave = False
    seen: Annotated[list[Line] | None, Field(max_length=MOST_HELD)] = None


@reads(router, "/people", PersonRecord, many=True)
def index(request: HttpRequest, asked: Query[PeopleAsked]) -> HttpResponse:
    """List the people, in the order in which they were added."""
    found = people.slice_of(
        reader(request),
        asked.wanted,
        show=asked.show,
        role=asked.role,
        team=asked.team,
        name=asked.name,
        key=asked.key,
    )
    return answers.many(request, PersonRecord, found, asked)


@creates(router, "/people", PersonRecord, scope=Scope.ADMIN)
def create(request: HttpRequest, said: NewPerson) -> HttpResponse:
    """Add somebody; invite them with a second request."""
    done = once(
        request,
        lambda: (
            actions.add(
                name=said.name,
                email=said.email,
                role=said.role,
                team=said.team,
                by=request.actor,
                at=request.at,
            ).id
        ),
    )
    record = people.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/people/{record.id}")


@reads(router, "/people/{person}", PersonRecord)
def show(request: HttpRequest, person: Path[Ref], part: Query[Part]) -> HttpResponse:
    """Show one person."""
    return answers.one(people.one(reader(request), person), part)


@changes(router, "/people/{person}", PersonRecord, scope=Scope.ADMIN, guarded=True)
def update(request: HttpRequest, person: Path[Ref], said: PersonChange) -> HttpResponse:
    """Correct a name, or an e-mail address that nobody signs in with yet."""
    done = once(
        request,
        as_read(
            request,
            "person",
            person,
            lambda: people.one(reader(request), person),
            lambda: actions.update(person=person, **said.given(), by=request.actor, at=request.at).id,
        ),
    )
    return answers.changed(done, people.one(reader(request), person))


@changes(router, "/people/{person}/role", PersonRecord, scope=Scope.ADMIN, method="PUT")
def set_role(request: HttpRequest, person: Path[Ref], said: RoleChange) -> HttpResponse:
    """Give somebody another role: none above your own, and never the last owner's away."""
    done = once(
        request,
        lambda: actions.change_role(person=person, role=said.role, by=request.actor, at=request.at).id,
    )
    return answers.changed(done, people.one(reader(request), person))


@creates(router, "/people/{person}/invitation", InvitationRecord, scope=Scope.ADMIN)
def invite(request: HttpRequest, person: Path[Ref]) -> HttpResponse:
    """Invite somebody, by mail where there is a mail server, else with the link in the answer.

    An earlier invitation of theirs ends. The link works once, is good for three days, and is kept nowhere.
    Where many went by mail, the next one waits: 429, `too_many_invitations`, and when to try again.
    """
    secrets: list[str] = []

    def make() -> int:
        by_mail = email.is_set()
        secrets.append(access.invite(person=person, by_mail=by_mail, by=request.actor, at=request.at))
        return person

    done = once(request, make)
    looking = reader(request)
    record = people.one(looking, person)
    link, is_mailed = None, False
    if not done.again:
        path = reverse("invitation", args=[secrets[0]])
        link = links.whole(path, came_to=request.build_absolute_uri("/"))
        where = workspaces.own(looking).name
        is_mailed = mails.mail(
            to=record.email, name=record.name, by=request.actor.name, where=where, link=links.mailed(path)
        )
    told = InvitationRecord(record.id, is_mailed, None if is_mailed else link)
    return answers.made(done, told, f"/api/v1/people/{record.id}")


@changes(router, "/people/{person}/invitation", None, scope=Scope.ADMIN, method="DELETE")
def uninvite(request: HttpRequest, person: Path[Ref]) -> HttpResponse:
    """Take the invitation of somebody back who has not come yet."""

    def make() -> int:
        access.revoke(person=person, by=request.actor, at=request.at)
        return person

    return answers.gone(once(request, make))


@creates(router, "/people/{person}/departure", PersonRecord, scope=Scope.ADMIN)
def depart(request: HttpRequest, person: Path[Ref]) -> HttpResponse:
    """Let somebody leave: they no longer get in, and all they did stays under their name."""
    done = once(request, lambda: actions.leave(person=person, by=request.actor, at=request.at).id)
    record = people.one(reader(request), person)
    return answers.made(done, record, f"/api/v1/people/{record.id}")


@changes(router, "/people/{person}/departure", PersonRecord, scope=Scope.ADMIN, method="DELETE")
def readmit(request: HttpRequest, person: Path[Ref]) -> HttpResponse:
    """Take back somebody who left, with the role they had; teams are chosen anew."""
    done = once(request, lambda: actions.readmit(person=person, by=request.actor, at=request.at).id)
    return answers.changed(done, people.one(reader(request), person))


@reads(router, "/people/{person}/holdings", HoldingsRecord)
def holding(request: HttpRequest, person: Path[Ref]) -> HttpResponse:
    """Show what somebody holds and would hand over: to themself, and to admins."""
    looking = reader(request)
    with looking.image.lock:
        return answers.one(holdings.one(looking, person))


@reads(router, "/people/{person}/personal-data", PersonalDataRecord)
def personal_data(request: HttpRequest, person: Path[Ref]) -> HttpResponse:
    """Show all that is held of somebody: to themself, and to admins who manage them.

    What stands in objectives that you may not see is left out. `ways_in` is null: a stolen token should not
    learn of the others. One that is limited to a team is refused.
    """
    return answers.one(personal.one(reader(request), person, at=request.at))


@creates(router, "/people/{person}/handover", HandoverRecord, scope=Scope.ADMIN)
def hand_over(request: HttpRequest, person: Path[Ref], said: NewHandover) -> HttpResponse:
    """Hand everything that somebody holds over to another, in one step that can be undone as one.

    That is what they own, sponsor or help with and is still going on, and the teams they lead.
    """
    instead = {each.holding: each.to for each in said.instead}
    done = once(
        request,
        lambda: (
            handovers.hand_over(
                person=person,
                to=said.to,
                instead=instead,
                reason=said.reason,
                leave=said.leave,
                listed=said.seen,
                by=request.actor,
                at=request.at,
            ).id
        ),
    )
    record = events.handover(request.actor, done.id)
    return answers.made(done, record, f"/api/v1/events/{record.id}")
