"""Addresses for seeing: my week, teams, activity."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_POST

from milepost.web import activity, teams, week

urlpatterns = [
    path("w/<slug:slug>/", week.show, name="week"),
    path("w/<slug:slug>/looks/", require_POST(week.look), name="looks"),
    path("w/<slug:slug>/teams/", teams.index, name="teams"),
    path("w/<slug:slug>/teams/<id:team>/", teams.show, name="team"),
    path("w/<slug:slug>/teams/<id:team>.json", teams.show_json, name="team_json"),
    path("w/<slug:slug>/company/", teams.company, name="company"),
    path("w/<slug:slug>/company.json", teams.company_json, name="company_json"),
    path("w/<slug:slug>/activity/", activity.index, name="activity"),
]
