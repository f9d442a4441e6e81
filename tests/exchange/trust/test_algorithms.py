"""Every algorithm of the registry against itself, against other implementations, and against what is broken."""

import base64
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gmalg
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from dilithium_py.ml_dsa import ML_DSA_65
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.errors import Invalid
from exchange.trust import (
    ALGORITHMS,
    AlgorithmUnavailable,
    KeyRefused,
    PrivateKey,
    PublicKey,
    SignatureInvalid,
)
from exchange.trust.algorithms import libcrypto
from exchange.trust.algorithms.libcrypto import open_library
from exchange.trust.armour import armoured

EVERY = list(ALGORITHMS)
KEYS = {name: PrivateKey.generate(name) for name in EVERY}
OPENSSL = shutil.which("openssl") or "openssl"
SM2_OPTIONS = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
VECTOR = json.loads(Path(__file__).with_name("composite_vector.json").read_text())
HYBRID = "ML-DSA-65-Ed25519"
LATTICE_BYTES = 3309


def holds(public, message, signature):
    try:
        public.verify(message, signature)
    except SignatureInvalid:
        return False
    return True


def openssl(*arguments):
    return subprocess.run([OPENSSL, *map(str, arguments)], capture_output=True, check=False)


def files_of(tmp_path, **contents):
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


@pytest.mark.parametrize("algorithm", EVERY)
class TestEveryAlgorithm:
    def test_signs_for_its_own_key_and_message_only(self, algorithm):
        key, other = KEYS[algorithm], PrivateKey.generate(algorithm)
        signature = key.sign(b"terms")

        assert holds(key.public, b"terms", signature)
        assert not holds(other.public, b"terms", signature)
        assert not holds(key.public, b"other terms", signature)

    @pytest.mark.parametrize("cut", [b"", b"short", bytes(64), bytes(72), bytes(3309), bytes(3373)])
    def test_takes_no_malformed_signature(self, algorithm, cut):
        assert not holds(KEYS[algorithm].public, b"terms", cut)

    def test_takes_no_signature_of_another_algorithm(self, algorithm):
        signatures = [KEYS[other].sign(b"terms") for other in EVERY if other != algorithm]

        assert not any(holds(KEYS[algorithm].public, b"terms", item) for item in signatures)

    def test_takes_no_signature_with_a_byte_behind_it(self, algorithm):
        key = KEYS[algorithm]

        assert not holds(key.public, b"terms", key.sign(b"terms") + b"\0")

    def test_keys_survive_pem_and_jwk(self, algorithm):
        key = KEYS[algorithm]

        assert PrivateKey.from_pem(key.to_pem()).public == key.public
        assert PublicKey.from_pem(key.public.to_pem()) == key.public
        assert PublicKey.from_jwk(key.public.jwk) == key.public

    @pytest.mark.parametrize(
        "raw", [b"", bytes(31), bytes(32), bytes(65), b"\x04" + bytes(64), bytes(1951)]
    )
    def test_takes_no_malformed_key(self, algorithm, raw):
        with pytest.raises(KeyRefused):
            PublicKey(algorithm, raw)

    def test_takes_no_jwk_of_another_name(self, algorithm):
        other = "ES256" if algorithm != "ES256" else "Ed25519"
        with pytest.raises(Invalid):
            PublicKey.from_jwk(KEYS[algorithm].public.jwk | {"alg": other})

    def test_takes_no_private_half_in_a_jwk(self, algorithm):
        for member in ("d", "priv"):
            with pytest.raises(KeyRefused, match="private"):
                PublicKey.from_jwk(KEYS[algorithm].public.jwk | {member: "AAAA"})

    def test_takes_no_truncated_private_key(self, algorithm):
        der = base64.b64decode("".join(KEYS[algorithm].to_pem().decode().split("\n")[1:-2]))
        for cut in (der[:-1], der + b"\0", der[:40]):
            with pytest.raises(KeyRefused):
                PrivateKey.from_pem(armoured("PRIVATE KEY", cut))

    def test_needs_nothing_that_this_machine_lacks(self, algorithm):
        assert ALGORITHMS[algorithm].missing() == ""


