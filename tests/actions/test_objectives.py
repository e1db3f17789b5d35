"""Objectives: drafted, changed, agreed, dropped; who may, and what is remembered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from milepost.actions import cycles, drafts, objectives, submissions
from milepost.actions.drafts import Link
from milepost.actions.key_results import Definition
from milepost.core.access import Actor
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.core.states import Event as Happening
from milepost.core.states import GuardNotMet, IllegalTransition, State, Step, fold
from milepost.models import Alignment, Change, Event, KeyResult, Objective, ObjectiveVersion, Transition
from tests.cast import LATER, NOW, TODAY, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


def now(cast: Cast, row: Objective) -> Objective:
    return Objective.objects.of(cast.acme.id).get(id=row.id)


class TestDraft:
    def test_writes_row_history_event_and_change(self, cast: Cast, okrs: Okrs):
        """A draft leaves one row of each record, all with the same moment and person."""
        row = objectives.draft(title=" Riders stay ", cycle=okrs.cycle.id, by=cast.ada, at=NOW)

        assert (row.title, row.state, row.level) == ("Riders stay", "draft", "strategic")
        assert ObjectiveVersion.objects.of(cast.acme.id).get(objective=row).by_id == cast.ada.person_id
        assert Transition.objects.of(cast.acme.id).get(objective=row).event == "create"
        assert Event.objects.of(cast.acme.id).get(objective_id=row.id).kind == "objective.drafted"
        assert Change.objects.filter(workspace=cast.acme, subject_id=row.id).exists()

    def test_keeps_what_can_be_read_and_exported(self, cast: Cast, okrs: Okrs):
        """A title stands on one line, a description keeps its own."""
        row = objectives.draft(
            title="Riders\nstay ", description="On purpose\r\nand gladly", cycle=okrs.cycle.id,
            by=cast.ada, at=NOW,
        )  # fmt: skip

        assert (row.title, row.description) == ("Riders stay", "On purpose\nand gladly")

    @pytest.mark.parametrize("field", ["title", "description"])
    @pytest.mark.parametrize("character", ["\x00", "\x07", "\u202e"])
    def test_refuses_what_no_one_sees(self, cast: Cast, okrs: Okrs, field: str, character: str):
        """A control character, or a mark that reorders text, is refused with its place, as in a file."""
        said = {"title": "Riders stay", field: f"Riders{character} stay"}

        with pytest.raises(Invalid, match="after “Riders”") as refused:
            objectives.draft(**said, cycle=okrs.cycle.id, by=cast.ada, at=NOW)

        assert (refused.value.code, refused.value.field) == ("bad_character", field)

    def test_asks_who_may(self, cast: Cast, okrs: Okrs):
        """Members draft for their team, admins for the company, everyone but guests for themselves."""

        def draft(by: Actor, **more) -> Objective:
            return objectives.draft(title="X", cycle=okrs.cycle.id, by=by, at=NOW, **more)

        assert draft(cast.cleo, team=cast.product.id)
        assert draft(cast.cleo, visibility="private").owner_id == cast.cleo.person_id
        with pytest.raises(NotAllowed):
            draft(cast.cleo)
        with pytest.raises(NotAllowed):
            draft(cast.gus, team=cast.product.id)
        with pytest.raises(NotAllowed):
            draft(cast.gus, visibility="private")

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("title", {"title": "  "}),
            ("title", {"title": "x" * 301}),
            ("commitment", {"commitment": "maybe"}),
            ("level", {"level": "cosmic"}),
            ("visibility", {"visibility": "moon"}),
        ],
    )
    def test_refuses_by_name_of_the_field(self, cast: Cast, okrs: Okrs, field: str, given: dict):
        """What cannot be kept is refused, and says which field it is about."""
        with pytest.raises(Invalid) as refused:
            objectives.draft(**{"title": "X", "cycle": okrs.cycle.id} | given, by=cast.ada, at=NOW)

        assert refused.value.field == field

    def test_refuses_what_lies_in_another_workspace(self, cast: Cast, okrs: Okrs):
        """Team, cycle and people of Zenith are nothing in Acme."""
        zeniths = cycles.create(name="Q", starts_on=TODAY, by=cast.zed, at=NOW)
        for field, given in (
            ("cycle", {"cycle": zeniths.id}),
            ("team", {"cycle": okrs.cycle.id, "team": cast.rockets.id}),
            ("owner", {"cycle": okrs.cycle.id, "owner": cast.zed.person_id}),
            ("contributors", {"cycle": okrs.cycle.id, "contributors": [cast.zed.person_id]}),
        ):
            with pytest.raises(Invalid) as refused:
                objectives.draft(title="X", **given, by=cast.ada, at=NOW)
            assert refused.value.field == field


class TestWrite:
    def test_is_all_or_nothing(self, cast: Cast, okrs: Okrs):
        """A wrong key result takes the whole draft back, and names its own field."""
        before = Objective.objects.of(cast.acme.id).count()

        with pytest.raises(Invalid) as refused:
            drafts.write(
                objective={"title": "X", "cycle": okrs.cycle.id},
                key_results_wanted=[("kr1_", Definition("Fine")), ("kr2_", Definition("", kind="binary"))],
                by=cast.ada,
                at=NOW,
            )

        assert refused.value.field == "kr2_title"
        assert Objective.objects.of(cast.acme.id).count() == before

    def test_writes_everything(self, cast: Cast, okrs: Okrs):
        """Objective, key results and link come together."""
        row = drafts.write(
            objective={"title": "X", "cycle": okrs.cycle.id, "team": cast.product.id},
            key_results_wanted=[("kr1_", Definition("One"))],
            serves=Link(objective=okrs.company.id, how="supports"),
            by=cast.ben,
            at=NOW,
        )

        assert KeyResult.objects.of(cast.acme.id).filter(objective=row).count() == 1
        assert Alignment.objects.of(cast.acme.id).get(child=row).how == "supports"


class TestOnce:
    def test_does_it_once_for_each_person(self, cast: Cast, okrs: Okrs):
        """The same mark from the same person is answered with what it made; somebody else's is another."""
        made = []

        def make() -> int:
            made.append(objectives.draft(title="X", cycle=okrs.cycle.id, by=cast.ada, at=NOW).id)
            return made[-1]

        sent = {"submission": "m", "makes": "objective", "make": make, "at": NOW}

        answers = [submissions.once(**sent, by=by) for by in (cast.ada, cast.ada)]
        other = submissions.once(**sent, by=cast.ben)

        assert answers == [made[0]] * 2
        assert other == made[1]

    def test_forgets_what_failed(self, cast: Cast, okrs: Okrs):
        """A submission that was refused may be sent again."""

        def fail() -> int:
            raise Invalid("No.")

        with pytest.raises(Invalid):
            submissions.once(submission="m", makes="comment", make=fail, by=cast.ada, at=NOW)

        again = {"submission": "m", "makes": "comment", "make": lambda: 7, "by": cast.ada, "at": NOW}
        assert submissions.once(**again) == 7

    @pytest.mark.parametrize(("makes", "below"), [("comment", "helpful"), ("key result", "company")])
    def test_counts_for_one_form_alone(self, cast: Cast, okrs: Okrs, makes: str, below: str):
        """A mark that comes with another form, or for another objective, is a conflict and does nothing."""

        def key_result() -> int:
            return okrs.growth.id  # which belongs to the company's objective

        sent = {"submission": "m", "by": cast.ada, "at": NOW, "below": okrs.company.id}
        submissions.once(makes="key result", make=key_result, **sent)
        sent["below"] = getattr(okrs, below).id

        def make() -> int:
            raise AssertionError("It was made all the same.")

        if makes == "key result":
            assert submissions.once(makes=makes, make=make, **sent) == okrs.growth.id
            sent["below"] = okrs.helpful.id
        with pytest.raises(submissions.SubmissionReused):
            submissions.once(makes=makes, make=make, **sent)


