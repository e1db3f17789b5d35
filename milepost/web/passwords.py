"""One's password: changing it, and setting a new one when the old one is forgotten."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm, SetPasswordForm
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import (
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
    PasswordSetView,
)
from django.contrib import messages
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_http_methods

from milepost.actions import guesses
from milepost.actions.access import NOBODY_YET, LinkIsOver
from milepost.channels import email
from milepost.queries import tokens
from milepost.web import accounts, entrance
from milepost.web.actors import now
from milepost.web.confirming import confirmed

LINK_COUNTS_FOR = 15 * 60  # seconds in which a sign-in link stands for the old password

_REQUIRED = {"required": "A password is needed."}


class _OneField:
    """A new password is typed once: whoever slips sets it again, by link."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        for field in self.fields.values():
            field.error_messages = {**field.error_messages, **_REQUIRED}


class ChangeForm(_OneField, ChangePasswordForm):
    """The old password and a new one."""

    def clean_oldpassword(self) -> str:
        """Ask for the old one as sign-in does, which counts the guesses."""
        typed = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, typed):
            raise get_adapter().validation_error("enter_current_password")
        return typed


class SetForm(_OneField, SetPasswordForm):
    """A new password alone."""


class ResetForm(_OneField, ResetPasswordKeyForm):
    """A new password, for whoever holds the link of a mail."""


class AskForm(ResetPasswordForm):
    """The address to which the link goes."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages = {
            "required": "Your e-mail is needed.",
            "invalid": "This is no e-mail address. Write it as name@example.com.",
        }

    def clean_email(self) -> str:
        """Find whose address it is now: one that was given up may be somebody else's."""
        typed = super().clean_email()
        self.users = [user for user in self.users if user.email == typed.lower()]
        return typed


class _Page:
    def get_context_data(self, **kwargs) -> dict:
        found = super().get_context_data(**kwargs)
        form = found.get("form")
        errors = form.errors if form is not None and form.is_bound else {}
        return {
            **entrance.context(self.request),
            **found,
            "errors": {name: "\n".join(said) for name, said in errors.items()},
            "needs_old": form is not None and "oldpassword" in form.fields,
            "has_mail": email.is_set(),
            "tokens": tokens.many_of(whose, at=now()) if (whose := self._whose()) else 0,
        }

    def _whose(self) -> int | None:
        return None

    def form_invalid(self, form):
        return accounts.refused(form, self.render_to_response(self.get_context_data(form=form)))

    def render_to_response(self, context, **how):
        answer = super().render_to_response(context, **how)
        answer.headers["Referrer-Policy"] = entrance.SECRET_ADDRESS
        return answer


class _Changed(_Page):
    template_name = "passwords/edit.html"

    def _whose(self) -> int:
        return self.request.user.pk

    def form_valid(self, form):
        answer = super().form_valid(form)
        self.request.session.pop(accounts.SIGNED_IN_BY_LINK, None)
        # Whoever chose it knows it: nobody need type it once more to go on.
        record_authentication(self.request, self.request.user, method="password")
        as_well = " and your tokens revoked" if accounts.AND_TOKENS in self.request.POST else ""
        messages.success(self.request, f"Your password is new. Other browsers were signed out{as_well}.")
        return answer


class _Edit(_Changed, PasswordChangeView):
    def get_form_class(self):
        whose, at = self.request.session.get(accounts.SIGNED_IN_BY_LINK, (None, 0))
        is_fresh = whose == self.request.user.pk and now().timestamp() - at < LINK_COUNTS_FOR
        return SetForm if is_fresh else ChangeForm


class _First(_Changed, PasswordSetView):
    def get_form_class(self):
        return SetForm


class _Ask(_Page, PasswordResetView):
    template_name = "passwords/ask.html"

    def get_form_class(self):
        return AskForm

    def post(self, request, *args, **kwargs):
        if not email.is_set():
            return self.get(request)  # nothing could be sent; the page says what to do instead
        # Counted for every address alike, so that the answer tells nothing about it.
        account = request.POST.get("email", "").strip().lower()
        guesses.take_mail(account=account, place=accounts.place(request), by=NOBODY_YET, at=now())
        return super().post(request, *args, **kwargs)


class _Asked(_Page, PasswordResetDoneView):
    template_name = "passwords/asked.html"


class _Reset(_Page, PasswordResetFromKeyView):
    template_name = "passwords/reset.html"
    success_url = reverse_lazy("signing_in")

    def _whose(self) -> int | None:
        return self.reset_user and self.reset_user.pk

    def get_form_class(self):
        return ResetForm

    def get_context_data(self, **kwargs) -> dict:
        found = {"token_fail": False, **super().get_context_data(**kwargs), "again": reverse("ask_password")}
        if found["token_fail"]:
            entrance.missed(self.request, now())
        return found

    def form_valid(self, form):
        try:
            answer = super().form_valid(form)
        except LinkIsOver:
            return self.render_to_response(self.get_context_data(form=form, token_fail=True))
        messages.success(self.request, "Your password is new. Sign in with it.")
        return answer


_page = require_http_methods(["GET", "HEAD", "POST"])
edit = _page(_Edit.as_view())
first = _page(confirmed(_First.as_view()))  # who has a passkey shows it before a password can do the same
ask = _page(_Ask.as_view())
asked = _page(_Asked.as_view())
reset = _page(_Reset.as_view())
