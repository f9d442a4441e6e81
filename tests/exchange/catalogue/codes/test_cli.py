import json

from click.testing import CliRunner

from exchange.catalogue.codes.cli import codes


def test_without_a_name_it_lists_the_tables():
    result = CliRunner().invoke(codes, [])

    assert (result.exit_code, "regions" in result.output) == (0, True)


def test_with_a_name_it_prints_the_codes_and_where_they_come_from():
    result = CliRunner().invoke(codes, ["regions"], env={"LC_ALL": "zh_CN.UTF-8"})

    assert all(text in result.output for text in ("420100", "武汉市", "GB/T 2260", "not complete"))


def test_as_json_it_is_one_document():
    result = CliRunner().invoke(codes, ["sectors", "--json"])

    assert json.loads(result.output)["codes"][0]["code"] == "power"
