import pytest

from exchange.core.errors import Invalid
from exchange.participants.uscc import check_character, require_uscc

VALID = "91350100M000100Y43"


def test_a_code_whose_check_holds_is_taken():
    assert require_uscc(VALID) == VALID


@pytest.mark.parametrize("letter", "IOSVZ")
@pytest.mark.parametrize("place", [0, 9, 17])
def test_letters_that_the_standard_leaves_out_are_refused(letter, place):
    code = VALID[:place] + letter + VALID[place + 1 :]

    with pytest.raises(Invalid, match=f"{letter} cannot stand") as refusal:
        require_uscc(code)
    assert refusal.value.field == "uscc"


@pytest.mark.parametrize("code", ["", VALID[:-1], VALID + "0", VALID.lower(), "９" + VALID[1:]])
def test_another_length_or_alphabet_is_refused(code):
    with pytest.raises(Invalid):
        require_uscc(code)


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_character_is_always_noticed(place):
    other = "1" if VALID[place] != "1" else "2"

    with pytest.raises(Invalid, match="check character"):
        require_uscc(VALID[:place] + other + VALID[place + 1 :])


@pytest.mark.parametrize("place", [0, 2, 3, 7, 8, 11, 13, 14, 15, 16])
def test_two_characters_in_the_wrong_order_are_noticed(place):
    swapped = VALID[:place] + VALID[place + 1] + VALID[place] + VALID[place + 2 :]

    assert swapped == VALID or check_character(swapped[:17]) != swapped[17]
