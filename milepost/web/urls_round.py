"""Addresses of the round: check-ins, the sweep, the tree, search as one types, the map."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe

from milepost.web import alignment, bulk, checkins, map, palette, sweep, views
from milepost.web.methods import methods, takes_form

VIEW = "w/<slug:slug>/views/<id:view>/"

urlpatterns = [
    path("w/<slug:slug>/key-results/<id:key_result>/checkins/", checkins.create, name="checkins"),
    path("w/<slug:slug>/alignment/", require_safe(alignment.show), name="alignment"),
    path("w/<slug:slug>/alignment/rows/", require_safe(alignment.rows), name="alignment_rows"),
    path("w/<slug:slug>/alignment.json", require_safe(alignment.show_json), name="alignment_json"),
    path("w/<slug:slug>/palette/", require_safe(palette.show), name="palette"),
    path("w/<slug:slug>/bulk/", methods(get=bulk.show, post=bulk.apply), name="bulk"),
    path("w/<slug:slug>/views/", require_safe(views.index), name="views"),
    path("w/<slug:slug>/views/new/", methods(get=views.new, post=views.create), name="new_view"),
    path(f"{VIEW}edit/", methods(get=views.edit, post=views.update), name="edit_view"),
    path(f"{VIEW}copy/", takes_form(views.copy), name="copy_view"),
    path(f"{VIEW}choice/", takes_form(views.choose), name="choose_view"),
    path(f"{VIEW}deletion/", takes_form(views.destroy), name="delete_view"),
    path("w/<slug:slug>/map/", require_safe(map.show), name="map"),
    path("w/<slug:slug>/map.svg", require_safe(map.show_svg), name="map_svg"),
    path("w/<slug:slug>/sweep/", methods(get=sweep.show, post=sweep.create), name="sweep"),
    path(
        "w/<slug:slug>/checkins/<id:checkin>/edit/",
        methods(get=checkins.edit, post=checkins.update),
        name="edit_checkin",
    ),
    path(
        "w/<slug:slug>/checkins/<id:checkin>/withdrawal/",
        takes_form(checkins.destroy),
        name="withdraw_checkin",
    ),
]
