"""How a tree is listed: what an address says of it, read and written."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.listings import COLUMNS, GROUPS, SORTS, USUAL, Listing, read, settings

listings = st.builds(
    Listing,
    columns=st.lists(st.sampled_from(list(COLUMNS)), unique=True).map(tuple),
    group=st.none() | st.sampled_from(list(GROUPS)),
    sort=st.sampled_from(list(SORTS)),
    is_down=st.booleans(),
)


class TestListing:
    @given(listings)
    def test_is_read_as_it_is_written(self, listing):
        """An address holds the whole of it."""
        assert read(dict(listing.pairs())) == listing

    @given(st.dictionaries(st.sampled_from(["columns", "group", "sort"]), st.text()))
    def test_leaves_out_what_it_does_not_know(self, said):
        """Whatever an address says, there is a listing, of known columns, each once."""
        listing = read(said)

        assert set(listing.columns) <= set(COLUMNS)
        assert len(set(listing.columns)) == len(listing.columns)
        assert read(dict(listing.pairs())) == listing

    def test_says_nothing_of_what_is_usual(self):
        """The usual tree has the plain address."""
        assert Listing().pairs() == []
        assert read({}) == Listing(USUAL)

    @given(listings, st.sampled_from(list(COLUMNS)), st.booleans())
    def test_moves_a_column_by_one_place(self, listing, column, later):
        """Moving changes the order alone, and moving back undoes it, except at the ends."""
        moved = listing.moved(column, later=later)

        assert sorted(moved.columns) == sorted(listing.columns)
        if moved != listing:
            assert moved.moved(column, later=not later) == listing


class TestSettings:
    @given(listings, st.text(max_size=80))
    def test_are_the_same_when_settled_again(self, listing, owner):
        """What a view keeps is in one form."""
        kept = settings(urlencode([*listing.pairs(), ("owner", owner), ("open", "x"), ("on", "2026-10-05")]))

        assert settings(kept) == kept
        assert {name for name, _ in parse_qsl(kept)} <= {"owner", "columns", "group", "sort"}

    @given(st.text(max_size=2_000))
    def test_stay_short(self, query):
        """However long an address is, what is kept of it has an end."""
        assert len(settings(query)) <= 2_000
