"""A listing's public data as a page shows them: pictures with their numbers, and sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from exchange import datasets
from exchange.catalogue.disclosure import words
from exchange.catalogue.disclosure.service import Disclosed, dictionary_of, disclose
from exchange.catalogue.labels import instant_text, type_label, unit_label
from exchange.catalogue.queries import PublishedListing
from exchange.core.clock import SHANGHAI
from exchange.core.i18n import gettext
from exchange.portal.charts import line_chart, sparkline
from exchange.portal.drawn import drawn
from exchange.portal.quality_charts import Bar, bar_list, coverage_strip, histogram

_MOST_CHARTS = 2
_MOST_HISTOGRAMS = 24
_MOST_FINDINGS = 24
_SHOWN_ROWS = 12
#: What is known of data that stay with their provider.
_UNSEEN: dict[str, Any] = {"quality": None, "findings": [], "time": None, "columns": []}


@dataclass(frozen=True)
class Picture:
    """A chart with its numbers for those who cannot see it."""

    title: str
    chart: Markup
    headers: tuple[str, ...]
    rows: list[tuple[str | None, ...]]


@dataclass(frozen=True)
class DataView:
    """Everything that the parts "Quality", "Data dictionary" and "Sample" of a listing's page show."""

    disclosed: Disclosed
    level: str | None
    scores: Picture | None
    findings: list[tuple[str, str]]
    more_findings: int
    coverage: Picture | None
    strip_unit: str
    histograms: list[Picture]
    charts: list[Picture]
    #: Whether the exchange has seen the data; else all that is told of them is the provider's word.
    is_seen: bool
    time: dict[str, Any] | None
    dictionary: list[dict[str, Any]]
    sample_headers: list[str]
    sample_rows: list[list[str | None]]
    numeric_places: list[int]
    withheld: str


def data_view(
    session: Session,
    listing: PublishedListing,
    *,
    now: datetime,
    chinese: bool,
    revision: datasets.RevisionCard | None = None,
) -> DataView:
    """Put together what the page shows of the data on offer."""
    disclosed = disclose(session, listing, as_of=now.astimezone(SHANGHAI).date(), revision=revision)
    fields = {field["name"]: field for field in listing.content["schema"]["fields"]}
    profile, sample = disclosed.profile or _UNSEEN, disclosed.sample
    quality, findings = profile["quality"], profile["findings"]
    columns = sample.columns if sample else ()
    return DataView(
        disclosed=disclosed,
        level=None if quality is None else quality["level"],
        scores=None if quality is None else _scores(quality),
        findings=[(item["weight"], words.finding_words(item)) for item in findings[:_MOST_FINDINGS]],
        more_findings=max(0, len(findings) - _MOST_FINDINGS),
        coverage=_coverage(profile["time"]),
        strip_unit=words.unit_of_strip(((profile["time"] or {}).get("coverage") or {"unit": ""})["unit"]),
        histograms=_histograms(profile, fields),
        charts=_sample_charts(sample, fields, listing.content["schema"]["time_field"]),
        is_seen=disclosed.profile is not None,
        time=profile["time"],
        dictionary=_dictionary(listing, profile, fields, chinese=chinese),
        sample_headers=[*columns],
        sample_rows=_sample_rows(sample, fields),
        numeric_places=[
            place
            for place, (name, mask) in enumerate(zip(columns, sample.masks if sample else (), strict=True))
            if mask == "none" and fields[name]["type"] in {"integer", "number"}
        ],
        withheld=words.withheld_words(disclosed.withheld),
    )


def public_charts(session: Session, listing: PublishedListing, *, now: datetime) -> list[Picture]:
    """Pictures of the public sample: the first open numeric columns that change, over time."""
    disclosed = disclose(session, listing, as_of=now.astimezone(SHANGHAI).date())
    fields = {field["name"]: field for field in listing.content["schema"]["fields"]}
    return _sample_charts(disclosed.sample, fields, listing.content["schema"]["time_field"])


