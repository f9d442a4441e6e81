"""Facts about agreements."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class AgreementFrozen:
    """The terms are fixed and wait for signatures; `terms` is their canonical text."""

    type: ClassVar[str] = "agreement.frozen"
    agreement_id: str
    negotiation_id: str
    terms: str
    terms_sha256: str


@dataclass(frozen=True)
class AgreementSigned:
    """A party signed the terms."""

    type: ClassVar[str] = "agreement.signed"
    agreement_id: str
    role: str
    kid: str
    signature: dict[str, Any]


@dataclass(frozen=True)
class AgreementExecuted:
    """Both parties signed and the exchange countersigned; from here on data may flow.

    `signatures` maps each role to its signature; together with the terms it is the whole contract.
    """

    type: ClassVar[str] = "agreement.executed"
    agreement_id: str
    terms: str
    signatures: dict[str, Any]
    countersignature: str


@dataclass(frozen=True)
class SignatureRefused:
    """A signature over the terms was refused: wrong bytes, key, algorithm or signer, as `code` says."""

    type: ClassVar[str] = "agreement.signature_refused"
    agreement_id: str
    organisation_id: str
    code: str
    claimed_alg: str
    claimed_kid: str
    signature_sha256: str
