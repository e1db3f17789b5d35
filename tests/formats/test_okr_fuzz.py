"""Whatever bytes come, `read` returns a plan or raises FileProblems: nothing else, and nothing in between."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.plan import Plan
from milepost.formats.okr_files import FileProblems, read, write
from tests.formats.test_okr_files import GOOD, GOOD_PLAN

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


TREE = json.loads(write(GOOD_PLAN, as_="json"))
SPOTS = [path for path in spots(TREE) if path]


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
