"""Key results: added, changed with their past kept, ordered, cancelled and taken up again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from milepost.actions import key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.ledger import image
from milepost.models import Event, KeyResult, KeyResultVersion
from tests.cast import LATER, NOW, TODAY, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


def titles(cast: Cast, okrs: Okrs) -> list[str]:
    listed = KeyResult.objects.of(cast.acme.id).filter(objective=okrs.helpful).order_by("position", "id")
    return [one.title for one in listed]


class TestAdd:
    def test_stands_last_and_tells(self, cast: Cast, okrs: Okrs):
        """A new one comes after the others, with its dated row and its event."""
        one = key_results.add(
            objective=okrs.helpful.id, definition=Definition(" Third "), by=cast.ben, at=LATER
        )

        assert titles(cast, okrs) == ["Cut the wait", "Write the guides", "Third"]
        assert KeyResultVersion.objects.of(cast.acme.id).get(key_result=one).at == LATER
        assert Event.objects.of(cast.acme.id).filter(kind="key_result.added", key_result_id=one.id).exists()

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("title", {"title": ""}),
            ("title", {"title": "x" * 301}),
            ("kind", {"kind": "guess"}),
            ("weight", {"weight": Decimal(-1)}),
            ("curve", {"curve": "wavy"}),
            ("visibility", {"visibility": "private"}),
            ("ends_on", {"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)}),
            ("unit", {"unit": "u" * 41}),
            ("data_source", {"data_source": "s" * 301}),
            ("source", {"source": "air"}),
            ("direction", {"direction": "left"}),
            ("milestones", {"kind": "milestones"}),
            ("low", {"kind": "range", "low": Decimal(2), "high": Decimal(1)}),
            ("floor", {"floor": Decimal(2)}),
        ],
    )
    def test_refuses_by_name_of_the_field(self, cast: Cast, okrs: Okrs, field: str, given: dict):
        """What cannot be kept is refused, and says which field it is about."""
        with pytest.raises(Invalid) as refused:
            key_results.add(
                objective=okrs.helpful.id,
                definition=Definition(**{"title": "X"} | given),
                by=cast.ben,
                at=NOW,
            )

        assert refused.value.field == field

    def test_asks_who_may(self, cast: Cast, okrs: Okrs):
        """Whoever may not change the objective adds nothing to it."""
        add = {"objective": okrs.helpful.id, "definition": Definition("X"), "at": NOW}

        for by in (cast.cleo, cast.gus):
            with pytest.raises(NotAllowed):
                key_results.add(**add, by=by)
        with pytest.raises(NotFound):
            key_results.add(**add, by=cast.zed)

    def test_refuses_a_closed_objective(self, cast: Cast, okrs: Okrs):
        """What is closed is part of the record."""
        from milepost.actions import reviews

        reviews.close(objective=okrs.helpful.id, by=cast.ben, at=NOW)

        with pytest.raises(objectives.ObjectiveIsClosed):
            key_results.add(objective=okrs.helpful.id, definition=Definition("X"), by=cast.ben, at=NOW)


class TestUpdate:
    def test_keeps_what_it_was_with_the_reason(self, cast: Cast, okrs: Okrs):
        """The dated rows tell target and reason, exactly as written."""
        key_results.update(
            key_result=okrs.waiting.id, changed={"target": Decimal("3.50")}, reason="Too easy.",
            by=cast.ben, at=LATER,
        )  # fmt: skip

        versions = KeyResultVersion.objects.of(cast.acme.id).filter(key_result=okrs.waiting).order_by("id")
        assert [(one.target, one.reason) for one in versions] == [(4, ""), (Decimal("3.5"), "Too easy.")]

    @pytest.mark.parametrize("changed", [{"target": Decimal(3)}, {"weight": Decimal(2)}, {"curve": "back"}])
    def test_asks_why_what_was_agreed_changes(self, cast: Cast, okrs: Okrs, changed: dict):
        """Once it runs, its target, weight or plan changes for a reason; a better title needs none."""
        with pytest.raises(Invalid) as refused:
            key_results.update(key_result=okrs.waiting.id, changed=changed, reason=" ", by=cast.ben, at=NOW)

        assert (refused.value.code, refused.value.field) == ("reason_needed", "reason")
        key_results.update(key_result=okrs.waiting.id, changed={"title": "Wait less"}, by=cast.ben, at=NOW)

    def test_refuses_an_old_revision(self, cast: Cast, okrs: Okrs):
        """Somebody else's newer version is not written over."""
        key_results.update(key_result=okrs.waiting.id, changed={"title": "A"}, by=cast.ben, at=NOW)

        with pytest.raises(Conflict):
            key_results.update(
                key_result=okrs.waiting.id, changed={"title": "B"}, revision=1, by=cast.ben, at=NOW
            )

    def test_is_for_its_owner_too(self, cast: Cast, okrs: Okrs):
        """Its own owner sharpens it; a colleague does not."""
        assert key_results.update(key_result=okrs.waiting.id, changed={"title": "A"}, by=cast.cleo, at=NOW)
        with pytest.raises(NotAllowed):
            key_results.update(key_result=okrs.guides.id, changed={"title": "A"}, by=cast.cleo, at=NOW)


