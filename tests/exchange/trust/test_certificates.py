from datetime import UTC, datetime, timedelta

import pytest

from exchange.core import canonical
from exchange.trust import PrivateKey, SignatureInvalid, jws
from exchange.trust.certificates import (
    CertificateInvalid,
    Holder,
    Issuer,
    RevokedEntry,
    Validity,
    check_cross,
    check_list,
    check_member,
    check_root,
    cross_certificate,
    member_certificate,
    new_serial,
    revocation_list,
    root_certificate,
)
from exchange.trust.key_certificates import ROLE, KeyStatement, read_statement, sign_statement
from exchange.trust.keyfiles import load_or_create_all
from exchange.trust.purposes import KEY_CERTIFICATE

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
VALIDITY = Validity(NOON, NOON + timedelta(days=1000))
CA, OTHER_CA = PrivateKey.generate("ES256"), PrivateKey.generate("ES256")
ISSUER, OTHER = (
    Issuer(key, root_certificate(key, name="exchange.example", validity=VALIDITY)) for key in (CA, OTHER_CA)
)
HOLDER = Holder("org_1", "江城能源", "River Energy", "91350100M000100Y43")
KEY = PrivateKey.generate()
SERIAL = new_serial()
GARBAGE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def certificate(**changes):
    arguments = {"holder": HOLDER, "serial": SERIAL, "validity": VALIDITY, "list_url": ""}
    return member_certificate(KEY.public, ISSUER, **(arguments | changes))


def check(pem, **changes):
    arguments = {"root": ISSUER.root, "holder": HOLDER, "serial": SERIAL, "validity": VALIDITY}
    public = changes.pop("public", KEY.public)
    check_member(pem, public, **(arguments | changes))


class TestMember:
    def test_says_what_was_asked_for(self):
        check(certificate())

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"public": PrivateKey.generate().public}, "key"),
            ({"serial": new_serial()}, "serial"),
            ({"holder": Holder("org_1", "江城能源", "River Energy", "91420100MTET0003AU")}, "subject"),
            ({"validity": Validity(NOON, NOON + timedelta(days=1001))}, "validity"),
        ],
    )
    def test_that_says_something_else_is_found(self, changes, wrong):
        with pytest.raises(CertificateInvalid, match=f"another {wrong}"):
            check(certificate(), **changes)

    @pytest.mark.parametrize("root", [OTHER.root, GARBAGE, ""])
    def test_under_another_root_is_refused(self, root):
        with pytest.raises(CertificateInvalid):
            check(certificate(), root=root)

    def test_with_long_names_is_cut_to_what_x509_takes(self):
        long = Holder("org_1", "江" * 200, "R" * 200, "91350100M000100Y43")

        check(certificate(holder=long), holder=long)

    @pytest.mark.parametrize("algorithm", ["SM2-SM3", "ML-DSA-65-Ed25519"])
    def test_is_none_for_a_key_that_x509_cannot_hold(self, algorithm):
        public = PrivateKey.generate(algorithm).public

        assert (
            member_certificate(public, ISSUER, holder=HOLDER, serial=SERIAL, validity=VALIDITY, list_url="")
            is None
        )


class TestRoots:
    def test_a_root_of_another_key_is_refused(self):
        with pytest.raises(CertificateInvalid, match="another key"):
            check_root(OTHER.root, CA.public)

    def test_a_certificate_that_did_not_sign_itself_is_no_root(self):
        cross = cross_certificate(CA.public, OTHER, name="exchange.example", validity=VALIDITY)

        with pytest.raises(CertificateInvalid, match="not signed by this root"):
            check_root(cross, CA.public)

    def test_a_root_is_of_p256(self):
        with pytest.raises(CertificateInvalid, match="one of P-256"):
            check_root(certificate(), KEY.public)

    def test_a_cross_certificate_is_of_its_key_by_the_older_root(self):
        cross = cross_certificate(OTHER_CA.public, ISSUER, name="exchange.example", validity=VALIDITY)

        check_cross(cross, OTHER_CA.public, ISSUER.root)
        with pytest.raises(CertificateInvalid, match="another key"):
            check_cross(cross, CA.public, ISSUER.root)
        with pytest.raises(CertificateInvalid, match="not signed by"):
            check_cross(cross, OTHER_CA.public, OTHER.root)


class TestLists:
    def test_say_number_time_and_serials(self):
        entry = RevokedEntry(SERIAL, NOON, "unspecified")
        listed = revocation_list(ISSUER, [entry], number=7, validity=VALIDITY)

        assert check_list(listed, root=ISSUER.root) == (7, VALIDITY, frozenset({SERIAL}))

    def test_of_another_root_are_refused(self):
        listed = revocation_list(ISSUER, [], number=1, validity=VALIDITY)

        with pytest.raises(CertificateInvalid, match="not signed by this root"):
            check_list(listed, root=OTHER.root)

    @pytest.mark.parametrize(
        "text", ["", GARBAGE, "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"]
    )
    def test_that_are_none_are_refused(self, text):
        with pytest.raises(CertificateInvalid):
            check_list(text, root=ISSUER.root)


class TestStatements:
    STATEMENT = KeyStatement(SERIAL, KEY.public, HOLDER, VALIDITY, None)

    def signed(self, **changes):
        payload = {
            "format": "wdx-key-certificate/1",
            "serial": SERIAL,
            "kid": KEY.kid,
            "algorithm": "Ed25519",
            "public_jwk": dict(KEY.public.jwk),
            "holder": vars(HOLDER),
            "not_before": 0,
            "not_after": 1,
            "x509_sha256": None,
        }
        data = canonical.to_bytes(payload | changes)
        return jws.sign_compact(data, CA, typ=KEY_CERTIFICATE, role=ROLE, issued_at=1)

    def test_read_back_say_what_was_signed(self):
        token = sign_statement(self.STATEMENT, CA, at=NOON)

        assert read_statement(token, key=CA.public) == self.STATEMENT

    def test_by_another_authority_are_refused(self):
        with pytest.raises(SignatureInvalid):
            read_statement(sign_statement(self.STATEMENT, OTHER_CA, at=NOON), key=CA.public)

    @pytest.mark.parametrize(
        "changes",
        [{"format": "wdx-key-certificate/2"}, {"more": 1}, {"kid": "other"}, {"algorithm": "ES256"}],
    )
    def test_of_another_form_are_refused_although_signed(self, changes):
        with pytest.raises(CertificateInvalid):
            read_statement(self.signed(**changes), key=CA.public)


def test_the_exchange_has_the_same_keys_at_every_start(tmp_path):
    first = load_or_create_all(tmp_path / "keys")

    again = load_or_create_all(tmp_path / "keys")

    assert {suite: key.kid for suite, key in first.items()} == {
        suite: key.kid for suite, key in again.items()
    }
    assert {suite: key.algorithm for suite, key in first.items()} == {
        "default": "Ed25519",
        "hybrid": "ML-DSA-65-Ed25519",
        "sm": "SM2-SM3",
    }
