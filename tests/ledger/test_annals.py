"""Annals: opened and brought up to date, they tell past days as the tables do; or they are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from milepost.actions import checkins
from milepost.ledger import annals, changes, past, verify
from milepost.ledger import image as images
from milepost.ledger.changes import Kind
from tests.cast import Cast
from tests.ledger.test_past import said
from tests.seasons import Mending, Season

pytestmark = pytest.mark.both_databases
BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = [(BEGAN + number * DAY).date() for number in (0, 7, 13, 19, 20, 22)]
LONG = Decimal("1234567890.000000000001")  # no float says this


@pytest.fixture
def season(cast: Cast) -> Season:
    """Live for some weeks, with a number that no float says and with milestones."""
    season = Mending(cast, 5, BEGAN)
    checkins.record(key_result=season.okrs.growth.id, value=LONG, by=cast.ada, at=BEGAN)
    parts = [Decimal(1), Decimal("0.5")]
    checkins.record(key_result=season.okrs.guides.id, value=None, parts=parts, by=cast.ada, at=BEGAN)
    season.live(20, lambda day: None, busy=6)
    return season


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of files; this process opens none of them unless a test says so."""
    yield tmp_path / "images"
    annals.read_from(None)


def told(cast: Cast) -> list[dict]:
    """Tell some days as a process that has just started does, with what became known of them later."""
    images.forget()
    found = []
    for day in DAYS:
        then = past.of(cast.acme.id, day)
        late, corrected = then.entries.history.learned(int(then.known.timestamp()))
        found.append(said(then, day) | {"late": sorted(late), "corrected": sorted(corrected)})
    return found


def saved(folder: Path, cast: Cast, until: date = DAYS[-2]) -> Path:
    """Write Acme's history, as a server does after somebody looked back."""
    past.of(cast.acme.id, until)
    annals.save(folder, images.of(cast.acme.id))
    return next(folder.iterdir())


class TestAnnals:
    def test_tell_every_day_as_the_tables_do(self, cast: Cast, season: Season, folder: Path):
        """With whatever was said late, corrected, withdrawn or changed since they were written."""
        saved(folder, cast)
        at = BEGAN + 21 * DAY
        for number in range(60):
            season.act(at + number * DAY / 30)
        from_tables = told(cast)

        annals.read_from(folder)

        assert told(cast) == from_tables
        assert images.of(cast.acme.id).entries.history.exact.said

    def test_are_written_from_annals_as_from_the_tables(self, cast: Cast, season: Season, folder: Path):
        """A process that opened them and took in more writes what the next one tells the same days from."""
        saved(folder, cast, DAYS[0])
        for number in range(8):
            season.act(BEGAN + 21 * DAY + number * DAY / 10)
        from_tables = told(cast)

        annals.read_from(folder)
        told(cast)
        saved(folder, cast)

        assert told(cast) == from_tables
        assert images.of(cast.acme.id).entries.history.is_kept

    def test_read_no_entry_again(self, cast, season, folder, django_assert_max_num_queries):
        """Opening them asks whether the log is the one they know, and for what came since."""
        saved(folder, cast)

        with django_assert_max_num_queries(3):
            history = annals.opened(folder, cast.acme.id)

        assert len(history.settled.id) == len(images.of(cast.acme.id).entries.history.settled.id) > 5

    def test_agree_with_the_tables(self, cast: Cast, season: Season, folder: Path):
        """Verifying compares them, and says where they differ."""
        path = saved(folder, cast)
        annals.read_from(folder)
        first = [str(one) for one in verify.differences(cast.acme.id, DAYS[-1])]

        columns = images.of(cast.acme.id).entries.history.settled
        columns.said[:2] += 1
        annals.save(folder, images.of(cast.acme.id))
        second = [str(one) for one in verify.differences(cast.acme.id, DAYS[-1])]

        assert first == [] and path.exists()
        assert second == [f"annals: entries said {cast.acme.id}: out of date, expected as in the tables"]

    def test_count_what_comes_twice_once(self, cast: Cast, season: Season, folder: Path):
        """A check-in that was in the file and comes again with the changes is one."""
        saved(folder, cast)
        history = annals.opened(folder, cast.acme.id)
        rows = [one.entry for one in changes.changes_since(cast.acme.id, changes.Token())[0] if one.entry]

        history.add(rows * 2)

        assert len(history.columns(2**40).id) == len(rows)


class TestPassedOver:
    def test_one_that_is_torn(self, cast: Cast, season: Season, folder: Path):
        """A file of which the end is missing."""
        path = saved(folder, cast)
        path.write_bytes(path.read_bytes()[:-1000])

        assert annals.opened(folder, cast.acme.id) is None

    def test_one_of_another_workspace(self, cast: Cast, season: Season, folder: Path):
        """A file under another's name."""
        path = saved(folder, cast)
        path.rename(folder / f"{cast.zenith.id}{annals.ENDING}")

        assert annals.opened(folder, cast.zenith.id) is None

    def test_one_from_before_a_whole_file_came(self, cast: Cast, season: Season, folder: Path):
        """What a file brought is not in the log row by row."""
        saved(folder, cast)
        changes.append(cast.acme.id, Kind.ALL)

        assert annals.opened(folder, cast.acme.id) is None

    def test_where_there_is_none(self, cast: Cast, season: Season, folder: Path):
        """Then every entry is read, and the days are told as ever."""
        annals.read_from(folder)

        assert told(cast)
