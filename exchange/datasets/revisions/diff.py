"""The difference between two revisions as one canonical document, and what of it somebody may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.datasets.engine import scratch
from exchange.datasets.revisions.compatibility import RevisionFacts, compare, without_times
from exchange.datasets.revisions.row_diff import EXAMPLES, Sides, comparable_fields, diff_rows
from exchange.datasets.revisions.schema_diff import diff_schemas
from exchange.datasets.revisions.source import Source

DIFF_FORMAT = "wdx-revision-diff/1"
# Of any two revisions: the join spills to disk, and the process as a whole stays under 500 MB.
_MEMORY = "256MB"


@dataclass(frozen=True)
class Side:
    """One of the two: where its rows are, and what is known of it without reading them."""

    source: Source
    facts: RevisionFacts
    profile: Mapping[str, Any]
    #: Names the revision in the document: id and number, or a file's name.
    identity: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            **self.identity,
            "sha256": self.facts.sha256,
            "rows": self.facts.rows,
            "time_from": self.facts.time_from,
            "time_to": self.facts.time_to,
        }


def diff_revisions(
    old: Side, new: Side, *, temp: Path, key: Sequence[str] = (), examples: int = EXAMPLES
) -> dict[str, Any]:
    """Compare two revisions: schema, rows, values, ranges and profile, and what it means to agreements.

    Every count is over all rows. The same revisions always give the same document.

    Args:
        temp: a folder for the engine to spill to; nothing is left in it.
        key: the columns that tell rows apart; without them the time field does, where it is unique.

    Raises:
        UnknownColumn, KeyNotUnique: the key does not fit these revisions.
    """
    sides = Sides(old.source, new.source)
    with scratch(temp) as work:
        work.connection.execute(f"SET memory_limit = '{_MEMORY}'")
        rows, values = diff_rows(work, sides, key=key, examples=examples)
    return {
        "format": DIFF_FORMAT,
        "old": old.to_json(),
        "new": new.to_json(),
        "compatibility": compare(old.facts, new.facts).to_json(),
        "schema": diff_schemas(old.facts.schema, new.facts.schema),
        "rows": rows,
        "values": values,
        "profile": _profile_changes(old, new, [field.name for field in comparable_fields(sides)]),
        "masked": [],
    }


def masked(
    document: Mapping[str, Any], visible: Collection[str], *, tells_times: bool = True
) -> dict[str, Any]:
    """Leave counts, and values only of the visible columns; keys are values too.

    `masked` of the result names the columns whose values were taken out.

    Args:
        tells_times: whether the first and the last time of a revision may stay.
    """
    if not tells_times:
        document = _without_times(document)
    rows = document["rows"]
    shows_rows = set(rows["key"] or rows["columns"]) <= set(visible)
    hidden = sorted({*rows["columns"], *(item["name"] for item in document["profile"])} - set(visible))
    return {
        **document,
        "rows": rows if shows_rows else {**rows, "examples": {"added": [], "removed": []}},
        "values": [
            item if shows_rows and item["name"] in visible else {**item, "largest": None, "examples": []}
            for item in document["values"]
        ],
        "profile": [
            item if item["name"] in visible else {**item, "min": None, "max": None}
            for item in document["profile"]
        ],
        "masked": hidden,
    }


def _without_times(document: Mapping[str, Any]) -> dict[str, Any]:
    untold = {"time_from": None, "time_to": None}
    return {
        **document,
        "old": {**document["old"], **untold},
        "new": {**document["new"], **untold},
        "compatibility": without_times(document["compatibility"]),
    }


def _profile_changes(old: Side, new: Side, names: Sequence[str]) -> list[dict[str, Any]]:
    """Counts and extremes of the columns that both have, where they differ.

    Different values that were estimated are not compared: two estimates of one number differ, too.
    """
    before, after = ({item["name"]: item for item in side.profile["columns"]} for side in (old, new))
    changes = []
    for name in names:
        old_column, new_column = before.get(name, {}), after.get(name, {})
        is_estimated = any(item.get("distinct_approximate") for item in (old_column, new_column))
        pairs = {
            member: _pair(old_column.get(member), new_column.get(member))
            for member in ("nulls", "distinct", "min", "max")
        }
        if is_estimated:
            pairs["distinct"] = None
        if any(pairs.values()):
            changes.append({"name": name, **pairs})
    return changes


def _pair(old: Any, new: Any) -> dict[str, Any] | None:
    return None if old == new else {"old": old, "new": new}
