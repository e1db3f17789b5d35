"""What would follow if key results ended elsewhere: on the map, and exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from milepost.actions import checkins, key_results, objectives, workspaces
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger import image as images
from milepost.queries import what_if
from milepost.queries.cards import Reader
from tests import cast as the_cast
from tests.web.drawn import HX, MAP, SVG, card, drawing, serve
from tests.web.reading import page_of


class TestWhatIf:
    def test_shows_before_and_after_upwards(self, signed_in, okrs):
        """Half of Cleo's key result moves its objective, and the company's by its weight."""
        browser, key = signed_in("cleo"), encode(okrs.waiting.id)

        page = page_of(browser.get(f"{MAP}?whatif={key}:100"))

        # Helpful: (1 + 0) / 2; the company: (1 × 0.5 + 2 × 0.5) / 3.
        assert "25 % → 50 %" in card(page, okrs.helpful)
        assert "33 % → 50 %" in card(page, okrs.company)
        assert "+16.7" in page and "4 days" in page

    @pytest.mark.parametrize(("value", "begun", "points"), [("8.013", "100", "+"), ("2", "0", "−")])
    def test_begins_with_something_to_see(self, signed_in, cast, okrs, value: str, begun: str, points: str):
        """Before anything is typed it ends at its target; one that is there already, at its start."""
        browser, key = signed_in("cleo"), encode(okrs.waiting.id)
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(value), confidence=6, by=cast.cleo, at=timezone.now()
        )

        page = page_of(browser.get(f"{MAP}?whatif={key}"))

        assert re.search(r'id="ends_at"[^>]* value="([\d.]+)"', page)[1] == begun
        outcome = page.split('id="map-what"')[1].split("</details>")[0]
        assert f">{points}" in outcome and "0 points" not in outcome

    def test_writes_nothing_and_leaves_the_image_alone(self, signed_in, cast, okrs):
        """Whatever was supposed, everything is as it was."""
        browser, key = signed_in("ada"), encode(okrs.waiting.id)
        before = browser.get(SVG).content

        page_of(browser.get(f"{MAP}?whatif={key}:0"))

        assert browser.get(SVG).content == before
        assert images.of(cast.acme.id).exact(okrs.helpful.id) == Fraction(1, 4)

    def test_takes_a_form_without_javascript(self, signed_in, okrs):
        """What the form sends leads to an address that says it in one word."""
        key = encode(okrs.waiting.id)

        answer = signed_in("ada").get(f"{MAP}?whatif={key}&ends_at=62,5+%25&lens=age")

        assert answer.status_code == 302
        assert answer.headers["Location"] == f"?lens=age&whatif={key}%3A62.5"

    def test_answers_htmx_with_what_changes(self, signed_in, okrs):
        """As one slides, the outcome and the drawing come alone, and the address follows."""
        key = encode(okrs.waiting.id)

        answer = signed_in("ada").get(f"{MAP}?whatif={key}&ends_at=30", **HX)

        assert "<html" not in page_of(answer) and "25 % → 15 %" in card(page_of(answer), okrs.helpful)
        assert answer.headers["HX-Replace-Url"] == f"?whatif={key}%3A30"

    @pytest.mark.parametrize("said", ["101", "-1", "a lot", "1e9", "nan"])
    def test_says_what_it_cannot_take(self, signed_in, okrs, said: str):
        """Something that is no share of the way is refused in words, and the map stays."""
        page = page_of(signed_in("ada").get(f"{MAP}?whatif={encode(okrs.waiting.id)}&ends_at={said}"))

        assert 'aria-invalid="true"' in page and 'id="what-wrong" class="err"' in page
        assert f'autocomplete="off" value="{said}"' in page and "ended at" not in page
        assert card(page, okrs.helpful)

    def test_takes_several_at_once(self, signed_in, cast, okrs):
        """What several ends make together is shown; each can be left out again, and one more be added."""
        one, other = encode(okrs.waiting.id), encode(okrs.guides.id)
        browser = signed_in("ada")

        page = page_of(browser.get(f"{MAP}?also={other}:100&also=junk:5&also={other}:x&whatif={one}:50"))
        found = what_if.suppose(
            Reader(cast.ada, the_cast.TODAY), {okrs.guides.id: Fraction(1), okrs.waiting.id: Fraction(1, 2)}
        )

        assert found.effects[0].after == Fraction(3, 4)
        assert "25 % → 75 %" in card(page, okrs.helpful)
        assert page.count("leave out<") == 2 and f"?whatif={one}%3A50" in page
        assert f'&amp;also={one}%3A50#what">And another' in page
        assert f'name="also" value="{other}:100"' in page

    def test_says_what_status_would_follow(self, signed_in, cast, okrs):
        """Cards, legend and table say the status that would be, and the table the one that is."""
        page = page_of(signed_in("ada").get(f"{MAP}?whatif={encode(okrs.waiting.id)}:100"))
        reader = Reader(cast.ada, timezone.localdate())
        found = what_if.suppose(reader, {okrs.waiting.id: Fraction(1)})

        assert found.last.key_result.status_after == "achieved"
        assert [effect.status_after for effect in found.effects] != [
            effect.status_before for effect in found.effects
        ]
        assert "was off track" in page
        assert 'class="kl done supposed"' in card(page, okrs.helpful)

    def test_begins_on_a_card_and_on_the_page_of_a_key_result(self, signed_in, okrs):
        """The figure of a key result leads to the question, and so does its page."""
        key, browser = encode(okrs.waiting.id), signed_in("ada")

        on_card = card(page_of(browser.get(MAP)), okrs.helpful)
        on_page = page_of(browser.get(f"/w/acme/key-results/{key}/"))

        assert f'href="?whatif={key}#what"' in on_card
        assert f'href="/w/acme/map/?whatif={key}#what"' in on_page

    def test_unfolds_the_way_to_what_is_supposed(self, signed_in, okrs):
        """A key result on a card that lies folded away is shown."""
        browser, folded = signed_in("ada"), f"{MAP}?shut={encode(okrs.company.id)}"

        before, after = (
            page_of(browser.get(folded + more)) for more in ("", f"&whatif={encode(okrs.waiting.id)}:50")
        )

        assert okrs.helpful.title[:12] not in drawing(before)
        assert "supposed" in card(after, okrs.helpful)

    def test_is_exact(self, cast, okrs):
        """A third is a third all the way up."""
        found = what_if.suppose(Reader(cast.ada, the_cast.TODAY), {okrs.waiting.id: Fraction(1, 3)})

        assert [effect.after for effect in found.effects] == [Fraction(1, 6), Fraction(5, 18)]
        assert found.last.value == 9 - Fraction(5, 3)

    def test_knows_no_key_result_that_one_may_not_see(self, signed_in, cast, okrs):
        """Restricted work answers like work that is not there."""
        with pytest.raises(NotFound):
            what_if.suppose(Reader(cast.cleo, the_cast.TODAY), {okrs.shares.id: Fraction(1, 2)})

        browser = signed_in("cleo")
        hidden, missing = (
            page_of(browser.get(f"{MAP}?whatif={encode(id)}:30")) for id in (okrs.shares.id, 2**61 + 5)
        )
        assert "If this key result" in hidden and "ended at" not in hidden and "ended at" not in missing

    def test_follows_no_way_through_restricted_work(self, cast, okrs):
        """Even where restricted work counts, what moves through it moves for those alone who see it."""
        now = timezone.now()
        workspaces.update(changed={"count_restricted_work": True}, by=cast.ada, at=now)
        middle = objectives.draft(
            title="Between", cycle=okrs.cycle.id, owner=cast.ada.person_id, visibility="people",
            visible_to=[cast.ben.person_id], by=cast.ada, at=now,
        )  # fmt: skip
        low = objectives.draft(
            title="Seen by all", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=now
        )
        measured = Definition("Number", start=Decimal(0), target=Decimal(10), owner=cast.ada.person_id)
        key_results.add(objective=middle.id, definition=measured, by=cast.ada, at=now)
        one = key_results.add(objective=low.id, definition=measured, by=cast.ada, at=now)
        serve(low, middle, cast)
        serve(middle, okrs.company, cast)
        for row in (low, middle):
            objectives.activate(objective=row.id, by=cast.ada, at=now)

        told = {
            who.name: [
                effect.title
                for effect in what_if.suppose(Reader(who, now.date()), {one.id: Fraction(1)}).effects
            ]
            for who in (cast.ben, cast.cleo)
        }

        assert okrs.company.title in told[cast.ben.name]
        assert told[cast.cleo.name] == ["Seen by all"]
