"""What the offline verifier knows of orders; other rooms ask whether one stands over an agreement."""

from dataclasses import dataclass, field

from contracts.terms import Terms


@dataclass(frozen=True)
class OrderFact:
    """An order that was not lifted."""

    scope: str
    subject_id: str
    #: Organisation of who ordered it.
    authority_id: str | None
    until: int | None

    def is_over(self, terms: Terms | None) -> bool:
        """Whether the order concerns the agreement with these terms."""
        if terms is None:
            return False
        if self.scope == "agreement":
            return terms.agreement_id == self.subject_id
        return self.subject_id in {terms.party(role).organisation_id for role in ("provider", "buyer")}


@dataclass
class OrderFacts:
    """The orders that were given and not lifted, by id; one that ended by itself stays."""

    standing: dict[str, OrderFact] = field(default_factory=dict)
