"""Whatever bytes come, `read` returns a plan or raises FileProblems: nothing else, and nothing in between."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.plan import Plan
from milepost.formats.okr_files import FileProblems, read, write
from milepost.formats.okr_reading import short
from tests.formats.example import GOOD, GOOD_PLAN

names = st.sampled_from(["a.yaml", "a.json", "a"])
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["2026-10-08", "ada", "road", "days", "1e99", "9" * 50, "range", "milestones", "private", ""]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "at", "kind", "x"]), inner)
    ),
    max_leaves=5,
)
often = settings(deadline=None, max_examples=300)


def outcome(data: bytes, name: str) -> Plan | FileProblems:
    try:
        return read(data, name=name)
    except FileProblems as refused:
        return refused


def holds(told: Plan | FileProblems, name: str) -> bool:
    """Say whether an outcome is one of the two that may be: a sound plan, or reasons with a remedy."""
    if isinstance(told, Plan):
        return read(write(told), name="again.yaml") == told
    return bool(told.problems) and all(
        problem.place.file == name and problem.message and problem.code and problem.remedy
        for problem in told.problems
    )


def spots(tree: Any, path: tuple = ()) -> list[tuple]:
    """List the paths of everything in a tree of lists and dicts."""
    found = [path]
    for key, value in (
        tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    ):
        found.extend(spots(value, (*path, key)))
    return found


def at(tree: Any, path: tuple) -> Any:
    """Return what stands at a path."""
    for step in path:
        tree = tree[step]
    return tree


TREE = json.loads(write(GOOD_PLAN, as_="json"))
SPOTS = [path for path in spots(TREE) if path]
MAPPINGS = [path for path in spots(TREE) if path and isinstance(at(TREE, path), dict)]
NUMBERS = [path for path in SPOTS if type(at(TREE, path)) in (int, float) and path != ("milepost",)]
DAYS = [path for path in SPOTS if path[-1] in ("starts", "ends", "since", "left", "due")]
MARK = "here"
words = st.sampled_from(["xyzzy", "x" * 200, "§§", "7", "_", "\u202e", "qq\nqq"])
digits = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,4})?", fullmatch=True)


class TestRead:
    @often
    @given(st.binary(max_size=300), names)
    def test_survives_any_bytes(self, data: bytes, name: str):
        """Random bytes are refused, or are a plan."""
        assert holds(outcome(data, name), name)

    @often
    @given(st.text(max_size=200), names)
    def test_survives_any_text_after_a_good_beginning(self, text: str, name: str):
        """Text after the version is refused, or is a plan."""
        head = '{"milepost": 1, ' if name == "a.json" else "milepost: 1\n"

        told = outcome((head + text).encode(errors="surrogatepass"), name)

        assert holds(told, name)

    @often
    @given(st.data())
    def test_survives_damage_to_bytes(self, data: st.DataObject):
        """A good file with bytes changed, lost, doubled or swapped is refused, or is a plan."""
        name = data.draw(names)
        good = write(GOOD_PLAN, as_="json") if name == "a.json" else GOOD.encode()
        for _ in range(data.draw(st.integers(1, 4))):
            start = data.draw(st.integers(0, len(good)))
            end = data.draw(st.integers(start, min(len(good), start + 40)))
            patch = data.draw(
                st.binary(max_size=6) | st.sampled_from([b"\t", b"- ", b": ", b"{", b"]", b'"', b"\n"])
            )
            piece = good[start:end] * data.draw(st.sampled_from([0, 1, 2]))
            good = good[:start] + piece + patch + good[end:]

        assert holds(outcome(good, name), name)

    @often
    @given(st.sampled_from(SPOTS), junk, st.booleans())
    def test_survives_any_value_anywhere(self, path: tuple, value: Any, is_yaml: bool):
        """A good file with any value put in any place is refused, or is a plan; JSON is YAML too."""
        tree = copy.deepcopy(TREE)
        place = tree
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

        name = "a.yaml" if is_yaml else "a.json"

        assert holds(outcome(json.dumps(tree).encode(), name), name)

    @often
    @given(st.lists(st.sampled_from(GOOD.splitlines(keepends=True)), max_size=60))
    def test_survives_lines_in_any_order(self, lines: list[str]):
        """The lines of a good file, shuffled, doubled or lost, are refused, or are a plan."""
        assert holds(outcome("".join(["milepost: 1\n", *lines]).encode(), "a.yaml"), "a.yaml")

    @often
    @given(st.sampled_from(MAPPINGS), words, junk)
    def test_names_a_strange_field_and_nothing_else(self, path: tuple, word: str, value: Any):
        """A field like none of ours, put anywhere with any value, is the one thing that is wrong."""
        tree = copy.deepcopy(TREE)
        place = at(tree, path)
        place[word] = value

        told = outcome(json.dumps(tree).encode(), "a.json")

        assert isinstance(told, FileProblems)
        assert [(one.code, one.place.path) for one in told.problems] == [
            ("unknown_field", (*path, short(word)))
        ]

    @often
    @given(st.sampled_from(NUMBERS), st.text("0123456789.eE+-_, ", max_size=500) | digits, st.booleans())
    def test_takes_a_number_exactly_or_not_at_all(self, path: tuple, spelt: str, is_quoted: bool):
        """Whatever is written for a number is that number to the last digit, or is refused at its place."""
        tree = copy.deepcopy(TREE)
        at(tree, path[:-1])[path[-1]] = MARK
        text = json.dumps(tree).replace(f'"{MARK}"', f'"{spelt}"' if is_quoted else spelt)

        told = outcome(text.encode(), "a.json")

        if isinstance(told, Plan):
            assert not is_quoted
            written = json.loads(write(told, as_="json"), parse_float=Decimal, parse_int=Decimal)
            # What is usual is left out when a plan is written.
            number = (
                at(written, path[:-1]).get(path[-1], 1) if isinstance(path[-1], str) else at(written, path)
            )
            assert number == Decimal(spelt.strip())
        else:
            assert holds(told, "a.json")

    @often
    @given(st.sampled_from(DAYS), st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True), names)
    def test_takes_days_of_the_calendar_alone(self, path: tuple, day: str, name: str):
        """A day that no calendar has is refused at its place, whatever it looks like."""
        tree = copy.deepcopy(TREE)
        at(tree, path[:-1])[path[-1]] = day

        told = outcome(json.dumps(tree).encode(), name)

        if isinstance(told, FileProblems) and any(one.code == "not_a_day" for one in told.problems):
            assert [one.place.path for one in told.problems] == [path]
        else:
            assert date.fromisoformat(day)
