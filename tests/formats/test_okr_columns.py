"""Entries read field by field, all at one stroke, are those that one would have read one after the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.plan.ledgers import CheckIns
from milepost.core.plan.unread import Torn
from milepost.formats.okr_fields import CHECK_IN, COMMENT, TRANSITION
from milepost.formats.okr_raw import Bare, Digits, Mapped
from milepost.formats.okr_reading import Enough, Reading
from milepost.formats.okr_records import Record

MOMENTS = (
    "2026-10-08T10:00:00Z", "2026-10-08T10:00:00.250000Z", "2026-10-08T10:00:00.5Z", "2026-10-08",
    "2026-10-08T12:00:00+02:00", "2026-02-30T10:00:00Z", "2026-10-08T24:00:00Z", "1899-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z", "soon", Bare("2026-10-08T10:00:00Z"),
)  # fmt: skip
NUMBERS = (
    *map(Digits, ("0", "-12.25", "-0", "-0.0", "1.50", "1e3", "123456789012345678", "0.1234567890123")),
    Bare("007"), Bare("5."), Bare("true"), "4", True, False,
)  # fmt: skip
NAMES = ("a", "2026-10-08.2", "-x", "", "x" * 81, "é", "a\n", Bare("b"), Digits("5"))
SAID = {
    "id": NAMES, "at": MOMENTS, "recorded": MOMENTS, "value": NUMBERS, "parts": ([Digits("1")], "x"),
    "confidence": tuple(map(Digits, ("1", "10", "11", "2.0"))), "note": ("", "Früh", "two\nlines", "\x00"),
    "by": NAMES, "corrects": NAMES, "withdrawn": (True, False, Bare("true"), "no"), "text": ("", "Go on"),
    "event": NAMES, "to": ("active", "Active", "nowhere"), "reason": ("", "Because"), "unknown": ("x",),
}  # fmt: skip


@st.composite
def entries(draw: st.DrawFn, record: Record) -> list[Any]:
    """Draw entries of which most are right: the first words of each field are those that may stand there."""
    odd = draw(st.booleans())
    known = {key: st.sampled_from(SAID[key] if odd else SAID[key][:2]) for key in (*record.keys, "unknown")}
    optional = known.keys() - {*record._required} - (set() if odd else {"parts", "unknown"})
    entry = st.fixed_dictionaries(
        {key: known[key] for key in record._required},
        optional={key: known[key] | st.none() for key in sorted(optional)},
    )
    return draw(st.lists(entry.map(lambda said: Mapped.of([*said.items()])), min_size=1, max_size=5))


def outcome(taken: tuple, reading: Reading) -> tuple:
    """Return what was read, with the gaps of what is torn, and what is wrong."""
    read = [_held(one) if isinstance(one, Torn) else one for one in taken]
    return read, reading.problems, reading.has_days_as_moments


def _held(one: Torn) -> tuple:
    return tuple(one) if isinstance(one, tuple) else (), object.__getattribute__(one, "__dict__")


class TestTakeAll:
    @pytest.mark.parametrize("record", [CHECK_IN, COMMENT, TRANSITION], ids=lambda record: record.name)
    @given(data=st.data())
    def test_reads_many_as_it_reads_each(self, record: Record, data: st.DataObject):
        """The same values, the same things wrong at the same places, the same zone asked for."""
        raws = data.draw(entries(record))
        together, apart = Reading("Europe/Berlin"), Reading("Europe/Berlin")

        try:
            each = tuple(record.take(raw, apart, ("here", index)) for index, raw in enumerate(raws))
        except Enough:
            return
        at_once = record.take_all(raws, together, ("here",))

        assert outcome(at_once, together) == outcome(each, apart)
        assert [type(one) for one in at_once] == [type(one) for one in each]

    def test_goes_field_by_field_where_all_is_as_milepost_writes_it(self):
        """Were it not taken, the law above would hold of nothing."""
        raws = [Mapped(id=f"c{day}", at=f"2026-10-0{day}T10:00:00Z", value=Digits("1.5")) for day in (1, 2)]

        assert CHECK_IN._in_columns(raws, Reading("UTC")) == CHECK_IN.take_all(raws, Reading("UTC"), ())

    def test_leaves_check_ins_texts_where_all_is_as_milepost_writes_it(self):
        """Nobody asks what they amount to on their way; a day for a moment takes a closer look."""
        raws = [
            Mapped(id="c1", at="2026-10-01T10:00:00Z", value=Digits("1.5"), note="Früh"),
            Mapped(id="c2", at="2026-10-02T10:00:00Z", recorded="2026-10-03T10:00:00Z"),
        ]

        told = CHECK_IN.take_all(raws, Reading("UTC"), ())
        by_day = CHECK_IN.take_all([Mapped(raws[0] | {"at": "2026-10-01"})], Reading("UTC"), ())

        assert type(told) is CheckIns
        assert told.each("recorded") == ["2026-10-01T10:00:00Z", "2026-10-03T10:00:00Z"]
        assert told.each("value") == ["1.5", None]
        assert {type(text) for text in told.each("value")} == {str, type(None)}
        assert type(by_day) is tuple

    @pytest.mark.parametrize(
        "odd",
        [
            {"at": "2026-10-01T10:00:00.000000Z"},
            {"at": "2026-10-01T12:00:00+02:00"},
            {"value": Digits("1.50")},
            {"value": Bare("007")},
        ],
    )
    def test_takes_no_other_spelling_for_a_text(self, odd: dict):
        """One value has one text, or entries that say the same would differ."""
        raw = {"id": "c1", "at": "2026-10-01T10:00:00Z", "value": Digits("1.5")}

        taken = CHECK_IN.take_all([Mapped(raw | odd)], Reading("UTC"), ())

        assert type(taken) is tuple
