"""The catalogue in DCAT-AP 3: every listing a data set with its distributions, beside the service that delivers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.catalogue.exports.dcat.distributions import describe_distributions, hosted_service
from exchange.catalogue.exports.dcat.graph import Link, Node, Text, unique
from exchange.catalogue.exports.dcat.vocabulary import (
    LANGUAGES,
    RESTRICTED,
    SECTORS,
    THEMES,
    agent,
    concept,
    duration,
    frequency,
    in_languages,
    moment,
)
from exchange.catalogue.exports.described import DescribedListing, Provider, in_both_languages, instant

TITLE = (("zh", "武汉数据交易所目录"), ("en", "Catalogue of the Wuhan Data Exchange"))
DESCRIPTION = (
    ("zh", "能源、电力与大宗原材料数据的挂牌"),
    ("en", "Listings of energy, power and bulk-materials data on offer"),
)


@dataclass(frozen=True)
class CataloguePage:
    """Some listings in the order of their ids, and the addresses of this page and the next."""

    base_url: str
    operator: Provider
    listings: Sequence[DescribedListing]
    address: str
    next_address: str | None

    @property
    def catalogue(self) -> str:
        """The name of the whole catalogue, the same on every page."""
        return f"{self.base_url}/catalogue#catalogue"

    @property
    def service(self) -> str:
        """The name of the query API."""
        return f"{self.base_url}/api/v1#service"


def describe_catalogue(page: CataloguePage) -> list[Node]:
    """All nodes of a page; the pages of one catalogue together are one graph."""
    nodes = [_catalogue(page), _view(page), _home_page(page), agent(page.operator, page.base_url)]
    nodes += [_language(code) for code in LANGUAGES]
    if page.listings:
        nodes += [_service(page), RESTRICTED]
    for listing in page.listings:
        nodes += describe_listing(listing, service=page.service)
    return unique(nodes)


def describe_listing(listing: DescribedListing, *, service: str) -> Iterator[Node]:
    """The nodes of one listing, those that it shares with others among them."""
    content = listing.content
    dataset = Node(listing.dataset, ("dcat:Dataset",))
    dataset.say("dct:identifier", Text(listing.id), Text(listing.resolver or ""))
    dataset.say("dct:title", *in_languages(in_both_languages(content, "title")))
    dataset.say("dct:description", *in_languages(_description(content)))
    dataset.say("dcat:keyword", *map(Text, content["keywords"]))
    dataset.say("dcat:landingPage", Link(listing.page)).say("foaf:page", Link(listing.page))
    dataset.say("dct:publisher", Link(agent(listing.provider, listing.base_url).iri))
    dataset.say("dct:issued", moment(instant(listing.created_at)))
    dataset.say("dct:modified", moment(instant(listing.listed_at)))
    dataset.say("dct:accessRights", Link(RESTRICTED.iri))
    dataset.say("dct:language", *(Link(LANGUAGES[code]) for code in content["languages"]))
    dataset.say("dcat:temporalResolution", duration(content["coverage"]["granularity"]))
    dataset.say("dcat:version", Text(str(listing.version)))
    if listing.previous_version is not None:
        dataset.say("dcat:previousVersion", Link(listing.part(f"version-{listing.previous_version}")))
    dataset.say(
        "prov:wasDerivedFrom", *(_parent(listing, parent) for parent in content["source"]["parents"])
    )
    dataset.say("odrl:hasPolicy", Link(listing.offer))
    yield dataset
    yield Node(listing.page, ("foaf:Document",))
    yield agent(listing.provider, listing.base_url)
    for predicate, node in _described_apart(listing):
        dataset.say(predicate, Link(node.iri))
        yield node
    yield from describe_distributions(listing, dataset, service=service)


def _described_apart(listing: DescribedListing) -> Iterator[tuple[str, Node]]:
    """Nodes that hang on the data set by one predicate."""
    content, coverage = listing.content, listing.content["coverage"]
    yield "dcat:inSeries", _series(listing)
    for code in _themes(listing):
        yield "dcat:theme", code
    if content["product_kind"]:
        yield "dct:type", concept(listing.base_url, "product-kind", content["product_kind"])
    if any((content["contact"] or {}).values()):
        yield "dcat:contactPoint", _contact(listing, content["contact"])
    if coverage["region"]:
        place = Node(listing.part("region"), ("dct:Location",)).say(
            "dct:identifier", Text(coverage["region"])
        )
        yield "dct:spatial", place
    if coverage["update_frequency"]:
        yield "dct:accrualPeriodicity", frequency(listing.base_url, coverage["update_frequency"])
    period = _period(listing)
    if period is not None:
        yield "dct:temporal", period
    yield "dct:provenance", _provenance(listing)
    for scheme, identifier in listing.identifiers:
        named = Node(listing.part(scheme), ("adms:Identifier",)).say("skos:notation", Text(identifier))
        yield "adms:identifier", named.say("adms:schemaAgency", Text(scheme))


def _catalogue(page: CataloguePage) -> Node:
    node = Node(page.catalogue, ("dcat:Catalog",))
    node.say("dct:title", *in_languages(TITLE)).say("dct:description", *in_languages(DESCRIPTION))
    node.say("dct:publisher", Link(agent(page.operator, page.base_url).iri))
    node.say("foaf:homepage", Link(f"{page.base_url}/catalogue"))
    node.say("dct:language", *(Link(iri) for iri in LANGUAGES.values()))
    if page.listings:
        node.say("dcat:service", Link(page.service))
    for listing in page.listings:
        if listing.stays_at_provider:
            node.say("dcat:service", Link(hosted_service(listing)))
    return node.say("dcat:dataset", *(Link(listing.dataset) for listing in page.listings))


def _view(page: CataloguePage) -> Node:
    """The page itself, in the terms by which harvesters find the next one."""
    node = Node(page.address, ("hydra:PartialCollectionView",))
    return node.say("hydra:next", Link(page.next_address) if page.next_address else None)


def _home_page(page: CataloguePage) -> Node:
    return Node(f"{page.base_url}/catalogue", ("foaf:Document",))


def _service(page: CataloguePage) -> Node:
    node = Node(page.service, ("dcat:DataService",))
    node.say("dct:title", Text("交付接口", "zh"), Text("Delivery API", "en"))
    node.say("dcat:endpointURL", Link(f"{page.base_url}/api/v1"))
    node.say("dcat:endpointDescription", Link(f"{page.base_url}/api/v1/openapi.json"))
    node.say("dct:publisher", Link(agent(page.operator, page.base_url).iri))
    node.say("dct:accessRights", Link(RESTRICTED.iri))
    served = [item for item in page.listings if "query" in item.content["delivery_modes"]]
    return node.say("dcat:servesDataset", *(Link(item.dataset) for item in served))


def _series(listing: DescribedListing) -> Node:
    """What stays when revisions and versions come and go."""
    content = listing.content
    node = Node(listing.part("series"), ("dcat:DatasetSeries",))
    node.say("dct:identifier", Text(listing.source_id))
    node.say("dct:title", *in_languages(in_both_languages(content, "title")))
    node.say("dct:description", *in_languages(_description(content)))
    return node.say("dct:publisher", Link(agent(listing.provider, listing.base_url).iri))


def _description(content: Any) -> Iterable[tuple[str, str]]:
    # DCAT-AP demands a description; a provider may leave the summary out.
    return in_both_languages(content, "summary") or [("", content["source_statement"])]


def _themes(listing: DescribedListing) -> Iterator[Node]:
    content = listing.content
    yield THEMES[content["sector"]]
    yield concept(listing.base_url, "sector", content["sector"], SECTORS[content["sector"]])
    for table in ("industry", "commodity"):
        if content[table]:
            yield concept(listing.base_url, table, content[table])


def _contact(listing: DescribedListing, contact: dict[str, str]) -> Node:
    node = Node(listing.part("contact"), ("vcard:Kind",)).say("vcard:fn", Text(contact["name"]))
    node.say("vcard:hasEmail", Link(f"mailto:{contact['email']}") if contact["email"] else None)
    return node.say("vcard:hasTelephone", Link(f"tel:{contact['phone']}") if contact["phone"] else None)


def _period(listing: DescribedListing) -> Node | None:
    revision = listing.content["revision"]
    if not revision or not revision["time_from"]:
        return None
    node = Node(listing.part("period"), ("dct:PeriodOfTime",))
    node.say("dcat:startDate", moment(revision["time_from"]))
    return node.say("dcat:endDate", moment(revision["time_to"]))


def _provenance(listing: DescribedListing) -> Node:
    source = listing.content["source"]
    node = Node(listing.part("source"), ("dct:ProvenanceStatement",))
    node.say("rdfs:label", Text(listing.content["source_statement"]))
    return node.say("rdfs:comment", *(Text(source[name]) for name in ("collection", "basis", "processing")))


def _parent(listing: DescribedListing, parent: str) -> Link:
    return Link(f"{listing.base_url}/catalogue/{parent}#dataset")


def _language(code: str) -> Node:
    return Node(LANGUAGES[code], ("dct:LinguisticSystem",))
