"""A deal's story for its page, read from the log's events; later stages tell their own part."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.orm import Session

from contracts.agreements.queries import AgreementCard
from contracts.agreements.timeline import TimelineItem
from exchange.core.entries import decode_record
from exchange.core.events import EventRow, find_events
from exchange.core.i18n import gettext

Part = Callable[[Session, str], Iterable[TimelineItem]]


def tell_story(session: Session, deal: AgreementCard, parts: Iterable[Part]) -> list[TimelineItem]:
    """Everything that happened in a deal, in the order of time."""
    subject = deal.terms.document["subject"]
    version = subject["listing_version"]
    # By type too: an agreement may have a million delivery events, which its days stand for here.
    events = find_events(session, [deal.listing_id, deal.negotiation_id, deal.id], _titles().keys())
    items = [item for event in events if (item := _told(event, version)) is not None]
    for part in parts:
        items.extend(part(session, deal.id))
    return sorted(items, key=lambda item: item.at)


def _told(event: EventRow, listing_version: int) -> TimelineItem | None:
    titles = _titles()
    if event.record is None:
        return None
    payload = decode_record(event.record)
    if payload.get("version", listing_version) != listing_version:
        return None  # a later edit of the listing is no part of this deal
    return TimelineItem(event.occurred_at, titles[event.type], _detail(event.type, payload))


def _titles() -> dict[str, str]:
    return {
        "listing.version_written": gettext("The provider wrote the listing"),
        "listing.version_submitted": gettext("The provider submitted it for review"),
        "listing.version_decided": gettext("The operator decided on the listing"),
        "negotiation.requested": gettext("The buyer asked for the data"),
        "negotiation.offered": gettext("The provider offered terms"),
        "negotiation.accepted": gettext("The buyer accepted the offer"),
        "agreement.frozen": gettext("The terms were frozen"),
        "agreement.signed": gettext("A party signed the terms"),
        "agreement.executed": gettext("The exchange countersigned; data may flow"),
    }


def _detail(event_type: str, payload: dict[str, Any]) -> str:
    if event_type == "listing.version_decided":
        return f"{payload['decision']}: {payload['reason']}"
    if event_type == "negotiation.requested":
        return gettext("Purpose: %(purpose)s", purpose=payload["request"]["purpose"])
    if event_type == "agreement.signed":
        return f"{payload['role']} · {payload['kid']}"
    if event_type == "agreement.frozen":
        return f"SHA-256 {payload['terms_sha256']}"
    return ""
