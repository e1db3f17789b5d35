"""Long work: so much of one person's at once, and when it is worth coming again."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from milepost.core import workload
from milepost.core.workload import LARGE, LONG_FILE, LONGEST_PAUSE, TooManyAtOnce

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOST = 2


def work(whose: int, at: datetime = NOON, *, until: datetime = NOON):
    return workload.under_way(whose, at, most=MOST, now=lambda: until)


class TestUnderWay:
    def test_refuses_one_more_of_a_person(self):
        """Two that will take long are worked on; a third is refused, one of somebody else is not."""
        with work(1) as first, work(1) as second, work(2):
            workload.will_take_long(first, NOON)
            workload.will_take_long(second, NOON)
            with pytest.raises(TooManyAtOnce), work(1):
                pass
        with work(1):
            pass

    def test_refuses_what_turns_out_to_be_long_too(self):
        """One that has begun quick finds no place among those that take long."""
        with work(1) as first, work(1) as second, work(1) as third:
            workload.will_take_long(first, NOON)
            workload.will_take_long(second, NOON)
            with pytest.raises(TooManyAtOnce):
                workload.will_take_long(third, NOON)

    def test_says_when_the_first_is_likely_done(self):
        """As long as the last one took, less what the oldest has taken by now."""
        with work(3, until=NOON + 14 * SECOND):
            pass
        with ExitStack() as others:
            for late in range(MOST):
                others.enter_context(work(3, NOON + late * SECOND, until=NOON))
            with pytest.raises(TooManyAtOnce) as refused, work(3, NOON + 4 * SECOND):
                pass

        assert refused.value.retry_after == 10


class TestPause:
    @pytest.mark.parametrize(
        ("gone", "lasted", "seconds"),
        [
            (4, None, 4),  # the first one: as long again
            (0, None, 1),
            (4, 14, 10),
            (13.5, 14, 1),
            (20, 14, 20),  # longer than the last one
            (4, 900, LONGEST_PAUSE),
        ],
    )
    def test_is_what_is_likely_left(self, gone: float, lasted: float | None, seconds: int):
        """Whole seconds, never none, and never so many that nobody would wait."""
        before = None if lasted is None else lasted * SECOND

        assert workload.pause(gone * SECOND, before) == seconds


class TestIsLong:
    def test_is_a_large_workspace_or_a_long_file(self):
        """Either takes long, whatever the other is."""
        assert not workload.is_long(key_results=LARGE - 1, characters=LONG_FILE)
        assert workload.is_long(key_results=LARGE)
        assert workload.is_long(key_results=0, characters=LONG_FILE + 1)
