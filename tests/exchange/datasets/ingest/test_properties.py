"""Whatever a table holds and however it is written as CSV, it is read back as it was, or its fault is named."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.load_schema import FORM, LoadSchema

_WORDS = st.text(
    st.characters(codec="gb18030", exclude_categories=("Cs", "Cc")) | st.sampled_from('",;\t|\n\r'),
    max_size=8,
)
_CELLS = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "date": st.dates().filter(lambda day: day.year >= 1000),
    "timestamp": st.datetimes().filter(lambda moment: moment.year >= 1000),
    "text": _WORDS,
    "boolean": st.booleans(),
}
_LOAD_SCHEMA = LoadSchema.from_json(
    {"form": FORM, "columns": [{"name": f"c {kind}", "type": kind} for kind in _CELLS]}
)
_ROWS = st.lists(st.tuples(*(st.none() | cells for cells in _CELLS.values())), min_size=1, max_size=12)


def write(rows, delimiter, ending, quoting, encoding):
    header = [f"c {kind}" for kind in _CELLS]
    records = [header, *(["" if cell is None else text(cell) for cell in row] for row in rows)]
    return "".join(record(cells, delimiter, quoting) + ending for cells in records).encode(encoding)


def record(cells, delimiter, quoting):
    """One record; the writer puts a cell with either half of a line ending in quotes only under both."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerow(cells)
    return stream.getvalue().removesuffix("\r\n")


def text(cell):
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell) if isinstance(cell, int | float) else str(cell)


def delivered(cell):
    if isinstance(cell, str):
        return cell or None
    if hasattr(cell, "hour"):
        moment = cell.isoformat()
        return moment.rstrip("0") if "." in moment else moment
    return cell.isoformat() if hasattr(cell, "year") else cell


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=_ROWS,
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_a_table_comes_back_as_it_was(take_in, rows, delimiter, ending, quoting, encoding):
    # A record of nothing but delimiters is a record; one of a single empty cell could not be told from none.
    revision = take_in(write(rows, delimiter, ending, quoting, encoding), load_schema=_LOAD_SCHEMA)

    assert revision.rows() == [tuple(delivered(cell) for cell in row) for row in rows]


@settings(max_examples=40, deadline=None)
@given(
    sound=st.lists(st.integers(-999, 999), min_size=1, max_size=30),
    bad=st.lists(
        st.tuples(st.integers(0, 29), st.sampled_from(["x", "1.5", "0x1", "007", "1_0", "--1"])), min_size=1
    ),
    breaks=st.sampled_from(["note", '"a\nb"']),
)
def test_every_fault_is_named_at_its_line(take_in, sound, bad, breaks):
    cells = [str(number) for number in sound]
    for place, cell in bad:
        cells.insert(place, cell)
    height = 1 + breaks.count("\n")
    expected = [
        (f"prices.csv, line {2 + number * height}", cell)
        for number, cell in enumerate(cells)
        if cell in {item for _, item in bad}
    ]
    schema = LoadSchema.from_json(
        {"form": FORM, "columns": [{"name": "count", "type": "integer"}, {"name": "note", "type": "text"}]}
    )

    with pytest.raises(UnreadableSource) as caught:
        take_in("count,note\n" + "".join(f"{cell},{breaks}\n" for cell in cells), load_schema=schema)

    faults = [(fault["place"], fault["value"]) for fault in caught.value.context["faults"]]
    assert (faults, caught.value.context["fault_count"]) == (expected[:20], len(expected))
