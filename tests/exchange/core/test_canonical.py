import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from exchange.core import canonical
from exchange.core.canonical import NotCanonical

KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20)


@given(VALUES)
def test_canonical_bytes_are_those_of_rfc_8785(value):
    assert canonical.to_bytes(value) == rfc8785.dumps(value)


@given(VALUES)
def test_canonical_bytes_read_back_to_the_same_value(value):
    assert canonical.from_bytes(canonical.to_bytes(value)) == value


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"price": 1.5}, "$.price"),
        ({"price": float("nan")}, "$.price"),
        ({"parties": [{"n": 1}, {"n": 2**53}]}, "$.parties[1].n"),
        ([-(2**53)], "$[0]"),
        ([10**40], "$[0]"),
        ({"名": 1}, "$"),
        ({1: 1}, "$"),
        ({"name": "\ud800"}, "$.name"),
        ({"a": (1, 2)}, "$.a"),
        ({"a": {"b": b"x"}}, "$.a.b"),
        ([Text("subclass")], "$[0]"),
        ({Text("subclass"): 1}, "$"),
    ],
)
def test_value_outside_the_profile_is_refused_with_its_path(value, path):
    with pytest.raises(NotCanonical) as refusal:
        canonical.to_bytes(value)

    assert refusal.value.field == path


def test_nesting_is_limited():
    deepest = []
    for _ in range(canonical.MAX_DEPTH):
        deepest = [deepest]

    assert canonical.from_bytes(canonical.to_bytes(deepest)) == deepest
    with pytest.raises(NotCanonical, match="nested deeper"):
        canonical.to_bytes([deepest])


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b"-0",
        b"1.0",
        b"1e3",
        b"9007199254740992",
        b"18446744073709551616",
        b'"\\u0041"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"NaN",
        b"[" * 200 + b"]" * 200,
        b"[" * 5000,
        b"",
    ],
)
def test_other_spellings_are_refused(data):
    with pytest.raises(NotCanonical):
        canonical.from_bytes(data)


def test_refusal_names_the_first_differing_byte():
    with pytest.raises(NotCanonical, match="at byte 5"):
        canonical.from_bytes(b'{"a": 1}')
