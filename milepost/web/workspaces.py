"""The settings of a workspace."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.actions import workspaces
from milepost.core import access, zones
from milepost.core.problems import Invalid
from milepost.queries import workspaces as known
from milepost.web import confirming
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.pages import page
from milepost.web.toasts import named, saved
from milepost.web.typed import Typed

LABELS = {
    "name": "Name",
    "time_zone": "Time zone",
    "mission": "Mission",
    "vision": "Vision",
    "check_in_every": "Check-in every",
    "second_step_for": "Second step",
}
CADENCES = (("7", "Every week"), ("14", "Every two weeks"), ("28", "Every four weeks"), ("1", "Every day"))


@in_workspace
def edit(request: HttpRequest) -> HttpResponse:
    """Show the settings; who may not change them reads them."""
    return _form(request, Typed(request.POST))


@in_workspace
def update(request: HttpRequest) -> HttpResponse:
    """Change the settings."""
    typed = Typed(request.POST)
    # Admins do not see this one, so that they do not send it.
    asked = {"second_step_for": typed.text("second_step_for")} if "second_step_for" in request.POST else {}
    is_other = asked.get("second_step_for", "") not in ("", known.settings(request.actor).second_step_for)
    if is_other and (page_before := confirming.first(request, back=request.path)):
        return page_before
    try:
        workspaces.update(
            changed=asked
            | {
                "name": typed.text("name"),
                "time_zone": typed.text("time_zone"),
                "mission": typed.text("mission"),
                "vision": typed.text("vision"),
                "check_in_every": typed.whole("check_in_every") or 0,
                "count_restricted_work": bool(typed.text("count_restricted_work")),
            },
            by=request.actor,
            at=request.at,
        )
        saved(request, named("Saved", typed.text("name")))
        return go("settings", slug=request.seat.slug)
    except Invalid as wrong:
        typed.refuse(wrong)
    return _form(request, typed)


def _form(request: HttpRequest, typed: Typed) -> HttpResponse:
    settings = known.settings(request.actor)
    cadences = list(CADENCES)
    if str(settings.check_in_every) not in dict(CADENCES):
        cadences.append((str(settings.check_in_every), f"Every {settings.check_in_every} days"))
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "settings": settings,
        "cadences": cadences,
        "zones": zones.names(),
        "may_manage": access.may_manage(request.actor),
        "may_ask_for_second_step": request.actor.role == access.Role.OWNER,
        "is_sent": request.method == "POST",
        "links": {
            name: reverse(name, kwargs={"slug": request.seat.slug})
            for name in ("people", "cycles", "preferences", "start", "tokens")
        },
    }
    return page(
        request,
        "workspaces/edit.html",
        more,
        nav="settings",
        crumbs=[("Settings", None)],
        status=typed.status,
    )
