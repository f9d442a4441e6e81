"""The cheap condition of a kind takes nothing that its pattern refuses, and reads it the same."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.kinds import DATE, INTEGER, NUMBER, NUMBER_MARKS, TIMESTAMP, parsed_column
from exchange.datasets.load_schema import FORM, LoadSchema

_SPOILT = st.sampled_from([*"0123456789+-/:. TZzeE_", "\u00a0", "０", ""])
_WRITTEN = {
    INTEGER: st.integers(-(2**64), 2**64).map(str),
    NUMBER: st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.floats().map(repr),
    DATE: st.dates().map(str),
    TIMESTAMP: st.datetimes().map(str)
    | st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"))
    | st.datetimes().map(lambda moment: moment.isoformat(timespec="minutes")),
}


@st.composite
def spoilt(draw, written):
    """A value as it should be written, in which a few characters are others, left out or put in."""
    text = draw(written)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(_SPOILT) + text[at + draw(st.integers(0, 2)) :]
    return text


@pytest.mark.parametrize("kind", _WRITTEN, ids=lambda kind: kind.type)
@pytest.mark.parametrize("marks", [True, False])
def test_what_is_plainly_of_a_kind_is_of_it(kind, marks):
    column = parsed_column(0, "x", kind, marks=marks)
    prepared = f", {column.prepared}" if column.prepared else ""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")

    @settings(max_examples=600, deadline=None)
    @given(cell=spoilt(_WRITTEN[kind]))
    def holds(cell):
        if not marks and any(chr(mark) in cell for mark in NUMBER_MARKS):
            return
        try:
            plain, sound, same = connection.execute(
                f"SELECT {column.plain}, {column.sound},"
                f" CASE WHEN {column.plain} THEN ({column.plain_value}) = ({column.value}) END"
                f" FROM (SELECT *{prepared} FROM (SELECT CAST(? AS VARCHAR) AS c0))",
                [cell],
            ).fetchone()
        except duckdb.ConversionException:
            return  # stops the load, which then looks for the fault
        assert not plain or (sound and same)

    holds()


@pytest.mark.parametrize(
    "cell",
    [
        "2025-01-01  1:15:00",
        "2025-01-01 00:15:1 ",
        "2025-01-01 00:15:1Z",
        "2025-01-01 00:15+08",
        "2025-01-01 00:1:000",
        "2025-01-01 (BC)    ",
        "2025-01-01 0015",
    ],
)
def test_what_the_engine_would_read_somehow_is_no_time(take_in, cell):
    schema = LoadSchema.from_json({"form": FORM, "columns": [{"name": "at", "type": "timestamp"}]})

    with pytest.raises(UnreadableSource) as caught:
        take_in(f"at\n2025-01-01 00:00:00\n{cell}\n", load_schema=schema)

    assert "line 3, column at" in caught.value.detail


@pytest.mark.parametrize("cell", ["2026-06-30 23:45", "2026-06-30T23:45", "2026-06-30T23:45:00"])
def test_minutes_are_taken_with_and_without_seconds(take_in, cell):
    assert take_in(f"at\n{cell}\n").rows() == [("2026-06-30T23:45:00",)]


@pytest.mark.parametrize(("cell", "value"), [("1e3", 1000.0), ("2.5E-1", 0.25)])
def test_an_exponent_is_taken_wherever_it_stands(take_in, cell, value):
    numbers = "".join(f"{row}.5\n" for row in range(9000))

    assert take_in(f"price\n{numbers}{cell}\n").rows(limit=9001)[-1] == (value,)


@pytest.mark.parametrize("cell", ["1_000", "007.5"])
def test_what_only_the_engine_takes_for_a_number_is_a_fault(take_in, cell):
    numbers = "".join(f"{row}.5\n" for row in range(9000))

    with pytest.raises(UnreadableSource) as caught:
        take_in(f"price_e\n{numbers}{cell}\n")

    assert f"line 9002, column price_e: {cell!r} is not a number" in caught.value.detail
