"""The cast: Ada (owner), Ben (team lead), Cleo (colleague) and a guest in Acme; Zed (stranger) in Zenith."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from milepost.actions import people, teams, workspaces
from milepost.core import access
from milepost.core.access import Actor
from milepost.models import Person, Team, TeamMember, User, Workspace
from milepost.models.sessions import SessionStore

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # a Friday, the same day in Prague
TODAY = NOW.date()
LATER = NOW + timedelta(hours=1)
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Cast:
    """Two workspaces and their people; actors are made anew on each look, as a request does."""

    acme: Workspace
    zenith: Workspace
    product: Team  # Ben leads it, Cleo belongs to it
    rockets: Team  # in Zenith
    ada: Actor
    ben: Actor
    cleo: Actor
    gus: Actor  # a guest
    zed: Actor  # owner of Zenith


def actor(person: Person) -> Actor:
    """Return who a person is now, with their teams."""
    rows = list(TeamMember.objects.of(person.workspace_id).filter(person=person, until_on=None))
    return Actor(
        person.workspace_id,
        person.id,
        access.Role(person.role),
        frozenset(row.team_id for row in rows),
        frozenset(row.team_id for row in rows if row.is_lead),
        "web",
        person.name,
    )


def assemble() -> Cast:
    """Found Acme and Zenith and let everyone in."""
    acme, ada = workspaces.found(
        name="Acme",
        time_zone="Europe/Prague",
        person_name="Ada Lovelace",
        email="ada@acme.example",
        password=PASSWORD,
        at=NOW,
    )
    zenith, zed = workspaces.found(
        name="Zenith", person_name="Zed Shaw", email="zed@zenith.example", password=PASSWORD, at=NOW
    )
    owner = actor(ada)
    product = teams.create(name="Product", by=owner, at=NOW)
    rockets = teams.create(name="Rockets", by=actor(zed), at=NOW)
    ben = _let_in("Ben Okri", "member", by=owner)
    cleo = _let_in("Cleo Wong", "member", by=owner)
    gus = _let_in("Gus Guest", "guest", by=owner)
    teams.add_member(team=product.id, person=ben.id, is_lead=True, by=owner, at=NOW)
    teams.add_member(team=product.id, person=cleo.id, by=owner, at=NOW)
    return Cast(acme, zenith, product, rockets, owner, actor(ben), actor(cleo), actor(gus), actor(zed))


def _let_in(name: str, role: str, *, by: Actor) -> Person:
    email = f"{name.split()[0].lower()}@acme.example"
    person = people.add(name=name, email=email, role=role, by=by, at=NOW)
    person.user = User.objects.create_user(email, PASSWORD, name=name)
    person.save()
    return person


def enter_as(client: Client, user: User) -> Client:
    """Sign an account in without asking for anything, in a browser that has proved it now."""
    client.force_login(user)
    session = client.session
    _prove(session, user)
    session.save()
    return client


def _prove(session: SessionStore, user: User) -> None:
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)


def session_of(user: User) -> str:
    """Sign an account in without asking for anything, as if now; return the key of the session."""
    session = SessionStore()
    _prove(session, user)
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key
