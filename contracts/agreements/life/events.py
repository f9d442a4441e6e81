"""Facts about the life of an agreement."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class SuspensionOrdered:
    """An authority orders that nothing is delivered: under one agreement, or under all of an organisation.

    `until` is when the order ends by itself, in milliseconds; None when it stands until it is lifted.
    """

    type: ClassVar[str] = "suspension.ordered"
    order_id: str
    order_no: str
    scope: str
    subject_id: str
    authority: str
    grounds: str
    until: int | None


@dataclass(frozen=True)
class SuspensionLifted:
    """The authority that ordered a suspension ends it."""

    type: ClassVar[str] = "suspension.lifted"
    order_id: str
    scope: str
    subject_id: str
    reason: str


@dataclass(frozen=True)
class StepTaken:
    """Somebody did something that counts in the life of an agreement; `content` is what belongs to the step."""

    type: ClassVar[str] = "agreement.step_taken"
    agreement_id: str
    number: int
    step: str
    role: str
    content: dict[str, Any]


@dataclass(frozen=True)
class AgreementEndMoved:
    """The agreement ends at another instant than it did so far, because of the step with this number."""

    type: ClassVar[str] = "agreement.end_moved"
    agreement_id: str
    number: int
    ends_at: int


@dataclass(frozen=True)
class AgreementEndNear:
    """The agreement ends within so many days."""

    type: ClassVar[str] = "agreement.end_near"
    agreement_id: str
    days: int
    ends_at: int


@dataclass(frozen=True)
class AgreementEnded:
    """The agreement has ended; `state` says how. Data have flowed no more since `ends_at`, told or not."""

    type: ClassVar[str] = "agreement.ended"
    agreement_id: str
    state: str
    ends_at: int


@dataclass(frozen=True)
class DestructionDue:
    """The buyer has to confirm the destruction within so many days; 0 when it should have."""

    type: ClassVar[str] = "destruction.due"
    agreement_id: str
    days: int
    due_at: int
