"""What strangers may see of a column: masks by level, for samples."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from exchange.datasets.schema import NUMERIC_TYPES, TEMPORAL_TYPES, Field, Schema

MASKS = ("none", "mask", "hash", "generalise", "drop")
#: Levels of which a column may be shown as it is, unless it is sensitive.
OPEN_LEVELS = frozenset({"L1", "L2"})

_HASH_CHARACTERS = 16
_KEY_BYTES = 32
# What stands at the ends is kept only when it is a small part of the whole.
_FIRST_KEPT_FROM = 4
_LAST_KEPT_FROM = 8
_PREFIX_FROM = 6
_PREFIX = 2
_HIDDEN = "***"
_SEPARATORS = frozenset("-_./:@ ")
_MOST_DIGITS = 30

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class PublicSample:
    """Rows that anybody may see; columns that are dropped are not in it at all."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    #: The mask of each column, so that a reader knows what a cell is.
    masks: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the sample as plain values of the canonical profile."""
        return {
            "columns": list(self.columns),
            "masks": list(self.masks),
            "rows": [list(row) for row in self.rows],
        }


def new_mask_key() -> bytes:
    """Make a listing's secret, under which its hashes are computed."""
    return secrets.token_bytes(_KEY_BYTES)


def mask_of(entry: Entry | None) -> str:
    """How a column is shown to strangers.

    A sensitive column, or one of level L3 and above, is never shown as it is: without a mask of its own it is
    dropped, and so is a column that the dictionary does not have.
    """
    if entry is None or entry["mask"] not in MASKS:
        return "drop"
    protected = entry["sensitive"] or entry["level"] not in OPEN_LEVELS
    return "drop" if protected and entry["mask"] == "none" else str(entry["mask"])


def open_columns(names: Sequence[str], dictionary: Sequence[Entry]) -> frozenset[str]:
    """The columns whose own values may be shown."""
    entries = {entry["name"]: entry for entry in dictionary}
    return frozenset(name for name in names if mask_of(entries.get(name)) == "none")


def masked_sample(
    rows: Sequence[Sequence[str | None]], schema: Schema, dictionary: Sequence[Entry], key: bytes
) -> PublicSample:
    """Mask the rows of a stored sample column by column.

    Equal values have equal hashes within one listing, whose key it is, and cannot be matched with those of
    another one. Empty cells stay empty: that a value is missing is told by the profile, too.
    """
    entries = {entry["name"]: entry for entry in dictionary}
    shown = [
        (place, field, mask_of(entries.get(field.name)))
        for place, field in enumerate(schema.fields)
        if mask_of(entries.get(field.name)) != "drop"
    ]
    return PublicSample(
        columns=tuple(field.name for _, field, _ in shown),
        masks=tuple(mask for *_, mask in shown),
        rows=tuple(
            tuple(masked_cell(row[place], field, mask, key) for place, field, mask in shown)
            for row in (rows if shown else ())
        ),
    )


def masked_cell(cell: str | None, field: Field, mask: str, key: bytes) -> str | None:
    """Mask one cell of a stored sample."""
    if cell is None or mask == "none":
        return cell
    if field.type == "boolean":
        # Of two values every mask but this one tells which.
        return _HIDDEN
    if mask == "hash":
        return hmac.new(key, cell.encode(), hashlib.sha256).hexdigest()[:_HASH_CHARACTERS]
    if mask == "generalise":
        return _generalised(cell, field)
    return _shape(cell, field)


def _shape(cell: str, field: Field) -> str:
    """Stars that keep the separators; of longer texts the first and the last character stay."""
    if field.type in NUMERIC_TYPES:
        # The number of digits would tell the size.
        return _HIDDEN
    stars = "".join(character if character in _SEPARATORS else "*" for character in cell)
    if "*" not in stars:
        return _HIDDEN
    if field.type in TEMPORAL_TYPES:
        return stars
    first = cell[0] if len(cell) >= _FIRST_KEPT_FROM else stars[0]
    last = cell[-1] if len(cell) >= _LAST_KEPT_FROM else stars[-1]
    return first + stars[1:-1] + last if len(cell) > 1 else stars


def _generalised(cell: str, field: Field) -> str:
    if field.type == "timestamp":
        return cell[: len("2026-01-31")]
    if field.type == "date":
        return cell[: len("2026-01")]
    if field.type == "month":
        return cell[: len("2026")]
    if field.type in NUMERIC_TYPES:
        return _bin(cell)
    return f"{cell[:_PREFIX]}…" if len(cell) >= _PREFIX_FROM else "…"


def _bin(cell: str) -> str:
    """The bin of a number: one significant digit, and never narrower than ten, so that no bin is one value."""
    value = Decimal(cell)
    if value.adjusted() > _MOST_DIGITS:
        return _HIDDEN
    width = Decimal(10) if abs(value) < 10 else Decimal(1).scaleb(value.adjusted())
    low = (value / width).to_integral_value(ROUND_FLOOR) * width
    return f"{low:f} – {low + width:f}"
