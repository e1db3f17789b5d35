"""`milepost score`: a file in, one JSON object a line out."""

from __future__ import annotations

import io
import json
import sys

import pytest

from milepost.cli.exits import Exit
from milepost.cli.score import score_file
from milepost.core import peers
from tests.core import shared_data

SCORES = "kind,start,target,current"


def run(path, **options):
    out, err = io.StringIO(), io.StringIO()
    code = score_file(path, out=out, err=err, **options)
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def piped(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")


@pytest.fixture
def file(tmp_path):
    def write(*lines: str, name: str = "rows.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


class TestScores:
    def test_prints_a_line_for_each_row_in_order(self, file):
        """Progress is text with six decimals, the grade a number with one, the band a word."""
        path = file(SCORES, "reach,,30,25", "decrease,33 min,20 min,18 min", "increase,30,50,29")

        code, lines, err = run(path)

        assert (code, err) == (Exit.OK, "")
        assert lines == [
            {"progress": "0.833333", "grade": 0.8, "band": "delivery"},
            {"progress": "1.153846", "grade": 1.0, "band": "delivery"},
            {"progress": "-0.050000", "grade": 0.0, "band": "failure"},
        ]

    def test_a_row_that_cannot_be_scored_says_why(self, file):
        """A bad row has band error, a code and words, and the next row is scored all the same."""
        path = file(
            SCORES, "magic,1,2,3", "reach,,10,abc", "increase,0,10,5", "reach,,20,000,5", "reach", ",,,"
        )

        code, lines, _ = run(path)

        assert code == Exit.OK
        assert [(line["band"], line.get("problem")) for line in lines] == [
            ("error", "unknown_kind"),
            ("error", "not_a_number"),
            ("progress", None),
            ("error", "too_many_cells"),
            ("error", "no_target"),
            ("error", "unknown_kind"),
        ]
        assert all(line["message"] for line in lines if line["band"] == "error")

    @pytest.mark.parametrize(
        ("row", "band", "problem"),
        [
            ("increase,0,10,null", "ungraded", "no_data"),
            ("increase[closing],0,10,null", "failure", "no_data_at_close"),
            ("baseline,,,12", "ungraded", "no_start"),
            ("baseline,10,,12", "ungraded", "no_target"),
            ("rollup_objective,,kr|wibble,1|1", "error", "unknown_label"),
            ("rollup_objective,,,x", "error", "all_weights_zero"),
            ("rollup_objective,-1,,1", "error", "negative_weight"),
        ],
    )
    def test_tells_ungraded_from_wrong(self, file, row, band, problem):
        """No data is ungraded, no data at closing a failure; a roll-up of nothing is an error."""
        _, lines, _ = run(file(SCORES, row))

        assert (lines[0]["band"], lines[0]["problem"]) == (band, problem)

    def test_a_policy_of_ours_grades_every_row(self, file):
        """A policy given for the file holds for rows that name none."""
        path = file(SCORES, "increase,0,20,13", "increase[milepost.v1],0,20,13", "rollup_objective,,,0.65")

        _, lines, _ = run(path, policy="half_even")

        assert [line["grade"] for line in lines] == [0.6, 0.7, 0.6]

    def test_reads_columns_in_any_order_with_others_between(self, file):
        """Only the names of the columns matter."""
        path = file("\ufeffreason,Current,target , START,kind", "why,45,50,30,increase")

        _, lines, _ = run(path)

        assert lines[0]["progress"] == "0.750000"

    def test_reads_standard_input(self, monkeypatch):
        """A dash is standard input."""
        monkeypatch.setattr(sys, "stdin", piped(f"{SCORES}\nreach,,4,1\n".encode()))

        assert run("-")[1][0]["progress"] == "0.250000"

    def test_reads_what_a_spreadsheet_pipes_in(self, monkeypatch):
        """A mark of the encoding at the beginning, and bytes that are no text, are taken as in a file."""
        monkeypatch.setattr(sys, "stdin", piped(("\ufeff" + SCORES).encode() + b"\nreach,,4,1\n\xff,,,\n"))

        assert [line["band"] for line in run("-")[1]] == ["failure", "error"]

    def test_bytes_that_are_no_text_break_nothing(self, tmp_path):
        """A file in another encoding is read as far as it goes."""
        path = tmp_path / "rows.csv"
        path.write_bytes(SCORES.encode() + b"\nreach,,10 \xff\xfe,5\n\x00,,,\n")

        code, lines, _ = run(path)

        assert (code, [line["band"] for line in lines]) == (Exit.OK, ["error", "error"])


class TestStatus:
    HEAD = "rule,objective_type,plan_curve,elapsed,progress,n_checkins,inputs"

    @pytest.mark.parametrize(
        ("row", "wanted"),
        [
            ("pace,committed,,50%,0.5,3,", "on_track"),
            ("pace,committed,linear,0.5,,0,", "no_data"),
            ("confidence_status,,,,,,confidence=6", "at_risk"),
            ("staleness,,,,,,days=8", "late"),
        ],
    )
    def test_prints_the_status(self, file, row, wanted):
        """Each rule answers from its own columns."""
        _, lines, _ = run(file(self.HEAD, row), kind="status")

        assert lines == [{"status": wanted}]

    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            ("vibes,,,,,,", "unknown_rule"),
            ("pace,hopeful,linear,0.5,0.5,3,", "unknown_commitment"),
            ("pace,committed,wavy,0.5,0.5,3,", "unknown_curve"),
            ("pace,committed,linear,,0.5,3,", "not_a_number"),
            ("pace,committed,linear,0.5,0.5,,", "not_a_number"),
            ("pace,committed,linear,0.5,0.5,1.5,", "not_a_number"),
            ("forecast,committed,,,,,p70=0.9", "not_a_number"),
            ("forecast,committed,,,,,p70=0.9;p100=7", "bad_probability"),
            ("confidence,,,,,,confidence=11", "bad_confidence"),
            ("agreement,,,,,,owner=green;model=off_track", "unknown_status"),
            ("agreement,,,,,,owner=no_data;model=off_track", "no_opinion"),
        ],
    )
    def test_a_bad_row_says_why(self, file, row, problem):
        """What has no status is an error with its code."""
        _, lines, _ = run(file(self.HEAD, row), kind="status")

        assert (lines[0]["status"], lines[0]["problem"]) == ("error", problem)


