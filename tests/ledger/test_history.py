"""The history of check-ins: read in blocks or taken in row by row, it holds the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from milepost.actions import checkins, key_results
from milepost.actions.key_results import Definition
from milepost.ledger import blocks, entries, past
from milepost.ledger import image as images
from milepost.ledger.history import History
from milepost.models import Checkin
from tests import okrs as the_okrs
from tests.cast import Cast
from tests.seasons import Season

pytestmark = pytest.mark.both_databases
BEGAN = datetime(2026, 9, 1, 9, 30, 15, 250_000, tzinfo=UTC)
DAY = timedelta(days=1)
SERIES = {
    "per_period": {"target": Decimal("4.5")},
    "maintain_above_ratio": {"target": Decimal("0.25")},
    "maintain_below_ratio": {"target": Decimal(30)},
    "milestones": {"milestones": (("Asked", Decimal(1)), ("Built", Decimal("2.5")))},
}
LONG = Decimal("1234567890.000000000001")  # no float says this


def taken_in(cast: Cast) -> History:
    """Make a history of rows alone, as they come with changes."""
    rows = entries._rows(f"{entries._SERIES}true", [cast.acme.id])
    empty = History(cast.zenith.id)
    empty.add(rows)
    return empty


def told(history: History) -> list[tuple]:
    columns = history.columns(2**40)
    return [
        (columns.entry(place), columns.ended.get(place), history.exact.get(columns.id.item(place)))
        for place in range(len(columns.id))
    ]


class TestHistory:
    def test_reads_in_blocks_what_rows_say(self, cast, monkeypatch):
        """Every entry, corrections, moments to the microsecond, milestones and long numbers."""
        season = Season(cast, 12, BEGAN)
        season.live(40, lambda day: None, busy=8)
        at = BEGAN + 41 * DAY
        checkins.record(key_result=season.okrs.growth.id, value=LONG, by=cast.ada, at=at)
        checkins.record(
            key_result=season.okrs.guides.id, value=None, parts=[Decimal(1), Decimal("0.5")], by=cast.ada,
            at=at.replace(microsecond=0),
        )  # fmt: skip
        monkeypatch.setattr(blocks, "BLOCK", 3)

        found = told(History(cast.acme.id))

        assert str(found) == str(told(taken_in(cast)))  # as text: a missing value is no other
        assert len(found) == Checkin.objects.of(cast.acme.id).count() > 12
        assert any(ended for _, ended, _ in found) and sum(exact is not None for *_, exact in found) == 2

    def test_lets_wait_what_no_past_day_knows(self, cast):
        """A check-in of today makes no new columns for yesterday; both days together know of it."""
        okrs = the_okrs.written(cast, BEGAN)
        before = past.of(cast.acme.id, BEGAN.date() - DAY)
        kept = before.entries.held

        checkins.record(key_result=okrs.growth.id, value=Decimal(45), by=cast.ada, at=BEGAN)

        assert past.of(cast.acme.id, BEGAN.date() - DAY) is before
        history = before.entries.history
        assert history.columns(int(before.known.timestamp())) is kept
        assert okrs.growth.id in history.busy(int(before.known.timestamp()), 2**40).tolist()
        assert okrs.growth.id not in history.busy(0, 1).tolist()


class TestGiven:
    @pytest.mark.parametrize("seed", range(3))
    def test_comes_to_what_the_exact_path_says(self, cast, seed):
        """Series and milestones, to the last bit, on every day: late, corrected, withdrawn, twice a day."""
        season = Season(cast, seed, BEGAN)
        dice = season.dice
        own = {
            kind: key_results.add(
                objective=season.okrs.helpful.id, by=cast.ada, at=BEGAN,
                definition=Definition(kind, kind=kind, **more),
            ).id
            for kind, more in SERIES.items()
        }  # fmt: skip
        for number in range(60):
            at = BEGAN + timedelta(hours=6) * number
            kind = dice.choice(list(own))
            value = dice.choice([Decimal(dice.randrange(-10, 600)) / dice.choice([1, 10, 64]), None])
            parts = [Decimal(dice.randrange(11)) / 10, Decimal(dice.randrange(11)) / 10]
            if seed == 2 and number == 30:
                kind, value = "per_period", LONG
            said = {"value": None, "parts": parts} if kind == "milestones" else {"value": value}
            written = checkins.record(
                key_result=own[kind],
                effective_at=at - dice.choice([0, 0, 3]) * DAY,
                by=cast.ada,
                at=at,
                **said,
            ).id
            if dice.random() < 0.2:
                checkins.withdraw(checkin=written, by=cast.ada, at=at + timedelta(hours=dice.choice([1, 40])))
        images.forget()

        for number in range(19):
            image = past.of(cast.acme.id, (BEGAN + number * DAY).date())
            for id in own.values():
                exact = image.exact_key_result(image.key_results[id]) if image.entries.current(id) else None
                found = image.given[image.node[id] - image.first_key_result]
                assert (None if np.isnan(found) else found) == (None if exact is None else float(exact))
