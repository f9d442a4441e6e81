"""Charts as accessible SVG: no script, no inline style; colours and text sizes stand in `site.css`.

Texts (`title`, `unit`, `description`, `empty`) come translated from the caller. Times are drawn as given: pass
local ones, in order. A page gives the same numbers as a table (the macro `chart_figure`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import Final, TypeAlias

from markupsafe import Markup

from exchange.portal.chart_scales import Number, ValueScale, number_text, time_ticks
from exchange.portal.svg import WIDTH, line, picture, rect, tag, text

Points: TypeAlias = Sequence[tuple[date, Number | None]]

HEIGHT: Final = 310
LEFT: Final = 84
RIGHT: Final = 18
TOP: Final = 40
BOTTOM: Final = 76
_PLOT_WIDTH: Final = WIDTH - LEFT - RIGHT
_PLOT_HEIGHT: Final = HEIGHT - TOP - BOTTOM
#: Up to here every point has a dot with its value as a tooltip.
_MOST_DOTS: Final = 48
#: A larger number is a fault in the data and would flatten every other value to a line.
_LARGEST: Final = 1e15
_SMALLEST: Final = 1e-15
_GAUGE_HEIGHT: Final = 96
_SPARK_HEIGHT: Final = 120
_SHARES_HEIGHT: Final = 24


@dataclass(frozen=True, slots=True)
class _Mark:
    at: datetime
    label: str
    value: float | None
    written: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where instants and values stand in the picture."""

    first: datetime
    last: datetime
    scale: ValueScale

    def x(self, at: datetime) -> float:
        span = (self.last - self.first) / timedelta(seconds=1)
        share = (at - self.first) / timedelta(seconds=1) / span if span else 0.5
        return LEFT + _PLOT_WIDTH * share

    def y(self, value: float) -> float:
        return TOP + _PLOT_HEIGHT * (1 - self.scale.fraction(value))


def line_chart(
    points: Points, *, title: str, unit: str, description: str | None = None, empty: str = "No data"
) -> Markup:
    """Draw values over time, such as a load curve or prices; None breaks the line and shades the gap.

    More points than the picture has columns are thinned to the lowest and highest of each column, so that no
    peak is lost. Without a single value the picture says `empty`.
    """
    marks = _marks(points)
    values = [mark.value for mark in marks if mark.value is not None]
    if not values:
        return _empty_chart(title, description, empty)
    frame = _Frame(marks[0].at, marks[-1].at, ValueScale.over(min(values), max(values)))
    whole_days = not any(isinstance(at, datetime) for at, _ in points)
    runs = [
        list(run) for is_value, run in groupby(marks, key=lambda mark: mark.value is not None) if is_value
    ]
    content = [
        *_gaps(frame, runs),
        *_axes(frame, unit, time_ticks(frame.first, frame.last, whole_days=whole_days)),
        *(_line(frame, run) for run in runs if len(run) > 1),
        *_dots(frame, runs, unit),
        _range_label(marks),
    ]
    return picture("chart chart-line", title, description or _summary(marks, unit), content, height=HEIGHT)


def bar_chart(
    points: Points, *, title: str, unit: str, description: str | None = None, empty: str = "No data"
) -> Markup:
    """Draw one bar per day from zero, such as daily usage; a day without a value stays blank."""
    marks = _marks(points)
    values = [mark.value for mark in marks if mark.value is not None]
    if not values:
        return _empty_chart(title, description, empty)
    half_day = timedelta(hours=12)
    scale = ValueScale.over(min(0.0, *values), max(0.0, *values))
    frame = _Frame(marks[0].at - half_day, marks[-1].at + half_day, scale)
    content = [
        *_axes(frame, unit, time_ticks(marks[0].at, marks[-1].at, whole_days=True)),
        *(_bar(frame, mark, unit) for mark in marks if mark.value is not None),
        _range_label(marks),
    ]
    return picture("chart chart-bars", title, description or _summary(marks, unit), content, height=HEIGHT)


