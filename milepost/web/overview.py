"""The overview: how everything stands on one page, and the same as JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.queries import cycles, hindsight, overview
from milepost.queries.records import overviews
from milepost.web import answers, pages, repeats
from milepost.web.actors import in_workspace
from milepost.web.teams import cycle_of


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show how a cycle stands: figures, teams, what moved, where words and numbers disagree."""
    reader = pages.reader(request)

    def context() -> dict:
        cycle = cycle_of(request, reader)
        return {
            "found": overview.overview(reader, cycle),
            "learned": [hindsight.of_all(reader)],
            "begins": cycle.starts_on if cycle and cycle.starts_on > reader.today else None,
            "ribbon": cycles.ribbon(cycle, reader.today) if cycle else None,
            "json": reverse("overview_json", args=[reader.slug]),
            "teams": reverse("teams", args=[reader.slug]),
            "drafting": reverse("new_objective", args=[reader.slug]),
        }

    return pages.page(
        request, "overview/show.html", context, nav="overview", crumbs=[("Overview", None)],
        seen_by=reader, travels=True, kept_as="overview",
    )  # fmt: skip


@in_workspace
def show_json(request: HttpRequest) -> HttpResponse:
    """Answer with the overview as JSON; 304 where the reader has it already."""
    reader = pages.reader(request)
    found = overview.overview(reader, cycle_of(request, reader))
    body = overviews.encoded.of(found, reader.today)
    repeats.repeatable(request)
    return answers.unless_known(request, body)
