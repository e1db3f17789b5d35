"""What an objective serves: links are added, changed and ended, and loops are refused with the way round."""

from __future__ import annotations

from decimal import Decimal

import pytest

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Alignment, Objective
from tests.cast import Cast
from tests.okrs import PRIVATE_TITLE, SECRET_TITLE, Okrs
from tests.web.reading import text

pytestmark = pytest.mark.both_databases


def new_url(row: Objective) -> str:
    return addresses.objective("acme", row.id) + "alignments/new/"


def link(cast: Cast, okrs: Okrs) -> Alignment:
    return Alignment.objects.of(cast.acme.id).get(child=okrs.helpful, until_at=None)


class TestNew:
    def test_offers_what_can_be_served(self, signed_in, okrs: Okrs):
        """The list holds what is open, by team, without what would lead round or is unseen."""
        page = text(signed_in("ada").get(new_url(okrs.company)))

        assert "Repairs come with a smile" in page
        assert "Nobody waits for an answer" not in page
        assert "Raise repeat buyers</option>" not in page
        assert PRIVATE_TITLE not in page

    def test_does_not_name_what_is_restricted(self, signed_in, okrs: Okrs):
        """Whoever may not see an objective is not offered it."""
        assert SECRET_TITLE in text(signed_in("ben").get(new_url(okrs.draft)))
        assert SECRET_TITLE not in text(signed_in("cleo").get("/w/acme/objectives/new/"))


class TestCreate:
    def test_serves_several_things(self, signed_in, cast: Cast, okrs: Okrs):
        """One objective may contribute to a key result and support another objective."""
        ben = signed_in("ben")

        to_key_result = {"parent": "k" + encode(okrs.growth.id), "how": "contributes", "weight": "1,5"}
        to_objective = {"parent": "o" + encode(okrs.company.id), "how": "supports", "weight": "1"}
        assert ben.post(new_url(okrs.draft), to_key_result).status_code == 303
        assert ben.post(new_url(okrs.draft), to_objective).status_code == 303

        made = list(Alignment.objects.of(cast.acme.id).filter(child=okrs.draft).order_by("id"))
        assert [(one.parent_key_result_id, one.how, one.weight) for one in made] == [
            (okrs.growth.id, "contributes", Decimal("1.5")),
            (None, "supports", Decimal(1)),
        ]

    @pytest.mark.parametrize("what", ["objective", "key_result"])
    def test_refuses_a_loop_and_shows_the_way_round(self, signed_in, cast: Cast, okrs: Okrs, what: str):
        """An objective cannot serve what serves it, nor a key result of that."""
        parent = "o" + encode(okrs.helpful.id) if what == "objective" else "k" + encode(okrs.waiting.id)

        answer = signed_in("ada").post(new_url(okrs.company), {"parent": parent, "how": "contributes"})

        page = text(answer)
        assert answer.status_code == 422
        assert "serve itself in the end" in page
        assert "“Riders choose us twice” →" in page
        assert Alignment.objects.of(cast.acme.id).filter(child=okrs.company).count() == 0

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"parent": ""}, "Choose an objective"),
            ({"parent": "x123"}, "Choose an objective"),
            ({"weight": "-2"}, "cannot be negative"),
            ({"weight": "much"}, "does not read as a number"),
            ({"how": "blocks"}, "no kind of link"),
        ],
    )
    def test_refuses_beside_the_field(self, signed_in, okrs: Okrs, sent: dict, said: str):
        """What is wrong is said, and nothing is linked."""
        right = {"parent": "o" + encode(okrs.company.id), "how": "contributes", "weight": "1"}

        answer = signed_in("ben").post(new_url(okrs.draft), right | sent)

        assert answer.status_code == 422
        assert said in text(answer)

    def test_refuses_the_same_link_twice(self, signed_in, okrs: Okrs):
        """What it serves already it cannot serve once more."""
        answer = signed_in("ben").post(new_url(okrs.helpful), {"parent": "o" + encode(okrs.company.id)})

        assert "already serves this" in text(answer)

    def test_treats_the_unseen_like_the_missing(self, signed_in, okrs: Okrs):
        """Guessing the id of a restricted objective tells nothing."""
        ben = signed_in("ben")
        private = ben.post(new_url(okrs.draft), {"parent": "o" + encode(okrs.private.id), "how": "supports"})
        nothing = ben.post(new_url(okrs.draft), {"parent": "o" + encode(12345), "how": "supports"})

        assert private.status_code == nothing.status_code == 422
        assert "not there any more" in text(private)

    @pytest.mark.parametrize(("who", "status"), [("cleo", 403), ("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, okrs: Okrs, who: str, status: int):
        """Only who may change the objective aligns it."""
        assert signed_in(who).get(new_url(okrs.helpful)).status_code == status
        assert signed_in(who).post(new_url(okrs.helpful), {"parent": ""}).status_code == status


class TestUpdate:
    def test_changes_weight_and_kind(self, signed_in, cast: Cast, okrs: Okrs):
        """The old link ends and a new one begins; the history tells from what to what."""
        old = link(cast, okrs)
        ben = signed_in("ben")

        answer = ben.post(f"/w/acme/alignments/{encode(old.id)}/edit/", {"how": "contributes", "weight": "3"})

        assert answer.status_code == 303
        assert link(cast, okrs).weight == 3
        page = text(ben.get(addresses.objective("acme", okrs.helpful.id)))
        assert "contributes to, weight 3" in page
        assert "2 → 3" in page

    def test_ends_a_link(self, signed_in, cast: Cast, okrs: Okrs):
        """An ended link counts no more and is no longer there to be changed."""
        old, ben = link(cast, okrs), signed_in("ben")

        assert ben.post(f"/w/acme/alignments/{encode(old.id)}/ending/").status_code == 303

        assert ben.get(f"/w/acme/alignments/{encode(old.id)}/edit/").status_code == 404
        assert "no longer contributes to" in text(ben.get(addresses.objective("acme", okrs.helpful.id)))

    @pytest.mark.parametrize(("who", "status"), [("cleo", 403), ("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, cast: Cast, okrs: Okrs, who: str, status: int):
        """Only who may change the objective touches its links."""
        there = f"/w/acme/alignments/{encode(link(cast, okrs).id)}/"

        assert signed_in(who).get(there + "edit/").status_code == status
        assert signed_in(who).post(there + "ending/").status_code == status
        assert link(cast, okrs)

    def test_hides_a_link_to_what_is_unseen(self, signed_in, cast: Cast, okrs: Okrs):
        """The link of a restricted objective has no page for others."""
        hidden = Alignment.objects.of(cast.acme.id).get(child=okrs.secret)

        assert signed_in("cleo").get(f"/w/acme/alignments/{encode(hidden.id)}/edit/").status_code == 404
