"""What people do with agreements after they are agreed."""

from contracts.agreements.life import orders, reading, steps
from contracts.agreements.life.course import Course
from contracts.agreements.life.models import SuspensionOrder
from exchange.client.lives import destruction_of
from exchange.core.clock import from_millis, to_millis, to_text

GROUNDS = "the sensor data are needed no longer"


class Lives:
    """Orders and steps of the market's parties and authorities."""

    def __init__(self, market) -> None:
        self.market = market

    def suspend(
        self, subject_id: str, *, by=None, until=None, order_no="2026-17", **when
    ) -> SuspensionOrder:
        return self.market.do(
            orders.order_suspension,
            actor=(by or self.market.regulator).actor,
            scope="agreement" if subject_id.startswith("agr_") else "organisation",
            subject_id=subject_id,
            order_no=order_no,
            grounds="a leak is being looked into",
            until=until,
            **when,
        )

    def lift(self, order_id: str, *, by=None, **when) -> SuspensionOrder:
        return self.market.do(
            orders.lift_suspension,
            actor=(by or self.market.regulator).actor,
            order_id=order_id,
            reason="the leak is closed",
            **when,
        )

    def step(self, agreement, step: str, *, by, now=None, **content) -> Course:
        return self.take(agreement, step, content, by=by, now=now)

    def take(self, agreement, step: str, content: dict, *, by, now=None) -> Course:
        when = {} if now is None else {"now": now}
        return self.market.do(
            steps.take_step,
            actor=by.actor,
            agreement_id=agreement.id,
            step=step,
            content=content,
            **when,
        )

    def end(self, agreement, way: str = "notice", *, by, ends_at=None, now=None, **content) -> Course:
        """End it early, as early as the way allows unless told."""
        ends = None if ends_at is None else to_millis(ends_at)
        return self.step(agreement, way, by=by, now=now, ends_at=ends, grounds=GROUNDS, **content)

    def destroyed(self, agreement, *, by=None, key=None, now, **changes) -> Course:
        """The buyer's signed confirmation, but for the changes made after signing."""
        buyer = by or self.market.forecast_lab
        at = from_millis(to_millis(now))
        said = {"method": "overwritten twice", "by": "Li Na", "statement": "no copy is left"}
        told = {"id": agreement.id, "terms_sha256": agreement.terms_sha256}
        content = destruction_of(
            told, {**said, "destroyed_at": to_text(at)}, to_millis(at), key or buyer.key
        )
        content = {**content, "destroyed_at": to_millis(at), **changes}
        return self.take(agreement, "destroyed", content, by=buyer, now=now)

    def of(self, agreement, *, by=None, at=None):
        return self.market.read(
            reading.get_life,
            agreement.id,
            actor=(by or self.market.operator).actor,
            at=at or self.market.now,
        )
