"""The catalogue: pyshacl with the official shapes of DCAT-AP 3.0.1; rdflib reads both formats as one graph."""

from functools import cache
from pathlib import Path

import pyshacl
from rdflib import DCAT, DCTERMS, RDF, SH, Graph, Namespace
from rdflib.compare import to_isomorphic

SHAPES = Path(__file__).parents[1] / "shapes" / "dcat-ap-3.0.1-SHACL.ttl"
FILES = ("catalogue.ttl", "catalogue.jsonld")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
#: Property shapes that the published file names and does not define.
UNDEFINED = 2


@cache
def _shapes() -> Graph:
    shapes = Graph().parse(SHAPES)
    undefined = [
        (shape, part)
        for shape, part in shapes.subject_objects(SH.property)
        if (part, SH.path, None) not in shapes
    ]
    if len(undefined) != UNDEFINED:
        raise ValueError(f"{len(undefined)} property shapes are not defined, {UNDEFINED} are known")
    for shape, part in undefined:
        shapes.remove((shape, SH.property, part))
    return shapes


def _read(folder: Path, name: str) -> Graph:
    return Graph().parse(folder / name, format="turtle" if name.endswith("ttl") else "json-ld")


def _without_pages(graph: Graph) -> Graph:
    """The catalogue alone: each format's pages have addresses of their own."""
    for page in list(graph.subjects(RDF.type, HYDRA.PartialCollectionView)):
        graph.remove((page, None, None))
    return graph


def _conforms(graph: Graph) -> list[str]:
    conforms, _, report = pyshacl.validate(graph, shacl_graph=_shapes(), inference="none")
    return [] if conforms else [report]


def _names_every_listing(folder: Path, listings: list[str]) -> list[str]:
    graph = _read(folder, "catalogue.ttl")
    named = {
        str(value)
        for item in graph.objects(None, DCAT.dataset)
        for value in graph.objects(item, DCTERMS.identifier)
    }
    missing = [listing for listing in listings if listing not in named]
    counted = {
        kind: len(set(graph.subjects(RDF.type, kind)))
        for kind in (DCAT.Distribution, DCAT.DataService, DCAT.DatasetSeries, SPDX.Checksum)
    }
    return [f"missing: {missing}"] * bool(missing) + [
        f"no {kind}" for kind, count in counted.items() if not count
    ]


def _one_graph(folder: Path) -> list[str]:
    one, other = (to_isomorphic(_without_pages(_read(folder, name))) for name in FILES)
    return [] if one == other else [f"{len(one)} triples in Turtle, {len(other)} in JSON-LD"]


def check(results, folder: Path, listings: list[str]) -> None:
    for name in FILES:
        results.run(f"pyshacl, DCAT-AP 3.0.1: {name}", lambda name=name: _conforms(_read(folder, name)))
    results.run("rdflib: Turtle and JSON-LD are one graph", lambda: _one_graph(folder))
    results.run("rdflib: every listing and kind is there", lambda: _names_every_listing(folder, listings))


def check_described(results, kind: Path) -> None:
    results.run(f"pyshacl, DCAT-AP 3.0.1: {kind.name}", lambda: _conforms(_read(kind, "catalogue.ttl")))


def check_broken(results, folder: Path, _: str) -> None:
    for what, triple, because in (
        ("no description", (None, DCTERMS.description, None), "Less than 1 values"),
        ("no checksum algorithm", (None, SPDX.algorithm, None), "spdx.org/rdf/terms#algorithm"),
        ("an algorithm without type", (None, RDF.type, SPDX.ChecksumAlgorithm), "ChecksumAlgorithm"),
    ):
        graph = _read(folder, "catalogue.ttl")
        graph.remove(triple)
        results.refuses(f"pyshacl: {what}", lambda graph=graph: _conforms(graph), because)
    listing = next(_read(folder, "catalogue.ttl").objects(None, DCAT.dataset))
    results.refuses(
        "rdflib: a listing that is missing",
        lambda: _names_every_listing(folder, ["lst_missing", str(listing)]),
        "lst_missing",
    )
    (folder / "catalogue.jsonld").write_text('{"@graph": []}', encoding="utf-8")
    results.refuses("rdflib: an empty JSON-LD", lambda: _one_graph(folder), "0 in JSON-LD")
