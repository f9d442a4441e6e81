"""The terms document: built once from what was agreed, then only ever read from its signed bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from exchange.core import canonical
from exchange.core.clock import from_millis, to_millis
from exchange.core.errors import Invalid
from exchange.pricing import PricePlan
from exchange.trust.suites import DEFAULT

#: Since version 2 the terms name the suite of algorithms that everybody signs them with.
TERMS_FORMAT = "wdx-terms/2"
PROVIDER = "provider"
BUYER = "buyer"
EXCHANGE = "exchange"
#: In signing order: the exchange signs last, over the others.
ROLES = (PROVIDER, BUYER, EXCHANGE)
_MEMBERS = {
    "agreement_id",
    "billing",
    "format",
    "negotiation_id",
    "parties",
    "permission",
    "price_plan",
    "prohibitions",
    "purpose",
    "required_suite",
    "scenario",
    "subject",
}
#: What terms of each format consist of; signed terms of the first one are in force for years to come.
_MEMBERS_OF_FORMAT = {TERMS_FORMAT: _MEMBERS, "wdx-terms/1": _MEMBERS - {"required_suite"}}


@dataclass(frozen=True)
class Party:
    """One signatory as the terms name it; `kid` is the only key with which it can sign them."""

    role: str
    organisation_id: str
    name_zh: str
    name_en: str
    uscc: str
    kid: str
    algorithm: str

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "required": True}


@dataclass(frozen=True)
class Terms:
    """Signed terms, read. The bytes are what counts; everything else is looked up in them."""

    data: bytes

    @cached_property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = canonical.from_bytes(self.data)
        return document

    @classmethod
    def read(cls, data: bytes) -> "Terms":
        """Read canonical bytes and check that they are terms in a format this program knows.

        Raises:
            NotCanonical: the bytes are not in canonical form.
            Invalid: another format, or members missing or unknown.
        """
        terms = cls(data)
        document = terms.document
        members = isinstance(document, dict) and _MEMBERS_OF_FORMAT.get(str(document.get("format")))
        if not members:
            raise Invalid(f"these are no terms in the format {TERMS_FORMAT} or before", field="format")
        if document.keys() != members:
            strange = ", ".join(sorted(document.keys() ^ members))
            raise Invalid(f"members missing or unknown: {strange}", field="terms")
        return terms

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes that are signed."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def agreement_id(self) -> str:
        return str(self.document["agreement_id"])

    def party(self, role: str) -> Party:
        """The signatory in a role.

        Raises:
            Invalid: the terms name no such party, or more than one.
        """
        found = [party for party in self.document["parties"] if party["role"] == role]
        if len(found) != 1:
            raise Invalid(f"the terms name {len(found)} parties in the role {role}", field="parties")
        return Party(**{name: value for name, value in found[0].items() if name != "required"})

    @property
    def required_suite(self) -> str:
        """The suite of algorithms that provider, buyer and exchange sign these terms with."""
        return str(self.document.get("required_suite", DEFAULT))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.document["permission"]["columns"])

    @property
    def delivery_modes(self) -> tuple[str, ...]:
        return tuple(self.document["permission"]["delivery_modes"])

    @property
    def granted_rows(self) -> int | None:
        """How many rows may be delivered in all; None when the terms set no limit."""
        limit: int | None = self.document["permission"]["max_rows"]
        return limit

    @property
    def valid_from(self) -> datetime:
        return from_millis(self.document["permission"]["valid_from"])

    @property
    def valid_until(self) -> datetime:
        return from_millis(self.document["permission"]["valid_until"])

    @property
    def dataset_id(self) -> str:
        return str(self.document["subject"]["dataset_id"])

    @property
    def revision_id(self) -> str:
        return str(self.document["subject"]["revision_id"])

    @cached_property
    def price_plan(self) -> PricePlan:
        return PricePlan.from_json(self.document["price_plan"])

    @property
    def platform_fee_bp(self) -> int:
        return int(self.document["billing"]["platform_fee_bp"])


def suite_of(offer: Mapping[str, Any]) -> str:
    """The suite of an offer; offers of before there were suites name none."""
    return str(offer.get("required_suite", DEFAULT))


def build_terms(
    *,
    agreement_id: str,
    negotiation_id: str,
    parties: tuple[Party, ...],
    listing: Mapping[str, Any],
    offer: Mapping[str, Any],
    valid_from: datetime,
    valid_until: datetime,
) -> Terms:
    """Freeze what was agreed.

    Args:
        listing: id, version, digest, dataset_id and content of the listed version that was negotiated.
        offer: purpose, scenario, columns, delivery_modes, max_rows, price_plan, platform_fee_bp and
            required_suite of the accepted offer.
    """
    content = listing["content"]
    document = {
        "format": TERMS_FORMAT,
        "agreement_id": agreement_id,
        "negotiation_id": negotiation_id,
        "parties": [party.to_json() for party in parties],
        "subject": {
            "listing_id": listing["id"],
            "listing_version": listing["version"],
            "listing_digest": listing["digest"],
            "dataset_id": listing["dataset_id"],
            "title_zh": content["title_zh"],
            "title_en": content["title_en"],
            "sector": content["sector"],
            "revision_id": content["revision"]["id"],
            "revision_sha256": content["revision"]["sha256"],
            "rows": content["revision"]["rows"],
            "schema_digest": content["schema_digest"],
        },
        "required_suite": suite_of(offer),
        "purpose": offer["purpose"],
        "scenario": offer["scenario"],
        "permission": {
            "columns": list(offer["columns"]),
            "delivery_modes": list(offer["delivery_modes"]),
            "max_rows": offer["max_rows"],
            "valid_from": to_millis(valid_from),
            "valid_until": to_millis(valid_until),
        },
        "prohibitions": ["onward_transfer"],
        "price_plan": PricePlan.from_json(offer["price_plan"]).to_json(),
        "billing": {
            "cycle": "month",
            "time_zone": "Asia/Shanghai",
            "currency": "CNY",
            "platform_fee_bp": offer["platform_fee_bp"],
        },
    }
    return Terms.read(canonical.to_bytes(document))
