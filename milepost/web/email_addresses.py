"""One's e-mail address: confirmed by a link that is sent there, or changed by one sent to the new one."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost.actions import accounts as actions
from milepost.actions import guesses, wording
from milepost.actions.access import NOBODY_YET
from milepost.channels import email, links, security
from milepost.core.problems import Conflict, NotFound
from milepost.core.tokens import hash_of
from milepost.queries import people
from milepost.web import accounts, entrance
from milepost.web.actors import now
from milepost.web.confirming import confirmed, signed_in
from milepost.web.methods import go, takes_form
from milepost.web.typed import Typed

SALT = "milepost.email"
CHANGE = "milepost.new-email"
LABELS = {"email": "New e-mail"}
LASTS = 3 * 86_400  # seconds


@takes_form
@signed_in
def send(request: HttpRequest) -> HttpResponse:
    """Send the link once more."""
    if not email.is_set():
        raise NotFound
    guesses.take_mail(account=request.user.email, place=accounts.place(request), by=NOBODY_YET, at=request.at)
    mail(request.user)
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
        return _strange(request, at)
    is_over = at.timestamp() - made > LASTS
    if request.method == "POST" and not is_over:
        is_over = not actions.confirm_email(user_id=user_id, email=address, at=at)
        state = "over" if is_over else "done"
    else:
        state = "over" if is_over else "open"
    more = {"state": state, "email": address}
    return entrance.page(request, "account/email.html", more, status=404 if is_over else 200)


def mail(user) -> None:
    """Mail the link to an account's address."""
    said = {"user": user.pk, "email": user.email, "at": int(now().timestamp())}
    path = reverse("confirm_email", args=[signing.dumps(said, salt=SALT)])
    security.confirm(to=user.email, name=user.name, link=links.mailed(path))


# -- another address ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def edit(request: HttpRequest) -> HttpResponse:
    """Ask for the new address, and send a link there; until it is followed, the old one stays."""
    typed = Typed(request.POST)
    if request.method == "POST" and email.is_set() and "email" in request.POST:
        address = typed.cleaned("email", wording.email)
        if address == request.user.email:
            typed.say("email", "That is your address already.")
        if not typed.problems:
            try:
                _offer(request, address)
            except guesses.TooManyGuesses as wait:
                typed.refuse(wait, field="email")
            else:
                messages.success(request, f"A link is on its way to {address}. Until then nothing changes.")
                return go("account")
    more = {
        "email": request.user.email,
        "has_mail": email.is_set(),
    }
    return entrance.form(request, "account/new_email.html", typed, LABELS, more)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def take(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the new address by a button: whoever has the link has the address, and signed in has the account.

    A link alone would give the account to whoever reads the mails of an address that was mistyped.
    """
    at = request.at
    try:
        said = signing.loads(secret, salt=CHANGE)
        user = people.user(said["user"])
        is_over = waiting(user, at) != said
    except (signing.BadSignature, KeyError, TypeError, NotFound):
        return _strange(request, at)
    if user.pk != request.user.pk:
        return entrance.page(
            request, "account/email.html", {"state": "others", "email": request.user.email}, status=404
        )
    was, address, wrong = user.email, said["email"], None
    state = "over" if is_over else "change"
    if request.method == "POST" and state == "change":
        try:
            actions.change_email(user_id=user.pk, was=was, email=address, at=at)
        except Conflict as problem:
            wrong = problem
        else:
            state = "changed"
            security.left(to=was, name=user.name, now=address)
    more = {"state": "taken" if wrong else state, "email": address}
    status = wrong.status if wrong else 404 if state == "over" else 200
    return entrance.page(request, "account/email.html", more, status=status)


def _offer(request: HttpRequest, address: str) -> None:
    """Mail the link to the new address. The answer is the same where somebody has it already."""
    user = request.user
    for account in (user.email, address):
        guesses.take_mail(account=account, place=accounts.place(request), by=NOBODY_YET, at=request.at)
    actions.want_email(user_id=user.pk, email=address, stamp=_stamp(user), at=request.at)
    user.refresh_from_db(fields=["email_wanted"])
    if people.account(address) is not None:
        security.taken(to=address)
        return
    path = reverse("take_email", args=[signing.dumps(waiting(user, request.at), salt=CHANGE)])
    security.take_over(to=address, name=user.name, link=links.mailed(path))


@takes_form
@confirmed
def cancel(request: HttpRequest) -> HttpResponse:
    """Wait for no other address any more: the link that was sent there is over."""
    actions.want_email(user_id=request.user.pk, email=None, at=request.at)
    messages.success(request, f"Cancelled. You sign in with {request.user.email}, as before.")
    return go("account")


def waiting(user, at: datetime) -> dict | None:
    """Return what an account waits for, as its link says it; None where that is over."""
    said = user.email_wanted
    if not said or at.timestamp() - said["at"] > LASTS or said["stamp"] != _stamp(user):
        return None
    return {"user": user.pk, **said}


def _stamp(user) -> str:
    """Return what changes with the password, and with the address.

    Whoever sets a new password ends what a thief had begun; and who takes their old address back ends the
    link by which they had left it, which the holder of the other one still has.
    """
    return hash_of(f"{user.get_session_auth_hash()} {user.email_confirmed_at}")[:16]


def _strange(request: HttpRequest, at: datetime) -> HttpResponse:
    entrance.missed(request, at)
    return entrance.page(request, "account/email.html", {"state": "over", "email": ""}, status=404)
