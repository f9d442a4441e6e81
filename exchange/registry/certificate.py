"""The certificate itself: what it says, how it is signed, how anybody verifies it without the exchange."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.catalogue import PublishedListing
from exchange.core import canonical
from exchange.core.clock import to_millis
from exchange.core.errors import Invalid
from exchange.participants import OrganisationCard
from exchange.registry.identifiers import ProductIdentifiers
from exchange.trust import PrivateKey, PublicKey, jws
from exchange.trust.purposes import CERTIFICATE

FORMAT = "wdx-certificate/1"
INITIAL, CHANGE = "initial", "change"
_MEMBERS = {
    "format",
    "number",
    "type",
    "supersedes",
    "listing_id",
    "version",
    "content_sha256",
    "title_zh",
    "title_en",
    "sector",
    "holder",
    "handle",
    "product_no",
    "issued_at",
    "valid_until",
    "issuer",
}


class CertificateInvalid(Invalid):
    """The text is no certificate of this exchange, or its signature does not hold."""

    code = "certificate-invalid"


@dataclass(frozen=True)
class Draft:
    """A certificate before it is signed."""

    number: str
    supersedes: str | None
    listing: PublishedListing
    holder: OrganisationCard
    identifiers: ProductIdentifiers
    issued_at: datetime
    valid_until: datetime

    @property
    def type(self) -> str:
        return INITIAL if self.supersedes is None else CHANGE

    def document(self, issuer: str) -> bytes:
        """The canonical bytes that are signed; `issuer` names the exchange."""
        content = self.listing.content
        return canonical.to_bytes(
            {
                "format": FORMAT,
                "number": self.number,
                "type": self.type,
                "supersedes": self.supersedes,
                "listing_id": self.listing.id,
                "version": self.listing.version,
                "content_sha256": self.listing.digest,
                "title_zh": content["title_zh"],
                "title_en": content["title_en"],
                "sector": content["sector"],
                "holder": {
                    "organisation_id": self.holder.id,
                    "name_zh": self.holder.name_zh,
                    "name_en": self.holder.name_en,
                    "uscc": self.holder.uscc,
                },
                "handle": self.identifiers.handle,
                "product_no": self.identifiers.product_no,
                "issued_at": to_millis(self.issued_at),
                "valid_until": to_millis(self.valid_until),
                "issuer": issuer,
            }
        )


def sign_certificate(document: bytes, key: PrivateKey, *, at: datetime) -> str:
    """Sign the document; the result carries it, so it is the whole certificate in one line of text."""
    return jws.sign_compact(
        document, key, typ=CERTIFICATE, role="exchange", issued_at=to_millis(at) // 1000
    )


def read_certificate(token: str, *, key: PublicKey) -> dict[str, Any]:
    """Verify a certificate and return what it says. Whether it was revoked since, only the exchange knows.

    Raises:
        CertificateInvalid: signed for another purpose, or not a certificate of a known format.
        SignatureInvalid, JwsMalformed: the signature does not hold.
    """
    _, payload = jws.verify_compact(token.strip(), key=key, typ=CERTIFICATE, role="exchange")
    document = canonical.from_bytes(payload)
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.keys() != _MEMBERS:
        raise CertificateInvalid(f"this is no certificate in the format {FORMAT}", field="format")
    return document
