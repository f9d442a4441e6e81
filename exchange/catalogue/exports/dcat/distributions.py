"""The ways to get a listing's data, in DCAT-AP 3: files, queries, a hosted API, and the open sample."""

from collections.abc import Iterator

from exchange.catalogue.exports.dcat.graph import Link, Node, Text
from exchange.catalogue.exports.dcat.vocabulary import (
    RESTRICTED,
    SHA_256,
    agent,
    file_format,
    in_languages,
)
from exchange.catalogue.exports.described import DescribedListing, in_both_languages
from exchange.catalogue.exports.sample import FILE_NAME, is_open

_TITLES = {
    "parquet": (("zh", "全部行，Parquet 文件"), ("en", "All rows as a Parquet file")),
    "csv": (("zh", "全部行，CSV 文件"), ("en", "All rows as a CSV file")),
    "query": (("zh", "按列与时间查询"), ("en", "Queries by column and time")),
    "hosted": (("zh", "供方托管的接口"), ("en", "API at the provider")),
    "sample": (("zh", "公开样例"), ("en", "Open sample")),
}


def describe_distributions(listing: DescribedListing, dataset: Node, *, service: str) -> Iterator[Node]:
    """Hang the distributions on the data set and give their nodes."""
    yield from _terms(listing)
    for node in _deliveries(listing, service):
        if "dcat:Distribution" in node.types:
            dataset.say("dcat:distribution", Link(node.iri))
        yield node
    if not listing.stays_at_provider and any(is_open(field) for field in listing.fields):
        for node in _sample(listing):
            if "dcat:Distribution" in node.types:
                dataset.say("adms:sample", Link(node.iri))
            yield node


def _deliveries(listing: DescribedListing, service: str) -> Iterator[Node]:
    modes = listing.content["delivery_modes"]
    if listing.stays_at_provider:
        nodes = list(_under_agreement(listing, "hosted", "json"))
        nodes[0].say("dcat:accessService", Link(hosted_service(listing)))
        yield from nodes
        yield _service_at_provider(listing)
        return
    if "file" in modes:
        for name in ("parquet", "csv"):
            yield from _under_agreement(listing, name, name, stored=name == "parquet")
    if "query" in modes:
        nodes = list(_under_agreement(listing, "query", "json"))
        nodes[0].say("dcat:accessService", Link(service))
        yield from nodes


def hosted_service(listing: DescribedListing) -> str:
    """The name of the API at the provider."""
    return listing.part("service")


def _service_at_provider(listing: DescribedListing) -> Node:
    """The provider's API; its endpoint is where one asks for it, since its own address is not given away."""
    node = Node(hosted_service(listing), ("dcat:DataService",))
    node.say("dct:identifier", Text(listing.source_id))
    node.say("dct:title", *in_languages(in_both_languages(listing.content, "title")))
    node.say("dcat:endpointURL", Link(listing.page))
    node.say("dcat:endpointDescription", Link(f"{listing.page}/openapi.json"))
    node.say("dcat:servesDataset", Link(listing.dataset))
    node.say("dct:publisher", Link(agent(listing.provider, listing.base_url).iri))
    node.say("dct:accessRights", Link(RESTRICTED.iri)).say("dct:license", Link(licence_iri(listing)))
    return node


def _under_agreement(
    listing: DescribedListing, name: str, form: str, *, stored: bool = False
) -> Iterator[Node]:
    """A distribution that is had once an agreement is signed; its address is where one asks for it."""
    node = _distribution(listing, name, form)
    node.say("dct:license", Link(licence_iri(listing)))
    node.say("dct:rights", Link(listing.part("rights")) if listing.content["rights"] else None)
    node.say("odrl:hasPolicy", Link(listing.offer))
    if listing.content.get("schema"):
        node.say("dct:conformsTo", Link(f"{listing.page}/contract.yaml"))
    yield node
    yield from file_format(form)
    if stored and listing.content["revision"]:
        yield from _checksum(listing, node, listing.content["revision"]["sha256"])


def _sample(listing: DescribedListing) -> Iterator[Node]:
    node = _distribution(listing, "sample", "csv")
    node.say("dcat:downloadURL", Link(f"{listing.page}/{FILE_NAME}"))
    yield node
    yield from file_format("csv")


def _distribution(listing: DescribedListing, name: str, form: str) -> Node:
    file_type, media_type = file_format(form)
    node = Node(listing.part(name), ("dcat:Distribution",)).say("dct:title", *in_languages(_TITLES[name]))
    node.say("dcat:accessURL", Link(listing.page))
    return node.say("dct:format", Link(file_type.iri)).say("dcat:mediaType", Link(media_type.iri))


def _checksum(listing: DescribedListing, node: Node, sha256: str) -> Iterator[Node]:
    checksum = Node(listing.part(f"{node.iri.rpartition('#')[2]}-checksum"), ("spdx:Checksum",))
    checksum.say("spdx:algorithm", Link(SHA_256.iri))
    node.say("spdx:checksum", Link(checksum.iri))
    yield checksum.say("spdx:checksumValue", Text(sha256, datatype="xsd:hexBinary"))
    # The shapes demand the type of the algorithm within the graph itself.
    yield SHA_256


def _terms(listing: DescribedListing) -> Iterator[Node]:
    content = listing.content
    licence = Node(licence_iri(listing), ("dct:LicenseDocument",))
    yield licence.say("dct:title", Text(content["licence"]["name"]))
    yield Node(listing.offer, ("odrl:Offer", "odrl:Policy")).say(
        "rdfs:seeAlso", Link(f"{listing.page}/offer.jsonld")
    )
    if content.get("schema"):
        contract = Node(f"{listing.page}/contract.yaml", ("dct:Standard",))
        yield contract.say("dct:title", Text("Open Data Contract Standard 3.1", "en"))
    if content["rights"]:
        rights = Node(listing.part("rights"), ("dct:RightsStatement",))
        yield rights.say("rdfs:label", *map(Text, granted_rights(content["rights"])))


def licence_iri(listing: DescribedListing) -> str:
    """The licence's own address, or a name on the listing's page where its text is a custom one."""
    url = listing.content["licence"]["url"]
    return url if url.startswith(("https://", "http://")) else listing.part("licence")


def granted_rights(rights: dict[str, bool | str]) -> list[str]:
    """The names of the rights that the listing grants, and where."""
    granted = [name for name, value in rights.items() if value is True]
    return [*granted, f"territory: {rights['territory']}"] if rights["territory"] else granted
