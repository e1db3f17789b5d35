"""Characters that no text may hold: refused alike at every door, with the place where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.characters import UNPRINTABLE, poses, require_printable, unprintable
from milepost.core.problems import Invalid


class TestRequirePrintable:
    @given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u202e")))
    def test_agrees_with_what_is_said_of_a_character(self, text: str):
        """A text is refused exactly where there is something to say of it."""
        refused = False
        try:
            require_printable(text, field="title")
        except Invalid:
            refused = True

        assert refused == (unprintable(text) is not None)

    @pytest.mark.parametrize("text", ["", "Zwei\tSpalten\r\nund\u0085mehr", "שלום", "👩‍👩‍👧", "a\u200eb"])
    def test_lets_every_language_pass(self, text: str):
        """Tabs, line breaks, joined signs and writing from right to left are text."""
        require_printable(text, field="title")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("\x07Bell", "the control character U+0007. Take it out at its beginning"),
            ("Every van\x00 leaves", "U+0000. Take it out after “Every van”"),
            ("Abc\u202edef", "which makes text read in another order than it is written"),
            ("Half \ud83d", "half a character (U+D83D alone)"),
            ("Every single delivery leaves\x1b", "after “…ngle delivery leaves”"),
        ],
    )
    def test_says_which_and_where(self, text: str, message: str):
        """The character is named by its number, for nobody sees it, and by the words before it."""
        with pytest.raises(Invalid) as refused:
            require_printable(text, field="note")

        assert message in str(refused.value)
        assert (refused.value.code, refused.value.field) == ("bad_character", "note")
        assert UNPRINTABLE.search(str(refused.value)) is None


class TestPoses:
    @pytest.mark.parametrize(
        "address",
        [
            "ada@acme.example",
            "ada+okr_2@acme-group.co.example",
            "müller@bücher.example",
            "почта@пример.рф",
            "почта@acme.example",
            "ελένη@παράδειγμα.example",
            "田中@例え.example",
        ],
    )
    def test_lets_every_language_pass(self, address: str):
        """Names and domains of one alphabet each are addresses like any other."""
        assert not poses(address)

    @pytest.mark.parametrize(
        "address",
        [
            "\u0430da@acme.example",  # a Cyrillic a
            "ada@\u0430cme.example",
            "ada@mail.acm\u0435.example",
            "\u03bfwner@acme.example",  # a Greek o
            "\uff41da@acme.example",  # a wide a
            "mu\u0308ller@acme.example",  # u and its dots apart
            "ad\u200ba@acme.example",  # a space of no width
        ],
    )
    def test_sees_what_the_eye_does_not(self, address: str):
        """Letters of another alphabet among one's own, other forms of a letter, and what is unseen."""
        assert poses(address)
