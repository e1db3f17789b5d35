"""Addresses whose code is imported when the first of them is asked for.

The API with its models takes a second of a processor to import: more than all pages together, and whoever
opens the first page after a start would wait for it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLResolver
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string


class Later(URLResolver):
    """Addresses that requests lead to, and that nobody makes by name: that would import them all."""

    reverse_dict = MultiValueDict()
    namespace_dict: dict = {}
    app_dict: dict = {}

    def _populate(self) -> None:
        pass


def later(name: str) -> Callable[..., HttpResponse]:
    """Return a view that is imported when it is first asked for."""

    def view(request: HttpRequest, **more) -> HttpResponse:
        return import_string(name)(request, **more)

    return view
