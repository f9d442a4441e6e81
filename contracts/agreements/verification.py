"""Verifying a signed contract from its file and a trust anchor, without the exchange."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.agreements import signing
from contracts.terms import Terms
from contracts.terms.document import BUYER, EXCHANGE, PROVIDER
from exchange.core.errors import Invalid
from exchange.trust import PublicKey, Signature, jws
from exchange.trust.key_certificates import KeyStatement, issuer_of_statement, read_statement
from exchange.trust.purposes import COUNTERSIGNATURE
from exchange.trust.suites import require_suite


class ContractIncomplete(Invalid):
    """The document is not a contract that everybody signed."""

    code = "contract-incomplete"


@dataclass(frozen=True)
class TrustAnchor:
    """What the verifier believes beforehand: the authority's keys and the exchange's own, by kid."""

    authorities: Mapping[str, PublicKey]
    exchange: Mapping[str, PublicKey]

    @classmethod
    def read(cls, document: Any) -> "TrustAnchor":
        """Read the JSON that `wdx keys authority` writes."""
        if not isinstance(document, dict) or document.keys() != {"authorities", "exchange"}:
            raise Invalid("a trust anchor has the members authorities and exchange", field="trust")
        return cls(_by_kid(document["authorities"]), _by_kid(document["exchange"]))


@dataclass(frozen=True)
class VerifiedContract:
    """The terms that everybody signed, and with what; `issued_at` are the signers' own claims."""

    terms: Terms
    issued_at: dict[str, int]
    certificates: dict[str, KeyStatement]


def verify_contract(document: Any, anchor: TrustAnchor) -> VerifiedContract:
    """Verify that provider, buyer and exchange signed these terms with keys that the authority certified.

    A file cannot say whether a key was revoked before it signed: the evidence log does.

    Raises:
        ContractIncomplete: a signature, certificate or the countersignature is missing.
        SignatureInvalid, CertificateInvalid, SuiteNotMet, UnknownAlgorithm: something does not hold.
    """
    payload, signatures = jws.parse_general_json(_member(document, "jws"))
    terms = Terms.read(payload)
    by_role = {jws.read_header(item).role: item for item in signatures}
    if by_role.keys() != {PROVIDER, BUYER} or len(signatures) != 2:
        raise ContractIncomplete("the contract does not have exactly one signature of provider and buyer")
    statements = _statements(_member(document, "certificates"), anchor)
    issued = {}
    for role in (PROVIDER, BUYER):
        certified = _certified(terms, role, statements)
        issued[role] = signing.verify_party(terms, role, by_role[role], certified.public).issued_at
    issued[EXCHANGE] = _verify_countersignature(document, terms, by_role, anchor)
    certificates = {role: statements[terms.party(role).kid] for role in (PROVIDER, BUYER)}
    return VerifiedContract(terms, issued, certificates)


def _verify_countersignature(
    document: Any, terms: Terms, signatures: dict[str, Signature], anchor: TrustAnchor
) -> int:
    party = terms.party(EXCHANGE)
    require_suite(terms.required_suite, {party.algorithm})
    if party.kid not in anchor.exchange:
        raise Invalid(f"the trust anchor does not hold the exchange's key {party.kid}", field="trust")
    header, signed = jws.verify_compact(
        _member(document, "countersignature"),
        key=anchor.exchange[party.kid],
        typ=COUNTERSIGNATURE,
        role=EXCHANGE,
    )
    if signed != signing.countersignature_payload(terms, signatures):
        raise ContractIncomplete("the exchange countersigned other terms or signatures")
    return header.issued_at


def _certified(terms: Terms, role: str, statements: dict[str, KeyStatement]) -> KeyStatement:
    party = terms.party(role)
    statement = statements.get(party.kid)
    if statement is None:
        raise ContractIncomplete(f"there is no certificate of the {role}'s key {party.kid}")
    if statement.holder.organisation_id != party.organisation_id or statement.holder.uscc != party.uscc:
        raise Invalid(f"the {role}'s key is certified for another organisation", field="certificates")
    return statement


def _statements(tokens: Any, anchor: TrustAnchor) -> dict[str, KeyStatement]:
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise ContractIncomplete("the certificates are not a list of texts")
    found = {}
    for token in tokens:
        issuer = issuer_of_statement(token)
        if issuer not in anchor.authorities:
            raise Invalid(f"the trust anchor does not hold the authority's key {issuer}", field="trust")
        statement = read_statement(token, key=anchor.authorities[issuer])
        found[statement.public.kid] = statement
    return found


def _member(document: Any, name: str) -> Any:
    if not isinstance(document, dict) or not document.get(name):
        raise ContractIncomplete(f"the contract has no {name}", field=name)
    return document[name]


def _by_kid(jwks: Any) -> dict[str, PublicKey]:
    keys = [PublicKey.from_jwk(jwk) for jwk in jwks]
    return {key.kid: key for key in keys}
