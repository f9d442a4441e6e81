"""The assembled service as its parts see it: settings, database, storage and the exchange's own keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from exchange.config import Settings
from exchange.core.database import Database
from exchange.trust import Authority, PrivateKey, Vault, algorithm_named
from exchange.trust.suites import DEFAULT, PREFERRED


@dataclass(frozen=True)
class Context:
    """What a view, a job or a command needs of the running service; built once in `create_app`."""

    settings: Settings
    database: Database
    storage: Vault
    #: Signs contracts (last), one key for each suite that this machine can compute.
    signing_keys: Mapping[str, PrivateKey]
    #: Signs the evidence log's checkpoints and nothing else.
    log_key: PrivateKey
    #: Certifies the members' signing keys.
    authority: Authority
    page_parts: dict[str, tuple[Any, ...]]

    @property
    def signing_key(self) -> PrivateKey:
        """Signs receipts and registration certificates, and contracts of the default suite."""
        return self.signing_keys[DEFAULT]

    def signing_key_of(self, suite: str) -> PrivateKey:
        """The exchange's key for the contracts of a suite.

        Raises:
            AlgorithmUnavailable: this machine cannot compute the suite.
        """
        if suite not in self.signing_keys:
            algorithm_named(PREFERRED[suite]).require()
        return self.signing_keys[suite]


def get_context() -> Context:
    """The service that answers this request."""
    context: Context = current_app.extensions["wdx"]
    return context
