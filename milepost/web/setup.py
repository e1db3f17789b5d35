"""First run: the organisation, then its first person. The secret in the address comes from the terminal."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from milepost.actions import passwords, wording, workspaces
from milepost.core import access, zones
from milepost.core.problems import Invalid, NotFound
from milepost.queries import workspaces as known
from milepost.web import accounts, entrance
from milepost.web.actors import now
from milepost.web.methods import go
from milepost.web.typed import Typed

KEPT = "setup"  # what the first step learned, in the session of the browser that does it
LABELS = {
    "name": "Organisation",
    "time_zone": "Time zone",
    "person_name": "Your name",
    "email": "E-mail",
    "password": "Password",
}
STEPS = ("Organisation", "You", "Start", "Invite")


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for the organisation's name and time zone."""
    _require_secret(request, secret)
    typed = Typed(request.POST)
    kept = request.session.get(KEPT, {})
    if request.method == "POST":
        name = typed.cleaned("name", partial(wording.name, of="The organisation"))
        time_zone = typed.cleaned("time_zone", zones.check)
        if not typed.problems:
            request.session[KEPT] = {"name": name, "time_zone": time_zone}
            return go("setup_person", secret=secret)
    more = {
        "name": kept.get("name", ""),
        "time_zone": kept.get("time_zone", settings.MILEPOST.time_zone),
        "zones": zones.names(),
    }
    return _page(request, "setup/organisation.html", 1, typed, more)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask who sets it up; then found the workspace and let them in as its owner."""
    _require_secret(request, secret)
    kept = request.session.get(KEPT)
    if not kept:
        return redirect("setup", secret=secret)
    typed = Typed(request.POST)
    if request.method == "POST":
        founded = _found(request, secret, typed, kept)
        if founded:
            return founded
    more = {"organisation": kept["name"], "back": reverse("setup", args=[secret])}
    return _page(request, "setup/person.html", 2, typed, more)


def _found(request: HttpRequest, secret: str, typed: Typed, kept: dict[str, str]) -> HttpResponse | None:
    name = typed.cleaned("person_name", partial(wording.name, of="The first person"))
    email = typed.cleaned("email", wording.email)
    password = request.POST.get("password", "")
    try:
        passwords.check(password, name=name or "", email=email or "")
    except Invalid as wrong:
        typed.refuse(wrong)
    if typed.problems:
        return None
    workspace, owner = workspaces.set_up(
        secret=secret,
        **kept,
        person_name=name,
        email=email,
        password=password,
        by=access.operator(0, door="web"),
        at=now(),
    )
    del request.session[KEPT]
    return accounts.sign_in(request, owner.user_id, then=reverse("start", kwargs={"slug": workspace.slug}))


def _require_secret(request: HttpRequest, secret: str) -> None:
    at = now()
    if not known.may_set_up(secret, at):
        entrance.missed(request, at)
        raise NotFound


def _page(request: HttpRequest, template: str, step: int, typed: Typed, more: dict[str, Any]) -> HttpResponse:
    return entrance.form(request, template, typed, LABELS, {**more, "steps": steps(step)})


def steps(now: int) -> list[tuple[str, str, str]]:
    """Return the four steps of the first run, of which one is now (from 1)."""
    return [
        (name, "", "past" if number < now else "now" if number == now else "next")
        for number, name in enumerate(STEPS, 1)
    ]
