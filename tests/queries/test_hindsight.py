"""What became known only later about a past day: the same, whatever the process has read before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from milepost.actions import checkins
from milepost.ledger import image as images
from milepost.ledger import past
from milepost.queries import hindsight, key_results
from milepost.queries.cards import Reader
from tests import okrs as the_okrs
from tests.cast import Cast
from tests.seasons import Mending

pytestmark = pytest.mark.both_databases
BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAYS = 40
DAY = timedelta(days=1)
AFTER = BEGAN.date() + (DAYS + 2) * DAY


def learned(cast: Cast, day: date) -> dict[Any, Any]:
    """Return all that Ada is told to have become known later of a day."""
    reader = Reader(cast.ada, AFTER, day)
    shown = [id for id in reader.image.key_results if reader.sees(id)]
    return {
        "tree": hindsight.of_all(reader),
        **{id: hindsight.of_objective(reader, id) for id in reader.image.objectives if reader.sees(id)},
        **{id: key_results.page(reader, id).hindsight for id in shown},
    }


class TestLearned:
    @pytest.mark.parametrize("seed", range(2))
    def test_is_the_same_warm_and_cold(self, cast, seed):
        """A process that looked back each evening says what one says that has just begun."""
        season = Mending(cast, seed, BEGAN)
        days = [BEGAN.date() + number * DAY for number in range(DAYS)]

        # From the first evening on the history is held, and all that comes waits in it.
        season.live(DAYS, lambda day: past.of(cast.acme.id, BEGAN.date() - DAY), busy=6)
        warm = {}
        for day in days:
            warm[day] = learned(cast, day)
            assert warm[day] == learned(cast, day)

        assert season.done["move"] > 5 and season.done["take_back"]
        for day in days:
            images.forget()
            assert learned(cast, day) == warm[day], day

    @pytest.mark.parametrize("seed", range(2))
    def test_misses_nothing_that_stands_otherwise_now(self, cast, seed):
        """Each key result whose check-ins of a day are others now is told, with all figures they change."""
        season = Mending(cast, seed, BEGAN)
        season.live(DAYS, lambda day: None, busy=6)
        moved = 0

        for day in (BEGAN.date() + number * DAY for number in range(DAYS)):
            reader, living = Reader(cast.ada, AFTER, day), images.of(cast.acme.id)
            then, known = reader.image, int(reader.known.timestamp())
            now = living.entries.until(then.key_results, known)
            others = {id for id in now if _ids(now[id]) != _ids(then.entries.series(id))}
            late, corrected = then.entries.history.learned(known)
            assert others <= {*late, *corrected}, day

            figures = then.known_now(frozenset(then.key_results), living).on(day)
            told = hindsight.of_all(reader)
            expected = {
                id: figures.percent(id)
                for id in then.objectives
                if reader.sees(id) and figures.percent(id) != reader.day.percent(id)
            }
            assert {one.id: one.now.text for one in (told.moved if told else ())} == expected, day
            moved += len(expected)

        assert moved

    def test_counts_a_check_in_once(self, cast):
        """However often it was corrected since, and wherever to; what came late is late, whatever else."""
        okrs = the_okrs.written(cast, BEGAN)
        day, growth = BEGAN.date() + 5 * DAY, okrs.growth.id

        def counted() -> tuple[int, int]:
            past.of(cast.acme.id, day)  # what comes from here on waits
            found = hindsight.of_all(Reader(cast.ada, AFTER, day))
            images.forget()
            again = hindsight.of_all(Reader(cast.ada, AFTER, day))
            assert found == again
            return (found.late, found.corrected) if found else (0, 0)

        def correct(one, number: int, days: int):
            past.of(cast.acme.id, day)
            return checkins.correct(
                checkin=one.id, value=Decimal(number), effective_at=BEGAN + days * DAY, by=cast.ada,
                at=BEGAN + 20 * DAY + number * timedelta(hours=1),
            )  # fmt: skip

        later = checkins.record(key_result=growth, value=Decimal(44), by=cast.ada, at=BEGAN + 9 * DAY)
        assert counted() == (0, 0)
        later = correct(later, 1, 8)
        assert counted() == (0, 0)
        later = correct(later, 2, 3)
        assert counted() == (0, 1)
        later = correct(later, 3, 8)
        later = correct(later, 4, 2)
        assert counted() == (0, 1)

        late = checkins.record(
            key_result=growth, value=Decimal(41), effective_at=BEGAN + 4 * DAY, by=cast.ada,
            at=BEGAN + 10 * DAY,
        )  # fmt: skip
        assert counted() == (1, 1)
        correct(correct(late, 5, 9), 6, 1)
        assert counted() == (1, 1)


def _ids(entries: list) -> list[int]:
    return [entry.id for entry in entries]
