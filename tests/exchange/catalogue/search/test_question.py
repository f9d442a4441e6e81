import pytest

from exchange.catalogue.search.question import MOST_TERMS, synonyms, terms_of


def alternatives(text):
    return [set(term.alternatives) for term in terms_of(text)]


@pytest.mark.parametrize(
    ("question", "other"),
    [("铜", ("copper",)), ("copper", ("铜",)), ("负荷", ("load",)), ("光伏", ("pv",)), ("coal", ("煤",))],
)
def test_a_word_of_the_market_finds_the_other_language(question, other):
    assert other in alternatives(question)[0]


def test_unspaced_chinese_is_cut_at_known_words():
    assert terms_of("湖北电力负荷") == terms_of("湖北 电力 负荷")


def test_the_longest_known_word_wins():
    assert len(terms_of("动力煤")) == 1


def test_chinese_that_nobody_knows_stays_together():
    assert alternatives("紫翠玉") == [{("紫翠", "翠玉")}]


def test_an_english_phrase_is_one_term_and_needs_all_its_words():
    assert {("natural", "gas"), ("天然", "然气")} == alternatives("Natural Gas")[0]


def test_a_plural_is_a_known_word_too():
    assert ("价格",) in alternatives("prices")[0]


def test_a_quantity_is_one_term():
    assert alternatives("15 分钟") == [{("15min",)}]


def test_the_same_word_twice_is_one_term():
    assert len(terms_of("负荷 负荷 负荷")) == 1


@pytest.mark.parametrize("question", ["", "   ", "，。", "--"])
def test_nothing_that_can_be_looked_for_gives_no_terms(question):
    assert terms_of(question) == ()


def test_a_long_question_is_cut():
    assert len(terms_of(" ".join(f"word{n}" for n in range(100)))) == MOST_TERMS


def test_a_word_in_two_groups_finds_both():
    """The word list may name a word twice; neither group hides the other."""
    for key, words in synonyms().items():
        assert len(words) == len(set(words)), key
