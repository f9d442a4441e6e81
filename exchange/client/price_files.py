"""Reading price plans and usage from a person's own files; every refusal names file, place and remedy."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from exchange.core.errors import Invalid
from exchange.pricing import DatedUse, PricePlan, PricePlanInvalid, dated_use
from exchange.pricing.simulation import MAX_USAGE_ROWS

#: A plan is a page of text; more is another file, named by mistake.
_MAX_PLAN_BYTES: Final = 100_000
#: What people call the column that says when.
_WHEN: Final = ("on", "month", "day")


class FileUnreadable(Invalid):
    """A file of the person's own is not what the command reads."""

    code = "file-unreadable"


def read_plan(path: Path) -> PricePlan:
    """The price plan in a JSON or YAML file.

    Raises:
        FileUnreadable: the file is no JSON or YAML, or holds no price plan; names the member.

    """
    if path.stat().st_size > _MAX_PLAN_BYTES:
        raise FileUnreadable(f"{path} is too large for a price plan", remedy="Name the file of the plan.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        # YAML takes JSON in too, but not with tabs; a JSON file is read as what it is.
        document = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise FileUnreadable(f"{path}: {reason}", remedy="Write the plan as JSON or YAML.") from error
    try:
        return PricePlan.from_json(document)
    except PricePlanInvalid as refusal:
        detail = f"{path}, {refusal.field}: {refusal.detail}"
        raise FileUnreadable(detail, field=refusal.field, remedy=refusal.remedy) from refusal


def read_usage(path: Path, plan: PricePlan) -> list[DatedUse]:
    """What was used, from a CSV file with a column `month` or `day` and one for each quantity.

    Raises:
        FileUnreadable: no such column, a column nobody counts, or a cell that is no whole number.
        SimulationInvalid: the quantity that the plan counts is missing.

    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [dated_use(row, plan) for row in _rows(path, csv.DictReader(file, strict=True))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(f"{path}: {error}", remedy="Save it as CSV in UTF-8.") from error


def _rows(path: Path, reader: "csv.DictReader[str]") -> Iterator[dict[str, Any]]:
    names = list(reader.fieldnames or ())
    when = [name for name in names if name in _WHEN]
    if len(when) != 1 or len(set(names)) != len(names):
        raise FileUnreadable(
            f"{path} does not say in one column when the use was",
            field="month",
            remedy="Begin with a line such as: month,calls,hits,rows",
        )
    for row in reader:
        if reader.line_num > MAX_USAGE_ROWS + 1:
            raise FileUnreadable(
                f"{path} has more than {MAX_USAGE_ROWS} rows", remedy="Give one row a month, or a day."
            )
        yield {
            "on": row[when[0]],
            **{name: _whole(path, reader.line_num, name, row) for name in names if name != when[0]},
        }


def _whole(path: Path, line: int, name: str, row: dict[str, Any]) -> int:
    text = row[name]
    if None in row or text is None or not text.strip().isdecimal() or len(text) > _MOST_DIGITS:
        raise FileUnreadable(
            f"{path}, line {line}, column {name}: {text!r} is no whole number",
            field=name,
            remedy="Write digits only, without separators, and as many cells as the first line has.",
        )
    return int(text)


#: Of the largest quantity that can be stored, and some spaces; int() is slow for absurdly long texts.
_MOST_DIGITS: Final = 40
