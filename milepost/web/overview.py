"""The overview: how everything stands on one page, and the same as JSON."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.queries import cycles, overview
from milepost.queries.overview import Line, Overview, Stand
from milepost.web import pages
from milepost.web.actors import in_workspace
from milepost.web.teams import Kept, answer_with, cycle_of


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show how a cycle stands: figures, teams, what moved, where words and numbers disagree."""
    reader = pages.reader(request)

    def context() -> dict:
        cycle = cycle_of(request, reader)
        return {
            "found": overview.overview(reader, cycle),
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
    return answer_with(request, encoded.of(found, reader.today))


def _encode(found: Overview, today) -> bytes:
    lists = {name: [_line(line) for line in getattr(found, name)] for name in LISTS}
    body = {
        "day": today,
        "cycle": found.cycle,
        "time_gone": found.gone,
        "objectives": found.objectives,
        **_stand(found.whole),
        "teams": [
            {"name": unit.name, "url": unit.url, "level": unit.level, **_stand(unit.stand)}
            for unit in found.units
        ],
        "agreement": found.agreement,
        **lists,
    }
    return orjson.dumps(body, default=float)


LISTS = ("risen", "fallen", "watermelons", "quiet")
encoded = Kept(_encode, most=64)


def _stand(stand: Stand) -> dict:
    return {name: getattr(stand, name) for name in Stand.__slots__}


def _line(line: Line) -> dict:
    said = {name: getattr(line, name) for name in Line.__slots__ if name != "owner"}
    return said | {"owner": line.owner and line.owner.name}
