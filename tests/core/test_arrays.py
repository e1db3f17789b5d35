"""What arrays say of a whole tree, single numbers say of one node: check-in and image agree."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction as F

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from milepost.core import rollup
from milepost.core.cadence import Window, days_overdue, elapsed
from milepost.core.pace import pace
from milepost.core.rollup import Curve, Family

MONDAY, DAY = date(2026, 10, 5), timedelta(days=1)
NUMBERS = st.one_of(st.integers(-20, 20).map(float), st.floats(-1e6, 1e6, allow_subnormal=False))
MAYBE = st.one_of(st.just(math.nan), NUMBERS)


@st.composite
def measures(draw) -> tuple[float, ...]:
    """A measure as the image holds it; only what may be missing is."""
    family = draw(st.sampled_from(list(Family)))
    target = draw(NUMBERS)
    start = draw((MAYBE if family in (Family.ABOVE, Family.BELOW) else NUMBERS).filter(lambda s: s != target))
    return family, draw(MAYBE), start, target, *(draw(NUMBERS) for _ in range(3)), draw(MAYBE)


MEASURES = st.lists(measures(), min_size=1, max_size=20)
NODES = st.lists(
    st.tuples(
        st.one_of(st.just(math.nan), st.floats(-2, 2)), st.floats(0, 1), st.floats(0, 1), st.booleans()
    ),
    min_size=1,
    max_size=20,
)
POOL = st.lists(
    st.tuples(st.one_of(st.just(math.nan), st.floats(-2, 2)), st.floats(0, 100)), min_size=1, max_size=12
)


def columns(rows: list[tuple]) -> list[np.ndarray]:
    return [np.array(column) for column in zip(*rows, strict=True)]


class TestProgressOf:
    @given(MEASURES)
    def test_says_what_the_arrays_say(self, rows):
        """Each key result by itself has the progress it has among all."""
        expected = rollup.progress(*columns(rows))

        found = [rollup.progress_of(*row) for row in rows]

        np.testing.assert_array_equal(found, expected)


class TestStatusOf:
    @given(NODES)
    def test_says_what_the_arrays_say(self, rows):
        """Each node by itself has the status it has among all."""
        expected = rollup.status(*columns(rows))

        found = [rollup.status_of(*row) for row in rows]

        assert found == expected.tolist()

    @given(
        raw=st.none() | st.fractions(-1, 2, max_denominator=40),
        needed=st.fractions(0, 1, max_denominator=40),
        elapsed=st.fractions(0, 1, max_denominator=40),
        has_entries=st.booleans(),
    )
    @example(raw=None, needed=F(0), elapsed=F(15, 100), has_entries=False)
    @example(raw=F(9, 20), needed=F(1, 2), elapsed=F(1, 2), has_entries=True)
    @example(raw=F(3, 10), needed=F(1, 2), elapsed=F(1, 2), has_entries=True)
    @example(raw=F(0), needed=F(1, 20), elapsed=F(1, 2), has_entries=True)
    def test_judges_as_exact_arithmetic_does(self, raw, needed, elapsed, has_entries):
        """Where figures lie on a border, arrays and fractions fall on the same side of it."""
        found = rollup.status_of(
            math.nan if raw is None else float(raw), float(needed), float(elapsed), has_entries
        )

        assert found.word == pace(raw, needed, elapsed=elapsed, checkins=int(has_entries)).status.value


class TestPoolOf:
    @given(POOL)
    def test_says_what_the_arrays_say(self, pool):
        """One pool by itself has the mean it has in the tree."""
        size = len(pool)
        tree = rollup.tree(
            size + 1,
            np.arange(size),
            np.full(size, size),
            np.array([weight for _, weight in pool]),
        )
        expected = rollup.roll_up(tree, np.array([value for value, _ in pool] + [math.nan]))[size]

        found = rollup.pool_of(pool)

        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@st.composite
def plans(draw) -> tuple:
    """A tree of some leaves and two floors above them, each node with a window, a curve and a grade."""
    leaves, middle = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    size = leaves + middle + 1
    parent = [leaves + draw(st.integers(0, middle - 1)) for _ in range(leaves)] + [size - 1] * middle
    weight = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=size - 1, max_size=size - 1))
    tree = rollup.tree(size, np.arange(size - 1), np.array(parent), np.array(weight))
    begins = [MONDAY.toordinal() + draw(st.sampled_from([0, 7])) for _ in range(size)]
    ends = [draw(st.sampled_from([math.nan, begin + 13, begin + 90])) for begin in begins]
    curve = np.array([draw(st.sampled_from(list(Curve))) for _ in range(size)], dtype=np.int8)
    points = {node: [(0.5, draw(st.floats(0, 1)))] for node in np.flatnonzero(curve == Curve.POINTS).tolist()}
    grades = np.array([draw(st.sampled_from([0.7, 1.0])) for _ in range(size)])
    return tree, np.array(begins, dtype=float), np.array(ends), curve, points, grades


class TestPlan:
    @given(plans(), st.lists(st.integers(-3, 120), min_size=1, max_size=4))
    def test_says_of_each_day_what_one_day_alone_says(self, made: tuple, days: list[int]):
        """What is added up once for many days comes to what each day comes to by itself."""
        tree, *rest = made
        plan = rollup.Plan(tree, *rest)

        for day in days:
            found = plan.on(MONDAY.toordinal() + day)

            np.testing.assert_allclose(
                found, rollup.planned(tree, MONDAY.toordinal() + day, *rest), rtol=1e-12, atol=1e-12
            )

    def test_of_a_pool_without_weight_is_nothing(self):
        """Where nothing counts nothing is needed, on the first day asked for and on any other."""
        tree = rollup.tree(3, np.array([0, 1]), np.array([2, 2]), np.zeros(2))
        begins, ends = (np.full(3, float(MONDAY.toordinal() + days)) for days in (0, 9))
        rest = (begins, ends, np.zeros(3, dtype=np.int8), {}, np.ones(3))
        plan = rollup.Plan(tree, *rest)

        told = [plan.on(MONDAY.toordinal() + 4) for _ in range(2)]
        told.append(rollup.planned(tree, MONDAY.toordinal() + 4, *rest))

        assert [[each[2] for each in found[1:]] for found in told] == [[0, 0]] * 3
        assert [found[1][0] for found in told] == [0.5] * 3

    def test_of_nothing_is_nothing(self):
        """Before there was anything, no day expects anything."""
        none = np.zeros(0)
        plan = rollup.Plan(rollup.tree(0, *[none.astype(int)] * 2, none), none, none, none, {}, none)

        assert [[len(each) for each in plan.on(day)] for day in (1, 2)] == [[0, 0, 0]] * 2

    @given(plans(), st.integers(0, 12))
    def test_says_of_the_first_nodes_what_it_says_of_all(self, made: tuple, most: int):
        """Whoever asks for some nodes alone is told the same of them, on the first day and on any other."""
        tree, *rest = made
        whole, part = (rollup.Plan(tree, *rest) for _ in range(2))

        for day in (3, 10):
            found = part.on(MONDAY.toordinal() + day, most)

            expected = [each[:most] for each in whole.on(MONDAY.toordinal() + day)]
            np.testing.assert_array_equal(found, expected)

    def test_tells_pools_apart_that_are_made_of_the_same_kinds(self):
        """Two pools of the same two kinds, in other parts, expect something else."""
        tree = rollup.tree(4, np.array([0, 1, 0, 1]), np.array([2, 2, 3, 3]), np.array([1.0, 1, 3, 1]))
        begins, ends = np.full(4, float(MONDAY.toordinal())), MONDAY.toordinal() + np.array([9.0, 19, 9, 9])
        plan = rollup.Plan(tree, begins, ends, np.zeros(4, dtype=np.int8), {}, np.ones(4))

        _, expected, _ = [plan.on(MONDAY.toordinal() + 4) for _ in range(2)][1]

        np.testing.assert_allclose(expected, [0.5, 0.25, 0.375, 0.4375])


class TestElapsedOf:
    @given(st.integers(-20, 120), st.none() | st.integers(-30, 100))
    def test_says_what_the_arrays_say(self, today: int, ends: int | None):
        """One window by itself has gone by as far as among all."""
        window = MONDAY.toordinal(), math.nan if ends is None else MONDAY.toordinal() + ends

        found = rollup.elapsed_of(MONDAY.toordinal() + today, *window)

        assert found == rollup.elapsed_share(MONDAY.toordinal() + today, *map(np.atleast_1d, window))


class TestExpectedOf:
    @given(st.sampled_from(list(Curve)), st.floats(0, 1), st.none() | st.floats(0, 1))
    def test_says_what_the_arrays_say(self, curve: Curve, t: float, half: float | None):
        """One plan by itself expects what it expects among all."""
        points = {} if half is None else {0: [(0.5, half)]}

        found = rollup.expected_of(curve, t, points.get(0, ()))

        expected = rollup.expected(np.array([curve], dtype=np.int8), np.array([t]), points)
        np.testing.assert_allclose(found, expected, rtol=1e-15)


class TestElapsedShare:
    @given(st.integers(-20, 120), st.none() | st.integers(-30, 100))
    def test_is_what_the_calendar_says(self, today: int, ends: int | None):
        """Of any window on any day, also of one that ends before it begins."""
        window = Window(MONDAY, None if ends is None else MONDAY + ends * DAY)

        found = rollup.elapsed_share(
            (MONDAY + today * DAY).toordinal(), *map(_ordinal, (window.begins_on, window.ends_on))
        )

        np.testing.assert_allclose(found, [float(elapsed(window, MONDAY + today * DAY))], atol=1e-12)


class TestOverdue:
    @given(
        last=st.none() | st.integers(-30, 120),
        ends=st.none() | st.integers(1, 100),
        today=st.integers(-10, 130),
        every=st.sampled_from((1, 7, 14, 30)),
    )
    def test_is_what_the_calendar_says(self, last: int | None, ends: int | None, today: int, every: int):
        """For all at once or for one: the same are late."""
        window = Window(MONDAY, None if ends is None else MONDAY + ends * DAY)
        checked = None if last is None else MONDAY + last * DAY
        is_late = days_overdue(window, checked, MONDAY + today * DAY, every) > 0

        at_once = rollup.overdue(
            (MONDAY + today * DAY).toordinal(),
            *map(_ordinal, (checked, window.begins_on, window.ends_on)),
            every,
        )

        assert at_once.tolist() == [is_late]


def _ordinal(day: date | None) -> np.ndarray:
    return np.array([np.nan if day is None else day.toordinal()])
