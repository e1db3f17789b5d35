"""How a file of OKRs that is wrong is refused: whole, kindly, with every reason."""

from __future__ import annotations

import json
import tracemalloc

import pytest
import yaml

from milepost.core.plan import path_text
from milepost.formats import okr_yaml
from milepost.formats.okr_files import read, write
from tests.formats.example import GOOD, GOOD_PLAN, WRONG, changed, refused


def numbers(tree: object, path: tuple = ()) -> list[tuple]:
    """List the paths of all numbers in a tree of lists and dicts, the version apart."""
    if isinstance(tree, (dict, list)):
        inside = tree.items() if isinstance(tree, dict) else enumerate(tree)
        return [spot for key, item in inside for spot in numbers(item, (*path, key))]
    is_number = isinstance(tree, (int, float)) and not isinstance(tree, bool)
    return [path] if is_number and path != ("milepost",) else []


NUMBERS = numbers(json.loads(write(GOOD_PLAN, as_="json")))


class TestRefusal:
    @pytest.mark.parametrize("name", ["acme.json", "acme.yaml"])
    @pytest.mark.parametrize("path", NUMBERS, ids=path_text)
    def test_takes_no_text_for_a_number(self, path: tuple, name: str):
        """Start, target, ends, weights, shares, values, confidence: each in quotes is text, and refused."""
        spelt = json.loads(write(GOOD_PLAN, as_="json"))
        place = spelt
        for step in path[:-1]:
            place = place[step]
        number = place[path[-1]]
        place[path[-1]] = f"{number}"

        told = refused(json.dumps(spelt, indent=1), name).problems

        assert [(problem.place.path, problem.code) for problem in told] == [(path, "not_a_number")]
        assert told[0].message == f"This is the text “{number}”, and a number is needed."
        assert told[0].remedy == f"Write {number} without quotes."
        assert json.dumps(spelt, indent=1).splitlines()[told[0].place.line - 1].count(f'"{number}"')

    @pytest.mark.parametrize(("old", "new", "code", "path", "line"), WRONG)
    def test_names_line_and_field(self, old: str, new: str, code: str, path: str, line: int):
        """Each kind of mistake is found where it stands, with what is wrong and what would be right."""
        told = refused(changed(old, new)).problems[0]

        assert (told.code, told.place.where, told.place.line) == (code, path, line)
        assert told.place.file == "acme.yaml"
        assert told.message.endswith((".", "?"))
        assert told.remedy

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ('"target": 4', '"target": "four"', "not_a_number"),
            ('"target": 4', '"target": "4"', "not_a_number"),
            ('"target": 4', '"target": NaN', "not_a_number"),
            ('"target": 4', '"target": -Infinity', "not_a_number"),
            ('"target": 4', '"target": 1e999999999999999999999', "too_many_digits"),
            ('"target": 4', f'"target": {"9" * 5000}', "too_many_digits"),
            ('"target": 4', '"target": 4, "target": 5', "duplicate_key"),
            ('"target": 4', '"target": 4,', "not_json"),
            ('"target": 4', '"target": 4 "unit": 5', "not_json"),
            ('"title": "Open the second stand"', '"title": 7', "not_text"),
            ('"title": "Open the second stand"', '"title": "\\ud800"', "bad_character"),
            ('"title": "Open the second stand"', '"title": "never closed', "not_json"),
        ],
    )
    def test_names_line_and_field_in_json(self, old: str, new: str, code: str):
        """In JSON too, down to the line."""
        text = write(GOOD_PLAN, as_="json").decode()
        line = text[: text.index(old)].count("\n") + 1

        told = refused(changed(old, new, text), "acme.json").problems[0]

        assert told.code == code
        assert told.place.line == line

    @pytest.mark.parametrize(("old", "new", "code", "path", "line"), WRONG[::5])
    def test_is_the_same_without_libyaml(
        self, monkeypatch, old: str, new: str, code: str, path: str, line: int
    ):
        """Where PyYAML has no libyaml, its parser in Python finds the same."""
        monkeypatch.setattr(okr_yaml, "_Parser", yaml.SafeLoader)

        told = refused(changed(old, new)).problems[0]

        assert (told.code, told.place.where, told.place.line) == (code, path, line)
        assert read(GOOD.encode(), name="acme.yaml") == GOOD_PLAN

    def test_shows_the_path_of_a_loop(self):
        """A ring of alignments is told step by step, through the key results it passes."""
        text = changed(
            "{id: year, title: Be the workshop people recommend, cycle: 2026}",
            "{id: year, title: Be the best, cycle: 2026, aligned_to: [{key_result: days}]}",
        )

        told = refused(text).problems[0]

        assert told.code == "loop"
        assert "year → key result days → road → year" in told.message

    def test_suggests_what_was_meant(self):
        """A slip of the pen is met with the word that is closest."""
        text = changed("confidence: 6", "confidance: 6")

        assert "Did you mean “confidence”?" in refused(text).problems[0].remedy

    def test_lists_every_reason_in_the_order_of_the_file(self):
        """One refusal names all that is wrong, top to bottom."""
        text = changed(
            "role: owner", "role: boss", changed("target: 4,", "target: x,", changed("8.5", "true!"))
        )

        told = refused(text)

        assert [problem.place.line for problem in told.problems] == [4, 27, 32]
        assert str(told.problems[0]).startswith("acme.yaml:4:64 people[0].role: ")
        assert len(told.details) == 3

    def test_orders_reasons_of_all_kinds(self):
        """What is found by different rules stands in one order too, that of the file."""
        text = changed("id: ben, name: Ben Tillet,", "id: ben, name: Ben, email: ADA@acme.example,")
        text = changed(
            "{id: year,",
            "{id: road, aligned_to: [{objective: road}],",
            changed("{objective: year, weight: 2}", "{objective: nowhere}", text),
        )

        codes = [problem.code for problem in refused(text).problems]

        assert codes == ["duplicate_email", "loop", "duplicate_id", "unknown_reference"]

    def test_stops_at_fifty(self):
        """After fifty reasons a person mends first."""
        text = "milepost: 1\npeople:\n" + "- {id: a b, name: A}\n" * 10_000

        told = refused(text)

        assert len(told.problems) == 50
        assert told.more

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty_file"),
            (b" \n\n", "empty_file"),
            (b"# nothing but a remark\n", "not_okrs"),
            (b"\xff\xfem\x00i\x00", "not_utf8"),
            ("milepost: 1\n".encode("utf-16-be"), "not_text"),
            (b"milepost: 1\nworkspace: \xff\xfe\n", "not_utf8"),
            ("milepost: 1\n# café\n".encode("latin-1"), "not_utf8"),
            (b"milepost: 1\x00\n", "not_text"),
            (b"PK\x03\x04\x14\x00\x00\x00", "not_text"),
            (b"%PDF-1.7\nhello", "not_okrs"),
            (b"<html><body>", "not_okrs"),
            (b"Title,Owner,Target\nx,y,3\n", "not_okrs"),
            (b"- milepost: 1\n", "not_okrs"),
            (b"[1, 2]", "not_okrs"),
            (b"apiVersion: v1\nkind: Pod\n", "unknown_field"),
            ("milepost: 1\n# \ufffe\n".encode(), "bad_character"),
            (b"milepost: [1]\n", "wrong_version"),
            (b"milepost: one\n", "wrong_version"),
            (b"milepost: 1\nmilepost: 1\n", "duplicate_key"),
            (b"milepost: 1\npeople: []\npeople: []\n", "duplicate_key"),
            (b"milepost: 1\nworkspace: [a]\n", "not_a_mapping"),
            (b"milepost: 1\n? [a]\n: b\n", "bad_key"),
            (b"milepost: 1\npeople:\n- &a {id: x, name: y}\n- *a\n", "alias"),
            (b"%TAG ! tag:x,2026:\n---\nmilepost: 1\n", "not_okrs"),
            (b"milepost: 1\npeople: " + b"[" * 5_000, "not_yaml"),
            (b"milepost: 1\npeople: " + b"[" * 5_000 + b"]" * 5_000, "too_deep"),
            (b"milepost: 1\npeople: " + b"{a: " * 5_000, "too_deep"),
            (b"milepost: 1\npeople: " + b"[" * 40 + b"]" * 40, "too_deep"),
        ],
    )
    def test_refuses_what_is_no_file_of_okrs(self, data: bytes, code: str):
        """Other files, other encodings, tricks and torn files are told apart, and none gets through."""
        assert refused(data).problems[0].code in (code, "too_deep")

    @pytest.mark.parametrize(
        "data",
        [
            b'{"milepost": 1} x',
            b'{"milepost": 1,}',
            b'{"milepost": 1',
            b'{"milepost"',
            b"{",
            b"{]",
            b'{"milepost": 1, "people": [',
            b'{"milepost": 1, "people": [,]}',
            b'{"milepost": 1, "people": [{}{}]}',
            b'{"milepost": 1, "people": {"a": ' + b"[" * 100_000,
            b'{"milepost": 1, "people": [' * 3_000,
            b"{'milepost': 1}",
            b'{"milepost": 01}',
            b'{"milepost": tru',
        ],
    )
    def test_refuses_torn_json(self, data: bytes):
        """JSON that breaks off or was written by hand amiss is refused with a line."""
        told = refused(data, "acme.json").problems

        assert all(problem.place.line >= 1 for problem in told)

    def test_refuses_more_than_it_can_hold(self):
        """A file beyond the limit is refused by its size alone."""
        assert refused(b"milepost: 1\n" + b"#" * (64 << 20)).problems[0].code == "too_large"

    @pytest.mark.parametrize(
        ("head", "filling", "name"),
        [
            ("", "Lorem ipsum ", "a.yaml"),
            ("", "\x00\x01\x02", "a.yaml"),
            ("", "[", "a.json"),
            ('{"milepost": 1, "nonsense": ', "[", "a.json"),
            ('{"milepost": 1, "people": ', "[], ", "a.json"),
            ('{"milepost": 1, "people": [', "[], ", "a.json"),
            ('{"milepost": 1, "people": [{"id": [', "[], ", "a.json"),
            ('{"milepost": 1, "people": [{"id": "', "x", "a.json"),
            ("milepost: 1\npeople: [", "[], ", "a.yaml"),
            ("milepost: 1\npeople: [{id: [", "[], ", "a.yaml"),
            ("milepost: 1\npeople:\n", "- {}\n", "a.yaml"),
            ("milepost: 1\npeople:\n", "nonsense ", "a.yaml"),
            ("milepost: 1\nnonsense:\n", "- [a, b]\n", "a.yaml"),
            ("milepost: 1\nteams:\n", "- {id: a, name: b}\n", "a.yaml"),
            ('{"milepost": 1, "nonsense": {', '"a": 1, ', "a.json"),
        ],
    )
    def test_refuses_nonsense_within_bounds(self, head: str, filling: str, name: str):
        """Fifty megabytes of nonsense are refused without filling the memory with what they say."""
        data = (head + filling * ((50 << 20) // len(filling))).encode()
        tracemalloc.start()

        told = refused(data, name)

        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert told.problems
        assert most < 300 << 20
