"""Changing many at once: what would change is shown first; then all of it is done, or nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from milepost.actions import objectives
from milepost.core.ids import encode
from milepost.ledger import verify
from milepost.models import Event, KeyResult, Objective
from tests.cast import Cast
from tests.okrs import Okrs, written
from tests.web.test_alignment import TREE, row_of, text

pytestmark = pytest.mark.both_databases

BULK = "/w/acme/bulk/"


@pytest.fixture
def okrs(cast: Cast) -> Okrs:
    return written(cast, timezone.now())


def ids(*rows) -> list[str]:
    return [encode(row.id) for row in rows]


def seen(page: str) -> str:
    """Return the mark of what a preview showed."""
    return re.search(r'name="seen" value="([^"]+)"', page)[1]


def lines(page: str) -> list[str]:
    """List what a preview says of each row, as text."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in body.split("<tr>")[1:]]


class TestShow:
    def test_says_what_changes_in_each_row(self, signed_in, cast, okrs):
        """Who owned it and who will; what stays is said to stay; and nothing was done yet."""
        form = {"id": ids(okrs.helpful, okrs.waiting, okrs.draft), "change": "owner",
                "owner": encode(cast.cleo.person_id)}  # fmt: skip
        before = Event.objects.of(cast.acme.id).count()

        page = text(signed_in("ben").get(BULK, form))

        assert lines(page) == [
            f"{okrs.helpful.title} Ben Okri Cleo Wong",
            f"{okrs.waiting.title} stays as it is: Cleo Wong",
            f"{okrs.draft.title} Ben Okri Cleo Wong",
        ]
        assert "2 would change" in page
        assert Event.objects.of(cast.acme.id).count() == before
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.ben.person_id

    def test_says_which_cannot_and_why(self, signed_in, okrs):
        """What may not, or cannot, be changed so is named with its reason, and can be left out."""
        chosen = ids(okrs.company, okrs.growth, okrs.helpful)

        page = text(signed_in("ben").get(BULK, {"id": chosen, "change": "cancel"}))
        rest = re.search(r'href="(\?[^"]*)"[^>]*>Leave these 2 out', page)[1].replace("&amp;", "&")

        assert "You may not cancel this objective." in lines(page)[0]
        assert "2 of 3 cannot be changed so" in page and "Change 1" not in page
        assert encode(okrs.helpful.id) in rest and encode(okrs.company.id) not in rest

    def test_asks_step_by_step_without_scripts(self, signed_in, okrs):
        """First what is to happen, then with what value, then what would change."""
        browser, chosen = signed_in("ada"), {"id": ids(okrs.helpful)}

        first = text(browser.get(BULK, chosen))
        second = text(browser.get(BULK, chosen | {"change": "cycle"}))
        third = text(browser.get(BULK, chosen | {"change": "cycle", "cycle": encode(okrs.next_cycle.id)}))

        assert "Let it serve something" in first and "Winter</option>" not in first
        assert "Winter</option>" in second and 'name="seen"' not in second
        assert lines(third) == [f"{okrs.helpful.title} Autumn Winter"]
        assert "Choose in the tree" in text(browser.get(BULK))

    def test_is_not_for_guests(self, signed_in, okrs):
        """A guest changes nothing, and is not offered to."""
        gus = signed_in("gus")

        assert gus.get(BULK, {"id": ids(okrs.helpful)}).status_code == 403
        assert "select=1" not in text(gus.get(TREE))
        assert 'name="id"' not in text(gus.get(f"{TREE}?select=1"))


