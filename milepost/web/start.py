"""The first run's second half, for the new owner: start from demo, file or blank, then invite."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods

from milepost.actions import access as doors
from milepost.actions import start
from milepost.actions.guesses import TooManyInvitations
from milepost.actions.plans import PlanRefused
from milepost.channels import email as mails
from milepost.core import access, addresses, doubts, membership, quarters
from milepost.core.plan import Changes, Plan
from milepost.core.problems import Conflict, Invalid
from milepost.formats.places import FileProblems
from milepost.queries import plans, workspaces
from milepost.web import confirming, entrance, invitations, long_work, words
from milepost.web.actors import in_workspace, require_admin
from milepost.web.methods import go, takes_form
from milepost.web.setup import steps
from milepost.web.toasts import saved
from milepost.web.typed import Typed

UPLOADED = "uploaded"  # the file between its preview and its application, in the session
LARGEST = 5 * 1024 * 1024
ROWS = 3
LABELS = {
    "cycle_name": "First cycle",
    "starts_on": "First day",
    "ends_on": "Last day",
    "team": "First team",
    "file": "File",
}
WORDS = {
    "workspace": "settings",
    "person": "people",
    "team": "teams",
    "membership": "memberships",
    "cycle": "cycles",
    "objective": "objectives",
    "alignment": "alignments",
    "key_result": "key results",
    "initiative": "initiatives",
    "check_in": "check-ins",
    "comment": "comments",
    "transition": "changes of state",
    "history": "earlier values",
}


@require_http_methods(["GET", "HEAD"])
@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Offer the three ways to begin."""
    require_admin(request)
    more = {
        "organisation": workspaces.settings(request.actor).name,
        "has_demo": bool(settings.DEMO_COMPANY),
    }
    return _page(request, "start/show.html", more, Typed(request.POST))


@takes_form
@in_workspace
def demo(request: HttpRequest) -> HttpResponse:
    """Make the demo company beside the workspace and go there."""
    company = import_string(settings.DEMO_COMPANY)
    try:
        opened = start.beside(plan=company(request.today), by=request.actor, at=request.at)
    except Conflict as problem:
        messages.warning(request, str(problem))
        return go("start", slug=request.seat.slug)
    messages.success(
        request, "This is the demo company. Your own workspace is beside it: sign-in lists both."
    )
    return go(addresses.week(workspaces.slug_of(opened)))


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace
def blank(request: HttpRequest) -> HttpResponse:
    """Ask for the first cycle and the first team."""
    require_admin(request)
    typed = Typed(request.POST)
    year, quarter = quarters.year_of(request.today), quarters.quarter_of(request.today)
    if request.method == "POST":
        starts_on, ends_on = _days(typed)
        if not typed.problems:
            try:
                start.blank(
                    cycle=quarters.Span(typed.text("cycle_name"), starts_on, ends_on),
                    year=year if typed.text("with_year") else None,
                    team=typed.text("team"),
                    by=request.actor,
                    at=request.at,
                )
                return go("start_invite", slug=request.seat.slug)
            except Invalid as wrong:
                typed.refuse(wrong, field=_FIELDS.get(wrong.field, wrong.field))
    more = {"year": year, "quarter": quarter, "is_sent": request.method == "POST"}
    return _page(request, "start/blank.html", more, typed)


_FIELDS = {"name": "cycle_name", "parent": "ends_on"}


def _days(typed: Typed):
    found = {name: typed.day(name) for name in ("starts_on", "ends_on")}
    for name, day in found.items():
        if day is None:
            typed.say(name, "A day is needed.")
    return found["starts_on"], found["ends_on"]


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace
def file(request: HttpRequest) -> HttpResponse:
    """Take a file and show what it would do."""
    require_admin(request)
    typed = Typed(request.POST)
    more: dict[str, Any] = {"details": (), "doubts": (), "summary": None, "file_name": ""}
    if request.method == "POST":
        uploaded = request.FILES.get("file")
        try:
            data = _taken(uploaded)
            with long_work.reserved(request, characters=len(data)):
                plan = _read(request, data, uploaded.name)
                changes = start.preview(plan, request.actor)
            more |= {"summary": _summary(changes), "file_name": uploaded.name}
            more["doubts"] = doubts.of_changes(
                changes, request.today, written=lambda on: words.day(on, request.today)
            )
            request.session[UPLOADED] = [uploaded.name, base64.b64encode(data).decode("ascii")]
        except (Invalid, FileProblems) as wrong:
            typed.say("file", wrong.message, status=wrong.status)
            more["details"] = wrong.details
    return _page(request, "start/file.html", more, typed)


