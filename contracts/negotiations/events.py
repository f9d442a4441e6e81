"""Facts about negotiations."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class AccessRequested:
    """A buyer asked for data, with a purpose; `request` is the whole first draft.

    `renews` and `begins_at` tell of a renewal which agreement it follows, and when that one ends.
    """

    type: ClassVar[str] = "negotiation.requested"
    negotiation_id: str
    listing_id: str
    listing_version: int
    provider_id: str
    buyer_id: str
    request: dict[str, Any]
    message: str
    expires_at: int
    renews: str | None
    begins_at: int | None


@dataclass(frozen=True)
class PrivateOfferMade:
    """A provider offered its data to one buyer who had not asked; as `AccessRequested`, with `offer`."""

    type: ClassVar[str] = "negotiation.privately_offered"
    negotiation_id: str
    listing_id: str
    listing_version: int
    provider_id: str
    buyer_id: str
    offer: dict[str, Any]
    message: str
    expires_at: int
    renews: str | None
    begins_at: int | None


@dataclass(frozen=True)
class TermsOffered:
    """The provider offered conditions; `changed` names the members in which they differ from the round before."""

    type: ClassVar[str] = "negotiation.offered"
    negotiation_id: str
    round: int
    offer: dict[str, Any]
    changed: list[str]
    message: str
    expires_at: int


@dataclass(frozen=True)
class TermsCountered:
    """The buyer answered an offer with another draft."""

    type: ClassVar[str] = "negotiation.countered"
    negotiation_id: str
    round: int
    offer: dict[str, Any]
    changed: list[str]
    message: str
    expires_at: int


@dataclass(frozen=True)
class OfferAccepted:
    """The other party, in its `role`, accepted the last draft; its conditions are now to be frozen and signed."""

    type: ClassVar[str] = "negotiation.accepted"
    negotiation_id: str
    role: str
    offer: dict[str, Any]
    contract_id: str


@dataclass(frozen=True)
class NegotiationEnded:
    """The provider declined or the buyer withdrew."""

    type: ClassVar[str] = "negotiation.ended"
    negotiation_id: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class NegotiationExpired:
    """Nobody answered the last proposal in its time."""

    type: ClassVar[str] = "negotiation.expired"
    negotiation_id: str
    expires_at: int
