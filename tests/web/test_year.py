"""A year replayed: pages and JSON of chosen days say what was said on those very days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.utils import timezone

from milepost.core.ids import encode
from milepost.ledger import image as images
from milepost.queries import comparisons, overview, teams, tree
from milepost.queries.cards import Reader
from milepost.queries.records import (
    alignments,
    checkins,
    cycles,
    figures,
    history,
    initiatives,
    key_results,
    objectives,
    overviews,
    team_pages,
)
from milepost.queries.records import comparisons as records
from milepost.queries.records import teams as team_records
from milepost.queries.records.slices import Wanted
from milepost.queries.shell import chosen_cycle
from milepost.web import words
from tests.cast import Cast
from tests.seasons import Season
from tests.years import Year

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
YEAR, EVERY = 364, 23
NOWADAYS = {b"by that day": b"by today", b"by then": b"by now"}  # how the day that is shown is spoken of
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
    said = orjson.dumps(records)
    for then, now in NOWADAYS.items():
        said = said.replace(then, now)
    found = orjson.loads(said)
    return [{name: value for name, value in one.items() if name not in TODAY_S} for one in found]


ROUTES = {
    "objectives": objectives.slice_of,
    "key_results": key_results.slice_of,
    "initiatives": initiatives.slice_of,
    "checkins": checkins.slice_of,
    "alignments": alignments.slice_of,
    "teams": team_records.slice_of,
    "cycles": cycles.slice_of,
}


def everything(cast: Cast, day: date, today: date | None = None) -> dict[str, Any]:
    """Return what programs are told of a day: on that day or, on a later one, of it."""
    reader = Reader(cast.ben, today, day) if today else Reader(cast.ben, day)
    cycle = chosen_cycle(reader, None)
    found: dict[str, Any] = {name: _plain(read(reader, Wanted(2000)).items) for name, read in ROUTES.items()}
    found["tree"] = orjson.loads(tree.as_json(reader, key_results=True).body)
    found["standing"] = orjson.loads(team_pages.standing.of(teams.tree(reader, cycle), day))
    found["overview"] = orjson.loads(overviews.encoded.of(overview.overview(reader, cycle), day))
    for team in (None, *reader.image.teams):
        found[f"page of {team}"] = orjson.loads(team_pages.as_json(reader, team, cycle))
    for id in reader.image.objectives:
        if reader.sees(id):
            found[f"why of {id}"] = _plain((figures.of_objective(reader, id),))
            found[f"history of {id}"] = _plain(history.of_objective(reader, id, Wanted(2000)).items)
    for id in reader.image.key_results:
        if reader.sees(id):
            found[f"why of {id}"] = _plain((figures.of_key_result(reader, id),))
            found[f"history of {id}"] = _plain(history.of_key_result(reader, id, Wanted(2000)).items)
    return found


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


class TestEveryDeed:
    def test_is_told_as_on_the_evening(self, cast, request):
        """What a process that begins on an evening tells is told of that day ever after, warm and cold."""
        long = request.config.getoption("long_years")
        days, every = (400, 2) if long else (120, 9)
        began = timezone.now().replace(hour=8) - (days + 1) * DAY
        today = timezone.now().date()

        for seed in range(long or 1):
            with transaction.atomic():
                year = Year(cast, seed, began)
                year.live(days, lambda day: _cold(cast, day), busy=5, every=every)
                assert len(year.done) > 30  # kinds of deeds that were done
                for is_cold in (False, True):
                    if is_cold:
                        images.forget()
                    for day, told in year.told.items():
                        again = everything(cast, day, today)
                        assert again.keys() == told.keys(), (seed, day)
                        for what, then in told.items():
                            assert again[what] == then, (seed, day, what)
                transaction.set_rollback(True)
            images.forget()


def _cold(cast: Cast, day: date) -> dict[str, Any]:
    """Say it as a process does that has just begun: nothing is left of what it saw before."""
    images.forget()
    return everything(cast, day)
