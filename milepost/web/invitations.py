"""Invitations: given on the people page, accepted by whoever holds the link."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from milepost.actions import access, guesses
from milepost.channels import email, links
from milepost.channels import invitations as mails
from milepost.core import addresses
from milepost.core.problems import Conflict, Invalid
from milepost.core.tokens import hash_of
from milepost.ledger import sight
from milepost.queries import people, workspaces
from milepost.web import accounts, confirming, entrance, pages
from milepost.web.actors import in_workspace, now
from milepost.web.methods import go, takes_form
from milepost.web.typed import Typed

LABELS = {"name": "Your name", "password": "Password"}


@dataclass(frozen=True)
class Delivered:
    """How somebody gets their invitation: by mail, or by a link that is shown this once."""

    name: str
    address: str
    link: str | None


@takes_form
@in_workspace
def create(request: HttpRequest, person: int) -> HttpResponse:
    """Invite someone who was added, or once more."""
    role = people.role_of(request.actor, person)
    back = reverse("person", kwargs={"slug": request.seat.slug, "person": person})
    if asked := confirming.for_role(request, role, back=back):
        return asked
    secret = access.invite(person=person, by_mail=email.is_set(), by=request.actor, at=request.at)
    profile = people.profile(pages.reader(request), person, zone=request.seat.time_zone, at=request.at)
    return answer(request, delivered(request, profile.entry, secret))


@takes_form
@in_workspace
def destroy(request: HttpRequest, person: int) -> HttpResponse:
    """Take an invitation back."""
    access.revoke(person=person, by=request.actor, at=request.at)
    messages.success(request, "The invitation was taken back; its link leads nowhere now.")
    return go("people", slug=request.seat.slug)


def delivered(request: HttpRequest, person, secret: str) -> Delivered:
    """Mail an invitation; without a mail server, or when it refuses, give the link to copy."""
    path = reverse("invitation", args=[secret])
    by, where = request.actor.name, workspaces.settings(request.actor).name
    is_mailed = mails.mail(to=person.email, name=person.name, by=by, where=where, link=links.mailed(path))
    if is_mailed:
        access.mailed(person=person.id, by=request.actor, at=request.at)
    return Delivered(person.name, person.email, None if is_mailed else entrance.whole(request, path))


def answer(request: HttpRequest, given: Delivered) -> HttpResponse:
    """Say that it was mailed; or show the link, in the answer itself, for it is kept nowhere."""
    here = reverse("people", kwargs={"slug": request.seat.slug})
    if given.link is None:
        messages.success(request, f"The invitation is on its way to {given.address}.")
        return go(here)
    more = {"given": given, "people": here, "new_person": reverse("new_person", args=[request.seat.slug])}
    return pages.page(
        request,
        "invitations/create.html",
        more,
        nav="people",
        crumbs=[("People", here), ("Invitation", None)],
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """Let somebody in: with the account they are signed in with, or with a name and a password."""
    with sight.behind("invitation", hash_of(secret)):
        return _shown(request, secret)


def _shown(request: HttpRequest, secret: str) -> HttpResponse:
    found = people.invitation(hash_of(secret), now())
    if found is None:
        entrance.missed(request, now())
        return entrance.page(request, "invitations/over.html", status=404)
    typed = Typed(request.POST)
    signed_in = request.user if request.user.is_authenticated else None
    is_theirs = signed_in is not None and signed_in.email == found.person.email.lower()
    if request.method == "POST" and (signed_in is None or is_theirs):
        joined = _join(request, typed, secret, found)
        if joined:
            return joined
    more = {
        "workspace": found.workspace.name,
        "person": found.person,
        "invited_by": found.invited_by.name if found.invited_by else None,
        "signed_in": signed_in,
        "is_theirs": is_theirs,
    }
    return entrance.form(request, "invitations/show.html", typed, LABELS, more)


def _join(request: HttpRequest, typed: Typed, secret: str, found) -> HttpResponse | None:
    password = request.POST.get("password", "")
    there = addresses.week(found.workspace.slug)
    try:
        if request.user.is_authenticated:
            access.accept(secret=secret, user_id=request.user.pk, at=now())
            return go(there)
        user_id = _account(request, found.person.email, password)
        person = access.accept(
            secret=secret,
            name=typed.text("name"),
            password=None if user_id else password,
            user_id=user_id,
            at=now(),
        )
    except (Invalid, Conflict, guesses.TooManyGuesses) as wrong:
        typed.refuse(wrong, field=wrong.field or "password")
        return None
    return accounts.sign_in(request, person.user_id, then=there)


def _account(request: HttpRequest, address: str, password: str) -> int | None:
    # The page looks the same for everybody; only the right password of an account says that there is one.
    if people.account(address) is None:
        return None
    try:
        user = get_adapter().authenticate(request, email=address, password=password)
    except accounts.Throttled as wait:
        raise wait.problem from None
    if user is None:
        raise Invalid(
            "This password was not accepted.",
            field="password",
            remedy="If you have used Milepost with this e-mail before, it is the password from then.",
        )
    return user.pk
