import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.errors import DomainError, Invalid
from exchange.trust import KeyRefused, PassphraseNeeded, PassphraseWrong, PrivateKey
from exchange.trust.armour import armoured, unarmoured
from exchange.trust.locked import LABEL, lock, unlock

PASSPHRASE = "four unrelated words"
LOCKED = lock(b"the private key", PASSPHRASE)


@pytest.mark.parametrize("algorithm", ["Ed25519", "ML-DSA-65-Ed25519", "SM2-SM3"])
def test_a_locked_key_file_opens_with_its_passphrase_only(tmp_path, algorithm):
    key, path = PrivateKey.generate(algorithm), tmp_path / "key.pem"
    key.save(path, PASSPHRASE)

    assert PrivateKey.load(path, PASSPHRASE).public == key.public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(PassphraseWrong):
        PrivateKey.load(path, "four other words")
    with pytest.raises(PassphraseNeeded) as refusal:
        PrivateKey.load(path)
    assert refusal.value.field == "passphrase"


def test_a_short_passphrase_is_refused():
    with pytest.raises(Invalid, match="at least 12") as refusal:
        lock(b"key", "short")

    assert "unrelated words" in refusal.value.remedy


def test_the_same_key_is_never_locked_to_the_same_bytes():
    assert lock(b"the private key", PASSPHRASE) != LOCKED


@pytest.mark.parametrize("at", [0, 4, 7, 8, 23, 24, 35, 36, len(LOCKED) - 1])
def test_a_changed_file_is_noticed(at):
    changed = bytearray(LOCKED)
    changed[at] ^= 1

    with pytest.raises(DomainError):
        unlock(bytes(changed), PASSPHRASE)


@pytest.mark.parametrize(("at", "value"), [(5, 21), (5, 255), (6, 0), (6, 17)])
def test_a_forged_header_does_not_take_the_machines_memory(at, value):
    forged = bytearray(LOCKED)
    forged[at] = value

    with pytest.raises(KeyRefused, match="more work"):
        unlock(bytes(forged), PASSPHRASE)


@pytest.mark.parametrize("cut", [b"", LOCKED[:35], b"XXXX" + LOCKED[4:]])
def test_what_is_no_locked_key_is_refused(cut):
    with pytest.raises(KeyRefused):
        unlock(cut, PASSPHRASE)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.sampled_from(["PRIVATE KEY", "PUBLIC KEY", LABEL]))
def test_armour_gives_back_what_was_put_in(data, label):
    if data:
        assert unarmoured(armoured(label, data)) == (label, data)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\nmore",
        "-----BEGIN PRIVATE KEY-----\nÄÄÄÄ\n-----END PRIVATE KEY-----".encode(),
    ],
)
def test_text_that_is_not_one_block_of_pem_is_refused(text):
    with pytest.raises(KeyRefused):
        unarmoured(text)
