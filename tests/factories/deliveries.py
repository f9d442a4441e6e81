"""Deliveries through the real gate, without HTTP."""

from itertools import count

from contracts.deliveries import queries, service
from contracts.deliveries.models import AgreementMeter, DeliveryRecord
from contracts.deliveries.preparation import Prepared, Question, prepare


def page(limit: int = 10, **changes) -> Question:
    """A question for the first rows as JSON, but for the changes."""
    return Question(**{"mode": "query", "form": "json", "limit": limit, **changes})


class Deliveries:
    """Asks the gate as the market's buyer."""

    def __init__(self, market) -> None:
        self.market = market
        self._numbers = count(1)

    def prepared(self, agreement_id: str, question: Question, *, by=None) -> Prepared:
        return self.market.read(
            prepare,
            actor=(by or self.market.forecast_lab).actor,
            agreement_id=agreement_id,
            question=question,
            storage=self.market.context.storage,
        )

    def record(
        self, agreement_id: str, prepared: Prepared, *, request_id: str | None = None, **when
    ) -> DeliveryRecord:
        return self.market.do(
            service.record_delivery,
            actor=self.market.forecast_lab.actor,
            agreement_id=agreement_id,
            request_id=request_id or f"request-{next(self._numbers)}",
            prepared=prepared,
            exchange_key=self.market.context.signing_key,
            **when,
        )

    def deliver(self, agreement_id: str, rows: int = 10, *, request_id=None, **when) -> DeliveryRecord:
        """Deliver the first rows; each call is another delivery unless it names its request."""
        prepared = self.prepared(agreement_id, page(rows))
        return self.record(agreement_id, prepared, request_id=request_id, **when)

    def close_epoch(self, **when) -> int:
        return self.market.do(service.close_epoch, **when)

    def meter(self, agreement_id: str) -> AgreementMeter | None:
        return self.market.read(queries.get_meter, agreement_id)

    def records(self, agreement_id: str) -> list[DeliveryRecord]:
        return self.market.read(queries.find_records, agreement_id, after=0, limit=1000)
