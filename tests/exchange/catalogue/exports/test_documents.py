import json
import re

import pytest
import yaml

from exchange.catalogue.exports.dcat import to_turtle
from exchange.catalogue.exports.documents import (
    CATALOGUE_FORMATS,
    files_of,
    render,
    render_catalogue,
    script_text,
)
from tests.factories.described import FULL_CONTENT, described
from tests.factories.hosted import HOST, content_of_hosted


def backwards(value):
    """The same value with the members of every object in the opposite order, as a database may give it."""
    if isinstance(value, dict):
        return {name: backwards(value[name]) for name in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", files_of(FULL_CONTENT))
def test_the_same_content_gives_the_same_bytes(name):
    reordered = {member: backwards(value) for member, value in FULL_CONTENT.items()}

    assert render(described(), name).body == render(described(**reordered), name).body


@pytest.mark.parametrize("form", CATALOGUE_FORMATS)
def test_the_same_listings_give_the_same_catalogue(page, form):
    first, second = (render_catalogue(page(described()), form).body for _ in range(2))

    assert first == second


@pytest.mark.parametrize("name", files_of(FULL_CONTENT))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_reader_s_language_changes_nothing(app, name, language):
    plain = render(described(), name).body

    with app.test_request_context(headers={"Accept-Language": language}):
        assert render(described(), name).body == plain


def test_yaml_and_json_are_one_contract():
    documents = [render(described(), f"contract.{form}").body for form in ("yaml", "json")]

    assert yaml.safe_load(documents[0]) == json.loads(documents[1])


@pytest.mark.parametrize(
    "text", ["009", "0x1F", "1e3", "~", "-1", "+86", ".5", "2026-11-24", "yes", "null"]
)
def test_yaml_quotes_what_a_reader_could_take_for_something_else(text):
    """YAML 1.2 reads `009` as nine and PyYAML, a reader of YAML 1.1, writes it bare."""
    written = render(described(restrictions=text), "contract.yaml").body.decode()

    assert re.search(rf"limitations: ['\"]{re.escape(text)}['\"]\n", written)


def test_no_text_of_a_provider_ends_the_script_element():
    """The description stands in the page between script tags."""
    text = script_text(described(summary_en="</script><script>alert(1)</script><!--"))

    assert "<" not in text
    assert "</script><script>alert(1)" in json.loads(text)["description"]


#: Members whose value is a word of the standard, not of the listing.
VOCABULARY = {
    *(
        "apiVersion",
        "kind",
        "status",
        "type",
        "server",
        "logicalType",
        "physicalType",
        "metric",
        "dimension",
    ),
    *("property", "unit", "tool", "role", "priceUnit", "priceCurrency"),
}


def values_of(document, *, but=frozenset()) -> set:
    """All words, line by line, and numbers of a document."""
    if isinstance(document, dict):
        return set().union(
            *(values_of(value, but=but) for key, value in document.items() if key not in but)
        )
    if isinstance(document, list):
        return set().union(*(values_of(item, but=but) for item in document))
    if isinstance(document, str):
        return set(document.split("\n")) - {""}
    return set() if document is None or isinstance(document, bool) else {document}


def test_every_word_and_number_of_the_contract_stems_from_the_listing():
    listing = described()
    known = values_of(dict(listing.content)) | values_of(dict(listing.nulls))
    known |= {
        listing.id,
        listing.digest,
        listing.page,
        f"{listing.base_url}/api/v1",
        "2026-11-24T04:00:00Z",
    }
    known |= {listing.provider.name_zh, listing.provider.name_en}
    contract = json.loads(render(listing, "contract.json").body)

    made_of_others = {
        *("2.0.0", 99.5, 0.002, "mailto:ping@grid.example", "tel:+86-27-5550-0001"),
        *("rows", "rows_of_the_revision", "empty_cells_of_the_revision"),
    }
    assert values_of(contract, but=VOCABULARY) - known == made_of_others


def test_the_catalogue_changes_only_where_the_listing_does(page):
    """Every changed word shows in the document, and nothing but its line changes."""
    before, after = (
        to_turtle_lines(page(described(keywords=[word]))) for word in ("transformer", "substation")
    )

    assert {line.strip() for line in set(before) ^ set(after)} == {
        'dcat:keyword "transformer" ;',
        'dcat:keyword "substation" ;',
    }


def to_turtle_lines(page) -> list[str]:
    return render_catalogue(page, "turtle").body.decode().splitlines()


def test_an_empty_list_of_nodes_is_an_empty_document():
    assert to_turtle([]).count("@prefix") == len(to_turtle([]).splitlines())


@pytest.mark.parametrize("name", files_of({"hosted": {}}))
def test_no_document_of_a_hosted_product_names_the_provider_s_host(name):
    body = render(described(**content_of_hosted()), name).body

    assert body
    assert HOST.encode() not in body
