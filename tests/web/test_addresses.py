"""Addresses that answers name themselves agree with the table of contents."""

from __future__ import annotations

import inspect

import pytest
from django.urls import get_resolver, resolve, reverse

from milepost.core import addresses
from milepost.core.ids import encode
from tests.routes import Route, routes

ID = 5_000_000_000_000_000_001
NAMED = {name: make for name, make in inspect.getmembers(addresses, inspect.isfunction) if name != "encode"}
BEFORE_THE_API = ("api_reference", "api_document")
# The noun whose id stands in the address, where it is not the address's own name.
NOUNS = {"checkins": "key_result", "undoing": "event"}


class TestAddresses:
    @pytest.mark.parametrize("name", sorted(NAMED))
    def test_agree_with_the_router(self, name: str):
        """Each is the address of the route of its name, and leads back to the same id."""
        make = NAMED[name]
        has_id = "id" in inspect.signature(make).parameters
        known = {"slug": "acme", **({NOUNS.get(name, name): ID} if has_id else {})}

        address = make("acme", ID) if has_id else make("acme")

        assert address == reverse(name, kwargs=known)
        found = resolve(address)
        assert (found.url_name, found.kwargs) == (name, known)

    def test_are_read_back_whatever_the_id(self):
        """The smallest and the largest id stand in an address as any other."""
        for id in (0, 1, 2**63 - 1):
            assert resolve(addresses.objective("acme", id)).kwargs["objective"] == id
            assert encode(id) in addresses.objective("acme", id)


class TestRoutes:
    def test_have_a_name_each(self):
        """Every route has a name of its own, so that nothing else spells its address out."""
        names = [route.name for route in routes()]

        assert [name for name in names if names.count(name) > 1] == []
        assert all(name.isidentifier() for name in names)

    def test_are_reached_by_their_own_address(self):
        """No route is hidden behind an earlier one."""
        values = {"slug": "acme", "secret": "s", "uidb36": "1", "key": "k", "rest": "nowhere"}
        values |= {"passkey": 1, "mark": "m", "kind": "people"}
        for route in routes():
            given = {name: ID if name in route.ids else values[name] for name in route.arguments}

            assert resolve(_address(route, given)).route in (route.pattern, f"^{route.pattern}$")


def _address(route: Route, given: dict) -> str:
    if route.pattern.startswith("api/") and route.name not in BEFORE_THE_API:
        # These are imported late, so the whole does not know them by name.
        return "/api/" + get_resolver("milepost.api.urls").reverse(route.name, **given)
    return reverse(route.name, kwargs=given)
