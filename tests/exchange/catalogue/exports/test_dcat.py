import pytest
from rdflib import DCTERMS, FOAF, ODRL2, PROV, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

from exchange.catalogue.exports.dcat import describe_catalogue, to_turtle
from tests.factories.described import BASE_URL, FULL_CONTENT, described
from tests.factories.hosted import HOST, content_of_hosted

# The JSON-LD reader of rdflib 7 uses a class that it calls deprecated itself.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
PAGE = f"{BASE_URL}/catalogue/lst_1"
DATASET = URIRef(f"{PAGE}#dataset")


def said(graph, predicate, subject=DATASET):
    return set(graph.objects(subject, predicate))


class TestTheDataSet:
    def test_is_described_in_both_languages(self, graph):
        assert said(graph(), DCTERMS.title) == {
            Literal(FULL_CONTENT["title_zh"], lang="zh"),
            Literal(FULL_CONTENT["title_en"], lang="en"),
        }

    def test_without_a_summary_is_described_by_its_source(self, graph):
        found = said(graph(summary_zh="", summary_en=""), DCTERMS.description)

        assert found == {Literal(FULL_CONTENT["source_statement"])}

    def test_names_its_publisher_with_the_credit_code(self, graph):
        catalogue = graph()
        (publisher,) = said(catalogue, DCTERMS.publisher)

        assert said(catalogue, DCTERMS.identifier, publisher) == {Literal("91420100MDEM0003CX")}
        assert Literal("江城电网公司", lang="zh") in said(catalogue, FOAF.name, publisher)

    def test_has_its_version_and_the_one_before(self, graph):
        catalogue = graph()

        assert said(catalogue, DCAT.version) == {Literal("2")}
        assert said(catalogue, DCAT.previousVersion) == {URIRef(f"{PAGE}#version-1")}
        assert said(graph(previous_version=None), DCAT.previousVersion) == set()

    def test_belongs_to_a_series_that_outlives_the_version(self, graph):
        catalogue = graph()

        assert said(catalogue, DCAT.inSeries) == {URIRef(f"{PAGE}#series")}
        assert said(catalogue, DCTERMS.identifier, URIRef(f"{PAGE}#series")) == {Literal("dts_1")}

    @pytest.mark.parametrize(
        ("first", "last", "datatype"),
        [
            ("1960-01", "2026-06", XSD.gYearMonth),
            ("1987-05-20", "2026-08-18", XSD.date),
            ("2016-07-01T00:00:00", "2018-06-26T19:00:00", XSD.dateTime),
            ("2026-06-01T00:00:00Z", "2026-06-01T23:45:00Z", XSD.dateTime),
        ],
    )
    def test_covers_the_times_of_its_rows_in_their_own_precision(self, graph, first, last, datatype):
        revision = {**FULL_CONTENT["revision"], "time_from": first, "time_to": last}

        catalogue = graph(revision=revision)

        (period,) = said(catalogue, DCTERMS.temporal)
        assert said(catalogue, DCAT.endDate, period) == {Literal(last, datatype=datatype)}
        assert {item.datatype for item in said(catalogue, DCAT.startDate, period)} == {datatype}

    @pytest.mark.parametrize(("given", "written"), [("PT15M", "PT15M"), ("P2W", "P14D"), (None, None)])
    def test_has_a_granularity_that_xsd_knows(self, graph, given, written):
        coverage = {**FULL_CONTENT["coverage"], "granularity": given}

        found = said(graph(coverage=coverage), DCAT.temporalResolution)

        assert {(str(item), item.datatype) for item in found} == (
            {(written, XSD.duration)} if written else set()
        )

    def test_is_derived_from_its_parents_and_stands_where_it_was_measured(self, graph):
        catalogue = graph()
        (place,) = said(catalogue, DCTERMS.spatial)

        assert said(catalogue, PROV.wasDerivedFrom) == {URIRef(f"{BASE_URL}/catalogue/lst_parent#dataset")}
        assert said(catalogue, DCTERMS.identifier, place) == {Literal("420111")}

    def test_has_the_public_code_of_its_frequency_only_where_it_is_known(self, graph):
        known, unknown = (
            said(
                graph(coverage={**FULL_CONTENT["coverage"], "update_frequency": code}),
                DCTERMS.accrualPeriodicity,
            )
            for code in ("009", "004")
        )

        assert [str(iri).rpartition("/")[2] for iri in known] == ["NEVER"]
        assert unknown == {URIRef(f"{BASE_URL}/catalogue#update-frequency-004")}

    @pytest.mark.parametrize("contact", [None, {"name": "", "email": "", "phone": ""}])
    def test_has_no_contact_where_none_is_given(self, graph, contact):
        assert len(said(graph(), DCAT.contactPoint)) == 1
        assert said(graph(contact=contact), DCAT.contactPoint) == set()

    def test_has_the_identifiers_of_other_schemes(self, graph):
        catalogue = graph(identifiers=(("handle", "88.101/lst_1"),))
        (named,) = said(catalogue, ADMS.identifier)

        assert said(catalogue, SKOS.notation, named) == {Literal("88.101/lst_1")}
        assert said(catalogue, DCTERMS.identifier) == {
            Literal("lst_1"),
            Literal(f"{BASE_URL}/id/88.101/lst_1"),
        }


