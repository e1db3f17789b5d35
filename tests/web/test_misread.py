"""Addresses of which a part is not understood: the page says which, and what it shows instead."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from milepost.core.ids import encode
from milepost.queries import shortlists
from tests.web.reading import page_of

pytestmark = pytest.mark.both_databases
NOWHERE = encode(2**62)  # an id that nothing has
# A page, what its address says, and which parts of that it does not understand.
WRONG = [
    ("alignment/", "team=x&status=purple&type=odd&sort=age&group=colour&columns=status,mood",
     "team status type columns group sort"),
    ("alignment/", f"team={NOWHERE}&attention=yes&unaligned=2&mine=x&key_results=no&cycles=some&view=7&q=!!",
     "q cycles team attention mine key_results unaligned view"),
    ("alignment/", "owner=qq&mine=x", "owner mine"),
    ("map/", f"owner={NOWHERE}", "owner"),
    ("map/", f"lens=mood&path={NOWHERE}&branch=x&arrange=age&as=table&whatif={NOWHERE}:3&also=x:1&status=odd",
     "status lens arrange as path branch whatif also"),
    ("map/", "unaligned=1&team=x", "team unaligned"),
    ("people/", "show=everyone", "show"),
    ("activity/", f"kind=gossip&team={NOWHERE}&person=x&before=3", "kind team person before"),
    ("teams/", f"under={NOWHERE}", "under"),
    ("search/", "q=repairs&kind=song", "kind"),
    ("overview/", "cycle=never", "cycle"),
    ("teams/", "cycle=never&under=x", "cycle under"),
]  # fmt: skip
RIGHT = [
    ("alignment/", "team=&status=at_risk&type=committed&sort=-due&group=team&columns=team&mine=0&view=none"),
    ("alignment/", "q=repairs&attention=1&cycles=all&key_results=0&owner=cleo"),
    ("map/", "lens=age&arrange=team&as=list&key_results=1&unfolded=1&unaligned=0"),
    ("people/", "show=left&q=nobody"),
    ("activity/", "kind=&team="),
    ("search/", "q=repairs&kind=objective"),
]  # fmt: skip


def misread(page: str) -> list[str]:
    """Return the names of the parts that a page says it did not understand."""
    _, found, note = page.partition('id="misread"')
    return re.findall(r"<code>(\w+)=", note.partition("</ul>")[0]) if found else []


class TestAnAddress:
    @pytest.mark.parametrize(("path", "query", "names"), WRONG)
    def test_is_said_not_to_be_understood(self, signed_in, okrs, path, query, names):
        """Each wrong part is named above the list, with a link that leaves all of them out."""
        browser = signed_in("ada")

        page = page_of(browser.get(f"/w/acme/{path}?{query}&lang=en"))
        without = re.search(r'<a data-day href="([^"]*)">Leave', page)[1].replace("&amp;", "&")

        assert misread(page) == names.split()
        assert without.startswith("?") and without.endswith("lang=en")
        assert misread(page_of(browser.get(f"/w/acme/{path}{without}"))) == []

    @pytest.mark.parametrize(("path", "query"), RIGHT)
    def test_that_is_understood_is_passed_over(self, signed_in, okrs, path, query):
        """Nothing is said of what is right, of what is left empty, and of what finds nothing."""
        page = page_of(signed_in("ada").get(f"/w/acme/{path}?{query}"))

        assert misread(page) == []

    def test_of_what_is_there_and_seen_is_understood(self, signed_in, okrs, cast):
        """Ids that lead somewhere are; one of what is hidden reads like one that nothing has."""
        team, objective = encode(cast.product.id), encode(okrs.company.id)
        supposed = f"whatif={encode(okrs.growth.id)}:30&also={encode(okrs.waiting.id)}:50"
        hidden = encode(okrs.secret.id)
        cleo = signed_in("cleo")

        for path in (
            f"alignment/?team={team}", f"activity/?team={team}", f"teams/?under={team}",
            f"map/?path={objective}&branch={objective}&{supposed}",
        ):  # fmt: skip
            assert misread(page_of(cleo.get(f"/w/acme/{path}"))) == [], path
        assert misread(page_of(cleo.get(f"/w/acme/map/?path={hidden}"))) == ["path"]
        assert misread(page_of(signed_in("ada").get(f"/w/acme/map/?path={hidden}"))) == []

    @pytest.mark.parametrize(
        ("end", "why"), [("abc", "does not read as a number"), ("-50", "0 to 100"), ("150", "0 to 100")]
    )
    def test_tells_where_no_key_result_can_end(self, signed_in, okrs, end, why):
        """The map says above everything why nothing is supposed, and again at the field, which is open."""
        page = page_of(signed_in("ada").get(f"/w/acme/map/?whatif={encode(okrs.waiting.id)}:{end}"))

        note = page.partition('id="misread"')[2].partition("</ul>")[0]
        assert misread(page) == ["whatif"] and why in note and "Nothing is supposed of it." in note
        fold = page.partition('id="what"')[2].partition("</details>")[0]
        assert fold.startswith(" open>") and why in fold and f'value="{end}"' in fold

    def test_says_it_once_to_whoever_sent_the_form(self, signed_in, okrs):
        """Without JavaScript what was typed wrongly is said at its field alone."""
        asked = {"whatif": encode(okrs.waiting.id), "ends_at": "150"}

        page = page_of(signed_in("ada").get("/w/acme/map/", asked))

        assert misread(page) == [] and page.count("0 to 100 %") == 1

    def test_takes_tenths_of_a_per_cent(self, signed_in, okrs):
        """30.5 is somewhere that a key result can end, and is shown as it was asked for."""
        page = page_of(signed_in("ada").get(f"/w/acme/map/?whatif={encode(okrs.waiting.id)}:30.5"))

        assert misread(page) == [] and 'value="30.5" aria-describedby' in page
        assert 'ended at <b class="num">30.5' in page

    def test_tells_of_a_team_that_is_typed_by_name(self, signed_in, okrs, monkeypatch):
        """Where there are too many to list, one writes a name: if no team has it, nothing fits."""
        monkeypatch.setattr(shortlists, "LISTED", 0)

        unknown, known = (
            page_of(signed_in("ada").get(f"/w/acme/alignment/?team={name}")) for name in ("qq", "prod")
        )

        assert misread(unknown) == ["team"] and "No team here has this name; nothing fits it." in unknown
        assert misread(known) == []

    def test_tells_of_two_days_the_wrong_way_round(self, signed_in, okrs, now):
        """A comparison puts the earlier day first, and says so."""
        later, earlier = (okrs.cycle.starts_on + timedelta(days=days) for days in (50, 40))
        there = "/w/acme/company/comparison/"

        turned, right = (
            page_of(signed_in("ada").get(there, {"from": first.isoformat(), "to": last.isoformat()}))
            for first, last in ((later, earlier), (earlier, later))
        )

        assert misread(turned) == ["from"] and misread(right) == []

    def test_leaves_no_cookie_of_a_cycle_that_is_not_there(self, signed_in, okrs):
        """A cycle is remembered for the next page only where there is one."""
        browser = signed_in("ada")

        browser.get("/w/acme/overview/?cycle=never")

        assert "cycle" not in browser.cookies
