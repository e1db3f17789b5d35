"""Addresses of objectives, key results and what belongs to them, one part of the table of contents."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe

from milepost.web import (
    alignments,
    cancellations,
    closings,
    comments,
    drafts,
    initiatives,
    key_results,
    objectives,
    placing,
    steps,
    undoing,
)
from milepost.web.methods import methods, takes_form

OBJECTIVE = "w/<slug:slug>/objectives/<id:objective>/"
KEY_RESULT = "w/<slug:slug>/key-results/<id:key_result>/"
INITIATIVE = "w/<slug:slug>/initiatives/<id:initiative>/"
ALIGNMENT = "w/<slug:slug>/alignments/<id:alignment>/"

urlpatterns = [
    path(
        "w/<slug:slug>/objectives/new/",
        methods(get=drafts.new, post=drafts.create),
        name="new_objective",
    ),
    path(OBJECTIVE, require_safe(objectives.show), name="objective"),
    path(f"{OBJECTIVE}edit/", methods(get=objectives.edit, post=objectives.update), name="edit_objective"),
    path(f"{OBJECTIVE}closing/", methods(get=closings.new, post=closings.create), name="closing"),
    *[
        path(
            f"{OBJECTIVE}{step}/",
            methods(get=steps.new, post=steps.create),
            {"step": step},
            name=step,
        )
        for step in steps.STEPS
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
    path(f"{OBJECTIVE}place/", methods(get=placing.show, post=placing.create), name="objective_place"),
    path(
        f"{OBJECTIVE}comments/", methods(get=objectives.show, post=comments.create), name="objective_comments"
    ),
    path(KEY_RESULT, require_safe(key_results.show), name="key_result"),
    path(
        f"{KEY_RESULT}edit/", methods(get=key_results.edit, post=key_results.update), name="edit_key_result"
    ),
    path(
        f"{KEY_RESULT}cancellation/",
        methods(get=cancellations.new, post=cancellations.create),
        name="cancel_key_result",
    ),
    path(f"{KEY_RESULT}restoration/", takes_form(cancellations.restore), name="restore_key_result"),
    path(f"{KEY_RESULT}position/", takes_form(key_results.move), name="move_key_result"),
    path(
        f"{KEY_RESULT}comments/",
        methods(get=key_results.show, post=comments.create),
        name="key_result_comments",
    ),
    path(
        f"{INITIATIVE}edit/", methods(get=initiatives.edit, post=initiatives.update), name="edit_initiative"
    ),
    path(f"{INITIATIVE}state/", takes_form(initiatives.move), name="initiative_state"),
    path(f"{ALIGNMENT}edit/", methods(get=alignments.edit, post=alignments.update), name="edit_alignment"),
    path(f"{ALIGNMENT}ending/", takes_form(alignments.destroy), name="end_alignment"),
    path(
        "w/<slug:slug>/events/<id:event>/undoing/",
        methods(get=undoing.show, post=undoing.create),
        name="undoing",
    ),
]
