"""RDF as two texts, Turtle and JSON-LD, from the same named nodes.

Written here and not with rdflib, which takes several times as long to write a page as it takes to describe and
write it here. Nodes are all named, so no more than this is needed; in the tests rdflib reads both formats and must
find one graph.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
#: What neither RFC 3987 nor Turtle lets stand in an IRI.
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')


@dataclass(frozen=True)
class Link:
    """Another node, by its IRI."""

    iri: str


@dataclass(frozen=True)
class Text:
    """A literal: plain, in a language, or of a datatype such as `xsd:date`."""

    value: str
    language: str = ""
    datatype: str = ""


Value = Link | Text


@dataclass(frozen=True)
class Node:
    """A named thing with its types and what is said about it, predicate by predicate."""

    iri: str
    types: tuple[str, ...]
    said: dict[str, list[Value]] = field(default_factory=dict)

    def say(self, predicate: str, *values: Value | None) -> "Node":
        """Add values; what is not there is not said."""
        present = [
            value
            for value in values
            if value is not None and not (isinstance(value, Text) and not value.value)
        ]
        if present:
            self.said.setdefault(predicate, []).extend(present)
        return self


def safe_iri(text: str) -> str:
    """Percent-encode what may not stand in an IRI; an IRI stays as it is."""
    return _NOT_IN_IRI.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)


def unique(nodes: Iterable[Node]) -> list[Node]:
    """Every node once, in the order of first appearance: publishers and codes are shared by listings."""
    return list({node.iri: node for node in nodes}.values())


def to_turtle(nodes: Iterable[Node]) -> str:
    """Write the nodes in Turtle; texts one after the other are again Turtle."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    return prefixes + "".join(_turtle_node(node) for node in nodes)


def to_json_ld(nodes: Iterable[Node]) -> str:
    """Write the nodes in JSON-LD with a context of its own, so that no reader fetches one."""
    graph = ",\n".join(json.dumps(_json_node(node), ensure_ascii=False) for node in nodes)
    return f'{{"@context": {json.dumps(PREFIXES)},\n"@graph": [\n{graph}\n]}}\n'


def _turtle_node(node: Node) -> str:
    lines = [f"a {', '.join(node.types)}"] if node.types else []
    lines += [
        f"{predicate} {', '.join(_turtle_value(value) for value in values)}"
        for predicate, values in node.said.items()
    ]
    return f"\n<{safe_iri(node.iri)}> " + " ;\n    ".join(lines) + " .\n" if lines else ""


def _turtle_value(value: Value) -> str:
    if isinstance(value, Link):
        return f"<{safe_iri(value.iri)}>"
    # The escapes of a JSON string are also those of a Turtle string.
    text = json.dumps(value.value, ensure_ascii=False)
    if value.language:
        return f"{text}@{value.language}"
    return f"{text}^^{value.datatype}" if value.datatype else text


def _json_node(node: Node) -> dict[str, Any]:
    types = {"@type": list(node.types)} if node.types else {}
    return {
        "@id": safe_iri(node.iri),
        **types,
        **{key: list(_json_values(values)) for key, values in node.said.items()},
    }


def _json_values(values: list[Value]) -> Iterator[dict[str, str]]:
    for value in values:
        if isinstance(value, Link):
            yield {"@id": safe_iri(value.iri)}
        elif value.language:
            yield {"@value": value.value, "@language": value.language}
        elif value.datatype:
            yield {"@value": value.value, "@type": value.datatype}
        else:
            yield {"@value": value.value}
