"""What every page costs the database: a frozen number for each, or a reason why there is none."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from milepost.core.ids import encode
from tests.routes import routes
from tests.web.borders import ROUTES, address
from tests.web.statements import ASKED, ELSEWHERE, STATEMENTS, UNCOUNTED, count
from tests.worlds import at_work, visible

pytestmark = pytest.mark.both_databases
PAGES = {route.name: route for route in routes() if not route.is_for_programs}
MOST_TRIES = 10  # others may commit on the same server
HERE = {name: number for name, number in STATEMENTS.items() if name not in ELSEWHERE}


class TestEveryPage:
    def test_has_a_number_or_a_reason(self):
        """A page that is not in tests/web/statements.py would grow unseen."""
        reasons = [name for names in UNCOUNTED.values() for name in names]

        counted = [name for name in STATEMENTS if "," not in name]
        assert sorted([*counted, *reasons]) == sorted(PAGES)

    def test_costs_what_was_decided(self, cast, signed_in):
        """What no other test counts costs what its row says."""
        things = visible(cast, at_work(cast, timezone.now()))
        ada, counted = signed_in("ada"), {}

        for name in HERE:
            on = ROUTES[name].on if name in ROUTES else {}
            query = ASKED.get(name, "").format(**{kind: encode(id) for kind, id in things.items()})
            counted[name] = count(ada, address(PAGES[name].pattern, "acme", things, on) + query)

        # Where a comment would go, PostgreSQL keeps seals waiting by a lock; SQLite has one writer anyhow.
        locks = {"undoing": HERE["undoing"] + 1} if connection.vendor == "postgresql" else {}
        assert counted == HERE | locks


@pytest.mark.django_db(transaction=True)
class TestWhereNothingWasCommitted:
    def test_who_asks_says_so_too(self, cast, signed_in):
        """The statement that finds the reader also tells that the image is up to date."""
        ada = signed_in("ada")

        counted = {count(ada, "/w/acme/alignment.json") for _ in range(MOST_TRIES)}

        assert min(counted) == 1 < STATEMENTS["alignment_json"]
