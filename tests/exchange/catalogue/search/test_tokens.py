import pytest

from exchange.catalogue.search.tokens import LONGEST_TOKEN, phrase_tokens, singular, tokens_of


class TestTokens:
    def test_of_chinese_are_characters_and_pairs(self):
        assert tokens_of("负荷曲线") == {"负", "荷", "曲", "线", "负荷", "荷曲", "曲线"}

    def test_of_one_character_is_the_character(self):
        assert tokens_of("煤") == {"煤"}

    def test_of_mixed_text_change_with_the_script(self):
        assert tokens_of("LME铜价") == {"lme", "铜", "价", "铜价"}

    @pytest.mark.parametrize(
        "text", ["15min", "15 min", "15-minute", "15 minutes", "15分钟", "15 分钟", "１５分钟", "15MIN"]
    )
    def test_of_a_quantity_are_the_same_however_it_is_written(self, text):
        assert "15min" in tokens_of(text)

    def test_of_a_quantity_with_decimals_are_not_those_of_its_end(self):
        assert "0d5mw" in tokens_of("0.5 MW")
        assert "5mw" not in tokens_of("0.5 MW")

    @pytest.mark.parametrize("text", ["15 minerals", "x15min", "15mint"])
    def test_of_a_number_before_another_word_are_no_quantity(self, text):
        assert "15min" not in tokens_of(text)

    def test_of_full_width_and_capital_letters_are_those_of_plain_ones(self):
        assert tokens_of("ＬＭＥ　Ｃｏｐｐｅｒ，现货") == tokens_of("lme copper, 现货")

    def test_of_punctuation_are_none(self):
        assert tokens_of("——，。！?「」") == set()

    def test_of_names_of_columns_are_their_words(self):
        assert tokens_of("load_kw") >= {"load", "kw"}


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("prices", "price"),
        ("batteries", "battery"),
        ("gas", "gas"),
        ("loss", "loss"),
        ("status", "status"),
        ("analysis", "analysis"),
    ],
)
def test_an_english_plural_is_found_by_its_singular(word, stem):
    assert singular(word) == stem


def test_a_word_beyond_the_longest_is_cut():
    assert len(singular("x" * 500)) == LONGEST_TOKEN


def test_a_chinese_word_is_looked_for_by_its_pairs():
    assert phrase_tokens("负荷预测", is_han=True) == ("负荷", "荷预", "预测")
