"""Numbers as people type them are read, or refused with a word on what to write."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.numbers import read, with_unit
from milepost.core.problems import Invalid
from milepost.web.words import number, plain_number

KEPT = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)


class TestRead:
    @pytest.mark.parametrize("text", ["", "   ", "\u00a0", None])
    def test_reads_nothing_as_none(self, text: str | None):
        """Nothing typed is no number, not zero."""
        assert read(text) is None

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("6.2", "6.2"),
            ("6,2", "6.2"),
            ("6,25", "6.25"),
            ("0,125", "0.125"),
            (".5", "0.5"),
            (",5", "0.5"),
            ("1234.5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1,234", "1234"),
            ("1,234,567", "1234567"),
            ("1 234,5", "1234.5"),
            ("1\u202f234\u00a0567", "1234567"),
            ("1'234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1.234.567", "1234567"),
            ("12345678.25", "12345678.25"),
            ("-3", "-3"),
            ("\u22123.5", "-3.5"),
            ("+7", "7"),
            ("€ 12 000", "12000"),
            ("-€12.50", "-12.50"),
            ("12.50 €", "12.50"),
            ("007", "7"),
            ("６.２", "6.2"),
        ],
    )
    def test_reads_what_can_only_be_one_thing(self, text: str, value: str):
        """Separators of thousands, decimal commas and currency signs are understood."""
        assert read(text) == Decimal(value)

    @pytest.mark.parametrize(
        ("text", "unit", "value"),
        [
            ("6.2 days", "days", "6.2"),
            ("6.2Days", "days", "6.2"),
            ("83 %", "%", "83"),
            ("83%", "", "83"),
            ("EUR 1,200", "EUR", "1200"),
            ("1200 eur", "EUR", "1200"),
            ("-4 points", "points", "-4"),
            ("120 a month", "a month", "120"),
        ],
    )
    def test_reads_its_own_unit_away(self, text: str, unit: str, value: str):
        """The measure's unit may be typed along."""
        assert read(text, unit) == Decimal(value)

    @pytest.mark.parametrize(
        "text",
        [
            "6,2,1", "1,23,456", "12 34", "1.2.3", "abc", "6.2 weeks", "1e5", "12k", "3 m", "--5", "5-6",
            "∞", "nan", "٣", "1_000", "½ day", "0x10", "1" * 70,
        ],
    )  # fmt: skip
    def test_refuses_what_is_in_doubt(self, text: str):
        """What could be several things, or nothing, is refused by name of the field."""
        with pytest.raises(Invalid) as refused:
            read(text, "days", field="target")

        assert refused.value.field == "target"
        assert refused.value.code == "not_a_number"

    def test_refuses_a_share_of_something_else(self):
        """Per cent typed for days is a mistake, not a number."""
        with pytest.raises(Invalid) as refused:
            read("62 %", "days")

        assert refused.value.code == "unit_mismatch"

    @pytest.mark.parametrize("text", ["1" + "0" * 18, "0." + "1" * 13])
    def test_refuses_what_cannot_be_kept(self, text: str):
        """A number has at most 18 digits before the point and 12 after it."""
        with pytest.raises(Invalid):
            read(text)

    @given(KEPT)
    def test_reads_back_what_a_page_shows(self, value: Decimal):
        """What pages and fields write, people may type in again."""
        assert read(plain_number(value)) == value
        assert read(number(value)) == value
        assert read(f"{value:f} days", "days") == value


class TestWithUnit:
    @pytest.mark.parametrize(
        ("unit", "written"),
        [("%", "4,700 %"), ("days", "4,700 days"), ("EUR", "EUR 4,700"), ("kWh", "4,700 kWh"), ("", "4,700")],
    )
    def test_stands_where_people_expect_it(self, unit: str, written: str):
        """A currency's code stands before its number, every other unit after it; never on two lines."""
        assert with_unit("4,700", Decimal(4700), unit) == written.replace(" ", "\u00a0")
