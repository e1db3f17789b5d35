"""Charts survive every number, say what they show, and carry nothing that the security policy forbids."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.trends import Course, Point
from milepost.web.charts import Trend, bar, line, spark, strip
from milepost.web.scales import Days, Values, month_labels

STARTS, ENDS, TODAY = date(2026, 10, 1), date(2026, 12, 31), date(2026, 11, 24)


def course(values=(), **more) -> Course:
    points = [Point(STARTS + timedelta(weeks=week), value) for week, value in enumerate(values)]
    return Course(**{"points": points, "starts_on": STARTS, "ends_on": ENDS, "today": TODAY, **more})


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<figure>{markup}</figure>")


def numbers_in(markup: str) -> list[float]:
    attributes = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height|d)="([^"%]*)"', markup)
    return [float(text) for value in attributes for text in re.findall(r"-?\d+(?:\.\d+)?", value)]


numbers = st.one_of(
    st.integers(-(10**400), 10**400),
    st.fractions(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.floats(allow_nan=False, allow_infinity=False),
)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
points = st.lists(st.builds(Point, days, numbers, st.booleans()), max_size=12)


class TestLine:
    @given(points, points, days, st.none() | days, days, st.none() | numbers, st.none() | numbers)
    def test_draws_any_course_inside_its_frame(self, values, plan, starts, ends, today, low, high):
        """Whatever the numbers and days, the drawing is well-formed and nothing lies far outside it."""
        drawn = line(
            Course(values, starts, ends, today, plan=plan, low=low, high=high, unit="days"), "A title"
        )

        parsed(drawn)
        assert all(-20 <= number <= 660 for number in numbers_in(drawn))

    @pytest.mark.parametrize(
        "values",
        [
            [],
            [7],
            [5, 5, 5],
            [-3, -1, -8],
            [10**12, 3 * 10**12],
            [Decimal("1e-12"), Decimal("2e-12")],
            [9, 6, 4],
        ],
        ids=["none", "one", "equal", "negative", "huge", "tiny", "falling"],
    )
    def test_has_three_to_six_gridlines(self, values):
        """A chart has a readable number of gridlines, each with a label of its own."""
        drawn = parsed(line(course(values, target=values[-1] if values else 1), "A title"))

        wide = drawn[0]
        labels = [text.text for text in wide.iter("text") if text.get("text-anchor") == "end"]
        lines = [each for each in wide.iter("line") if each.get("class") == "gr"]
        assert 3 <= len(lines) <= 6
        assert len(set(labels[: len(lines)])) == len(lines)

    def test_breaks_where_a_week_is_missing(self):
        """A missing week breaks the line; it is neither drawn through nor nought."""
        whole, broken = course([1, 2, 3, 4]), course([1, 2, 3, 4])
        broken = Course([broken.points[0], broken.points[1], broken.points[3]], STARTS, ENDS, TODAY)

        assert line(whole, "T").count('class="act"') == 2  # wide and narrow
        assert [len(run) for run in Trend(broken).runs()] == [2, 1]
        assert line(broken, "T").count('class="act"') == 2

    def test_leaves_out_what_lies_years_before(self):
        """It would squash the window: it is counted in words instead; what is near is drawn."""
        near, far = Point(STARTS - timedelta(days=20), 3), Point(date(2019, 1, 1), 900)
        whole = course([5, 6])

        drawn, without = (
            str(line(course(points=[*listed, near, *whole.points]), "T")) for listed in ([far], [])
        )

        assert drawn == without.replace("</desc>", "; 1 earlier check-in not drawn</desc>")

    def test_says_the_year_where_it_is_another(self):
        """A window that reaches into the next year says which one at its end."""
        drawn = line(course([5, 6], ends_on=date(2027, 3, 31)), "T")

        assert ">31\u00a0Mar\u00a02027<" in drawn and ">2027<" in drawn
        assert ">1\u00a0Oct<" in drawn

    def test_keeps_corrected_entries_off_the_line(self):
        """An entry that a later one replaced is a ring beside the line, and no row of the table."""
        corrected = course([1, 2, 3], today=TODAY)
        corrected = Course(
            [*corrected.points, Point(TODAY, 99, corrected=True)], STARTS, ENDS, TODAY, unit="days"
        )

        trend = Trend(corrected)

        assert [point.value for point in trend.points] == [1, 2, 3]
        assert line(corrected, "T").count("pt fixed") == 2
        assert len(trend.rows()) == 3

    def test_escapes_what_people_wrote(self):
        """A title or unit with markup in it stays text."""
        tag = '<img src=x onerror="1">'

        drawn = line(course([1, 2], unit=tag, target=3), "<script>alert(1)</script>", 'a"b')

        assert "<script" not in drawn
        assert "<img" not in drawn
        parsed(drawn)

    def test_names_both_drawings(self):
        """The narrow drawing has the same title and description as the wide one."""
        drawn = parsed(line(course([9, 6.2], start=9, target=4, unit="days"), "Repair turnaround", "c1"))

        assert {svg.get("aria-labelledby") for svg in drawn} == {"c1-t c1-d"}
        assert drawn.find(".//desc").text == "From 9 to 6.2\u00a0days on 8\u00a0Oct; target 4\u00a0days"

    def test_keeps_the_labels_of_a_narrow_band_apart(self):
        """Two aims that lie close are written one under the other."""
        drawn = parsed(line(course([50, 10, 90], low=50, high=51), "T"))

        heights = sorted(float(text.get("y")) for text in drawn[0].iter("text") if text.get("class") == "ttx")
        assert heights[1] - heights[0] >= 14


class TestSpark:
    def test_draws_plan_and_last_point(self):
        """A sparkline has the plan dotted to the end and its last point in the colour of the status."""
        plan = [Point(STARTS, 9), Point(ENDS, 4)]

        drawn = spark(course([9, 8, 7], plan=plan, start=9, target=4, status="at_risk"))

        assert 'class="pl" d="M3 4L93 24"' in drawn
        assert 'class="dot risk"' in drawn

    def test_leaves_room_when_there_is_nothing(self):
        """Without a course the place stays, empty and silent."""
        assert 'aria-hidden="true"' in spark(None)

    @given(points)
    def test_survives_any_points(self, values):
        """Whatever the values, the sparkline is well-formed."""
        parsed(spark(Course(values, STARTS, None, TODAY)))


class TestBar:
    @pytest.mark.parametrize(
        ("progress", "width"),
        [(Fraction(637, 1000), "63.7%"), (Decimal("1.25"), "100%"), (0.5, "50.0%"), (1, "100%")],
    )
    def test_fills_as_far_as_the_progress(self, progress, width):
        """The fill is the progress, full at most."""
        assert f'class="f" y="3" width="{width.replace("100%", "100.0%")}"' in bar(progress)

    def test_says_the_true_number(self):
        """Overshoot and regress are said in words, though the bar stays within its ends."""
        over = bar(Decimal("1.25"), Decimal("0.59"))

        assert 'aria-label="125\u00a0% done, 59\u00a0% expected by today"' in over
        assert 'class="f"' not in bar(Decimal("-0.2"))
        assert "\u221220\u00a0% done" in bar(Decimal("-0.2"))

    def test_is_dashed_without_data(self):
        """No data is a dashed line, never nought."""
        assert 'class="d"' in bar(None)
        assert 'class="f"' not in bar(None)


class TestStrip:
    def test_shares_the_line(self):
        """The pieces stand in order and end at the right edge."""
        drawn = parsed(strip({"on_track": 3, "achieved": 1}, "4 key results"))

        pieces = list(drawn.iter("rect"))
        assert [piece.get("class") for piece in pieces] == ["done", "on"]
        assert [piece.get("x") for piece in pieces] == ["0.00%", "25.00%"]
        assert drawn[0].get("aria-label") == "4 key results: 1 done, 3 on track"

    def test_is_a_track_when_there_is_nothing(self):
        """Nothing to count is an empty track that says so."""
        assert 'class="t"' in strip({}, "0 key results")
        assert "none yet" in strip({}, "0 key results")


class TestDrawings:
    def test_carry_nothing_the_policy_forbids(self):
        """No style, script or event attribute: the page's policy would drop them."""
        drawings = [
            line(course([1, 2], target=3), "T"),
            spark(course([1])),
            bar(0.5, 0.6),
            strip({"at_risk": 1}, "1"),
        ]
        drawn = "".join(drawings)

        assert not re.search(r"\sstyle=|<script|\son\w+=|javascript:", drawn)


