"""All that is held of one person: to themself, to who manages them, and to nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from milepost.actions import checkins, comments, objectives, people, tokens, views
from milepost.core.access import operator
from milepost.core.ids import encode
from milepost.queries.cards import Reader
from milepost.queries.records import personal_data
from tests.cast import Cast
from tests.okrs import PRIVATE_TITLE, Okrs

pytestmark = pytest.mark.both_databases


@pytest.fixture
def lived(cast: Cast, okrs: Okrs, now: datetime) -> Okrs:
    """Cleo has worked here in every way that leaves something of her."""
    for day in range(3):
        at = now + timedelta(minutes=day)
        checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=cast.cleo, at=at, note=f"Note {day}")
    checkins.record(key_result=okrs.waiting.id, value=Decimal(7), by=cast.ben, at=now, note="Of Ben")
    comments.add(objective=okrs.helpful.id, text="We need a bench", by=cast.cleo, at=now)
    comments.add(objective=okrs.helpful.id, text="No, a chair", by=cast.ben, at=now)
    tokens.create(name="Script of Cleo", by=cast.cleo, at=now)
    views.save(name="What Cleo looks at", settings="sort=-due", by=cast.cleo, at=now)
    people.update(person=cast.cleo.person_id, name="Cleo Wong-Okri", by=cast.ada, at=now)
    return okrs


def page(cast: Cast) -> str:
    return f"/w/acme/people/{encode(cast.cleo.person_id)}/"


class TestPersonalData:
    def test_are_all_there_for_themself(self, cast: Cast, lived: Okrs, signed_in):
        """A file with who they are, what is theirs, each word they wrote, and how they sign in."""
        answer = signed_in("cleo").get(f"{page(cast)}personal-data.json")
        found = answer.json()

        assert answer.headers["Content-Disposition"] == 'attachment; filename="milepost-acme-cleo-wong.json"'
        assert "no-store" in answer.headers["Cache-Control"]
        assert (found["person"]["email"], found["memberships"][0]["name"]) == ("cleo@acme.example", "Product")
        assert {"Note 0", "Note 1", "Note 2"} <= {one["note"] for one in found["checkins"]}
        assert [one["text"] for one in found["comments"]] == ["We need a bench"]
        assert [one["name"] for one in found["views"]] == ["What Cleo looks at"]
        assert {one["title"]: one["roles"] for one in found["objectives"]}[PRIVATE_TITLE] == ["owner"]
        assert {"checkin.recorded", "comment.added"} <= {one["kind"] for one in found["events"]}
        assert "person.changed" in {one["kind"] for one in found["told"]}
        assert [one["name"] for one in found["ways_in"]["tokens"]] == ["Script of Cleo"]
        assert len(found["ways_in"]["sessions"]) == 1

    def test_hold_nothing_that_others_wrote_and_no_secret(self, cast: Cast, lived: Okrs, signed_in):
        """Of colleagues there are ids and what they did about them; of tokens the last four characters."""
        text = signed_in("cleo").get(f"{page(cast)}personal-data.json").content.decode()

        assert "Of Ben" not in text and "No, a chair" not in text
        assert "hash" not in text and "argon2" not in text
        assert "mp_" not in text

    def test_come_whole_however_many_they_are(
        self, cast: Cast, lived: Okrs, now: datetime, monkeypatch: pytest.MonkeyPatch
    ):
        """A list that is read in several goes has each entry once."""
        whole = personal_data.one(Reader(cast.cleo, now.date()), cast.cleo.person_id, at=now)
        monkeypatch.setattr(personal_data, "AT_ONCE", 2)

        again = personal_data.one(Reader(cast.cleo, now.date()), cast.cleo.person_id, at=now)

        assert again == whole
        assert len({one.id for one in again.checkins}) == len(again.checkins) >= 3

    def test_are_told_to_admins_as_far_as_they_see(self, cast: Cast, lived: Okrs, signed_in):
        """An admin gets neither what is personal nor private views nor how somebody signs in."""
        answer = signed_in("ada").get(f"{page(cast)}personal-data.json")
        found = answer.json()

        assert found["person"]["name"] == "Cleo Wong-Okri" and found["ways_in"] is None
        assert found["views"] == [] and len(found["checkins"]) >= 3
        assert PRIVATE_TITLE not in answer.content.decode()

    def test_leave_out_what_their_reader_may_not_see(self, cast: Cast, okrs: Okrs, now: datetime):
        """Not even whoever wrote it is told what has since been closed to them."""
        row = objectives.draft(title="Sealed", cycle=okrs.cycle.id, by=cast.ada, at=now)
        comments.add(objective=row.id, text="While it was open", by=cast.cleo, at=now)
        objectives.update(objective=row.id, changed={"visibility": "private"}, by=cast.ada, at=now)

        mine = personal_data.one(Reader(cast.cleo, now.date()), cast.cleo.person_id, at=now)
        run = personal_data.one(
            Reader(operator(cast.acme.id), now.date()), cast.cleo.person_id, at=now, with_ways_in=True
        )

        assert mine.comments == run.comments == ()
        assert run.ways_in.email == "cleo@acme.example"

    @pytest.mark.parametrize("who", ["ben", "gus"])
    def test_are_nobody_elses(self, cast: Cast, lived: Okrs, signed_in, who: str):
        """A colleague or guest is refused, and their page of her offers nothing."""
        browser = signed_in(who)

        assert browser.get(f"{page(cast)}personal-data.json").status_code == 403
        assert "personal-data" not in browser.get(page(cast)).content.decode()

    @pytest.mark.parametrize(("who", "words"), [("cleo", "held of you"), ("ada", "held of them")])
    def test_are_offered_on_their_page(self, cast: Cast, lived: Okrs, signed_in, who: str, words: str):
        """Who may have them finds the link beside the person."""
        text = signed_in(who).get(page(cast)).content.decode()

        assert f"{page(cast)}personal-data.json" in text and words in text
