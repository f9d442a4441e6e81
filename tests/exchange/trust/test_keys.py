import dataclasses
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from exchange.core.errors import Invalid
from exchange.trust import (
    KeyFileExists,
    KeyFileExposed,
    KeyRefused,
    PrivateKey,
    PublicKey,
    SignatureInvalid,
    UnknownAlgorithm,
)

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
#: The y coordinates of the points of order 8: the roots of d y^4 + 2 y^2 - 1.
ORDER_8 = [
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
]


def encode_point(y, sign):
    return (y | sign << 255).to_bytes(32, "little")


def test_signature_verifies_under_its_own_key_only():
    key, other = PrivateKey.generate(), PrivateKey.generate()
    signature = key.sign(b"terms")

    key.public.verify(b"terms", signature)
    for public, message in [(other.public, b"terms"), (key.public, b"other terms")]:
        with pytest.raises(SignatureInvalid):
            public.verify(message, signature)


@pytest.mark.parametrize("signature", [b"", b"short", bytes(64), bytes(65)])
def test_malformed_signature_is_invalid(signature):
    with pytest.raises(SignatureInvalid):
        PrivateKey.generate().public.verify(b"terms", signature)


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", [0, 1, P - 1, *ORDER_8])
def test_small_order_key_is_refused(y, sign):
    """Under such a key one constant signature fits every message."""
    with pytest.raises(KeyRefused, match="small order"):
        PublicKey("Ed25519", encode_point(y, sign))


def test_points_of_order_8_are_the_roots_of_the_doubling_polynomial():
    assert all((D * y**4 + 2 * y**2 - 1) % P == 0 for y in ORDER_8)


@pytest.mark.parametrize(
    "raw", [encode_point(P, 0), encode_point(P + 1, 1), b"\xff" * 32, b"", bytes(31), bytes(33)]
)
def test_non_canonical_point_is_refused(raw):
    with pytest.raises(KeyRefused):
        PublicKey("Ed25519", raw)


def test_point_off_the_curve_is_refused():
    with pytest.raises(KeyRefused, match="not a point"):
        PublicKey("Ed25519", encode_point(2, 0))


def test_unknown_algorithm_is_an_error():
    with pytest.raises(UnknownAlgorithm):
        PublicKey("RSA", bytes(32))
    with pytest.raises(UnknownAlgorithm):
        PrivateKey.generate("SM2")


#: RFC 8037, appendix A.2 and A.3.
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


class TestJwk:
    def test_kid_is_the_thumbprint_of_rfc_8037(self):
        assert PublicKey.from_jwk(JWK).kid == THUMBPRINT

    def test_public_jwk_reads_back_to_the_same_key(self):
        key = PrivateKey.generate().public

        assert PublicKey.from_jwk(key.jwk) == key

    @pytest.mark.parametrize(
        "change",
        [
            {"kid": "other"},
            {"alg": "ES256"},
            {"d": "secret"},
            {"crv": "X25519"},
            {"kty": "EC"},
            {"x": 1},
            {"x": "QR"},
        ],
    )
    def test_jwk_that_contradicts_itself_is_refused(self, change):
        with pytest.raises(Invalid):
            PublicKey.from_jwk(JWK | change)


class TestPem:
    def test_keys_survive_pem(self):
        key = PrivateKey.generate()

        assert PrivateKey.from_pem(key.to_pem()).public == key.public
        assert PublicKey.from_pem(key.public.to_pem()) == key.public

    def test_keys_of_another_kind_are_refused(self):
        foreign = ec.generate_private_key(ec.SECP384R1())
        private = foreign.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = foreign.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

        with pytest.raises(KeyRefused, match="not accepted"):
            PrivateKey.from_pem(private)
        with pytest.raises(KeyRefused, match="not accepted"):
            PublicKey.from_pem(public)

    def test_garbage_is_refused(self):
        with pytest.raises(KeyRefused):
            PrivateKey.from_pem(b"garbage")
        with pytest.raises(KeyRefused):
            PublicKey.from_pem(b"garbage")


class TestKeyFile:
    def test_only_the_owner_can_read_a_saved_key(self, tmp_path):
        key = PrivateKey.generate()

        key.save(tmp_path / "key.pem")

        assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
        assert PrivateKey.load(tmp_path / "key.pem").public == key.public
        assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]

    def test_existing_key_is_never_overwritten(self, tmp_path):
        first = PrivateKey.generate()
        first.save(tmp_path / "key.pem")

        with pytest.raises(KeyFileExists):
            PrivateKey.generate().save(tmp_path / "key.pem")

        assert PrivateKey.load(tmp_path / "key.pem").public == first.public
        assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]

    @pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o777])
    def test_key_open_to_every_user_is_refused_with_the_remedy(self, tmp_path, mode):
        path = tmp_path / "key.pem"
        PrivateKey.generate().save(path)
        path.chmod(mode)

        with pytest.raises(KeyFileExposed) as refusal:
            PrivateKey.load(path)

        assert f"chmod 600 {path}" in refusal.value.remedy


def test_private_key_does_not_show_itself():
    key = PrivateKey.generate()

    assert "_native" not in repr(key)
    with pytest.raises(dataclasses.FrozenInstanceError):
        key.algorithm = "SM2"
