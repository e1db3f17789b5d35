"""Two days compared in arrays say what a look at every objective says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from milepost.queries import comparisons, teams
from milepost.queries.cards import Reader
from tests.cast import Cast
from tests.seasons import Season

pytestmark = pytest.mark.both_databases
BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = 20


def readers(cast: Cast, seed: int) -> list[Reader]:
    """Live through a season; return those who look at its days, and at the one after."""
    season = Season(cast, seed, BEGAN)
    season.live(DAYS, lambda day: None)
    today = BEGAN.date() + DAYS * DAY
    return [Reader(cast.cleo, today, today - number * DAY) for number in (19, 12, 11, 4, 0)]


class TestComparison:
    @pytest.mark.parametrize("seed", range(2))
    def test_looks_at_all_that_changed(self, cast, seed):
        """Whatever differs between two days is among the few objectives that are looked at."""
        looks = readers(cast, seed)

        for then, now in pairwise(looks):
            between = comparisons._Between(then, now)
            ids = now.image.objectives.ids.tolist()
            assert {id for id in ids if between._changed(id)} <= between._touched()

    def test_ranks_as_each_would_be_ranked(self, cast):
        """What moved most first, then what changed, then what was only checked in; the rest is the same."""
        looks = readers(cast, 5)

        for then, now in pairwise(looks):
            between = comparisons._Between(then, now)
            busy = between._busy()
            moved, same = {}, []
            for node, id in enumerate(now.image.ids[: now.image.first_key_result]):
                if now.sees(id):
                    after, before = (between._share(reader, id) for reader in (now, then))
                    points = abs(float(after or 0) - float(before or 0))
                    changed, appeared = between._changed(id), (after is None) != (before is None)
                    if points >= 0.0005 or appeared or changed or busy[node]:
                        moved[id] = -round(points, 6), not changed, id
                    else:
                        same.append(id)
            ranked = between.ranked(now.image.objectives.ids)
            assert ranked == (sorted(moved, key=moved.get), same)


class TestSummary:
    @pytest.mark.parametrize("counts_restricted", [False, True])
    def test_is_the_same_by_rows_and_by_nodes(self, cast, counts_restricted):
        """Both leave out the same restricted work, and count the same."""
        cast.acme.count_restricted_work = counts_restricted
        cast.acme.save()
        for reader in readers(cast, 1):
            image = reader.image
            every = np.arange(image.first_key_result)

            assert teams.summary_of_nodes(reader, every) == teams.summary(reader, image.objectives.values())
            assert teams.summary_of_nodes(reader, every[:2]) == teams.summary(
                reader, image.objectives.values()[:2]
            )
