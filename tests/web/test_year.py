"""A year replayed: pages and JSON of chosen days say what was said on those very days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import orjson
import pytest
from django.utils import timezone

from milepost.core.ids import encode
from milepost.ledger import image as images
from milepost.queries import comparisons, teams, tree
from milepost.queries.cards import Reader
from milepost.queries.records import comparisons as records
from milepost.queries.records import initiatives, key_results, objectives
from milepost.queries.records.slices import Wanted
from milepost.web import words
from tests.cast import Cast
from tests.seasons import Season

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
YEAR, EVERY = 364, 23
TODAY_S = ("revision",)  # what programs write with is always that of today


def lived(cast: Cast) -> Season:
    """Live through a year that ended yesterday, and write down on some evenings what is said."""
    began = timezone.now().replace(hour=8) - (YEAR + 1) * DAY
    season = Season(cast, 11, began)
    season.live(YEAR, lambda day: said(cast, day), busy=3, every=EVERY)
    return season


def said(cast: Cast, day: date) -> dict:
    """Return what Ben is told on a day."""
    reader = Reader(cast.ben, day)
    page = teams.page(reader, cast.product.id, None)
    every = Wanted(200)
    return {
        "tree": tree.as_json(reader, key_results=True).body,
        "objectives": _plain(objectives.slice_of(reader, every).items),
        "key_results": _plain(key_results.slice_of(reader, every).items),
        "initiatives": _plain(initiatives.slice_of(reader, every).items),
        "team": [(card.title, card.owner.name, words.percent(card.progress)) for card in page.objectives],
    }


def _plain(records: tuple) -> list[dict]:
    found = orjson.loads(orjson.dumps(records))
    return [{name: value for name, value in one.items() if name not in TODAY_S} for one in found]


class TestYear:
    def test_is_replayed_as_it_was_told(self, cast, signed_in):
        """The tree's JSON byte for byte, each record, and each team page; warm and from a cold start."""
        season = lived(cast)
        browser = signed_in("ben")

        for is_cold in (False, True):
            if is_cold:
                images.forget()
            for day, told in season.told.items():
                on = {"on": day.isoformat()}
                reader = Reader(cast.ben, timezone.now().date(), day)
                every, team = Wanted(200), on | {"cycle": season.okrs.cycle.key}
                whole = browser.get("/w/acme/alignment.json", on | {"key_results": "1"})
                assert whole.content == told["tree"]
                assert _plain(objectives.slice_of(reader, every).items) == told["objectives"]
                assert _plain(key_results.slice_of(reader, every).items) == told["key_results"]
                assert _plain(initiatives.slice_of(reader, every).items) == told["initiatives"]
                page = browser.get(f"/w/acme/teams/{encode(cast.product.id)}/", team).content.decode()
                for title, owner, percent in told["team"]:
                    assert title in page and owner in page and percent in page, (day, title)

    def test_compares_any_two_of_its_days(self, cast):
        """Each side is what was told that day; the parts of every difference add up to it."""
        season = lived(cast)
        days = sorted(season.told)
        today = timezone.now().date()

        for before, after in zip(days, days[3:], strict=False):
            found = records.record(
                comparisons.of_workspace(
                    Reader(cast.ben, today, before), Reader(cast.ben, today, after), None
                )
            )
            for pair in found.objectives:
                for side, day in ((pair.before, before), (pair.after, after)):
                    (told,) = [one for one in season.told[day]["objectives"] if one["id"] == pair.id] or [
                        None
                    ]
                    assert (side is None) == (told is None)
                    assert side is None or (side.state, side.status, side.progress, side.owner) == (
                        told["state"], told["status"], told["progress"], told["owner"]
                    )  # fmt: skip
            for id in (season.okrs.company.id, season.okrs.helpful.id):
                one = comparisons.of_objective(
                    Reader(cast.ben, today, before), Reader(cast.ben, today, after), id
                ).objectives[0]
                points = sum(Decimal(line.points.replace("−", "-")) for line in one.shifts.lines)
                shown = Decimal(one.shifts.points.replace("−", "-"))
                assert points == shown or any("rounded by itself" in note for note in one.shifts.notes)
