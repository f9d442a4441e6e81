"""A listing as schema.org/Dataset in Croissant 1.0, with its open sample as records that can be read."""

import hashlib
from typing import Any

from exchange.catalogue.exports.described import HANDLE, DescribedListing, in_both_languages, instant
from exchange.catalogue.exports.sample import FILE_NAME, PublicSample

#: The official context of Croissant 1.0; readers compare it and warn of any difference.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
RECORDS = "sample"
_TYPES = {
    "timestamp": "sc:DateTime",
    "date": "sc:Date",
    # A month is no day: read as a date it would become its first day.
    "month": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "text": "sc:Text",
    "boolean": "sc:Boolean",
}


def describe_dataset(listing: DescribedListing) -> dict[str, Any]:
    """The description that stands in the listing's page."""
    content = listing.content
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "@id": listing.dataset,
        "conformsTo": CONFORMS_TO,
        "name": content["title_en"],
        "alternateName": content["title_zh"],
        "description": _description(content),
        "url": listing.page,
        "identifier": _identifiers(listing),
        "version": f"{listing.version}.0.0",
        "dateCreated": instant(listing.created_at),
        "datePublished": instant(listing.listed_at),
        "license": content["licence"]["url"] or listing.page,
        "keywords": content["keywords"],
        "inLanguage": content["languages"],
        "isAccessibleForFree": False,
        "conditionsOfAccess": content["usage_policy"]["purposes"],
        "citeAs": _citation(listing),
        "creditText": content["source_statement"],
        "creator": _organisation(listing),
        "publisher": _organisation(listing),
        "temporalCoverage": _period(content),
        "spatialCoverage": content["coverage"]["region"],
    }
    if listing.stays_at_provider:
        described["isLiveDataset"] = True
    described = {name: value for name, value in described.items() if value not in ("", [], None)}
    if listing.sample is None or not listing.sample.rows:
        return described
    return {
        **described,
        "distribution": [_file(listing, listing.sample)],
        "recordSet": [_records(listing.sample)],
    }


def _identifiers(listing: DescribedListing) -> str | list[str]:
    """The listing's own id, and the register's names with their scheme before them."""
    named = [f"{'hdl' if scheme == HANDLE else scheme}:{value}" for scheme, value in listing.identifiers]
    return [listing.id, *named] if named else listing.id


def _description(content: Any) -> str:
    words = [text for _, text in in_both_languages(content, "summary")] or [content["source_statement"]]
    return "\n".join(words)


def _citation(listing: DescribedListing) -> str:
    title = listing.content["title_en"]
    return f"{listing.provider.name_en}: {title}, version {listing.version}, {listing.page}"


def _organisation(listing: DescribedListing) -> dict[str, str]:
    provider = listing.provider
    return {
        "@type": "sc:Organization",
        "@id": f"{listing.base_url}/catalogue#{provider.id}",
        "name": provider.name_en,
        "alternateName": provider.name_zh,
        "identifier": provider.uscc,
    }


def _period(content: Any) -> str | None:
    revision = content["revision"]
    return f"{revision['time_from']}/{revision['time_to']}" if revision and revision["time_from"] else None


def _file(listing: DescribedListing, sample: PublicSample) -> dict[str, str]:
    body = sample.to_csv()
    return {
        "@type": "cr:FileObject",
        "@id": FILE_NAME,
        "name": FILE_NAME,
        "contentUrl": f"{listing.page}/{FILE_NAME}",
        "contentSize": f"{len(body)} B",
        "encodingFormat": "text/csv",
        "sha256": hashlib.sha256(body).hexdigest(),
    }


def _records(sample: PublicSample) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": RECORDS,
        "name": RECORDS,
        "field": [_field(at, field) for at, field in enumerate(sample.fields)],
    }


def _field(at: int, field: Any) -> dict[str, Any]:
    description = "\n".join(text for text in (field.get("meaning_zh"), field.get("meaning_en")) if text)
    described: dict[str, Any] = {
        "@type": "cr:Field",
        # Names of columns are free text; a position is always a good identifier.
        "@id": f"{RECORDS}/{at}",
        "name": field["name"],
        "dataType": _TYPES[field["type"]],
        "source": {"fileObject": {"@id": FILE_NAME}, "extract": {"column": field["name"]}},
    }
    return {**described, "description": description} if description else described