class TestApply:
    def test_changes_all_with_an_event_each_and_one_reason(self, signed_in, cast, okrs):
        """Everything that was shown is done, told once for each, and the image agrees."""
        browser = signed_in("ben")
        form = {"id": ids(okrs.helpful, okrs.guides), "change": "owner", "reason": "Ben is away.",
                "owner": encode(cast.cleo.person_id), "settings": "group=owner"}  # fmt: skip
        page = text(browser.get(BULK, form))

        answer = browser.post(BULK, form | {"seen": seen(page)})

        told = Event.objects.of(cast.acme.id).filter(kind__in=["objective.changed", "key_result.changed"])
        assert answer.headers["Location"] == f"{TREE}?group=owner"
        assert {event.data["reason"] for event in told} == {"Ben is away."} and len(told) == 2
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.guides.id).owner_id == cast.cleo.person_id
        assert "Cleo Wong" in row_of(text(browser.get(TREE)), okrs.helpful.title)
        assert [*verify.differences(cast.acme.id, timezone.now().date())] == []

    def test_does_nothing_where_one_cannot(self, signed_in, cast, okrs):
        """All or nothing: a single one that cannot keeps the others as they are."""
        form = {"id": ids(okrs.draft, okrs.company), "change": "park", "reason": "Not now."}

        answer = signed_in("ada").post(BULK, form)

        assert answer.status_code == 422
        assert "1 of 2 cannot be changed so" in answer.content.decode()
        assert Objective.objects.of(cast.acme.id).get(id=okrs.draft.id).state == "draft"
        assert not Event.objects.of(cast.acme.id).filter(kind="objective.parked").exists()

    def test_does_nothing_else_than_was_shown(self, signed_in, cast, okrs):
        """Where somebody came first, what would happen now is shown instead."""
        browser = signed_in("ben")
        form = {"id": ids(okrs.helpful, okrs.draft), "change": "owner", "owner": encode(cast.cleo.person_id)}
        page = text(browser.get(BULK, form))
        objectives.update(
            objective=okrs.draft.id, changed={"owner": cast.ada.person_id}, by=cast.ada, at=timezone.now()
        )

        answer = browser.post(BULK, form | {"seen": seen(page)})

        assert answer.status_code == 409
        assert "Ada Lovelace Cleo Wong" in " ".join(lines(answer.content.decode()))
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.ben.person_id

    def test_asks_why_where_the_history_needs_it(self, signed_in, cast, okrs):
        """Cancelling many needs one reason."""
        form = {"id": ids(okrs.helpful), "change": "cancel"}
        browser = signed_in("ben")

        refused = browser.post(BULK, form)
        done = browser.post(BULK, form | {"reason": "Others do it."})

        assert refused.status_code == 422 and "Say why." in refused.content.decode()
        assert done.status_code == 303
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "cancelled"

    @pytest.mark.parametrize(
        ("change", "value", "column", "expected"),
        [
            ("commitment", {"commitment": "learning"}, "commitment", "learning"),
            ("visibility", {"visibility": "team"}, "visibility", "team"),
            ("team", {"team": ""}, "team_id", None),
        ],
    )
    def test_changes_fields(self, signed_in, cast, okrs, change, value, column, expected):
        """Each change of the list does what it says."""
        answer = signed_in("ada").post(BULK, {"id": ids(okrs.helpful, okrs.draft), "change": change, **value})

        rows = Objective.objects.of(cast.acme.id).filter(id__in=[okrs.helpful.id, okrs.draft.id])
        assert answer.status_code == 303
        assert [getattr(row, column) for row in rows] == [expected, expected]

    def test_aligns_and_moves_days(self, signed_in, cast, okrs):
        """Objectives come to serve something; key results get days of their own."""
        browser, day = signed_in("ada"), (okrs.cycle.starts_on + timedelta(days=30)).isoformat()
        served = {"parent": f"k{encode(okrs.growth.id)}", "how": "contributes", "weight": "2"}

        page = text(browser.get(BULK, {"id": ids(okrs.draft), "change": "align", **served}))
        aligned = browser.post(BULK, {"id": ids(okrs.draft), "change": "align", **served})
        days = {"change": "dates", "starts_on": day, "ends_on": "", "reason": "It begins later."}
        moved = browser.post(BULK, {"id": ids(okrs.waiting, okrs.guides), **days})

        assert f"contributes to “{okrs.growth.title}” with weight 2" in lines(page)[0]
        assert (aligned.status_code, moved.status_code) == (303, 303)
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.guides.id).starts_on.isoformat() == day

    def test_finds_nothing_where_one_is_hidden(self, signed_in, cast, okrs):
        """A hidden id among others makes all of it lead nowhere, and nothing is done."""
        form = {"id": ids(okrs.helpful, okrs.secret), "change": "owner", "owner": ""}
        cleo = signed_in("cleo")
        before = Event.objects.of(cast.acme.id).count()

        answers = [cleo.get(BULK, form), cleo.post(BULK, form), cleo.post(BULK, form | {"id": ["nonsense"]})]

        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert Event.objects.of(cast.acme.id).count() == before
