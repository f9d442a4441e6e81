"""Canonical bytes: the restricted JSON profile in which everything signed or hashed is written.

Within the profile (no floats, |integer| < 2^53, ASCII keys, valid Unicode) the bytes equal those of
RFC 8785, so any JCS library reproduces them.
"""

from collections.abc import Iterator
from types import NoneType
from typing import Any

import orjson

from exchange.core.errors import Invalid

MAX_DEPTH = 64
#: The largest integer that every reader of JSON reads exactly.
MAX_INTEGER = 2**53 - 1
_FIRST_REFUSED_INT = MAX_INTEGER + 1
_SCALARS = frozenset({str, int, bool, NoneType})
_KEY_TYPES = frozenset({str})
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


class NotCanonical(Invalid):
    """The value has no canonical form, or the bytes are not the canonical form of anything."""

    code = "not-canonical"


def to_bytes(value: Any) -> bytes:
    """Write a value in its one canonical form.

    Raises:
        NotCanonical: the value is outside the profile; `field` is the JSON path at fault.
    """
    # orjson writes floats, dates and dataclasses happily, so exact types are checked first. It refuses
    # large integers and lone surrogates itself, which keeps this check cheap.
    if not _has_profile_types(value, MAX_DEPTH):
        raise _refusal(value)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError as error:
        raise _refusal(value) from error


def from_bytes(data: bytes) -> Any:
    """Read canonical bytes; anything that `to_bytes` would not have written is refused.

    Writing the parsed value again and comparing finds duplicate keys, white space, key order, `-0`
    and superfluous escapes in one step.

    Raises:
        NotCanonical: the bytes are not JSON, are outside the profile, or are another spelling.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotCanonical(f"This is not JSON: {error}.") from error
    canonical = to_bytes(value)
    if canonical != data:
        raise NotCanonical(
            f"The JSON is not in canonical form (first difference at byte {_first_difference(canonical, data)})."
        )
    return value


def _has_profile_types(value: Any, depth: int) -> bool:
    # Set operations over `map(type, ...)` stay in C; this runs for every metered request.
    kind = type(value)
    if kind is dict:
        if not _KEY_TYPES.issuperset(map(type, value)) or not "".join(value).isascii():
            return False
        items = value.values()
    elif kind is list:
        items = value
    else:
        return kind in _SCALARS
    if _SCALARS.issuperset(map(type, items)):
        return True
    return depth > 0 and all(
        _has_profile_types(item, depth - 1) for item in items if type(item) not in _SCALARS
    )


def _refusal(value: Any) -> NotCanonical:
    path, problem = next(_faults(value, "$", MAX_DEPTH), ("$", "cannot be written"))
    return NotCanonical(f"{path}: {problem}", field=path)


def _faults(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Walk slowly, only once something is known to be wrong."""
    kind = type(value)
    if depth < 0 and kind in {dict, list}:
        yield path, f"nested deeper than {MAX_DEPTH} levels"
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                yield path, f"the key {key!r} is not an ASCII string"
            yield from _faults(item, f"{path}.{key}", depth - 1)
    elif kind is list:
        for index, item in enumerate(value):
            yield from _faults(item, f"{path}[{index}]", depth - 1)
    else:
        problem = _scalar_fault(value)
        if problem:
            yield path, problem


def _scalar_fault(value: Any) -> str | None:
    kind = type(value)
    if kind is float:
        return "a fractional or huge number; write integers of the smallest unit"
    if kind not in _SCALARS:
        return f"{kind.__name__} is not a JSON type of the profile"
    if kind is int and abs(value) >= _FIRST_REFUSED_INT:
        return "an integer of 2^53 or more cannot be read exactly everywhere"
    if kind is str and any("\ud800" <= character <= "\udfff" for character in value):
        return "text with a lone surrogate is not valid Unicode"
    return None


def _first_difference(expected: bytes, actual: bytes) -> int:
    shared = min(len(expected), len(actual))
    return next((at for at in range(shared) if expected[at] != actual[at]), shared)
