"""Each requirement in docs/asvs.csv stands on tests and places that there are; docs/security.md counts them."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache

import pytest

from tests.docs.pages import ROOT, anchors

PAGE = ROOT / "docs" / "security.md"
LEVELS = {"1": 70, "2": 183}  # how many the standard has of each
OPEN = "open"


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows()
EVIDENCE = sorted(
    {one for row in ROWS if row["evidence"] != OPEN for one in row["evidence"].split("; ") if one}
)


@cache
def named_in(path: str) -> frozenset[str]:
    """Return the tests of a file as pytest names them, without running anything."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


def is_there(evidence: str) -> bool:
    """Say whether a test, or a place in a file, is what it is said to be."""
    if "::" in evidence:
        path, _, name = evidence.partition("::")
        return (ROOT / path).is_file() and name in named_in(path)
    path, _, place = evidence.partition("#")
    file = ROOT / path
    if not file.is_file() or not place:
        return False
    return place in (anchors(file) if file.suffix == ".md" else file.read_text(encoding="utf-8"))


def state(row: dict[str, str]) -> str:
    if row["applies"] == "no":
        return "does not apply"
    return "open" if row["evidence"] == OPEN else "held"


class TestTable:
    def test_has_each_requirement_once_and_in_order(self):
        """All of levels 1 and 2 are there, under their number alone, whether they apply or not."""
        numbers = [tuple(map(int, row["requirement"].removeprefix("v5.0.0-").split("."))) for row in ROWS]

        assert all(re.fullmatch(r"v5\.0\.0-\d+\.\d+\.\d+", row["requirement"]) for row in ROWS)
        assert numbers == sorted({*numbers})
        assert Counter(row["level"] for row in ROWS) == LEVELS

    def test_says_something_of_each(self):
        """What applies has evidence or says what is missing; what does not apply says why."""
        for row in ROWS:
            assert row["applies"] in ("yes", "no"), row
            assert bool(row["evidence"]) is (row["applies"] == "yes"), row
            assert row["note"] or state(row) == "held", row

    @pytest.mark.parametrize("evidence", EVIDENCE)
    def test_names_what_there_is(self, evidence: str):
        """Each test and each place that is named can be gone to."""
        assert is_there(evidence)

    def test_would_notice_what_is_gone(self):
        """A test, a heading or a file that there is not is found out."""
        assert not is_there("tests/docs/test_security.py::TestTable::test_that_is_gone")
        assert not is_there("tests/docs/test_gone.py::test_any")
        assert not is_there("docs/security.md#gone")
        assert not is_there("docs/security.md")


class TestPage:
    def test_counts_what_the_table_says(self):
        """The figures of the page are those of the table, level by level."""
        text = PAGE.read_text(encoding="utf-8")

        for level in LEVELS:
            count = Counter(state(row) for row in ROWS if row["level"] == level)
            figures = (LEVELS[level], count["held"], count["open"], count["does not apply"])
            assert f"| {level} | {' | '.join(map(str, figures))} |" in text

    def test_names_everything_open(self):
        """What is not held yet stands on the page, each by its number, and nothing else does."""
        part = PAGE.read_text(encoding="utf-8").partition("## Not met yet")[2].partition("\n## ")[0]
        told = set(re.findall(r"\b\d+\.\d+\.\d+\b", part))

        assert told == {row["requirement"].removeprefix("v5.0.0-") for row in ROWS if state(row) == "open"}
