"""Reaches the golden tables that lie beside the project; tests that need them skip, saying so, elsewhere."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def path_of(name: str) -> Path:
    """Give the path of a shared file, or skip the test."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return path


def rows(name: str) -> list[dict[str, str]]:
    """Read a golden table."""
    with path_of(name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def suites() -> list[dict[str, Any]]:
    """Read the peers' vectors with exact numbers."""
    found = json.loads(path_of("peer_score_vectors.json").read_text("utf-8"), parse_float=Decimal)
    return found["suites"]
