"""Long work that a page asks for: it takes one of the places that its person has, as a program's does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import now

from milepost.core import workload
from milepost.queries import plans


@contextmanager
def reserved(request: HttpRequest, *, characters: int = 0) -> Iterator[None]:
    """Do what goes over all of a workspace, or reads such a file; raises TooManyAtOnce, TooBusy."""
    size = plans.size(request.actor.workspace_id)
    if not workload.is_long(key_results=size, characters=characters):
        yield
        return
    whose, most = request.actor.person_id, settings.MILEPOST.api_at_once
    with workload.under_way(whose, request.at, most=most, now=now) as work:
        workload.will_take_long(work, request.at)
        with workload.one_long_file(characters):
            yield
