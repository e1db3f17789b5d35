"""What is read of several pieces together is what one would have read of each, in its turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given

from milepost.core.plan.ledgers import CheckIns
from milepost.formats.okr_fields import CHECK_IN, KEY_RESULT
from milepost.formats.okr_raw import Digits, Entry, Mapped, Misspelt, Wrong
from milepost.formats.okr_reading import Enough, Reading
from milepost.formats.okr_windows import WINDOW, in_windows
from tests.formats.test_okr_columns import entries

PLAIN = {"id": "c1", "at": "2026-10-01T10:00:00Z", "value": Digits("1.5")}
IN_PARTS = {"id": "c1", "at": "2026-10-01T10:00:00Z", "parts": [Digits("1"), Digits("0.5")]}
BY_DAY = {"at": "2026-10-01", "value": Digits("2")}


def piece(*check_ins: dict, index: int = 0, done: int = 100) -> Entry:
    """Return an objective of a file: a key result for each check-in, and one without any."""
    listed = [Mapped(id=f"k{place}", check_ins=[Mapped(one)]) for place, one in enumerate(check_ins)]
    return Entry("objectives", index, Mapped(id="o", key_results=[*listed, Mapped(id="none")]), done)


def lists(window: Iterator[Entry]) -> list:
    """Return the check-ins of every key result, as they are handed over."""
    return [each["check_ins"] for one in window for each in one.value["key_results"] if "check_ins" in each]


class TestInWindows:
    def test_hands_over_check_ins_that_are_told(self):
        """Those of several objectives, in parts or not, and each where it stood."""
        one, other = lists(in_windows([piece(PLAIN, IN_PARTS)], Reading("UTC")))

        assert (type(one), one.each("value"), one.each("parts")) == (CheckIns, ["1.5"], [None])
        assert (type(other), other.each("value"), other.each("parts")) == (CheckIns, [None], [("1", "0.5")])

    def test_leaves_a_window_alone_in_which_any_is_odd(self):
        """Another window is read at one stroke all the same."""
        far = piece(PLAIN, index=1, done=2 * WINDOW)
        beyond = piece(PLAIN, index=2, done=2 * WINDOW + 1)

        kinds = [*map(type, lists(in_windows([piece(BY_DAY, PLAIN), far, beyond], Reading("UTC"))))]

        assert kinds == [list, list, list, CheckIns]

    def test_hands_over_what_stood_before_a_break_first(self):
        """So what is wrong further up is named too, and the first of all that ends a reading ends it."""

        def broken() -> Iterator[Entry]:
            yield piece(PLAIN)
            raise Misspelt(Wrong("The file ends too early.", "not_json"), 7, 1)

        handed = in_windows(broken(), Reading("UTC"))

        assert len(lists(iter([next(handed)]))) == 1
        with pytest.raises(Misspelt):
            next(handed)

    @given(first=entries(CHECK_IN), second=entries(CHECK_IN))
    def test_changes_nothing_that_is_read(self, first: list, second: list):
        """The same entries, the same things wrong at the same places, the same zone asked for."""
        apart, together = Reading("Europe/Berlin"), Reading("Europe/Berlin")
        owners = [
            Mapped(id="k1", title="One", check_ins=first),
            Mapped(id="k2", title="Two", check_ins=second),
        ]

        try:
            each = [KEY_RESULT.take(Mapped(owner), apart, ("here",)) for owner in owners]
        except Enough:
            return
        CHECK_IN.tell(owners, "check_ins", together)
        at_once = [KEY_RESULT.take(owner, together, ("here",)) for owner in owners]

        assert together.problems == apart.problems
        assert together.has_days_as_moments == apart.has_days_as_moments
        if not apart.problems:
            assert at_once == each
