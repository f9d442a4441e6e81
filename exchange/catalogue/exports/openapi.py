"""The API of a product whose data stay with the provider, as an OpenAPI 3.1 description without its address."""

import re
from collections.abc import Mapping
from typing import Any

from exchange.catalogue.exports.described import DescribedListing, in_both_languages
from exchange.core.errors import NotFound

_TYPES: dict[str, dict[str, str]] = {
    # Without a format: `date-time` demands an offset, which a provider's times may lack.
    "timestamp": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
}
_SCHEME = "provider"
_PATH = "path"


def describe_api(listing: DescribedListing) -> dict[str, Any]:
    """What one sends, what comes back, and what each answer means for the bill.

    Raises:
        NotFound: the data are stored with the exchange, whose own API has its own description.
    """
    if not listing.stays_at_provider:
        raise NotFound(
            f"listing {listing.id} has no API of its provider: its data are stored here",
            remedy="/api/v1/openapi.json describes how they are delivered.",
        )
    api = listing.content["hosted"]
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": _info(listing),
        "paths": {_path(api): {api["method"].lower(): _operation(listing, api)}},
        "components": {"schemas": {"Record": _record(listing)}},
    }
    if api["auth"]["kind"] != "none":
        document["components"]["securitySchemes"] = {_SCHEME: _security(api["auth"])}
    return document


def _info(listing: DescribedListing) -> dict[str, Any]:
    content = listing.content
    return {
        "title": content["title_en"],
        "summary": content["title_zh"],
        "description": "\n".join(text for _, text in in_both_languages(content, "summary")),
        "version": f"{listing.version}.0.0",
        "contact": {"name": listing.provider.name_en, "url": listing.page},
        "x-listing": listing.id,
        "x-api-sha256": content["hosted"]["api_sha256"],
        "x-identifiers": dict(listing.identifiers),
    }


def _path(api: Mapping[str, Any]) -> str:
    """The parameters of the path in their order; what stands around them is the provider's own."""
    names = [item["name"] for item in api["parameters"] if item["in"] == _PATH]
    return "/" + "/".join(f"{{{name}}}" for name in names)


def _operation(listing: DescribedListing, api: Mapping[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W", "_", listing.id),
        "parameters": [_parameter(item) for item in api["parameters"] if item["in"] != "body"],
        "responses": _responses(api),
    }
    if api["auth"]["kind"] != "none":
        operation["security"] = [{_SCHEME: []}]
    body = [item for item in api["parameters"] if item["in"] == "body"]
    if body:
        schema = {
            "type": "object",
            "properties": {
                item["name"]: {"type": "string", "description": _meaning(item)} for item in body
            },
            "required": [item["name"] for item in body if item["required"]],
        }
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _parameter(item: Mapping[str, Any]) -> dict[str, Any]:
    parameter = {
        "name": item["name"],
        "in": item["in"],
        "required": item["required"] or item["in"] == _PATH,
        "description": _meaning(item),
        "schema": {"type": "string"},
    }
    return {**parameter, "example": item["example"]} if item["example"] else parameter


def _responses(api: Mapping[str, Any]) -> dict[str, Any]:
    """One response for each status; its codes stand beside it, since OpenAPI knows no codes in a body."""
    by_status: dict[str, list[Mapping[str, Any]]] = {}
    for rule in api["codes"]:
        by_status.setdefault(str(rule["status"] or "default"), []).append(rule)
    return {status: _response(rules, api["answer"]) for status, rules in by_status.items()}


def _response(rules: list[Mapping[str, Any]], answer: Mapping[str, Any]) -> dict[str, Any]:
    told = [f"{rule['code'] or '*'}: {rule['outcome']} {_meaning(rule)}".strip() for rule in rules]
    response: dict[str, Any] = {"description": "\n".join(told), "x-codes": rules}
    if any(rule["outcome"] == "hit" for rule in rules):
        response["content"] = {"application/json": {"schema": _answer(answer)}}
    return response


def _answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    record = {"$ref": "#/components/schemas/Record"}
    schema: dict[str, Any] = {"oneOf": [{"type": "array", "items": record}, record]}
    for name in reversed(answer["records_at"].split(".") if answer["records_at"] else []):
        schema = {"type": "object", "properties": {name: schema}, "required": [name]}
    return schema


def _record(listing: DescribedListing) -> dict[str, Any]:
    fields = listing.fields
    return {
        "type": "object",
        "properties": {field["name"]: _column(field) for field in fields},
        "required": [field["name"] for field in fields if not field["nullable"]],
    }


def _column(field: Mapping[str, Any]) -> dict[str, Any]:
    kind = dict(_TYPES[field["type"]])
    column: dict[str, Any] = {**kind, "type": [kind["type"], "null"]} if field["nullable"] else {**kind}
    if description := _meaning(field):
        column["description"] = description
    return {**column, "x-unit": field["unit"]} if field.get("unit") else column


def _security(auth: Mapping[str, Any]) -> dict[str, Any]:
    if auth["kind"] == "bearer":
        return {"type": "http", "scheme": "bearer"}
    return {"type": "apiKey", "in": auth["kind"], "name": auth["name"]}


def _meaning(item: Mapping[str, Any]) -> str:
    return "\n".join(text for text in (item.get("meaning_zh"), item.get("meaning_en")) if text)
