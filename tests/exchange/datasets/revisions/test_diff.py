"""Differences are exact, over all rows, and the same however they are asked for."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core import canonical
from exchange.datasets.errors import KeyNotUnique, UnknownColumn
from exchange.datasets.revisions.compatibility import RevisionFacts
from exchange.datasets.revisions.diff import Side, diff_revisions, masked
from exchange.datasets.revisions.source import source_of

OLD = """time,load_kw,remark
2026-06-01 00:00:00,1.5,calm
2026-06-01 00:15:00,2.5,calm
2026-06-01 00:30:00,,calm
2026-06-01 00:45:00,4.5,calm
"""
NEW = """time,load_kw,remark
2026-06-01 00:15:00,2.6,calm
2026-06-01 00:30:00,3.5,wind
2026-06-01 00:45:00,,calm
2026-06-01 01:00:00,5.5,calm
"""


@pytest.fixture(scope="session")
def compared(take_in, tmp_path_factory):
    """The difference between two texts of CSV."""

    def compare(old, new, **options):
        sides = [side(take_in(text, "load.csv"), name) for text, name in ((old, "old"), (new, "new"))]
        return diff_revisions(*sides, temp=tmp_path_factory.mktemp("temp"), **options)

    return compare


def side(revision, name):
    ingested = revision.ingested
    return Side(
        source_of(revision.parquet, ingested.schema),
        RevisionFacts.of(ingested),
        ingested.profile,
        {"name": name},
    )


def values(document):
    return {item["name"]: item for item in document["values"]}


def counts(document):
    return {name: document["rows"][name] for name in ("added", "removed", "changed", "unchanged")}


class TestByKey:
    def test_rows_are_paired_by_the_time_where_it_is_unique(self, compared):
        document = compared(OLD, NEW)

        assert (document["rows"]["method"], document["rows"]["key"]) == ("key", ["time"])
        assert counts(document) == {"added": 1, "removed": 1, "changed": 3, "unchanged": 0}
        assert document["rows"]["examples"] == {
            "added": [["2026-06-01T01:00:00"]],
            "removed": [["2026-06-01T00:00:00"]],
        }

    def test_changes_are_told_by_column_with_the_largest_one(self, compared):
        load = values(compared(OLD, NEW))["load_kw"]

        assert (load["changed"], load["filled"], load["emptied"]) == (3, 1, 1)
        assert load["largest"] == {
            "key": ["2026-06-01T00:15:00"],
            "old": "2.5",
            "new": "2.6",
            "difference": "0.1",
        }
        assert load["examples"] == [
            {"key": ["2026-06-01T00:15:00"], "old": "2.5", "new": "2.6"},
            {"key": ["2026-06-01T00:30:00"], "old": None, "new": "3.5"},
            {"key": ["2026-06-01T00:45:00"], "old": "4.5", "new": None},
        ]

    def test_examples_are_few_and_the_counts_are_whole(self, compared):
        lines = [f"2026-06-{1 + row // 24:02d} {row % 24:02d}:00:00,{row + 1}" for row in range(100)]
        old, new = ("\n".join(["time,load_kw", *(line + end for line in lines)]) for end in ("", "0"))
        load = values(compared(old, new))["load_kw"]

        assert (load["changed"], len(load["examples"])) == (100, 20)
        assert load["largest"]["difference"] == "900"

    def test_whole_numbers_of_64_bits_differ_exactly(self, compared):
        old, new = (f"time,meter\n2026-06-01,{value}\n2026-06-02,1\n" for value in (-(2**63), 2**63 - 1))
        meter = values(compared(old, new))["meter"]

        assert meter["largest"]["difference"] == str(2**64 - 1)

    def test_a_declared_key_pairs_rows_of_one_time(self, compared):
        text = "time,site,load_kw\n2026-06-01,a,1\n2026-06-01,b,2\n"
        document = compared(text, text.replace("b,2", "b,3"), key=("time", "site"))

        assert counts(document) == {"added": 0, "removed": 0, "changed": 1, "unchanged": 1}
        assert values(document)["load_kw"]["examples"][0]["key"] == ["2026-06-01", "b"]

    @pytest.mark.parametrize("text", ["site,n\na,1\na,2\n", "site,n\na,1\n,2\n"])
    def test_a_declared_key_that_repeats_or_is_empty_is_refused(self, compared, text):
        with pytest.raises(KeyNotUnique, match="older revision"):
            compared(text, "site,n\na,1\nb,2\n", key=("site",))

    def test_a_key_that_one_side_lacks_is_refused(self, compared):
        with pytest.raises(UnknownColumn, match="site is not in both"):
            compared("site,n\na,1\n", "place,n\na,1\n", key=("site",))


class TestByWholeRows:
    def test_without_a_unique_time_rows_are_a_multiset(self, compared):
        old = "time,load_kw\n2026-06-01,1\n2026-06-01,1\n2026-06-01,2\n2026-06-02,3\n"
        new = "time,load_kw\n2026-06-01,1\n2026-06-01,2\n2026-06-01,2\n2026-06-02,3\n"
        document = compared(old, new)

        assert document["rows"]["method"] == "multiset"
        assert counts(document) == {"added": 1, "removed": 1, "changed": 0, "unchanged": 3}
        assert document["rows"]["examples"] == {
            "added": [["2026-06-01", "2"]],
            "removed": [["2026-06-01", "1"]],
        }

    def test_empty_cells_are_alike(self, compared):
        text = "site,load_kw\na,\na,\n,1\n"

        assert counts(compared(text, text)) == {"added": 0, "removed": 0, "changed": 0, "unchanged": 3}

    def test_without_a_common_column_only_the_numbers_of_rows_are_compared(self, compared):
        document = compared("site\na\nb\n", "place\na\nb\nc\n")

        assert counts(document) == {"added": 1, "removed": 0, "changed": 0, "unchanged": 2}


class TestDescription:
    def test_columns_that_came_went_changed_or_moved_are_named(self, compared):
        new = "remark,load_kw,time,price\ncalm,x,2026-06-01 00:00:00,3\n"
        schema = compared(OLD, new)["schema"]

        assert [field["name"] for field in schema["added"]] == ["price"]
        assert schema["removed"] == []
        assert ("load_kw", "type", "number", "text") in [
            (item["name"], item["member"], item["old"], item["new"]) for item in schema["changed"]
        ]
        assert [item["name"] for item in schema["moved"]] == ["time", "remark"]

    def test_a_retyped_column_is_not_compared_cell_by_cell(self, compared):
        document = compared(OLD, OLD.replace("1.5,", "x,").replace("2.5,", "y,").replace("4.5,", "z,"))

        assert "load_kw" not in document["rows"]["columns"]
        assert document["compatibility"]["verdict"] == "breaking"

    def test_counts_and_ranges_are_told_where_they_differ(self, compared):
        profile = {item["name"]: item for item in compared(OLD, NEW)["profile"]}

        assert profile["load_kw"]["max"] == {"old": "4.5", "new": "5.5"}
        assert profile["load_kw"]["nulls"] is None
        assert profile["remark"]["distinct"] == {"old": 1, "new": 2}

    def test_it_is_canonical_and_the_same_every_time(self, compared):
        first, second = (canonical.to_bytes(compared(OLD, NEW)) for _ in range(2))

        assert first == second

    def test_of_a_revision_with_itself_nothing_differs(self, compared):
        document = compared(OLD, OLD)

        assert document["compatibility"] == {"verdict": "identical", "reasons": []}
        assert (document["values"], document["profile"], any(document["schema"].values())) == (
            [],
            [],
            False,
        )

    def test_the_engine_leaves_nothing_behind(self, take_in, tmp_path):
        sides = [side(take_in(text, "load.csv"), "x") for text in (OLD, NEW)]
        diff_revisions(*sides, temp=tmp_path)

        assert list(tmp_path.iterdir()) == []

    def test_a_wide_table_makes_a_bounded_document(self, compared):
        names = [f"c{at}" for at in range(400)]
        old, new = (
            "\n".join(
                [",".join(["day", *names])]
                + [f"2026-06-{day:02d}," + ",".join([str(day + plus)] * 400) for day in range(1, 21)]
            )
            for plus in (0, 1)
        )
        document = compared(old, new)

        assert [item["changed"] for item in document["values"]] == [20] * 400
        assert sum(len(item["examples"]) for item in document["values"]) == 2000


class TestMasked:
    def everything(self, document):
        return canonical.to_bytes(document).decode()

    def test_who_may_see_no_column_gets_counts_and_no_value(self, compared):
        document = compared(OLD.replace("calm", "secret-old"), NEW.replace("calm", "secret-new"))
        shown = masked(document, frozenset())

        assert counts(shown) == counts(document)
        assert {item["name"]: item["changed"] for item in shown["values"]} == {"load_kw": 3, "remark": 3}
        for value in ("secret-old", "secret-new", "2.5", "5.5"):
            assert value in self.everything(document)
            assert value not in self.everything(shown)
        assert shown["masked"] == ["load_kw", "remark", "time"]

    def test_who_may_see_some_columns_gets_the_values_of_those(self, compared):
        document = compared(OLD.replace("calm", "secret"), NEW)
        shown = masked(document, {"time", "load_kw"})

        assert values(shown)["load_kw"] == values(document)["load_kw"]
        assert "secret" not in self.everything(shown)
        assert shown["masked"] == ["remark"]

    def test_who_may_not_see_the_key_sees_no_pair(self, compared):
        shown = masked(compared(OLD, NEW), {"load_kw"})

        assert values(shown)["load_kw"]["examples"] == []
        assert shown["rows"]["examples"] == {"added": [], "removed": []}


# At most nine rows: of ten, nine numbers make the tenth a bad cell.
ROWS = st.dictionaries(st.integers(1, 28), st.sampled_from(["", "1", "2", "x"]), min_size=1, max_size=9)


@settings(max_examples=12)
@given(ROWS, ROWS)
def test_counts_by_key_are_those_of_the_rows_themselves(compared, old, new):
    documents = compared(
        *("day,note\n" + "".join(f"2026-06-{d:02d},{v}\n" for d, v in rows.items()) for rows in (old, new)),
        key=("day",),
    )

    # A column of numbers on one side and of text on the other is not compared.
    both = old.keys() & new.keys()
    if "note" in documents["rows"]["columns"]:
        changed = {day for day in both if old[day] != new[day]}
        assert documents["rows"]["changed"] == len(changed)
    assert documents["rows"]["added"] == len(new.keys() - both)
    assert documents["rows"]["removed"] == len(old.keys() - both)


BAG = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y", ""])), min_size=1, max_size=12)


@settings(max_examples=12)
@given(BAG, BAG)
def test_counts_of_whole_rows_are_those_of_multisets(compared, old, new):
    texts = ("site,note\n" + "".join(f"{site},{note}\n" for site, note in rows) for rows in (old, new))
    document = compared(*texts)
    before, after = Counter(old), Counter(new)

    assert counts(document) == {
        "added": (after - before).total(),
        "removed": (before - after).total(),
        "changed": 0,
        "unchanged": (before & after).total(),
    }
