"""Addresses of objectives, key results and what belongs to them, one part of the table of contents."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path

from milepost.web import alignments, closings, comments, initiatives, key_results, objectives


def form(show: Callable, take: Callable) -> Callable[..., HttpResponse]:
    """Let one address show a form and take what it sends."""

    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST":
            return take(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            return show(request, *args, **kwargs)
        return HttpResponseNotAllowed(["GET", "POST"])

    return view


def page(show: Callable) -> Callable[..., HttpResponse]:
    """Let an address be read alone."""

    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return show(request, *args, **kwargs)
        return HttpResponseNotAllowed(["GET"])

    return view


def button(take: Callable, back: Callable | None = None) -> Callable[..., HttpResponse]:
    """Let an address be sent to; whoever comes to look is led back to where its button stands."""

    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST":
            return take(request, *args, **kwargs)
        if back is not None and request.method in ("GET", "HEAD"):
            return back(request, *args, **kwargs)
        return HttpResponseNotAllowed(["POST"])

    return view


OBJECTIVE = "w/<slug:slug>/objectives/<id:objective>/"
KEY_RESULT = "w/<slug:slug>/key-results/<id:key_result>/"
INITIATIVE = "w/<slug:slug>/initiatives/<id:initiative>/"
ALIGNMENT = "w/<slug:slug>/alignments/<id:alignment>/"

urlpatterns = [
    path("w/<slug:slug>/objectives/new/", form(objectives.new, objectives.create), name="new_objective"),
    path(OBJECTIVE, page(objectives.show), name="objective"),
    path(f"{OBJECTIVE}edit/", form(objectives.edit, objectives.update), name="edit_objective"),
    path(f"{OBJECTIVE}closing/", form(closings.new, closings.create), name="closing"),
    *[
        path(
            f"{OBJECTIVE}{step}/",
            form(objectives.new_step, objectives.create_step),
            {"step": step},
            name=step,
        )
        for step in objectives.STEPS
    ],
    path(f"{OBJECTIVE}key-results/new/", form(key_results.new, key_results.create), name="new_key_result"),
    path(f"{OBJECTIVE}initiatives/new/", form(initiatives.new, initiatives.create), name="new_initiative"),
    path(f"{OBJECTIVE}alignments/new/", form(alignments.new, alignments.create), name="new_alignment"),
    path(f"{OBJECTIVE}comments/", button(comments.create, objectives.show), name="objective_comments"),
    path(KEY_RESULT, page(key_results.show), name="key_result"),
    path(f"{KEY_RESULT}edit/", form(key_results.edit, key_results.update), name="edit_key_result"),
    path(
        f"{KEY_RESULT}cancellation/",
        form(key_results.new_cancellation, key_results.cancel),
        name="cancel_key_result",
    ),
    path(f"{KEY_RESULT}restoration/", button(key_results.restore), name="restore_key_result"),
    path(f"{KEY_RESULT}position/", button(key_results.move), name="move_key_result"),
    path(f"{KEY_RESULT}comments/", button(comments.create, key_results.show), name="key_result_comments"),
    path(f"{INITIATIVE}edit/", form(initiatives.edit, initiatives.update), name="edit_initiative"),
    path(f"{INITIATIVE}state/", button(initiatives.move), name="initiative_state"),
    path(f"{ALIGNMENT}edit/", form(alignments.edit, alignments.update), name="edit_alignment"),
    path(f"{ALIGNMENT}ending/", button(alignments.destroy), name="end_alignment"),
]
