from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms import ContractIdInvalid, new_contract_id, require_contract_id
from contracts.terms.contract_id import check_character

KNOWN = "C191350100M000100Y434201202611230930007K2M9Q4T9"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def made():
    at = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    return new_contract_id(uscc="91350100M000100Y43", area_code="420100", at=at)


def test_says_who_filed_it_where_and_when_in_beijing_time():
    text = made()

    assert len(text) == 47
    assert text.startswith("C191350100M000100Y434201" + "20270101010000")
    assert require_contract_id(text) == text


def test_the_known_example_has_its_check():
    assert check_character(KNOWN[:-1]) == "9"
    assert require_contract_id(KNOWN) == KNOWN


def test_two_made_in_the_same_second_differ():
    assert made() != made()


@given(st.integers(1, 45), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_found(place, character):
    wrong = KNOWN[:place] + character + KNOWN[place + 1 :]
    if wrong != KNOWN:
        with pytest.raises(ContractIdInvalid):
            require_contract_id(wrong)


@given(st.integers(2, 44))
def test_two_neighbours_swapped_are_found(place):
    wrong = KNOWN[:place] + KNOWN[place + 1] + KNOWN[place] + KNOWN[place + 2 :]
    if wrong != KNOWN:
        with pytest.raises(ContractIdInvalid):
            require_contract_id(wrong)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "47 characters; this one has 0"),
        (KNOWN[:-1], "this one has 46"),
        (KNOWN.lower(), "a contract id is C"),
        ("D" + KNOWN[1:], "a contract id is C"),
        (KNOWN.replace("20261123093000", "20261323093000"), "a contract id is C"),
        (KNOWN[:-1] + "8", "the check character does not fit"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(text, reason):
    with pytest.raises(ContractIdInvalid, match=reason) as refusal:
        require_contract_id(text)

    assert (refusal.value.field, refusal.value.remedy is not None) == ("contract_id", True)
