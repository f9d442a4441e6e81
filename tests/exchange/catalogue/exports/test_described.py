from exchange.catalogue.exports.described import complete, in_both_languages
from tests.factories.catalogue import PER_ROW, offer
from tests.factories.described import FULL_CONTENT, described


def test_older_content_gets_every_member():
    whole = complete({**offer(), "schema": {"fields": [], "time_field": None}, "revision": None})

    assert set(FULL_CONTENT) - {
        "public_data",
        "security",
        "compliance",
        "highest_level",
        "schema_digest",
    } <= set(whole)
    assert [plan["plan"] for plan in whole["price_plans"]] == [PER_ROW]
    assert "price_plan" not in whole


def test_a_member_that_is_there_is_kept():
    whole = complete(FULL_CONTENT)

    assert {name: whole[name] for name in FULL_CONTENT} == FULL_CONTENT


def test_words_are_given_with_their_language_where_there_are_any():
    content = {"title_zh": "负荷", "title_en": "", "summary_zh": "", "summary_en": ""}

    assert in_both_languages(content, "title") == [("zh", "负荷")]
    assert in_both_languages(content, "summary") == []


def test_a_column_has_the_words_of_its_dictionary():
    load = described().fields[1]

    assert (load["type"], load["meaning_zh"], load["level"]) == ("number", "有功负荷", "L2")
