"""A deal's story for its page, read from the log's events; later stages tell their own part."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts.agreements.life.words import role_word, step_word
from contracts.agreements.queries import AgreementCard
from contracts.agreements.timeline import TimelineItem
from contracts.terms.document import ROLES
from exchange.core.entries import decode_record
from exchange.core.events import EventRow, find_events
from exchange.core.i18n import gettext, speaks_chinese

Part = Callable[[Session, str], Iterable[TimelineItem]]
#: Whose doing each event of a deal is.
_ROLE_OF_TYPE = {
    "listing.version_written": "provider",
    "listing.version_submitted": "provider",
    "listing.version_approved": "provider",
    "listing.version_decided": "exchange",
    "negotiation.requested": "buyer",
    "negotiation.privately_offered": "provider",
    "negotiation.offered": "provider",
    "negotiation.countered": "buyer",
    "agreement.frozen": "exchange",
    "agreement.executed": "exchange",
    "deliveries.halted": "exchange",
    "deliveries.restarted": "exchange",
    "delivery.cut": "exchange",
}
_TONES = {"agreement.executed": "good", "deliveries.halted": "bad", "delivery.cut": "bad"}


def tell_story(session: Session, deal: AgreementCard, parts: Iterable[Part]) -> list[TimelineItem]:
    """Everything that happened in a deal, in the order of time."""
    # By type too: an agreement may have a million delivery events, which its days stand for here.
    types = [*_ROLE_OF_TYPE, "agreement.signed", "negotiation.accepted", "agreement.step_taken"]
    events = find_events(session, [deal.listing_id, deal.negotiation_id, deal.id], types)
    items = [item for event in events if (item := _told(event, deal)) is not None]
    for part in parts:
        items.extend(part(session, deal.id))
    return sorted(items, key=lambda item: item.at)


def signing_times(session: Session, deal: AgreementCard) -> dict[str, datetime]:
    """When each party signed, by role."""
    times = {
        decode_record(event.record)["role"]: event.occurred_at
        for event in find_events(session, [deal.id], ["agreement.signed"])
        if event.record is not None
    }
    return times if deal.executed_at is None else {**times, "exchange": deal.executed_at}


def event_words() -> dict[str, str]:
    """This stage's event types in words, for the page of the log."""
    return {
        "negotiation.requested": gettext("The buyer asked for the data"),
        "negotiation.offered": gettext("The provider offered terms"),
        "negotiation.privately_offered": gettext("The provider made a private offer"),
        "negotiation.countered": gettext("The buyer made a counter-offer"),
        "negotiation.accepted": gettext("The draft was accepted"),
        "negotiation.expired": gettext("Nobody answered in time; the negotiation ended"),
        "negotiation.ended": gettext("The negotiation ended without an agreement"),
        "agreement.frozen": gettext("The terms were frozen"),
        "agreement.signed": gettext("A party signed the terms"),
        "agreement.executed": gettext("The exchange countersigned; data may flow"),
        "agreement.signature_refused": gettext("A signature was refused"),
        "delivery.recorded": gettext("A delivery was recorded"),
        "deliveries.halted": gettext("Deliveries were stopped"),
        "deliveries.restarted": gettext("The stop of deliveries was lifted"),
        "delivery.cut": gettext("A delivery was cut off while it was being sent"),
        "suspension.ordered": gettext("A suspension was ordered"),
        "suspension.lifted": gettext("An order was lifted"),
        "agreement.step_taken": gettext("A step in the life of the agreement"),
        "agreement.end_moved": gettext("The end of the agreement was moved"),
        "agreement.end_near": gettext("The parties were told of the end ahead"),
        "agreement.ended": gettext("The agreement ended"),
        "destruction.due": gettext("The buyer was reminded to destroy the data"),
        "quota.reached": gettext("A mark of the quota was reached"),
        "meter.epoch_closed": gettext("The meters were closed for billing"),
    }


def _told(event: EventRow, deal: AgreementCard) -> TimelineItem | None:
    if event.record is None:
        return None
    payload = decode_record(event.record)
    version = deal.terms.document["subject"]["listing_version"]
    if payload.get("version", version) != version:
        return None  # a later edit of the listing is no part of this deal
    role = _ROLE_OF_TYPE.get(event.type) or payload["role"]
    if event.type == "agreement.step_taken":
        return _step(event, deal, payload)
    return TimelineItem(
        event.occurred_at,
        _title(event.type, payload),
        detail=_detail(event.type, payload),
        digest=_digest(event.type, payload),
        actor=_name(deal, role),
        tone=_TONES.get(event.type, "info"),
        position=event.position,
    )


def _step(event: EventRow, deal: AgreementCard, payload: dict[str, Any]) -> TimelineItem:
    role = payload["role"]
    return TimelineItem(
        event.occurred_at,
        step_word(payload["step"]),
        detail=payload["content"].get("grounds", ""),
        actor=_name(deal, role) if role in ROLES else role_word(role),
        tone="info",
        position=event.position,
    )


def _title(event_type: str, payload: dict[str, Any]) -> str:
    if event_type == "listing.version_decided":
        return {
            "listed": gettext("The operator reviewed and listed it"),
            "rejected": gettext("The operator rejected the listing"),
            "supplement": gettext("The operator asked for a supplement"),
        }.get(payload["decision"], gettext("The operator decided on the listing"))
    if event_type == "listing.version_approved":
        return {
            "approved": gettext("A second person of the provider approved it"),
            "returned": gettext("A second person of the provider returned it"),
        }.get(payload["decision"], gettext("A second person of the provider decided on it"))
    if event_type == "negotiation.accepted":
        return {
            "buyer": gettext("The buyer accepted the offer"),
            "provider": gettext("The provider accepted the counter-offer"),
        }.get(payload["role"], gettext("The draft was accepted"))
    if event_type == "agreement.signed":
        return {
            "provider": gettext("The provider signed the terms"),
            "buyer": gettext("The buyer signed the terms"),
        }.get(payload["role"], gettext("A party signed the terms"))
    return {
        "listing.version_written": gettext("The provider wrote the listing"),
        "listing.version_submitted": gettext("The provider submitted the listing for review"),
        **event_words(),
    }[event_type]


def _detail(event_type: str, payload: dict[str, Any]) -> str:
    if event_type in {"listing.version_decided", "listing.version_approved"}:
        return gettext("Reason: %(reason)s", reason=payload["reason"])
    if event_type == "negotiation.requested":
        return gettext("Purpose: %(purpose)s", purpose=payload["request"]["purpose"])
    if event_type == "agreement.signed":
        return gettext("with the key")
    if event_type == "agreement.frozen":
        return "SHA-256"
    return ""


def _digest(event_type: str, payload: dict[str, Any]) -> str:
    return str(
        payload.get({"agreement.signed": "kid", "agreement.frozen": "terms_sha256"}.get(event_type, ""), "")
    )


def _name(deal: AgreementCard, role: str) -> str:
    party = deal.terms.party(role)
    return party.name_zh if speaks_chinese() else party.name_en
