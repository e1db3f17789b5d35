"""Imports go down only; import-linter reads the contracts from pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
LOWER_FLOORS = {"actions", "queries", "ledger", "models", "migrations", "connectors", "channels"}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT], cwd=root, capture_output=True, text=True, timeout=120)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package, to do damage to."""
    skipped = shutil.ignore_patterns("__pycache__", "static", "templates")
    shutil.copytree(ROOT / "milepost", tmp_path / "milepost", ignore=skipped)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


class TestFloors:
    def test_imports_go_down_only(self):
        """No module imports one of a floor above it, or what its floor may not know."""
        told = lint(ROOT)

        assert told.returncode == 0, told.stdout + told.stderr

    @pytest.mark.parametrize(
        ("place", "line"),
        [
            ("core/damage.py", "from milepost.queries import people"),
            ("formats/damage.py", "from milepost.web import urls"),
            ("web/damage.py", "from milepost.models import Team"),
            ("management/damage.py", "from milepost.models import Team"),
            ("management/damage.py", "from milepost.config import env"),
            ("models/workspaces.py", "from milepost.models import checkins"),
            ("cli/damage.py", "import django"),
            ("gadgets.py", "x = 1"),
        ],
    )
    def test_a_wrong_import_is_noticed(self, house: Path, place: str, line: str):
        """An import that goes up, or opens a table from a door, breaks a contract."""
        damaged = house / "milepost" / place
        damaged.write_text((damaged.read_text() if damaged.exists() else "") + f"\n{line}\n")

        told = lint(house)

        assert told.returncode != 0, told.stdout

    def test_every_door_is_kept_from_the_tables(self):
        """Each package above or beside the tables is named in the contract that forbids them."""
        contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
        named = {source for each in contracts for source in each.get("source_modules", ())}

        packages = {path.parent.name for path in (ROOT / "milepost").glob("*/__init__.py")}

        assert {f"milepost.{name}" for name in packages - LOWER_FLOORS} <= named