class TestMove:
    def test_changes_places_with_its_neighbour(self, cast: Cast, okrs: Okrs):
        """One step up or down; at either end it stays, and the image follows."""
        key_results.move(key_result=okrs.guides.id, up=True, by=cast.ben, at=NOW)
        assert titles(cast, okrs) == ["Write the guides", "Cut the wait"]
        key_results.move(key_result=okrs.guides.id, up=True, by=cast.ben, at=NOW)
        assert titles(cast, okrs) == ["Write the guides", "Cut the wait"]

        key_results.move(key_result=okrs.guides.id, up=False, by=cast.ben, at=NOW)

        assert titles(cast, okrs) == ["Cut the wait", "Write the guides"]
        shown = image.of(cast.acme.id).key_results_of[okrs.helpful.id]
        assert [one.title for one in shown] == ["Cut the wait", "Write the guides"]

    def test_steps_over_what_one_does_not_see(self, cast: Cast, okrs: Okrs):
        """Ada moves what she sees past what she does not, which keeps its place and stops nothing."""
        for title in ("Hidden", "Hidden last"):
            hidden = Definition(title, visibility="people", visible_to=[cast.ben.person_id])
            one = key_results.add(objective=okrs.helpful.id, definition=hidden, by=cast.ben, at=NOW)
            if title == "Hidden":
                key_results.move(key_result=one.id, up=True, by=cast.ben, at=NOW)
        before = Event.objects.of(cast.acme.id).count()

        key_results.move(key_result=okrs.guides.id, up=False, by=cast.ada, at=NOW)
        at_the_end = Event.objects.of(cast.acme.id).count()
        key_results.move(key_result=okrs.guides.id, up=True, by=cast.ada, at=NOW)

        assert at_the_end == before
        assert titles(cast, okrs) == ["Write the guides", "Hidden", "Cut the wait", "Hidden last"]

    def test_asks_who_may(self, cast: Cast, okrs: Okrs):
        """The order is the objective's owner's, not the key result's."""
        with pytest.raises(NotAllowed):
            key_results.move(key_result=okrs.waiting.id, up=False, by=cast.cleo, at=NOW)


class TestCancel:
    def test_leaves_it_out_and_gives_the_grade_back(self, cast: Cast, okrs: Okrs):
        """Cancelled it counts no more; taken up again the progress is what it was."""
        before = image.of(cast.acme.id).exact(okrs.helpful.id)

        key_results.cancel(key_result=okrs.guides.id, reason="Nobody reads.", by=cast.ben, at=NOW)
        without = image.of(cast.acme.id).exact(okrs.helpful.id)
        key_results.restore(key_result=okrs.guides.id, by=cast.ben, at=NOW)

        assert without == 2 * before
        assert image.of(cast.acme.id).exact(okrs.helpful.id) == before

    def test_asks_for_a_reason(self, cast: Cast, okrs: Okrs):
        """A key result is not dropped without a word."""
        with pytest.raises(Invalid) as refused:
            key_results.cancel(key_result=okrs.guides.id, reason=" ", by=cast.ben, at=NOW)

        assert refused.value.field == "reason"
