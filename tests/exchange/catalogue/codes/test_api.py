def test_the_tables_are_listed_with_their_sources(market):
    tables = {item["name"]: item for item in market.api(market.forecast_lab).get("/codes").json}

    assert tables["regions"]["source"].startswith("GB/T 2260")
    assert "codes" not in tables["regions"]


def test_one_table_shows_its_codes_in_both_languages(market):
    table = market.api(market.forecast_lab).get("/codes/sectors").json

    assert {"code": "power", "zh": "电力", "en": "Power", "parent": None} in table["codes"]


def test_a_table_that_is_not_there_is_not_found(market):
    answer = market.api(market.forecast_lab).get("/codes/colours")

    assert (answer.status_code, "regions" in answer.json["detail"]) == (404, True)