class TestUpdate:
    def test_remembers_what_it_was(self, cast: Cast, okrs: Okrs):
        """A dated row, an event with from and to, and a new revision tell of the change."""
        objectives.update(
            objective=okrs.helpful.id, changed={"owner": cast.cleo.person_id}, reason="Ben is away.",
            by=cast.ben, at=LATER,
        )  # fmt: skip

        last = ObjectiveVersion.objects.of(cast.acme.id).filter(objective=okrs.helpful).latest("id")
        told = Event.objects.of(cast.acme.id).filter(kind="objective.changed").get()
        assert (last.owner_id, last.reason, last.at) == (cast.cleo.person_id, "Ben is away.", LATER)
        assert told.data["changes"] == {"owner_id": [cast.ben.person_id, cast.cleo.person_id]}
        assert now(cast, okrs.helpful).revision == okrs.helpful.revision + 1

    def test_does_nothing_for_nothing(self, cast: Cast, okrs: Okrs):
        """Saving what stands there already leaves no trace."""
        objectives.update(
            objective=okrs.helpful.id, changed={"title": okrs.helpful.title}, by=cast.ben, at=NOW
        )

        assert now(cast, okrs.helpful).revision == okrs.helpful.revision

    def test_refuses_an_old_revision(self, cast: Cast, okrs: Okrs):
        """Somebody else's newer version is not written over."""
        with pytest.raises(Conflict) as refused:
            objectives.update(
                objective=okrs.helpful.id, changed={"title": "Y"}, revision=okrs.helpful.revision - 1,
                by=cast.ben, at=NOW,
            )  # fmt: skip

        assert refused.value.code == "changed_meanwhile"

    def test_asks_who_may(self, cast: Cast, okrs: Okrs):
        """Owner, sponsor, lead and admin change it; others are refused, strangers find nothing."""
        change = {"objective": okrs.helpful.id, "changed": {"title": "Y"}, "at": NOW}

        for by in (cast.cleo, cast.gus):
            with pytest.raises(NotAllowed):
                objectives.update(**change, by=by)
        with pytest.raises(NotFound):
            objectives.update(**change, by=cast.zed)
        assert objectives.update(**change, by=cast.ben).title == "Y"
        with pytest.raises(NotFound):
            objectives.update(objective=okrs.private.id, changed={"title": "Y"}, by=cast.ada, at=NOW)


