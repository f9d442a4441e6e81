"""Unified social credit codes 统一社会信用代码: the check of GB 32100-2015."""

from exchange.core.errors import Invalid

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    total = sum(
        _ALPHABET.index(character) * weight for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return _ALPHABET[(31 - total % 31) % 31]


def require_uscc(text: str) -> str:
    """Return the code when its check holds.

    Raises:
        Invalid: wrong length, a letter the standard does not use, or a wrong check character.
    """
    if len(text) != 18:
        raise Invalid(
            "a unified social credit code has 18 characters", field="uscc", remedy="Check the licence."
        )
    if strange := sorted(set(text) - set(_ALPHABET)):
        raise Invalid(
            f"{', '.join(strange)} cannot stand in a unified social credit code",
            field="uscc",
            remedy="Use digits and capital letters; I, O, S, V and Z are not used.",
        )
    if check_character(text[:17]) != text[17]:
        raise Invalid(
            "the check character does not fit", field="uscc", remedy="Compare the code with the licence."
        )
    return text
