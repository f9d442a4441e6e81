"""Charts of quality as accessible SVG: bars of scores and counts, histograms, and strips of coverage.

Texts come translated from the caller. A page gives the same numbers as a table (the macro `chart_figure`).
"""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from exchange.portal.chart_scales import ValueScale, number_text
from exchange.portal.svg import WIDTH, line, picture, rect, tag, text

#: A label, the length of its bar out of 100 (None draws no bar) and what is written beside it.
Bar = tuple[str, int | None, str]
#: A label, how many values are there, and how many should be (None where nobody knows).
Period = tuple[str, int, int | None]

_BAR_LEFT: Final = 196
_BAR_RIGHT: Final = 96
_BAR_STEP: Final = 36
_BAR_HEIGHT: Final = 18
_LABEL_SIGNS: Final = 17
_LEFT: Final = 84
_RIGHT: Final = 18
_TOP: Final = 40
_PLOT: Final = 170
_MOST_EDGES: Final = 5
_STRIP_TOP: Final = 4
_STRIP: Final = 40


def bar_list(bars: Sequence[Bar], *, title: str, judged: bool = False) -> Markup:
    """Draw bars one below the other; `judged` ones show by their tone how far from 100 they are."""
    parts = []
    whole = WIDTH - _BAR_LEFT - _BAR_RIGHT
    for number, (label, share, written) in enumerate(bars):
        middle = number * _BAR_STEP + _BAR_STEP / 2
        top = middle - _BAR_HEIGHT / 2
        short = label if len(label) <= _LABEL_SIGNS else f"{label[: _LABEL_SIGNS - 1]}…"
        parts += [
            text(_BAR_LEFT - 12, middle, short, "chart-label chart-end chart-centred"),
            rect(_BAR_LEFT, top, whole, _BAR_HEIGHT, "chart-track", tag("title", f"{label}: {written}")),
        ]
        if share is not None:
            tone = _tone(share) if judged else "chart-bar"
            width = whole * min(max(share, 0), 100) / 100
            parts.append(
                rect(_BAR_LEFT, top, width, _BAR_HEIGHT, tone, tag("title", f"{label}: {written}"))
            )
        parts.append(text(WIDTH - _BAR_RIGHT + 12, middle, written, "chart-label chart-centred"))
    described = "; ".join(f"{label}: {written}" for label, _, written in bars)
    return picture(
        "chart chart-list", title, described or title, parts, height=max(1, len(bars)) * _BAR_STEP
    )


def histogram(edges: Sequence[str], counts: Sequence[int], *, title: str, unit: str) -> Markup:
    """Draw how many values fall between each two edges, the bars side by side without gaps between them."""
    scale = ValueScale.over(0.0, float(max(counts, default=0)))
    width = (WIDTH - _LEFT - _RIGHT) / max(1, len(counts))
    bottom = _TOP + _PLOT
    parts = []
    for tick in scale.ticks:
        y = _TOP + _PLOT * (1 - scale.fraction(tick))
        parts += [
            line(_LEFT, y, WIDTH - _RIGHT, y, "chart-zero" if tick == 0 else "chart-grid"),
            text(_LEFT - 10, y, scale.label(tick), "chart-label chart-end chart-centred"),
        ]
    for number, count in enumerate(counts):
        height = _PLOT * scale.fraction(float(count))
        told = tag("title", f"{edges[number]} – {edges[number + 1]} {unit}: {count:,}")
        parts.append(
            rect(_LEFT + number * width, bottom - height, max(width - 1, 0.5), height, "chart-bar", told)
        )
    every = -(-len(counts) // _MOST_EDGES)
    for number in range(0, len(edges), max(1, every)):
        x = _LEFT + number * width
        parts += [
            line(x, bottom, x, bottom + 6, "chart-tick"),
            text(x, bottom + 28, _sign(edges[number]), "chart-label chart-middle"),
        ]
    parts.append(text(_LEFT, 20, scale.unit_label(""), "chart-unit"))
    described = f"{edges[0]} – {edges[-1]} {unit}" if edges else title
    return picture("chart chart-histogram", title, described, parts, height=bottom + 48)


def coverage_strip(periods: Sequence[Period], *, title: str) -> Markup:
    """Draw one field for each period: filled as it should be, in part, or empty."""
    width = WIDTH / max(1, len(periods))
    fields = []
    for number, (label, found, expected) in enumerate(periods):
        told = f"{label}: {number_text(found)}" + (
            "" if expected is None else f" / {number_text(expected)}"
        )
        fields.append(
            rect(
                number * width + 0.5,
                _STRIP_TOP,
                max(width - 1, 0.5),
                _STRIP,
                _fullness(found, expected),
                tag("title", told),
            )
        )
    ends = []
    if periods:
        y = _STRIP_TOP + _STRIP + 26
        ends = [
            text(0, y, periods[0][0], "chart-label"),
            text(WIDTH, y, periods[-1][0], "chart-label chart-end"),
        ]
    found = sum(1 for period in periods if _fullness(*period[1:]) == "chart-bar")
    return picture(
        "chart chart-strip", title, f"{found} / {len(periods)}", [*fields, *ends], height=_STRIP + 38
    )


def _fullness(found: int, expected: int | None) -> str:
    if found == 0 and expected != 0:
        return "chart-empty-field"
    return "chart-bar" if expected is None or found >= expected else "chart-part"


def _tone(share: int) -> str:
    return "chart-bar" if share >= 75 else "chart-part" if share >= 50 else "chart-low"


def _sign(number: str) -> str:
    return number.replace("-", "−")
