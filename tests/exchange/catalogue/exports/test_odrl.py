from exchange.catalogue.exports.odrl import describe_offer
from tests.factories.described import BASE_URL, FULL_CONTENT, IDENTIFIERS, described

PAGE = f"{BASE_URL}/catalogue/lst_1"


def constraints(offer):
    return {item["leftOperand"]: item for item in offer["permission"][0]["constraint"]}


def forbidden(**changes):
    return {rule["action"]: rule["source"] for rule in describe_offer(described(**changes))["prohibition"]}


def test_use_is_bound_to_the_purposes_and_the_days():
    found = constraints(describe_offer(described()))

    assert found["purpose"]["operator"] == "isAnyOf"
    assert found["purpose"]["rightOperand"] == ["research and planning", "负荷预测"]
    assert found["elapsedTime"]["operator"] == "lteq"
    assert found["elapsedTime"]["rightOperand"] == {"@value": "P365D", "@type": "xsd:duration"}


def test_every_rule_names_its_member_and_says_it_in_both_languages():
    offer = describe_offer(described())

    for rule in (*offer["permission"][0]["constraint"], *offer["prohibition"]):
        group, member = rule["source"].split(".")
        assert member in FULL_CONTENT[group]
        assert [words["@language"] for words in rule["description"]] == ["zh", "en"]


def test_what_is_not_granted_is_forbidden():
    assert forbidden() == {
        "distribute": "usage_policy.onward_transfer",
        "sell": "rights.resale",
        "derive": "rights.derivation",
    }
    granted = {**FULL_CONTENT["rights"], "resale": True, "derivation": True}
    assert forbidden(rights=granted) == {"distribute": "usage_policy.onward_transfer"}


def test_what_the_listing_does_not_speak_of_is_not_forbidden_either():
    """Older content has no rights; the export must not invent a prohibition."""
    assert forbidden(rights=None) == {"distribute": "usage_policy.onward_transfer"}


def test_a_territory_bounds_the_use():
    territory = constraints(describe_offer(described()))["spatial"]
    nowhere = {**FULL_CONTENT["rights"], "territory": ""}

    assert territory["rightOperand"] == "中国大陆 mainland China"
    assert "spatial" not in constraints(describe_offer(described(rights=nowhere)))


def test_every_price_plan_is_a_duty_to_pay():
    duties = describe_offer(described())["permission"][0]["duty"]

    assert [(duty["action"], duty["source"]) for duty in duties] == [
        ("compensate", "price_plans.by-row"),
        ("compensate", "price_plans.monthly"),
    ]


def test_the_offer_is_of_one_version_and_one_provider():
    offer = describe_offer(described())

    assert offer["uid"] == f"{PAGE}#offer-v2"
    assert offer["target"]["uid"] == f"{PAGE}#dataset"
    assert offer["assigner"]["uid"] == f"{BASE_URL}/catalogue#org_grid"
    assert (offer["description"], offer["valid"]) == (FULL_CONTENT["restrictions"], "2027-12-31")


def test_who_may_see_the_listing_stays_inside():
    assert "org_denied" not in str(describe_offer(described()))


def test_the_target_has_the_catalogue_s_name_and_the_register_s():
    target = describe_offer(described(identifiers=IDENTIFIERS))["target"]

    assert target["uid"] == f"{PAGE}#dataset"
    assert target["identifier"] == [value for _, value in IDENTIFIERS]
    assert "identifier" not in describe_offer(described())["target"]
