"""Charts are well-formed, accessible, honest about gaps, and survive every shape of data."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import inf, nan
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.portal.chart_scales import ValueScale, number_text, time_ticks
from exchange.portal.charts import HEIGHT, LEFT, RIGHT, TOP, WIDTH, bar_chart, line_chart, quota_gauge

SVG = "{http://www.w3.org/2000/svg}"
MONDAY = date(2026, 11, 2)
MIDNIGHT = datetime(2026, 11, 2, tzinfo=UTC)

moments = st.integers(-(10**8), 10**8).map(lambda minutes: MIDNIGHT + timedelta(minutes=minutes))

series = st.lists(
    st.tuples(
        moments,
        st.none()
        | st.integers(-(2**70), 2**70)
        | st.floats()
        | st.decimals(allow_nan=False, allow_infinity=False),
    ),
    max_size=12,
).map(lambda points: sorted(points, key=lambda point: point[0]))


def daily(*values):
    return [(MONDAY + timedelta(days=i), value) for i, value in enumerate(values)]


def draw(points, chart=line_chart, **texts):
    return ET.fromstring(chart(points, **{"title": "Load", "unit": "MW"} | texts))


def texts(svg):
    return [element.text for element in svg.iter(f"{SVG}text")]


def classed(svg, name):
    return [element for element in svg.iter() if name in element.get("class", "").split()]


@pytest.mark.parametrize("chart", [line_chart, bar_chart])
class TestEveryChart:
    @settings(deadline=None)
    @given(points=series)
    def test_is_a_picture_with_a_name_and_a_description(self, chart, points):
        svg = draw(points, chart)

        assert (svg.get("role"), svg[0].tag, svg[1].tag) == ("img", f"{SVG}title", f"{SVG}desc")
        assert svg[0].text == "Load"
        assert svg[1].text

    @settings(deadline=None)
    @given(points=series)
    def test_has_no_inline_style_script_or_broken_number(self, chart, points):
        markup = str(chart(points, title="Load", unit="MW"))

        assert not any(word in markup for word in ("style=", "<script", "nan", "inf"))

    @settings(deadline=None)
    @given(points=series)
    def test_draws_its_data_inside_the_plot(self, chart, points):
        svg = draw(points, chart)

        ys = [
            float(element.get("cy") or element.get("y"))
            for element in classed(svg, "chart-dot") + classed(svg, "chart-bar")
        ]
        assert all(TOP - 0.1 <= y <= HEIGHT for y in ys)

    @pytest.mark.parametrize("points", [[], daily(None), daily(nan, inf, None)])
    def test_says_when_there_is_nothing_to_draw(self, chart, points):
        assert texts(draw(points, chart, empty="暂无数据")) == ["暂无数据"]

    def test_escapes_the_texts_it_is_given(self, chart):
        svg = draw(daily(1), chart, title='<b>"&', unit="<i>")

        assert svg[0].text == '<b>"&'

    def test_takes_the_description_of_its_caller(self, chart):
        assert draw(daily(1, 2), chart, description="Rises.")[1].text == "Rises."

    @pytest.mark.parametrize("values", [(5e-324, 0), (1, 1 + 2e-16), (1e15, 1e15 - 1), (-7, -7)])
    def test_draws_values_that_hardly_differ_as_level(self, chart, values):
        labels = texts(draw(daily(*values), chart))

        assert len(labels) == len(set(labels))

    def test_describes_itself_in_signs_that_need_no_translation(self, chart):
        svg = draw(daily(1200, Decimal("-3.5"), 7), chart)

        assert svg[1].text == "2026-11-02 – 2026-11-04; −3.5 – 1,200 MW"


class TestLineChart:
    def test_a_missing_value_breaks_the_line_and_shades_the_gap(self):
        svg = draw(daily(1, 2, None, 4, 5))

        assert len(classed(svg, "chart-curve")) == 2
        assert len(classed(svg, "chart-gap")) == 1

    def test_missing_values_at_the_ends_are_gaps_too(self):
        assert len(classed(draw(daily(None, 1, 2, None)), "chart-gap")) == 2

    def test_one_value_is_a_dot_in_the_middle(self):
        (dot,) = classed(draw(daily(5)), "chart-dot")

        assert float(dot.get("cx")) == LEFT + (WIDTH - LEFT - RIGHT) / 2

    def test_a_value_alone_between_gaps_stays_visible_in_a_long_series(self):
        svg = draw(daily(*range(100), None, 7, None, *range(100)))

        assert len(classed(svg, "chart-dot")) == 1

    def test_thinning_keeps_the_peak(self):
        values = [100] * 35_040
        values[20_000] = 500
        svg = draw([(MIDNIGHT + timedelta(minutes=15 * i), value) for i, value in enumerate(values)])

        places = classed(svg, "chart-curve")[0].get("points").split()
        assert len(places) < 2_500
        assert min(float(place.split(",")[1]) for place in places) == TOP

    def test_values_below_zero_show_the_zero_line(self):
        assert len(classed(draw(daily(-5, 10)), "chart-zero")) == 1


class TestBarChart:
    def test_a_day_without_a_value_stays_blank(self):
        assert len(classed(draw(daily(1, None, 3), bar_chart), "chart-bar")) == 2

    def test_bars_start_at_zero_even_when_all_are_large(self):
        assert "0" in texts(draw(daily(1000, 1001), bar_chart))

    def test_each_bar_tells_its_day_and_value(self):
        (bar,) = classed(draw(daily(1_234_567), bar_chart, unit="rows"), "chart-bar")

        assert bar[0].text == "2026-11-02: 1,234,567 rows"


class TestQuotaGauge:
    @pytest.mark.parametrize(
        ("used", "total", "tone", "percent"),
        [
            (0, 10, "chart-ok", "0 %"),
            (79_999, 100_000, "chart-ok", "79 %"),
            (8, 10, "chart-near", "80 %"),
            (99_999, 100_000, "chart-near", "99 %"),
            (10, 10, "chart-full", "100 %"),
            (13, 10, "chart-full", "130 %"),
            (1, 0, "chart-full", "100 %"),
        ],
    )
    def test_the_tone_follows_the_rules_and_is_also_written(self, used, total, tone, percent):
        svg = ET.fromstring(quota_gauge(used, total, title="Quota", unit="rows"))

        assert tone in svg.get("class").split()
        assert percent in texts(svg)

    def test_use_beyond_the_quota_moves_the_rule_not_the_picture(self):
        svg = ET.fromstring(quota_gauge(20, 10, title="Quota", unit="rows"))

        assert float(classed(svg, "chart-fill")[0].get("width")) == WIDTH
        assert float(classed(svg, "chart-rule")[-1].get("x1")) == WIDTH / 2

    def test_no_limit_has_no_percentage(self):
        svg = ET.fromstring(quota_gauge(55, None, title="Quota", unit="rows"))

        assert texts(svg) == ["55 / ∞ rows"]


class TestScales:
    @pytest.mark.parametrize(
        ("low", "high", "ticks"),
        [
            (0, 0, (0, 0.2, 0.4, 0.6, 0.8, 1)),
            (3, 98, (0, 20, 40, 60, 80, 100)),
            (-80, 410, (-100, 0, 100, 200, 300, 400, 500)),
            (960, 1000, (960, 970, 980, 990, 1000)),
            (-9, -9, (-10, -8, -6, -4, -2, 0)),
        ],
    )
    def test_ticks_are_round_and_show_zero_unless_values_lie_far_from_it(self, low, high, ticks):
        assert ValueScale.over(low, high).ticks == pytest.approx(ticks)

    def test_large_numbers_are_written_in_powers_of_a_thousand(self):
        scale = ValueScale.over(0, 2_400_000)

        assert (scale.label(2_000_000), scale.unit_label("rows")) == ("2", "10⁶ rows")

    @pytest.mark.parametrize(
        ("number", "text"),
        [(1234567, "1,234,567"), (-0.5, "−0.5"), (2.0, "2"), (Decimal("310.50"), "310.50")],
    )
    def test_numbers_carry_only_the_decimals_they_need(self, number, text):
        assert number_text(number) == text

    @pytest.mark.parametrize(
        ("days", "labels"),
        [
            (1, ["11-02", "06:00", "12:00", "18:00", "11-03"]),
            (27, ["11-02", "11-09", "11-16", "11-23"]),
            (120, ["2026-12", "2027-01", "2027-02", "2027-03"]),
            (1700, ["2027", "2028", "2029", "2030", "2031"]),
        ],
    )
    def test_time_ticks_fall_on_hours_mondays_months_and_years(self, days, labels):
        ticks = time_ticks(MIDNIGHT, MIDNIGHT + timedelta(days=days))

        assert [label for _, label in ticks] == labels

    @settings(deadline=None)
    @given(st.lists(moments, min_size=2, max_size=2))
    def test_there_are_a_few_ticks_inside_any_range(self, ends):
        first, last = sorted(ends)
        ticks = time_ticks(first, last)

        assert len(ticks) <= 6
        assert all(first <= tick <= last for tick, _ in ticks)
