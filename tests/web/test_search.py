"""Search: its page, the palette's answer, and one's own keys."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from markupsafe import escape

from milepost.actions import checkins, comments
from milepost.core import terms
from milepost.core.ids import encode
from milepost.models import Event
from milepost.queries.hits import Hit
from milepost.web import hits, keymap
from milepost.web.palette import DONE_WITH, Offer, answering
from milepost.web.words import day
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases
PAGE, PALETTE, KEYBOARD = "/w/acme/search/", "/w/acme/palette/", "/w/acme/preferences/keyboard/"


LINKS = ("week", "sweep", "teams", "alignment", "map", "new_objective")


class TestPage:
    def test_shows_what_was_found_by_kind(self, okrs, signed_in):
        """Each kind has its list, and the words are marked in titles and texts."""
        said = signed_in("cleo").get(PAGE, {"q": "wait"}).text

        assert "<mark>wait</mark>" in said and '<h2 id="k-key_result">Key results</h2>' in said
        assert okrs.helpful.title not in said or "<mark>" in said

    def test_says_what_to_try_where_nothing_is_found(self, okrs, signed_in):
        """Nothing typed explains itself; nothing found leads on."""
        cleo = signed_in("cleo")

        assert "Find anything by a few letters" in cleo.get(PAGE).text
        assert "Nothing has these words" in cleo.get(PAGE, {"q": "zzz"}).text
        assert "None of this kind" in cleo.get(PAGE, {"q": "wait", "kind": "person"}).text

    def test_forgives_a_slip(self, okrs, signed_in):
        """It says what has not been found and what has, and shows that; a hidden word is never named."""
        said = signed_in("cleo").get(PAGE, {"q": "nobdy <b>"}).text

        assert "Nothing has “nobdy &lt;b&gt;”" not in said and "Nothing has these words" in said
        said = signed_in("cleo").get(PAGE, {"q": "nobdy"}).text
        assert "Nothing has “nobdy”; this has “<a" in said and "<mark>Nobody</mark> waits" in said
        assert "Nothing has “rivall”" not in signed_in("cleo").get(PAGE, {"q": "rivall"}).text

    @pytest.mark.parametrize(
        "typed", ['"><script>', "a\x00b", "%", "' OR 1", "x" * 5_000, "NEAR(", "\ud83c\udf5e"]
    )
    def test_takes_whatever_is_typed(self, okrs, signed_in, typed):
        """Signs of any kind are no operators, and come back as they were typed."""
        answer = signed_in("cleo").get(PAGE, {"q": typed.encode("utf-16", "surrogatepass").decode("utf-16")})

        assert answer.status_code == 200 and "<script>\n" not in answer.text

    def test_costs_few_statements(self, okrs, signed_in):
        """Who asks, what changed, what has the words; for a slip its word, the near one, and again."""
        cleo = signed_in("cleo")

        assert count(cleo, f"{PAGE}?q=nobody") == STATEMENTS["search"]
        assert count(cleo, f"{PALETTE}?q=nobody") == STATEMENTS["palette"]
        assert count(cleo, f"{PAGE}?q=nobdy") == STATEMENTS["search, a slip"]
        assert count(cleo, f"{PALETTE}?q=repeat+wait") == STATEMENTS["palette, some of the words"]


class TestPalette:
    def test_offers_pages_and_what_one_may_begin(self, okrs, signed_in):
        """Everyone is led to the pages; only who may is offered to begin something."""
        ada, gus = (signed_in(who).get(PALETTE).text for who in ("ada", "gus"))

        assert "Alignment map" in ada and "Alignment map" in gus
        assert "New cycle" in ada and "New objective" in ada
        assert "New cycle" not in gus and "New objective" not in gus

    def test_finds_what_is_typed_and_what_can_be_done(self, okrs, signed_in):
        """Things, pages and acts answer to the same words."""
        said = signed_in("cleo").get(PALETTE, {"q": "nob"}).text

        assert "<mark>Nob</mark>ody waits" in said and "Alignment map" not in said
        assert "data-press" in signed_in("cleo").get(PALETTE, {"q": "dark"}).text

    def test_names_what_one_opened_lately_and_may_see(self, okrs, signed_in):
        """The browser sends ids; those of what one may not see are ids of nothing."""
        ids = ".".join(encode(row.id) for row in (okrs.secret, okrs.waiting, okrs.helpful))

        said = signed_in("cleo").get(PALETTE, {"recent": f"junk.{ids}.0000000000000"}).text

        assert said.index(okrs.waiting.title) < said.index("Go to")
        assert okrs.secret.title not in said

    def test_forgives_a_slip(self, okrs, signed_in):
        """Things, pages and acts answer to what was meant, and it says so."""
        cleo = signed_in("cleo")

        thing, page = (cleo.get(PALETTE, {"q": typed}).text for typed in ("nobdy", "aligment"))

        assert "Nothing has “nobdy”; this has “nobody”." in thing and "<mark>Nobody</mark> waits" in thing
        assert (
            "Nothing has “aligment”; this has “alignment”." in page and "<mark>Alignment</mark> map" in page
        )
        assert "Nothing has these words" in cleo.get(PALETTE, {"q": "rivall"}).text

    @pytest.mark.parametrize(
        ("typed", "instead"),
        [
            ("nobody reduc", "nobody"),
            ("reduc nobody waits", "nobody waits"),
            ("nobody zebras yonder", "nobody"),
            ("alignment zebras", "alignment"),
            ("rival nobody", "nobody"),  # hidden work has the first one
        ],
    )
    def test_offers_what_has_some_of_the_words(self, okrs, signed_in, typed, instead):
        """As many of them as anything has that one may see, and it says which."""
        said = signed_in("cleo").get(PALETTE, {"q": typed}).text

        assert f"Nothing has “{typed}”; this has “{instead}”." in said and "opt" in said
        assert okrs.secret.title not in said

    def test_leaves_out_the_word_that_says_least(self, okrs, signed_in):
        """Where either of two words has hits, it is the one with fewer of them that stays."""
        cleo = signed_in("cleo")

        said = [cleo.get(PALETTE, {"q": typed}).text for typed in ("wait repeat", "repeat wait")]

        assert all("this has “repeat”." in each for each in said)
        assert "; this has “<a" in cleo.get(PAGE, {"q": "wait repeat"}).text

    def test_checks_in_a_key_result_by_its_words(self, okrs, signed_in):
        """“Check in” and words of a key result lead to its form, for those who may check it in."""
        words = okrs.waiting.title.split()[0]
        there = f"/key-results/{encode(okrs.waiting.id)}/#check-in"

        said = signed_in("cleo").get(PALETTE, {"q": f"check in {words}"}).text

        assert said.index('aria-label="Check in"') < said.index(there)
        assert there not in signed_in("gus").get(PALETTE, {"q": f"checkin {words}"}).text
        assert 'href="/w/acme/sweep/"' in signed_in("cleo").get(PALETTE, {"q": "checkin"}).text

    @pytest.mark.parametrize("who", ["ada", "ben", "cleo", "gus"])
    @pytest.mark.parametrize(
        "name", ["company", "helpful", "draft", "private", "secret", "waiting", "guides"]
    )
    def test_offers_of_what_one_stands_on_what_its_page_does(self, okrs, signed_in, name, who):
        """Of an objective or key result just what its own page lets one do; of what is hidden nothing."""
        browser, thing = signed_in(who), getattr(okrs, name)
        kind = "key_result" if name in ("waiting", "guides") else "objective"
        there = f"/w/acme/{kind.replace('_', '-')}s/{encode(thing.id)}/"
        own = {rest for *_, rest in DONE_WITH[kind].values()} - {""}

        page = browser.get(there).text
        said = browser.get(PALETTE, {"at": encode(thing.id)}).text

        does = set(re.findall(rf'(?:href|action)="{there}([^"]*)"', page)) & own
        does |= {"#check-in"} if 'id="check-in"' in page else set()
        assert set(re.findall(rf'href="{there}([^"]+)"', said)) == does

    def test_names_whose_it_is_that_can_be_done_from_a_key_result(self, okrs, signed_in):
        """On a key result, what is typed may be meant of it or of its objective: each says which."""
        ben, on = signed_in("ben"), encode(okrs.waiting.id)
        objective, key_result = (f"/w/acme/{kind}/" for kind in ("objectives", "key-results"))

        close, cancel = (ben.get(PALETTE, {"q": typed, "at": on}).text for typed in ("close", "cancel"))

        assert f'href="{objective}{encode(okrs.helpful.id)}/closing/"' in close
        assert "objective…" in close and f"On “{okrs.helpful.title}”" in close
        assert cancel.index(f'href="{key_result}{on}/cancellation/"') < cancel.index(
            f'href="{objective}{encode(okrs.helpful.id)}/cancellation/"'
        )

    def test_takes_other_words_for_what_can_be_done_with_it(self, okrs, signed_in):
        """“Assign” is editing there too, and no slip of another word."""
        said = signed_in("ben").get(PALETTE, {"q": "assign", "at": encode(okrs.helpful.id)}).text

        assert "Edit objective: owner, title and all else" in said and "Nothing has" not in said

    def test_costs_no_more_where_one_stands_on_something(self, okrs, signed_in):
        """What may be done with it comes from the image."""
        asked = f"{PALETTE}?q=nobody&at={encode(okrs.waiting.id)}"

        assert count(signed_in("cleo"), asked) == STATEMENTS["palette"]

    @pytest.mark.parametrize(
        ("typed", "there"),
        [
            ("go to map", "map/"),
            ("Open overview", "overview/"),
            ("goto tree", "alignment/"),
            ("hand over", "people/"),
        ],
    )
    def test_goes_where_one_says(self, okrs, signed_in, typed, there):
        """“Go to” and what pages are called, or another word for it, leads there."""
        said = signed_in("cleo").get(PALETTE, {"q": typed}).text

        assert f'href="/w/acme/{there}"' in said and "Nothing has" not in said

    def test_goes_to_things_too(self, okrs, signed_in):
        """“Go to” and words of a title finds what has them."""
        said = signed_in("cleo").get(PALETTE, {"q": "go to nobody"}).text

        assert "<mark>Nobody</mark> waits" in said and "Nothing has" not in said

    def test_leads_to_what_can_be_exported(self, okrs, signed_in):
        """“Export” leads to the pages that have a button for it."""
        cleo = signed_in("cleo")

        said = cleo.get(PALETTE, {"q": "export"}).text

        for there in ("/w/acme/overview/", "/w/acme/alignment/"):
            assert f'href="{there}"' in said
            assert "</svg>Export</a>" in cleo.get(there).text

    @pytest.mark.parametrize(
        ("typed", "leads"),
        [
            ("members", "/w/acme/people/"), ("users", "/w/acme/people/"), ("graph", "/w/acme/map/"),
            ("new goal", "/w/acme/objectives/new/"), ("invite user", "/w/acme/people/new/"),
            ("my profile", "/w/acme/people/{ada}/"), ("password", "/account/"), ("sessions", "/account/"),
            ("shortcuts", "/w/acme/preferences/keyboard/"), ("dashboard", "/w/acme/overview/"),
            ("my settings", "/w/acme/preferences/"), ("log out", "sign-out"), ("logout", "sign-out"),
            ("dark theme", "dark"), ("compare", "/w/acme/alignment/comparison/"),
            ("api docs", "/w/acme/tokens/"), ("documentation", "/api/"), ("departments", "/w/acme/teams/"),
            ("bookmarks", "/w/acme/views/"),
        ],
    )  # fmt: skip
    def test_answers_to_other_words_for_it(self, okrs, signed_in, cast, typed, leads):
        """What other tools call it leads there too."""
        said = signed_in("ada").get(PALETTE, {"q": typed}).text

        there = leads.format(ada=encode(cast.ada.person_id))
        assert f'href="{there}"' in said or ("/" not in there and there in said)

    def test_stays_short_until_something_is_typed(self, okrs, signed_in):
        """What is looked for now and then is offered to whoever types for it alone."""
        ada = signed_in("ada")

        assert 'href="/account/"' not in ada.get(PALETTE).text
        assert 'href="/account/"' in ada.get(PALETTE, {"q": "acc"}).text

    def test_undoes_what_one_did_last(self, okrs, signed_in, cast):
        """“Undo” leads to the page that undoes one's last change; who changed nothing is not offered it."""
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(9), confidence=7, by=cast.cleo, at=timezone.now()
        )
        latest = Event.objects.of(cast.acme.id).filter(actor_id=cast.cleo.person_id).order_by("-id").first()

        said = signed_in("cleo").get(PALETTE, {"q": "undo last"}).text

        assert f"/events/{encode(latest.id)}/undoing/" in said
        for typed, is_told in (("undo", True), ("take back", False)):
            nothing = signed_in("gus").get(PALETTE, {"q": typed}).text
            assert "undoing" not in nothing and ("Nothing here for you to" in nothing) is is_told
        assert "undoing" not in signed_in("cleo").get(PALETTE).text

    def test_says_where_a_text_has_the_words(self, okrs, signed_in, cast):
        """What only a text has comes after what can be done, with what stands around the words."""
        comments.add(
            objective=okrs.helpful.id, text="Somebody should undo the sign at the door", by=cast.cleo,
            at=timezone.now(),
        )  # fmt: skip

        said = signed_in("cleo").get(PALETTE, {"q": "undo"}).text

        assert "Somebody should <mark>undo</mark> the sign" in said
        assert said.index('aria-label="Do"') < said.index('aria-label="Found"')

    def test_writes_what_people_wrote_as_text(self):
        """A title, a text, a place, a name: none of it becomes HTML, and words are marked all the same."""
        ill = "<b>it's</b> & more"
        hit = Hit(
            "comment", "1", '/x?"', f"{ill} signs", (ill,), by=ill, excerpt=f"{ill} signs",
            on=date(2026, 10, 5),
        )  # fmt: skip

        drawn = hits.options([hit], terms.terms("sign"))

        assert "<b>" not in drawn and drawn.count(escape(ill)) == 4
        assert drawn.count("<mark>sign</mark>s") == 2
        assert 'href="/x?&#34;"' in drawn and f'<time datetime="2026-10-05">{day(hit.on)}</time>' in drawn

    def test_ranks_offers(self):
        """What begins with what was typed comes before what only answers to it."""
        offers = [Offer("Teams", "", also="people"), Offer("People", ""), Offer("Map", "")]

        assert [one.words for one in answering(terms.terms("peo"), offers)] == ["People", "Teams"]
        assert answering(terms.terms(""), offers) == offers


