"""The ODRL offer: rdflib reads it, pyshacl checks its shape, a JSON Schema every constraint."""

import json
from pathlib import Path

import pyshacl
from jsonschema import Draft202012Validator
from rdflib import Graph, Namespace

SHAPES = Path(__file__).parents[1] / "shapes"
ODRL = Namespace("http://www.w3.org/ns/odrl/2/")


def _conforms(file: Path) -> list[str]:
    graph = Graph().parse(file, format="json-ld")
    if (None, ODRL.permission, None) not in graph:
        return ["the offer permits nothing"]
    conforms, _, report = pyshacl.validate(
        graph, shacl_graph=Graph().parse(SHAPES / "odrl-offer.ttl"), inference="none", meta_shacl=False
    )
    return [] if conforms else [report]


def _constraints_hold(file: Path) -> list[str]:
    schema = json.loads((SHAPES / "odrl-constraint.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    offer = json.loads(file.read_text(encoding="utf-8"))
    constraints = [item for permission in offer["permission"] for item in permission["constraint"]]
    operands = {item["leftOperand"] for item in constraints}
    missing = {"purpose", "elapsedTime"} - operands
    return [f"no constraint on {missing}"] * bool(missing) + [
        error.message for item in constraints for error in validator.iter_errors(item)
    ]


def check(results, listing: Path, _: str | None) -> None:
    file = listing / "offer.jsonld"
    results.run(f"pyshacl, ODRL 2.2: {listing.name}", lambda: _conforms(file))
    results.run(f"jsonschema, ODRL constraints: {listing.name}", lambda: _constraints_hold(file))


def check_described(results, kind: Path) -> None:
    check(results, kind, None)


def check_broken(results, folder: Path, listing: str) -> None:
    place = folder / "listings" / listing
    file = place / "offer.jsonld"
    offer = json.loads(file.read_text(encoding="utf-8"))

    def written(change) -> Path:
        broken = json.loads(json.dumps(offer))
        change(broken)
        copy = place / f"broken-{len(list(place.iterdir()))}.jsonld"
        copy.write_text(json.dumps(broken), encoding="utf-8")
        return copy

    for what, change, because in (
        ("no action", lambda broken: broken["permission"][0].pop("action"), "odrl:action"),
        ("no assigner", lambda broken: broken.pop("assigner"), "odrl:assigner"),
        ("an unknown operand", lambda broken: _constraint(broken, leftOperand="mood"), "odrl:leftOperand"),
    ):
        broken = written(change)
        results.refuses(f"pyshacl: {what}", lambda broken=broken: _conforms(broken), because)
    wrong = written(lambda broken: _constraint(broken, rightOperand="P1M"))
    results.refuses("jsonschema: a term that is no number of days", lambda: _constraints_hold(wrong), "P1M")


def _constraint(offer: dict, **changes: str) -> None:
    offer["permission"][0]["constraint"][1].update(changes)
