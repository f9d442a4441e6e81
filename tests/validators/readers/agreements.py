"""The usage policy of a contract as an ODRL agreement: rdflib reads it, pyshacl checks its shape."""

import json
from pathlib import Path

import pyshacl
from rdflib import Graph, Namespace

SHAPES = Path(__file__).parents[1] / "shapes"
ODRL = Namespace("http://www.w3.org/ns/odrl/2/")


def _conforms(file: Path) -> list[str]:
    graph = Graph().parse(file, format="json-ld")
    if (None, ODRL.permission, None) not in graph:
        return ["the agreement permits nothing"]
    document = json.loads(file.read_text(encoding="utf-8"))
    written = sum(
        len(rule.get("constraint", ()))
        for kind in ("permission", "prohibition", "obligation")
        for rule in document[kind]
    )
    read = len(set(graph.subjects(ODRL.leftOperand, None)))
    if read != written:
        return [f"{written} constraints are written and {read} are read"]
    conforms, _, report = pyshacl.validate(
        graph,
        shacl_graph=Graph().parse(SHAPES / "odrl-agreement.ttl"),
        inference="none",
        meta_shacl=False,
        advanced=True,
    )
    return [] if conforms else [report]


def check(results, listing: Path, _: str | None) -> None:
    file = listing / "policy.jsonld"
    results.run(f"pyshacl, ODRL 2.2 agreement: {listing.name}", lambda: _conforms(file))


def check_broken(results, folder: Path, listing: str) -> None:
    file = folder / "listings" / listing / "policy.jsonld"
    policy = json.loads(file.read_text(encoding="utf-8"))
    for what, change, because in (
        ("no assignee", lambda broken: broken.pop("assignee"), "odrl:assignee"),
        ("no profile", lambda broken: broken.pop("profile"), "odrl:profile"),
        (
            "an unknown operand",
            lambda broken: _first(broken).update(leftOperand="mood"),
            "odrl:leftOperand",
        ),
        (
            "an instant without its type",
            lambda broken: _instant(broken).update(rightOperand="now"),
            "xsd:dateTime",
        ),
        ("an unknown action", lambda broken: broken["prohibition"][0].update(action="mood"), "odrl:action"),
    ):
        broken = json.loads(json.dumps(policy))
        change(broken)
        copy = file.with_name(f"broken-{what.replace(' ', '-')}.jsonld")
        copy.write_text(json.dumps(broken), encoding="utf-8")
        results.refuses(f"pyshacl, agreement: {what}", lambda copy=copy: _conforms(copy), because)


def _first(policy: dict) -> dict:
    return policy["permission"][0]["constraint"][0]


def _instant(policy: dict) -> dict:
    rules = policy["permission"][0]["constraint"]
    return next(item for item in rules if item["leftOperand"] == "dateTime")