@takes_form
@in_workspace
def application(request: HttpRequest) -> HttpResponse:
    """Apply the file whose preview was shown."""
    require_admin(request)
    try:
        name, kept = request.session[UPLOADED]
        data = base64.b64decode(kept)
    except (KeyError, ValueError, TypeError, binascii.Error):
        return go("start_file", slug=request.seat.slug)
    try:
        with long_work.reserved(request, characters=len(data)):
            start.from_file(plan=_read(request, data, name), by=request.actor, at=request.at)
    except (PlanRefused, FileProblems) as wrong:
        messages.error(request, wrong.message)
        return go("start_file", slug=request.seat.slug)
    del request.session[UPLOADED]
    saved(request, f"All of {name} is in.")
    return go("start_invite", slug=request.seat.slug)


def _taken(uploaded: UploadedFile | None) -> bytes:
    if uploaded is None:
        raise Invalid("Choose a file first.", field="file", remedy="It is YAML or JSON.")
    if uploaded.size > LARGEST:
        raise Invalid(
            f"The file has {uploaded.size / 1_048_576:.0f} MB; here it may have 5.",
            field="file",
            remedy="Larger ones go in at the terminal: milepost apply FILE.",
        )
    return uploaded.read()


def _read(request: HttpRequest, data: bytes, name: str) -> Plan:
    from milepost.formats import okr_files  # which is slow to come, and this page alone needs it

    have = plans.current(request.actor.workspace_id)
    return okr_files.read(data, name=name, zone=request.seat.time_zone, have=have)


def _summary(changes: Changes) -> list[tuple[str, int, int]]:
    return [
        (WORDS.get(kind, kind), row["created"], row["changed"])
        for kind, row in changes.summary().items()
        if row["created"] or row["changed"]
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace
def invite(request: HttpRequest) -> HttpResponse:
    """Invite the first colleagues, a few at a time."""
    require_admin(request)
    typed = Typed(request.POST)
    invited = []
    rows = [_row(typed, number) for number in range(1, ROWS + 1)]
    if request.method == "POST":
        if asked := confirming.for_role(request, typed.text("role"), back=request.path):
            return asked
        for number, (name, email) in enumerate(rows, 1):
            if not name and not email:
                continue
            try:
                person, secret = doors.let_in(
                    name=name,
                    email=email,
                    role=typed.text("role") or access.Role.MEMBER,
                    by_mail=mails.is_set(),
                    by=request.actor,
                    at=request.at,
                )
            except (Invalid, Conflict, TooManyInvitations) as wrong:
                typed.refuse(wrong, field=f"{wrong.field or 'email'}-{number}")
                continue
            invited.append(invitations.delivered(request, person, secret))
            rows[number - 1] = ("", "")  # done; what is left are those that need another look
    more = {
        "rows": rows,
        "invited": invited,
        "roles": membership.roles_to_give(request.actor),
        "done": addresses.week(request.seat.slug),
    }
    return _page(request, "start/invite.html", more, typed, step=4)


def _row(typed: Typed, number: int) -> tuple[str, str]:
    return typed.text(f"name-{number}"), typed.text(f"email-{number}")


def _page(
    request: HttpRequest, template: str, more: dict[str, Any], typed: Typed, *, step: int = 3
) -> HttpResponse:
    labels = LABELS | {
        f"{name}-{n}": f"{name.capitalize()} {n}" for name in ("name", "email") for n in range(1, ROWS + 1)
    }
    return entrance.form(
        request, template, typed, labels, {"slug": request.seat.slug, "steps": steps(step), **more}
    )
