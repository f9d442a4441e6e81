import gzip

import pytest

from exchange.datasets.errors import UnreadableSource


@pytest.mark.parametrize("name", ["load.jsonl", "load.ndjson"])
def test_flat_objects_become_rows(take_in, name):
    revision = take_in(
        '{"at": "2026-06-30T00:00:00", "load_kw": 1.50, "count": 3, "open": true, "place": "武汉"}\n'
        '{"at": "2026-06-30T00:15:00", "load_kw": 2, "count": 4, "open": false, "place": "a\\n\\"b\\""}\n',
        name,
    )

    assert [field.type for field in revision.schema.fields] == [
        "timestamp",
        "number",
        "integer",
        "boolean",
        "text",
    ]
    assert revision.rows() == [
        ("2026-06-30T00:00:00", 1.5, 3, True, "武汉"),
        ("2026-06-30T00:15:00", 2.0, 4, False, 'a\n"b"'),
    ]


def test_null_and_absent_members_are_empty_cells(take_in):
    revision = take_in('{"a": 1}\n\n{"b": null, "a": 2}\n{"b": 5}\n', "x.jsonl")

    assert revision.rows() == [(1, None), (2, None), (None, 5)]


def test_a_long_number_keeps_its_digits(take_in):
    assert take_in('{"meter": 12345678901234567890123, "x": 1}\n', "x.jsonl").rows() == [
        ("12345678901234567890123", 1)
    ]


@pytest.mark.parametrize(
    ("line", "says", "field"),
    [
        ('{"a": {"b": 1}}', "line 2: member a is nested", "a"),
        ('{"a": []}', "line 2: member a is nested", "a"),
        ('{"a": 1, "a": 2}', "line 2: member a is there twice", "a"),
        ("[1, 2]", "line 2: the value is no object", None),
        ("7", "line 2: the value is no object", None),
        ('{"a": 1', "line 2: this is not JSON", None),
    ],
)
def test_what_is_no_flat_object_is_named_by_line_and_member(take_in, line, says, field):
    with pytest.raises(UnreadableSource, match=says) as caught:
        take_in(f'{{"a": 1}}\n{line}\n', "x.jsonl")

    assert caught.value.field == field


def test_a_bad_cell_is_named_by_its_line(take_in):
    good = "".join(f'{{"x": {number}}}\n' for number in range(20))

    with pytest.raises(UnreadableSource, match=r"x\.jsonl, line 22, column x: 'oops' is not a whole"):
        take_in(good + '\n{"x": "oops"}\n', "x.jsonl")


def test_a_packed_file_is_the_same_revision_as_the_file(take_in):
    content = b'{"day": "2026-06-30", "x": 1}\n'

    packed = take_in(gzip.compress(content), "x.jsonl.gz").ingested

    assert packed.sha256 == take_in(content, "x.jsonl").ingested.sha256


def test_a_damaged_archive_is_refused(take_in):
    with pytest.raises(UnreadableSource, match="not a readable gzip file"):
        take_in(gzip.compress(b"a,b\n1,2\n")[:-9], "x.csv.gz")
