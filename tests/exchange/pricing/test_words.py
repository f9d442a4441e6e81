"""Every plan and every line has words, in both languages."""

import pytest
from flask_babel import force_locale
from hypothesis import given

from exchange.pricing import rate
from exchange.pricing.line_words import line_words, quantity_words, unit_price_words
from exchange.pricing.words import price_table, price_words, yuan_text, yuan_words

from .strategies import lives, plans, usages

STEPS = [{"up_to": 1_000, "unit_price_micro": 500_000}, {"up_to": None, "unit_price_micro": 300_000}]
SENTENCES = [
    ({"model": "per_row", "unit_price_micro": 2_000}, "¥0.002 a row", "每行 ¥0.002"),
    (
        {"model": "per_call", "unit_price_micro": 350_000, "free_calls": 1},
        "¥0.35 a call, the first 1 call of a month free",
        "每次 ¥0.35，每月前 1 次免费",
    ),
    (
        {"model": "per_hit", "tiers": {"mode": "volume", "steps": STEPS}},
        "¥0.30–0.50 a hit in 2 volume tiers",
        "每次查得 ¥0.30–0.50，分 2 档按总量",
    ),
    (
        {"model": "per_mb", "unit_price_micro": 50_000, "trial": {"days": 14}, "cap_micro": 10_000_000},
        "¥0.05 an MB, trial: the first 14 days of the agreement free, at most ¥10.00 a month",
        "每 MB ¥0.05，试用：协议的前 14 天免费，每月至多 ¥10.00",
    ),
    (
        {"model": "subscription", "fee_micro": 880_000_000},
        "¥880.00 a month, rows included",
        "每月 ¥880.00，含数据行",
    ),
    (
        {
            "model": "package",
            "fee_micro": 500_000_000,
            "included_files": 10,
            "expiry_days": 365,
            "over_price_micro": 60_000_000,
        },
        "¥500.00 for 10 files within 365 days, then ¥60.00 a file",
        "¥500.00，含 10 个文件，365 天内有效，超出后每个文件 ¥60.00",
    ),
    ({"model": "one_off", "fee_micro": 10_000_000}, "¥10.00 once", "一次性 ¥10.00"),
    (
        {"model": "revenue_share", "share_bp": 525, "minimum_micro": 10_000_000},
        "5.25 % of the declared revenue, at least ¥10.00 a month",
        "申报收入的 5.25 %，每月至少 ¥10.00",
    ),
    ({"model": "free", "public_welfare": True}, "Free of charge, for public welfare", "公益用途，免费"),
]


@pytest.fixture(params=["en", "zh_Hans_CN"])
def language(request, app):
    with app.test_request_context(), force_locale(request.param):
        yield request.param


@pytest.mark.parametrize(("document", "english", "chinese"), SENTENCES)
def test_a_plan_is_one_sentence(language, document, english, chinese):
    assert price_words(document) == (english if language == "en" else chinese)


def test_a_table_tells_what_the_sentence_leaves_out(app):
    hits = {
        "model": "per_hit",
        "free_hits": 100,
        "tiers": {"mode": "graduated", "steps": STEPS},
        "minimum_micro": 10_000_000,
    }
    with app.test_request_context(), force_locale("en"):
        table = [(row.what, row.price) for row in price_table(hits)]

    assert table == [
        ("The first 100 hits of a month", "free"),
        ("Calls that find nothing", "free"),
        ("Up to 1,000 hits", "¥0.50 a hit"),
        ("Above 1,000 hits", "¥0.30 a hit"),
        ("At least in a month", "¥10.00"),
    ]


@given(plans, usages(), lives)
def test_no_plan_and_no_line_lacks_words(plan, used, life):
    """A code that shows through instead of words has a hyphen between small letters."""
    lines = rate(plan, None, used, life)

    assert price_words(plan)
    assert all(row.what and row.price for row in price_table(plan))
    assert [line.description for line in lines if line_words(line.description) == line.description] == []


def test_bytes_are_priced_by_the_megabyte():
    assert unit_price_words("bytes:unit_price_micro", 50_000) == "¥0.05 per MB"
    assert quantity_words("bytes:unit_price_micro", 1_234_567) == "1,234,567"
    assert quantity_words("period:cap_micro", 1) == "–"


def test_declared_revenue_is_money_and_its_price_a_percentage():
    assert quantity_words("revenue:share_bp", 1_234_567) == "¥12,345.67"
    assert unit_price_words("revenue:share_bp", 500) == "5 %"


@pytest.mark.parametrize(
    ("micro", "text"), [(0, "0.00"), (2_000, "0.002"), (1_234_567_890_000, "1,234,567.89"), (1, "0.000001")]
)
def test_an_amount_has_as_many_decimals_as_it_needs(micro, text):
    assert yuan_text(micro) == text


def test_a_credit_has_its_sign_before_the_currency():
    assert yuan_words(-1_400_000) == "-¥1.40"
