"""A plan written down and read again is the same plan."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.core.plan import Plan, check, diff
from milepost.core.plan.values import WorkspacePlan
from milepost.formats.okr_files import export_of, read, says, write
from milepost.formats.okr_writing import _yaml_text
from tests.formats.made_plans import lines, plans, texts

FORMATS = ("yaml", "json")
calmly = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class TestWrite:
    @calmly
    @given(plans())
    def test_is_undone_by_read(self, plan: Plan):
        """Reading what was written gives the plan back, from YAML and from JSON."""
        assert check(plan) == []

        for form in FORMATS:
            written = write(plan, as_=form)

            assert read(written, name=f"acme.{form}") == plan

    @calmly
    @given(plans())
    def test_gives_the_same_bytes_for_the_same_plan(self, plan: Plan):
        """Writing what was read gives the bytes back, whichever format lay between."""
        written = write(plan)

        through_json = read(write(plan, as_="json"), name="acme.json")

        assert write(read(written, name="acme.yaml")) == written
        assert write(through_json) == written

    @calmly
    @given(plans())
    def test_is_plain_json(self, plan: Plan):
        """Any JSON reader takes what is written."""
        written = write(plan, as_="json")

        assert json.loads(written)["milepost"] == 1

    @calmly
    @given(plans())
    def test_applied_twice_changes_nothing(self, plan: Plan):
        """A plan compared with itself, or with itself read again, shows no change and no problem."""
        again = read(write(plan), name="acme.yaml")

        for have, want in ((plan, plan), (plan, again), (again, plan)):
            changes = diff(have, want)

            assert changes.is_empty
            assert changes.problems == ()
            assert not any(row["orphaned"] for row in changes.summary().values())


class TestSays:
    @calmly
    @given(plans(), st.data())
    def test_is_so_of_what_was_written_and_of_nothing_else(self, plan: Plan, data):
        """A file that lacks a byte, has one more or another one is not this plan as it is written."""
        for form in FORMATS:
            written = write(plan, as_=form)
            at = data.draw(st.integers(0, len(written) - 1))
            other = written[:at] + bytes([written[at] ^ 1]) + written[at + 1 :]

            assert says(written, plan)
            assert not any(says(one, plan) for one in (written[:-1], written + b"\n", other, b""))


class TestExportOf:
    @pytest.mark.parametrize("form", FORMATS)
    def test_names_the_workspace_that_was_written(self, form: str):
        """An export begins with its workspace; other files may be those of anyone."""
        written = write(Plan(WorkspacePlan("corner", "Corner Shop")), as_=form)

        assert export_of(written) == "corner"
        assert export_of(b"# ours\n" + written) is None
        assert export_of(write(Plan(), as_=form)) is None


class TestText:
    @pytest.mark.parametrize("loader", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
    @calmly
    @given(text=lines | texts | st.from_regex(r"[-+0-9.:eExtTzZ_ ]{1,12}", fullmatch=True))
    def test_is_text_to_every_yaml_reader(self, loader, text: str):
        """Text without quotes is never taken for a number, a day, a word of YAML or a line end."""
        document = f"- {_yaml_text(text)}\n- [{_yaml_text(text, flow=True)}]\n"

        assert loader(document).get_single_data() == [text, [text]]

    @pytest.mark.parametrize("form", FORMATS)
    def test_that_no_one_sees_can_be_read_back(self, form: str):
        """What an earlier version kept of it stays what it was: no export is refused."""
        plan = Plan(WorkspacePlan("corner", "\ufeffCorner\u200b Shop\uffff\U000e0041"))

        assert read(write(plan, as_=form), name=f"acme.{form}") == plan
