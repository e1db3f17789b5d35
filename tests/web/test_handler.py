"""Where addresses lead, asked for once or many times."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import Resolver404, get_resolver

from milepost.web.handler import Handler

ADDRESSES = ("/livez", "/w/acme/alignment/", "/w/zenith/alignment/", "/w/acme/teams/38g0emz7667vf/")


@pytest.fixture
def handler() -> Handler:
    return Handler()


class TestHandler:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_leads_where_the_tables_say(self, handler: Handler, address: str):
        """The first time and the second, to the same view with the same words."""
        told = get_resolver().resolve(address)

        for _ in range(2):
            request = RequestFactory().get(address)
            found = handler.resolve_request(request)

            assert (found.func, found.args, found.kwargs) == (told.func, told.args, told.kwargs)
            assert request.resolver_match.view_name == told.view_name

    def test_finds_nothing_where_nothing_is(self, handler: Handler):
        """However often it is asked for."""
        for _ in range(2):
            with pytest.raises(Resolver404):
                handler.resolve_request(RequestFactory().get("/nowhere/"))
