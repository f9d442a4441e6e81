"""Choosing rows in the engine is the same as choosing them in plain Python, whatever the values."""

import operator

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.datasets.reading.query import read_page

COMPARISONS = {"gteq": operator.ge, "gt": operator.gt, "lteq": operator.le, "lt": operator.lt}
numbers = st.sampled_from(["-1", "0", "0.5", "17", "17.25", "1000.125", "99999999"])
conditions = st.one_of(
    st.builds(
        lambda op, value: {"column": "active_power_kw", "op": op, "values": [value]},
        st.sampled_from(sorted(COMPARISONS)),
        numbers,
    ),
    st.builds(
        lambda values: {"column": "remark", "op": "in", "values": values},
        st.lists(
            st.one_of(
                st.integers(0, 40).map(lambda number: f"row {number}"),
                st.sampled_from(["", "NULL", "' OR 1=1 --", "行 3", '"', "%"]),
            ),
            min_size=1,
            max_size=4,
        ),
    ),
)


def _holds(condition, row):
    value = dict(zip(("active_power_kw", "remark"), row, strict=True))[condition["column"]]
    if value is None:
        return False
    if condition["op"] == "in":
        return value in condition["values"]
    return COMPARISONS[condition["op"]](value, float(condition["values"][0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(conditions, max_size=3))
def test_the_engine_chooses_as_python_does(quarter_hours, chosen):
    def read(**options):
        page = read_page(
            quarter_hours.files,
            quarter_hours.schema,
            columns=("active_power_kw", "remark"),
            time_from=None,
            time_to="2026-01-03",
            after_row=-1,
            limit=500,
            **options,
        )
        return page.rows

    everything = read()

    assert read(row_filter=chosen) == [
        row for row in everything if all(_holds(condition, row) for condition in chosen)
    ]
