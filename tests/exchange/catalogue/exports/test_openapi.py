"""The provider's API as OpenAPI: what one sends, what comes back, what it means for the bill."""

import pytest
from openapi_spec_validator import validate

from exchange.catalogue.exports.openapi import describe_api
from exchange.core.errors import NotFound
from tests.factories.described import described
from tests.factories.hosted import API, content_of_hosted


def document(**changes):
    return describe_api(described(**content_of_hosted(**changes)))


def operation(**changes):
    [(path, methods)] = document(**changes)["paths"].items()
    [(method, told)] = methods.items()
    return path, method, told


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"auth": {"kind": "none"}},
        {"auth": {"kind": "bearer"}},
        {"method": "POST", "parameters": [{"name": "q", "in": "body"}], "url": "https://p.example/v1"},
    ],
)
def test_another_program_finds_it_valid(changes):
    validate(document(**changes))


def test_the_parameters_stand_where_they_go():
    path, method, told = operation()

    assert (path, method) == ("/{uscc}", "get")
    assert [(item["name"], item["in"], item["required"]) for item in told["parameters"]] == [
        ("uscc", "path", True),
        ("period", "query", False),
    ]
    assert told["parameters"][0]["example"] == "91420100MA4K000003"


def test_each_status_has_its_codes_and_only_a_hit_has_records():
    _, _, told = operation()

    assert set(told["responses"]) == {"200", "429"}
    assert [rule["outcome"] for rule in told["responses"]["200"]["x-codes"]] == ["hit", "no_hit"]
    assert "content" not in told["responses"]["429"]


def test_records_stand_where_the_description_says():
    _, _, told = operation()
    schema = told["responses"]["200"]["content"]["application/json"]["schema"]

    record = schema["properties"]["data"]["properties"]["rows"]["oneOf"][1]
    assert record == {"$ref": "#/components/schemas/Record"}


def test_a_record_has_the_columns_with_their_meaning():
    record = document()["components"]["schemas"]["Record"]

    assert record["required"] == ["uscc", "score"]
    assert record["properties"]["arrears_days"]["type"] == ["integer", "null"]
    assert record["properties"]["arrears_days"]["x-unit"] == "d"
    assert "What score means" in record["properties"]["score"]["description"]


@pytest.mark.parametrize(
    ("auth", "scheme"),
    [
        ({"kind": "bearer"}, {"type": "http", "scheme": "bearer"}),
        ({"kind": "query", "name": "key"}, {"type": "apiKey", "in": "query", "name": "key"}),
        ({"kind": "header", "name": "X-Key"}, {"type": "apiKey", "in": "header", "name": "X-Key"}),
    ],
)
def test_the_secret_goes_where_the_description_says(auth, scheme):
    [found] = document(auth=auth)["components"]["securitySchemes"].values()

    assert found == scheme


def test_an_open_api_demands_no_secret():
    assert "securitySchemes" not in document(auth={"kind": "none"})["components"]
    assert "security" not in operation(auth={"kind": "none"})[2]


def test_a_body_is_an_object_of_its_parameters():
    parameters = [*API["parameters"], {"name": "depth", "in": "body", "meaning_en": "how deep"}]
    _, method, told = operation(method="POST", parameters=parameters)

    schema = told["requestBody"]["content"]["application/json"]["schema"]
    assert (method, schema["required"]) == ("post", ["depth"])
    assert schema["properties"]["depth"]["description"] == "how deep"


def test_a_code_for_every_status_is_the_default_response():
    codes = [*API["codes"], {"status": None, "outcome": "failure"}]

    assert operation(codes=codes)[2]["responses"]["default"]["description"] == "*: failure"


def test_a_data_set_has_no_api_of_its_provider():
    with pytest.raises(NotFound):
        describe_api(described())
