import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from exchange.catalogue.exports.dcat.graph import Link, Node, Text, safe_iri, to_json_ld, to_turtle, unique

# The JSON-LD reader of rdflib 7 uses a class that it calls deprecated itself.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

NOTE = URIRef("http://www.w3.org/2000/01/rdf-schema#comment")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def read(nodes) -> tuple[set, set]:
    turtle = Graph().parse(data=to_turtle(nodes), format="turtle")
    json_ld = Graph().parse(data=to_json_ld(nodes), format="json-ld")
    return set(turtle), set(json_ld)


@given(ANY_TEXT)
def test_any_text_comes_back_from_both_formats_as_it_was(text):
    node = Node("https://exchange.example/a", ("dcat:Dataset",))
    node.say("rdfs:comment", Text(text), Text(text, "zh"), Text(text, "en"))

    turtle, json_ld = read([node])

    assert {object_ for _, predicate, object_ in turtle if predicate == NOTE} == {
        Literal(text),
        Literal(text, lang="zh"),
        Literal(text, lang="en"),
    }
    assert turtle == json_ld


@given(ANY_TEXT)
def test_any_text_in_an_iri_stays_inside_it(text):
    """A licence's address is the provider's text; it must not end the IRI and begin a statement."""
    node = Node("https://exchange.example/a", ()).say("dct:license", Link(f"https://example.org/{text}"))

    turtle, json_ld = read([node])

    assert len(turtle) == len(json_ld) == 1


def test_an_iri_that_is_one_already_stays_as_it_is():
    assert safe_iri("https://例え.example/a?b=c&d=%20#é") == "https://例え.example/a?b=c&d=%20#é"
    assert safe_iri('a> . <b "') == "a%3E%20.%20%3Cb%20%22"


def test_what_is_not_there_is_not_said():
    node = Node("https://exchange.example/a", ("dcat:Dataset",))

    node.say("dct:title", None, Text("")).say("dct:license", None)

    assert node.said == {}


def test_a_datatype_is_kept_in_both_formats():
    node = Node("https://exchange.example/a", ()).say("dct:issued", Text("2026-11-24", datatype="xsd:date"))

    turtle, json_ld = read([node])

    ((_, _, literal),) = turtle
    assert (str(literal), str(literal.datatype)) == ("2026-11-24", "http://www.w3.org/2001/XMLSchema#date")
    assert turtle == json_ld


def test_a_node_that_two_listings_share_is_written_once():
    nodes = [Node("https://exchange.example/org", ("foaf:Agent",)) for _ in range(2)]

    assert len(unique(nodes)) == 1


def test_pages_one_after_the_other_are_one_document():
    pages = [to_turtle([Node(f"https://exchange.example/{name}", ("dcat:Dataset",))]) for name in "ab"]

    assert len(Graph().parse(data="".join(pages), format="turtle")) == 2
