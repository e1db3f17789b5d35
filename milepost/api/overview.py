"""The overview: how a cycle stands, and every team in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from milepost.api import answers
from milepost.api.bearers import reader
from milepost.api.cycles import CycleThen
from milepost.api.operations import reads
from milepost.queries import overview, teams
from milepost.queries.records import overviews, team_pages
from milepost.queries.records.overviews import OverviewRecord
from milepost.queries.records.team_pages import StandingRecord

router = Router(tags=["The whole"])


@reads(router, "/overview", OverviewRecord)
def show(request: HttpRequest, asked: Query[CycleThen]) -> HttpResponse:
    """Show how a cycle stands: figures, teams, what rose and fell, where words and numbers disagree.

    The figures are the same for everyone; `how` says of each how it is counted.
    """
    looking = reader(request, asked.on)
    found = overview.overview(looking, asked.of(looking))
    return answers.narrowed(overviews.encoded.of(found, looking.today), OverviewRecord, asked)


@reads(router, "/overview/teams", StandingRecord)
def of_teams(request: HttpRequest, asked: Query[CycleThen]) -> HttpResponse:
    """Show the company and every team, each with how its own objectives stand, as the tree they are."""
    looking = reader(request, asked.on)
    found = teams.tree(looking, asked.of(looking))
    return answers.narrowed(team_pages.standing.of(found, looking.today), StandingRecord, asked)
