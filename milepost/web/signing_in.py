"""Signing in with a password, and signing out."""

from __future__ import annotations

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from milepost.channels import email
from milepost.core.problems import Problem
from milepost.queries import workspaces
from milepost.web import accounts, entrance


class SignInForm(LoginForm):
    """allauth's form: it throttles, and answers an unknown address as it does a wrong password."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages = {
            "required": "Your e-mail is needed.",
            "invalid": "This is no e-mail address. Write it as name@example.com.",
        }
        self.fields["password"].error_messages = {"required": "Your password is needed."}


@method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")
class _New(LoginView):
    form_class = SignInForm
    template_name = "signing_in/new.html"

    def get_context_data(self, **kwargs) -> dict:
        found = super().get_context_data(**kwargs)
        form = found["form"]
        return {
            **entrance.context(self.request),
            "passkey_problem": None,
            **found,
            "next": self.get_next_url() or "",
            "email": form.data.get("login", ""),
            "errors": {name: "\n".join(messages) for name, messages in form.errors.items()},
            "is_founded": workspaces.is_founded(),
            "has_mail": email.is_set(),
        }

    def form_invalid(self, form):
        return accounts.refused(form, self.render_to_response(self.get_context_data(form=form)))


@method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")
class _Destroy(LogoutView):
    template_name = "signing_in/destroy.html"

    def post(self, *args, **kwargs) -> HttpResponse:
        answer = super().post(*args, **kwargs)
        # Drafts, and ids of what was opened lately. Over plain HTTP browsers read past it, and a page that is
        # left may keep a draft after it: leave.js, on the page that follows, makes sure.
        answer.headers["Clear-Site-Data"] = '"storage"'
        return answer

    def get_context_data(self, **kwargs) -> dict:
        return {**entrance.context(self.request), **super().get_context_data(**kwargs)}


new = _New.as_view()


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Show the sign-in page again after a passkey that was not accepted."""
    view = _New()
    view.setup(request)
    form = SignInForm()
    return view.render_to_response(
        view.get_context_data(form=form, passkey_problem=problem), status=problem.status
    )


destroy = _Destroy.as_view()
