"""Facts about demands."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class DemandWritten:
    """A buyer wrote what it needs, for the first time or again."""

    type: ClassVar[str] = "demand.written"
    demand_id: str
    organisation_id: str
    digest: str
    content: dict[str, Any]


@dataclass(frozen=True)
class DemandSubmitted:
    """The buyer asked for review."""

    type: ClassVar[str] = "demand.submitted"
    demand_id: str


@dataclass(frozen=True)
class DemandReviewed:
    """The operator opened the demand, or returned it to the buyer."""

    type: ClassVar[str] = "demand.reviewed"
    demand_id: str
    decision: str
    reason: str


@dataclass(frozen=True)
class DemandClaimed:
    """A provider said that it can fulfil the demand; it leaves the board."""

    type: ClassVar[str] = "demand.claimed"
    demand_id: str
    claim_id: str
    provider_id: str
    listing_id: str | None
    message: str


@dataclass(frozen=True)
class DemandConfirmed:
    """The buyer took up the claim."""

    type: ClassVar[str] = "demand.confirmed"
    demand_id: str
    claim_id: str


@dataclass(frozen=True)
class DemandClaimDeclined:
    """The buyer did not take up the claim; the demand is on the board again."""

    type: ClassVar[str] = "demand.claim_declined"
    demand_id: str
    claim_id: str
    reason: str


@dataclass(frozen=True)
class DemandWithdrawn:
    """The buyer needs it no longer."""

    type: ClassVar[str] = "demand.withdrawn"
    demand_id: str
    reason: str


@dataclass(frozen=True)
class DemandExpired:
    """Its last day has passed."""

    type: ClassVar[str] = "demand.expired"
    demand_id: str


@dataclass(frozen=True)
class DemandUnclaimed:
    """Nobody claimed it for more than seven days, so the operator may step in."""

    type: ClassVar[str] = "demand.unclaimed"
    demand_id: str
    opened_at: int


@dataclass(frozen=True)
class DemandIntervened:
    """The operator stepped in to find a provider."""

    type: ClassVar[str] = "demand.intervened"
    demand_id: str
    note: str


@dataclass(frozen=True)
class DemandNegotiated:
    """The buyer asked the confirmed provider for data; the negotiation belongs to the demand."""

    type: ClassVar[str] = "demand.negotiated"
    demand_id: str
    negotiation_id: str


@dataclass(frozen=True)
class DemandContracted:
    """An agreement came of it."""

    type: ClassVar[str] = "demand.contracted"
    demand_id: str
    agreement_id: str
