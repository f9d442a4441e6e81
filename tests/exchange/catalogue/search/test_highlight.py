import pytest

from exchange.catalogue.search.highlight import highlighted
from exchange.catalogue.search.question import terms_of


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("煤", "动力煤价格", "动力<mark>煤</mark>价格"),
        ("动力煤", "动力煤价格", "<mark>动力煤</mark>价格"),
        ("load", "Loads and payloads", "<mark>Loads</mark> and payloads"),
        ("natural gas", "Natural-gas spot", "<mark>Natural-gas</mark> spot"),
        ("15分钟", "每15分钟一个值", "每<mark>15分钟</mark>一个值"),
        ("", "<b>", "&lt;b&gt;"),
        ("b", "<b>", "&lt;<mark>b</mark>&gt;"),
        ("&", "a & b", "a &amp; b"),
    ],
)
def test_words_are_marked_and_everything_else_is_escaped(question, text, marked):
    assert highlighted(text, terms_of(question)) == marked