@pytest.mark.parametrize("algorithm", EVERY)
@settings(max_examples=30)
@given(message=st.binary(min_size=1, max_size=200), place=st.integers(0, 2**20))
def test_every_flipped_bit_is_noticed(algorithm, message, place):
    key = KEYS[algorithm]
    signature = key.sign(message)
    flipped, bit = bytearray(signature), place % (len(signature) * 8)
    flipped[bit // 8] ^= 1 << bit % 8

    assert holds(key.public, message, signature)
    assert not holds(key.public, message, bytes(flipped))
    assert not holds(key.public, message + b"\0", signature)


class TestHybrid:
    """Both halves, or nothing: draft-ietf-lamps-pq-composite-sigs, id-MLDSA65-Ed25519-SHA512."""

    def vector(self, name):
        return base64.b64decode(VECTOR[name])

    def test_verifies_the_signature_of_the_drafts_authors(self):
        PublicKey(HYBRID, self.vector("public_key")).verify(
            self.vector("message"), self.vector("signature")
        )

    def test_reads_and_writes_keys_as_the_drafts_authors_do(self):
        pem = armoured("PRIVATE KEY", self.vector("private_key_pkcs8"))

        key = PrivateKey.from_pem(pem)

        assert (key.public.raw, key.to_pem()) == (self.vector("public_key"), pem)

    @pytest.mark.parametrize("broken", ["lattice", "curve"])
    def test_falls_with_either_half(self, broken):
        """An attacker who breaks one algorithm has one half right."""
        mine, other = KEYS[HYBRID], PrivateKey.generate(HYBRID)
        signature, strange = mine.sign(b"terms"), other.sign(b"terms")
        mixed = {
            "lattice": strange[:LATTICE_BYTES] + signature[LATTICE_BYTES:],
            "curve": signature[:LATTICE_BYTES] + strange[LATTICE_BYTES:],
        }

        assert not holds(mine.public, b"terms", mixed[broken])

    def test_halves_are_no_signatures_of_their_own(self):
        key = KEYS[HYBRID]
        signature = key.sign(b"terms")
        lattice = PublicKey("ML-DSA-65", key.public.raw[:1952])
        curve = PublicKey("Ed25519", key.public.raw[1952:])

        assert not holds(lattice, b"terms", signature[:LATTICE_BYTES])
        assert not holds(curve, b"terms", signature[LATTICE_BYTES:])

    def test_refuses_a_small_order_point_in_its_classical_half(self):
        with pytest.raises(KeyRefused, match="small order"):
            PublicKey(HYBRID, KEYS[HYBRID].public.raw[:1952] + (1).to_bytes(32, "little"))


class TestMlDsa:
    def test_is_verified_by_a_second_implementation(self):
        key = KEYS["ML-DSA-65"]

        assert ML_DSA_65.verify(key.public.raw, b"terms", key.sign(b"terms"))

    def test_verifies_what_a_second_implementation_signed(self):
        public, private = ML_DSA_65.keygen()

        assert holds(PublicKey("ML-DSA-65", public), b"terms", ML_DSA_65.sign(private, b"terms"))

    def test_is_verified_by_an_openssl_that_has_it(self, tmp_path):
        if b"ML-DSA-65" not in openssl("list", "-signature-algorithms").stdout:
            pytest.skip(f"{openssl('version').stdout.decode().strip()} has no ML-DSA; 3.5 and newer do")
        key = KEYS["ML-DSA-65"]
        pem, message, signature = files_of(
            tmp_path, key=key.public.to_pem(), message=b"terms", signature=key.sign(b"terms")
        )

        done = openssl("pkeyutl", "-verify", "-pubin", "-inkey", pem, "-in", message, "-sigfile", signature, "-rawin")  # fmt: skip
        assert done.returncode == 0


class TestSm2:
    def test_is_verified_by_the_openssl_program(self, tmp_path):
        key = KEYS["SM2-SM3"]
        pem, message, signature = files_of(
            tmp_path, key=key.public.to_pem(), message=b"terms", signature=key.sign(b"terms")
        )

        done = openssl("pkeyutl", "-verify", "-pubin", "-inkey", pem, "-in", message, "-sigfile", signature, *SM2_OPTIONS)  # fmt: skip
        assert b"Verified Successfully" in done.stdout

    def test_verifies_what_the_openssl_program_signed(self, tmp_path):
        key = tmp_path / "key.pem"
        openssl("genpkey", "-algorithm", "SM2", "-out", key)
        (message,) = files_of(tmp_path, message=b"terms")
        openssl("pkeyutl", "-sign", "-inkey", key, "-in", message, "-out", tmp_path / "sig", *SM2_OPTIONS)

        private = PrivateKey.from_pem(key.read_bytes())

        assert private.algorithm == "SM2-SM3"
        assert holds(private.public, b"terms", (tmp_path / "sig").read_bytes())

    def test_agrees_with_a_second_implementation(self):
        """gmalg is pure Python by another author: neither shares code with libcrypto."""
        key = KEYS["SM2-SM3"]
        other = gmalg.SM2(pk=key.public.raw, uid=b"1234567812345678")
        r, s = from_der(key.sign(b"terms"))

        assert other.verify(b"terms", r, s)

    def test_verifies_what_a_second_implementation_signed(self):
        private, public = gmalg.SM2().generate_keypair()
        signer = gmalg.SM2(sk=private, uid=b"1234567812345678", pk=public)
        r, s = signer.sign(b"terms")

        assert holds(PublicKey("SM2-SM3", public), b"terms", to_der(r, s))

    def test_survives_many_threads(self):
        key = KEYS["SM2-SM3"]

        def work(number):
            message = b"%d" % number
            return holds(key.public, message, key.sign(message))

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(work, range(400)))

    def test_without_its_library_says_what_is_needed(self, monkeypatch):
        monkeypatch.setattr(libcrypto, "_NAMES", ("libcrypto.so.none",))
        open_library.cache_clear()
        try:
            with pytest.raises(AlgorithmUnavailable) as refusal:
                PrivateKey.generate("SM2-SM3")
            assert "OpenSSL 3.0 or newer" in refusal.value.remedy
            with pytest.raises(AlgorithmUnavailable):
                PublicKey("SM2-SM3", KEYS["SM2-SM3"].public.raw)
        finally:
            open_library.cache_clear()

    def test_takes_no_library_that_is_too_old_or_lacks_a_function(self, monkeypatch):
        monkeypatch.setattr(libcrypto, "_LEAST_VERSION", 1 << 40)
        open_library.cache_clear()
        assert open_library() is None
        monkeypatch.undo()
        monkeypatch.setitem(libcrypto._FUNCTIONS, "EVP_never_made", (None,))
        open_library.cache_clear()
        assert open_library() is None
        monkeypatch.undo()
        open_library.cache_clear()


class TestEs256:
    def test_is_verified_by_the_openssl_program(self, tmp_path):
        key = KEYS["ES256"]
        signature = key.sign(b"terms")
        pem, message, der = files_of(
            tmp_path,
            key=key.public.to_pem(),
            message=b"terms",
            signature=to_der(signature[:32], signature[32:]),
        )

        done = openssl("dgst", "-sha256", "-verify", pem, "-signature", der, message)
        assert b"Verified OK" in done.stdout


def test_every_public_key_of_openssl_has_the_same_name(tmp_path):
    """The PEM is what other programs read, so it must be the key and nothing else."""
    for name in ("Ed25519", "ES256", "SM2-SM3"):
        (pem,) = files_of(tmp_path, key=KEYS[name].public.to_pem())

        done = openssl("pkey", "-pubin", "-in", pem, "-outform", "PEM")

        assert done.stdout == KEYS[name].public.to_pem()


def from_der(signature):
    r, s = decode_dss_signature(signature)
    return r.to_bytes(32, "big"), s.to_bytes(32, "big")


def to_der(r, s):
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
