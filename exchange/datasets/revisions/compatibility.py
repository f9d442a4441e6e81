"""Whether programs and contracts made for one revision can go on with another: a pure rule over facts.

Descriptions are read as plain JSON, so that a member of a schema that this rule does not know yet is
compared all the same: a changed meaning that nobody judged counts as breaking.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

Verdict = Literal["identical", "compatible", "breaking"]

IDENTICAL: Verdict = "identical"
COMPATIBLE: Verdict = "compatible"
BREAKING: Verdict = "breaking"

#: From harmless to guarded; sub-levels of general data stand between.
_LEVELS = ("general", "L1", "L2", "L3", "L4", "important", "core")
#: Reasons whose old and new are values of the time field.
_NAMING_TIMES = {"range_shrunk", "range_extended"}
_JUDGED_FIELD_MEMBERS = {"name", "type", "unit", "nullable", "level"}
_JUDGED_SCHEMA_MEMBERS = {"fields", "time_field", "key"}

#: Every reason and its effect; docs/reference/compatibility.md says each in words.
EFFECTS: Mapping[str, Verdict] = {
    "column_removed": BREAKING,
    "column_renamed": BREAKING,
    "type_changed": BREAKING,
    "unit_changed": BREAKING,
    "became_nullable": BREAKING,
    "level_raised": BREAKING,
    "meaning_changed": BREAKING,
    "time_field_changed": BREAKING,
    "step_changed": BREAKING,
    "key_changed": BREAKING,
    "range_shrunk": BREAKING,
    "rows_removed": BREAKING,
    "column_added": COMPATIBLE,
    "unit_stated": COMPATIBLE,
    "no_longer_nullable": COMPATIBLE,
    "level_lowered": COMPATIBLE,
    "columns_reordered": COMPATIBLE,
    "range_extended": COMPATIBLE,
    "rows_fewer": COMPATIBLE,
    "rows_added": COMPATIBLE,
    "content_changed": COMPATIBLE,
}


@dataclass(frozen=True)
class RevisionFacts:
    """What the rule reads of a revision; plain values, so that they can come from anywhere."""

    schema: Mapping[str, Any]
    rows: int
    sha256: str
    time_from: str | None = None
    time_to: str | None = None
    #: The regular step of the time field as an ISO 8601 duration; None when there is none.
    step: str | None = None

    @classmethod
    def of(cls, revision: Any) -> Self:
        """The facts of anything that has schema, rows, sha256, time range and profile.

        A stored revision gives the profile of its ingest: a later assessment changes no verdict.
        """
        schema = revision.schema if isinstance(revision.schema, Mapping) else revision.schema.to_json()
        rhythm = revision.profile.get("time") or {}
        return cls(
            schema,
            revision.rows,
            revision.sha256,
            revision.time_from,
            revision.time_to,
            rhythm.get("step"),
        )


@dataclass(frozen=True, order=True)
class Reason:
    """One difference and what it means; `column` is empty when it concerns the whole."""

    code: str
    column: str = ""
    old: str = ""
    new: str = ""

    @property
    def effect(self) -> Verdict:
        return EFFECTS[self.code]

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "effect": self.effect}


@dataclass(frozen=True)
class Compatibility:
    """The verdict with its reasons, breaking ones first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def breaking(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.effect == BREAKING)

    def to_json(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "reasons": [reason.to_json() for reason in self.reasons]}


def compare(
    old: RevisionFacts, new: RevisionFacts, *, columns: Iterable[str] | None = None
) -> Compatibility:
    """Judge `new` by what was made for `old`.

    Args:
        columns: the columns of `old` that are read; None for all. The time field is always read,
            since it decides what a time range means.
    """
    read = _names(old) if columns is None else set(columns) | {old.schema.get("time_field")}
    reasons = [
        *_column_reasons(old, new, read),
        *_order_reasons(old, new, read),
        *_time_reasons(old, new),
        *_key_reasons(old, new, read),
        *_extent_reasons(old, new),
    ]
    if not reasons and old != new:
        reasons = [Reason("content_changed")]
    ordered = tuple(sorted(set(reasons), key=lambda reason: (reason.effect != BREAKING, reason)))
    if not ordered:
        return Compatibility(IDENTICAL, ())
    return Compatibility(ordered[0].effect, ordered)


