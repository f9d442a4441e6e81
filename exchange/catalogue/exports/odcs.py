"""A listing as a data contract of the Open Data Contract Standard (Bitol ODCS) 3.1."""

from collections.abc import Iterator
from typing import Any

from exchange.catalogue.exports.described import DescribedListing, instant
from exchange.catalogue.exports.money import price_amount

API_VERSION = "v3.1.0"
#: Name of the one table; servers give their own names to it.
TABLE = "rows"
_LOGICAL_TYPES = {
    "timestamp": "timestamp",
    "date": "date",
    "month": "date",
    "integer": "integer",
    "number": "number",
    "text": "string",
    "boolean": "boolean",
}
#: What the exchange's terms and licences cannot say in a member of their own.
_OWN_TERMS = (
    *("sector", "product_kind", "industry", "commodity", "data_nature", "languages", "source_statement"),
    *("usage_policy", "licence", "rights", "grade", "quality", "price_plans", "price_terms", "valid_to"),
)


def describe_contract(listing: DescribedListing) -> dict[str, Any]:
    """The contract of the version on offer."""
    content = listing.content
    contract: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": listing.id,
        "name": content["title_en"],
        "version": f"{listing.version}.0.0",
        "status": "active",
        "domain": content["sector"],
        "tenant": listing.provider.name_en,
        "dataProduct": content["title_zh"],
        "contractCreatedTs": instant(listing.listed_at),
        "description": _description(content),
        "tags": [*content["keywords"], *content["scenarios"]],
        "authoritativeDefinitions": list(_definitions(listing)),
        "servers": [_server(listing)],
        "schema": [_table(listing)] if content.get("schema") else [],
        "slaProperties": list(_service_levels(content)),
        "support": list(_support(content)),
        "customProperties": list(_own_terms(listing)),
        "price": _price(content),
        "team": _team(listing),
    }
    return {name: value for name, value in contract.items() if value not in ([], {}, None)}


def _description(content: Any) -> dict[str, str]:
    parts = {
        "purpose": _lines(content["summary_zh"], content["summary_en"]),
        "usage": _lines(content["use_cases"], *content["usage_policy"]["purposes"]),
        "limitations": content["restrictions"],
    }
    return {name: text for name, text in parts.items() if text}


def _definitions(listing: DescribedListing) -> Iterator[dict[str, str]]:
    yield {"type": "businessDefinition", "url": listing.page}
    if listing.resolver is not None:
        yield {"type": "canonicalUrl", "url": listing.resolver}
    if listing.stays_at_provider:
        yield {"type": "implementation", "url": f"{listing.page}/openapi.json"}


def _server(listing: DescribedListing) -> dict[str, Any]:
    if listing.stays_at_provider:
        # The provider's own address is not given away; the page is where one asks for the API.
        return {"server": "provider", "type": "api", "location": listing.page}
    return {"server": "exchange", "type": "api", "location": f"{listing.base_url}/api/v1"}


def _table(listing: DescribedListing) -> dict[str, Any]:
    revision = listing.content["revision"]
    table: dict[str, Any] = {
        "name": TABLE,
        "logicalType": "object",
        "physicalType": "table",
        "properties": [_column(listing, field) for field in listing.fields],
    }
    if listing.content["coverage"]["granularity"]:
        table["dataGranularityDescription"] = listing.content["coverage"]["granularity"]
    if revision:
        table["quality"] = [
            {
                "name": "rows_of_the_revision",
                "type": "library",
                "metric": "rowCount",
                "mustBe": revision["rows"],
                "dimension": "completeness",
            }
        ]
    return table


def _column(listing: DescribedListing, field: dict[str, Any]) -> dict[str, Any]:
    column: dict[str, Any] = {
        "name": field["name"],
        "logicalType": _LOGICAL_TYPES[field["type"]],
        "required": not field["nullable"],
        "classification": field["level"],
    }
    description = _lines(field.get("meaning_zh", ""), field.get("meaning_en", ""))
    if description:
        column["description"] = description
    own = [
        {"property": name, "value": field[name]}
        for name in ("type", "unit", "zone", "sensitive", "mask")
        if field.get(name) is not None
    ]
    nulls = (listing.nulls or {}).get(field["name"])
    if nulls is not None:
        column["quality"] = [
            {
                "name": "empty_cells_of_the_revision",
                "type": "library",
                "metric": "nullValues",
                "mustBe": nulls,
                "dimension": "completeness",
            }
        ]
    return {**column, "customProperties": own}


def _service_levels(content: Any) -> Iterator[dict[str, Any]]:
    sla, coverage = content["sla"] or {}, content["coverage"]
    if sla.get("availability_bp"):
        yield {"property": "availability", "value": sla["availability_bp"] / 100, "unit": "percent"}
    if sla.get("latency_ms") is not None:
        yield {"property": "responseTime", "value": sla["latency_ms"], "unit": "ms"}
    for name, value in (("freshness", sla.get("freshness")), ("latency", coverage["latency"])):
        if value:
            yield {"property": name, "value": value, "unit": "ISO 8601 duration"}
    if coverage["update_frequency"]:
        yield {
            "property": "frequency",
            "value": coverage["update_frequency"],
            "unit": "NDI-TR-2025-06 code",
        }


def _support(content: Any) -> Iterator[dict[str, Any]]:
    contact, sla = content["contact"] or {}, content["sla"] or {}
    described = {"description": sla["support"]} if sla.get("support") else {}
    if contact.get("email"):
        yield {
            "channel": contact["email"],
            "tool": "email",
            "url": f"mailto:{contact['email']}",
            **described,
        }
    if contact.get("phone"):
        yield {"channel": contact["phone"], "tool": "other", "url": f"tel:{contact['phone']}"}


def _team(listing: DescribedListing) -> dict[str, Any]:
    provider, contact = listing.provider, listing.content["contact"]
    team: dict[str, Any] = {"name": provider.name_zh, "description": provider.name_en}
    if contact and contact["name"]:
        team["members"] = [
            {"username": contact["email"] or contact["name"], "name": contact["name"], "role": "contact"}
        ]
    return team


def _price(content: Any) -> dict[str, Any] | None:
    """The first plan in the standard's three members, if it is as simple as that."""
    found = price_amount(content["price_plans"][0]["plan"])
    if found is None:
        return None
    amount, unit = found
    return {"priceAmount": amount, "priceCurrency": "CNY", "priceUnit": unit}


def _own_terms(listing: DescribedListing) -> Iterator[dict[str, Any]]:
    yield {"property": "listing_digest_sha256", "value": listing.digest}
    for scheme, identifier in listing.identifiers:
        yield {"property": scheme, "value": identifier}
    if listing.stays_at_provider:
        yield {"property": "hosted", "value": listing.content["hosted"]}
    if listing.content["revision"]:
        yield {"property": "revision", "value": listing.content["revision"]}
    for name in _OWN_TERMS:
        if listing.content[name] not in (None, "", []):
            yield {"property": name, "value": listing.content[name]}


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
