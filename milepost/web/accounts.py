"""Our side of django-allauth: its flows do the work, words, pages, mail and throttling are ours."""

from __future__ import annotations

from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from milepost.actions import access, guesses, sessions
from milepost.actions.access import NOBODY_YET
from milepost.channels import email, links, security
from milepost.core import devices
from milepost.queries import people
from milepost.web.actors import now
from milepost.web.methods import go

# Who did, and when, in seconds: for a while, they are asked for no old password.
SIGNED_IN_BY_LINK = "signed_in_by_link_as"
AND_TOKENS = "tokens"  # the field by which a form that signs out elsewhere revokes tokens as well
BEGAN_WITH = "sign_in_began_with"  # what changes with the password: a new one ends what the old one began


class Throttled(ValidationError):
    """Somebody guessed too often, said so that a form takes it for its own error."""

    def __init__(self, problem: guesses.TooManyGuesses) -> None:
        super().__init__(str(problem))
        self.problem = problem


def refused(form: Form, answer: HttpResponse) -> HttpResponse:
    """Give the page of a form its status: 422, or 429 and when to try again."""
    answer.status_code = 422
    for wrong in chain.from_iterable(form.errors.as_data().values()):
        if isinstance(wrong, Throttled):
            answer.status_code = wrong.problem.status
            answer.headers["Retry-After"] = str(wrong.problem.retry_after)
    return answer


def revoked(count: int) -> str:
    """Say, after something else, that so many tokens were revoked; nothing where there were none."""
    return f" {count} token{' was' if count == 1 else 's were'} revoked." if count else ""


def place(request: HttpRequest) -> str:
    """Return the network address a request came from; "" for this machine, or where nobody knows."""
    return devices.caller(request.META, settings.MILEPOST.proxies)


class Accounts(DefaultAccountAdapter):
    """What allauth asks of us."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This e-mail and this password do not belong together.",
        "enter_current_password": "This is not your password.",
        "invalid_password_reset": "This link was used already, or its time is over.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from set-up, invitations and the operator alone."""
        return False

    def get_login_stages(self) -> list[str]:
        """After the password comes the second step, for whoever has one, and nothing else."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def authenticate(self, request: HttpRequest, **credentials: Any):
        """Count the guess, then look; a closed account answers like an unknown one."""
        account, at = credentials.get("email", "").strip().lower(), now()
        of = {"of": "password", "account": account, "place": place(request), "by": NOBODY_YET, "at": at}
        try:
            is_last = guesses.take(**of)
        except guesses.TooManyGuesses as wait:
            raise Throttled(wait) from None
        user = super().authenticate(request, **credentials)
        # allauth also finds an account by addresses that it once had, of which it keeps a list.
        if user is not None and user.is_active and user.email == account:
            guesses.forgive(**of)
            return user
        if is_last and (user_id := people.account(account)):
            guesses.lock(user_id=user_id, by=NOBODY_YET, at=at)
            security.locked(people.told_of_lock(user_id))
        return None

    def reauthenticate(self, user, password: str) -> bool:
        """Ask for the password once more, counted like any other guess."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def pre_login(self, request: HttpRequest, user, **how: Any) -> HttpResponse | None:
        """Begin in a session with a new key: whoever planted the old one must not be at the second step."""
        refused = super().pre_login(request, user, **how)
        if refused is None:
            if request.session.session_key:
                request.session.cycle_key()
            request.session[BEGAN_WITH] = user.get_session_auth_hash()
        return refused

    def login(self, request: HttpRequest, user) -> None:
        """Sign in, in a session with a new key that knows where it is."""
        began_with = request.session.pop(BEGAN_WITH, "")
        super().login(request, user)
        sessions.forget_over(by=NOBODY_YET, at=now())
        request.session[devices.DEVICE] = devices.in_words(request.headers.get("User-Agent", ""))
        request.session[devices.PLACE] = devices.shortened(place(request))
        request.session.save()  # before it is looked at, so that a new password finds it, or is found
        if not sessions.may_stay(user_id=user.pk, began_with=began_with, by=NOBODY_YET, at=now()):
            request.session.flush()
            messages.warning(request, "Your password was changed meanwhile. Sign in once more.")
            raise ImmediateHttpResponse(go("signing_in"))

    def is_safe_url(self, url: str) -> bool:
        """Only an address on this very server is gone on to: a path, never another host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("signing_in") + "?signed-out"  # which leave.js reads

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Address our own page below the configured address, whatever host the request named."""
        uidb36, _, rest = key.partition("-")
        return links.mailed(reverse("account_reset_password_from_key", args=[uidb36, rest]))

    def set_password(self, user, password: str) -> None:
        """Set it by our action, which ends the sessions elsewhere; this one goes on."""
        is_own = self.request.user == user
        key = self.request.session.session_key if is_own else None
        ended = access.set_password(
            user_id=user.pk,
            password=password,
            keep_session=key,
            and_tokens=AND_TOKENS in self.request.POST,
            instead_of=None if is_own else user.password,
            at=now(),
        )
        user.refresh_from_db()
        what = f"Your password was changed.{revoked(ended)}"
        security.changed(to=user.email, name=user.name, what=what)

    def send_mail(self, template_prefix: str, email_address: str, context: dict[str, Any]) -> None:
        """Write the mail from our templates, and do not wait for it to leave."""
        words = {name: value for name, value in context.items() if name != "request"}
        email.send_soon(
            to=email_address,
            subject=render_to_string(f"{template_prefix}_subject.txt", words).strip(),
            text=render_to_string(f"{template_prefix}_message.txt", words).strip() + "\n",
        )


class SecondSteps(DefaultMFAAdapter):
    """What allauth's second step asks of us."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the site that passkeys belong to: the configured address, else the one that was asked."""
        configured = settings.MILEPOST.base_url if "base_url" in settings.MILEPOST.origins else ""
        host = configured or f"//{current.request.get_host()}"
        return {"id": urlsplit(host).hostname, "name": "Milepost"}


def sign_in(request: HttpRequest, user_id: int, *, then: str) -> HttpResponse:
    """Sign an account in, in a session with a new key, and go on to an address of ours.

    Whoever has a second step is asked for it first.
    """
    user = people.user(user_id)
    record_authentication(request, user, method="link")
    return perform_login(request, user, redirect_url=then)