def without_times(judged: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict in JSON without the times that its reasons name."""
    reasons = [
        {**reason, "old": "", "new": ""} if reason["code"] in _NAMING_TIMES else reason
        for reason in judged["reasons"]
    ]
    return {**judged, "reasons": reasons}


def _names(facts: RevisionFacts) -> set[str]:
    return {field["name"] for field in facts.schema["fields"]}


def _column_reasons(old: RevisionFacts, new: RevisionFacts, read: set[Any]) -> list[Reason]:
    after = {field["name"]: field for field in new.schema["fields"]}
    reasons, renamed = [], set()
    for position, field in enumerate(old.schema["fields"]):
        name = field["name"]
        if name in after:
            found = _field_reasons(field, after[name])
        else:
            heir = _heir(field, position, old, new)
            renamed |= {heir} if heir else set()
            found = [Reason("column_renamed", name, name, heir) if heir else Reason("column_removed", name)]
        reasons += found if name in read else []
    added = after.keys() - _names(old) - renamed
    return reasons + [Reason("column_added", name, new=_shown(after[name]["type"])) for name in added]


def _heir(field: Mapping[str, Any], position: int, old: RevisionFacts, new: RevisionFacts) -> str:
    """The new name of a column that is gone: what stands in its place and differs in nothing else."""
    if position >= len(new.schema["fields"]):
        return ""
    heir = new.schema["fields"][position]
    if heir["name"] in _names(old):
        return ""
    alike = {**heir, "name": "", "nullable": False} == {**field, "name": "", "nullable": False}
    return str(heir["name"]) if alike else ""


def _field_reasons(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Reason]:
    name = old["name"]
    reasons = []
    if old["type"] != new["type"]:
        reasons.append(Reason("type_changed", name, old["type"], new["type"]))
    if old.get("unit") != new.get("unit"):
        code = "unit_stated" if old.get("unit") is None else "unit_changed"
        reasons.append(Reason(code, name, _shown(old.get("unit")), _shown(new.get("unit"))))
    if old.get("nullable") != new.get("nullable"):
        reasons.append(Reason("became_nullable" if new.get("nullable") else "no_longer_nullable", name))
    if old.get("level") != new.get("level"):
        code = "level_lowered" if _rank(new.get("level")) < _rank(old.get("level")) else "level_raised"
        reasons.append(Reason(code, name, _shown(old.get("level")), _shown(new.get("level"))))
    # The zone, the meaning of a time label, and whatever a schema may come to say of a column.
    for member in sorted((old.keys() | new.keys()) - _JUDGED_FIELD_MEMBERS):
        if old.get(member) != new.get(member):
            said = [f"{member}={_shown(field.get(member))}" for field in (old, new)]
            reasons.append(Reason("meaning_changed", name, *said))
    return reasons


def _rank(level: object) -> int:
    # An unknown level is taken for the highest, so that it is never quietly a lowering.
    return _LEVELS.index(str(level)) if level in _LEVELS else len(_LEVELS)


def _order_reasons(old: RevisionFacts, new: RevisionFacts, read: set[Any]) -> list[Reason]:
    kept = (_names(old) & _names(new)) & read
    orders = [
        [field["name"] for field in facts.schema["fields"] if field["name"] in kept] for facts in (old, new)
    ]
    return [] if orders[0] == orders[1] else [Reason("columns_reordered")]


def _time_reasons(old: RevisionFacts, new: RevisionFacts) -> list[Reason]:
    before, after = old.schema.get("time_field"), new.schema.get("time_field")
    if before != after:
        # Rows that get a time to be chosen by take nothing away from those who chose none.
        return [] if before is None else [Reason("time_field_changed", before, before, _shown(after))]
    if old.step != new.step and old.step is not None:
        return [Reason("step_changed", _shown(before), old.step, _shown(new.step))]
    return []


def _key_reasons(old: RevisionFacts, new: RevisionFacts, read: set[Any]) -> list[Reason]:
    reasons = []
    before, after = _key(old), _key(new)
    # More columns in a key mean more rows than one for what was one; fewer mean rows that are gone.
    if before and before != after and set(before) & read:
        reasons.append(Reason("key_changed", "", ", ".join(before), ", ".join(after)))
    for member in sorted((old.schema.keys() | new.schema.keys()) - _JUDGED_SCHEMA_MEMBERS):
        if old.schema.get(member) != new.schema.get(member):
            said = [f"{member}={_shown(facts.schema.get(member))}" for facts in (old, new)]
            reasons.append(Reason("meaning_changed", "", *said))
    return reasons


def _key(facts: RevisionFacts) -> Sequence[str]:
    return tuple(facts.schema.get("key") or ())


def _extent_reasons(old: RevisionFacts, new: RevisionFacts) -> list[Reason]:
    """What became of the rows, as far as counts and the range of time tell."""
    reasons = []
    told = _is_same_time(old, new)
    if told:
        ranges = [f"{facts.time_from} – {facts.time_to}" for facts in (old, new)]
        (old_from, old_to), (new_from, new_to) = _ends(old), _ends(new)
        if old_from < new_from or new_to < old_to:
            reasons.append(Reason("range_shrunk", str(old.schema["time_field"]), *ranges))
        if new_from < old_from or old_to < new_to:
            reasons.append(Reason("range_extended", str(old.schema["time_field"]), *ranges))
    if new.rows < old.rows:
        # Without a time nothing but the count tells that something is missing.
        reasons.append(Reason("rows_fewer" if told else "rows_removed", "", str(old.rows), str(new.rows)))
    if new.rows > old.rows:
        reasons.append(Reason("rows_added", "", str(old.rows), str(new.rows)))
    return reasons


def _is_same_time(old: RevisionFacts, new: RevisionFacts) -> bool:
    """Whether both ranges are texts of one form, which are ordered like the times they stand for."""
    names = {facts.schema.get("time_field") for facts in (old, new)}
    if None in names or len(names) > 1 or None in {old.time_from, new.time_from, old.time_to, new.time_to}:
        return False
    (name,) = names
    forms = {
        (field["type"], field.get("zone"))
        for facts in (old, new)
        for field in facts.schema["fields"]
        if field["name"] == name
    }
    return len(forms) == 1


def _ends(facts: RevisionFacts) -> tuple[str, str]:
    # Without the Z, so that a fraction of a second sorts after the whole one.
    return str(facts.time_from).removesuffix("Z"), str(facts.time_to).removesuffix("Z")


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)
