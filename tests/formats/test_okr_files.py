"""What a file of OKRs may say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from milepost.core.plan import Plan, PlanPoint, WorkspacePlan
from milepost.formats.okr_files import read, write
from tests.formats.example import GOOD, GOOD_PLAN, changed, refused


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
