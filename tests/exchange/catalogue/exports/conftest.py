"""Readers of the exports that are not ours, and a page of the catalogue."""

import pytest
from rdflib import Graph

from exchange.catalogue.exports.dcat import CataloguePage, describe_catalogue, to_json_ld, to_turtle
from exchange.catalogue.exports.described import Provider
from tests.factories.described import BASE_URL, described

OPERATOR = Provider("org_operator", "武汉数据交易所", "Exchange operator", "91420100MDEM0001AX")


@pytest.fixture
def page():
    def of(*listings, following=None):
        return CataloguePage(BASE_URL, OPERATOR, listings, f"{BASE_URL}/catalogue.ttl", following)

    return of


@pytest.fixture
def graph(page):
    """The catalogue of one full listing, but for the changes, as rdflib reads it."""

    def read(**changes):
        nodes = describe_catalogue(page(described(**changes)))
        turtle = Graph().parse(data=to_turtle(nodes), format="turtle")
        assert set(turtle) == set(Graph().parse(data=to_json_ld(nodes), format="json-ld"))
        return turtle

    return read