def small_picture(session: Session, listing: PublishedListing, *, now: datetime) -> Markup | None:
    """The first changing open column of the public sample as a small picture without axes."""
    disclosed = disclose(session, listing, as_of=now.astimezone(SHANGHAI).date())
    fields = {field["name"]: field for field in listing.content["schema"]["fields"]}
    for name, points in _series(disclosed.sample, fields, listing.content["schema"]["time_field"]):
        return sparkline(points, title=name)
    return None


def _scores(quality: dict[str, Any]) -> Picture:
    rows: list[tuple[str | None, ...]] = []
    bars: list[Bar] = []
    for name, part in quality["evidence"].items():
        label, score = words.dimension_label(name), part["score"]
        bars.append((label, score, "–" if score is None else str(score)))
        told = words.reason_words(part["reason"]) if score is None else _facts_text(part["facts"])
        rows.append((label, None if score is None else str(score), told))
    title = gettext("Six dimensions of quality, 0 to 100")
    headers = (gettext("Dimension"), gettext("Score"), gettext("Counted"))
    return Picture(title, drawn(bar_list, tuple(bars), title=title, judged=True), headers, rows)


def _facts_text(facts: dict[str, Any]) -> str:
    """Counts by the names they have in the API, so that both can be compared."""
    return ", ".join(f"{name} {value:,}" for name, value in facts.items() if isinstance(value, int))


def _coverage(time: dict[str, Any] | None) -> Picture | None:
    if time is None or not time.get("coverage"):
        return None
    # Where holidays are not declared nobody knows how many values a year should have.
    open_ended = time["calendar"] == "business-days" and time["holidays_known"] is None
    unit = time["coverage"]["unit"]
    periods = [
        (_period_text(period["from"], unit), period["rows"], None if open_ended else period["expected"])
        for period in time["coverage"]["periods"]
    ]
    title = gettext("Coverage of the calendar")
    rows: list[tuple[str | None, ...]] = [
        (label, f"{rows:,}", None if expected is None else f"{expected:,}")
        for label, rows, expected in periods
    ]
    headers = (gettext("Period"), gettext("Values"), gettext("Expected"))
    return Picture(title, drawn(coverage_strip, tuple(periods), title=title), headers, rows)


def _period_text(start: str, unit: str) -> str:
    return {"day": start, "month": start[:7]}.get(unit, start[:4])


def _histograms(profile: dict[str, Any], fields: dict[str, Any]) -> list[Picture]:
    pictures = []
    for column in profile["columns"]:
        shape = column.get("histogram")
        if not shape:
            continue
        name = column["name"]
        unit = unit_label(fields[name].get("unit")) if name in fields else ""
        title = f"{name} ({unit})" if unit else name
        pictures.append(_bins(title, unit, shape) if shape["kind"] == "bins" else _top(title, shape))
        if len(pictures) == _MOST_HISTOGRAMS:
            break
    return pictures


def _bins(title: str, unit: str, shape: dict[str, Any]) -> Picture:
    edges, counts = shape["edges"], shape["counts"]
    rows: list[tuple[str | None, ...]] = [
        (f"{low} – {high}", f"{count:,}")
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    ]
    chart = drawn(histogram, tuple(edges), tuple(counts), title=title, unit=unit)
    return Picture(title, chart, (gettext("Value"), gettext("Rows")), rows)


