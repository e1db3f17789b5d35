"""Addresses for seeing: my week, the overview, teams, activity, search."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe

from milepost.web import activity, comparisons, overview, search, shortlists, teams, week
from milepost.web.methods import takes_form

urlpatterns = [
    path("w/<slug:slug>/", require_safe(week.show), name="week"),
    path("w/<slug:slug>/looks/", takes_form(week.look), name="looks"),
    path("w/<slug:slug>/overview/", require_safe(overview.show), name="overview"),
    path("w/<slug:slug>/overview.json", require_safe(overview.show_json), name="overview_json"),
    path("w/<slug:slug>/teams/", require_safe(teams.index), name="teams"),
    path("w/<slug:slug>/teams/<id:team>/", require_safe(teams.show), name="team"),
    path("w/<slug:slug>/teams/<id:team>.json", require_safe(teams.show_json), name="team_json"),
    path("w/<slug:slug>/company/", require_safe(teams.company), name="company"),
    path("w/<slug:slug>/company.json", require_safe(teams.company_json), name="company_json"),
    *[
        path(
            f"w/<slug:slug>/{there}/comparison{end}",
            require_safe(getattr(comparisons, f"{noun}{view}")),
            name=f"{noun}_comparison{view}",
        )
        for noun, there in (
            ("objective", "objectives/<id:objective>"),
            ("team", "teams/<id:team>"),
            ("company", "company"),
            ("alignment", "alignment"),
        )
        for end, view in (("/", ""), (".json", "_json"))
    ],
    path("w/<slug:slug>/activity/", require_safe(activity.index), name="activity"),
    path("w/<slug:slug>/search/", require_safe(search.show), name="search"),
    path("w/<slug:slug>/choices/<slug:kind>.json", require_safe(shortlists.find), name="choices"),
]
