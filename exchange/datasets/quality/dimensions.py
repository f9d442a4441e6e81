"""Six scores in the manner of GB/T 36344, each with the counts and the formula behind it, and a level."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from exchange.datasets.quality.declaration import Declaration, duration_s
from exchange.datasets.schema import NUMERIC_TYPES, Schema

#: Changes with every change of a formula, so that scores of different years are not compared blindly.
RULES_VERSION = "1"
DIMENSIONS = ("conformity", "completeness", "accuracy", "consistency", "timeliness", "accessibility")

#: Level, least mean and least single score; the first that holds.
LEVELS = (("A", 90, 70), ("B", 75, 50), ("C", 60, 30))

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_DAY_S = 86_400

Score = dict[str, Any]


def assess(
    schema: Schema, profile: dict[str, Any], declaration: Declaration, *, as_of: date | None
) -> dict[str, Any]:
    """Judge a profile: `scores` are 0 to 100 or None, `evidence` says why, `level` is A to D.

    Scores are rounded down, so that 100 means that nothing at all was found.
    """
    evidence = {
        "conformity": _conformity(schema, profile),
        "completeness": _completeness(profile),
        "accuracy": _accuracy(profile),
        "consistency": _consistency(schema, profile),
        "timeliness": timeliness(
            profile["time"],
            last_time(profile),
            update_every=declaration.update_every,
            latency=declaration.latency,
            as_of=as_of,
        ),
        "accessibility": _accessibility(schema, profile),
    }
    return _sum_up(evidence)


def as_of_day(profile: dict[str, Any], as_of: date) -> dict[str, Any]:
    """The same profile judged as of another day: freshness passes while the revision stays.

    A profile from before there were scores has none.
    """
    if "quality" not in profile:
        return profile
    declared = profile["declaration"]
    fresh = timeliness(
        profile["time"],
        last_time(profile),
        update_every=declared["update_every"],
        latency=declared["latency"],
        as_of=as_of,
    )
    return profile | {"quality": _sum_up(profile["quality"]["evidence"] | {"timeliness": fresh})}


def level_of(scores: Sequence[int | None]) -> str:
    """The level of a set of scores: by their mean, and by the lowest of them; unjudged ones do not count."""
    judged = [score for score in scores if score is not None]
    for level, least_mean, least_score in LEVELS:
        if judged and sum(judged) >= least_mean * len(judged) and min(judged) >= least_score:
            return level
    return "D"


def timeliness(
    time: dict[str, Any] | None,
    last: str | None,
    *,
    update_every: str | None,
    latency: str | None,
    as_of: date | None,
) -> Score:
    """How fresh the newest value is on a day, against how often the provider says it is renewed.

    The newest value may be as old as one update and the latency together; an older one scores that span
    over its age.
    """
    if time is None or last is None:
        return _unjudged("no-time-column")
    if update_every is None:
        return _unjudged("no-update-frequency-declared")
    if as_of is None:
        return _unjudged("no-day-given")
    allowed = duration_s(update_every) + duration_s(latency or "P0D")
    # A value of a day or month is known when that is over.
    over = {"P1D": _DAY_S}.get(time["step"] or "", 0) if len(last) <= len("2026-01-31") else 0
    day = date.fromisoformat(last[:10] if len(last) > len("2026-01") else f"{last}-01")
    span = 31 * _DAY_S if len(last) == len("2026-01") else over
    age = max(0, (as_of - day).days * _DAY_S - span)
    facts = {"last": last, "as_of": as_of.isoformat(), "age_s": age, "allowed_s": allowed}
    score = 100 if age <= allowed else 100 * allowed // age
    return _judged(score, "min(1, (update_every + latency) / age of the newest value)", facts)


def last_time(profile: dict[str, Any]) -> str | None:
    """The newest time of a profile, as the time column writes it."""
    if profile["time"] is None:
        return None
    found = next(column for column in profile["columns"] if column["name"] == profile["time"]["field"])
    return None if found["max"] is None else str(found["max"])


def _conformity(schema: Schema, profile: dict[str, Any]) -> Score:
    numeric = [field for field in schema.fields if field.type in NUMERIC_TYPES]
    clocks = [field for field in schema.fields if field.type == "timestamp"]
    declared = profile["time"] is not None and profile["time"]["declared"]["zone"] is not None
    facts: dict[str, Any] = {
        "columns": len(schema.fields),
        "plain_names": sum(bool(_PLAIN_NAME.fullmatch(field.name)) for field in schema.fields),
        "numeric_columns": len(numeric),
        "units_stated": sum(field.unit is not None for field in numeric),
        "timestamp_columns": len(clocks),
        "zones_stated": sum(
            field.zone is not None or (declared and field.name == schema.time_field) for field in clocks
        ),
        "rules": _shares(profile, "conformity"),
    }
    passed = facts["plain_names"] + facts["units_stated"] + facts["zones_stated"]
    checks = facts["columns"] + facts["numeric_columns"] + facts["timestamp_columns"]
    kept = sum(rule["kept_ppm"] for rule in facts["rules"])
    score = (passed * 1_000_000 + kept) // ((checks + len(facts["rules"])) * 10_000)
    return _judged(
        score, "(plain names + units stated + zones stated + shares of rules kept) / checks", facts
    )


def _completeness(profile: dict[str, Any]) -> Score:
    columns, time = profile["columns"], profile["time"]
    late = sum(column.get("holes", {}).get("leading", 0) for column in columns)
    missing = 0 if time is None else time["missing"]
    facts: dict[str, Any] = {
        "cells": profile["rows"] * len(columns),
        "empty": sum(column["nulls"] for column in columns),
        "before_late_starts": late,
        "missing_rows": missing,
        "rules": _shares(profile, "completeness"),
    }
    expected = facts["cells"] + missing * len(columns) - late
    filled = facts["cells"] - facts["empty"]
    share = 100 * filled // expected if expected else 0
    return _judged(
        min([share, *(rule["kept_ppm"] // 10_000 for rule in facts["rules"])]),
        "filled cells / (cells + cells of missing rows - cells before late starts); not above a not-null rule's share",
        facts,
    )


def _accuracy(profile: dict[str, Any]) -> Score:
    rules = [rule for rule in profile["rules"] if rule["dimension"] == "accuracy"]
    outliers = sum((column.get("outliers") or {}).get("count", 0) for column in profile["columns"])
    checked = sum(rule["checked"] for rule in rules)
    broken = sum(rule["violations"] for rule in rules)
    if not checked:
        # Far values may be true ones; without a rule of the provider nothing says that one is wrong.
        return _unjudged("no-rules-declared", {"outliers": outliers})
    facts = {"checked": checked, "broken": broken, "outliers": outliers}
    return _judged(
        100 * (checked - broken) // checked,
        "values that keep declared ranges and comparisons / values checked",
        facts,
    )


def _consistency(schema: Schema, profile: dict[str, Any]) -> Score:
    time, rows = profile["time"], profile["rows"]
    shares: dict[str, int] = {}
    facts: dict[str, Any] = {}
    if time is not None and time["calendar"] != "irregular":
        doubles = 0 if 2 * time["duplicate_rows"] > rows else time["duplicate_rows"]
        facts |= {"double_times": doubles, "off_step": time["off_step"]}
        shares["times"] = 100 * (rows - doubles) // rows
        shares["steps"] = 100 * (rows - time["off_step"]) // rows
    numeric = sum(field.type in NUMERIC_TYPES for field in schema.fields)
    if time is not None and numeric:
        jumped = {item["column"] for item in profile["findings"] if item["code"] == "unit-jump"}
        facts |= {"numeric_columns": numeric, "columns_with_unit_jumps": len(jumped)}
        shares["units"] = 100 * (numeric - len(jumped)) // numeric
    facts["rules"] = _shares(profile, "consistency")
    shares |= {f"rule {rule['number']}": rule["kept_ppm"] // 10_000 for rule in facts["rules"]}
    if not shares:
        return _unjudged("nothing-to-compare")
    return _judged(min(shares.values()), "the lowest of the shares", facts | {"shares": shares})


def _accessibility(schema: Schema, profile: dict[str, Any]) -> Score:
    plain = sum(bool(_PLAIN_NAME.fullmatch(field.name)) for field in schema.fields)
    facts = {"rows_read_back": profile["rows"], "columns": len(schema.fields), "plain_names": plain}
    score = 50 + 50 * plain // len(schema.fields)
    return _judged(
        score, "half for the stored file read back whole, half for columns that need no quoting", facts
    )


def _shares(profile: dict[str, Any], dimension: str) -> list[dict[str, Any]]:
    return [
        {
            "number": rule["number"],
            "kept_ppm": 1_000_000 * (rule["checked"] - rule["violations"]) // rule["checked"],
        }
        for rule in profile["rules"]
        if rule["dimension"] == dimension and rule["checked"]
    ]


def _judged(score: int, formula: str, facts: dict[str, Any]) -> Score:
    return {"score": score, "reason": None, "formula": formula, "facts": facts}


def _unjudged(reason: str, facts: dict[str, Any] | None = None) -> Score:
    return {"score": None, "reason": reason, "formula": None, "facts": facts or {}}


def _sum_up(evidence: dict[str, Score]) -> dict[str, Any]:
    scores = {name: evidence[name]["score"] for name in DIMENSIONS}
    return {
        "level": level_of(list(scores.values())),
        "scores": scores,
        "evidence": {name: evidence[name] for name in DIMENSIONS},
        "rules_version": RULES_VERSION,
    }