def sparkline(points: Points, *, title: str) -> Markup | None:
    """Draw values over time without axes, for a card; None when there are fewer than two."""
    marks = [mark for mark in _marks(points) if mark.value is not None]
    if len(marks) < 2:
        return None
    values = [mark.value or 0.0 for mark in marks]
    scale = ValueScale.over(min(values), max(values))
    span = (marks[-1].at - marks[0].at) / timedelta(seconds=1) or 1.0
    steps = " ".join(
        f"{WIDTH * ((mark.at - marks[0].at) / timedelta(seconds=1)) / span:.1f},"
        f"{4 + (_SPARK_HEIGHT - 8) * (1 - scale.fraction(mark.value or 0.0)):.1f}"
        for mark in marks
    )
    content = [
        tag("polygon", class_="chart-area", points=f"0,{_SPARK_HEIGHT} {steps} {WIDTH},{_SPARK_HEIGHT}"),
        tag("polyline", class_="chart-curve", points=steps),
    ]
    return picture("chart chart-spark", title, _range(marks), content, height=_SPARK_HEIGHT)


def share_bar(shares: Sequence[tuple[str, int]], *, title: str) -> Markup | None:
    """Draw how a positive amount is divided, its parts side by side; None when there is nothing to divide."""
    whole = sum(amount for _, amount in shares)
    if whole <= 0 or any(amount < 0 for _, amount in shares):
        return None
    content, x = [], 0.0
    for i, (label, amount) in enumerate(shares):
        width = WIDTH * amount / whole
        content.append(rect(x, 0, width, _SHARES_HEIGHT, f"chart-share-{i}", tag("title", label)))
        x += width
    description = ", ".join(label for label, _ in shares)
    return picture("chart chart-shares", title, description, content, height=_SHARES_HEIGHT)


def quota_gauge(used: int, total: int | None, *, title: str, unit: str) -> Markup:
    """Draw what is used of a quota, with rules at 80 and 100 per cent; a `total` of None has no limit."""
    figure = f"{number_text(used)} / {'∞' if total is None else number_text(total)} {unit}"
    content = [text(0, 28, figure, "chart-reading"), rect(0, 44, WIDTH, 16, "chart-track")]
    if total is None:
        return picture("chart chart-gauge", title, figure, content, height=_GAUGE_HEIGHT)
    # Rounded down: 100 % is shown only when the quota is really spent.
    percent = used * 100 // total if total else 100
    tone = "ok" if percent < 80 else "near" if percent < 100 else "full"
    content += [text(WIDTH, 28, f"{percent} %", "chart-reading chart-end"), *_gauge_fill(used, total)]
    description = f"{figure}, {percent} %"
    return picture(f"chart chart-gauge chart-{tone}", title, description, content, height=_GAUGE_HEIGHT)


def _gauge_fill(used: int, total: int) -> list[Markup]:
    # Use beyond the quota stays in the picture: the track then ends at the use, not at the quota.
    whole = max(used, total, 1)
    full = WIDTH * total / whole
    rules = (80, 100) if full > WIDTH / 2 else (100,)
    return [
        rect(0, 44, WIDTH * used / whole if total else WIDTH, 16, "chart-fill"),
        *(line(full * at / 100, 38, full * at / 100, 66, "chart-rule") for at in rules),
        *(text(max(full * at / 100, 60), 88, f"{at} %", "chart-label chart-end") for at in rules),
    ]


def _marks(points: Points) -> list[_Mark]:
    return [
        _Mark(_instant(at), _time_text(at), _drawable(value), "–" if value is None else number_text(value))
        for at, value in points
    ]


def _instant(at: date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time())


def _time_text(at: date) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else f"{at:%Y-%m-%d}"


def _drawable(value: Number | None) -> float | None:
    number = None if value is None else float(value)
    # NaN fails this comparison, too.
    if number is None or not abs(number) <= _LARGEST:
        return None
    return number if abs(number) >= _SMALLEST else 0.0


