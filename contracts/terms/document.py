"""The terms document: built once from what was agreed, then only ever read from its signed bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from contracts.terms.constraints import DAY_MS, prohibitions_of
from contracts.terms.policy import policy_of
from exchange.core import canonical
from exchange.core.clock import from_millis, to_millis
from exchange.core.errors import Invalid
from exchange.pricing import PricePlan

TERMS_FORMAT = "wdx-terms/2"
PROVIDER = "provider"
BUYER = "buyer"
EXCHANGE = "exchange"
#: In signing order: the exchange signs last, over the others.
ROLES = (PROVIDER, BUYER, EXCHANGE)
#: Members that are taken from the accepted draft as they stand.
AGREED = (
    *("kind", "binding_language", "purpose", "scenario", "rights", "delivery", "acceptance", "quality"),
    *("security", "end", "confidentiality", "liability", "change", "dispute", "work"),
    *("special_terms", "annexes", "required_suite"),
)
#: Members of the draft that bound the use.
GRANTED = (
    *("columns", "delivery_modes", "days", "max_rows", "max_calls", "calls_per_minute"),
    *("row_filter", "data_from", "data_to", "networks"),
)
MEMBERS = {
    *("format", "agreement_id", "contract_id", "negotiation_id", "version", "replaces", "renews"),
    "template",
    *("parties", "subject", "permission", "prohibitions", "policy", "price_plan", "billing"),
    *AGREED,
}
#: Of the words in which the exchange sets a contract; another number is other words.
TEMPLATE_VERSION = 1


@dataclass(frozen=True)
class Party:
    """One signatory as the terms name it; `kid` is the only key with which it can sign them.

    `verified_state` and `verified_at` say how the exchange's check of its identity stood when the terms were
    frozen (Data Security Law art. 33).
    """

    role: str
    organisation_id: str
    name_zh: str
    name_en: str
    uscc: str
    kid: str
    algorithm: str
    verified_state: str = "verified"
    verified_at: int | None = None

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

        Quick, for every delivery asks; `contracts.terms.check_terms` looks at every member.

        Raises:
            NotCanonical: the bytes are not in canonical form.
            Invalid: another format, or members missing or unknown.
        """
        terms = cls(data)
        document = terms.document
        if not isinstance(document, dict) or document.get("format") != TERMS_FORMAT:
            raise Invalid(f"these are no terms in the format {TERMS_FORMAT}", field="format")
        if document.keys() != MEMBERS:
            strange = ", ".join(sorted(document.keys() ^ MEMBERS))
            raise Invalid(f"members missing or unknown: {strange}", field="terms")
        return terms

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes that are signed."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def agreement_id(self) -> str:
        return str(self.document["agreement_id"])

    @property
    def contract_id(self) -> str:
        """The id of 47 characters under which the contract is filed."""
        return str(self.document["contract_id"])

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
        return str(self.document["required_suite"])

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
    def granted_calls(self) -> int | None:
        """How many deliveries there may be in all; None when the terms set no limit."""
        limit: int | None = self.document["permission"]["max_calls"]
        return limit

    @property
    def calls_per_minute(self) -> int | None:
        """How many deliveries there may be in any 60 seconds; None when the terms set no limit."""
        limit: int | None = self.document["permission"]["calls_per_minute"]
        return limit

    @property
    def row_filter(self) -> tuple[dict[str, Any], ...]:
        """Conditions that a row must fulfil to be delivered; empty for every row."""
        return tuple(self.document["permission"]["row_filter"])

    @property
    def data_range(self) -> tuple[str | None, str | None]:
        """First time of the data that may be had, and the first that may not any more; None for no bound."""
        permission = self.document["permission"]
        return permission["data_from"], permission["data_to"]

    @property
    def networks(self) -> tuple[str, ...]:
        """Ranges of addresses from which data may be asked for; empty for any."""
        return tuple(self.document["permission"]["networks"])

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


def build_terms(
    *,
    agreement_id: str,
    negotiation_id: str,
    contract_id: str,
    parties: tuple[Party, ...],
    listing: Mapping[str, Any],
    offer: Mapping[str, Any],
    valid_from: datetime,
    identity: Mapping[str, str] | None = None,
    renews: str | None = None,
) -> Terms:
    """Freeze what was agreed.

    Args:
        listing: id, version, digest, dataset_id and content of the listed version that was negotiated.
        offer: the accepted draft with the exchange's `platform_fee_bp`.
        identity: certificate number and handle of the product, where it has them.
        renews: id of the agreement that this one follows.
    """
    document = draft_document(
        parties=parties,
        listing=listing,
        offer=offer,
        identity=identity,
        renews=renews,
        valid_from=valid_from,
    )
    document |= {
        "agreement_id": agreement_id,
        "contract_id": contract_id,
        "negotiation_id": negotiation_id,
    }
    return Terms.read(canonical.to_bytes(document))


def draft_document(
    *,
    parties: tuple[Party, ...],
    listing: Mapping[str, Any],
    offer: Mapping[str, Any],
    identity: Mapping[str, str] | None = None,
    renews: str | None = None,
    valid_from: datetime | None = None,
) -> dict[str, Any]:
    """The terms as they would be if the draft were accepted: without ids, to be read and compared.

    Args:
        valid_from: where it is known before the acceptance, as of a renewal.
    """
    start = None if valid_from is None else to_millis(valid_from)
    term = {"valid_from": start, "valid_until": None if start is None else start + offer["days"] * DAY_MS}
    document = {
        "format": TERMS_FORMAT,
        "agreement_id": "",
        "contract_id": "",
        "negotiation_id": "",
        "version": 1,
        "replaces": None,
        "renews": renews,
        "template": {"id": f"wdx-{offer['kind']}", "version": TEMPLATE_VERSION},
        "parties": [party.to_json() for party in parties],
        "subject": _subject(listing, offer, identity or {}),
        "permission": {**{name: offer[name] for name in GRANTED}, **term},
        "prohibitions": prohibitions_of(offer["rights"]),
        "price_plan": PricePlan.from_json(offer["price_plan"]).to_json(),
        "billing": {
            "cycle": "month",
            "time_zone": "Asia/Shanghai",
            "currency": "CNY",
            "platform_fee_bp": offer["platform_fee_bp"],
            **offer["payment"],
        },
        **{name: offer[name] for name in AGREED},
    }
    return {**document, "policy": policy_of(document)}


def _subject(
    listing: Mapping[str, Any], offer: Mapping[str, Any], identity: Mapping[str, str]
) -> dict[str, Any]:
    content = listing["content"]
    security = content.get("security") or {}
    return {
        "listing_id": listing["id"],
        "listing_version": listing["version"],
        "listing_digest": listing["digest"],
        "dataset_id": listing["dataset_id"],
        "title_zh": content["title_zh"],
        "title_en": content["title_en"],
        "sector": content["sector"],
        "product_kind": content.get("product_kind", "dataset"),
        "source_statement": content.get("source_statement", ""),
        "contains_personal_information": bool(security.get("contains_personal_information")),
        "revision_policy": offer["revision_policy"],
        "revision_id": content["revision"]["id"],
        "revision_sha256": content["revision"]["sha256"],
        "rows": content["revision"]["rows"],
        "schema_digest": content["schema_digest"],
        "certificate_no": identity.get("certificate_no", ""),
        "handle": identity.get("handle", ""),
    }
