"""The settings of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.actions import workspaces
from milepost.core import access, zones
from milepost.core.problems import Invalid
from milepost.queries import workspaces as known
from milepost.queries.workspaces import Settings
from milepost.web import confirming, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.pages import page
from milepost.web.toasts import saved
from milepost.web.typed import Typed

LABELS = {
    "name": "Name",
    "time_zone": "Time zone",
    "mission": "Mission",
    "vision": "Vision",
    "check_in_every": "Check-in every",
    "count_restricted_work": "Restricted work",
    "second_step_for": "Second step",
}
CADENCES = (("7", "Every week"), ("14", "Every two weeks"), ("28", "Every four weeks"), ("1", "Every day"))
SECOND_STEPS = (("nobody", "Whoever wants one"), ("admins", "Owners and admins"), ("everyone", "Everyone"))


@in_workspace
def edit(request: HttpRequest) -> HttpResponse:
    """Show the settings; who may not change them reads them."""
    return _form(request, Typed(request.POST))


@in_workspace
def update(request: HttpRequest) -> HttpResponse:
    """Change the settings; where somebody else came first, show both versions."""
    typed, theirs = Typed(request.POST), versions.NOTHING
    # Admins do not see this one, so that they do not send it.
    asked = {"second_step_for": typed.text("second_step_for")} if "second_step_for" in request.POST else {}
    values = {
        name: typed.text(name) for name in (*LABELS, "read") if name in asked or name != "second_step_for"
    }
    is_other = asked.get("second_step_for", "") not in ("", known.settings(request.actor).second_step_for)
    if is_other and (page_before := confirming.first(request, back=request.path)):
        return page_before
    wanted = asked | {
        "name": values["name"],
        "time_zone": values["time_zone"],
        "mission": values["mission"],
        "vision": values["vision"],
        "check_in_every": typed.whole("check_in_every") or 0,
        "count_restricted_work": bool(values["count_restricted_work"]),
    }

    def stored() -> dict[str, Any]:
        return _stored(request, known.settings(request.actor))

    if not typed.problems:
        try:
            done, theirs = versions.save_as_read(
                request, "workspace", request.actor.workspace_id,
                typed,
                values,
                wanted,
                stored=stored,
                write=lambda changed: workspaces.update(changed=changed, by=request.actor, at=request.at),
                say=_said,
                labels=LABELS,
            )  # fmt: skip
        except Invalid as wrong:
            typed.refuse(wrong)
        else:
            if done:
                saved(request, versions.words(theirs, values["name"]))
                return go("settings", slug=request.seat.slug)
    return _form(request, typed, values, theirs)


def _may_ask_for_second_step(request: HttpRequest) -> bool:
    return request.actor.role == access.Role.OWNER


def _stored(request: HttpRequest, settings: Settings) -> dict[str, Any]:
    values = {
        "name": settings.name,
        "time_zone": settings.time_zone,
        "mission": settings.mission,
        "vision": settings.vision,
        "check_in_every": str(settings.check_in_every),
        "count_restricted_work": "on" if settings.count_restricted_work else "",
    }
    if _may_ask_for_second_step(request):
        values["second_step_for"] = settings.second_step_for
    return versions.carried(values)


def _said(name: str, value: str) -> str:
    match name:
        case "check_in_every":
            return dict(CADENCES).get(value, f"Every {value} days")
        case "count_restricted_work":
            return "is counted for everyone" if value else "is left out for everyone else"
        case "second_step_for":
            return dict(SECOND_STEPS).get(value, value)
    return value or "nothing"


def _form(
    request: HttpRequest,
    typed: Typed,
    values: Mapping[str, str] | None = None,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    settings = known.settings(request.actor)
    cadences = list(CADENCES)
    if str(settings.check_in_every) not in dict(CADENCES):
        cadences.append((str(settings.check_in_every), f"Every {settings.check_in_every} days"))
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "settings": settings,
        "v": _stored(request, settings) | dict(values or {}),
        "theirs": theirs,
        "cadences": cadences,
        "zones": zones.names(),
        "may_manage": access.may_manage(request.actor),
        "may_ask_for_second_step": _may_ask_for_second_step(request),
        "second_steps": SECOND_STEPS,
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
