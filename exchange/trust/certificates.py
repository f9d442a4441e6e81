"""X.509 certificates and revocation lists (RFC 5280), written by pyca/cryptography.

Pure functions: who may have a certificate, and what stands in the log about it, is decided elsewhere.
Times are whole seconds, as X.509 has them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from exchange.core.errors import Invalid
from exchange.trust.algorithms import algorithm_named
from exchange.trust.keys import PrivateKey, PublicKey

#: Why a key is revoked: the reasons of RFC 5280 that may be given for a member's key.
REASONS: Final = {
    "unspecified": x509.ReasonFlags.unspecified,
    "key-compromise": x509.ReasonFlags.key_compromise,
    "affiliation-changed": x509.ReasonFlags.affiliation_changed,
    "superseded": x509.ReasonFlags.superseded,
    "cessation-of-operation": x509.ReasonFlags.cessation_of_operation,
}
#: RFC 9336: a certificate for signing documents, and nothing else.
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
#: The upper bound of RFC 5280 for names; longer ones are cut, the whole name stands in the log.
_MOST_NAME_CHARACTERS = 64


class CertificateInvalid(Invalid):
    """A certificate or revocation list does not say, or is not signed, what it should."""

    code = "key-certificate-invalid"


@dataclass(frozen=True)
class Holder:
    """The organisation that a certificate names."""

    organisation_id: str
    name_zh: str
    name_en: str
    uscc: str


@dataclass(frozen=True)
class Validity:
    """From when until when."""

    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class Issuer:
    """A key of the authority with its root certificate."""

    key: PrivateKey
    root: str


@dataclass(frozen=True)
class RevokedEntry:
    """One line of a revocation list."""

    serial: str
    at: datetime
    reason: str


def new_serial() -> str:
    """A serial number: 159 random bits in hex."""
    return f"{x509.random_serial_number():040x}"


def root_certificate(key: PrivateKey, *, name: str, validity: Validity) -> str:
    """The authority's certificate about itself."""
    subject = _authority_name(key.public, name)
    builder = _begun(subject, key.public, new_serial(), validity).issuer_name(subject)
    return _signed(_with_authority_extensions(builder, key.public, key.public), key)


def cross_certificate(public: PublicKey, issuer: Issuer, *, name: str, validity: Validity) -> str:
    """The older root's word for its successor, for those who know the older one only."""
    builder = _begun(_authority_name(public, name), public, new_serial(), validity)
    builder = builder.issuer_name(_read(issuer.root).subject)
    return _signed(_with_authority_extensions(builder, public, issuer.key.public), issuer.key)


def member_certificate(
    public: PublicKey, issuer: Issuer, *, holder: Holder, serial: str, validity: Validity, list_url: str
) -> str | None:
    """A certificate for a member's signing key; None where X.509 cannot hold a key of its algorithm."""
    if not algorithm_named(public.algorithm).in_x509:
        return None
    builder = _begun(_holder_name(holder), public, serial, validity)
    builder = builder.issuer_name(_read(issuer.root).subject)
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(digital_signature=True, content_commitment=True), True),
        (x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), False),
        (_name_of_key(public), False),
        (x509.SubjectKeyIdentifier.from_public_key(public.native), False),
        (_authority_key_id(issuer.key.public), False),
    ]
    if list_url:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
        extensions.append((x509.CRLDistributionPoints([point]), False))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return _signed(builder, issuer.key)


