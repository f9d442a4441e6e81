"""The assembled service as its parts see it: settings, database, storage and the exchange's own keys."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from exchange.config import Settings
from exchange.core.database import Database
from exchange.core.telling import Teller
from exchange.trust import PrivateKey, Vault


@dataclass(frozen=True)
class Context:
    """What a view, a job or a command needs of the running service; built once in `create_app`."""

    settings: Settings
    database: Database
    storage: Vault
    #: Signs contracts (last) and receipts.
    signing_key: PrivateKey
    #: Signs the evidence log's checkpoints and nothing else.
    log_key: PrivateKey
    page_parts: dict[str, tuple[Any, ...]]
    tellers: dict[type, tuple[Teller, ...]]


def get_context() -> Context:
    """The service that answers this request."""
    context: Context = current_app.extensions["wdx"]
    return context
