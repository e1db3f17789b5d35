"""Every row of the golden tables, through the same door as `milepost score`."""

from __future__ import annotations

import io
import json

from milepost.cli.score import score_file
from tests.core import shared_data


def lines(name: str, kind: str) -> list[dict]:
    out, err = io.StringIO(), io.StringIO()
    code = score_file(shared_data.path_of(name), kind=kind, out=out, err=err)
    assert (code, err.getvalue()) == (0, "")
    return [json.loads(line) for line in out.getvalue().splitlines()]


class TestGoldenScores:
    def test_every_row_has_its_progress_grade_and_band(self):
        """Each golden score row gives the published progress, grade and band."""
        rows = shared_data.rows("golden_scores.csv")

        found = lines("golden_scores.csv", "scores")

        got = [(line["progress"] or "", _text(line["grade"]), line["band"]) for line in found]
        wanted = [(row["expected_progress"], row["expected_grade"], row["expected_band"]) for row in rows]
        assert got == wanted

    def test_every_refused_row_names_the_problem_of_its_reason(self):
        """Each golden row that cannot be scored carries the code that its reason names."""
        rows = shared_data.rows("golden_scores.csv")

        found = lines("golden_scores.csv", "scores")

        refused = [(row, line) for row, line in zip(rows, found, strict=True) if line["band"] == "error"]
        assert refused
        assert [row["reason"] for row, line in refused if line["problem"] not in row["reason"]] == []


class TestGoldenStatus:
    def test_every_row_has_its_status(self):
        """Each golden status row gives the published status."""
        rows = shared_data.rows("golden_status.csv")

        found = lines("golden_status.csv", "status")

        assert [line["status"] for line in found] == [row["expected"] for row in rows]


class TestGoldenSuccess:
    def test_every_row_has_its_verdict_and_action(self):
        """Each golden success row gives the published verdict and action."""
        rows = shared_data.rows("golden_success.csv")

        found = lines("golden_success.csv", "verdict")

        got = [(line["verdict"], line["action"]) for line in found]
        assert got == [(row["expected_verdict"], row["expected_action"]) for row in rows]


def _text(grade) -> str:
    return "" if grade is None else str(grade)
