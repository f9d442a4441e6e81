import json

import pytest
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OKPKey
from jwcrypto import jws as jwcrypto_jws
from jwcrypto.jwk import JWK

from exchange.core import canonical
from exchange.trust import (
    JwsMalformed,
    PrivateKey,
    Signature,
    SignatureInvalid,
    b64url_encode,
    jws,
)
from exchange.trust.jws import AlgorithmSwapped

TYP = "wdx-agreement+jws"
PAYLOAD = canonical.to_bytes({"price_micros": 100})
KEY = PrivateKey.generate()


def sign(payload=PAYLOAD, key=KEY, typ=TYP, role="buyer"):
    return jws.sign(payload, key, typ=typ, role=role, issued_at=1790000000)


def verify(signature, payload=PAYLOAD, key=KEY, typ=TYP, role="buyer"):
    return jws.verify(payload, signature, key=key.public, typ=typ, role=role)


def signed_with_header(header, key=KEY):
    protected = b64url_encode(header if isinstance(header, bytes) else canonical.to_bytes(header))
    value = key.sign(f"{protected}.{b64url_encode(PAYLOAD)}".encode())
    return Signature(protected, b64url_encode(value))


def header(**changes):
    fields = {"alg": "Ed25519", "iat": 1, "kid": KEY.kid, "role": "buyer", "typ": TYP} | changes
    return {name: value for name, value in fields.items() if value is not None}


def test_verified_header_says_who_signed_in_which_role():
    assert verify(sign()) == jws.Header("Ed25519", KEY.kid, TYP, "buyer", 1790000000)


@pytest.mark.parametrize(
    "changed",
    [
        {"payload": b"other"},
        {"key": PrivateKey.generate()},
        {"typ": "wdx-receipt+jws"},
        {"role": "provider"},
    ],
)
def test_signature_for_something_else_is_invalid(changed):
    with pytest.raises(SignatureInvalid):
        verify(sign(), **changed)


def test_every_changed_character_is_noticed():
    signature = sign()
    for name in ("protected", "signature"):
        text = getattr(signature, name)
        for at, char in enumerate(text):
            other = text[:at] + ("A" if char != "A" else "B") + text[at + 1 :]
            parts = {"protected": signature.protected, "signature": signature.signature, name: other}
            with pytest.raises((JwsMalformed, SignatureInvalid)):
                verify(Signature(**parts))


@pytest.mark.parametrize("alg", ["none", "EdDSA", "HS256", "ES256", ""])
def test_header_cannot_choose_another_algorithm(alg):
    with pytest.raises(SignatureInvalid, match="alg"):
        verify(signed_with_header(header(alg=alg)))


@pytest.mark.parametrize(
    "malformed",
    [
        header(crit=["exp"], exp=1),
        header(crit=[]),
        header(extra=1),
        header(typ=None),
        header(iat="1"),
        header(iat=True),
        header(kid=7),
        [],
        b'{"alg": "Ed25519"}',
        b"not json",
    ],
)
def test_header_outside_the_profile_is_refused(malformed):
    with pytest.raises(JwsMalformed):
        verify(signed_with_header(malformed))


def test_padded_base64url_is_refused():
    signature = sign()

    with pytest.raises(JwsMalformed):
        verify(Signature(signature.protected, signature.signature + "=="))
    with pytest.raises(JwsMalformed):
        verify(Signature(signature.protected + "=", signature.signature))


class TestGeneralJson:
    def test_document_reads_back(self):
        signatures = [sign(), sign(role="provider", key=PrivateKey.generate())]

        assert jws.parse_general_json(jws.general_json(PAYLOAD, signatures)) == (PAYLOAD, signatures)

    @pytest.mark.parametrize(
        "change",
        [
            {"header": {}},
            {"payload": 1},
            {"payload": "QR"},
            {"signatures": []},
            {"signatures": [1]},
            {"signatures": [{"protected": "e30", "signature": 1}]},
            {"signatures": [{"protected": "e30", "signature": "", "header": {}}]},
        ],
    )
    def test_document_of_another_form_is_refused(self, change):
        with pytest.raises(JwsMalformed):
            jws.parse_general_json(jws.general_json(PAYLOAD, [sign()]) | change)

    def test_joserfc_accepts_our_document(self):
        document = jws.general_json(PAYLOAD, [sign(), sign(role="provider")])
        registry = joserfc_jws.JWSRegistry(algorithms=["Ed25519"], strict_check_header=False)

        verified = joserfc_jws.deserialize_json(
            document, OKPKey.import_key(KEY.public.jwk), registry=registry
        )

        assert verified.payload == PAYLOAD


