"""Names of any length and in any script: no page grows wider than its window, and none is cut to letters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from milepost.core import addresses
from tests.browser.conftest import NARROW, WIDE
from tests.web import acme

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)
SMALL = {"width": 320, "height": 800}
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ARABIC = "نسبة الخبز الذي يصل قبل 05:30"

# What stands in a column narrower than four of its letters; what is for readers alone is one pixel wide.
SQUEEZED = """() => [...document.querySelectorAll('main :is(th, dt, dd, h1, h2, h3, a.plain)')]
  .filter(({offsetWidth: width, innerText: text}) => width > 1 && width < 30 && text.trim().length > 12)
  .map((squeezed) => squeezed.innerText.slice(0, 40))"""


@pytest.fixture
def places(cast) -> list[str]:
    """The pages that show a team, an objective, a key result and a cycle with long names."""
    from milepost.ledger import image
    from milepost.models import Cycle, Person, Team, Workspace

    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = acme.work(LONG, cycle=cycle, by=cast.ada, at=now - 30 * DAY, team=cast.product.id)
    other = acme.work(ARABIC, cycle=cycle, by=cast.ada, at=now - 30 * DAY, team=cast.product.id)
    acme.check_in(made.key_result, "6", by=cast.ada, at=now - DAY)
    here = cast.ada.workspace_id
    Workspace.objects.filter(id=here).update(name=LONG)
    for model, id in ((Team, cast.product.id), (Cycle, cycle.id), (Person, cast.ada.person_id)):
        model.objects.of(here).filter(id=id).update(name=LONG)
    image.forget()
    return [
        "/w/acme/", "/w/acme/overview/", "/w/acme/teams/", "/w/acme/alignment/?open=all", "/w/acme/map/",
        "/w/acme/people/", "/w/acme/cycles/", "/w/acme/sweep/",
        addresses.team("acme", cast.product.id), addresses.person("acme", cast.ada.person_id),
        addresses.objective("acme", made.objective.id), addresses.objective("acme", other.objective.id),
        addresses.objective("acme", made.objective.id) + "closing/",
        addresses.key_result("acme", made.key_result.id),
    ]  # fmt: skip


class TestLongNames:
    @pytest.mark.parametrize("screen", [WIDE, NARROW, SMALL], ids=["wide", "narrow", "small"])
    def test_stay_within_the_page(self, visit, places, screen):
        """Names without a space break where they must; whatever stands beside them keeps its room."""
        page = visit("ada", places[0], viewport=screen)
        wrong = []
        for place in places:
            page.goto(place)
            wrong += [place] * page.evaluate("document.documentElement.scrollWidth > innerWidth")
            wrong += [f"{place}: {text}" for text in page.evaluate(SQUEEZED)]

        assert wrong == []
