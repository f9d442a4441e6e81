import pytest

from exchange.catalogue.exports.money import price_amount
from exchange.catalogue.exports.odcs import describe_contract
from tests.factories.described import BASE_URL, FULL_CONTENT, IDENTIFIERS, described
from tests.factories.hosted import HOST, content_of_hosted


def own(holder):
    return {item["property"]: item["value"] for item in holder["customProperties"]}


def columns(**changes):
    (table,) = describe_contract(described(**changes))["schema"]
    return {column["name"]: column for column in table["properties"]}


def test_a_column_has_type_unit_meaning_level_and_rule():
    load = columns()["load_kw"]

    assert (load["logicalType"], load["required"], load["classification"]) == ("number", False, "L2")
    assert load["description"] == "有功负荷\nActive load"
    assert own(load) == {"type": "number", "unit": "kW", "sensitive": False, "mask": "none"}
    assert [(rule["metric"], rule["mustBe"]) for rule in load["quality"]] == [("nullValues", 1)]


def test_a_sensitive_column_is_described_all_the_same():
    """The contract is about what is delivered; only the sample leaves it out."""
    customer = columns()["customer"]

    assert (customer["classification"], own(customer)["mask"]) == ("L4", "hash")


def test_a_column_without_a_dictionary_keeps_its_schema():
    assert columns(dictionary=[])["load_kw"]["classification"] == "general"


def test_the_number_of_rows_is_a_rule_of_the_revision():
    (table,) = describe_contract(described())["schema"]

    assert [(rule["metric"], rule["mustBe"]) for rule in table["quality"]] == [("rowCount", 96)]


def test_service_levels_keep_their_numbers():
    levels = {item["property"]: item["value"] for item in describe_contract(described())["slaProperties"]}

    assert levels == {
        "availability": 99.5,
        "responseTime": 500,
        "freshness": "P1D",
        "latency": "P1D",
        "frequency": "009",
    }


def test_every_price_plan_is_there_to_the_last_micro_yuan():
    contract = describe_contract(described())

    assert own(contract)["price_plans"] == FULL_CONTENT["price_plans"]
    assert contract["price"] == {"priceAmount": 0.002, "priceCurrency": "CNY", "priceUnit": "row"}


@pytest.mark.parametrize(
    ("plan", "amount"),
    [
        ({"model": "per_call", "unit_price_micro": 350_000, "free_calls": 0}, (0.35, "call")),
        ({"model": "subscription", "fee_micro": 880_000_000, "included_rows": "unlimited"}, (880, "month")),
        ({"model": "per_row", "unit_price_micro": 0, "free_rows": 0}, (0, "row")),
        ({"model": "subscription", "fee_micro": 880_000_000, "term": "year"}, (880, "year")),
        ({"model": "one_off", "fee_micro": 1_500_000}, (1.5, "one_off")),
        ({"model": "revenue_share", "share_bp": 500}, None),
        # More than one price, or one that no JSON number holds exactly: none is said.
        ({"model": "per_row", "unit_price_micro": 2_000, "free_rows": 10}, None),
        ({"model": "per_row", "unit_price_micro": 2_000, "cap_micro": 1}, None),
        ({"model": "subscription", "fee_micro": 1_000_000, "included_rows": 500}, None),
        ({"model": "per_row", "unit_price_micro": 2**53 - 1}, None),
        ({"model": "graduated", "tiers": []}, None),
    ],
)
def test_one_amount_is_said_only_of_a_plan_that_has_one(plan, amount):
    assert price_amount(plan) == amount


def test_support_and_team_come_from_the_contact():
    contract = describe_contract(described())

    assert [item["channel"] for item in contract["support"]] == ["ping@grid.example", "+86-27-5550-0001"]
    assert contract["team"]["members"][0]["name"] == "供方 Ping"
    assert "members" not in describe_contract(described(contact=None))["team"]


def test_a_hosted_product_has_a_schema_and_no_rule_about_a_revision():
    contract = describe_contract(described(**content_of_hosted()))

    assert "quality" not in contract["schema"][0]
    assert "revision" not in own(contract)
    assert own(contract)["hosted"]["method"] == "GET"


def test_a_hosted_product_is_asked_for_at_its_page():
    """The provider's own address is not given away."""
    contract = describe_contract(described(**content_of_hosted()))

    [server] = contract["servers"]
    assert (server["server"], server["location"]) == ("provider", f"{BASE_URL}/catalogue/lst_1")
    assert HOST not in str(contract)


def test_the_register_s_identifiers_are_told_and_the_handle_leads_somewhere():
    contract = describe_contract(described(identifiers=IDENTIFIERS))

    told = own(contract)
    assert [told[scheme] for scheme, _ in IDENTIFIERS] == [value for _, value in IDENTIFIERS]
    assert {"type": "canonicalUrl", "url": f"{BASE_URL}/id/88.101/P000001"} in contract[
        "authoritativeDefinitions"
    ]


@pytest.mark.parametrize("member", ["security", "compliance", "visibility"])
def test_what_concerns_the_exchange_only_is_not_in_the_contract(member):
    assert member not in own(describe_contract(described()))
