"""What may happen to access: invitations are given and accepted, links used up, passwords set."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from milepost.actions import guesses, passwords, people, tokens, wording
from milepost.actions.events import tell, tell_of_account
from milepost.actions.workspaces import held
from milepost.core import access, membership
from milepost.core.access import Actor, Role
from milepost.core.problems import Conflict, Invalid, NotFound
from milepost.core.tokens import hash_of
from milepost.ledger import changes, redactions
from milepost.models import Invitation, Person, Session, SignInLink, User
from milepost.queries import people as known

INVITATION_LASTS = timedelta(hours=72)

# Who holds a link has no name before it was used; only the door is known.
NOBODY_YET = access.operator(0, door="web")


class LinkIsOver(NotFound):
    """The link was used, ran out, was taken back, or never was: all read the same."""

    code = "link_is_over"


def invite(*, person: int, by_mail: bool = False, by: Actor, at: datetime) -> str:
    """Invite someone who was added; return the secret of the link, which is kept nowhere.

    An earlier invitation of theirs ends, so there is never more than one link that lets somebody in. One that
    is to go `by_mail` is counted, and refused where too many went.
    """
    with transaction.atomic():
        held(by.workspace_id)
        row = _invitable(by, person)
        if by_mail:
            guesses.take_invitation(email=row.email, by=by, at=at)
        Invitation.open_to(row, at).update(expires_at=at)
        secret = secrets.token_urlsafe(32)
        Invitation.objects.create(
            workspace_id=by.workspace_id,
            person=row,
            role=row.role,
            secret_hash=hash_of(secret),
            invited_by_id=by.person_id,
            created_at=at,
            expires_at=at + INVITATION_LASTS,
        )
        tell("person.invited", subject=row.id, data={"name": row.name}, by=by, at=at)
    return secret


def mailed(*, person: int, by: Actor, at: datetime) -> None:
    """Remember that an invitation went by mail: whoever follows it proves that the address is theirs."""
    with transaction.atomic():
        row = Person.objects.of(by.workspace_id).filter(id=person).first()
        if row is not None:
            Invitation.open_to(row, at).update(mailed_at=at)


def let_in(
    *,
    name: str,
    email: str,
    role: str = Role.MEMBER,
    team: int | None = None,
    by_mail: bool = False,
    by: Actor,
    at: datetime,
) -> tuple[Person, str]:
    """Add someone and invite them, both or neither; return them and the secret of their link."""
    with transaction.atomic():
        person = people.add(name=name, email=email, role=role, team=team, by=by, at=at)
        return person, invite(person=person.id, by_mail=by_mail, by=by, at=at)


def revoke(*, person: int, by: Actor, at: datetime) -> None:
    """Take back the invitation of someone who has not come yet."""
    with transaction.atomic():
        held(by.workspace_id)
        row = _invitable(by, person)
        if Invitation.open_to(row, at).update(expires_at=at):
            tell("person.uninvited", subject=row.id, data={"name": row.name}, by=by, at=at)


def accept(
    *,
    secret: str,
    name: str | None = None,
    password: str | None = None,
    user_id: int | None = None,
    by: Actor = NOBODY_YET,
    at: datetime,
) -> Person:
    """Use an invitation up: join with a new account, or with the signed-in account of that e-mail."""
    invitation = _valid(secret, at)
    email = User.objects.spell(invitation.person.email)
    hashed = None
    if user_id is None:
        name = wording.line(name or "", field="name") or invitation.person.name
        passwords.check(password or "", name=name, email=email)
        hashed = make_password(password)  # slow on purpose, so not while others wait for the database
    with transaction.atomic():
        held(invitation.workspace_id)
        invitation = _valid(secret, at)  # again, now that nobody else can use or revoke it
        person = invitation.person
        user = _existing(user_id, email) if user_id is not None else _new(email, name, hashed)
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        if invitation.mailed_at and user.email_confirmed_at is None:
            user.email_confirmed_at = at
            user.save(update_fields=["email_confirmed_at"])
        person.user = user
        person.name = name or person.name
        person.save(update_fields=["user", "name"])
        joined = Actor(person.workspace_id, person.id, Role(person.role), door=by.door, name=person.name)
        redactions.change("person", [person.id], why="person.joined", by=joined, at=at)
        tell("person.joined", subject=person.id, data={"name": person.name}, by=joined, at=at)
        changes.append(person.workspace_id, changes.Kind.PERSON, person.id)
    return person


def use_link(*, secret: str, by: Actor = NOBODY_YET, at: datetime) -> int:
    """Use a single-use sign-in link up; return the account it signs in."""
    with transaction.atomic():
        links = SignInLink.objects.filter(secret_hash=hash_of(secret), user__isnull=False)
        # One statement about this row alone decides, so of two requests with the same link only one gets in:
        # what another table says, PostgreSQL would not look at again when it has waited for the first.
        is_first = links.filter(used_at=None, expires_at__gt=at).update(used_at=at)
        row = links.select_related("user").first() if is_first else None
        if row is None or not row.user.is_active:
            raise LinkIsOver(
                "This sign-in link was used already, or its time is over.",
                remedy="Sign in with your password, or ask for a new link.",
            )
        return row.user_id


def set_password(
    *,
    user_id: int,
    password: str,
    keep_session: str | None = None,
    and_tokens: bool = False,
    instead_of: str | None = None,
    by: Actor = NOBODY_YET,
    at: datetime,
) -> int:
    """Give an account a new password, and end its sessions elsewhere and its unused links.

    Tokens go on, for they are programs', unless `and_tokens`; return how many of them ended. `instead_of`
    is the password's hash when a link was looked at: where it is another by now, LinkIsOver is raised.
    """
    user = User.objects.get(id=user_id)
    passwords.check(password, name=user.name, email=user.email)
    user.password = make_password(password)
    with transaction.atomic():
        before = User.objects.select_for_update().get(id=user_id).password
        if instead_of not in (None, before):  # of two who use one link at the same moment, one is too late
            raise LinkIsOver("This link was used already.", remedy="Ask for another one.")
        user.save(update_fields=["password"])
        Session.of(user_id, besides=keep_session).delete()
        SignInLink.objects.filter(user_id=user_id, used_at=None).delete()
        tell_of_account("person.password_changed", user_id=user_id, by=by, at=at)
        return tokens.revoke_all(user_id=user_id, by=by, at=at) if and_tokens else 0


def _invitable(by: Actor, id: int) -> Person:
    row = Person.objects.of(by.workspace_id).held(id)
    added_by = None if by.is_admin else known.added_by(by.workspace_id, row.id)
    access.require(
        membership.may_invite(by, row.role, added_by=added_by), f"invite {row.name}", remedy="Ask an admin."
    )
    if row.user_id:
        raise Conflict(f"{row.name} has joined already.", code="has_joined", remedy="They sign in as usual.")
    if row.left_on:
        raise Conflict(f"{row.name} has left.", code="has_left", remedy="Take them back first.")
    if not row.email:
        raise Invalid(f"{row.name} has no e-mail address.", field="email", remedy="Add it first.")
    return row


def _valid(secret: str, at: datetime) -> Invitation:
    # The secret itself says which workspace; there is no other way to know before somebody has joined.
    found = (
        Invitation.objects.everywhere()
        .select_related("person", "workspace")
        .filter(secret_hash=hash_of(secret), accepted_at=None, expires_at__gt=at)
        .filter(person__left_on=None, person__user=None)
        .first()
    )
    if found is None:
        raise LinkIsOver(
            "This invitation was used already, was taken back, or its time is over.",
            remedy="Ask whoever invited you for a new one.",
        )
    return found


def _existing(user_id: int, email: str) -> User:
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None or user.email != email:
        raise Conflict(
            f"This invitation is for {email}.",
            code="another_account",
            remedy="Sign out, and open the link again.",
        )
    return user


def _new(email: str, name: str, hashed: str) -> User:
    user, is_new = User.objects.get_or_create(email=email, defaults={"name": name, "password": hashed})
    if not is_new:
        # Never take over an account: its own password is asked for.
        raise Conflict(
            "This address signs in already.",
            code="account_exists",
            field="password",
            remedy="Give the password that it has.",
        )
    return user
