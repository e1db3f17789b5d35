"""What a file of OKRs may say, and how one that is wrong is refused: whole, kindly, with every reason."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import yaml

from milepost.core.plan import Plan, PlanPoint, WorkspacePlan, path_text
from milepost.formats import okr_yaml
from milepost.formats.okr_files import FileProblems, read, write

GOOD = """\
milepost: 1
workspace: {id: acme, name: Acme, time_zone: Europe/Berlin}
people:
- {id: ada, name: Ada Lovelace, email: ada@acme.example, role: owner}
- {id: ben, name: Ben Tillet, left: 2026-12-01}
teams:
- {id: company, name: Everyone}
- id: workshop
  name: Workshop
  parent: company
  members: [{person: ada, lead: true, since: 2026-01-05}]
cycles:
- {id: "2026", name: The year 2026, starts: 2026-01-01, ends: 2026-12-31}
- {id: 2026-q4, name: Q4 2026, starts: 2026-10-01, ends: 2026-12-31, parent: "2026"}
objectives:
- {id: year, title: Be the workshop people recommend, cycle: 2026}
- id: road
  title: Every bike is back on the road within the week
  cycle: 2026-q4
  team: workshop
  owner: ada
  contributors: [ben]
  aligned_to: [{objective: year, weight: 2}]
  key_results:
  - id: days
    title: Reduce days in the workshop from 9 to 4
    measure: {kind: decrease, start: 9, target: 4, unit: days}
    plan: [{at: 0.5, expect: 0.2}]
    history:
    - {at: 2026-10-20T09:30:00Z, by: ada, reason: Too easy, was: {target: 5, weight: 2}}
    check_ins:
    - {at: 2026-10-08, value: 8.5, confidence: 6, by: ada}
    - {at: 2026-10-08, value: 8.25}
    - {id: late, at: "2026-10-15T18:00:00+02:00", recorded: 2026-10-16, value: 7, corrects: 2026-10-08}
  - id: stand
    title: Open the second stand
    measure: {kind: milestones, milestones: [{title: Lease}, {title: Opening, weight: 3}]}
    check_ins: [{at: 2026-10-08, parts: [1, 0.25]}]
  - id: calm
    title: Keep the queue between 3 and 6 bikes
    measure: {kind: range, low: 3, high: 6, tolerance: 2}
  initiatives:
  - {id: parts, title: Order parts on Mondays, key_result: days, state: doing, due: 2026-11-02}
  comments:
  - {at: 2026-10-09, by: ben, text: "Yes: let us"}
