"""The look's own promises: parts that render, words that read well, budgets that hold, nothing forbidden."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import engines
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from milepost.web import gallery, marks, words
from milepost.web.jinja import notes
from milepost.web.markdown import ALLOWED_TAGS

PACKAGE = Path(gallery.__file__).parents[1]
STATIC = PACKAGE / "static" / "milepost"
TEMPLATES = PACKAGE / "templates"
SCRIPTS = sorted(STATIC.glob("js/*.js"))
TODAY = date(2026, 11, 24)
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Outline(HTMLParser):
    """Collect ids, references, nonces and the balance of tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids, self.open, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def rendered(template: str, **context) -> str:
    request = RequestFactory().get("/")
    return engines["jinja2"].from_string(template).render({"csp_nonce": "N0nce", **context}, request)


@pytest.fixture(scope="module")
def page() -> str:
    request = RequestFactory().get("/")
    request.csp_nonce = "N0nce"
    return gallery.show(request).content.decode()


class TestGallery:
    def test_is_well_formed(self, page):
        """Every part in every state renders, tags close in order, and no id stands twice."""
        outline = Outline(page)

        assert outline.open == []
        assert len(outline.ids) == len(set(outline.ids))

    def test_refers_only_to_what_is_there(self, page):
        """Whatever names another element by id names one that exists."""
        outline = Outline(page)

        named = [
            name
            for _, attributes in outline.tags
            for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls")
            for name in (attributes.get(attribute) or "").split()
        ]
        assert set(named) <= set(outline.ids)

    def test_shows_every_icon_that_the_sprite_has(self, page):
        """Each icon that a template asks for is in the sprite."""
        sprite = (STATIC / "icons.svg").read_text()
        asked = set(re.findall(r"icons[^\"#]*\.svg#([is]-[a-z]+)", page))
        called = set(
            re.findall(r'icon\("([a-z]+)"', "".join(p.read_text() for p in TEMPLATES.rglob("*.html")))
        )

        assert asked <= set(re.findall(r'id="([is]-[a-z]+)"', sprite))
        assert {f"i-{name}" for name in called} <= asked

    def test_carries_nothing_the_policy_forbids(self, page):
        """No inline style or handler; every script has the nonce; nothing comes from another host."""
        outline = Outline(page)

        for tag, attributes in outline.tags:
            assert "style" not in attributes, tag
            assert not any(name.startswith("on") for name in attributes), tag
            assert tag != "script" or (attributes["nonce"] == "N0nce" and attributes["src"].startswith("/"))
            assert not re.match(r"(https?:)?//", attributes.get("href") or attributes.get("src") or "")

    def test_escapes_what_people_wrote(self, page):
        """A note with markup in it is text."""
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


class TestHx:
    def test_stamps_the_nonce_beside_the_attributes(self):
        """hx-csp strips an element without the page's nonce, so the two are written together."""
        html = rendered('<form {{ hx(post="/a?b&c", target="#x", swap_oob=true, select=none) }}>')

        names = 'data-hx-post="/a?b&amp;c" data-hx-target="#x" data-hx-swap-oob="true" data-hx-nonce="N0nce"'
        assert html == f"<form {names}>"

    def test_is_the_only_way_to_write_them(self):
        """No template writes an htmx attribute by hand, which would lack the nonce (partials need none)."""
        for template in TEMPLATES.rglob("*.html"):
            text = re.sub(r"<hx-partial[^>]*>", "", template.read_text())
            assert not re.search(r"\s(data-)?hx-[a-z-]+=", text), template.name


class TestEnvironment:
    def test_refuses_a_missing_name(self):
        """A name that the view forgot is an error, not a gap on the page."""
        with pytest.raises(UndefinedError):
            rendered("{{ objective.title }}", objective={})

    def test_escapes_by_itself(self):
        """What a template prints is escaped."""
        assert rendered("{{ text }}", text="<b>&") == "&lt;b&gt;&amp;"


