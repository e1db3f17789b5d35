"""Your account: how one signs in, and where one is signed in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from milepost.actions import sessions as actions
from milepost.channels import email, security
from milepost.queries import second_steps, sessions, tokens, workspaces
from milepost.web import accounts, email_addresses, entrance, onwards, week
from milepost.web.confirming import confirmed, signed_in
from milepost.web.methods import go, takes_form


@require_safe
@signed_in
def show(request: HttpRequest) -> HttpResponse:
    """Show how one signs in, and where one is signed in."""
    steps = second_steps.of(request.user.pk)
    zone = ZoneInfo(week.zone_of(request, "") or workspaces.zone_of(request.user.pk))
    signed_in_at = sessions.listed(
        request.user.pk,
        this=request.session.session_key,
        at=request.at,
        before=request.GET.get("before", ""),
    )
    more = {
        "name": request.user.name,
        "email": request.user.email,
        "wanted": (email_addresses.waiting(request.user, request.at) or {}).get("email"),
        "confirmed_at": request.user.email_confirmed_at,
        "has_mail": email.is_set(),
        "has_password": request.user.has_usable_password(),
        "steps": steps,
        "asked_by": [] if steps else workspaces.asking_for_second_step(request.user.pk),
        "sessions": signed_in_at,
        "onwards": onwards.of(request, "before", signed_in_at, "h-sessions"),
        "tokens": tokens.many_of(request.user.pk, at=request.at),
        "today": request.at.astimezone(zone).date(),
        "zone": zone,
    }
    seats = workspaces.memberships(request.user.pk)
    # Preferences, tokens and one's page are a workspace's: with several, each workspace has a tab.
    more["seats"] = [] if more["asked_by"] else seats
    more["workspaces"] = [
        (seat.name, reverse("preferences", kwargs={"slug": seat.slug}), False, None) for seat in more["seats"]
    ]
    return entrance.page(request, "account/show.html", more)


@takes_form
@confirmed
def end_session(request: HttpRequest, mark: str) -> HttpResponse:
    """Sign out somewhere else."""
    device = actions.end(user_id=request.user.pk, mark=mark, at=request.at)
    messages.success(request, f"Signed out there: {device or 'an unknown browser'}.")
    return go("account")


@takes_form
@confirmed
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    gone, ended = actions.end_others(
        user_id=request.user.pk,
        keep=request.session.session_key,
        and_tokens=accounts.AND_TOKENS in request.POST,
        at=request.at,
    )
    said = f"Signed out in {gone} other browser{'' if gone == 1 else 's'}."
    if ended:
        said += accounts.revoked(ended)
        security.changed(to=request.user.email, name=request.user.name, what=said)
    messages.success(request, said)
    return go("account")


def tell(request: HttpRequest, what: str) -> None:
    """Say on the next page and by mail what was changed."""
    messages.success(request, what)
    security.changed(to=request.user.email, name=request.user.name, what=what)
