"""Many titles in their alphabetical order."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core import terms
from milepost.ledger.columns import Texts

TITLES = st.lists(st.text("aAbBéß 1-", max_size=6) | st.text(max_size=6), max_size=12)


class TestTitles:
    @given(TITLES, st.text("abé1 ", max_size=3))
    def test_beginning_alike_stand_together(self, titles, typed):
        """What begins with a phrase is one stretch of the order, and what is the phrase is its beginning."""
        phrase, column = terms.terms(typed).phrase, Texts.of([titles]).titles

        begin, exact, end = column.beginning(phrase)

        folded = [terms.folded(title) for title in titles]
        standing = column.standing.tolist()
        assert [begin <= at < end for at in standing] == [one.startswith(phrase) for one in folded]
        assert [begin <= at < exact for at in standing] == [one == phrase for one in folded]

    @given(TITLES)
    def test_stand_by_what_they_say(self, titles):
        """The order is that of the folded titles, and equal ones stand alike."""
        standing = Texts.of([titles]).titles.standing.tolist()

        folded = [terms.folded(title) for title in titles]
        assert [sorted(folded).index(one) for one in folded] == standing

    def test_know_their_words(self):
        """Every word stands once, without case and accents."""
        assert Texts.of([["Crème brûlée", "Creme, twice"]]).titles.words == ["brulee", "creme", "twice"]

    @given(TITLES, st.text("abé1 ", min_size=1, max_size=3))
    def test_are_found_by_words_and_their_beginnings(self, titles, typed):
        """A title has what each word typed begins, or is, and no other title has it."""
        wanted, column = terms.terms(typed).words, Texts.of([titles]).titles
        assume(wanted)

        begun, whole = column.having(wanted), column.having(wanted, whole=True)

        split = [terms.folded(title).split() for title in titles]
        assert begun.tolist() == [
            all(any(word.startswith(one) for word in words) for one in wanted) for words in split
        ]
        assert whole.tolist() == [set(wanted) <= set(words) for words in split]
