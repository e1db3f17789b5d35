"""What is printed stands there and does nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milepost.cli.terminal import cut, number, plain, wide


class TestPlain:
    @given(st.text())
    def test_holds_nothing_that_moves_or_turns(self, text: str):
        """No control character and no mark that turns writing round comes through, on one line."""
        shown = plain(text)

        assert not set(shown) & {chr(code) for code in (*range(32), *range(127, 160))}
        assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")

    def test_leaves_people_their_names(self):
        """Accents, other scripts and emoji stay."""
        assert plain("Zoë Müller 山田 🧭") == "Zoë Müller 山田 🧭"


class TestCut:
    @given(st.text(), st.integers(2, 30))
    def test_fits(self, text: str, width: int):
        """However wide its letters are, a text takes no more room than there is."""
        assert wide(cut(plain(text), width)) <= width


class TestNumber:
    def test_is_written_as_people_do(self):
        """Groups of three, no zeros at the end, a real minus, halves away from zero."""
        written = [number(text) for text in ("1200.50", "-0.00005", "2/3", "0", "-1234567")]

        assert written == ["1,200.5", "−0.0001", "0.6667", "0", "−1,234,567"]
        assert (number("5", "EUR"), number("5", "days"), number(None)) == ("EUR 5", "5 days", "–")
