"""Facts about deliveries."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class DeliveryRecorded:
    """Data were handed out; the fields are those of the buyer's receipt.

    `delivered_rows` counts all rows of the agreement up to and including this delivery. `succeeded`, `hits`
    and `files` are 1 or 0 and say what the delivery counts as: it is a call in any case.
    """

    type: ClassVar[str] = "delivery.recorded"
    delivery_id: str
    agreement_id: str
    number: int
    request_id: str
    mode: str
    question: dict[str, Any]
    rows: int
    size_bytes: int
    succeeded: int
    hits: int
    files: int
    content_sha256: str
    delivered_rows: int
    epoch: int
    period: str
    recorded_at: int


@dataclass(frozen=True)
class EpochClosed:
    """No record joins this epoch or an earlier one any more."""

    type: ClassVar[str] = "meter.epoch_closed"
    epoch: int
    closed_at: int


@dataclass(frozen=True)
class DeliveriesHalted:
    """Nothing is delivered under the agreement while this hold stands: its listing's, or an order's.

    `reference` is the listing or the order; `until` is when the hold ends by itself, in milliseconds.
    """

    type: ClassVar[str] = "deliveries.halted"
    agreement_id: str
    hold: str
    reference: str
    until: int | None


@dataclass(frozen=True)
class DeliveriesRestarted:
    """The hold is lifted; deliveries go on unless another one stands."""

    type: ClassVar[str] = "deliveries.restarted"
    agreement_id: str
    hold: str
    reference: str


@dataclass(frozen=True)
class DeliveryCut:
    """The bytes of a recorded delivery were cut off while they were being sent, because of `cause`.

    `sent_bytes` were given to the caller's connection at the least; the caller has received no more than the
    whole delivery and may have received less.
    """

    type: ClassVar[str] = "delivery.cut"
    delivery_id: str
    agreement_id: str
    cause: str
    sent_bytes: int
    size_bytes: int


@dataclass(frozen=True)
class QuotaReached:
    """With the delivery of this number, so many percent of the granted rows or calls are used."""

    type: ClassVar[str] = "quota.reached"
    agreement_id: str
    what: str
    percent: int
    used: int
    granted: int
    number: int