class TestVerdict:
    HEAD = "objective_type,raw_progress,insight"

    @pytest.mark.parametrize(
        ("row", "wanted"),
        [
            ("learning,0.6,", "not_yet"),
            ("learning,,documented", "success"),
            ("aspirational,50%,no", "partial"),
            ("aspirational,0.5,we learned to ask first", "success_by_learning"),
            ("committed,null,", "ungraded"),
            ("hopeful,1,", "error"),
            ("committed,much,", "error"),
        ],
    )
    def test_prints_the_verdict(self, file, row, wanted):
        """What was promised decides."""
        _, lines, _ = run(file(self.HEAD, row), kind="verdict")

        assert lines[0]["verdict"] == wanted


class TestPeers:
    @pytest.mark.parametrize("suite", sorted(peers.SUITES))
    def test_answers_the_published_file(self, suite):
        """The file of all suites gives one line for each case of the suite that is named."""
        cases = {one["id"]: one["cases"] for one in shared_data.suites()}[suite]

        code, lines, err = run(shared_data.path_of("peer_score_vectors.json"), policy=suite)

        assert (code, err, len(lines)) == (Exit.OK, "", len(cases))
        assert [line for line in lines if "problem" in line] == []

    def test_reads_cases_one_a_line(self, file):
        """JSON Lines have one case each; what is no case says so."""
        path = file('{"baseline": 0, "target": 3, "current": 1}', '{"target": 3}', "7", name="cases.jsonl")

        _, lines, _ = run(path, policy="oslo.kr_progress_display")

        assert [line["value"] for line in lines] == [33.33, None, None]
        assert [line.get("problem") for line in lines] == [None, "bad_case", "bad_case"]
        assert lines[0]["progress"] == "0.333300"

    @pytest.mark.parametrize(
        ("suite", "row", "wanted"),
        [
            ("shamanr.kr_progress_v2", "decrease,10,5,7.5", "0.500000"),
            ("shamanr.kr_progress_v2", "count,100,100,100", "1.000000"),
            ("leantime.goal_progress", "increase,0,100,-20", "0.000000"),
            ("oslo.kr_progress_display", "percent,20%,100%,0%", "-0.250000"),
            ("oslo.kr_progress_display", "increase,20,100,null", "0.000000"),
            ("puzzle.kr_progress", "reach,,100,150", "1.500000"),
            ("puzzle.kr_progress", "reach,50,100,75", "0.750000"),
            ("openokr.kr_progress", "increase,41,60,50", "0.473700"),
            ("openokr.kr_progress", "increase,100,50,75", "0.500000"),
            ("openokr.kr_progress", "maintain,95,99,94", "0.750000"),
            ("openokr.kr_progress", "range,,95..99,94", "0.750000"),
            ("openokr.kr_progress_kpi", "percent,,,130", "1.000000"),
            ("openokr.kpi_achievement", "lower_better,,100,80", "1.250000"),
            ("openokr.kpi_achievement", "higher_better,,100,80", "0.800000"),
            ("openokr.goal_progress", "rollup_objective,2|1,kr|kr,1|0.4", "0.800000"),
            ("openokr.goal_progress", "rollup_objective,0|0,kr|kr,1|0.4", "0.000000"),
            ("hrms.kra_weighted_score", "rollup_objective,30|70,,0.125|0.5", "0.387500"),
            ("texandesi.kr_progress", "decrease,9,2,9", "1.000000"),
            ("shamanr.project_stages", "milestones,,30|70,done|open", "0.300000"),
        ],
    )
    def test_reads_the_columns_where_they_suffice(self, file, suite, row, wanted):
        """A row of cells is a case of a suite that needs no more than they hold."""
        _, lines, _ = run(file(SCORES, row), policy=suite)

        assert (lines[0]["progress"], lines[0].get("problem")) == (wanted, None)

    def test_a_missing_start_is_still_missing(self, file):
        """A peer's linear family needs a start as ours does."""
        _, lines, _ = run(file(SCORES, "increase,,10,5"), policy="leantime.goal_progress")

        assert lines[0]["problem"] == "no_start"

    @pytest.mark.parametrize(
        ("suite", "current", "wanted"),
        [
            ("openokr.score_bands", "0.99", "strong"),
            ("openokr.portfolio", "0.85", "healthy"),
            ("openokr.confidence", "0.3", "low"),
        ],
    )
    def test_bands_read_the_value(self, file, suite, current, wanted):
        """A suite of bands gives its own word for the value."""
        _, lines, _ = run(file(SCORES, f"score,,,{current}"), policy=suite)

        assert (lines[0]["band"], lines[0]["value"]) == (wanted, wanted)

    @pytest.mark.parametrize(
        ("suite", "row"),
        [
            ("leantime.goal_progress", "binary,,true,true"),
            ("leantime.goal_progress", "range,,1..2,1"),
            ("openokr.goal_progress", "increase,1,2,1"),
            ("shamanr.project_stages", "increase,1,2,1"),
            ("burning.company_series", "increase,1,2,1"),
        ],
    )
    def test_says_where_a_suite_says_nothing(self, file, suite, row):
        """A kind that a suite knows nothing of is not guessed."""
        _, lines, _ = run(file(SCORES, row), policy=suite)

        assert lines[0]["problem"] == "not_expressible"


