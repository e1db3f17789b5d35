"""Moving an objective: what would follow is shown exactly before it happens, and then it does happen."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.actions import alignments, objectives, undos
from milepost.core.access import Actor
from milepost.core.ids import encode
from milepost.ledger import image
from milepost.models import Alignment, Event, Objective
from milepost.queries import placing
from milepost.queries.cards import Reader
from tests.okrs import SECRET_TITLE, Okrs
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases


def here(okrs: Okrs) -> str:
    return f"/w/acme/objectives/{encode(okrs.helpful.id)}/place/"


def parents(okrs: Okrs) -> list[tuple]:
    rows = Alignment.objects.of(okrs.helpful.workspace_id).filter(child=okrs.helpful, until_at=None)
    return [(one.parent_objective_id, one.parent_key_result_id, one.how, one.weight) for one in rows]


def foretold(actor: Actor, child: Objective, parent: Objective) -> placing.Preview:
    reader = Reader(actor, timezone.now().date())
    to = placing.place(reader, f"o{encode(parent.id)}", parent.id)
    row = reader.objective_row(child.id)
    return placing.preview(reader, row, leaves=None, to=to, how="contributes", weight=Decimal(1))


class TestPreview:
    def test_says_exactly_what_comes_true(self, cast, okrs):
        """The numbers and statuses above are, after moving, those that were foretold, and no others."""
        now = timezone.now()
        other = objectives.draft(
            title="Stay", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=now
        )
        reader = Reader(cast.ada, now.date())
        leaves = placing.places(reader, reader.objective_row(okrs.helpful.id))[0]
        to = placing.place(reader, f"o{encode(other.id)}", other.id)
        foretold = placing.preview(
            reader, reader.objective_row(okrs.helpful.id), leaves=leaves, to=to, how="contributes",
            weight=Decimal(3),
        )  # fmt: skip
        assert {turn.title for turn in foretold.turns} == {"Riders choose us twice", "Stay"}

        alignments.move(
            child=okrs.helpful.id, leaves=okrs.company.id, objective=other.id, weight=Decimal(3),
            reason="It belongs there.", by=cast.ada, at=now,
        )  # fmt: skip

        after = image.of(cast.acme.id)
        day = after.on(now.date())
        found = {
            row.title: (after.exact(row.id), day.status_of(row.id).word)
            for row in after.objectives.values()
            if row.title in ("Riders choose us twice", "Stay")
        }
        assert found == {turn.title: (turn.after, turn.status_after) for turn in foretold.turns}

    def test_changes_nothing(self, cast, okrs, signed_in):
        """Looking moves nothing, writes nothing, and leaves the living image alone."""
        before, events = image.of(cast.acme.id).exact(okrs.company.id), Event.objects.of(cast.acme.id).count()

        page = signed_in("ben").get(here(okrs), {"to": "none"})

        assert "What would follow" in page.content.decode()
        assert image.of(cast.acme.id).exact(okrs.company.id) == before
        assert Event.objects.of(cast.acme.id).count() == events

    def test_refuses_a_loop_with_its_way_round(self, cast, okrs, signed_in):
        """What would make it serve itself is named on the way round."""
        page = signed_in("ada").get(
            f"/w/acme/objectives/{encode(okrs.company.id)}/place/", {"to": f"o{encode(okrs.helpful.id)}"}
        )

        found = re.sub(r"\s+", " ", page.content.decode())
        assert "Riders choose us twice → Nobody waits for an answer → Riders choose us twice" in found

    def test_foretells_no_ring_through_hidden_work(self, cast, okrs):
        """Where a link that is hidden would close a ring, one is told what there would be without it."""
        before = foretold(cast.cleo, okrs.company, okrs.draft)
        alignments.align(child=okrs.draft.id, objective=okrs.secret.id, by=cast.ben, at=timezone.now())

        after = foretold(cast.cleo, okrs.company, okrs.draft)

        assert after == before and not after.loop
        assert SECRET_TITLE in foretold(cast.ben, okrs.company, okrs.draft).loop

    def test_tells_nothing_of_hidden_work(self, cast, okrs, signed_in):
        """What one may not see is neither a place to go, nor named, nor counted among what would follow."""
        alignments.align(child=okrs.helpful.id, objective=okrs.secret.id, by=cast.ben, at=timezone.now())
        objectives.update(
            objective=okrs.helpful.id,
            changed={"owner": cast.cleo.person_id, "team": None},
            by=cast.ada,
            at=timezone.now(),
        )

        page = signed_in("cleo").get(here(okrs), {"from": f"o{encode(okrs.company.id)}", "to": "none"})

        assert page.status_code == 200
        assert SECRET_TITLE not in page.content.decode()
        assert page.content.decode().count("<tr><th scope") == 2  # the head, and the company's

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"weight": "-3"}, "A weight cannot be negative"),
            ({"weight": "much"}, "much”"),
            ({"how": "banana"}, "“banana” is no kind of link."),
            ({"to": ""}, "Choose a new place."),
        ],
    )
    def test_foretells_nothing_of_what_is_wrong(self, okrs, signed_in, wrong, said):
        """It says what is wrong where one looks, and offers no move."""
        asked = {"from": f"o{encode(okrs.company.id)}", "to": f"k{encode(okrs.growth.id)}", **wrong}

        page = signed_in("ben").get(here(okrs), asked).content.decode()

        assert said in page and "What would follow</h2>" not in page and "Move it there" not in page
        assert ('<details class="why" open>' in page) is bool({"weight", "how"} & set(wrong))
        assert 'value="-3"' in page or wrong.get("weight") != "-3"

    def test_says_beside_the_place_how_it_counts(self, okrs, signed_in):
        """A weight that comes along is seen without opening anything."""
        asked = {"from": f"o{encode(okrs.company.id)}", "to": f"k{encode(okrs.growth.id)}", "weight": "2"}

        assert (
            "How it counts there: contributes, ×2" in signed_in("ben").get(here(okrs), asked).content.decode()
        )

    def test_costs_no_statement(self, cast, okrs, signed_in):
        """All of it comes from the image."""
        assert count(signed_in("ben"), here(okrs) + "?to=none") == STATEMENTS["objective_place"]


class TestMove:
    def test_moves_for_a_reason(self, cast, okrs, signed_in):
        """What was agreed moves with a sentence in the history; without one it waits."""
        ben = signed_in("ben")
        form = {"from": f"o{encode(okrs.company.id)}", "to": f"k{encode(okrs.growth.id)}", "weight": "2"}

        assert ben.post(here(okrs), form).status_code == 422
        answer = ben.post(here(okrs), form | {"reason": "Buyers come back."})

        assert answer.status_code == 303
        assert parents(okrs) == [(None, okrs.growth.id, "contributes", Decimal(2))]

    def test_is_undone_as_one(self, cast, okrs):
        """The old link and the new are one step back."""
        before = parents(okrs)
        alignments.move(
            child=okrs.helpful.id, leaves=okrs.company.id, key_result=okrs.growth.id, reason="So.",
            by=cast.ben, at=timezone.now(),
        )  # fmt: skip

        done = Event.objects.of(cast.acme.id).latest("id")
        undos.undo(event=done.id, by=cast.ben, at=timezone.now())

        assert parents(okrs) == before

    def test_is_for_those_who_may_edit(self, cast, okrs, signed_in):
        """A guest is refused, a stranger finds nothing."""
        assert [signed_in(who).get(here(okrs)).status_code for who in ("gus", "zed")] == [403, 404]

    def test_refuses_what_it_no_longer_serves(self, cast, okrs, signed_in):
        """Somebody else was faster: the page says where it stands now."""
        form = {"from": f"o{encode(okrs.draft.id)}", "to": f"k{encode(okrs.growth.id)}", "reason": "So."}

        answer = signed_in("ben").post(here(okrs), form)

        assert answer.status_code == 422
        assert parents(okrs) == [(okrs.company.id, None, "contributes", Decimal(2))]


class TestMovable:
    @pytest.mark.parametrize("who", ["ada", "ben", "cleo", "gus"])
    def test_is_what_the_page_of_moving_opens_for(self, cast, okrs, signed_in, who):
        """The tree gives a grip to what one may move, and to nothing that would be refused."""
        browser, actor = signed_in(who), getattr(cast, who)
        reader = Reader(actor, timezone.now().date())
        rows = [okrs.company, okrs.helpful, okrs.secret, okrs.private, okrs.draft]

        pages = {row.id: browser.get(f"/w/acme/objectives/{encode(row.id)}/place/") for row in rows}
        opens = {id for id, answer in pages.items() if answer.status_code == 200}
        found = placing.movable(reader)
        page = browser.get("/w/acme/alignment/").content.decode()

        assert opens == (found if found is not None else opens)
        said = re.search(r'<mp-move(?: data-only="([^"]*)")?>', page)
        assert (said[1] if said else "") == (
            None if found is None else " ".join(encode(id) for id in sorted(found))
        )

    def test_is_everything_for_admins(self, cast, okrs):
        """Ada needs no list."""
        assert placing.movable(Reader(cast.ada, timezone.now().date())) is None


class TestMeanwhile:
    def test_says_who_moved_it(self, cast, okrs, signed_in):
        """A page that leaves what Ada let it leave meanwhile is refused, and says who did that and when."""
        browser, link = signed_in("ben"), Alignment.objects.of(cast.acme.id).get(child=okrs.helpful)
        alignments.end(alignment=link.id, by=cast.ada, at=timezone.now())
        form = {"from": f"o{encode(okrs.company.id)}", "to": "alone", "reason": "So."}

        refused = browser.post(here(okrs), form)

        assert refused.status_code == 422
        assert re.search(
            r"does not serve that any more\. Ada Lovelace changed it at \d\d:\d\d\. Look",
            refused.content.decode(),
        )
