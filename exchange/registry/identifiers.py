"""The identifiers of a product: the national form and the industrial handle, made and read.

Both resemble published forms whose check rules were not seen, so the check is our own choice: ISO/IEC 7064
MOD 1271-36, two characters that catch every single wrong character and every swap of neighbours.
"""

import re
from dataclasses import dataclass

from exchange.core.errors import Invalid

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MODULUS, _RADIX = 1271, 36
#: Type letter of the national form by kind of product: structured data, file, API, service, product.
_TYPE_LETTERS = {"dataset": "D", "report": "F", "api": "A", "application": "S", "model": "P"}
_SECTOR_WORDS = {"power": "PWR", "energy": "ENG", "bulk_materials": "BLK"}
_PRODUCT_NO = re.compile(r"^(\d{6}[0-9A-Z]{9})/([DFASP]\d{6})([0-9A-Z]{2})$")
_HANDLE = re.compile(r"^(?P<prefix>[0-9]+(\.[0-9A-Za-z]+)*)/(?P<suffix>[0-9A-Z]+(\.[0-9A-Z]+)*)$")
_MOST_SERIAL = 999_999


class IdentifierMalformed(Invalid):
    """The text is no identifier of this form, or its check characters do not fit."""

    code = "identifier-malformed"


@dataclass(frozen=True, slots=True)
class ProductIdentifiers:
    """Both identifiers of one product; they share the serial number."""

    handle: str
    product_no: str


def make_identifiers(
    serial: int, *, prefix: str, area_code: str, uscc: str, sector: str, product_kind: str
) -> ProductIdentifiers:
    """Make the identifiers of the product with this serial number.

    Args:
        serial: 1 to 999,999, never used before at this exchange.
        prefix: the exchange's own prefix in the handle system.
        area_code: GB/T 2260 code of the exchange's area, six digits.
        uscc: credit code of the holder; its characters 9 to 17 are the organisation code (GB 11714).

    Raises:
        Invalid: the serial numbers of the six-digit form are used up.
    """
    if not 1 <= serial <= _MOST_SERIAL:
        raise Invalid("the six-digit serial numbers of products are used up", field="serial")
    organisation = f"{area_code}{uscc[8:17]}"
    number = f"{_TYPE_LETTERS[product_kind]}{serial:06d}"
    return ProductIdentifiers(
        handle=f"{prefix}/WDX.{_SECTOR_WORDS[sector]}.{serial:06d}",
        product_no=f"{organisation}/{number}{check_characters(organisation + number)}",
    )


def check_characters(body: str) -> str:
    """The two check characters of ISO/IEC 7064 MOD 1271-36 over digits and capital letters."""
    value = 0
    for character in body:
        value = (value + _ALPHABET.index(character)) * _RADIX % _MODULUS
    value = (_MODULUS + 1 - value * _RADIX % _MODULUS) % _MODULUS
    return _ALPHABET[value // _RADIX] + _ALPHABET[value % _RADIX]


def require_product_no(text: str) -> str:
    """Return the number when its form and its check characters hold.

    Raises:
        IdentifierMalformed: says which of the two does not.
    """
    match = _PRODUCT_NO.match(text)
    if match is None:
        raise IdentifierMalformed(
            "a product number looks like 420100M000100Y4/D000123K7", field="product_no"
        )
    if check_characters(match[1] + match[2]) != match[3]:
        raise IdentifierMalformed(
            "the check characters of the product number do not fit",
            field="product_no",
            remedy="Compare it with the certificate.",
        )
    return text


def require_handle(text: str) -> str:
    """Return the handle when it has the form prefix/suffix.

    Raises:
        IdentifierMalformed: it has not.
    """
    if _HANDLE.match(text) is None:
        raise IdentifierMalformed(
            "a handle looks like 88.118.27/WDX.PWR.000123",
            field="handle",
            remedy="Give prefix and suffix.",
        )
    return text
