from exchange.catalogue.exports.described import in_both_languages, in_order
from tests.factories.described import described


def test_members_come_in_one_order_whatever_the_database_keeps():
    stored = {"sla": {"support": "", "availability_bp": 1}, "price_plans": [{"plan": {}, "code": "a"}]}

    ordered = in_order(stored)

    assert ordered == stored
    assert list(ordered["sla"]) == ["availability_bp", "support"]
    assert list(ordered["price_plans"][0]) == ["code", "plan"]


def test_words_are_given_with_their_language_where_there_are_any():
    content = {"title_zh": "负荷", "title_en": "", "summary_zh": "", "summary_en": ""}

    assert in_both_languages(content, "title") == [("zh", "负荷")]
    assert in_both_languages(content, "summary") == []


def test_a_column_has_the_words_of_its_dictionary():
    load = described().fields[1]

    assert (load["type"], load["meaning_zh"], load["level"]) == ("number", "有功负荷", "L2")
