"""The published description of the API is the API's own."""

import json
from pathlib import Path

from openapi_spec_validator import validate

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


def test_the_description_is_valid_openapi_3_1(client):
    document = client.get("/api/v1/openapi.json").get_json()

    validate(document)
    assert document["openapi"] == "3.1.0"


def test_the_committed_description_is_up_to_date(client):
    """Run `make openapi` when this fails."""
    document = client.get("/api/v1/openapi.json").get_json()

    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == document
