import pytest

from exchange.catalogue.codes import all_tables, get_table
from exchange.catalogue.codes.tables import EVIDENCE
from exchange.core.errors import NotFound


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
class TestEveryTable:
    def test_states_its_source_and_how_well_it_is_known(self, table):
        assert table.source
        assert table.evidence in EVIDENCE

    def test_has_every_code_once_with_both_labels(self, table):
        assert len(set(table.values)) == len(table) > 0
        assert all(item.zh and item.en for item in table.codes)

    def test_names_only_parents_that_it_holds(self, table):
        assert [item.code for item in table.codes if item.parent and item.parent not in table] == []

    def test_says_in_a_note_what_an_incomplete_one_lacks(self, table):
        assert table.is_complete or table.note


def test_wuhan_lies_in_hubei():
    table = get_table("regions")

    assert next(item.parent for item in table.codes if item.code == "420100") == "420000"
    assert table.label("420100", chinese=True) == "武汉市"


def test_update_frequencies_hold_no_code_whose_meaning_is_a_guess():
    """002 to 008 exist, and nobody has seen what they mean."""
    table = get_table("update_frequencies")

    assert (table.values, table.is_complete) == (("001", "009"), False)


def test_levels_rise_from_general_to_core():
    table = get_table("levels")

    assert table.rank("L1") < table.rank("L4") < table.rank("important") < table.rank("core")


def test_a_code_that_is_not_in_the_table_is_shown_as_it_is():
    assert get_table("sectors").label("weather", chinese=False) == "weather"


def test_a_table_that_is_not_there_names_those_that_are():
    with pytest.raises(NotFound) as refusal:
        get_table("colours")

    assert "regions" in refusal.value.remedy
