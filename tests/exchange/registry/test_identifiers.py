import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.errors import Invalid
from exchange.registry.identifiers import (
    IdentifierMalformed,
    check_characters,
    make_identifiers,
    require_handle,
    require_product_no,
)

USCC = "91350100M000100Y43"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
bodies = st.text(ALPHABET, min_size=21, max_size=21)


def made(serial=123, **changes):
    known = {
        "prefix": "88.118.27",
        "area_code": "420100",
        "uscc": USCC,
        "sector": "power",
        "product_kind": "api",
    }
    return make_identifiers(serial, **known | changes)


def test_the_parts_of_both_forms_are_where_their_readers_look():
    identifiers = made()

    assert identifiers.handle == "88.118.27/WDX.PWR.000123"
    assert identifiers.product_no[:-2] == "420100M000100Y4/A000123"
    assert require_product_no(identifiers.product_no) == identifiers.product_no
    assert require_handle(identifiers.handle) == identifiers.handle


def test_the_check_is_the_one_of_the_published_example():
    """ISO/IEC 7064 gives ISO79 the check characters 3W under MOD 1271-36."""
    assert check_characters("ISO79") == "3W"


@given(bodies, st.data())
def test_one_wrong_character_is_found(body, data):
    whole = body + check_characters(body)
    at = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(whole[at], "")))
    changed = whole[:at] + wrong + whole[at + 1 :]

    assert check_characters(changed[:-2]) != changed[-2:]


@given(bodies, st.integers(0, 19))
def test_two_neighbours_changing_places_are_found(body, at):
    swapped = body[:at] + body[at + 1] + body[at] + body[at + 2 :]

    assert swapped == body or check_characters(swapped) != check_characters(body)


@pytest.mark.parametrize("serial", [0, 1_000_000])
def test_a_serial_outside_six_digits_is_refused(serial):
    with pytest.raises(Invalid, match="used up"):
        made(serial)


@pytest.mark.parametrize("text", ["", "420100M000100Y4/A000123", "420100M000100Y4/X00012300", "a/b"])
def test_what_has_another_form_is_no_product_number(text):
    with pytest.raises(IdentifierMalformed, match="looks like"):
        require_product_no(text)


def test_a_mistyped_product_number_is_named():
    with pytest.raises(IdentifierMalformed, match="check characters"):
        require_product_no(made().product_no.replace("000123", "000124"))


@pytest.mark.parametrize("text", ["88.118.27", "/WDX.PWR.1", "88/../1", "88.118.27/wdx", "x/y"])
def test_what_has_another_form_is_no_handle(text):
    with pytest.raises(IdentifierMalformed):
        require_handle(text)