class TestDistributions:
    def test_the_stored_file_has_a_checksum_of_a_typed_algorithm(self, graph):
        catalogue = graph()
        (checksum,) = said(catalogue, SPDX.checksum, URIRef(f"{PAGE}#parquet"))
        (algorithm,) = said(catalogue, SPDX.algorithm, checksum)

        assert {str(item) for item in said(catalogue, SPDX.checksumValue, checksum)} == {"ab" * 32}
        assert (algorithm, RDF.type, SPDX.ChecksumAlgorithm) in catalogue

    @pytest.mark.parametrize(
        ("modes", "names"),
        [
            (["file"], {"parquet", "csv"}),
            (["query"], {"query"}),
            (["query", "file"], {"parquet", "csv", "query"}),
        ],
    )
    def test_are_those_of_the_delivery_modes(self, graph, modes, names):
        catalogue = graph(delivery_modes=modes)

        assert {str(item).rpartition("#")[2] for item in said(catalogue, DCAT.distribution)} == names

    def test_a_query_is_answered_by_the_service(self, graph):
        catalogue = graph()
        (service,) = said(catalogue, DCAT.accessService, URIRef(f"{PAGE}#query"))

        assert said(catalogue, DCAT.servesDataset, service) == {DATASET}
        assert said(graph(delivery_modes=["file"]), DCAT.servesDataset, service) == set()

    def test_every_delivery_has_licence_rights_and_policy(self, graph):
        catalogue = graph()

        for distribution in said(catalogue, DCAT.distribution):
            assert said(catalogue, DCTERMS.license, distribution) == {URIRef(f"{PAGE}#licence")}
            assert said(catalogue, DCTERMS.rights, distribution) == {URIRef(f"{PAGE}#rights")}
            assert said(catalogue, ODRL2.hasPolicy, distribution) == {URIRef(f"{PAGE}#offer-v2")}

    def test_a_licence_with_an_address_is_named_by_it(self, graph):
        licence = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}

        assert (URIRef(licence["url"]), RDF.type, DCTERMS.LicenseDocument) in graph(licence=licence)

    def test_the_sample_is_one_and_no_delivery(self, graph):
        catalogue = graph()
        (sample,) = said(catalogue, ADMS.sample)

        assert said(catalogue, DCAT.downloadURL, sample) == {URIRef(f"{PAGE}/sample.csv")}
        assert sample not in said(catalogue, DCAT.distribution)

    def test_there_is_no_sample_where_every_column_is_sensitive(self, graph):
        dictionary = [{**entry, "sensitive": True} for entry in FULL_CONTENT["dictionary"]]

        assert said(graph(dictionary=dictionary), ADMS.sample) == set()

    def test_a_hosted_product_has_its_api_and_nothing_of_a_revision(self, graph):
        catalogue = graph(**content_of_hosted())

        assert {str(item).rpartition("#")[2] for item in said(catalogue, DCAT.distribution)} == {"hosted"}
        assert list(catalogue.subjects(RDF.type, SPDX.Checksum)) == []
        assert said(catalogue, DCTERMS.temporal) == said(catalogue, ADMS.sample) == set()

    def test_a_hosted_product_is_served_by_a_service_of_its_own(self, graph):
        """Its endpoint is where one asks for it: the provider's address is not given away."""
        catalogue = graph(**content_of_hosted())
        service = URIRef(f"{PAGE}#service")
        (way,) = said(catalogue, DCAT.distribution)

        assert said(catalogue, DCAT.accessService, way) == {service}
        assert said(catalogue, DCAT.servesDataset, service) == {DATASET}
        assert said(catalogue, DCAT.endpointURL, service) == {URIRef(PAGE)}
        assert said(catalogue, DCAT.endpointDescription, service) == {URIRef(f"{PAGE}/openapi.json")}
        assert service in set(catalogue.objects(None, DCAT.service))
        assert HOST not in catalogue.serialize()

    def test_the_exchange_s_own_service_does_not_serve_a_hosted_product(self, graph):
        catalogue = graph(**content_of_hosted())

        assert said(catalogue, DCAT.servesDataset, URIRef(f"{BASE_URL}/api/v1#service")) == set()


class TestThePage:
    def test_names_the_next_one_or_none(self, page):
        following = f"{BASE_URL}/catalogue.ttl?after=lst_1"
        first, last = (
            Graph().parse(data=to_turtle(describe_catalogue(page(described(), following=address))))
            for address in (following, None)
        )

        assert list(first.objects(None, HYDRA.next)) == [URIRef(following)]
        assert list(last.objects(None, HYDRA.next)) == []

    def test_of_an_empty_catalogue_is_a_catalogue_all_the_same(self, page):
        graph = Graph().parse(data=to_turtle(describe_catalogue(page())))

        assert len(list(graph.subjects(RDF.type, DCAT.Catalog))) == 1
        assert list(graph.objects(None, DCAT.dataset)) == []
