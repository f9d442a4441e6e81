"""The exports as files: their names, media types and bytes."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from exchange.catalogue.exports.croissant import describe_dataset
from exchange.catalogue.exports.datapackage import describe_package, require_sample
from exchange.catalogue.exports.dcat import CataloguePage, describe_catalogue, to_json_ld, to_turtle
from exchange.catalogue.exports.described import DescribedListing
from exchange.catalogue.exports.odcs import describe_contract
from exchange.catalogue.exports.odrl import describe_offer
from exchange.catalogue.exports.openapi import describe_api
from exchange.catalogue.exports.sample import FILE_NAME

#: Of the catalogue: name of the format -> media type.
CATALOGUE_FORMATS = {"turtle": "text/turtle", "jsonld": "application/ld+json"}
#: YAML 1.1 and 1.2 read some unquoted texts as different numbers (`009`); such texts are always quoted.
_LIKE_A_NUMBER = re.compile(r"[-+.~0-9]")


@dataclass(frozen=True)
class Document:
    """One exported file."""

    name: str
    media_type: str
    body: bytes


def render_catalogue(page: CataloguePage, form: str) -> Document:
    """A page of the catalogue in Turtle or JSON-LD."""
    nodes = describe_catalogue(page)
    text = to_turtle(nodes) if form == "turtle" else to_json_ld(nodes)
    return Document(
        "catalogue.ttl" if form == "turtle" else "catalogue.jsonld", CATALOGUE_FORMATS[form], text.encode()
    )


def render(listing: DescribedListing, name: str) -> Document:
    """One file about a listing, by its name.

    Raises:
        NotFound: the listing has no open sample, or no API at its provider, and the file is about it.
    """
    media_type, write = _WRITERS[name]
    return Document(name, media_type, write(listing))


def script_text(listing: DescribedListing) -> str:
    """The Croissant description as it may stand inside a script element of a page.

    A `<` is written as an escape, so that no text of a provider ends the element or begins another.
    """
    text = json.dumps(describe_dataset(listing), ensure_ascii=False)
    return text.replace("<", "\\u003c")


def _json(describe: Callable[[DescribedListing], Any]) -> Callable[[DescribedListing], bytes]:
    return lambda listing: json.dumps(describe(listing), ensure_ascii=False, indent=1).encode() + b"\n"


class _Dumper(yaml.SafeDumper):
    """YAML that every version of the language reads alike."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the library's signature
        """Write a repeated value again: not every reader follows anchors."""
        return True


def _quoted(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _LIKE_A_NUMBER.match(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted)


def _contract_yaml(listing: DescribedListing) -> bytes:
    contract = describe_contract(listing)
    return yaml.dump(contract, Dumper=_Dumper, allow_unicode=True, sort_keys=False, encoding="utf-8")


_WRITERS: dict[str, tuple[str, Callable[[DescribedListing], bytes]]] = {
    "offer.jsonld": ("application/ld+json", _json(describe_offer)),
    "contract.yaml": ("application/yaml", _contract_yaml),
    "contract.json": ("application/json", _json(describe_contract)),
    "datapackage.json": (
        "application/json",
        _json(lambda listing: describe_package(listing, beside_file=False)),
    ),
    "package/datapackage.json": (
        "application/json",
        _json(lambda listing: describe_package(listing, beside_file=True)),
    ),
    "openapi.json": ("application/vnd.oai.openapi+json", _json(describe_api)),
    "croissant.json": ("application/ld+json", _json(describe_dataset)),
    FILE_NAME: ("text/csv", lambda listing: require_sample(listing).to_csv()),
}
#: The files that a listing may have at its stable address.
LISTING_FILES = tuple(name for name in _WRITERS if not name.startswith("package/"))
#: Those that are of stored data, and of an API at the provider, only.
_OF_STORED_DATA, _OF_AN_API = {"datapackage.json", FILE_NAME}, {"openapi.json"}


def files_of(content: Mapping[str, Any]) -> list[str]:
    """The files that there are of a listing with this content."""
    missing = _OF_AN_API if content["hosted"] is None else _OF_STORED_DATA
    return [name for name in LISTING_FILES if name not in missing]
