"""No value of a protected column reaches a stranger, whatever the data, the dictionary and the mask."""

import json
import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.canonical import to_bytes
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.disclosure import public_profile
from exchange.datasets.reading.masks import MASKS, mask_of, masked_cell, masked_sample, new_mask_key
from exchange.datasets.schema import Field, Schema

KEY = b"k" * 32
NAME = Field("name", "text", None, nullable=True)
LOAD = Field("load_kw", "number", "kW", nullable=True)
DAY = Field("day", "date", None, nullable=False)
MONTH = Field("month", "month", None, nullable=False)
INSTANT = Field("time", "timestamp", None, nullable=False)
PAID = Field("paid", "boolean", None, nullable=False)

levels = st.sampled_from(["L1", "L2", "L3", "L4", "important", "core"])


def entry(name, *, level="L1", sensitive=False, mask="none"):
    return {
        "name": name,
        "meaning_zh": "",
        "meaning_en": "",
        "unit": None,
        "level": level,
        "sensitive": sensitive,
        "mask": mask,
    }


class TestMaskOf:
    @given(levels, st.booleans(), st.sampled_from(MASKS))
    def test_a_protected_column_is_never_shown_as_it_is(self, level, sensitive, mask):
        found = mask_of(entry("x", level=level, sensitive=sensitive, mask=mask))

        if sensitive or level not in {"L1", "L2"}:
            assert found == ("drop" if mask == "none" else mask)
        else:
            assert found == mask

    def test_a_column_outside_the_dictionary_is_dropped(self):
        assert mask_of(None) == "drop"

    def test_an_unknown_mask_hides(self):
        assert mask_of(entry("x", mask="blur")) == "drop"


class TestCells:
    @pytest.mark.parametrize(
        ("field", "mask", "cell", "shown"),
        [
            (NAME, "none", "张三", "张三"),
            (NAME, "mask", "张三", "**"),
            (NAME, "mask", "武汉电力", "武***"),
            (NAME, "mask", "zhang.san@example.cn", "z****.***@*******.*n"),
            (NAME, "mask", "★☆★", "***"),
            (NAME, "mask", "--", "***"),
            (LOAD, "mask", "1234.5", "***"),
            (DAY, "mask", "2026-01-31", "****-**-**"),
            (NAME, "generalise", "420100", "42…"),
            (NAME, "generalise", "A1", "…"),
            (LOAD, "generalise", "1234.5", "1000 – 2000"),
            (LOAD, "generalise", "3", "0 – 10"),
            (LOAD, "generalise", "-12", "-20 – -10"),
            (LOAD, "generalise", "1e+300", "***"),
            (DAY, "generalise", "2026-01-31", "2026-01"),
            (MONTH, "generalise", "2026-01", "2026"),
            (INSTANT, "generalise", "2026-01-31T10:15:00", "2026-01-31"),
            (PAID, "hash", "true", "***"),
            (NAME, "hash", None, None),
        ],
    )
    def test_are_masked_by_their_kind(self, field, mask, cell, shown):
        assert masked_cell(cell, field, mask, KEY) == shown

    def test_of_equal_value_have_equal_hashes_in_one_listing_only(self):
        one, other = new_mask_key(), new_mask_key()

        assert masked_cell("张三", NAME, "hash", one) == masked_cell("张三", NAME, "hash", one)
        assert masked_cell("张三", NAME, "hash", one) != masked_cell("李四", NAME, "hash", one)
        assert masked_cell("张三", NAME, "hash", one) != masked_cell("张三", NAME, "hash", other)

    @given(st.text(min_size=1, max_size=30))
    def test_of_text_keep_at_most_two_characters_under_a_mask(self, text):
        shown = masked_cell(text, NAME, "mask", KEY)

        assert shown != text or set(text) <= {"*"}
        kept = [
            one for one, other in zip(text, shown, strict=False) if one == other and one not in "-_./:@ *"
        ]
        assert len(kept) <= (0 if len(text) < 4 else 1 if len(text) < 8 else 2)

    @given(st.integers(-(10**12), 10**12))
    def test_of_a_whole_number_share_their_bin_with_others(self, number):
        low, _, high = masked_cell(str(number), LOAD, "generalise", KEY).partition(" – ")

        assert int(low) <= number < int(high)
        assert int(high) - int(low) >= 10


