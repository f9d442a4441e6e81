"""What differs between two schemas, column by column."""

from collections.abc import Mapping
from typing import Any

_MEMBERS_OF_PLACE = {"name"}


def diff_schemas(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """List the columns that were added, removed, changed in a member, or moved among those that stay."""
    before = {field["name"]: field for field in old["fields"]}
    after = {field["name"]: field for field in new["fields"]}
    kept = [name for name in before if name in after]
    return {
        "added": [after[name] for name in after if name not in before],
        "removed": [before[name] for name in before if name not in after],
        "changed": [change for name in kept for change in _changes(before[name], after[name])],
        "moved": _moves(kept, [name for name in after if name in before]),
        "time_field": _pair(old.get("time_field"), new.get("time_field")),
    }


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": old["name"], "member": member, "old": old.get(member), "new": new.get(member)}
        for member in sorted((old.keys() | new.keys()) - _MEMBERS_OF_PLACE)
        if old.get(member) != new.get(member)
    ]


def _moves(before: list[str], after: list[str]) -> list[dict[str, Any]]:
    """Places counted among the columns that both have, so that an inserted column moves no other."""
    places = {name: place for place, name in enumerate(after)}
    return [
        {"name": name, "old": place, "new": places[name]}
        for place, name in enumerate(before)
        if places[name] != place
    ]


def _pair(old: object, new: object) -> dict[str, Any] | None:
    return None if old == new else {"old": old, "new": new}
