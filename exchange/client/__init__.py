"""What a buyer, a provider or a supervisor runs: the SDK. It knows the HTTP API and nothing of the server."""

from exchange.client.connection import Connection, Refused, Unreachable
from exchange.client.keys import load_or_create_key
from exchange.client.receipts import Receipt, ReceiptBook
from exchange.client.sdk import Delivery, Exchange
from exchange.client.uploading import UploadFailed, UploadProgress
from exchange.client.webhooks import verify_webhook
from exchange.trust.webhook_signatures import WebhookRefused

__all__ = [
    "Connection",
    "Delivery",
    "Exchange",
    "Receipt",
    "ReceiptBook",
    "Refused",
    "Unreachable",
    "UploadFailed",
    "UploadProgress",
    "WebhookRefused",
    "load_or_create_key",
    "verify_webhook",
]
