"""The public sample of a listing as a Frictionless Data Package."""

import hashlib
from typing import Any

from exchange.catalogue.exports.described import DescribedListing, in_both_languages, instant
from exchange.catalogue.exports.sample import FILE_NAME, PublicSample
from exchange.core.errors import NotFound

_TYPES = {
    "timestamp": "datetime",
    "date": "date",
    "month": "yearmonth",
    "integer": "integer",
    "number": "number",
    "text": "string",
    "boolean": "boolean",
}


def describe_package(listing: DescribedListing, *, beside_file: bool) -> dict[str, Any]:
    """The descriptor: with the rows inside, valid on its own, or `beside_file` for a folder with the sample.

    Raises:
        NotFound: the listing has no open sample.
    """
    content = listing.content
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": listing.id.lower(),
        "id": listing.resolver or listing.dataset,
        "identifiers": [
            {"scheme": scheme, "value": identifier} for scheme, identifier in listing.identifiers
        ],
        "title": _both(content, "title"),
        "description": _both(content, "summary"),
        "version": f"{listing.version}.0.0",
        "homepage": listing.page,
        "created": instant(listing.listed_at),
        "keywords": content["keywords"],
        "licenses": [_licence(listing)],
        "sources": [{"title": content["source_statement"], "path": listing.page}],
        "contributors": [
            {
                "title": listing.provider.name_zh,
                "organization": listing.provider.name_en,
                "role": "publisher",
            }
        ],
    }
    package = {name: value for name, value in package.items() if value not in ("", [])}
    return {**package, "resources": [_resource(require_sample(listing), beside_file=beside_file)]}


def require_sample(listing: DescribedListing) -> PublicSample:
    """The open sample.

    Raises:
        NotFound: every column is sensitive or masked, or the data stay with the provider.
    """
    if listing.stays_at_provider:
        raise NotFound(
            f"the data of listing {listing.id} stay with the provider, so there is no sample of them",
            remedy="openapi.json describes the provider's API, contract.yaml its columns and terms.",
        )
    if listing.sample is None:
        raise NotFound(f"listing {listing.id} has no column that is open to everybody")
    return listing.sample


def _resource(sample: PublicSample, *, beside_file: bool) -> dict[str, Any]:
    body = sample.to_csv()
    names = [field["name"] for field in sample.fields]
    content: dict[str, Any] = (
        {
            "path": FILE_NAME,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(body),
            "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
        }
        if beside_file
        else {"data": [names, *(list(row) for row in sample.rows)]}
    )
    return {
        "profile": "tabular-data-resource",
        "name": "sample",
        **content,
        "schema": {"fields": [_field(field) for field in sample.fields], "missingValues": [""]},
    }


def _field(field: Any) -> dict[str, Any]:
    described = {"name": field["name"], "type": _TYPES[field["type"]]}
    description = "\n".join(text for text in (field.get("meaning_zh"), field.get("meaning_en")) if text)
    if description:
        described["description"] = description
    if field["unit"]:
        described["unit"] = field["unit"]
    return {**described, "constraints": {"required": not field["nullable"]}}


def _licence(listing: DescribedListing) -> dict[str, str]:
    licence = listing.content["licence"]
    named = {"title": licence["name"]} if licence["name"] else {}
    # A licence without a text of its own is the listing's terms, which stand on its page.
    return {"path": licence["url"] or listing.page, **named}


def _both(content: Any, member: str) -> str:
    return "\n".join(text for _, text in in_both_languages(content, member))