def _summary(marks: Sequence[_Mark], unit: str) -> str:
    """Describe a chart in signs that need no translation."""
    values = [mark for mark in marks if mark.value is not None]
    low = min(values, key=lambda mark: mark.value or 0.0)
    high = max(values, key=lambda mark: mark.value or 0.0)
    return f"{_range(marks)}; {low.written} – {high.written} {unit}"


def _range(marks: Sequence[_Mark]) -> str:
    first, last = marks[0].label, marks[-1].label
    return first if first == last else f"{first} – {last}"


def _range_label(marks: Sequence[_Mark]) -> Markup:
    return text(LEFT + _PLOT_WIDTH / 2, HEIGHT - 8, _range(marks), "chart-label chart-middle")


def _axes(frame: _Frame, unit: str, ticks: Iterable[tuple[datetime, str]]) -> list[Markup]:
    scale, right = frame.scale, LEFT + _PLOT_WIDTH
    parts = [text(LEFT, 20, scale.unit_label(unit), "chart-unit")]
    for tick in scale.ticks:
        y = frame.y(tick)
        parts += [
            line(LEFT, y, right, y, "chart-zero" if tick == 0 else "chart-grid"),
            text(LEFT - 10, y, scale.label(tick), "chart-label chart-end chart-centred"),
        ]
    bottom = TOP + _PLOT_HEIGHT
    for at, label in ticks:
        x = frame.x(at)
        parts += [
            line(x, bottom, x, bottom + 6, "chart-tick"),
            text(x, bottom + 34, label, "chart-label chart-middle"),
        ]
    return parts


def _line(frame: _Frame, run: Sequence[_Mark]) -> Markup:
    places = [(frame.x(mark.at), frame.y(mark.value or 0.0)) for mark in run]
    steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in _thinned(places))
    return tag("polyline", class_="chart-curve", points=steps)


def _thinned(places: list[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    if len(places) <= 2 * _PLOT_WIDTH:
        return places
    columns = (list(column) for _, column in groupby(places, key=lambda place: int(place[0])))
    extremes = ({min(column, key=lambda p: p[1]), max(column, key=lambda p: p[1])} for column in columns)
    return (place for pair in extremes for place in sorted(pair))


def _dots(frame: _Frame, runs: Sequence[Sequence[_Mark]], unit: str) -> list[Markup]:
    count = sum(len(run) for run in runs)
    # A value alone between two gaps has no line and would be invisible without its dot.
    shown = [mark for run in runs for mark in run if count <= _MOST_DOTS or len(run) == 1]
    return [
        tag(
            "circle",
            _tooltip(mark, unit),
            class_="chart-dot",
            cx=frame.x(mark.at),
            cy=frame.y(mark.value or 0.0),
            r=3.5,
        )
        for mark in shown
    ]


def _gaps(frame: _Frame, runs: Sequence[Sequence[_Mark]]) -> list[Markup]:
    edges = [(frame.first, runs[0][0].at), (runs[-1][-1].at, frame.last)]
    between = [(before[-1].at, after[0].at) for before, after in pairwise(runs)]
    return [
        rect(frame.x(start), TOP, frame.x(end) - frame.x(start), _PLOT_HEIGHT, "chart-gap")
        for start, end in [*edges, *between]
        if start < end
    ]


def _bar(frame: _Frame, mark: _Mark, unit: str) -> Markup:
    day = frame.x(mark.at + timedelta(days=1)) - frame.x(mark.at)
    width = max(0.8, min(0.72 * day, 48))
    top, bottom = sorted((frame.y(mark.value or 0.0), frame.y(0.0)))
    return rect(
        frame.x(mark.at) - width / 2, top, width, bottom - top, "chart-bar", content=_tooltip(mark, unit)
    )


def _tooltip(mark: _Mark, unit: str) -> Markup:
    return tag("title", f"{mark.label}: {mark.written} {unit}")


def _empty_chart(title: str, description: str | None, empty: str) -> Markup:
    content = [
        rect(0, 0, WIDTH, HEIGHT, "chart-gap"),
        text(WIDTH / 2, HEIGHT / 2, empty, "chart-empty chart-middle"),
    ]
    return picture("chart", title, description or empty, content, height=HEIGHT)
