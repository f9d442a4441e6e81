"""The data package: frictionless checks the descriptor with its rows inside, and the folder with its file."""

import json
from pathlib import Path

from frictionless import Package, system, validate


def _valid(descriptor: Path) -> list[str]:
    report = validate(str(descriptor))
    found = [str(row) for row in report.flatten(["rowNumber", "fieldNumber", "type", "note"])]
    if not report.valid:
        return found or ["not valid"]
    return [] if report.stats["tasks"] else ["nothing was validated"]


def _rows_are_read(listing: Path, hidden: str | None) -> list[str]:
    """Both forms hold the same rows, at least one, and never a hidden column."""
    inside = Package(str(listing / "datapackage.json")).get_resource("sample").read_rows()
    beside = Package(str(listing / "package" / "datapackage.json")).get_resource("sample").read_rows()
    if not inside or len(inside) != len(beside):
        return [f"{len(inside)} rows inside, {len(beside)} beside"]
    return [f"{hidden} is in the sample"] if hidden in inside[0] else []


def check(results, listing: Path, hidden: str | None) -> None:
    name = listing.name
    results.run(f"frictionless, rows inside: {name}", lambda: _valid(listing / "datapackage.json"))
    with system.use_context(trusted=True):
        results.run(
            f"frictionless, folder: {name}", lambda: _valid(listing / "package" / "datapackage.json")
        )
        results.run(f"frictionless reads the rows: {name}", lambda: _rows_are_read(listing, hidden))


def check_described(results, kind: Path) -> None:
    if (kind / "datapackage.json").exists():  # of data that stay with their provider there is none
        results.run(f"frictionless: {kind.name}", lambda: _valid(kind / "datapackage.json"))


def check_broken(results, folder: Path, listing: str) -> None:
    package = folder / "listings" / listing / "package"
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    sample = (package / "sample.csv").read_bytes()
    broken = json.loads(json.dumps(descriptor))
    broken["resources"][0]["schema"]["fields"][0]["type"] = "datum"
    (package / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    results.refuses("frictionless: a misspelt type", lambda: _valid(package / "broken.json"), "datum")
    (package / "sample.csv").write_bytes(sample + b"not a time\r\n")
    results.refuses(
        "frictionless: a file with another digest",
        lambda: _valid(package / "datapackage.json"),
        "hash-count",
    )
    for resource in descriptor["resources"]:
        del resource["bytes"], resource["hash"]
    (package / "unsealed.json").write_text(json.dumps(descriptor), encoding="utf-8")
    results.refuses(
        "frictionless: a cell of another type", lambda: _valid(package / "unsealed.json"), "type-error"
    )
