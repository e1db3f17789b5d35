"""Pages of one key result: its course, its ledger, every kind of measure, and what may be changed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.actions import checkins, key_results
from milepost.core import addresses
from milepost.core.ids import encode
from milepost.core.scoring import Kind
from milepost.models import Checkin, KeyResult
from milepost.web.measures import NAMES
from milepost.web.words import day
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web.reading import text, versions
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases


def url(one: KeyResult, tail: str = "") -> str:
    return addresses.key_result("acme", one.id) + tail


def new_url(okrs: Okrs) -> str:
    return addresses.objective("acme", okrs.helpful.id) + "key-results/new/"


def filled(**more) -> dict:
    return {
        "title": "Measure it", "kind": "increase", "weight": "1", "curve": "linear", "source": "check_ins",
        **more,
    }  # fmt: skip


# What a person types for each kind, and what is kept of it.
KINDS = {
    "increase": ({"start": "30", "target": "50"}, {"start": 30, "target": 50}),
    "decrease": ({"start": "9", "target": "4", "unit": "days"}, {"start": 9, "target": 4}),
    "percent": ({"start": "41 %", "target": "60 %", "unit": "%"}, {"start": 41, "target": 60}),
    "currency": ({"start": "EUR 1,200", "target": "1.500,5", "unit": "EUR"}, {"target": Decimal("1500.5")}),
    "count": ({"start": "12", "target": "40", "unit": "stores"}, {"start": 12, "target": 40}),
    "duration": ({"start": "33", "target": "20", "unit": "min"}, {"start": 33, "target": 20}),
    "score": ({"start": "-5", "target": "30"}, {"start": -5, "target": 30}),
    "relative": ({"start": "80", "target": "-20 %", "unit": "t"}, {"start": 80, "target": -20}),
    "reach": ({"target": "600", "unit": "orders"}, {"start": None, "target": 600}),
    "maintain_above": ({"target": "99.9", "floor": "99"}, {"target": Decimal("99.9"), "floor": 99}),
    "maintain_below": ({"target": "5", "floor": "8"}, {"target": 5, "floor": 8}),
    "maintain_above_ratio": ({"target": "98"}, {"target": 98}),
    "maintain_below_ratio": ({"target": "2"}, {"target": 2}),
    "range": ({"low": "40", "high": "60", "tolerance": "5"}, {"low": 40, "high": 60, "tolerance": 5}),
    "binary": ({}, {"target": None}),
    "milestones": (
        {"milestone": ["One", "", "Two"], "milestone_weight": ["", "", "2,5"]},
        {"milestones": [{"title": "One", "weight": "1"}, {"title": "Two", "weight": "2.5"}]},
    ),
    "per_period": ({"target": "20"}, {"target": 20}),
    "baseline": ({}, {"start": None}),
    "learning": ({"target": "100", "unit": "talks"}, {"target": 100}),
}


class TestKinds:
    def test_are_all_offered_in_plain_words(self):
        """Every kind of the method has a name and a sentence, and every one is tried below."""
        assert set(NAMES) == {kind.value for kind in Kind} == set(KINDS)

    @pytest.mark.parametrize("kind", KINDS)
    def test_are_added_shown_and_changed(self, signed_in, cast: Cast, okrs: Okrs, kind: str):
        """Each kind is saved as typed, has a page, and comes back in its form as it was saved."""
        ben, (sent, kept) = signed_in("ben"), KINDS[kind]

        answer = ben.post(new_url(okrs), filled(kind=kind, **sent))

        assert answer.status_code == 303
        one = KeyResult.objects.of(cast.acme.id).get(title="Measure it")
        assert {name: getattr(one, name) for name in kept} == kept
        assert NAMES[kind].name in text(ben.get(url(one)))
        again = ben.post(url(one, "edit/"), filled(kind=kind, **sent) | {"title": "Renamed", "revision": "1"})
        assert again.status_code == 303
        assert KeyResult.objects.of(cast.acme.id).get(id=one.id).revision == 2


class TestDoubts:
    def test_are_said_and_hinder_nothing(self, signed_in, cast: Cast, okrs: Okrs):
        """Without a target, or with a last day that is over, it is saved, and what is odd is said."""
        past = (timezone.now() - timedelta(days=3)).date()
        ben, over = signed_in("ben"), past.isoformat()
        shown = day(past, timezone.now().date()).replace("\u00a0", " ")

        bare = ben.post(new_url(okrs), filled(kind="increase", start="1", ends_on=over), follow=True)
        whole = ben.post(
            new_url(okrs), filled(kind="increase", start="1", target="2") | {"title": "Whole"}, follow=True
        )

        one, other = (
            KeyResult.objects.of(cast.acme.id).get(title=title) for title in ("Measure it", "Whole")
        )
        for page in (text(bare), text(ben.get(url(one, "edit/")))):
            assert "It has no target yet" in page and f"Its last day, {shown}, is over already" in page
        for page in (text(whole), text(ben.get(url(other, "edit/")))):
            assert "It has no target yet" not in page and "is over already" not in page


class TestBaseline:
    @pytest.mark.parametrize(
        ("sent", "words", "score"),
        [
            ({}, "baseline <b>5</b>", "no score until start and target are known"),
            ({"start": "0", "target": "10"}, "0 → <b>5</b> → 10", "Why 50 %?"),
        ],
    )
    def test_scores_once_start_and_target_are_known(self, signed_in, cast, okrs, sent, words, score):
        """A first value is shown, and no page says that there is no data; with both ends it is a line."""
        ben = signed_in("ben")
        ben.post(new_url(okrs), filled(kind="baseline", **sent))
        one = KeyResult.objects.of(cast.acme.id).get(title="Measure it")

        assert ben.post(addresses.checkins("acme", one.id), {"value": "5"}).status_code == 303

        page = text(ben.get(url(one)))
        assert words in page and score in page and "no data yet" not in page


class TestShow:
    def test_shows_course_ledger_and_form(self, signed_in, okrs: Okrs):
        """Its owner sees the chart with its table, every note, and a form to check in."""
        page = text(signed_in("cleo").get(url(okrs.waiting)))

        for words in (
            "9 → <b>6.5</b> → 4 days", "Paint booth is the queue.", "Show as table", "Why 50 %?",
            "Triage form", "Get a number down", addresses.checkins("acme", okrs.waiting.id),
        ):  # fmt: skip
            assert words in page

    @pytest.mark.parametrize(("who", "form"), [("ada", True), ("ben", True), ("cleo", True), ("gus", False)])
    def test_offers_a_check_in_to_those_who_may(self, signed_in, okrs: Okrs, who: str, form: bool):
        """Guests look on; owners, leads and admins report."""
        page = text(signed_in(who).get(url(okrs.waiting)))

        assert ('id="check-in"' in page) is form

    def test_shows_a_value_as_it_was_typed(self, signed_in, cast: Cast, okrs: Okrs):
        """However far the way is: the head of the page, its chart and its form say the same 7.5."""
        now = timezone.now()
        key_results.update(
            key_result=okrs.growth.id, changed={"target": Decimal(840)}, reason="More.", by=cast.ada, at=now
        )
        checkins.record(key_result=okrs.growth.id, value=Decimal("7.5"), by=cast.ada, at=now)

        page = text(signed_in("ada").get(url(okrs.growth)))

        assert "<b>7.5</b> → 840" in page
        assert 'value="7.5"' in page

    def test_strikes_what_was_corrected_or_withdrawn(self, signed_in, cast: Cast, okrs: Okrs):
        """The old value stays in the ledger, struck through, beside the one that corrects it."""
        first = Checkin.objects.of(cast.acme.id).get(key_result=okrs.waiting)
        made = checkins.correct(checkin=first.id, value=Decimal("6.2"), by=cast.cleo, at=timezone.now())
        page = text(signed_in("cleo").get(url(okrs.waiting)))
        assert '<s class="num">6.5 days</s> <span class="muted">corrected later</span>' in page
        assert '<b class="num">6.2 days</b>' in page
        assert "corrects the same day" in page

        checkins.withdraw(checkin=made.id, by=cast.cleo, at=timezone.now())

        page = text(signed_in("cleo").get(url(okrs.waiting)))
        assert '<s class="num">6.2 days</s> <span class="muted">withdrawn</span>' in page

    def test_tells_who_changed_the_target_and_why(self, signed_in, cast: Cast, okrs: Okrs):
        """A changed target reads from → to, each with its unit, with name and reason."""
        ben = signed_in("ben")
        sent = filled(
            title="Cut the wait", kind="decrease", start="9", target="3.5", unit="days", weight="2",
            revision="1", owner=encode(cast.cleo.person_id), reason="Four was too easy.",
        )  # fmt: skip

        assert ben.post(url(okrs.waiting, "edit/"), sent).status_code == 303

        page = text(signed_in("gus").get(url(okrs.waiting)))
        assert 'target <b class="num"><bdi dir="ltr">4 days → 3.5 days</bdi></b>' in page
        assert 'weight <b class="num"><bdi dir="ltr">1 → 2</bdi></b>' in page
        assert "<b>Ben Okri</b> changed" in page
        assert "Four was too easy." in page

    def test_is_not_there_for_those_it_is_kept_from(self, signed_in, cast: Cast, okrs: Okrs):
        """A key result of a restricted objective, or narrowed itself, is nowhere for others."""
        assert signed_in("cleo").get(url(okrs.shares)).status_code == 404
        assert signed_in("zed").get(url(okrs.waiting)).status_code == 404
        key_results.update(
            key_result=okrs.guides.id,
            changed={"visibility": "people", "visible_to": [cast.ada.person_id]},
            by=cast.ben,
            at=timezone.now(),
        )

        assert signed_in("cleo").get(url(okrs.guides)).status_code == 404
        assert "Write the guides" not in text(
            signed_in("cleo").get(addresses.objective("acme", okrs.helpful.id))
        )
        assert signed_in("ben").get(url(okrs.guides)).status_code == 200

    @pytest.mark.parametrize(("page", "tail"), [("key_result", ""), ("edit_key_result", "edit/")])
    def test_costs_what_was_decided(self, signed_in, okrs: Okrs, page: str, tail: str):
        """However many check-ins there are, the page costs the same number of statements."""
        ben = signed_in("ben")

        assert count(ben, url(okrs.waiting, tail)) == STATEMENTS[page]
        assert count(ben, url(okrs.guides, tail)) == STATEMENTS[page]


class TestCreate:
    @pytest.mark.parametrize(
        ("wrong", "field", "said"),
        [
            ({"title": ""}, "title", "needs a title"),
            ({"target": "lots"}, "target", "does not read as a number"),
            ({"kind": "range", "low": "60", "high": "40"}, "low", "above its high end"),
            ({"kind": "range"}, "kind", "a low and a high end"),
            ({"kind": "milestones"}, "milestones", "at least one milestone"),
            ({"kind": "milestones", "milestone": ["A"], "milestone_weight": ["-1"]}, None, "negative"),
            ({"kind": "maintain_above", "target": "5", "floor": "8"}, "floor", "below the target"),
            ({"low": "3"}, "low", "says nothing about"),
            ({"weight": "-1"}, "weight", "cannot be negative"),
            ({"weight": "heavy"}, "weight", "does not read as a number"),
            ({"starts_on": "2026-13-01"}, "starts_on", "is no day"),
            ({"starts_on": "2026-12-01", "ends_on": "2026-11-01"}, "ends_on", "before it begins"),
            ({"curve": "points"}, "points", "at least one point"),
            (
                {"curve": "points", "point_at": ["50", "50"], "point_expect": ["20", "30"]},
                "points",
                "two points",
            ),
            ({"curve": "points", "point_at": ["150"], "point_expect": ["20"]}, "points", "between 0 and 100"),
            ({"curve": "wavy"}, "curve", "no plan curve"),
            ({"unit": "u" * 41}, "unit", "Keep it to 40"),
            ({"source": "thin air"}, "source", "no source"),
            ({"direction": "sideways"}, "direction", "up or down"),
            ({"owner": "0000000000000"}, "owner", "no such person"),
        ],
    )
    def test_refuses_beside_the_field_and_keeps_the_rest(
        self, signed_in, cast: Cast, okrs: Okrs, wrong: dict, field: str | None, said: str
    ):
        """What is wrong is said, what was typed stays, and nothing is added."""
        before = KeyResult.objects.of(cast.acme.id).count()

        answer = signed_in("ben").post(new_url(okrs), filled(description="Keep me") | wrong)

        page = text(answer)
        assert answer.status_code == 422
        assert said in page
        assert "Keep me" in page
        if field:
            assert f'href="#f-{field}"' in page
        assert KeyResult.objects.of(cast.acme.id).count() == before

    def test_takes_a_plan_of_its_own(self, signed_in, cast: Cast, okrs: Okrs):
        """Points are typed in per cent and kept as shares, in order."""
        sent = filled(
            start="0", target="10", curve="points", point_at=["80", "50", ""], point_expect=["90", "20 %", ""]
        )

        signed_in("ben").post(new_url(okrs), sent)

        one = KeyResult.objects.of(cast.acme.id).get(title="Measure it")
        assert one.points == [["0.5", "0.2"], ["0.8", "0.9"]]
        assert "My own points" in text(signed_in("ben").get(url(one)))

    def test_counts_a_submission_once(self, signed_in, cast: Cast, okrs: Okrs):
        """The same form sent twice adds one key result."""
        ben = signed_in("ben")

        for _ in range(2):
            ben.post(new_url(okrs), filled(start="1", target="2", submission="same"))

        assert KeyResult.objects.of(cast.acme.id).filter(title="Measure it").count() == 1

    def test_leads_on_to_another(self, signed_in, okrs: Okrs):
        """“Add and write another” comes back to an empty form."""
        answer = signed_in("ben").post(new_url(okrs), filled(start="1", target="2", then="another"))

        assert answer["Location"] == new_url(okrs)

    @pytest.mark.parametrize(("who", "status"), [("cleo", 403), ("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, okrs: Okrs, who: str, status: int):
        """Only who may change the objective adds to it."""
        browser = signed_in(who)

        assert browser.get(new_url(okrs)).status_code == status
        assert browser.post(new_url(okrs), filled()).status_code == status


class TestUpdate:
    def test_is_for_its_own_owner_too(self, signed_in, cast: Cast, okrs: Okrs):
        """Whoever owns a key result may sharpen it, though not cancel it."""
        cleo = signed_in("cleo")
        sent = filled(
            title="Cut the wait again", kind="decrease", start="9", target="4", unit="days", revision="1"
        )

        assert cleo.post(url(okrs.waiting, "edit/"), sent).status_code == 303
        assert cleo.get(url(okrs.waiting, "cancellation/")).status_code == 403
        assert cleo.post(url(okrs.guides, "edit/"), sent).status_code == 403

    def test_shows_both_versions_when_somebody_came_first(self, signed_in, cast: Cast, okrs: Okrs):
        """Theirs stands beside yours, and nothing was overwritten."""
        key_results.update(
            key_result=okrs.waiting.id,
            changed={"target": Decimal(3)},
            reason="More.",
            by=cast.ada,
            at=timezone.now(),
        )
        sent = filled(title="Cut the wait", kind="decrease", start="9", target="2", unit="days", revision="1")

        answer = signed_in("ben").post(url(okrs.waiting, "edit/"), sent)

        assert answer.status_code == 409
        assert versions(text(answer))[1:3] == ["3", "2"]
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.waiting.id).target == 3


class TestOrder:
    def test_moves_up_and_down(self, signed_in, cast: Cast, okrs: Okrs):
        """A key result changes places with its neighbour; the first one cannot go further up."""
        ben = signed_in("ben")
        listed = KeyResult.objects.of(cast.acme.id).filter(objective=okrs.helpful).order_by("position")

        def titles() -> list[str]:
            return [one.title for one in listed.all()]

        ben.post(url(okrs.guides, "position/"), {"to": "up"})
        assert titles() == ["Write the guides", "Cut the wait"]
        ben.post(url(okrs.guides, "position/"), {"to": "up"})
        assert titles() == ["Write the guides", "Cut the wait"]
        ben.post(url(okrs.guides, "position/"), {"to": "down"})

        assert titles() == ["Cut the wait", "Write the guides"]
        page = text(ben.get(addresses.objective("acme", okrs.helpful.id)))
        assert page.index("Cut the wait") < page.index("Write the guides")


class TestCancel:
    def test_asks_why_keeps_it_and_gives_it_back(self, signed_in, cast: Cast, okrs: Okrs):
        """A cancelled key result stays listed without counting, and counts again when taken up."""
        ben, whole = signed_in("ben"), addresses.objective("acme", okrs.helpful.id)

        assert ben.post(url(okrs.guides, "cancellation/"), {"reason": ""}).status_code == 422
        assert ben.post(url(okrs.guides, "cancellation/"), {"reason": "Nobody reads."}).status_code == 303

        page = text(ben.get(whole))
        assert "Why 50 %?" in page
        assert "<s>Write the guides</s>" in page
        assert "Nobody reads." in page
        assert "takes no check-ins" in text(ben.get(url(okrs.guides)))
        assert ben.post(url(okrs.guides, "restoration/")).status_code == 303
        assert "Why 25 %?" in text(ben.get(whole))

    @pytest.mark.parametrize("tail", ["restoration/", "position/"])
    def test_buttons_take_no_looks(self, signed_in, okrs: Okrs, tail: str):
        """What changes something answers to POST alone."""
        assert signed_in("ben").get(url(okrs.guides, tail)).status_code == 405
