"""Every operation there is, in the order of the reference: the table of contents of this door."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from milepost.api import (
    alignments,
    bulk,
    checkins,
    closings,
    comments,
    comparisons,
    cycles,
    events,
    history,
    initiatives,
    key_results,
    map,
    me,
    objectives,
    overview,
    people,
    plans,
    problems,
    search,
    suppositions,
    teams,
    views,
    workspace,
)
from milepost.core.problems import Problem
from milepost.formats import exact_json

VERSION = "1"
PREFIX = "/api/v1"
DESCRIPTION = """\
What a page can do, a program can do. Send a personal token, made on the API page of a workspace, as
`Authorization: Bearer mp_…`; it says who you are and in which workspace.

Ids are text. Exact numbers are text, and are taken as text or as JSON numbers. Moments are in UTC, days are
those of the workspace. What you may not see answers like what is not there.

A body is at most 2 MiB and says 20,000 values at most, each of its objects 100 names. Of what is wrong with
it the first fifty faults are told. A file of more than 64 KiB is worked on alone; another one meanwhile: 503.
"""


class Bodies(Parser):
    """Reads bodies; NaN, deep nesting and a name said twice are no JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Read the body as JSON, with every digit of its numbers."""
        return exact_json.read(request.body)


api = NinjaAPI(
    title="Milepost",
    version=VERSION,
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    parser=Bodies(),
    urls_namespace="api",
)
for noun in (
    me, events, overview, map, search, objectives, closings, key_results, checkins, initiatives, alignments,
    bulk, comments, comparisons, history, suppositions, people, teams, cycles, views, workspace, plans,
):  # fmt: skip
    api.add_router("", noun.router)
for kind in (Problem, ValidationError, AuthenticationError, HttpError, Exception):
    api.add_exception_handler(kind, lambda request, raised: problems.of(raised))
