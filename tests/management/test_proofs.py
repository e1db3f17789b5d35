"""How the last check ended is kept whole or not at all, and leaves nothing else in the data folder."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from milepost.config import env
from milepost.core.problems import Problem
from milepost.management import proofs
from tests.cast import NOW


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    settings.MILEPOST = replace(settings.MILEPOST, data_dir=tmp_path)
    return tmp_path


@contextmanager
def full_disk() -> Iterator[None]:
    """Let files be made, and nothing be written into them, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestNote:
    def test_leaves_nothing_on_a_full_disk(self, folder: Path):
        """What cannot be written takes nothing away either: the check before is still known."""
        proofs.note({"acme": 1}, at=NOW)
        with full_disk():
            proofs.note({"acme": 2}, at=NOW)

        assert names(folder) == [proofs.FILE_NAME]
        assert proofs.last().found == {"acme": 1}

    def test_takes_away_what_was_left(self, folder: Path):
        """An empty file of a check that was killed is gone after the next one."""
        (folder / f"{proofs.FILE_NAME}.10741").touch()

        proofs.note({"acme": 0}, at=NOW)

        assert names(folder) == [proofs.FILE_NAME]


class TestSecretKey:
    def test_leaves_nothing_on_a_full_disk(self, folder: Path):
        """A key that cannot be kept leaves no half of one behind."""
        settings = env.load({"MILEPOST_DATA_DIR": str(folder)})

        with full_disk(), pytest.raises(Problem, match="data folder"):
            env.keep_key(settings)

        assert names(folder) == []
