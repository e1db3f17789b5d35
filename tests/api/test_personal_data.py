"""All that is held of one person, as a program reads it."""

from __future__ import annotations

import pytest

from milepost.actions import tokens
from milepost.api.document import document
from milepost.core.ids import encode
from tests.api.programs import Program
from tests.cast import Cast
from tests.okrs import PRIVATE_TITLE, Okrs

pytestmark = pytest.mark.both_databases


class TestPersonalData:
    def test_say_what_the_page_says_without_ways_in(self, cast: Cast, okrs: Okrs, program):
        """A token reads them of its person, and learns neither of sessions nor of other tokens."""
        found = program("cleo").get(f"/people/{encode(cast.cleo.person_id)}/personal-data").json()

        assert found["ways_in"] is None and found["person"]["name"] == "Cleo Wong"
        assert PRIVATE_TITLE in [one["title"] for one in found["objectives"]]

    def test_are_kept_from_others_and_from_limited_tokens(self, cast: Cast, okrs: Okrs, program, now):
        """A colleague is refused, and so is a token that is to reach one team alone."""
        _, secret = tokens.create(name="Of a team", scope="read", team=cast.product.id, by=cast.cleo, at=now)
        here = f"/people/{encode(cast.cleo.person_id)}/personal-data"

        assert program("ben").get(here).status_code == 403
        assert Program(secret).get(here).status_code == 403

    def test_are_told_in_the_document(self):
        """The document of the API has their shape."""
        assert "PersonalDataRecord" in document()["components"]["schemas"]
