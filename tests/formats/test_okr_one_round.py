"""One refusal names everything that is wrong: no mistake hides another, and none makes another."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.problems import Conflict
from milepost.formats.okr_files import FileProblems, read
from tests.formats.example import CALM, DAYS, STAND, WRONG, changed, refused

ROAD = "objectives[1]"
STEM = """\
milepost: 1
workspace: {id: corner, name: Corner Shop}
people: [{id: ada, name: Ada Lovelace, role: owner}]
cycles: [{id: "2026", name: "2026", starts: 2026-01-01, ends: 2026-12-31}]
objectives:"""
# Mistakes that end the reading, give what follows another place, or take a name away that others use.
ELSEWHERE = {"wrong_version", "not_yaml", "alias", "tag", "several_documents"}
MOVING = ("people:", "objectives:\n", "people:\n", "id: ben,")
ROWS = [row for row in WRONG if row[2] not in ELSEWHERE and row[0] not in MOVING]


def told(text: str) -> list[tuple[str, str]]:
    """List code and place of everything that a refusal of the text names."""
    try:
        read(text.encode(), name="acme.yaml")
    except FileProblems as problems:
        return [(problem.code, problem.place.where) for problem in problems.problems]
    return []


def thing(row: tuple) -> str:
    """Name the entry that a mistake is in. Cycles are one, and teams: they lie within each other."""
    path = row[3].split(".")
    section = path[0].partition("[")[0]
    return section if section in ("cycles", "teams") else ".".join(path[: 1 + ("key_results" in row[3])])


PAIRS = [
    (one, other)
    for one, other in combinations(ROWS, 2)
    if thing(one) != thing(other) and changed(one[0], one[1]).count(other[0]) == 1
]


class TestRefusal:
    def test_names_mistakes_of_all_kinds(self):
        """Unknown fields, text for numbers, taken ids, missing parents, rings, early ends: all at once."""
        text = changed("role: owner", "rule: owner")
        text = changed("id: ben,", "id: ada,", text)
        text = changed("contributors: [ben]", "sponsor: ada", text)
        text = changed("by: ben, text", "by: ada, text", text)
        text = changed("parent: company", "parent: compny", text)
        text = changed("starts: 2026-01-01, ends: 2026-12-31", "starts: 2026-01-01, ends: 2025-12-31", text)
        text = changed('ends: 2026-12-31, parent: "2026"', "ends: 2026-12-31", text)
        text = changed("[{objective: year, weight: 2}]", "[{objective: road}]", text)
        text = changed("target: 4,", 'target: "4",', text)

        assert told(text) == [
            ("unknown_field", "people[0].rule"),
            ("duplicate_id", "people[1].id"),
            ("unknown_reference", "teams[1].parent"),
            ("ends_before_it_starts", "cycles[0].ends"),
            ("loop", f"{ROAD}.aligned_to[0]"),
            ("not_a_number", f"{DAYS}.measure.target"),
        ]

    @settings(max_examples=300)
    @given(st.sampled_from(PAIRS))
    def test_names_two_mistakes_as_it_names_each(self, pair: tuple):
        """Two mistakes in two entries are both named, and nothing that neither alone would bring up."""
        (one_old, one_new, *one), (other_old, other_new, *other) = pair
        alone = {*told(changed(one_old, one_new)), *told(changed(other_old, other_new))}

        both = told(changed(other_old, other_new, changed(one_old, one_new)))

        assert {(one[0], one[1]), (other[0], other[1])} <= set(both)
        assert set(both) <= alone

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            # An id that cannot be read: whoever refers to it is not blamed.
            ("id: ada, name", 'id: "a da", name', [("bad_id", "people[0].id")]),
            ("id: ada, name", "nickname: ada, name",
             [("missing_field", "people[0]"), ("unknown_field", "people[0].nickname")]),
            ("- {id: company, name", "- {name", [("missing_field", "teams[0]")]),
            ("- id: days\n", "- id: [days]\n", [("not_text", f"{DAYS}.id")]),
            ("  - id: stand\n", "  - just text\n  - id: stand\n", [("not_a_mapping", STAND)]),
            # A section, or a list, under another name.
            ("people:\n", "poeple:\n", [("unknown_field", "poeple")]),
            ("people:\n", "folks:\n", [("unknown_field", "folks")]),
            ("teams:\n", "tems:\n", [("unknown_field", "tems")]),
            ("  key_results:\n", "  key-reslts:\n", [("unknown_field", f"{ROAD}.key-reslts")]),
            ("  key_results:\n", "  evidence:\n", [("unknown_field", f"{ROAD}.evidence")]),
            ("    check_ins:\n    - {at", "    chekins:\n    - {at", [("unknown_field", f"{DAYS}.chekins")]),
            # A value that other rules look at.
            ("kind: range", "kind: rang", [("unknown_word", f"{CALM}.measure.kind")]),
            ("low: 3, high: 6", "lwo: 3, high: 6", [("unknown_field", f"{CALM}.measure.lwo")]),
            ("low: 3, high: 6", "min: 3, high: 6", [("unknown_field", f"{CALM}.measure.min")]),
            ("low: 3, high: 6", "bottom: 3, high: 6", [("unknown_field", f"{CALM}.measure.bottom")]),
            ("low: 3,", 'low: "3",', [("not_a_number", f"{CALM}.measure.low")]),
            ("starts: 2026-10-01", "starts: 2026-10-41", [("not_a_day", "cycles[1].starts")]),
            ("at: 2026-10-08, value: 8.5", "at: 2026-10-48, value: 8.5",
             [("not_a_moment", f"{DAYS}.check_ins[0].at")]),
            ("was: {name: All}", "was: [name, All]", [("not_a_mapping", "teams[0].history[0].was")]),
            ("{at: 2026-03-02, by: ada, was", "{at: March, by: ada, was",
             [("not_a_moment", "teams[0].history[0].at")]),
            ("{starts: 2026-09-15,", "{starts: 15 September,",
             [("not_a_day", "cycles[1].history[0].was.starts")]),
            ("target: 5, weight: 2", "target: five", [("not_a_number", f"{DAYS}.history[0].was.target")]),
            ("parts: [1, 0.25]", "parts: [1, x]", [("not_a_number", f"{STAND}.check_ins[0].parts[1]")]),
            ("milestones: [{title: Lease}, {", "milestones: [{titel: Lease}, {",
             [("unknown_field", f"{STAND}.measure.milestones[0].titel")]),
            ("measure: {kind: range, low: 3, high: 6, tolerance: 2}", "measure: range",
             [("not_a_mapping", f"{CALM}.measure")]),
            ("expect: 0.2", 'expect: "0.2"', [("not_a_number", f"{DAYS}.plan[0].expect")]),
            ("contributors: [ben]", "visibility: privte", [("unknown_word", f"{ROAD}.visibility")]),
            ("title: Open the second stand", "titel: Open the second stand",
             [("unknown_field", f"{STAND}.titel")]),
            ("workspace: {id: acme,", "workspace: {id: a c,", [("bad_id", "workspace.id")]),
            ("milepost: 1\n", "mielpost: 1\n", [("unknown_field", "mielpost")]),
        ],
    )  # fmt: skip
    def test_makes_no_mistake_of_what_hangs_on_one(self, old: str, new: str, expected: list):
        """One mistake is one reason, however much refers to what could not be read."""
        assert told(changed(old, new)) == expected

    def test_still_misses_more_than_one_thing_can_be(self):
        """One person without an id may be one of two whom nobody knows, not both."""
        text = changed("- {id: ben, name: Ben Tillet", "- {name: Ben Tillet")

        several = told(changed("owner: ada", "owner: cleo", text))

        assert told(text) == [("missing_field", "people[1]")]
        assert ("unknown_reference", f"{ROAD}.owner") in several

    def test_names_a_ring_through_an_id_that_stands_twice(self):
        """The first that has the id is meant; whether a ring runs through the second cannot be told."""
        ring = "{id: %s, title: Grow, cycle: '2026', owner: ada, aligned_to: [{objective: %s}]}"
        plain = "{id: c, title: Grow, cycle: '2026', owner: ada}"
        rows = [ring % ("a", "b"), ring % ("b", "c")]

        first, second = (
            told("\n- ".join([STEM, *rows, *last]))
            for last in ([ring % ("c", "a"), plain], [plain, ring % ("c", "a")])
        )

        assert first == [("loop", "objectives[2].aligned_to[0]"), ("duplicate_id", "objectives[3].id")]
        assert second == [("duplicate_id", "objectives[3].id")]

    @pytest.mark.parametrize("name", ["acme.yaml", "acme.json"])
    def test_names_what_stands_before_torn_text(self, name: str):
        """Where the text breaks off, what was read until then is checked; what may follow is not missed."""
        text = changed("parent: company", "parent: workshop", changed("role: owner", "role: boss"))
        if name.endswith("json"):
            text = TORN
        else:
            text = text[: text.index("  comments:")] + "  comments: [\n"

        problems = refused(text, name).problems

        assert [problem.code for problem in problems][:-1] == ["unknown_word", "loop"]
        assert problems[-1].code in ("not_yaml", "not_json")

    def test_counts_to_fifty_over_all_kinds(self):
        """Fifty reasons are the most, whichever rules found them."""
        strange = "".join(f"- {{id: t{n}, name: T, parent: nobody{n}, colour: red}}\n" for n in range(30))

        problems = refused(f"milepost: 1\nteams:\n{strange}")

        assert len(problems.problems) == 50
        assert problems.more
        assert {problem.code for problem in problems.problems} == {"unknown_field", "unknown_reference"}

    def test_comes_before_the_question_where_to_apply_it(self):
        """A file with mistakes is refused for them, even where nobody can tell which workspace is meant."""

        def several(workspace: object) -> None:
            raise Conflict("There are several workspaces.")

        text = changed("workspace: {id: acme, name: Acme, time_zone: Europe/Berlin}\n", "")

        with pytest.raises(Conflict):
            read(text.encode(), name="acme.yaml", have=several)
        assert [
            one.code for one in refused(changed("role: owner", "role: boss", text), have=several).problems
        ] == ["unknown_word"]


TORN = """{"milepost": 1, "people": [{"id": "ada", "name": "Ada", "role": "boss"}],
"teams": [{"id": "workshop", "name": "Workshop", "parent": "workshop"}],
"objectives": [{"id": "o", "title": "O", "cycle": "later", "owner": "ben"}, {"id": }]"""


class TestUnknownField:
    @pytest.mark.parametrize(
        ("old", "new", "meant"),
        [
            ("people:\n", "person:\n", "people"),
            ("people:\n", "Persons:\n", "people"),
            ("time_zone: Europe", "timezone: Europe", "time_zone"),
            ("email: ada", "adress: ada", "email"),
            ("role: owner", "rôle: owner", "role"),
            ("name: Ben Tillet", "nmae: Ben Tillet", "name"),
            ("parent: company", "parrent: company", "parent"),
            ("lead: true", "leads: true", "lead"),
            ("since: 2026-01-05", "sinse: 2026-01-05", "since"),
            ("starts: 2026-10-01", "begins: 2026-10-01", "starts"),
            ("objective: year, weight: 2", "objective: year, wieght: 2", "weight"),
            ("contributors: [ben]", "contributers: [ben]", "contributors"),
            ("tolerance: 2", "tolerence: 2", "tolerance"),
            ("target: 4,", "goal: 4,", "target"),
            ("weight: 3}", "wieght: 3}", "weight"),
            ("expect: 0.2", "expects: 0.2", "expect"),
            ("weight: 2}}", "wieght: 2}}", "weight"),
            ("reason: Too easy", "raeson: Too easy", "reason"),
            ("recorded: 2026-10-16", "recordet: 2026-10-16", "recorded"),
            ("due: 2026-11-02", "deadline: 2026-11-02", "due"),
            ('text: "Yes', 'txt: "Yes', "text"),
        ],
    )
    def test_suggests_what_is_meant_at_every_depth(self, old: str, new: str, meant: str):
        """A slip of the pen, or another product's word, is met with our word, wherever it stands."""
        assert f"Did you mean “{meant}”?" in [
            problem.remedy for problem in refused(changed(old, new)).problems
        ]

    def test_says_where_a_field_belongs(self):
        """What belongs to the measure is sent there."""
        text = changed("  - id: calm\n", "  - id: calm\n    target: 5\n")

        problem = refused(text).problems[0]

        assert problem.remedy == "It belongs inside measure: measure: {target: …}."

    def test_lists_the_fields_where_none_comes_near(self):
        """A word like none of ours is answered with the list of ours."""
        assert (
            refused(changed("role: owner", "xyzzy: owner")).problems[0].remedy.startswith("Known are: id, ")
        )