"""


GOOD_PLAN = read(GOOD.encode(), name="acme.yaml")


def refused(data: str | bytes, name: str = "acme.yaml", **more) -> FileProblems:
    with pytest.raises(FileProblems) as caught:
        read(data.encode() if isinstance(data, str) else data, name=name, **more)
    return caught.value


def changed(old: str, new: str, text: str = GOOD) -> str:
    assert text.count(old) == 1, f"{old!r} should stand in the example once"
    return text.replace(old, new)


class TestRead:
    def test_takes_everything_a_file_says(self):
        """Ids, days, moments, exact numbers and lists arrive as the plan holds them."""
        plan = read(GOOD.encode(), name="acme.yaml")

        road = plan.objectives[1]
        days, stand, calm = road.key_results
        assert plan.workspace == WorkspacePlan("acme", "Acme", "Europe/Berlin")
        assert plan.people[1].left == date(2026, 12, 1)
        assert plan.cycles[1].parent == "2026"
        assert plan.objectives[0].cycle == "2026"
        assert road.aligned_to[0].weight == 2
        assert (days.measure.start, days.curve) == (9, "points")
        assert days.points == (PlanPoint(Decimal("0.5"), Decimal("0.2")),)
        assert days.history[0].was == {"target": 5, "weight": 2}
        assert stand.check_ins[0].parts == (1, Decimal("0.25"))
        assert calm.measure.tolerance == 2
        assert road.comments[0].text == "Yes: let us"

    def test_takes_nothing_for_an_earlier_value(self):
        """An empty value in the past says that there was none."""
        text = changed("was: {target: 5, weight: 2}", "was: {owner: null}")
        text = changed("    plan: [{at: 0.5", "    owner: ben\n    plan: [{at: 0.5", text)

        plan = read(text.encode(), name="acme.yaml")

        assert plan.objectives[1].key_results[0].history[0].was == {"owner": None}
        assert read(write(plan), name="acme.yaml") == plan

    def test_means_noon_by_a_day(self):
        """A day where a moment is wanted is its noon in the workspace's time zone; an offset counts."""
        entries = read(GOOD.encode(), name="acme.yaml").objectives[1].key_results[0].check_ins

        assert entries[0].at == datetime(2026, 10, 8, 10, tzinfo=UTC)
        assert entries[0].recorded == entries[0].at
        assert entries[2].at == datetime(2026, 10, 15, 16, tzinfo=UTC)

    def test_names_entries_by_their_day(self):
        """A check-in without an id gets its day, the second of a day with .2; a given id stays."""
        road = read(GOOD.encode(), name="acme.yaml").objectives[1]

        assert [entry.id for entry in road.key_results[0].check_ins] == ["2026-10-08", "2026-10-08.2", "late"]
        assert road.comments[0].id == "2026-10-09"

    def test_names_entries_around_an_id_that_is_taken(self):
        """An id that someone gave is not given again."""
        text = changed("{id: late,", "{id: 2026-10-08,").replace(", corrects: 2026-10-08}", "}")

        entries = read(text.encode(), name="acme.yaml").objectives[1].key_results[0].check_ins

        assert [entry.id for entry in entries] == ["2026-10-08.2", "2026-10-08.3", "2026-10-08"]

    @pytest.mark.parametrize("order", ["before", "after"])
    def test_means_days_in_the_workspace_wherever_it_stands(self, order: str):
        """A workspace at the end of the file gives its time zone to the days above it."""
        plan = read(GOOD.encode(), name="acme.yaml")
        spelt = json.loads(write(plan, as_="json"))
        spelt["objectives"][1]["key_results"][0]["check_ins"][0]["at"] = "2026-10-08"
        keys = sorted(spelt, key=lambda key: (key == "workspace") == (order == "after"))

        again = read(json.dumps({key: spelt[key] for key in keys}).encode(), name="acme.json")

        assert again.objectives[1].key_results[0].check_ins[0].at == datetime(2026, 10, 8, 10, tzinfo=UTC)

    def test_takes_the_zone_of_the_workspace_it_is_applied_to(self):
        """A file without a workspace means its days where it is applied."""
        text = changed("workspace: {id: acme, name: Acme, time_zone: Europe/Berlin}\n", "")

        plan = read(text.encode(), name="acme.yaml", zone="America/New_York")

        held = read(text.encode(), name="acme.yaml", have=Plan(WorkspacePlan("x", "X", "America/New_York")))
        assert plan.workspace is None
        assert plan.objectives[1].key_results[0].check_ins[0].at == datetime(2026, 10, 8, 16, tzinfo=UTC)
        assert held == plan

    def test_settles_on_one_time_zone(self):
        """Two workspaces in one file are refused, not read in turns."""
        said = "\nworkspace: {{id: a, name: A, time_zone: {}}}"
        text = GOOD + said.format("Asia/Tokyo") + said.format("America/New_York")

        assert {problem.code for problem in refused(text).problems} == {"duplicate_key"}

    @pytest.mark.parametrize(
        ("spelt", "number"),
        [
            ("0.1", "0.1"),
            ("1e3", "1000"),
            ("12.5e-1", "1.25"),
            ("-0", "0"),
            ("+7.50", "7.5"),
            ('"8"', None),
            ("'8'", None),
            (".5", "0.5"),
            ("007", "7"),
            ("123456789012345678", "123456789012345678"),
            ("12345678901234567.000000000001", "12345678901234567.000000000001"),
            ("1_000", None),
            ('"1,000"', None),
            ("0x10", None),
            ("NaN", None),
            (".inf", None),
            ("1e400", None),
            ("1e-400", None),
            ("1e18", None),
            ("0.0000000000001", None),
            ("7.0000000000001", None),
            ("four", None),
            ("4 days", None),
            ("80%", None),
            ("[4]", None),
            ("true", None),
            ("٤", None),
            ("", "nothing"),
        ],
    )
    def test_takes_numbers_as_written(self, spelt: str, number: str | None):
        """A number is read from its digits, never through a float; what is no sane number is refused."""
        # A count may go either way, so any target makes a line.
        text = changed("kind: decrease, start: 9, target: 4,", f"kind: count, start: 9, target: {spelt},")

        if number is None:
            told = refused(text).problems[0]
            assert told.place.where == "objectives[1].key_results[0].measure.target"
            assert told.place.line == 27
        else:
            target = read(text.encode(), name="acme.yaml").objectives[1].key_results[0].measure.target
            assert target == (None if number == "nothing" else Decimal(number))

    @pytest.mark.parametrize("number", ["0.1", "12345678901234567.000000000001", "1E+3", "-0.0"])
    def test_takes_json_numbers_as_written(self, number: str):
        """JSON numbers keep every digit too."""
        text = write(GOOD_PLAN, as_="json").decode().replace('"kind": "decrease"', '"kind": "count"')
        text = changed('"target": 4', f'"target": {number}', text)

        target = read(text.encode(), name="a.json").objectives[1].key_results[0].measure.target

        assert str(target) == ("0" if number == "-0.0" else f"{Decimal(number):f}")

    def test_takes_entries_longer_than_a_window(self):
        """A long entry is read in one piece, wherever the reader's window happens to end."""
        road = GOOD_PLAN.objectives[1]

        for length in range(1, 1_100):
            plan = replace(
                GOOD_PLAN, objectives=(GOOD_PLAN.objectives[0], replace(road, description="é" * length))
            )
            assert read(write(plan, as_="json"), name="acme.json") == plan

    def test_takes_words_of_yaml_as_text(self):
        """“No” is a title and 2026 an id: the field decides, not the spelling."""
        text = changed("title: Open the second stand", "title: No")

        assert read(text.encode(), name="acme.yaml").objectives[1].key_results[1].title == "No"

    @pytest.mark.parametrize("ends", ["\r\n", "\n"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    @pytest.mark.parametrize("head", ["", "# ours\n\n", "---\n", "%YAML 1.2\n---\n"])
    def test_takes_what_editors_make(self, ends: str, mark: str, head: str):
        """Line ends of Windows, a mark for UTF-8, comments and one --- are fine."""
        text = mark + (head + GOOD).replace("\n", ends)

        assert read(text.encode(), name="acme.yaml") == read(GOOD.encode(), name="acme.yaml")

    def test_tells_yaml_from_json_without_a_name(self):
        """Without an ending to go by, a file that begins with { is JSON."""
        plan = read(GOOD.encode(), name="-")

        assert read(write(plan, as_="json"), name="-") == plan

    def test_takes_flow_style_as_yaml(self):
        """A .yaml file may be one mapping in braces."""
        assert read(b"{milepost: 1, people: [{id: ada, name: Ada}]}", name="a.yaml").people[0].id == "ada"

    def test_takes_a_file_of_nothing_but_its_version(self):
        """An empty plan is a plan; sections that stand there empty are as if they were not."""
        assert read(b"milepost: 1\npeople:\nteams: []\nworkspace:\n", name="a.yaml") == Plan()

    def test_may_refer_to_what_the_workspace_holds(self):
        """A file for one quarter names people and teams that are there already."""
        have = read(GOOD.encode(), name="acme.yaml")
        text = (
            "milepost: 1\nobjectives:\n- {id: new, title: New, cycle: 2026-q4, owner: ben, team: workshop}\n"
        )

        assert read(text.encode(), name="new.yaml", have=have).objectives[0].owner == "ben"
        assert (
            read(text.encode(), name="new.yaml", have=lambda workspace: have).objectives[0].team == "workshop"
        )
        assert len(refused(text).problems) == 3

    def test_tells_how_far_it_is(self):
        """Progress goes up to the whole size, in bytes."""
        told: list[tuple[int, int]] = []

        read(GOOD.encode(), name="acme.yaml", progress=lambda done, total: told.append((done, total)))

        assert told == sorted(told)
        assert told[-1] == (len(GOOD), len(GOOD))


DAYS, STAND, CALM = (f"objectives[1].key_results[{index}]" for index in range(3))
# What changes in the example, into what; then the code, the path and the line that the refusal names.
WRONG = [
    ("milepost: 1", "milepost: 2", "wrong_version", "milepost", 1),
    ("milepost: 1\n", "", "no_version", "", 1),
    ("people:", "persons:", "unknown_field", "persons", 3),
    ("role: owner", "role: Owner", "unknown_word", "people[0].role", 4),
    ("role: owner", "rôle: owner", "unknown_field", "people[0].rôle", 4),
    ("email: ada@acme.example", "email: ada at acme", "bad_email", "people[0].email", 4),
    ("id: ben,", "id: ada,", "duplicate_id", "people[1].id", 5),
    ("{id: ben, name: Ben Tillet,", "{id: ben,", "missing_field", "people[1]", 5),
    ("name: Ben Tillet", "name: ' '", "empty", "people[1].name", 5),
    ("name: Ben Tillet", "name: [Ben]", "not_text", "people[1].name", 5),
    ("left: 2026-12-01", "left: 2026-02-30", "not_a_day", "people[1].left", 5),
    ("left: 2026-12-01", "left: 1.12.2026", "not_a_day", "people[1].left", 5),
    ("left: 2026-12-01", "left: 0001-01-01", "not_a_day", "people[1].left", 5),
    ("parent: company", "parent: compny", "unknown_reference", "teams[1].parent", 10),
    ("parent: company", "parent: workshop", "loop", "teams[1].parent", 10),
    ("person: ada, lead", "person: adam, lead", "unknown_reference", "teams[1].members[0].person", 11),
    ("lead: true", "lead: yes", "not_a_flag", "teams[1].members[0].lead", 11),
    (
        "since: 2026-01-05}",
        "since: 2026-01-05, until: 2026-01-01}",
        "ends_before_it_starts",
        "teams[1].members[0].until",
        11,
    ),
    (
        "starts: 2026-01-01, ends: 2026-12-31",
        "starts: 2026-01-01, ends: 2025-12-31",
        "ends_before_it_starts",
        "cycles[0].ends",
        13,
    ),
    (
        "starts: 2026-01-01, ends: 2026-12-31",
        "starts: 2026-01-01, ends: 2031-01-01",
        "cycle_length",
        "cycles[0].ends",
        13,
    ),
    (
        "starts: 2026-10-01, ends: 2026-12-31, parent",
        "starts: 2026-10-01, ends: 2026-10-06, parent",
        "cycle_length",
        "cycles[1].ends",
        14,
    ),
    (
        "starts: 2026-10-01, ends: 2026-12-31, parent",
        "starts: 2025-12-01, ends: 2026-12-31, parent",
        "outside_parent",
        "cycles[1].starts",
        14,
    ),
    (
        "starts: 2026-10-01, ends: 2026-12-31, parent",
        "starts: 2026-10-01, ends: 2027-01-01, parent",
        "outside_parent",
        "cycles[1].ends",
        14,
    ),
    (
        "starts: 2026-10-01, ends: 2026-12-31, parent",
        "starts: 2026-10-01, parent",
        "outside_parent",
        "cycles[1].ends",
        14,
    ),
    ("people recommend, cycle: 2026}", "people recommend}", "missing_field", "objectives[0]", 16),
    ("cycle: 2026-q4", "cycle: 2026-q3", "unknown_reference", "objectives[1].cycle", 19),
    ("[{objective: year, weight: 2}]", "[{objective: road}]", "loop", "objectives[1].aligned_to[0]", 23),
    ("[{objective: year, weight: 2}]", "[{key_result: days}]", "loop", "objectives[1].aligned_to[0]", 23),
    ("[{objective: year, weight: 2}]", "[{weight: 2}]", "one_parent", "objectives[1].aligned_to[0]", 23),
    (
        "[{objective: year, weight: 2}]",
        "[{objective: year}, {objective: year}]",
        "aligned_twice",
        "objectives[1].aligned_to[1]",
        23,
    ),
    (
        "objective: year, weight: 2",
        "objective: year, weight: -2",
        "negative_weight",
        "objectives[1].aligned_to[0].weight",
        23,
    ),
    (
        "objective: year, weight: 2",
        "objective: year, how: contribute",
        "unknown_word",
        "objectives[1].aligned_to[0].how",
        23,
    ),
    ("kind: decrease", "kind: decreasing", "unknown_word", DAYS + ".measure.kind", 27),
    ("unit: days}", "unit: days, low: 3}", "does_not_apply", DAYS + ".measure.low", 27),
    ("expect: 0.2", "expect: 20", "out_of_range", DAYS + ".plan[0].expect", 28),
    ("plan: [{at: 0.5, expect: 0.2}]", "plan: []", "bad_plan", DAYS + ".plan", 28),
    ("plan: [{at: 0.5, expect: 0.2}]", "plan: bck", "unknown_word", DAYS + ".plan", 28),
    ("was: {target: 5, weight: 2}", "was: {target: 4}", "no_change", DAYS + ".history[0].was.target", 30),
    (
        "was: {target: 5, weight: 2}",
        "was: {plan: [{at: 0.5, expect: 0.2}]}",
        "no_change",
        DAYS + ".history[0].was.plan",
        30,
    ),
    ("was: {target: 5, weight: 2}", "was: {}", "no_change", DAYS + ".history[0]", 30),
    ("was: {target: 5, weight: 2}", "was: {aim: 5}", "unknown_field", DAYS + ".history[0].was.aim", 30),
    (
        "was: {target: 5, weight: 2}",
        "was: {title: null}",
        "missing_value",
        DAYS + ".history[0].was.title",
        30,
    ),
    ("09:30:00Z", "24:30:00Z", "not_a_moment", DAYS + ".history[0].at", 30),
    ("confidence: 6", "confidence: 11", "out_of_range", DAYS + ".check_ins[0].confidence", 32),
    ("confidence: 6", "confidence: 6.5", "out_of_range", DAYS + ".check_ins[0].confidence", 32),
    ("id: late, at", 'id: "la te", at', "bad_id", DAYS + ".check_ins[2].id", 34),
    ("id: late, at", 'id: "late\\u202E", at', "bad_id", DAYS + ".check_ins[2].id", 34),
    (
        "corrects: 2026-10-08",
        "corrects: 2026-10-09",
        "unknown_reference",
        DAYS + ".check_ins[2].corrects",
        34,
    ),
    ("corrects: 2026-10-08", "corrects: late", "loop", DAYS + ".check_ins[2].corrects", 34),
    ("corrects: 2026-10-08", "withdrawn: true", "does_not_apply", DAYS + ".check_ins[2].withdrawn", 34),
    ("weight: 3}", "weight: -3}", "negative_weight", STAND + ".measure.milestones[1].weight", 37),
    (
        "{title: Lease}, {title: Opening, weight: 3}",
        "{title: Lease, weight: 0}",
        "all_weights_zero",
        STAND + ".measure.milestones",
        37,
    ),
    ("parts: [1, 0.25]", "parts: [1]", "milestone_count", STAND + ".check_ins[0].parts", 38),
    ("parts: [1, 0.25]", "value: 1", "milestone_count", STAND + ".check_ins[0].value", 38),
    ("low: 3, high: 6", "low: 6, high: 3", "bad_range", CALM + ".measure.low", 41),
    ("low: 3, high: 6", "low: 3", "bad_range", CALM + ".measure", 41),
    ("tolerance: 2", "tolerance: -2", "bad_range", CALM + ".measure.tolerance", 41),
    (
        "kind: range, low: 3, high: 6, tolerance: 2",
        "kind: binary, target: 2",
        "binary_not_boolean",
        CALM + ".measure.target",
        41,
    ),
    (
        "kind: range, low: 3, high: 6, tolerance: 2",
        "kind: maintain_above, target: 3, floor: 5",
        "bad_floor",
        CALM + ".measure.floor",
        41,
    ),
    (
        "key_result: days, state",
        "key_result: dayz, state",
        "unknown_reference",
        "objectives[1].initiatives[0].key_result",
        43,
    ),
    ("state: doing", "state: done!", "unknown_word", "objectives[1].initiatives[0].state", 43),
    ('"Yes: let us"', '"\\u202Eno"', "bad_character", "objectives[1].comments[0].text", 45),
    ('"Yes: let us"', '"\\aBell"', "bad_character", "objectives[1].comments[0].text", 45),
    ("contributors: [ben]", "contributors: ben", "not_a_list", "objectives[1].contributors", 22),
    ("contributors: [ben]", "visible_to: [ben]", "does_not_apply", "objectives[1].visible_to", 22),
    ("contributors: [ben]", "owner: ben", "duplicate_key", "objectives[1].owner", 21),
    ("title: Open the second stand", "title: Café ☃ &co: x", "not_yaml", "", 36),
    ("title: Open the second stand", "title: &a Open", "alias", STAND + ".title", 36),
    ("title: Open the second stand", "title: *a", "alias", STAND + ".title", 36),
    (
        "title: Open the second stand",
        "title: !!python/object/apply:os.system [date]",
        "tag",
        STAND + ".title",
        36,
    ),
    ("title: Open the second stand", "title: !!str Open", "tag", STAND + ".title", 36),
    ("    title: Open the second stand", "\ttitle: Open", "not_yaml", "", 36),
    (
        "title: Open the second stand",
        "title: |\n      two\n      lines",
        "not_one_line",
        STAND + ".title",
        36,
    ),
    ("title: Open the second stand", f"title: {'x' * 301}", "too_long", STAND + ".title", 36),
    ("time_zone: Europe/Berlin", "time_zone: Europe/Berlyn", "unknown_time_zone", "workspace.time_zone", 2),
    (
        "time_zone: Europe/Berlin",
        "scoring_policy: milepost.v9",
        "unknown_policy",
        "workspace.scoring_policy",
        2,
    ),
    ("  comments:", "  comments:\n...\n---\n", "several_documents", "", 46),
    ("people:\n", "people: everyone\nx:\n", "not_a_list", "people", 3),
    ("objectives:\n", "objectives:\n- just text\n", "not_a_mapping", "objectives[0]", 16),
]


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
