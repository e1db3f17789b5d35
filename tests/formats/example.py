"""A file of OKRs that says nearly everything a file may say, and each way to spoil it."""

from __future__ import annotations

import pytest

from milepost.formats.okr_files import FileProblems, read

GOOD = """\
milepost: 1
workspace: {id: acme, name: Acme, time_zone: Europe/Berlin}
people:
- {id: ada, name: Ada Lovelace, email: ada@acme.example, role: owner}
- {id: ben, name: Ben Tillet, left: 2026-12-01}
teams:
- {id: company, name: Everyone, created: 2026-03-01, history: [{at: 2026-03-02, by: ada, was: {name: All}}]}
- id: workshop
  name: Workshop
  parent: company
  members: [{person: ada, lead: true, since: 2026-01-05}]
cycles:
- {id: "2026", name: The year 2026, starts: 2026-01-01, ends: 2026-12-31}
- {id: 2026-q4, name: Q4 2026, starts: 2026-10-01, ends: 2026-12-31, parent: "2026", \
history: [{at: 2026-09-30, was: {starts: 2026-09-15, closed: 2026-09-29}}]}
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


DAYS, STAND, CALM = (f"objectives[1].key_results[{index}]" for index in range(3))
# What changes in the example, into what; then the code, the path and the line that the refusal names.
WRONG = [
    ("milepost: 1", "milepost: 2", "wrong_version", "milepost", 1),
    ("milepost: 1\n", "", "no_version", "", 1),
    ("people:", "persons:", "unknown_field", "persons", 3),
    ("role: owner", "role: Owner", "unknown_word", "people[0].role", 4),
    ("role: owner", "rôle: owner", "unknown_field", "people[0].rôle", 4),
    ("email: ada@acme.example", "email: ada at acme", "bad_email", "people[0].email", 4),
    ("email: ada@acme.example", "email: ada@\u0430cme.example", "bad_email", "people[0].email", 4),
    ("id: ben,", "id: ada,", "duplicate_id", "people[1].id", 5),
    ("{id: ben, name: Ben Tillet,", "{id: ben,", "missing_field", "people[1]", 5),
    ("name: Ben Tillet", "name: ' '", "empty", "people[1].name", 5),
    ("name: Ben Tillet", "name: [Ben]", "not_text", "people[1].name", 5),
    ("left: 2026-12-01", "left: 2026-02-30", "not_a_day", "people[1].left", 5),
    ("left: 2026-12-01", "left: 1.12.2026", "not_a_day", "people[1].left", 5),
    ("left: 2026-12-01", "left: 0001-01-01", "not_a_day", "people[1].left", 5),
    ("parent: company", "parent: compny", "unknown_reference", "teams[1].parent", 10),
    ("parent: company", "parent: workshop", "loop", "teams[1].parent", 10),
    (
        "time_zone: Europe/Berlin}",
        "time_zone: Europe/Berlin, history: [{at: 2026-01-05, was: {time_zone: Europe/Berlin}}]}",
        "no_change",
        "workspace.history[0].was.time_zone",
        2,
    ),
    (
        "time_zone: Europe/Berlin}",
        "time_zone: Europe/Berlin, history: [{at: 2026-01-05, by: adam, was: {time_zone: UTC}}]}",
        "unknown_reference",
        "workspace.history[0].by",
        2,
    ),
    (
        "by: ada, was: {name: All}",
        "by: adam, was: {name: All}",
        "unknown_reference",
        "teams[0].history[0].by",
        7,
    ),
    ("created: 2026-03-01", "created: 2026-02-30", "not_a_moment", "teams[0].created", 7),
    ("created: 2026-03-01", "created: once", "not_a_moment", "teams[0].created", 7),
    (
        "starts: 2026-10-01,",
        "starts: 2026-10-01, created: 2026-13-01,",
        "not_a_moment",
        "cycles[1].created",
        14,
    ),
    ("was: {name: All}", "was: {name: Everyone}", "no_change", "teams[0].history[0].was.name", 7),
    ("was: {name: All}", "was: {name: null}", "missing_value", "teams[0].history[0].was.name", 7),
    ("was: {name: All}", "was: {lead: ada}", "unknown_field", "teams[0].history[0].was.lead", 7),
    ("was: {name: All}", "reason: Why not", "unknown_field", "teams[0].history[0].reason", 7),
    (
        "was: {name: All}",
        "was: {parent: workshops}",
        "unknown_reference",
        "teams[0].history[0].was.parent",
        7,
    ),
    ("was: {name: All}", "was: {parent: workshop}", "loop", "teams[0].history[0].was", 7),
    ("{starts: 2026-09-15,", "{starts: 2026-12-30,", "cycle_length", "cycles[1].history[0].was", 14),
    ("{starts: 2026-09-15,", "{ends: 2026-09-15,", "ends_before_it_starts", "cycles[1].history[0].was", 14),
    ("{starts: 2026-09-15,", "{starts: null,", "missing_value", "cycles[1].history[0].was.starts", 14),
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