class TestNotes:
    def test_turns_markdown_into_html(self):
        """Emphasis, lists, links and line breaks work; a heading becomes a bold paragraph."""
        html = notes("# Title\n\nMalmö runs **two**\nbenches: [plan](https://a.example/x)\n\n- one")

        assert "<strong>Title</strong></p>" in html
        assert "<strong>two</strong><br>" in html
        assert 'href="https://a.example/x" rel="noopener noreferrer nofollow"' in html
        assert "<li>one</li>" in html

    @pytest.mark.parametrize(
        "attack",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "[a](data:text/html,<script>alert(1)</script>)",
            "![a](https://evil.example/x.png)",
            "<a href='x' onclick='y'>z</a>",
            "[a](https://a.example \"' onmouseover='alert(1)\")",
        ],
    )
    def test_never_lets_markup_through(self, attack):
        """No tag of theirs, no handler, no address but http, https and mailto."""
        html = notes(attack)

        assert not re.search(r"<(script|img|iframe|svg)", html)
        assert not re.search(r"<[^>]*\son\w+=", html)
        assert not re.search(r'href="(?!https?:|mailto:)', html)

    @given(st.text(max_size=200))
    def test_writes_only_allowed_tags(self, text):
        """Whatever is written, only the allowed tags come out."""
        tags = {tag for tag, _ in Outline(notes(text)).tags}

        assert tags <= ALLOWED_TAGS


class TestWords:
    @pytest.mark.parametrize(
        ("first", "last", "written"),
        [
            (date(2026, 9, 28), date(2026, 12, 27), "28 Sep – 27 Dec"),
            (date(2026, 3, 30), date(2027, 3, 28), "30 Mar 2026 – 28 Mar 2027"),
            (date(2025, 1, 1), date(2025, 3, 31), "1 Jan 2025 – 31 Mar 2025"),
            (date(2026, 9, 28), None, "28 Sep – open"),
        ],
    )
    def test_name_both_years_of_days_that_lie_in_two(self, first, last, written):
        """Days of this year go without it, unless they end in another one."""
        assert words.day_to(first, last, date(2026, 11, 23)).replace(words.NO_BREAK, " ") == written

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (Fraction(637, 1000), "64 %"), (0.005, "1 %"), (Decimal("1.25"), "125 %"), (None, "–"),
            (0, "0 %"), (Fraction(-1, 5), "−20 %"), (Fraction(-1, 1000), "0 %"),
        ],
    )  # fmt: skip
    def test_write_shares_as_percentages(self, value, written):
        """A share is rounded half up from its exact value; no data is a dash."""
        assert words.percent(value) == written.replace(" ", words.NO_BREAK)

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (Decimal("6.20"), "6.2"), (1200.5, "1,200.5"), (10**12, "1,000,000,000,000"),
            (Fraction(1, 3), "0.3333"), (-3, "−3"), (Decimal("1e3"), "1,000"), (Decimal("-0.00001"), "0"),
            (None, "–"),
        ],
    )  # fmt: skip
    def test_write_numbers_as_people_do(self, value, written):
        """Grouped, without trailing noughts or exponents, with a real minus."""
        assert words.number(value) == written

    @pytest.mark.parametrize(
        ("value", "written"), [(1, "1.00"), (Fraction(2, 3), "0.67"), (Decimal("0.5"), "0.50"), (None, "–")]
    )
    def test_write_a_column_with_as_many_decimals(self, value, written):
        """Where numbers stand below one another, their points do as well."""
        assert words.number(value, 2, 2) == written

    @pytest.mark.parametrize(
        ("unit", "written"),
        [("days", "6.2 days"), ("%", "6.2 %"), ("EUR", "EUR 6.2"), ("NPS", "NPS 6.2"), ("", "6.2")],
    )
    def test_write_units_where_people_expect_them(self, unit, written):
        """A three-letter code stands before, everything else behind."""
        assert words.amount(Decimal("6.2"), unit) == written.replace(" ", words.NO_BREAK)

    @pytest.mark.parametrize(
        ("start", "target", "now", "written"),
        [
            ("9", "4", "6.2468", "9 → 6.2468 → 4 days"),
            ("62000", "85000", "66512.37", "62,000 → 66,512.37 → 85,000 days"),
            ("0.9", "0.8", "0.87654", "0.9 → 0.8765 → 0.8 days"),
            ("6.25", "30", "7.126", "6.25 → 7.126 → 30 days"),
        ],
    )
    def test_write_a_measure_as_it_was_typed(self, start, target, now, written):
        """What somebody typed is shown as typed: a page never contradicts the ledger."""
        one = {"kind": "increase", "unit": "days", "low": None, "high": None}
        one |= {"start": Decimal(start), "target": Decimal(target), "now": Decimal(now)}

        html = rendered(
            '{% from "_parts/measure.html" import measure %}{{ measure(m) }}', m=SimpleNamespace(**one)
        )

        assert re.sub(r"<[^>]*>", "", html).strip() == written.replace(" days", "\u00a0days")
        assert ("title=" in html) is (now == "0.87654")  # the whole number, where it is too long to show

    @pytest.mark.parametrize(
        ("more", "aim", "asked"),
        [
            ({}, Fraction(4), "to reach 4 days?"),
            ({"kind": "binary"}, None, "that it will be done?"),
            ({"kind": "maintain_above"}, None, "to keep it at 4 days or above?"),
            ({"kind": "range", "low": 3, "high": 5}, None, "to keep it between 3 and 5 days?"),
            ({"kind": "maintain_below_ratio"}, None, "to keep it at 4 days or below every time?"),
            ({"kind": "milestones"}, None, "to get all milestones done?"),
        ],
    )
    def test_ask_about_the_number_itself(self, more, aim, asked):
        """Confidence is about the number that counts as success, not about a grade."""
        one = {"kind": "decrease", "unit": "days", "start": 9, "target": 4, "low": None, "high": None}
        form = {"key_result": SimpleNamespace(**one | more), "success_from": Fraction(1), "aims_at": aim}

        html = rendered(
            '{% from "checkins/_fields.html" import aim with context %}How sure are you {{ aim(form) }}?',
            form=SimpleNamespace(**form),
        )

        assert html.replace("\u00a0", " ") == f"How sure are you {asked}"

    @given(st.decimals(-(10**9), 10**9, places=6))
    def test_prefill_fields_without_loss(self, value):
        """What a field is prefilled with reads back as the same number."""
        assert Decimal(words.plain_number(value)) == value

    @pytest.mark.parametrize(
        ("on", "written"),
        [
            (TODAY, "today"), (datetime(2026, 11, 23, 9), "yesterday"), (date(2026, 11, 17), "7 d ago"),
            (date(2026, 11, 3), "3 Nov"), (date(2025, 12, 31), "31 Dec 2025"), (date(2026, 11, 25), "25 Nov"),
            (None, "–"),
        ],
    )  # fmt: skip
    def test_say_how_long_ago(self, on, written):
        """Near days in words, far ones as dates, another year with its year."""
        assert words.ago(on, TODAY).replace(words.NO_BREAK, " ") == written

    @pytest.mark.parametrize(
        ("name", "short"),
        [
            ("Ines Halvorsen", "IH"),
            ("Battery & Drive", "BD"),
            ("platform", "PL"),
            ("Jo van Dijk", "JD"),
            ("Team Delft 2", "T2"),
            ("Team Utrecht 23", "T23"),
            ("Team Breda 230", "230"),
            ("Plan 2027", "P2"),
            (" ", "?"),
        ],
    )
    def test_shorten_names(self, name, short):
        """First and last word, or two letters of the only one; a short number at the end is told whole."""
        assert words.initials(name) == short


