"""Check-ins kept as texts are the check-ins that these texts say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.plan import CheckInPlan
from milepost.core.plan.ledgers import CheckIns, Told, moment_text, number_text

MONDAY = datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
moments = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2199, 12, 31), timezones=st.just(UTC)
)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=6)
entries = st.lists(
    st.builds(
        CheckInPlan,
        id=st.sampled_from(("a", "b", "2026-10-05")),
        at=moments,
        recorded=moments,
        value=st.none() | numbers,
        parts=st.none() | st.lists(numbers, max_size=3).map(tuple),
        confidence=st.none() | st.integers(1, 10),
        note=st.text(max_size=8),
        by=st.none() | st.just("ada"),
        corrects=st.none() | st.just("a"),
        withdrawn=st.booleans(),
    ),
    max_size=4,
).map(tuple)


class TestCheckIns:
    @given(entries)
    def test_are_what_they_were_made_of(self, said: tuple[CheckInPlan, ...]):
        """As a whole, one after the other, and by place they are the entries themselves."""
        kept = CheckIns.of(said)

        assert kept == said and said == kept
        assert [*kept] == [*said]
        assert [kept[place] for place in range(len(kept))] == [*said]
        assert kept[1:] == said[1:]
        assert {type(entry) for entry in kept} <= {CheckInPlan}

    @given(entries, entries)
    def test_are_equal_as_texts_where_they_are_equal_as_values(self, one: tuple, other: tuple):
        """One value has one text, so nobody has to look at values to compare."""
        assert (CheckIns.of(one) == CheckIns.of(other)) == (one == other)

    @given(entries)
    def test_give_one_field_of_all(self, said: tuple[CheckInPlan, ...]):
        """A field by itself is that of every entry, in their order."""
        assert CheckIns.of(said).each("note") == [entry.note for entry in said]

    def test_have_the_fields_of_a_check_in(self):
        """A text stands where its value would."""
        assert Told._fields == CheckInPlan._fields


class TestNumberText:
    def test_is_the_same_for_the_same_number(self):
        """Neither an exponent nor zeros at the end, and no zero below zero."""
        spelt = ("1E+2", "100.00", "0.50", "-0.0", "-12.250")

        assert [number_text(Decimal(text)) for text in spelt] == ["100", "100", "0.5", "0", "-12.25"]


class TestMomentText:
    def test_is_the_same_for_the_same_moment(self):
        """In UTC, whatever zone it was told in, and with six places where it has any."""
        berlin = timezone(timedelta(hours=2))

        assert moment_text(MONDAY.astimezone(berlin)) == moment_text(MONDAY) == "2026-10-05T10:00:00Z"
        assert moment_text(MONDAY.replace(microsecond=5)) == "2026-10-05T10:00:00.000005Z"
