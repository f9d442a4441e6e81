"""Facts about negotiations."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class AccessRequested:
    """A buyer asked for data, with a purpose."""

    type: ClassVar[str] = "negotiation.requested"
    negotiation_id: str
    listing_id: str
    listing_version: int
    provider_id: str
    buyer_id: str
    request: dict[str, Any]


@dataclass(frozen=True)
class TermsOffered:
    """The provider offered conditions for the request."""

    type: ClassVar[str] = "negotiation.offered"
    negotiation_id: str
    offer: dict[str, Any]


@dataclass(frozen=True)
class OfferAccepted:
    """The buyer accepted the offer; its conditions are now to be frozen and signed."""

    type: ClassVar[str] = "negotiation.accepted"
    negotiation_id: str
    offer: dict[str, Any]


@dataclass(frozen=True)
class NegotiationEnded:
    """The provider declined or the buyer withdrew."""

    type: ClassVar[str] = "negotiation.ended"
    negotiation_id: str
    outcome: str
    reason: str
