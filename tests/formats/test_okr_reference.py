"""The docs and the schema say what the reader does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from milepost.core.plan import Plan, diff
from milepost.formats import okr_reference
from milepost.formats.okr_fields import RECORDS, TOP_KEYS
from milepost.formats.okr_files import FileProblems, read, write
from tests.formats.example import GOOD_PLAN, changed, refused
from tests.formats.made_plans import plans

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / okr_reference.PAGE_FILE).read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
EXAMPLE = next(block for block in BLOCKS if block.startswith("milepost: 1"))
SCHEMA = jsonschema.Draft202012Validator(okr_reference.schema())


class TestPage:
    def test_is_up_to_date(self):
        """The tables of the page are those that the table of fields makes."""
        assert okr_reference.page(PAGE) == PAGE, "Run bin/docs."

    def test_shows_an_example_that_is_accepted(self):
        """The example of the page is a sound file, and survives being written back."""
        plan = read(EXAMPLE.encode(), name=okr_reference.PAGE_FILE)

        assert [len(objective.key_results) for objective in plan.objectives] == [1, 3]
        assert read(write(plan), name="again.yaml") == plan

    def test_shows_a_correction_that_is_accepted(self):
        """The correction of the page is a new entry for the example, not a change of an old one."""
        correction = next(block for block in BLOCKS if "corrects:" in block)
        before = read(EXAMPLE.encode(), name="kettle.yaml")
        head, foot = EXAMPLE.split("  - id: second-stand\n")

        after = read(f"{head}{correction}  - id: second-stand\n{foot}".encode(), name="kettle.yaml")

        changes = diff(before, after)
        assert changes.problems == ()
        assert changes.summary()["check_in"] == {
            "created": 1, "changed": 0, "unchanged": 4, "orphaned": 0, "ended": 0,
        }  # fmt: skip

    def test_speaks_of_every_field(self):
        """No field of the format is missing from the page."""
        for record in RECORDS:
            for key in record.keys:
                assert f"| `{key}` |" in PAGE
        for key in TOP_KEYS:
            assert f"`{key}" in PAGE

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("role: owner", "role: Owner"),
            ("title: Every bike", "titel: Every bike"),
            (
                "{id: year, title: Be the workshop people recommend, cycle: 2026}",
                "{id: year, title: Be the best, cycle: 2026, aligned_to: [{key_result: days}]}",
            ),
            ("target: 4,", "target: four,"),
        ],
    )
    def test_quotes_refusals_as_they_are(self, old: str, new: str):
        """The refusals that the page shows are worded as the reader words them."""
        told = refused(changed(old, new)).problems[-1]

        assert f"{told}\n" in PAGE


class TestSchema:
    def test_is_up_to_date(self):
        """The schema in the docs is the one that the table of fields makes."""
        written = (DOCS / okr_reference.SCHEMA_FILE).read_text("utf-8")

        assert written == okr_reference.schema_text(), "Run bin/docs."

    def test_is_a_schema(self):
        """Any validator can use it."""
        jsonschema.Draft202012Validator.check_schema(okr_reference.schema())

    @settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(plans())
    def test_accepts_what_is_written(self, plan: Plan):
        """Every file that Milepost writes is valid by the schema."""
        SCHEMA.validate(json.loads(write(plan, as_="json")))

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"role": "owner"', '"role": "boss"'),
            ('"target": 4', '"target": "four"'),
            ('"target": 4', '"goal": 4'),
            ('"confidence": 6', '"confidence": 11'),
            ('"title": "Open the second stand"', '"title": ""'),
            ('"milepost": 1', '"milepost": 2'),
        ],
    )
    def test_refuses_what_the_reader_refuses(self, old: str, new: str):
        """What a schema can see, the schema refuses as the reader does."""
        text = changed(old, new, write(GOOD_PLAN, as_="json").decode())

        with pytest.raises(FileProblems):
            read(text.encode(), name="acme.json")
        assert not SCHEMA.is_valid(json.loads(text))