class TestMarks:
    def test_have_a_shape_and_a_word_for_each_status(self):
        """A status is never told by colour alone."""
        sprite = (STATIC / "icons.svg").read_text()

        assert marks.STATUS_CLASSES.keys() == marks.STATUS_WORDS.keys()
        assert all(f'id="s-{name}"' in sprite for name in marks.STATUS_CLASSES.values())

    def test_read_the_unknown_as_no_data(self):
        """Nothing known is never green."""
        assert (marks.status_class(None), marks.status_word(None)) == ("none", "No data")


def weight(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def modules_of(template: Path) -> set[str]:
    """The custom elements that a page loads, with those of what it extends or includes."""
    text = template.read_text()
    found = set(re.findall(r'module\("(\w+)"\)', text))
    for other in re.findall(r'\{% (?:extends|include) "([^"]+)" %\}', text):
        found |= modules_of(TEMPLATES / other)
    return found


class TestApart:
    @pytest.mark.parametrize(
        ("before", "after", "points"),
        [(0.66349, 0.47751, "−18.5"), (0.5, 0.5, "0"), (0.2, 0.3, "+10"), (None, 0.3, "–")],
    )
    def test_is_what_one_gets_from_both_as_shown(self, before, after, points):
        """66.3 % to 47.8 % is 18.5 less on every page, whatever the hidden decimals say."""
        assert words.apart(before, after) == points


class TestOneOf:
    @pytest.mark.parametrize(
        ("value", "unit", "written"),
        [
            (1, "shops", "1 shop"), (2, "shops", "2 shops"), (1.5, "days", "1.5 days"),
            (1, "entries", "1 entry"), (1, "boxes", "1 box"), (1, "minutes", "1 minute"),
            (1, "houses", "1 house"), (1, "%", "1 %"),
            (1, "ms", "1 ms"), (1, "loss", "1 loss"), (1, "shops a week", "1 shops a week"),
        ],
    )  # fmt: skip
    def test_is_singular_where_that_is_simple(self, value, unit, written):
        """One shop, two shops; what is no plain plural stays as it was typed."""
        assert words.amount(value, unit) == written.replace(" ", "\u00a0", 1)


class TestBudgets:
    def test_css_of_every_page_is_at_most_12_kb(self):
        """What all pages load weighs no more than 12,000 bytes gzipped; a page's own sheet 3,000 more."""
        pages = ("account", "bare", "comparison", "editor", "examples", "gallery", "map", "move")
        pages += ("pick", "reference", "search", "sweep", "travel", "tree")
        own = [STATIC / "css" / f"{page}.css" for page in pages]

        assert weight(*(sheet for sheet in STATIC.glob("css/*.css") if sheet not in own)) <= 12_000
        assert all(weight(sheet) <= 3_000 for sheet in own)

    @pytest.mark.parametrize(
        "template", sorted(TEMPLATES.glob("*/*.html")), ids=lambda path: f"{path.parent.name}/{path.stem}"
    )
    def test_javascript_of_a_page_is_at_most_30_kb(self, template):
        """What a page loads, htmx among it, weighs no more than 30,000 bytes gzipped."""
        scripts = [STATIC / "js" / f"{name}.js" for name in modules_of(template)]

        assert weight(*scripts, *STATIC.glob("vendor/*.js")) <= 30_000

    def test_vendored_files_are_as_published(self):
        """Each vendored script stands in VENDOR.md with its SHA-384."""
        table = (STATIC / "vendor" / "VENDOR.md").read_text()

        for script in STATIC.glob("vendor/*.js"):
            digest = base64.b64encode(hashlib.sha384(script.read_bytes()).digest()).decode()
            assert f"`{script.name}`" in table
            assert digest in table


class TestElements:
    @pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
    def test_stay_within_trusted_types(self, script):
        """Our scripts put no string where the browser would parse it, and evaluate nothing."""
        text = re.sub(r"//.*", "", script.read_text())

        assert not re.search(
            r"(inner|outer|insertAdjacent)HTML|document\.write|parseFromString|eval\(|\.style\b", text
        )
        assert not re.search(r"^import |\bimport\(|https?://", text, re.MULTILINE)

    @pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
    def test_take_over_nothing_from_elsewhere(self, script):
        """They listen to no other window, and write under no name that could be one of every object's own."""
        text = re.sub(r"//.*", "", script.read_text())

        assert not re.search(r"postMessage|onmessage|[\"']message[\"']|__proto__|\.prototype\b", text)
        bare = {*re.findall(r"(\w+) = Object\.create\(null\)", text)}
        # A passkey's answer has names that stand in the script; whatever else is filled has no parent.
        assert {*re.findall(r"(\w+)\[(?![\d\"'`])[^\]]+\]\s*(?:\?\?)?=[^=>]", text)} <= {"response"} | bare
        onto = re.findall(r"Object\.assign\(\s*([\w.]+)", text)
        assert {*onto} <= {"document.createElement", "option"}


def contrast(one: str, other: str) -> float:
    """Compute the WCAG contrast of two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


class TestColours:
    PAIRS = re.findall(
        r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
        (STATIC / "css" / "tokens.css").read_text(),
    )
    TOKENS = {name: (light, dark) for name, light, dark in PAIRS}

    @pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
    @pytest.mark.parametrize("paper", ["bg", "surface", "raise", "rail", "over"])
    @pytest.mark.parametrize("ink", ["fg", "soft", "muted", "accent", "on", "risk", "off", "none", "done"])
    def test_can_be_read_on_every_paper(self, ink, paper, theme):
        """Every ink and status colour has 4.5 to 1 on every paper, in light and in dark."""
        assert contrast(self.TOKENS[ink][theme], self.TOKENS[paper][theme]) >= 4.5
