"""What strangers may read of a profile: counts of every column, values of open columns only."""

from collections.abc import Collection, Sequence
from typing import Any

from exchange.datasets.reading.masks import Entry, open_columns

# Everything is named that is given away: what a later profile adds stays inside until it is named here.
_OF_EVERY_COLUMN = ("name", "nulls", "distinct", "distinct_approximate")
_OF_OPEN_COLUMNS = (
    "min",
    "max",
    "mean",
    "stddev",
    "zeros",
    "negatives",
    "quantiles",
    "quantiles_approximate",
    "histogram",
)
_OF_EVERY_TIME = (
    "field",
    "zone",
    "declared",
    "calendar",
    "step",
    "gaps",
    "missing",
    "off_step",
    "missing_business_days",
    "holidays_known",
    "beyond_calendar",
    "duplicate_rows",
)
_OF_OPEN_TIMES = ("segments", "first_gaps", "first_doubles", "clock", "coverage")
_OF_RULES = ("number", "kind", "columns", "dimension", "checked", "violations")


def public_profile(profile: dict[str, Any], dictionary: Sequence[Entry]) -> dict[str, Any]:
    """Return the profile without the values of columns that are not shown as they are.

    A column that is sensitive, of level L3 and above, masked or not in the dictionary keeps its counts only:
    no extreme, moment, quantile, histogram, outlier or example. If the column of times is such a one, no
    time of any row is told.
    """
    names = [column["name"] for column in profile["columns"]]
    shown = open_columns(names, dictionary)
    time = profile["time"]
    tells_times = time is not None and time["field"] in shown
    return {
        "rows": profile["rows"],
        "columns": [_column(column, shown, tells_times=tells_times) for column in profile["columns"]],
        "time": None if time is None else _time(time, tells_times=tells_times),
        "rules": [_rule(rule, shown, tells_times=tells_times) for rule in profile.get("rules", ())],
        "findings": [
            _finding(item, shown, tells_times=tells_times) for item in profile.get("findings", ())
        ],
        "quality": _quality(profile.get("quality"), tells_times=tells_times),
    }


def _column(column: dict[str, Any], shown: Collection[str], *, tells_times: bool) -> dict[str, Any]:
    public = _kept(column, _OF_EVERY_COLUMN)
    if "holes" in column:
        names = ("leading", "trailing", "inner", *(("begins", "ends", "first") if tells_times else ()))
        public["holes"] = _kept(column["holes"], names)
    if column["name"] not in shown:
        return public | {"shown": False, "min": None, "max": None}
    public |= {"shown": True} | _kept(column, _OF_OPEN_COLUMNS)
    if column.get("outliers") is not None:
        places = _places(column["outliers"]["first"], tells_times=tells_times)
        public["outliers"] = column["outliers"] | {"first": places}
    return public


def _time(time: dict[str, Any], *, tells_times: bool) -> dict[str, Any]:
    return _kept(time, (*_OF_EVERY_TIME, *(_OF_OPEN_TIMES if tells_times else ())))


def _rule(rule: dict[str, Any], shown: Collection[str], *, tells_times: bool) -> dict[str, Any]:
    public = _kept(rule, _OF_RULES)
    if set(rule["columns"]) <= set(shown):
        public["first"] = _places(rule["first"], tells_times=tells_times)
    return public


def _finding(finding: dict[str, Any], shown: Collection[str], *, tells_times: bool) -> dict[str, Any]:
    if finding["column"] is None or finding["column"] in shown:
        return finding | {"evidence": _places(finding["evidence"], tells_times=tells_times)}
    return _kept(finding, ("code", "weight", "column", "count")) | {"evidence": []}


def _places(places: Sequence[dict[str, Any]], *, tells_times: bool) -> list[dict[str, Any]]:
    return [place if tells_times else place | {"at": None} for place in places]


def _quality(quality: dict[str, Any] | None, *, tells_times: bool) -> dict[str, Any] | None:
    if quality is None or tells_times:
        return quality
    # The facts of timeliness name the newest time.
    freshness = quality["evidence"]["timeliness"] | {"facts": {}}
    return quality | {"evidence": quality["evidence"] | {"timeliness": freshness}}


def _kept(value: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value[name] for name in names if name in value}
