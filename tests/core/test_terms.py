"""What somebody looks for, as words: how titles answer, and what of them is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milepost.core import terms
from milepost.core.terms import EXCERPT, LONGEST, MOST, Fit

TITLES = st.text(max_size=60)


def fit(typed: str, title: str) -> Fit:
    return terms.fit(terms.terms(typed), title)


def shown(typed: str, text: str) -> str:
    """A text with what is marked in brackets."""
    pieces = terms.marked(terms.terms(typed), text)
    return "".join(f"[{piece}]" if is_marked else piece for piece, is_marked in pieces)


class TestTerms:
    def test_are_words_without_case_and_accents(self):
        """Signs say nothing; the accents of Latin letters fall, other letters keep theirs."""
        assert terms.terms("  Crème-brûlée, 30 % ").words == ("creme", "brulee", "30")
        assert terms.terms("Ёлка й").words == ("ёлка", "й")
        assert terms.terms("_a_b").words == ("a", "b")

    def test_of_nothing_are_nothing(self):
        """Signs alone are no words."""
        assert not terms.terms(" %_*'\" \x00")

    def test_have_an_end(self):
        """A page of text is looked for by its first words, a long word by its first letters."""
        assert len(terms.terms("a b " * 100).words) == MOST
        assert terms.terms("x" * 5_000).words == ("x" * LONGEST,)

    @given(TITLES)
    def test_hold_letters_and_digits_alone(self, typed):
        """No word carries what a database could read as an operator."""
        assert all(word and word.replace("\u0301", "").isalnum() for word in terms.terms(typed).spelled)

    @given(TITLES)
    def test_fold_once(self, text):
        """Folding what is folded changes nothing."""
        once = terms.folded(text)

        assert terms.folded(once) == once


class TestFit:
    def test_tells_how_well_a_title_answers(self):
        """The whole title, its beginning, its words, their beginnings; else only a text below it can."""
        assert fit("bread", "Bread") is Fit.EXACT
        assert fit("fresh br", "Fresh bread daily") is Fit.BEGINS
        assert fit("daily bread", "Fresh bread daily") is Fit.WORDS
        assert fit("dai fre", "Fresh bread daily") is Fit.PREFIXES
        assert fit("butter", "Fresh bread daily") is Fit.TEXT

    def test_never_looks_inside_a_word(self):
        """A word is found by its beginning."""
        assert fit("read", "Fresh bread") is Fit.TEXT

    @given(TITLES)
    def test_every_title_answers_to_itself(self, title):
        """What is typed as it stands there is found as it stands there."""
        wanted = terms.terms(title)

        if wanted and len(terms.folded(title)) == len(wanted.phrase):
            assert terms.fit(wanted, title) is Fit.EXACT


class TestMarked:
    def test_marks_the_beginnings_of_words(self):
        """What was typed is marked where words begin with it, with accents or without."""
        assert shown("bre caf", "Bread in every café, breads") == "[Bre]ad in every [caf]é, [bre]ads"
        assert shown("cafe", "Café") == "[Café]"
        assert shown("re", "Bread") == "Bread"

    def test_marks_letters_written_in_two_signs_as_a_whole(self):
        """An accent that is a sign of its own stays with its letter."""
        assert shown("caf", "cafe\u0301s") == "[cafe\u0301s]"

    @given(st.text("abAB1_ -", max_size=8), st.text("abAB1_ -", max_size=30))
    def test_marks_alike_with_accents_and_without(self, typed, text):
        """A text without accents is looked through quickly; the same is marked as in one that has some."""
        assert shown(typed, text) + " é" == shown(typed, text + " é")

    @given(st.text("abAB1é_ -", max_size=8), st.text("abAB1é\u0301_ -", max_size=30))
    def test_is_enclosed_as_it_is_marked(self, typed, text):
        """Written in one go, the same stands between the signs as in pieces."""
        assert terms.enclosed(terms.terms(typed), text, "[", "]") == shown(typed, text)

    @given(TITLES, TITLES)
    def test_loses_nothing(self, typed, text):
        """The pieces are the text."""
        assert "".join(piece for piece, _ in terms.marked(terms.terms(typed), text)) == text


class TestExcerpt:
    def test_shows_the_words_and_what_stands_around_them(self):
        """A long text is cut between words, around the first that was looked for."""
        text = "Once upon a time. " * 20 + "Here is the bread. " + "And so on. " * 20

        cut = terms.excerpt(terms.terms("bread"), text)

        assert "the bread" in cut and cut.startswith("… ") and cut.endswith(" …")
        assert len(cut) <= EXCERPT + 4

    def test_shows_a_short_text_whole(self):
        """On one line."""
        assert terms.excerpt(terms.terms("x"), "one\n\ntwo") == "one two"

    @given(TITLES, st.text(max_size=400))
    def test_is_never_long(self, typed, text):
        """However a text is made, an excerpt fits a line or two."""
        assert len(terms.excerpt(terms.terms(typed), text)) <= EXCERPT + 4