def test_a_sample_has_no_trace_of_dropped_columns():
    schema = Schema((DAY, NAME, LOAD), "day")
    dictionary = [entry("day"), entry("name", sensitive=True), entry("load_kw", level="L2")]

    sample = masked_sample([["2026-01-01", "张三", "1.5"]], schema, dictionary, KEY)

    assert sample.to_json() == {
        "columns": ["day", "load_kw"],
        "masks": ["none", "none"],
        "rows": [["2026-01-01", "1.5"]],
    }


def test_when_every_column_is_dropped_there_are_no_rows():
    schema = Schema((NAME,), None)

    assert masked_sample([["张三"]], schema, [], KEY).rows == ()


# Values that cannot stand in the output by chance: every column has letters or leading digits of its own.
_secrets = st.text("QXZ", min_size=6, max_size=12).filter(lambda text: len(set(text)) > 1)
_codes = st.integers(73_100_001, 73_999_999).filter(lambda number: number % 10)
_entries = st.fixed_dictionaries(
    {"level": levels, "sensitive": st.booleans(), "mask": st.sampled_from(MASKS)}
)
_moments = st.dates(date(1931, 2, 3), date(1939, 11, 28))


@settings(max_examples=25)
@given(
    st.lists(st.tuples(_moments, _secrets, _codes), min_size=2, max_size=25),
    _entries,
    _entries,
    _entries,
    st.booleans(),
)
def test_no_protected_value_is_found_anywhere_in_what_is_public(take_in, rows, times, texts, codes, listed):
    """Sample and profile as JSON, with rules of every kind about the protected columns, broken by all rows."""
    content = "day,owner,meter\n" + "".join(f"{day},{owner},{meter}\n" for day, owner, meter in rows)
    declaration = Declaration.from_json(
        {
            "rules": [
                {"kind": "allowed", "column": "owner", "values": ["nobody"]},
                {"kind": "range", "column": "meter", "max": 0},
                {"kind": "unique", "columns": ["owner"]},
                {"kind": "compare", "column": "meter", "operator": "<", "other": "meter"},
            ]
        }
    )
    dictionary = [entry("day", **times), entry("owner", **texts)] + (
        [entry("meter", **codes)] if listed else []
    )
    ingested = take_in(content, declaration=declaration, text_columns=["owner"]).ingested

    sample = masked_sample(ingested.sample, ingested.schema, dictionary, KEY).to_json()
    profile = public_profile(ingested.profile, dictionary)

    assert to_bytes(sample)
    assert to_bytes(profile)
    public = json.dumps([sample, profile], ensure_ascii=False)
    masks = {item["name"]: mask_of(item) for item in dictionary}
    for day, owner, meter in rows:
        if masks["owner"] != "none":
            assert owner not in public
            assert not any(owner[at : at + 4] in public for at in range(len(owner) - 3))
        if masks.get("meter") != "none":
            # Parts per million are numbers of six digits, and may hold any four of them.
            assert not re.search(rf"(?<![\da-z.]){str(meter)[:4]}(?!\d\d(?!\d))", public)
            assert str(meter)[-5:] not in public
        if masks["day"] != "none":
            assert day.isoformat() not in public


def test_a_protected_time_takes_every_row_s_time_with_it(take_in):
    start = date(2026, 1, 1)
    content = "day,load_kw\n" + "".join(f"{start + timedelta(days=n)},{n}\n" for n in range(40) if n != 20)
    ingested = take_in(content).ingested
    dictionary = [entry("day", sensitive=True, mask="mask"), entry("load_kw")]

    public = json.dumps(public_profile(ingested.profile, dictionary))

    assert "2026-" not in public
    assert public_profile(ingested.profile, dictionary)["time"]["gaps"] == 1


def test_an_open_column_keeps_what_the_profile_tells(take_in):
    content = "day,port\n2026-01-01,A\n2026-01-02,A\n2026-01-03,B\n"
    profile = take_in(content).ingested.profile
    dictionary = [entry("day"), entry("port", level="L2")]

    public = public_profile(profile, dictionary)

    assert public["columns"][1]["histogram"] == profile["columns"][1]["histogram"]
    assert public["findings"] == profile["findings"]
    assert public["time"] == profile["time"]