class TestSteps:
    def test_state_is_the_fold_of_its_steps(self, cast: Cast, okrs: Okrs):
        """Whatever happened, replaying the log gives the state that is stored."""
        by, at = cast.ben, NOW
        objectives.cancel(objective=okrs.helpful.id, reason="No hands.", by=by, at=at)
        objectives.redraft(objective=okrs.helpful.id, reason="Hands.", by=by, at=at)
        objectives.park(objective=okrs.helpful.id, reason="Later.", by=by, at=at)
        objectives.redraft(objective=okrs.helpful.id, reason="Now.", by=by, at=at)
        objectives.activate(objective=okrs.helpful.id, by=by, at=at)
        objectives.defer(objective=okrs.helpful.id, reason="Next year.", by=by, at=at)

        log = Transition.objects.of(cast.acme.id).filter(objective=okrs.helpful).order_by("id")
        steps = [Step(Happening(one.event), State(one.to_state)) for one in log]
        assert fold(steps).value == now(cast, okrs.helpful).state == "deferred"

    @pytest.mark.parametrize("step", ["cancel", "defer"])
    def test_asks_for_a_reason(self, cast: Cast, okrs: Okrs, step: str):
        """Work is not dropped without a word."""
        with pytest.raises(GuardNotMet):
            getattr(objectives, step)(objective=okrs.helpful.id, reason=" ", by=cast.ben, at=NOW)

    def test_waits_for_the_cycle(self, cast: Cast, okrs: Okrs):
        """What belongs to the next cycle is agreed now and starts with it."""
        row = objectives.draft(
            title="X", cycle=okrs.next_cycle.id, owner=cast.ada.person_id, by=cast.ada, at=NOW
        )
        KeyResult.objects.of(cast.acme.id).filter(id=okrs.guides.id).update(objective=row)

        assert objectives.activate(objective=row.id, by=cast.ada, at=NOW).state == "committed"
        later = NOW + timedelta(days=60)
        assert objectives.activate(objective=row.id, by=cast.ada, at=later).state == "active"

    def test_says_what_is_missing(self, cast: Cast, okrs: Okrs):
        """A draft without key results says what to do first."""
        with pytest.raises(GuardNotMet) as waits:
            objectives.activate(objective=okrs.draft.id, by=cast.ben, at=NOW)

        assert "Add at least one key result." in waits.value.details

    def test_refuses_what_the_state_does_not_allow(self, cast: Cast, okrs: Okrs):
        """An active objective cannot be parked, a draft not deferred."""
        with pytest.raises(IllegalTransition):
            objectives.park(objective=okrs.helpful.id, reason="x", by=cast.ben, at=NOW)
        with pytest.raises(IllegalTransition):
            objectives.defer(objective=okrs.draft.id, reason="x", by=cast.ben, at=NOW)
