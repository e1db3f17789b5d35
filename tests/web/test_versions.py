"""Two who edit the same thing: what does not meet is merged, what does is shown, and nothing is lost."""

from __future__ import annotations

import html
import re

import pytest
from django.utils import timezone

from milepost.actions import initiatives, key_results, objectives
from milepost.core.ids import encode
from milepost.core.problems import Conflict
from milepost.models import Initiative, KeyResult, Objective
from tests.threads import at_once
from tests.web.reading import form_of, versions

pytestmark = pytest.mark.both_databases


class TestForm:
    def test_merges_what_does_not_meet(self, cast, okrs, signed_in):
        """Ben changes the title, Ada the level meanwhile: both hold, and Ben is told what was saved."""
        ben, here = signed_in("ben"), f"/w/acme/objectives/{encode(okrs.helpful.id)}/edit/"
        sent = form_of(ben.get(here).content.decode())
        objectives.update(
            objective=okrs.helpful.id, changed={"level": "strategic"}, by=cast.ada, at=timezone.now()
        )

        answer = ben.post(here, sent | {"title": ["Ben’s"]}, follow=True)

        row = Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id)
        assert (row.title, row.level, row.contributors) == ("Ben’s", "strategic", okrs.helpful.contributors)
        said = html.unescape(answer.content.decode())
        assert "Saved: “Ben’s”." in said
        assert re.search(r"what was changed meanwhile: level\. Ada Lovelace changed it at \d\d:\d\d\.", said)

    def test_asks_where_they_meet(self, cast, okrs, signed_in):
        """Both changed the title: as it was, theirs and mine stand side by side; the rest is merged."""
        ben, here = signed_in("ben"), f"/w/acme/objectives/{encode(okrs.helpful.id)}/edit/"
        sent = form_of(ben.get(here).content.decode())
        objectives.update(
            objective=okrs.helpful.id,
            changed={"title": "Ada’s", "level": "strategic"},
            by=cast.ada,
            at=timezone.now(),
        )

        asked = ben.post(here, sent | {"title": ["Ben’s"]})
        page = html.unescape(asked.content.decode())
        again = ben.post(here, form_of(asked.content.decode()))

        assert (asked.status_code, again.status_code) == (409, 303)
        assert re.search(
            r"<b>Ada Lovelace changed “Objective” at \d\d:\d\d, while you were editing\.</b>", page
        )
        assert re.search(r'<th scope="col">Ada Lovelace <small[^>]*>at \d\d:\d\d</small></th>', page)
        assert "another look" not in page
        assert versions(page) == ["Nobody waits for an answer", "Ada’s", "Ben’s"]
        assert "level" in re.search(r"is in the form already: ([^<]*)", page)[1]
        row = Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id)
        assert (row.title, row.level) == ("Ben’s", "strategic")

    def test_takes_a_measure_as_a_whole(self, cast, okrs, signed_in):
        """One changed the target, the other the start: that is asked, not mixed."""
        ben, here = signed_in("ben"), f"/w/acme/key-results/{encode(okrs.waiting.id)}/edit/"
        sent = form_of(ben.get(here).content.decode())
        key_results.update(
            key_result=okrs.waiting.id, changed={"target": 3}, reason="More.", by=cast.ada, at=timezone.now()
        )

        asked = ben.post(here, sent | {"start": ["10"], "reason": ["We had miscounted."]})

        assert asked.status_code == 409
        assert "<b>Ada Lovelace changed “" in asked.content.decode()
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.waiting.id).start == 9

    def test_merges_initiatives_too(self, cast, okrs, signed_in):
        """An initiative's form merges alike."""
        ben, here = signed_in("ben"), f"/w/acme/initiatives/{encode(okrs.triage.id)}/edit/"
        sent = form_of(ben.get(here).content.decode())
        initiatives.update(
            initiative=okrs.triage.id, changed={"state": "doing"}, by=cast.ada, at=timezone.now()
        )

        page = ben.post(here, sent | {"title": ["Form"]}, follow=True).content.decode()

        one = Initiative.objects.of(cast.acme.id).get(id=okrs.triage.id)
        assert (one.title, one.state) == ("Form", "doing")
        assert "Ada Lovelace changed it at " in page

    @pytest.mark.parametrize("read", ["", "[]", "{", '{"title": 5, "owner": [[1]]}', "[" * 5_000])
    def test_bears_what_no_form_says(self, cast, okrs, signed_in, read: str):
        """What the form was read as comes from outside like the rest of it: nonsense only asks more."""
        ben, here = signed_in("ben"), f"/w/acme/objectives/{encode(okrs.helpful.id)}/edit/"
        sent = form_of(ben.get(here).content.decode())
        objectives.update(
            objective=okrs.helpful.id, changed={"title": "Ada’s"}, by=cast.ada, at=timezone.now()
        )

        assert ben.post(here, sent | {"title": ["Ben’s"], "read": [read]}).status_code == 409


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.mark.parametrize("noun", ["objective", "key_result", "initiative"])
    def test_loses_no_edit(self, cast, okrs, noun: str):
        """Eight who each add ten words, with the revision they have read: every word is there at the end."""
        model, id, update = {
            "objective": (Objective, okrs.helpful.id, objectives.update),
            "key_result": (KeyResult, okrs.guides.id, key_results.update),
            "initiative": (Initiative, okrs.triage.id, initiatives.update),
        }[noun]
        model.objects.of(cast.acme.id).filter(id=id).update(description="")

        def add(word: str) -> bool:
            row = model.objects.of(cast.acme.id).get(id=id)
            try:
                update(
                    **{noun: id}, changed={"description": f"{row.description} {word}".strip()},
                    revision=row.revision, by=cast.ada, at=timezone.now(),
                )  # fmt: skip
            except Conflict:
                return False
            return True

        def ten(number: int) -> None:
            for each in range(10):
                while not add(f"w{number}.{each}"):
                    pass

        at_once(8, ten)

        row = model.objects.of(cast.acme.id).get(id=id)
        assert sorted(row.description.split()) == sorted(
            f"w{one}.{two}" for one in range(8) for two in range(10)
        )
        assert row.revision >= 81
