"""All that is held of one person, as a file to keep."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from milepost.queries.records import personal_data
from milepost.web import answers, pages
from milepost.web.actors import in_workspace


@never_cache
@in_workspace
def show_json(request: HttpRequest, person: int) -> HttpResponse:
    """Answer with all that is held of somebody; to themself with how they sign in."""
    is_me = person == request.actor.person_id
    found = personal_data.one(pages.reader(request), person, at=request.at, with_ways_in=is_me)
    answer = HttpResponse(orjson.dumps(found, option=orjson.OPT_INDENT_2), content_type=answers.JSON)
    name = f"milepost-{request.seat.slug}-{found.person.key}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
