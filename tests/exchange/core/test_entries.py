import pytest

from exchange.audit import EntryInvalid, LogEntry, decode_entry, encode_entry, encode_record, record_digest
from exchange.core import canonical
from exchange.core.entries import MAX_RECORD_BYTES, decode_record
from exchange.core.errors import Invalid

SALT = b"s" * 16
RECORD = encode_record(SALT, {"price": 5})
ENTRY = LogEntry("agreement.executed", "evt_1", 1790000000000, "agr_1", "org_grid", record_digest(RECORD))
VALUE = canonical.from_bytes(encode_entry(ENTRY))


def test_entry_reads_back():
    assert decode_entry(encode_entry(ENTRY)) == ENTRY


def test_record_reads_back():
    assert decode_record(RECORD) == {"price": 5}


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"at": "1790000000000"},
        {"at": True},
        {"subject": None},
        {"payload": "A" * 64},
        {"payload": "a" * 63},
        {"more": 1},
    ],
)
def test_entry_of_another_form_is_refused(change):
    with pytest.raises(EntryInvalid):
        decode_entry(canonical.to_bytes(VALUE | change))


@pytest.mark.parametrize("data", [b"[]", b"1", b"", b"{}", encode_entry(ENTRY) + b"\n"])
def test_what_is_no_entry_is_refused(data):
    with pytest.raises(Invalid):
        decode_entry(data)


@pytest.mark.parametrize("record", [b"", SALT, SALT + b"[]", SALT + b'{"a": 1}', SALT[:-1] + b"{}"])
def test_what_is_no_record_is_refused(record):
    with pytest.raises(Invalid):
        decode_record(record)


def test_limits_hold_at_both_ends():
    largest = {"a": "x" * (MAX_RECORD_BYTES - len(SALT) - len('{"a":""}'))}

    assert len(encode_record(SALT, largest)) == MAX_RECORD_BYTES
    with pytest.raises(EntryInvalid, match="at most"):
        encode_record(SALT, {"a": largest["a"] + "x"})
    with pytest.raises(EntryInvalid, match="salt"):
        encode_record(SALT[1:], {})
    with pytest.raises(EntryInvalid, match="16384"):
        encode_entry(LogEntry("t", "i", 0, "x" * 70_000, "a", "0" * 64))
