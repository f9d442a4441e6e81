import pytest

from exchange.datasets.ingest.proposal import propose
from exchange.datasets.load_schema import LoadSchemaInvalid
from exchange.datasets.load_schema_file import read_load_schema, write_load_schema


@pytest.fixture
def proposed(tmp_path):
    def look(text, name="prices.csv"):
        source = tmp_path / name
        source.write_text(text, encoding="utf-8")
        return propose(source, name=name, temp=tmp_path / "temp")

    return look


DAYS = "".join(f"2026-01-{day:02d},{day}.5,武汉\n" for day in range(1, 21))


def column(proposal, name):
    return next(item for item in proposal.columns if item.rule.name == name)


def test_types_units_and_the_time_are_proposed(proposed):
    proposal = proposed(f"day,load_kw,place\n{DAYS}")

    assert (proposal.rows, proposal.time_column) == (20, "day")
    assert [item.rule.type for item in proposal.columns] == ["date", "number", "text"]
    assert [item.rule.nullable for item in proposal.columns] == [False, True, True]
    assert column(proposal, "load_kw").rule.unit == "kW"
    assert column(proposal, "load_kw").example == "1.5"


def test_words_for_missing_values_are_found_and_said(proposed):
    found = column(proposed(f"day,x,place\n2025-12-31,NA,a\n2025-12-30,—,b\n{DAYS}"), "x")

    assert (found.rule.type, set(found.rule.null_words), found.nulls) == ("number", {"NA", "—"}, 2)
    assert "would be read as missing" in found.doubts[0]


@pytest.mark.parametrize(
    ("cells", "type_", "members"),
    [
        (["1,5", "2,25"], "number", {"decimal": ","}),
        (["1.234,5", "2,25"], "number", {"decimal": ",", "thousands": "."}),
        (["1,234", "5,678,901"], "integer", {"thousands": ","}),
        (["007", "008"], "text", {}),
        (["20260630", "20260701"], "integer", {}),
        (["2026-06-30 08:00", "2026-06-30 09:00"], "timestamp", {"zone": None}),
    ],
)
def test_what_is_doubtful_is_said(proposed, cells, type_, members):
    found = column(proposed("x;y\n" + "".join(f"{cell};1\n" for cell in cells)), "x")

    assert found.rule.type == type_
    assert {name: getattr(found.rule, name) for name in members} == members
    assert found.doubts


def test_a_bad_cell_is_a_doubt_and_no_refusal(proposed):
    found = column(proposed(f"day,x,place\n{DAYS}2026-02-01,oops,a\n"), "x")

    assert "line 22: 'oops' is not a number" in found.doubts[-1]


def test_the_yaml_file_is_the_proposal(proposed):
    proposal = proposed(f'day,"a: ""b"" # c",place\n2025-12-31,NA,a\n{DAYS}')

    assert read_load_schema(write_load_schema(proposal)) == proposal.load_schema


def test_a_file_is_loaded_by_its_own_proposal_as_without(proposed, take_in):
    text = f"day,load_kw,place\n{DAYS}"
    proposal = proposed(text)

    strict = take_in(text, load_schema=proposal.load_schema).ingested

    free = take_in(text).ingested
    assert [file.sha256 for file in strict.files] == [file.sha256 for file in free.files]


@pytest.mark.parametrize(
    ("text", "field"),
    [("form: [", "load schema"), ("form: 1", "form"), ("!!python/object:os.system {}", "load schema")],
)
def test_what_is_no_load_schema_is_refused(text, field):
    with pytest.raises(LoadSchemaInvalid) as caught:
        read_load_schema(text)

    assert caught.value.field == field
