"""Agreements at every stage of their signing."""

from contracts.agreements import queries, service
from contracts.agreements.models import Agreement
from exchange.client.keys import sign_terms
from exchange.core.identifiers import derived_id
from exchange.trust import Signature
from tests.factories.negotiations import Negotiations


class Agreements:
    """Freezes terms and has them signed by the market's parties."""

    def __init__(self, market) -> None:
        self.market = market
        self.negotiations = Negotiations(market)

    def frozen(self, **offer) -> Agreement:
        """Terms that wait for both signatures."""
        return self.get(derived_id("agr", self.negotiations.agreed(**offer).id))

    def executed(self, **offer) -> Agreement:
        """Terms that provider, buyer and exchange have signed."""
        agreement = self.frozen(**offer)
        self.sign(agreement, by=self.market.grid_co)
        return self.sign(agreement, by=self.market.forecast_lab)

    def get(self, agreement_id: str) -> Agreement:
        return self.market.read(queries.get_agreement, agreement_id, actor=self.market.operator.actor)

    def signature(self, agreement: Agreement, *, by, role=None, terms=None, key=None) -> Signature:
        """The member's signature in their own role over the agreement's bytes, but for what is given."""
        role = role or ("provider" if by.organisation_id == agreement.provider_id else "buyer")
        return Signature(**sign_terms(terms or agreement.terms, key or by.key, role=role))

    def sign(self, agreement: Agreement, *, by, signature: Signature | None = None) -> Agreement:
        return self.market.do(
            service.sign_agreement,
            actor=by.actor,
            agreement_id=agreement.id,
            signature=signature or self.signature(agreement, by=by),
            signing_key_of=self.market.context.signing_key_of,
        )
