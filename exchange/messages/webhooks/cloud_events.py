"""A message as a CloudEvent 1.0 in structured JSON mode."""

from typing import Any

import orjson

from exchange.core.clock import to_text
from exchange.messages.queries import MessageCard

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
#: Digits of `sequence`, so that it sorts as text.
_DIGITS = 20


def cloud_event(message: MessageCard, *, organisation_id: str, source: str, public_url: str) -> bytes:
    """The body that is sent; the same bytes at every attempt.

    It holds ids and words, and nothing of the deal's content: whoever wants more asks the API as itself.

    Args:
        source: the log that proves the event, as a URI.
        public_url: address of the portal; empty where the exchange does not know it.
    """
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": message.event_id,
        "source": source,
        "type": message.event_type,
        "subject": message.subject,
        "time": to_text(message.occurred_at),
        # The sequence extension: the event's place in the evidence log.
        "sequence": str(message.position).zfill(_DIGITS),
        "datacontenttype": "application/json",
        "data": {
            "message_id": message.id,
            "organisation_id": organisation_id,
            "topic": message.topic,
            "text_zh": message.text_zh,
            "text_en": message.text_en,
            "page": message.page,
            "url": f"{public_url.rstrip('/')}{message.page}" if public_url and message.page else "",
        },
    }
    return orjson.dumps(event)


def source_of(log_origin: str) -> str:
    """The evidence log as the source of events."""
    return f"//{log_origin}"
