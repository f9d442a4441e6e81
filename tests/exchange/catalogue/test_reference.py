"""The reference page of listings names every member and every code table."""

import re
from pathlib import Path

import pytest
from marshmallow import fields

from exchange.catalogue.codes import all_tables
from exchange.catalogue.content.offer import ListingOfferSchema

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "listing.md"


def members(schema):
    for name, field in schema.fields.items():
        yield name
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from members(inner.schema)


@pytest.fixture(scope="module")
def named():
    """The last words of everything that the page sets in code."""
    found = re.findall(r"`([^`]+)`", PAGE.read_text(encoding="utf-8"))
    return {text.rpartition(".")[2] for text in found}


def test_every_member_is_explained(named):
    prohibited = {"state_secrets", "core_data", "unlawfully_obtained", "trade_secrets_of_others"}
    prohibited |= {"combinable_to_reveal", "personal_information_without_consent"}

    assert set(members(ListingOfferSchema())) - named - prohibited == set()


def test_every_code_table_is_named_with_its_mark(named):
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]

    for table in all_tables():
        row = next(line for line in rows if f"`{table.name}`" in line and f"| {table.evidence} |" in line)
        assert f"| {'yes' if table.is_complete else 'no'} |" in row, table.name