class TestValues:
    @given(st.lists(numbers, min_size=1, max_size=8))
    def test_hold_every_value(self, values):
        """Every value lies between the ends, and the ticks rise."""
        scale = Values.around(values)

        assert scale.low < scale.high
        assert all(0 <= scale.share(value) <= 1 for value in values)
        assert scale.ticks() == sorted(scale.ticks())

    @pytest.mark.parametrize(
        ("values", "labels"),
        [
            ([4, 9], ["4", "6", "8", "10"]),
            ([0, 1], ["0", "0.25", "0.5", "0.75", "1"]),
            ([120_000, 300_000], ["100 k", "150 k", "200 k", "250 k", "300 k"]),
            ([0, 3 * 10**12], ["0", "1 tn", "2 tn", "3 tn"]),
            ([-8, -1], ["\u22128", "\u22126", "\u22124", "\u22122", "0"]),
        ],
    )
    def test_step_roundly(self, values, labels):
        """Steps are 1, 2, 2.5 or 5 times a power of ten, written shortly."""
        scale = Values.around(values)

        assert [scale.label(tick) for tick in scale.ticks()] == labels


class TestMonthsOfAStrip:
    WEEKS = [date(2026, 9, 28) + timedelta(weeks=number) for number in range(13)]

    @pytest.mark.parametrize(
        ("now", "named"),
        [
            (None, {2: "Oct", 6: "Nov", 11: "Dec"}),
            (9, {2: "Oct", 6: "Nov"}),  # “Week 9” reaches under December
            (12, {2: "Oct", 6: "Nov"}),  # and at the end it stands to the left
            (1, {6: "Nov", 11: "Dec"}),
        ],
    )
    def test_leave_each_other_room(self, now, named):
        """A month of one week gives way to the next, and every month to the running week."""
        labels = month_labels(self.WEEKS, now)

        assert {number: label for number, label in enumerate(labels, 1) if label} == named

    def test_are_few_in_a_year(self):
        """Weeks of a year are narrow: every other month is named."""
        weeks = [date(2025, 12, 29) + timedelta(weeks=number) for number in range(52)]

        named = [label for label in month_labels(weeks, None) if label]

        assert named == ["Feb", "Apr", "Jun", "Aug", "Oct", "Dec"]


class TestDays:
    @given(days, st.none() | days, st.lists(days, max_size=4))
    def test_hold_every_day(self, starts, ends, others):
        """Late facts widen the window; an open one has room to its right."""
        scale = Days.around(starts, ends, others)

        assert all(0 <= scale.share(on) <= 1 for on in (starts, *others))
        assert scale.first < scale.last
        assert len(list(scale.ticks())) <= 6

    def test_write_months_in_a_quarter_and_years_in_a_decade(self):
        """The labels fit the length of the window."""
        quarter = [text for _, text in Days(STARTS, ENDS).ticks()]
        decade = [text for _, text in Days(date(2020, 5, 1), date(2030, 5, 1)).ticks()]

        assert quarter == ["Nov", "Dec"]
        assert decade == ["2022", "2024", "2026", "2028", "2030"]
