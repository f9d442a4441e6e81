"""The contract id of 47 characters: who files it, where, when, a random part, and a check.

The form is that of TC609-6-2025-14 as public code implements it; the check is our own choice, ISO/IEC 7064
MOD 37,36 over the first 46 characters, because the standard's rule was not seen. It stands in two functions
that nothing else depends on.
"""

import re
import secrets
from datetime import datetime

from exchange.core.clock import SHANGHAI
from exchange.core.errors import Invalid

LENGTH = 47
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RANDOM = 8
#: Type C; node 1 regional, 2 industry, 3 enterprise; the node's credit code; area; time in Shanghai; random.
_FORM = re.compile(r"^C[123][0-9A-Z]{18}[0-9A-Z]{4}(?P<time>[0-9]{14})[0-9A-Z]{8}[0-9A-Z]$", re.ASCII)
REGIONAL_NODE = "1"


class ContractIdInvalid(Invalid):
    """The text is no contract id: wrong length, form or check character."""

    code = "contract-id-invalid"


def new_contract_id(*, uscc: str, area_code: str, at: datetime) -> str:
    """Make the id of a contract that the exchange with this credit code files, for an area of GB/T 2260."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    body = f"C{REGIONAL_NODE}{uscc}{area_code[:4]:0<4}{at.astimezone(SHANGHAI):%Y%m%d%H%M%S}{random}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """The check that belongs to the first 46 characters, after ISO/IEC 7064 MOD 37,36."""
    remainder = 36
    for character in body:
        remainder = (remainder + _ALPHABET.index(character)) % 36 or 36
        remainder = remainder * 2 % 37
    return _ALPHABET[(37 - remainder) % 36]


def require_contract_id(text: str) -> str:
    """Give the id back when its form and its check hold.

    Raises:
        ContractIdInvalid: says which of them does not.
    """
    if len(text) != LENGTH:
        raise _invalid(f"a contract id has {LENGTH} characters; this one has {len(text)}")
    found = _FORM.match(text)
    if found is None or not _is_instant(found["time"]):
        raise _invalid(
            "a contract id is C, 1 to 3, a credit code, an area, a time, eight characters, a check"
        )
    if check_character(text[:-1]) != text[-1]:
        raise _invalid("the check character does not fit: a character is wrong, or two are swapped")
    return text


def _is_instant(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return False
    return True


def _invalid(detail: str) -> ContractIdInvalid:
    return ContractIdInvalid(
        detail, field="contract_id", remedy="Copy it from the contract, in capital letters."
    )