class TestCompact:
    def test_token_gives_header_and_payload(self):
        token = jws.sign_compact(PAYLOAD, KEY, typ=TYP, role="buyer", issued_at=5)

        verified, payload = jws.verify_compact(token, key=KEY.public, typ=TYP, role="buyer")

        assert (verified.issued_at, payload) == (5, PAYLOAD)

    @pytest.mark.parametrize("token", ["", "a.b", "a.b.c.d", "e30.QR.QQ", "é.é.é", "..", "e30.e30."])
    def test_malformed_token_is_refused(self, token):
        with pytest.raises(JwsMalformed):
            jws.verify_compact(token, key=KEY.public, typ=TYP, role="buyer")

    def test_key_can_be_looked_up_before_verifying(self):
        token = jws.sign_compact(PAYLOAD, KEY, typ=TYP, role="buyer", issued_at=5)

        _, signature = jws.parse_compact(token)

        assert jws.read_header(signature).kid == KEY.kid

    def test_joserfc_accepts_our_token(self):
        token = jws.sign_compact(PAYLOAD, KEY, typ=TYP, role="buyer", issued_at=5)
        registry = joserfc_jws.JWSRegistry(algorithms=["Ed25519"], strict_check_header=False)

        verified = joserfc_jws.deserialize_compact(
            token, OKPKey.import_key(KEY.public.jwk), registry=registry
        )

        assert verified.payload == PAYLOAD

    def test_we_accept_the_token_of_joserfc(self):
        registry = joserfc_jws.JWSRegistry(algorithms=["Ed25519"], strict_check_header=False)
        # Our profile wants the header's members in canonical order.
        token = joserfc_jws.serialize_compact(
            header(), PAYLOAD, OKPKey.import_key(KEY.to_pem()), registry=registry
        )

        assert jws.verify_compact(token, key=KEY.public, typ=TYP, role="buyer")[1] == PAYLOAD


class TestOtherLibraries:
    """Our documents, read by JOSE libraries of other authors."""

    @pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "ML-DSA-65"])
    def test_jwcrypto_accepts_our_document(self, algorithm):
        key = PrivateKey.generate(algorithm)
        document = json.dumps(jws.general_json(PAYLOAD, [sign(key=key), sign(role="provider", key=key)]))
        token = jwcrypto_jws.JWS()
        token.allowed_algs = [algorithm]
        token.deserialize(document)

        token.verify(JWK(**without_kid(key.public.jwk)))

        assert token.payload == PAYLOAD

    @pytest.mark.parametrize(("algorithm", "imported"), [("Ed25519", OKPKey), ("ES256", ECKey)])
    def test_joserfc_accepts_our_token(self, algorithm, imported):
        key = PrivateKey.generate(algorithm)
        token = jws.sign_compact(PAYLOAD, key, typ=TYP, role="buyer", issued_at=5)
        registry = joserfc_jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)

        verified = joserfc_jws.deserialize_compact(
            token, imported.import_key(key.public.jwk), registry=registry
        )

        assert verified.payload == PAYLOAD

    @pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "ML-DSA-65"])
    def test_jwcrypto_gives_a_key_the_same_name(self, algorithm):
        """The RFC 7638 thumbprint is what everything else calls the key."""
        key = PrivateKey.generate(algorithm).public

        assert JWK(**without_kid(key.jwk)).thumbprint() == key.kid


def without_kid(jwk):
    return {name: value for name, value in jwk.items() if name != "kid"}


@pytest.mark.parametrize("claimed", ["ML-DSA-65-Ed25519", "SM2-SM3", "ES256", "none", "HS256"])
@pytest.mark.parametrize("algorithm", ["Ed25519", "ML-DSA-65-Ed25519", "SM2-SM3"])
def test_a_header_that_disagrees_with_the_registered_key_is_refused(algorithm, claimed):
    key = PrivateKey.generate(algorithm)
    if claimed == algorithm:
        verify(sign(key=key), key=key)
        return

    with pytest.raises(AlgorithmSwapped):
        verify(signed_with_header(header(alg=claimed, kid=key.kid), key=key), key=key)
