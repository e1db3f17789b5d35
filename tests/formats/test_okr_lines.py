"""What is taken out of a text before it is parsed reads as if it had stayed there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.plan import Plan
from milepost.formats import okr_files
from milepost.formats.okr_bytes import Source
from milepost.formats.okr_files import FileProblems, read, write
from milepost.formats.okr_lines import Lines
from milepost.formats.okr_raw import NotAsWritten
from milepost.formats.okr_reading import Reading
from tests.formats.made_plans import plans

KINDS = pytest.mark.parametrize("kind", ["json", "yaml"])
HEAD = """\
milepost: 1
workspace:
  id: corner
  name: Corner Shop
people:
- id: ada
  name: Ada Lovelace
cycles:
- id: year
  name: Year
  starts: 2026-01-01
objectives:
- id: bread
  title: Bread for everyone
  cycle: year
"""
KEY_RESULT = """\
  key_results:
  - id: loaves
    title: Loaves rise from 1 to 9
    measure:
      start: 1
      target: 9
"""
CHECK_INS = """\
    check_ins:
    - id: first
      at: 2026-02-01T10:00:00Z
      value: 2
      note: "Bread: \N{BREAD}"
      by: ada
    - id: second
      at: 2026-02-08T10:00:00Z
      recorded: 2026-02-09T10:00:00Z
      value: 3.5
      confidence: 7
"""
TEXT = HEAD + KEY_RESULT + CHECK_INS
SLIPS = ("", "\n", " ", "\n    ", ",", '"', "- ", "}", "#", "x", ": ", "\r", "~", "\\")


def as_it_is(data: bytes, name: str) -> Plan:
    """Read a file without taking anything out of it first."""
    file = okr_files._File(Source(data, name), None, None)
    return file._read_from(file.source.entries(), None, Reading())


def outcome(reader, data: bytes, name: str):
    """What comes of reading: a plan, or what is wrong and where."""
    try:
        return reader(data, name=name)
    except FileProblems as refused:
        return [(one.code, one.message, one.place) for one in refused.problems]


def taken(text: str, kind: str) -> int:
    return len(Lines(text, is_json=kind == "json").taken)


def written(kind: str) -> str:
    return write(read(TEXT.encode(), name="a.yaml"), as_=kind).decode()


class TestLines:
    @KINDS
    def test_takes_what_milepost_writes(self, kind: str):
        """The check-ins of a key result leave one mark; what they say is read all the same."""
        text = written(kind)

        assert taken(text, kind) == 1
        assert read(text.encode(), name=f"a.{kind}") == as_it_is(text.encode(), f"a.{kind}")

    @KINDS
    @settings(deadline=None, max_examples=60)
    @given(plan=plans(), data=st.data())
    def test_changes_nothing_that_is_read(self, kind: str, plan: Plan, data: st.DataObject):
        """Whatever a plan says, and whatever slip is made in its file: the same plan, or the same refusal."""
        text = write(plan, as_=kind).decode()
        at = data.draw(st.integers(0, len(text)))
        slip = data.draw(
            st.sampled_from(["", "\n", " ", "\n    ", ",", '"', "- ", "}", "#", "x", ": ", "\r", "~"])
        )
        end = min(len(text), at + data.draw(st.sampled_from([0, 1, 1, 2])))
        changed = f"{text[:at]}{slip}{text[end:]}".encode()

        assert outcome(read, changed, f"a.{kind}") == outcome(as_it_is, changed, f"a.{kind}")

    def test_leaves_a_text_that_looks_like_check_ins(self):
        """A description may hold lines as check-ins have them, even as deep as they stand."""
        lines = "As a file says it:\n" + CHECK_INS.replace("    ", "", 1)
        plan = read(TEXT.encode(), name="a.yaml")
        plan = replace(plan, objectives=(replace(plan.objectives[0], description=lines),))

        for kind in ("yaml", "json"):
            assert read(write(plan, as_=kind), name=f"a.{kind}") == plan

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("2026-02-08T10", "2026-02-30T10", "not_a_moment"),
            ("value: 2", "value: 1e400", "number_out_of_range"),
            ("by: ada", "by: \N{BREAD}", "bad_id"),
            ("confidence: 7", "confidence: 11", None),
            ("      value: 2\n", "      valeu: 2\n", "unknown_field"),
            ("by: ada", "by: bob", None),
        ],
    )
    def test_refuses_what_is_wrong_in_its_place(self, old: str, new: str, code: str | None):
        """A mistake among check-ins is named with line and field, as if nothing had been taken out."""
        text = TEXT.replace(old, new)

        found = outcome(read, text.encode(), "a.yaml")

        assert found == outcome(as_it_is, text.encode(), "a.yaml")
        assert [one[2].line for one in found] == [text[: text.index(new.strip())].count("\n") + 1]
        assert code in (None, found[0][0])

    def test_refuses_a_file_that_breaks_off_below(self):
        """The place of what ends the reading is counted in the file's own lines."""
        text = TEXT + "  comments: [\n"

        [(_, _, place)] = outcome(read, text.encode(), "a.yaml")

        assert place.line > text.count("\n") - 1

    @pytest.mark.parametrize("brackets", ["{}", "[]"])
    def test_takes_nothing_inside_of_brackets(self, brackets: str):
        """Dashes say nothing there, and the file is refused as before."""
        text = (
            HEAD
            + f"  key_results: {brackets[0]}\n    check_ins:\n"
            + CHECK_INS.partition("\n")[2]
            + brackets[1]
        )

        assert outcome(read, text.encode(), "a.yaml")[0][0] == "not_yaml"

    @pytest.mark.parametrize(("old", "new"), [("},\n", "}\n"), ("}\n          ]", "},\n          ]")])
    def test_misses_no_comma(self, old: str, new: str):
        """One too few or too many between check-ins is refused."""
        text = written("json")
        start = text.index('"check_ins"')
        changed = text[:start] + text[start:].replace(old, new, 1)

        assert changed != text
        assert outcome(read, changed.encode(), "a.json")[0][0] == "not_json"

    @pytest.mark.parametrize("id", ["null", "~", "Null"])
    def test_takes_no_word_for_an_id_that_is_none(self, id: str):
        """In YAML they say that there is nothing."""
        text = TEXT.replace("by: ada", f"by: {id}")

        assert read(text.encode(), name="a.yaml").objectives[0].key_results[0].check_ins[0].by is None

    def test_reads_escapes_and_quotes(self):
        """Notes of several lines, with quotes and backslashes, are the same texts either way."""
        plan = read(TEXT.replace("Bread: \N{BREAD}", r"a \"b\"\n\\c\u2028d").encode(), name="a.yaml")

        for kind in ("json", "yaml"):
            data = write(plan, as_=kind)
            assert read(data, name=f"a.{kind}") == as_it_is(data, f"a.{kind}") == plan
        assert taken(write(plan, as_="json").decode(), "json") == 1

    def test_begins_no_short_reading_where_nothing_was_taken(self):
        """A file written by hand is parsed once."""
        source = Source(
            TEXT.replace("    check_ins:\n    ", "    check_ins: # so far\n    ").encode(), "a.yaml"
        )

        with pytest.raises(NotAsWritten):
            source.entries_without_check_ins()