def _top(title: str, shape: dict[str, Any]) -> Picture:
    values = [(item["value"] or "", item["rows"]) for item in shape["values"]]
    most = max((count for _, count in values), default=1)
    bars = [(value, 100 * count // most, f"{count:,}") for value, count in values]
    table: list[tuple[str | None, ...]] = [(value, f"{count:,}") for value, count in values]
    return Picture(
        title, drawn(bar_list, tuple(bars), title=title), (gettext("Value"), gettext("Rows")), table
    )


def _dictionary(
    listing: PublishedListing, profile: dict[str, Any], fields: dict[str, Any], *, chinese: bool
) -> list[dict[str, Any]]:
    entries = {entry["name"]: entry for entry in dictionary_of(listing.content)}
    counted = {column["name"]: column for column in profile["columns"]}
    described = []
    for name in counted or fields:
        entry, field = entries.get(name, {}), fields.get(name, {})
        described.append(
            {
                "name": name,
                "meaning": entry.get("meaning_zh" if chinese else "meaning_en") or "",
                "type": type_label(field.get("type", "")),
                "unit": unit_label(entry.get("unit") or field.get("unit")),
                "level": words.level_label(entry.get("level") or ""),
                "shown": words.mask_label(datasets.mask_of(entry or None)),
                "may_be_empty": field.get("nullable", True),
                **(_counts(counted[name], field) if name in counted else {}),
            }
        )
    return described


def _counts(column: dict[str, Any], field: dict[str, Any]) -> dict[str, str | None]:
    is_time = field.get("type") == "timestamp"
    least, most = (instant_text(column[end]) if is_time else column[end] for end in ("min", "max"))
    return {
        "nulls": f"{column['nulls']:,}",
        "distinct": f"{'≈ ' if column.get('distinct_approximate') else ''}{column['distinct']:,}",
        "min": least if column["shown"] else None,
        "max": most if column["shown"] else None,
    }


def _sample_rows(sample: datasets.PublicSample | None, fields: dict[str, Any]) -> list[list[str | None]]:
    if sample is None:
        return []
    instants = [
        mask == "none" and fields[name]["type"] == "timestamp"
        for name, mask in zip(sample.columns, sample.masks, strict=True)
    ]
    return [
        [
            instant_text(cell) if is_instant and cell is not None else cell
            for cell, is_instant in zip(row, instants, strict=True)
        ]
        for row in _few(sample.rows)
    ]


def _few(rows: Sequence[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    """Some of the first rows, then some of the spread ones, the last among them."""
    half = _SHOWN_ROWS // 2
    if len(rows) <= _SHOWN_ROWS:
        return list(rows)
    places = [half + number * (len(rows) - 1 - half) // (half - 1) for number in range(half)]
    return [*rows[:half], *(rows[place] for place in places)]


def _sample_charts(
    sample: datasets.PublicSample | None, fields: dict[str, Any], time_field: str | None
) -> list[Picture]:
    pictures = []
    for name, points in _series(sample, fields, time_field)[:_MOST_CHARTS]:
        unit = unit_label(fields[name].get("unit"))
        rows: list[tuple[str | None, ...]] = [
            (
                f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else at.isoformat(),
                None if value is None else f"{value:g}",
            )
            for at, value in points
        ]
        chart = drawn(line_chart, tuple(points), title=name, unit=unit, empty=gettext("No data"))
        pictures.append(Picture(name, chart, (gettext("Time"), unit or gettext("Value")), rows))
    return pictures


def _series(
    sample: datasets.PublicSample | None, fields: dict[str, Any], time_field: str | None
) -> list[tuple[str, list[tuple[date, float | None]]]]:
    """The open numeric columns that change, over the open column of times."""
    if sample is None or time_field not in sample.columns:
        return []
    shown = [name for name, mask in zip(sample.columns, sample.masks, strict=True) if mask == "none"]
    if time_field not in shown:
        return []
    spread = datasets.spread_rows([list(row) for row in sample.rows], len(fields))
    times = [row[sample.columns.index(time_field)] for row in spread]
    found = []
    for name in shown:
        values = [row[sample.columns.index(name)] for row in spread]
        if fields[name]["type"] in {"integer", "number"} and len(set(values) - {None}) > 1:
            found.append((name, _points(times, values)))
    return found


def _points(times: Sequence[str | None], values: Sequence[str | None]) -> list[tuple[date, float | None]]:
    return [
        (_moment(at), None if value is None else float(value))
        for at, value in zip(times, values, strict=True)
        if at is not None
    ]


def _moment(text: str) -> date:
    """A day for days and months, an instant in the portal's time for the rest."""
    if len(text) <= len("2026-01-31"):
        return date.fromisoformat(text if len(text) > len("2026-01") else f"{text}-01")
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is None else at.astimezone(SHANGHAI).replace(tzinfo=None)