class TestRefusals:
    @pytest.mark.parametrize(
        ("head", "options", "said"),
        [
            ("kind,start,current", {}, "has no column “target”"),
            (SCORES, {"kind": "status"}, "has no column “rule”"),
            (SCORES, {"policy": "vibes"}, "no scoring policy called “vibes”"),
            (SCORES, {"kind": "verdict", "policy": "puzzle.kr_progress"}, "gives scores only"),
            (SCORES, {"kind": "haiku"}, "“haiku” cannot be printed"),
            ("[]", {}, "only a peer’s cases"),
            ("[nonsense", {"policy": "puzzle.kr_progress"}, "line 1: this is not JSON"),
            ('{"suites": []}', {"policy": "puzzle.kr_progress"}, "has no suite"),
            ("", {}, "has no column “kind”"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_refused_whole(self, file, head, options, said):
        """The message names what is wrong and what would be right; nothing is printed."""
        code, lines, err = run(file(head), **options)

        assert code != Exit.OK
        assert lines == []
        assert said in err

    def test_a_missing_column_is_named(self, file):
        """The refusal names file, column and the columns that are expected."""
        path = file("kind,start,current", "reach,,5")

        _, _, err = run(path)

        assert err == (
            f"{path} has no column “target”."
            " The first line names the columns: kind, start, target, current.\n"
        )

    def test_a_file_that_is_not_there(self, tmp_path):
        """A path without a file is not found; a folder cannot be read."""
        assert run(tmp_path / "none.csv")[0] == Exit.NOT_FOUND
        assert run(tmp_path)[0] == Exit.ERROR
