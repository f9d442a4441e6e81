"""Charts of quality are well-formed, accessible, and keep what they cannot draw."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.portal.charts import WIDTH
from exchange.portal.quality_charts import bar_list, coverage_strip, histogram

SVG = "{http://www.w3.org/2000/svg}"

labels = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
counts = st.integers(0, 10**12)


def classed(svg, name):
    return [element for element in svg.iter() if name in element.get("class", "").split()]


def texts(svg):
    return [element.text for element in svg.iter(f"{SVG}text")]


def inside(svg):
    return all(
        float(box.get("x")) >= -0.5 and float(box.get("x")) + float(box.get("width")) <= WIDTH + 0.5
        for box in svg.iter(f"{SVG}rect")
    )


class TestBars:
    @given(st.lists(st.tuples(labels, st.none() | st.integers(-5, 120), labels), max_size=8), st.booleans())
    def test_stay_inside_and_have_a_name(self, bars, judged):
        svg = ET.fromstring(bar_list(bars, title="Quality", judged=judged))

        assert (svg.get("role"), svg[0].text) == ("img", "Quality")
        assert inside(svg)

    def test_show_by_their_tone_how_far_from_100_they_are(self):
        svg = ET.fromstring(
            bar_list(
                [("a", 100, "100"), ("b", 60, "60"), ("c", 10, "10"), ("d", None, "–")],
                title="q",
                judged=True,
            )
        )

        drawn = [
            len(classed(svg, tone)) for tone in ("chart-bar", "chart-part", "chart-low", "chart-track")
        ]
        assert drawn == [1, 1, 1, 4]

    def test_write_a_long_label_short_and_keep_it_whole_as_a_tooltip(self):
        svg = ET.fromstring(bar_list([("a port with a very long name", 50, "7")], title="Ports"))

        assert texts(svg)[0] == "a port with a ve…"
        assert svg.find(f".//{SVG}rect/{SVG}title").text == "a port with a very long name: 7"


class TestHistogram:
    @given(st.lists(counts, min_size=1, max_size=20))
    def test_has_a_bar_for_every_bin(self, found):
        edges = [str(number) for number in range(len(found) + 1)]

        svg = ET.fromstring(histogram(edges, found, title="Price", unit="USD/t"))

        assert len(classed(svg, "chart-bar")) == len(found)
        assert inside(svg)

    def test_tells_bin_and_count_as_a_tooltip(self):
        svg = ET.fromstring(histogram(["-10", "0", "10"], [1200, 3], title="Load", unit="kW"))

        assert classed(svg, "chart-bar")[0].find(f"{SVG}title").text == "-10 – 0 kW: 1,200"
        assert "−10" in texts(svg)


class TestStrip:
    @given(st.lists(st.tuples(labels, counts, st.none() | counts), max_size=80))
    def test_has_a_field_for_every_period(self, periods):
        svg = ET.fromstring(coverage_strip(periods, title="Coverage"))

        assert len(list(svg.iter(f"{SVG}rect"))) == len(periods)
        assert inside(svg)

    @pytest.mark.parametrize(
        ("found", "expected", "shape"),
        [
            (24, 24, "chart-bar"),
            (23, 24, "chart-part"),
            (0, 24, "chart-empty-field"),
            (0, 0, "chart-bar"),
            (5, None, "chart-bar"),
            (0, None, "chart-empty-field"),
        ],
    )
    def test_shows_full_part_and_empty_periods_apart(self, found, expected, shape):
        svg = ET.fromstring(coverage_strip([("2026-01", found, expected)], title="Coverage"))

        assert next(svg.iter(f"{SVG}rect")).get("class") == shape
