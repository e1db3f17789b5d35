"""Our side of django-allauth: its flows do the work, words, pages and mail are ours."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from milepost.actions import access
from milepost.channels import email
from milepost.queries import people
from milepost.web.actors import now

SIGNED_IN_BY_LINK = "signed_in_by_link"  # when, in seconds: for a while, no old password is asked for


class Accounts(DefaultAccountAdapter):
    """What allauth asks of us."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This e-mail and this password do not belong together.",
        "too_many_login_attempts": "That were too many tries. Wait five minutes, then try again.",
        "enter_current_password": "This is not your password.",
        "invalid_password_reset": "This link was used already, or its time is over.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from set-up, invitations and the operator alone."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any):
        """A closed account answers like an unknown one."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def is_safe_url(self, url: str) -> bool:
        """Only an address on this very server is gone on to: a path, never another host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("signing_in")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Address our own page below the configured address, whatever host the request named."""
        uidb36, _, rest = key.partition("-")
        return settings.MILEPOST.base_url + reverse("account_reset_password_from_key", args=[uidb36, rest])

    def set_password(self, user, password: str) -> None:
        """Set it by our action, which ends the sessions elsewhere; this one goes on."""
        key = self.request.session.session_key if self.request.user == user else None
        access.set_password(user_id=user.pk, password=password, keep_session=key, at=now())
        user.refresh_from_db()

    def send_mail(self, template_prefix: str, email_address: str, context: dict[str, Any]) -> None:
        """Write the mail from our templates, and do not wait for it to leave."""
        words = {name: value for name, value in context.items() if name != "request"}
        email.send_soon(
            to=email_address,
            subject=render_to_string(f"{template_prefix}_subject.txt", words).strip(),
            text=render_to_string(f"{template_prefix}_message.txt", words).strip() + "\n",
        )


def sign_in(request: HttpRequest, user_id: int, *, then: str) -> HttpResponse:
    """Sign an account in, in a session with a new key, and go on to an address of ours."""
    return perform_login(request, people.user(user_id), redirect_url=then)