class TestKeymap:
    @pytest.mark.parametrize(
        ("typed", "keys"),
        [
            ("C", "c"), (" g  H ", "g h"), ("Ctrl+K", "ctrl k"), ("cmd k", "ctrl k"), ("⌘K", "ctrl k"),
            ("g then t", "g t"), ("+", "+"), ("ctrl +", "ctrl +"), ("", ""), ("é", "é"),
            ("Ctrl+Enter", "ctrl enter"), ("⌘↵", "ctrl enter"), ("ctrl return", "ctrl enter"),
            ("enter", None),
            ("abc", None), ("g h t", None), ("ctrl", None), ("\x07", None),
        ],
    )  # fmt: skip
    def test_reads_keys_as_people_write_them(self, typed, keys):
        """One key, two one after the other, or Ctrl with one; nothing else."""
        assert keymap.spelled(typed) == keys

    def test_keeps_only_what_differs(self):
        """What is as usual is not kept, and what was kept reads back."""
        mine = (("sweep", "x"), ("new_objective", ""))

        assert keymap.read(keymap.written(mine)) == mine
        assert keymap.read("sweep=c&nonsense=1&help=too long") == ()
        assert keymap.read("x" * 9_000) == keymap.read(None) == ()
        assert "new_objective" not in keymap.in_force(mine)

    def test_tells_of_keys_that_clash(self):
        """Two with the same keys, or one that begins with the other's, cannot both work."""
        assert set(keymap.conflicts((("sweep", "n"),), LINKS)) == {"sweep", "new_objective"}
        assert set(keymap.conflicts((("sweep", "g"),), LINKS)) == {"sweep"}
        assert keymap.conflicts((), LINKS) == {}

    def test_lets_a_row_and_the_sweep_have_keys_of_their_own(self):
        """What a row does comes before what the page does; but no row's key may keep two keys from coming."""
        assert keymap.conflicts((("sweep", "x"), ("save_next", "ctrl k")), LINKS) == {}
        assert set(keymap.conflicts((("row_move", "x"),), LINKS)) == {"row_move", "row_select"}
        assert set(keymap.conflicts((("row_move", "g"),), LINKS)) == {"row_move"}

    def test_tells_of_no_page_that_is_not_there(self):
        """What is not offered is in nobody's way, and is not named."""
        assert "Reviews" not in str(keymap.conflicts((("undo", "g"),), LINKS))
        assert keymap.conflicts((("sweep", "g r"),), LINKS) == {}


