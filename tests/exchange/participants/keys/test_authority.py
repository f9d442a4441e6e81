"""The exchange's own certificate authority, judged by the `openssl` program."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from exchange.core.errors import Conflict, Invalid, NotFound
from exchange.core.events import find_events
from exchange.participants.keys import queries
from exchange.participants.keys.issuing import (
    certify_uncertified,
    establish_authorities,
    issuance_of,
    refresh_lists,
)
from exchange.participants.keys.models import KeyCertificate, RevocationList, SigningKey
from exchange.trust import Authority, PrivateKey
from exchange.trust.authority import AuthorityKeyMissing
from exchange.trust.certificates import Validity, check_list, root_certificate

OPENSSL = shutil.which("openssl")


def openssl_version():
    text = subprocess.run([OPENSSL, "version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"OpenSSL (\d+)\.(\d+)", text).groups()))


def verified_by_openssl(tmp_path, market, certificate, *, roots=None, at=None, untrusted=None):
    """Whether `openssl verify` accepts the certificate against roots and lists; its words."""
    described = market.read(queries.describe_authorities)
    (tmp_path / "ca.pem").write_text(roots or "".join(item["root"] for item in described))
    (tmp_path / "crl.pem").write_text("".join(item["revocation_list"] for item in described))
    (tmp_path / "key.pem").write_text(certificate)
    moment = int((at or market.now + timedelta(hours=1)).timestamp())
    command = [OPENSSL, "verify", "-x509_strict", "-attime", str(moment)]
    command += ["-CAfile", tmp_path / "ca.pem", "-CRLfile", tmp_path / "crl.pem", "-crl_check"]
    if untrusted:
        (tmp_path / "cross.pem").write_text(untrusted)
        command += ["-untrusted", tmp_path / "cross.pem"]
    done = subprocess.run([*command, tmp_path / "key.pem"], capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def certificate_of(market, member):
    return market.read(queries.get_key_card, member.key.kid, now=market.now).x509


def rotated(market):
    context = market.context
    context.authority.add_key(len(context.authority.keys()) + 1)
    market.do(establish_authorities, issuance=issuance_of(context))
    return market.read(queries.find_authorities)


class TestCertificates:
    @pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
    def test_verify_with_openssl(self, market, tmp_path, algorithm):
        member = market.enrol(market.grid_co, PrivateKey.generate(algorithm))

        assert verified_by_openssl(tmp_path, market, certificate_of(market, member))[0]

    def test_of_ml_dsa_verify_with_an_openssl_that_has_it(self, market, tmp_path):
        if openssl_version() < (3, 5):
            pytest.skip(f"openssl {openssl_version()} has no ML-DSA; 3.5 and newer do")
        member = market.enrol(market.grid_co, PrivateKey.generate("ML-DSA-65"))

        assert verified_by_openssl(tmp_path, market, certificate_of(market, member))[0]

    def test_do_not_verify_under_another_authority(self, market, tmp_path):
        card = market.read(queries.get_key_card, market.grid_co.key.kid, now=market.now)
        (tmp_path / "other").mkdir()
        other = Authority(tmp_path / "other").keys()[0]
        strange = root_certificate(
            other, name="elsewhere", validity=Validity(market.now, market.now + timedelta(days=9))
        )

        assert not verified_by_openssl(tmp_path, market, card.x509, roots=strange)[0]

    def test_do_not_verify_after_their_end(self, market, tmp_path):
        card = market.read(queries.get_key_card, market.grid_co.key.kid, now=market.now)

        held, words = verified_by_openssl(
            tmp_path, market, card.x509, at=card.not_after + timedelta(seconds=1)
        )

        assert (held, "expired" in words) == (False, True)

    def test_name_the_organisation_with_its_credit_code(self, market, tmp_path):
        (tmp_path / "key.pem").write_text(certificate_of(market, market.grid_co))

        said = subprocess.run(
            [
                OPENSSL,
                "x509",
                "-in",
                tmp_path / "key.pem",
                "-noout",
                "-text",
                "-nameopt",
                "utf8,sep_comma_plus",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

        assert "NTRCN-91420100MTET0003A" in said
        assert "grid-co 公司" in said
        assert "Digital Signature, Non Repudiation" in said
        assert f"jwk-thumbprint:sha-256:{market.grid_co.key.kid}" in said

    def test_say_where_the_list_is_when_the_exchange_has_an_address(self, market):
        settings = replace(market.context.settings, public_url="https://exchange.example/")
        market.context = replace(market.context, settings=settings)
        member = market.enrol(market.grid_co)

        card = market.read(queries.get_key_card, member.key.kid, now=market.now)
        points = (
            x509.load_pem_x509_certificate(card.x509.encode())
            .extensions.get_extension_for_class(x509.CRLDistributionPoints)
            .value
        )
        address = points[0].full_name[0].value
        assert address == f"https://exchange.example/authority/{card.authority_kid}.crl"

    def test_are_made_at_the_start_for_keys_of_before(self, market):
        key = PrivateKey.generate()
        with market.context.database.writing() as session:
            session.add(
                SigningKey(
                    kid=key.kid,
                    organisation_id=market.rival.organisation_id,
                    person_id=market.rival.actor.person_id,
                    algorithm="Ed25519",
                    public_jwk=dict(key.public.jwk),
                    enrolled_at=market.now,
                )
            )
        with pytest.raises(NotFound, match="no certificate"):
            market.read(queries.get_key_card, key.kid, now=market.now)

        for _ in range(2):
            market.do(certify_uncertified, issuance=issuance_of(market.context))

        assert market.read(queries.get_key_card, key.kid, now=market.now).state == "active"


class TestRevocation:
    def test_makes_openssl_refuse_the_certificate(self, market, tmp_path):
        certificate = certificate_of(market, market.grid_co)
        assert verified_by_openssl(tmp_path, market, certificate)[0]

        card = market.revoke(market.grid_co)

        held, words = verified_by_openssl(tmp_path, market, certificate)
        assert (held, "certificate revoked" in words, card.state) == (False, True, "revoked")
        assert verified_by_openssl(tmp_path, market, certificate_of(market, market.rival))[0]

    def test_again_changes_nothing(self, market):
        for reason in ("key-compromise", "superseded"):
            card = market.revoke(market.grid_co, reason=reason)

        assert card.revocation_reason == "key-compromise"
        assert len(market.read(find_events, [card.organisation_id], ["signing_key.revoked"])) == 1

    def test_is_open_to_the_operator(self, market):
        assert market.revoke(market.grid_co, by=market.operator).state == "revoked"

    @pytest.mark.parametrize("by", ["rival", "regulator", "forecast_lab"])
    def test_by_anybody_else_finds_no_such_key(self, market, by):
        with pytest.raises(NotFound):
            market.revoke(market.grid_co, by=getattr(market, by))

    @pytest.mark.parametrize("reason", ["", "certificate-hold", "because"])
    def test_for_a_reason_that_is_none_is_refused(self, market, reason):
        with pytest.raises(Invalid) as refusal:
            market.revoke(market.grid_co, reason=reason)

        assert (refusal.value.field, "key-compromise" in refusal.value.remedy) == ("reason", True)

    def test_cannot_be_taken_back_in_the_database(self, market):
        market.revoke(market.grid_co)

        with pytest.raises(IntegrityError), market.context.database.writing() as session:
            session.get(SigningKey, market.grid_co.key.kid).revoked_at = None

    @pytest.mark.parametrize("table", [KeyCertificate, RevocationList])
    def test_certificates_and_lists_are_never_deleted(self, market, table):
        with pytest.raises(IntegrityError), market.context.database.writing() as session:
            session.execute(delete(table))


class TestLists:
    def serials(self, market, number=0):
        described = market.read(queries.describe_authorities)[number]
        return check_list(described["revocation_list"], root=described["root"])

    def test_are_there_before_anything_is_revoked(self, market):
        number, _, serials = self.serials(market)

        assert (number, serials) == (1, frozenset())

    def test_drop_certificates_that_have_ended(self, market):
        market.revoke(market.grid_co)
        assert len(self.serials(market)[2]) == 1

        market.do(
            refresh_lists, issuance=issuance_of(market.context), now=market.now + timedelta(days=1100)
        )

        assert self.serials(market)[2] == frozenset()

    @pytest.mark.parametrize(("hours", "issued"), [(1, 0), (24, 1)])
    def test_are_made_anew_every_day(self, market, hours, issued):
        later = market.now + timedelta(hours=hours)

        assert market.do(refresh_lists, issuance=issuance_of(market.context), now=later) == issued


class TestRotation:
    def test_leaves_old_certificates_and_their_revocation_as_they_are(self, market, tmp_path):
        old = certificate_of(market, market.grid_co)
        first, second = rotated(market)
        new = certificate_of(market, market.enrol(market.rival))

        assert (first.number, second.number) == (1, 2)
        for certificate in (old, new):
            assert verified_by_openssl(tmp_path, market, certificate)[0]
        market.revoke(market.grid_co)
        assert not verified_by_openssl(tmp_path, market, old)[0]
        assert verified_by_openssl(tmp_path, market, new)[0]

    def test_is_followed_by_who_knows_the_first_root_only(self, market, tmp_path):
        first, second = rotated(market)
        new = certificate_of(market, market.enrol(market.rival))

        held, words = verified_by_openssl(
            tmp_path, market, new, roots=first.root, untrusted=second.cross_certificate
        )

        assert held, words

    def test_reaches_a_node_that_was_running(self, market):
        running = issuance_of(market.context)
        running.authority.keys()
        other = Authority(market.context.settings.keys_dir / "authority")
        other.add_key(2)
        second = other.keys()[1]

        assert running.authority.key(second.kid).kid == second.kid

    def test_a_key_that_is_lost_is_said_to_be(self, market):
        with pytest.raises(AuthorityKeyMissing, match="no key strange") as refusal:
            market.context.authority.key("strange")

        assert "backup" in refusal.value.remedy

    def test_a_folder_of_another_database_stops_the_start(self, market, tmp_path):
        issuance = replace(issuance_of(market.context), authority=Authority(tmp_path / "strange"))

        with pytest.raises(Conflict, match="key folder"):
            market.do(establish_authorities, issuance=issuance)


def test_the_clock_of_certificates_is_whole_seconds(market):
    at = datetime(2026, 11, 24, 5, 0, 0, 987_654, tzinfo=UTC)

    card = market.read(queries.get_key_card, market.enrol(market.grid_co, now=at).key.kid, now=at)

    assert card.not_before == at.replace(microsecond=0)
    assert card.state == "active"
