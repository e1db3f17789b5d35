"""Characters that no text may hold: refused alike at every door, with the place where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.characters import UNPRINTABLE, is_blank, poses, require_printable, seen, unprintable
from milepost.core.problems import Invalid

FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"  # England


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

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Zwei\tSpalten\r\nund\u0085mehr",
            "שלום",
            "👩‍👩‍👧",
            "a\u200eb",
            "\u0645\u06cc\u200c\u062e",
            FLAG,
        ],
    )
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


class TestSeen:
    @pytest.mark.parametrize(
        "text",
        ["Every\u200b van", "\ufeffEvery van", "Every van\uffff", "Every\U000e0041 van", "\u2060Every van"],
    )
    def test_leaves_what_says_nothing(self, text: str):
        """A space of no width, a mark of the byte order, a lone tag and what is no character go."""
        assert seen(text) == "Every van"

    @pytest.mark.parametrize("text", ["a\u200eb", "\u0645\u06cc\u200c\u062e", "👩‍👩‍👧", FLAG])
    def test_leaves_every_language_alone(self, text: str):
        """Joiners, marks of direction and the tags of a flag say something."""
        assert seen(text) == text

    @given(st.text(st.sampled_from("a\u200b\uffff\U0001f3f4\U000e0001\U000e0041\U000e007f")))
    def test_is_done_at_once(self, text: str):
        """What was taken out needs no second time."""
        assert seen(seen(text)) == seen(text)


class TestIsBlank:
    @pytest.mark.parametrize("text", ["", " \n", "\u200e", "\u200d", "\u00a0\u3164", "\u2800", "\ufe0f"])
    def test_sees_that_there_is_nothing_to_see(self, text: str):
        """Spaces, marks of direction, joiners and fillers alone are no text."""
        assert is_blank(text)

    @pytest.mark.parametrize("text", ["a", " \u200e1", "❤️", FLAG, "שלום", "."])
    def test_sees_what_there_is(self, text: str):
        """One letter, digit or sign is something."""
        assert not is_blank(text)


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