class TestKeyboard:
    def test_changes_a_key_in_this_browser(self, okrs, signed_in):
        """A key that was changed, or switched off, is so on every page; the usual ones come back."""
        cleo = signed_in("cleo")
        usual = {key.name: key.usual for key in keymap.KEYS}

        saved = cleo.post(KEYBOARD, usual | {"sweep": "X", "new_objective": ""})
        page = cleo.get("/w/acme/").text

        assert saved.status_code == 303
        assert "&#34;x&#34;: &#34;/w/acme/sweep/&#34;" in page and "/objectives/new/&#34;" not in page
        cleo.post(KEYBOARD, {"usual": "1"})
        assert "&#34;c&#34;: &#34;/w/acme/sweep/&#34;" in cleo.get("/w/acme/").text

    def test_lets_no_letter_save_in_the_sweep(self, okrs, signed_in):
        """Where numbers and notes are typed, only keys pressed together can do anything."""
        cleo, usual = signed_in("cleo"), {key.name: key.usual for key in keymap.KEYS}

        refused = cleo.post(KEYBOARD, usual | {"save_next": "s"})
        taken = cleo.post(KEYBOARD, usual | {"save_next": "Ctrl+S"})

        assert (refused.status_code, taken.status_code) == (422, 303)
        assert 'data-save="ctrl s"' in cleo.get("/w/acme/sweep/").text

    @pytest.mark.parametrize(
        ("keys", "said"),
        [
            ("Ctrl W", "closes the tab"), ("Ctrl+T", "opens a tab"), ("⌘N", "opens a window"),
            ("ctrl l", "goes to the address"), ("Ctrl R", "loads the page again"), ("Ctrl 3", "another tab"),
            ("F5", "of the browser’s own"), ("Tab", "moves on"), ("Enter", "follows a link"),
            ("↵", "follows a link"),
        ],
    )  # fmt: skip
    def test_leaves_browsers_what_is_theirs(self, okrs, signed_in, keys: str, said: str):
        """Keys that a browser never passes on, or that would be missed, are refused with what they do."""
        usual = {key.name: key.usual for key in keymap.KEYS}

        answer = signed_in("cleo").post(KEYBOARD, usual | {"sweep": keys})

        assert answer.status_code == 422 and "keymap" not in answer.cookies
        assert f"{said}" in answer.text and f'value="{keys}"' in answer.text

    def test_may_have_every_usual_key(self):
        """None of the keys that Milepost begins with is a browser’s."""
        assert [key.name for key in keymap.KEYS if keymap.browsers(key.usual)] == []

    def test_refuses_what_clashes(self, okrs, signed_in):
        """Both are named, and what was typed stands there still."""
        usual = {key.name: key.usual for key in keymap.KEYS}

        answer = signed_in("cleo").post(KEYBOARD, usual | {"sweep": "n", "undo": "too long"})

        assert answer.status_code == 422 and "keymap" not in answer.cookies
        assert answer.text.count('aria-invalid="true"') == 3 and 'value="too long"' in answer.text
