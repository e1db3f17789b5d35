"""Addresses of objectives, key results and what belongs to them, one part of the table of contents."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path

from milepost.web import alignments, closings, comments, initiatives, key_results, objectives
from milepost.web.methods import methods


def page(show: Callable) -> Callable[..., HttpResponse]:
    """Let an address be read alone."""

    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return show(request, *args, **kwargs)
        return HttpResponseNotAllowed(["GET"])

    return view


def button(take: Callable) -> Callable[..., HttpResponse]:
    """Let an address be sent to, by a button that stands elsewhere."""

    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return (
            take(request, *args, **kwargs) if request.method == "POST" else HttpResponseNotAllowed(["POST"])
        )

    return view


OBJECTIVE = "w/<slug:slug>/objectives/<id:objective>/"
KEY_RESULT = "w/<slug:slug>/key-results/<id:key_result>/"
INITIATIVE = "w/<slug:slug>/initiatives/<id:initiative>/"
ALIGNMENT = "w/<slug:slug>/alignments/<id:alignment>/"

urlpatterns = [
    path(
        "w/<slug:slug>/objectives/new/",
        methods(get=objectives.new, post=objectives.create),
        name="new_objective",
    ),
    path(OBJECTIVE, page(objectives.show), name="objective"),
    path(f"{OBJECTIVE}edit/", methods(get=objectives.edit, post=objectives.update), name="edit_objective"),
    path(f"{OBJECTIVE}closing/", methods(get=closings.new, post=closings.create), name="closing"),
    *[
        path(
            f"{OBJECTIVE}{step}/",
            methods(get=objectives.new_step, post=objectives.create_step),
            {"step": step},
            name=step,
        )
        for step in objectives.STEPS
    ],
    path(
        f"{OBJECTIVE}key-results/new/",
        methods(get=key_results.new, post=key_results.create),
        name="new_key_result",
    ),
    path(
        f"{OBJECTIVE}initiatives/new/",
        methods(get=initiatives.new, post=initiatives.create),
        name="new_initiative",
    ),
    path(
        f"{OBJECTIVE}alignments/new/",
        methods(get=alignments.new, post=alignments.create),
        name="new_alignment",
    ),
    path(
        f"{OBJECTIVE}comments/", methods(get=objectives.show, post=comments.create), name="objective_comments"
    ),
    path(KEY_RESULT, page(key_results.show), name="key_result"),
    path(
        f"{KEY_RESULT}edit/", methods(get=key_results.edit, post=key_results.update), name="edit_key_result"
    ),
    path(
        f"{KEY_RESULT}cancellation/",
        methods(get=key_results.new_cancellation, post=key_results.cancel),
        name="cancel_key_result",
    ),
    path(f"{KEY_RESULT}restoration/", button(key_results.restore), name="restore_key_result"),
    path(f"{KEY_RESULT}position/", button(key_results.move), name="move_key_result"),
    path(
        f"{KEY_RESULT}comments/",
        methods(get=key_results.show, post=comments.create),
        name="key_result_comments",
    ),
    path(
        f"{INITIATIVE}edit/", methods(get=initiatives.edit, post=initiatives.update), name="edit_initiative"
    ),
    path(f"{INITIATIVE}state/", button(initiatives.move), name="initiative_state"),
    path(f"{ALIGNMENT}edit/", methods(get=alignments.edit, post=alignments.update), name="edit_alignment"),
    path(f"{ALIGNMENT}ending/", button(alignments.destroy), name="end_alignment"),
]
