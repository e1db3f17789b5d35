"""`milepost verify`: says nothing where all agrees, and names what does not."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.actions import checkins, reviews
from milepost.ledger import image
from milepost.models import Checkin, KeyResult, Objective, Transition
from tests.cast import NOW, Cast
from tests.management.terminal import run
from tests.okrs import Okrs, latest

pytestmark = pytest.mark.both_databases


@pytest.fixture
def okrs(cast: Cast, okrs: Okrs) -> Okrs:
    image.of(cast.acme.id)
    return okrs


class TestVerify:
    def test_agrees_with_what_actions_wrote(self, okrs):
        """After any number of actions everything agrees, in every workspace."""
        said = run("verify")

        assert said.code == 0
        assert said.out.splitlines() == ["acme: everything agrees.", "zenith: everything agrees."]

    def test_says_so_to_programs(self, okrs):
        """With --json the answer is one object."""
        assert run("verify", "--workspace", "acme", "--json").json == {"workspaces": {"acme": []}, "ok": True}

    def test_finds_a_row_changed_behind_our_back(self, cast, okrs):
        """A target changed in the table is missed by the dated rows and by the image."""
        KeyResult.objects.of(cast.acme.id).filter(id=okrs.growth.id).update(target=Decimal(99))

        said = run("verify")

        assert said.code == 1
        assert f"key_result target of {okrs.growth.id}: 99, expected 50" in said.out
        assert "image: key_results" in said.out and "zenith: everything agrees." in said.out

    def test_finds_a_check_in_that_no_change_tells_of(self, cast, okrs):
        """An entry that the change log does not name is unknown to the living image."""
        Checkin.objects.create(
            workspace_id=cast.acme.id, key_result_id=okrs.growth.id, value=Decimal(50), effective_at=NOW,
            recorded_at=NOW,
        )  # fmt: skip

        said = run("verify", "--workspace", "acme", "--json")

        assert said.code == 1 and not said.json["ok"]
        assert any(f"{okrs.growth.id}" in each for each in said.json["workspaces"]["acme"])

    def test_finds_a_state_that_nothing_led_to(self, cast, okrs):
        """The state of an objective must be what its log of events comes to."""
        Objective.objects.of(cast.acme.id).filter(id=okrs.company.id).update(state="closed")

        assert f"state of objective {okrs.company.id}: closed, expected active (its log)" in run("verify").out

    def test_finds_a_log_that_cannot_be(self, cast, okrs):
        """A step that the rules do not allow is named."""
        Transition.objects.of(cast.acme.id).filter(objective=okrs.company, event="commit").delete()

        said = run("verify")

        assert said.code == 1 and f"state of objective {okrs.company.id}" in said.out

    def test_finds_an_entry_that_two_others_correct(self, cast, okrs):
        """Both count, so both are named, until one of them is withdrawn."""
        old = latest(okrs.growth)
        made = checkins.correct(checkin=old.id, value=Decimal(41), by=cast.ada, at=NOW)
        beside = checkins.record(key_result=okrs.growth.id, value=Decimal(42), by=cast.ada, at=NOW)
        Checkin.objects.of(cast.acme.id).filter(id=beside.id).update(corrects=old)
        line = f"check-in {old.id}: check-ins {made.id} and {beside.id} stand in its place, expected one"

        said = run("verify")
        checkins.withdraw(checkin=beside.id, by=cast.ada, at=NOW)

        assert said.code == 1 and line in said.out
        assert "stand in its place" not in run("verify").out

    def test_finds_an_objective_that_was_closed_twice(self, cast, okrs):
        """A second closing without a reopening between is called that."""
        reviews.close(objective=okrs.helpful.id, by=cast.ada, at=NOW)
        assert run("verify").code == 0
        steps = Transition.objects.of(cast.acme.id).filter(objective=okrs.helpful).order_by("id")
        for step in list(steps)[-3:]:
            step.pk = None
            step.save(force_insert=True)

        said = run("verify")

        assert said.code == 1
        assert f"objective {okrs.helpful.id}: closed again on {NOW:%Y-%m-%d} without a reopening" in said.out

    @pytest.mark.parametrize(("asked_for", "says"), [({}, ""), ({"log_level": "set"}, "is passed over")])
    def test_answers_without_the_log(self, okrs, settings, tmp_path, capfd, asked_for: dict, says: str):
        """A snapshot that does not fit is no news on the terminal, unless somebody asks for the log."""
        settings.MILEPOST = replace(settings.MILEPOST, data_dir=tmp_path, origins=asked_for)
        image.forget(okrs.cycle.workspace_id)
        (tmp_path / "images").mkdir()
        (tmp_path / "images" / f"{okrs.cycle.workspace_id}.image").write_bytes(b"not a snapshot")
        heard = logging.StreamHandler(told := io.StringIO())
        logging.getLogger("milepost").addHandler(heard)

        said = run("verify")
        logging.getLogger("milepost").removeHandler(heard)

        assert said.out.splitlines() == ["acme: everything agrees.", "zenith: everything agrees."]
        assert (says in told.getvalue()) and bool(told.getvalue()) == bool(says)

    def test_has_nothing_to_do_in_an_empty_database(self, db):
        """Without a workspace that is what it says."""
        said = run("verify")

        assert said.code == 6
        assert said.out.strip() == "There is no workspace to verify."

    def test_does_not_know_what_is_not_there(self, okrs):
        """A wrong name is answered with the right ones."""
        said = run("verify", "--workspace", "acne")

        assert said.code == 3 and "acme, zenith" in said.err
