"""A declaration is refused by the name of what is wrong in it, and keeps its words."""

from datetime import date

import pytest

from exchange.core.canonical import to_bytes
from exchange.datasets.quality.declaration import Declaration, DeclarationInvalid, duration_s


@pytest.mark.parametrize(
    ("declared", "field"),
    [
        ({"calendar": {"kind": "lunar"}}, "calendar.kind"),
        ({"calendar": {"holidays": ["2026-02-30"]}}, "calendar.holidays.0"),
        ({"calendar": {"zone": "Mars/Olympus"}}, "calendar.zone"),
        ({"calendar": {"label": "middle"}}, "calendar.label"),
        ({"update_every": "daily"}, "update_every"),
        ({"latency": "P"}, "latency"),
        ({"rules": [{"kind": "guess"}]}, "rules.0.kind"),
        ({"rules": [{"kind": "range", "column": "x"}]}, "rules.0.min"),
        ({"rules": [{"kind": "range", "column": "x", "min": 0.5}]}, "rules.0.min"),
        ({"rules": [{"kind": "not-null", "column": "x", "pattern": "y"}]}, "rules.0.pattern"),
        ({"freshness": 1}, "freshness"),
        ({"sample": "no"}, "sample"),
    ],
)
def test_what_is_wrong_is_named(declared, field):
    with pytest.raises(DeclarationInvalid) as refusal:
        Declaration.from_json(declared)

    assert refusal.value.field == field


def test_anything_else_than_an_object_is_refused():
    with pytest.raises(DeclarationInvalid):
        Declaration.from_json(["calendar"])


def test_reading_what_was_written_changes_nothing():
    declared = Declaration.from_json(
        {
            "calendar": {"kind": "business-days", "holidays": ["2026-02-17"], "zone": "Asia/Shanghai"},
            "update_every": "P1D",
            "rules": [{"kind": "range", "column": "price", "min": "0.5"}],
            "sample": False,
        }
    )

    assert declared.holidays == {date(2026, 2, 17)}
    assert Declaration.from_json(declared.to_json()) == declared
    assert to_bytes(declared.to_json())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT15M", 900),
        ("P1D", 86_400),
        ("P1DT6H", 108_000),
        ("P1W", 604_800),
        ("P1M", 31 * 86_400),
        ("P", 0),
        ("PT", 0),
    ],
)
def test_durations_are_read_as_iso_8601_writes_them(text, seconds):
    assert duration_s(text) == seconds
