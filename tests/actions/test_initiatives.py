"""Initiatives: what is done for an objective."""

from __future__ import annotations

import pytest

from milepost.actions import initiatives
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.models import Event
from tests.cast import NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


class TestAdd:
    def test_belongs_to_a_key_result_of_its_objective(self, cast: Cast, okrs: Okrs):
        """Somebody else's key result is refused by name of the field."""
        add = {"objective": okrs.helpful.id, "title": "Bench", "by": cast.ben, "at": NOW}

        assert initiatives.add(**add, key_result=okrs.waiting.id).key_result_id == okrs.waiting.id
        with pytest.raises(Invalid) as refused:
            initiatives.add(**add, key_result=okrs.growth.id)
        assert refused.value.field == "key_result"

    def test_asks_who_may(self, cast: Cast, okrs: Okrs):
        """Whoever may not change the objective adds nothing to it."""
        add = {"objective": okrs.helpful.id, "title": "Bench", "at": NOW}

        for by, problem in ((cast.cleo, NotAllowed), (cast.gus, NotAllowed), (cast.zed, NotFound)):
            with pytest.raises(problem):
                initiatives.add(**add, by=by)


class TestUpdate:
    def test_tells_that_it_is_done(self, cast: Cast, okrs: Okrs):
        """Finishing one is an event of its own."""
        initiatives.update(initiative=okrs.triage.id, changed={"state": "done"}, by=cast.cleo, at=NOW)

        told = Event.objects.of(cast.acme.id).get(kind="initiative.done")
        assert told.data["changes"] == {"state": ["planned", "done"]}

    def test_refuses_a_move_that_does_not_exist(self, cast: Cast, okrs: Okrs):
        """What is done is not dropped afterwards."""
        initiatives.update(initiative=okrs.triage.id, changed={"state": "done"}, by=cast.cleo, at=NOW)

        with pytest.raises(Conflict):
            initiatives.update(initiative=okrs.triage.id, changed={"state": "dropped"}, by=cast.cleo, at=NOW)

    def test_refuses_an_old_revision(self, cast: Cast, okrs: Okrs):
        """Somebody else's newer version is not written over."""
        initiatives.update(initiative=okrs.triage.id, changed={"title": "A"}, by=cast.cleo, at=NOW)

        with pytest.raises(Conflict):
            initiatives.update(
                initiative=okrs.triage.id, changed={"title": "B"}, revision=1, by=cast.cleo, at=NOW
            )
