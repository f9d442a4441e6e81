"""The public sample: the cells that may be looked at before buying, and no others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.datasets import Page, render_csv

FILE_NAME = "sample.csv"
#: Levels of columns that strangers may see; `general` is what a schema says before anybody graded it.
OPEN_LEVELS = frozenset({"general", "L1", "L2"})


@dataclass(frozen=True)
class PublicSample:
    """Columns and rows that may be shown; an exact double for a number, text for a time."""

    fields: tuple[Mapping[str, Any], ...]
    rows: tuple[tuple[str | int | float | bool | None, ...], ...]

    def to_csv(self) -> bytes:
        """The same bytes a delivery of these rows would have."""
        return render_csv(Page(list(self.rows), None), [field["name"] for field in self.fields])


def public_sample(fields: list[dict[str, Any]], rows: list[Any]) -> PublicSample | None:
    """Take the columns that may be shown to everybody; None when there is none.

    A column that is sensitive, of a higher level, or that the provider wants masked, is left out altogether:
    what is exported is copied on and cannot be called back.
    """
    shown = [at for at, field in enumerate(fields) if is_open(field)]
    if not shown:
        return None
    return PublicSample(
        tuple(fields[at] for at in shown),
        tuple(tuple(_cell(row[at], fields[at]["type"]) for at in shown) for row in rows),
    )


def is_open(field: Mapping[str, Any]) -> bool:
    """Whether the cells of a column may stand in a public sample as they are."""
    return (
        not field.get("sensitive", False)
        and field.get("mask", "none") == "none"
        and field["level"] in OPEN_LEVELS
    )


def _cell(text: str | None, kind: str) -> str | int | float | bool | None:
    if text is None:
        return None
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text)
    return text == "true" if kind == "boolean" else text
