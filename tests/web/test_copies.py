"""Pages of past days in a copy that was made from a file: word for word those of where it was lived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from milepost.core.ids import decode, encode
from milepost.ledger import image as images
from milepost.models import Cycle, KeyResult, Objective, Person, Team
from milepost.queries import plans as known
from tests.ledger.test_past_in_files import BEGAN, DAYS, ZONES, copied, lived

__all__ = ["copied"]
pytestmark = pytest.mark.both_databases
PAGES = ("alignment.json", "alignment/", "overview/", "overview.json", "map/", "company/")

# What is of this request or of this workspace alone: tints are chosen by ids, and of what was done to
# objectives a file tells what held when, not the deeds.
ALONE = (
    r'(nonce|data-who|csrfmiddlewaretoken" value)="[^"]*"',
    r'class="(av|nm) [^"]*"',
    r'<section class="card" aria-labelledby="wk">.*?</section>\s*',  # that week's deeds
    # Of initiatives a file tells what they say now (docs/file-format.md).
    r'<section class="card" aria-labelledby="ini">.*?</section>\s*|<a [^>]*>\d+ initiatives?</a>',
    r'class="cols (even|solo)"|<div class="stack">\s*</div>',
)


class World:
    """A workspace as somebody's browser sees it; its ids are told as the text ids of files."""

    def __init__(self, browser, workspace: int) -> None:
        self.browser, self.workspace = browser, workspace
        self.slug = images.of(workspace).workspace.slug
        self.keys = {
            id: key
            for model in (Person, Team, Cycle, Objective, KeyResult)
            for id, key in model.objects.of(workspace).values_list("id", "key")
        }

    def pages(self) -> Iterator[str]:
        """Yield the addresses that show past days."""
        yield from PAGES
        for row in Team.objects.of(self.workspace).order_by("key"):
            yield f"teams/{encode(row.id)}/"

    def said(self, page: str, day) -> str:
        """Return what a page says of a day, without what is of this request or of this workspace alone."""
        answer = self.browser.get(f"/w/{self.slug}/{page}", {"on": day.isoformat()})
        # A team that was founded later has no page yet, and says so.
        is_founded = "It was not there yet" not in answer.text if page.startswith("teams/") else True
        assert answer.status_code == (200 if is_founded else 404), (page, day, answer.status_code)
        told = answer.content.decode().replace(f"/w/{self.slug}/", "/w/…/")
        for alone in ALONE:
            told = re.sub(alone, "", told, flags=re.DOTALL)
        return re.sub(r"\b[0-9a-hjkmnp-tv-z]{13}\b", self._key, told)

    def _key(self, found: re.Match) -> str:
        return f"<{self.keys.get(decode(found[0]), found[0])}>"


class TestPastDays:
    @pytest.mark.parametrize("zone", ZONES)
    def test_read_the_same_in_a_copy(self, cast, signed_in, copied, zone):
        """Tree, overview, map, the company's and every team's page, each day of a season, and before it."""
        lived(cast, 1, zone)
        copy = copied(known.current(cast.acme.id))
        ada = Person.objects.of(cast.acme.id).get(id=cast.ada.person_id)
        Person.objects.of(copy).filter(key=ada.key).update(user=ada.user_id)
        here, there = (World(signed_in("ada"), workspace) for workspace in (cast.acme.id, copy))

        for number in range(-2, DAYS, 3):
            day = (BEGAN + timedelta(days=number)).date()
            for mine, theirs in zip(here.pages(), there.pages(), strict=True):
                assert there.said(theirs, day) == here.said(mine, day), (mine, day)
