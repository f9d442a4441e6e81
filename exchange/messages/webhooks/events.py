"""Facts about webhooks."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class WebhookRegistered:
    """An organisation wants its messages sent to an address; the log holds no more of it than the host."""

    type: ClassVar[str] = "webhook.registered"
    endpoint_id: str
    organisation_id: str
    host: str


@dataclass(frozen=True)
class WebhookSecretRotated:
    """An endpoint has a new secret; the one before signs beside it until `overlaps_until`."""

    type: ClassVar[str] = "webhook.secret_rotated"
    endpoint_id: str
    organisation_id: str
    host: str
    overlaps_until: int


@dataclass(frozen=True)
class WebhookDisabled:
    """Nothing is sent to the endpoint any more: it failed for too long, or said that it is gone."""

    type: ClassVar[str] = "webhook.disabled"
    endpoint_id: str
    organisation_id: str
    host: str
    reason: str


@dataclass(frozen=True)
class WebhookEnabled:
    """Its owner had the endpoint tried again."""

    type: ClassVar[str] = "webhook.enabled"
    endpoint_id: str
    organisation_id: str
    host: str


@dataclass(frozen=True)
class WebhookRemoved:
    """Its owner took the endpoint away."""

    type: ClassVar[str] = "webhook.removed"
    endpoint_id: str
    organisation_id: str
    host: str
