"""Resolving a handle: what anybody may know of a product, in the form of the Handle system's proxy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from sqlalchemy.orm import Session

from exchange import catalogue, participants
from exchange.core import canonical
from exchange.core.clock import to_text
from exchange.core.errors import NotFound
from exchange.registry import queries

FOUND, NOT_FOUND = 1, 100
_TTL_S = 86_400
#: The indexes of a product's values; 100, the administrator's, is never shown.
_INDEXES = {
    "URL": 1,
    "TITLE": 2,
    "PROVIDER": 3,
    "REGNO": 4,
    "STATUS": 5,
    "LEVEL": 6,
    "METADATA_URL": 7,
    "METADATA_DIGEST": 8,
    "UPDATED": 9,
    "PRODUCT_NO": 10,
    "VERSION": 11,
}


@dataclass(frozen=True)
class ResolvedProduct:
    """What a handle stands for, as far as everybody may know it."""

    handle: str
    product_no: str
    version: int
    listing_id: str
    status: str
    #: None where the listing is not for everybody: its title, provider and digest are not told.
    listing: catalogue.PublishedListing | None
    provider: participants.OrganisationCard | None
    certificate: queries.CertificateCard
    updated_at: datetime

    def values(self, base_url: str) -> list[dict[str, Any]]:
        """The values of the handle; `base_url` is where this exchange is reached."""
        found = {
            "URL": f"{base_url}/id/{self.handle}",
            "REGNO": self.certificate.number,
            "STATUS": self.status,
            "UPDATED": to_text(self.updated_at),
            "PRODUCT_NO": self.product_no,
            "VERSION": str(self.version),
        }
        if self.listing is not None and self.provider is not None:
            found |= {
                "TITLE": f"{self.listing.content['title_zh']} {self.listing.content['title_en']}",
                "PROVIDER": f"{self.provider.uscc} {self.provider.name_zh}",
                "LEVEL": self.listing.content.get("grade", "general"),
                "METADATA_URL": f"{base_url}/api/v1/listings/{self.listing_id}",
                "METADATA_DIGEST": f"SHA-256:{self.listing.digest} SM3:{_sm3(self.listing.content)}",
            }
        return [_value(name, text, self.updated_at) for name, text in sorted(found.items(), key=_index)]


def resolve(session: Session, handle: str, *, version: int | None, now: datetime) -> ResolvedProduct:
    """Look a handle up; one that was given out resolves for ever, also when the product is gone.

    Args:
        version: of the listing; None for the newest registered one.

    Raises:
        NotFound: the handle was never given out, or no such version was registered.
    """
    identity = queries.get_identity_by_handle(session, handle)
    certificates = queries.find_certificates(session, identity.listing_id, now=now)
    chosen = [item for item in certificates if version in {None, item.version}]
    if not chosen:
        raise NotFound(f"version {version} of {handle} is not registered")
    certificate = chosen[0]
    listing = catalogue.get_version_card(session, identity.listing_id, certificate.version)
    is_open = listing.content.get("visibility", {}).get("audience", "public") == "public"
    return ResolvedProduct(
        handle=handle,
        product_no=identity.product_no,
        version=certificate.version,
        listing_id=identity.listing_id,
        status=_status(session, identity.listing_id, certificate),
        listing=listing if is_open else None,
        provider=participants.get_organisation_card(session, listing.organisation_id) if is_open else None,
        certificate=certificate,
        updated_at=certificate.revoked_at or certificate.issued_at,
    )


def _status(session: Session, listing_id: str, certificate: queries.CertificateCard) -> str:
    """The listing's own state, unless the certificate tells of a version that is no longer the one on offer."""
    if certificate.state in {"revoked", "superseded"}:
        return certificate.state
    return catalogue.get_listing_state(session, listing_id)


def _value(name: str, text: str, at: datetime) -> dict[str, Any]:
    return {
        "index": _INDEXES[name],
        "type": name,
        "data": {"format": "string", "value": text},
        "ttl": _TTL_S,
        "timestamp": to_text(at),
    }


def _index(item: tuple[str, str]) -> int:
    return _INDEXES[item[0]]


def _sm3(content: dict[str, Any]) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(canonical.to_bytes(content))
    return digest.finalize().hex()
