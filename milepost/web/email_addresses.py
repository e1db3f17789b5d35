"""Confirming that an e-mail address is one's own: a link is sent there, and followed."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions import accounts as actions
from milepost.actions import guesses
from milepost.actions.access import NOBODY_YET
from milepost.channels import email, links, security
from milepost.core.problems import NotFound
from milepost.web import accounts, entrance
from milepost.web.actors import now
from milepost.web.confirming import signed_in
from milepost.web.methods import go

SALT = "milepost.email"
LASTS = 3 * 86_400  # seconds


@require_POST
@signed_in
def send(request: HttpRequest) -> HttpResponse:
    """Send the link once more."""
    if not email.is_set():
        raise NotFound
    guesses.take_mail(account=request.user.email, place=accounts.place(request), by=NOBODY_YET, at=request.at)
    mail(request, request.user)
    messages.success(request, f"A link is on its way to {request.user.email}.")
    return go("account")


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """Confirm the address by a button, which no scanner of links presses."""
    at = now()
    try:
        said = signing.loads(secret, salt=SALT)
        user_id, address, made = said["user"], said["email"], said["at"]
    except (signing.BadSignature, KeyError, TypeError):
        entrance.missed(request, at)
        return entrance.page(request, "account/email.html", {"state": "over", "email": ""}, status=404)
    is_over = at.timestamp() - made > LASTS
    if request.method == "POST" and not is_over:
        is_over = not actions.confirm_email(user_id=user_id, email=address, at=at)
        state = "over" if is_over else "done"
    else:
        state = "over" if is_over else "open"
    more = {"state": state, "email": address}
    return entrance.page(request, "account/email.html", more, status=404 if is_over else 200)


def mail(request: HttpRequest, user) -> None:
    """Mail the link to an account's address."""
    said = {"user": user.pk, "email": user.email, "at": int(now().timestamp())}
    path = reverse("confirm_email", args=[signing.dumps(said, salt=SALT)])
    link = links.whole(path, came_to=request.build_absolute_uri("/"))
    security.confirm(to=user.email, name=user.name, link=link)