def revocation_list(
    issuer: Issuer, entries: Iterable[RevokedEntry], *, number: int, validity: Validity
) -> str:
    """The list of the certificates that this key of the authority issued and that do not count any more."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_read(issuer.root).subject)
        .last_update(validity.not_before)
        .next_update(validity.not_after)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_authority_key_id(issuer.key.public), critical=False)
    )
    for entry in entries:
        revoked = x509.RevokedCertificateBuilder(int(entry.serial, 16), entry.at)
        if entry.reason != "unspecified":  # RFC 5280 wants it left out
            revoked = revoked.add_extension(x509.CRLReason(REASONS[entry.reason]), critical=False)
        builder = builder.add_revoked_certificate(revoked.build())
    signed = builder.sign(issuer.key.native, SHA256())
    return signed.public_bytes(Encoding.PEM).decode("ascii")


def check_root(pem: str, public: PublicKey) -> None:
    """Refuse a root certificate that is not of this key, by this key.

    Raises:
        CertificateInvalid: says what is wrong.
    """
    certificate = _read(pem)
    if _key_of(certificate) != public:
        raise CertificateInvalid("the root certificate is of another key")
    _require_issued(certificate, certificate)


def check_cross(pem: str, public: PublicKey, issuer_root: str) -> None:
    """Refuse a cross certificate that is not of this key by the older root."""
    certificate = _read(pem)
    if _key_of(certificate) != public:
        raise CertificateInvalid("the cross certificate is of another key")
    _require_issued(certificate, _read(issuer_root))


def check_member(
    pem: str, public: PublicKey, *, root: str, holder: Holder, serial: str, validity: Validity
) -> None:
    """Refuse a member's certificate that says something else than the signed statement beside it.

    Raises:
        CertificateInvalid: says what is wrong.
    """
    certificate = _read(pem)
    _require_issued(certificate, _read(root))
    stated = Validity(certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    same = {
        "key": _spki(certificate) == _spki_of(public),
        "serial": f"{certificate.serial_number:040x}" == serial,
        "subject": certificate.subject == _holder_name(holder),
        "validity": stated == validity,
    }
    if wrong := [name for name, holds in same.items() if not holds]:
        raise CertificateInvalid(f"the certificate has another {', '.join(wrong)}")


def check_list(pem: str, *, root: str) -> tuple[int, Validity, frozenset[str]]:
    """Number, validity and serials of a revocation list that this root signed.

    Raises:
        CertificateInvalid: it is no list of this root.
    """
    try:
        listed = x509.load_pem_x509_crl(pem.encode())
        issuer = _read(root)
        key = issuer.public_key()
        if listed.issuer != issuer.subject or not listed.is_signature_valid(key):  # type: ignore[arg-type]
            raise CertificateInvalid("the revocation list is not signed by this root")
        number = listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (ValueError, x509.ExtensionNotFound) as error:
        raise CertificateInvalid("this is not a revocation list") from error
    if listed.next_update_utc is None:
        raise CertificateInvalid("the revocation list does not say until when it holds")
    serials = frozenset(f"{entry.serial_number:040x}" for entry in listed)
    return number, Validity(listed.last_update_utc, listed.next_update_utc), serials


def _begun(
    subject: x509.Name, public: PublicKey, serial: str, validity: Validity
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public.native)
        .serial_number(int(serial, 16))
        .not_valid_before(validity.not_before)
        .not_valid_after(validity.not_after)
    )


def _with_authority_extensions(
    builder: x509.CertificateBuilder, public: PublicKey, issuer: PublicKey
) -> x509.CertificateBuilder:
    # A successor is certified by the older root, so one more certificate of an authority may follow a root.
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public.native), critical=False)
        .add_extension(_authority_key_id(issuer), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: PrivateKey) -> str:
    return builder.sign(key.native, SHA256()).public_bytes(Encoding.PEM).decode("ascii")


def _authority_name(public: PublicKey, name: str) -> x509.Name:
    # The kid tells the roots of one exchange apart.
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(name)),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Signing Keys CA {public.kid[:8]}"),
        ]
    )


def _holder_name(holder: Holder) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(holder.name_zh)),
            # ETSI EN 319 412-1: the number in the national trade register of China.
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{holder.uscc}"),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(holder.name_en)),
        ]
    )


def _name_of_key(public: PublicKey) -> x509.SubjectAlternativeName:
    # RFC 9278: leads from the certificate to the kid in a signature's header.
    uri = f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{public.kid}"
    return x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)])


def _authority_key_id(public: PublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(public.native)


def _usage(**given: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


def _cut(name: str) -> str:
    return name[:_MOST_NAME_CHARACTERS]


def _read(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise CertificateInvalid("this is not a certificate") from error


def _require_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise CertificateInvalid("the certificate is not signed by this root") from error


def _key_of(certificate: x509.Certificate) -> PublicKey:
    key: Any = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        raise CertificateInvalid("a key of the authority is one of P-256")
    return PublicKey.from_spki(_spki(certificate))


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _spki_of(public: PublicKey) -> bytes:
    return algorithm_named(public.algorithm).public_to_der(public.raw)
