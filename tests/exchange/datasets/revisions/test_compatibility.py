"""What breaks whoever built on a revision: every rule, and what holds for any two revisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.datasets.revisions.compatibility import EFFECTS, RevisionFacts, compare

TIME = {
    "name": "time",
    "type": "timestamp",
    "unit": None,
    "nullable": False,
    "level": "general",
    "zone": None,
}
LOAD = {"name": "load_kw", "type": "number", "unit": "kW", "nullable": False, "level": "L2", "zone": None}
SITE = {"name": "site", "type": "text", "unit": None, "nullable": False, "level": "L1", "zone": None}


def facts(*fields, time_field="time", rows=96, sha256="a" * 64, step="PT15M", extra=None, **ends):
    schema = {"fields": list(fields or (TIME, LOAD, SITE)), "time_field": time_field, **(extra or {})}
    ends = {"time_from": "2026-06-01T00:00:00", "time_to": "2026-06-01T23:45:00", **ends}
    return RevisionFacts(schema, rows, sha256, step=step, **ends)


def codes(old, new, **options):
    return [reason.code for reason in compare(old, new, **options).reasons]


class TestBreaks:
    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"type": "integer"}, "type_changed"),
            ({"unit": "MW"}, "unit_changed"),
            ({"unit": None}, "unit_changed"),
            ({"nullable": True}, "became_nullable"),
            ({"level": "L3"}, "level_raised"),
            ({"level": "important"}, "level_raised"),
            ({"level": "secret"}, "level_raised"),
            ({"zone": "UTC"}, "meaning_changed"),
            ({"time_label": "end"}, "meaning_changed"),
        ],
    )
    def test_a_column_that_says_something_else(self, changed, code):
        found = compare(facts(), facts(TIME, {**LOAD, **changed}, SITE))

        assert (found.verdict, [(reason.code, reason.column) for reason in found.reasons]) == (
            "breaking",
            [(code, "load_kw")],
        )

    def test_a_column_that_is_gone(self):
        assert codes(facts(), facts(TIME, SITE)) == ["column_removed"]

    def test_a_column_that_has_another_name(self):
        (reason,) = compare(facts(), facts(TIME, {**LOAD, "name": "power_kw"}, SITE)).reasons

        assert (reason.code, reason.column, reason.new) == ("column_renamed", "load_kw", "power_kw")

    def test_a_column_whose_place_is_taken_by_one_of_another_kind_is_gone(self):
        new = facts(TIME, {**SITE, "name": "remark"}, SITE)

        assert codes(facts(), new) == ["column_removed", "column_added"]

    @pytest.mark.parametrize(
        ("new", "code"),
        [
            ({"step": "PT1H"}, "step_changed"),
            ({"step": None}, "step_changed"),
            ({"time_from": "2026-06-01T00:15:00"}, "range_shrunk"),
            ({"time_to": "2026-06-01T23:30:00"}, "range_shrunk"),
            ({"time_field": None}, "time_field_changed"),
            ({"time_field": "site"}, "time_field_changed"),
            ({"extra": {"time_label": "end"}}, "meaning_changed"),
        ],
    )
    def test_a_time_that_means_something_else(self, new, code):
        found = compare(facts(), facts(**new))

        assert (found.verdict, [reason.code for reason in found.breaking]) == ("breaking", [code])

    def test_rows_that_are_missing_where_no_time_tells_which(self):
        old, new = (facts(SITE, time_field=None, step=None, rows=rows) for rows in (10, 9))

        assert codes(old, new) == ["rows_removed"]

    @pytest.mark.parametrize("key", [["time"], ["time", "site", "load_kw"]])
    def test_a_key_of_other_columns(self, key):
        old, new = (facts(extra={"key": columns}) for columns in (["time", "site"], key))

        assert codes(old, new) == ["key_changed"]


class TestDoesNotBreak:
    @pytest.mark.parametrize(
        ("new", "code"),
        [
            (facts(TIME, LOAD, SITE, {**SITE, "name": "remark"}), "column_added"),
            (facts(SITE, TIME, LOAD), "columns_reordered"),
            (facts(TIME, {**LOAD, "level": "L1"}, SITE), "level_lowered"),
            (facts(time_to="2026-06-02T00:00:00"), "range_extended"),
            (facts(rows=97), "rows_added"),
            (facts(rows=95), "rows_fewer"),
            (facts(sha256="b" * 64), "content_changed"),
        ],
    )
    def test_what_leaves_a_reader_what_he_had(self, new, code):
        found = compare(facts(), new)

        assert (found.verdict, [reason.code for reason in found.reasons]) == ("compatible", [code])

    def test_a_unit_that_nobody_had_stated(self):
        old = facts(TIME, {**LOAD, "unit": None}, SITE)

        assert codes(old, facts()) == ["unit_stated"]

    def test_empty_cells_that_are_filled(self):
        assert codes(facts(TIME, {**LOAD, "nullable": True}, SITE), facts()) == ["no_longer_nullable"]

    def test_a_fraction_of_a_second_is_later_than_the_whole_one(self):
        old, new = (
            facts({**TIME, "zone": "UTC"}, time_to=f"2026-06-01T23:45:00{end}") for end in ("Z", ".5Z")
        )

        assert codes(old, new) == ["range_extended"]

    def test_a_column_that_the_agreement_does_not_grant(self):
        found = compare(facts(), facts(TIME, LOAD), columns=["time", "load_kw"])

        assert (found.verdict, found.breaking) == ("compatible", ())

    def test_the_time_decides_even_where_it_is_not_granted(self):
        assert codes(facts(), facts(time_field=None), columns=["load_kw"]) == ["time_field_changed"]


NAMES = st.sampled_from(["time", "load_kw", "site", "remark", "price"])


@st.composite
def revisions(draw):
    fields = [
        {
            "name": name,
            "type": draw(st.sampled_from(["number", "integer", "text"])),
            "unit": draw(st.sampled_from([None, "kW", "MW"])),
            "nullable": draw(st.booleans()),
            "level": draw(st.sampled_from(["general", "L1", "L4", "important"])),
            "zone": draw(st.sampled_from([None, "UTC"])),
        }
        for name in draw(st.lists(NAMES, unique=True, min_size=1))
    ]
    time_field = draw(st.sampled_from([None, *(field["name"] for field in fields)]))
    return facts(
        *fields,
        time_field=time_field,
        step=draw(st.sampled_from([None, "PT15M", "PT1H"])),
        rows=draw(st.integers(0, 3)),
        sha256=draw(st.sampled_from(["a" * 64, "b" * 64])),
        time_from=draw(st.sampled_from(["2026-01-01", "2026-01-02"])),
        time_to=draw(st.sampled_from(["2026-02-01", "2026-02-02"])),
    )


@given(revisions())
def test_a_revision_is_identical_to_itself(revision):
    assert compare(revision, revision).verdict == "identical"


@given(revisions(), revisions())
def test_the_verdict_is_the_worst_of_its_reasons(old, new):
    found = compare(old, new)

    effects = {EFFECTS[reason.code] for reason in found.reasons}
    assert found.verdict == (
        "breaking" if "breaking" in effects else "compatible" if effects else "identical"
    )


@given(revisions(), revisions())
def test_only_revisions_that_differ_in_nothing_are_identical(old, new):
    if compare(old, new).verdict == "identical":
        assert old == new


@given(revisions(), NAMES)
def test_taking_a_column_away_always_breaks(old, name):
    fields = [field for field in old.schema["fields"] if field["name"] != name]
    new = RevisionFacts(
        {**old.schema, "fields": fields}, old.rows, old.sha256, old.time_from, old.time_to, old.step
    )
    had = len(fields) < len(old.schema["fields"])

    assert (compare(old, new).verdict == "breaking") is had


@given(revisions(), st.integers(0, 5))
def test_a_new_column_in_any_place_never_breaks(old, place):
    fields = list(old.schema["fields"])
    fields.insert(place, {**SITE, "name": "brand_new"})
    new = RevisionFacts(
        {**old.schema, "fields": fields}, old.rows, old.sha256, old.time_from, old.time_to, old.step
    )

    assert compare(old, new).verdict == "compatible"


@given(revisions(), revisions(), st.sets(NAMES))
def test_who_reads_less_is_broken_by_less(old, new, read):
    whole, part = compare(old, new), compare(old, new, columns=read)

    assert set(part.breaking) <= set(whole.breaking)
