"""Croissant: mlcroissant validates the description and reads the sample's records, digest and all."""

import json
import logging
from html.parser import HTMLParser
from pathlib import Path

import mlcroissant
from absl import logging as absl_logging
from mlcroissant._src.core.rdf import make_context


class _Scripts(HTMLParser):
    """The text of every script element of a page, by its type."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[str | None, str]] = []
        self._type: str | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "script":
            self._inside, self._type = True, dict(attrs).get("type")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts.append((self._type, data))


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _valid(file: Path) -> list[str]:
    """No error, and no warning either: a context that is not the official one is only warned about."""
    heard, logger = _Warnings(), absl_logging.get_absl_logger()
    logger.addHandler(heard)
    try:
        dataset = mlcroissant.Dataset(jsonld=str(file))
    finally:
        logger.removeHandler(heard)
    metadata = dataset.metadata
    return [*heard.said, *metadata.issues.errors, *metadata.issues.warnings]


def _official_context(file: Path) -> list[str]:
    written = json.loads(file.read_text(encoding="utf-8"))["@context"]
    return [] if written == make_context() else ["the context is not that of Croissant 1.0"]


def _loads(file: Path, sample: Path, hidden: str | None) -> list[str]:
    dataset = mlcroissant.Dataset(jsonld=str(file), mapping={"sample.csv": str(sample)})
    records = list(dataset.records("sample"))
    lines = sample.read_bytes().count(b"\n") - 1
    names = [
        field["name"] for field in json.loads(file.read_text(encoding="utf-8"))["recordSet"][0]["field"]
    ]
    return [f"{len(records)} records of {lines} lines"] * (len(records) != lines or not lines) + [
        f"{hidden} is in the sample"
    ] * (hidden in names)


def _in_the_page(listing: Path) -> list[str]:
    page = _Scripts()
    page.feed((listing / "page.html").read_text(encoding="utf-8"))
    if [kind for kind, _ in page.scripts] != ["application/ld+json"]:
        return [f"the page has the scripts {[kind for kind, _ in page.scripts]}"]
    exported = json.loads((listing / "croissant.json").read_text(encoding="utf-8"))
    return [] if json.loads(page.scripts[0][1]) == exported else ["the page says something else"]


def check(results, listing: Path, hidden: str | None) -> None:
    name, file = listing.name, listing / "croissant.json"
    results.run(f"mlcroissant validates: {name}", lambda: _valid(file))
    results.run(f"mlcroissant's own context: {name}", lambda: _official_context(file))
    results.run(
        f"mlcroissant loads the sample: {name}",
        lambda: _loads(file, listing / "package" / "sample.csv", hidden),
    )
    results.run(f"the listing's page holds it: {name}", lambda: _in_the_page(listing))


def check_described(results, kind: Path) -> None:
    results.run(f"mlcroissant validates: {kind.name}", lambda: _valid(kind / "croissant.json"))


def check_broken(results, folder: Path, listing: str) -> None:
    place = folder / "listings" / listing
    file, sample = place / "croissant.json", place / "package" / "sample.csv"
    described = json.loads(file.read_text(encoding="utf-8"))
    broken = place / "broken.json"
    fields = described["recordSet"][0]["field"]
    fields[0]["dataTipe"] = fields[0].pop("dataType")
    broken.write_text(json.dumps(described), encoding="utf-8")
    results.refuses("mlcroissant: a misspelt property", lambda: _valid(broken), "dataType")
    changed = place / "changed.csv"
    changed.write_bytes(sample.read_bytes().replace(b"0", b"1", 1))
    results.refuses(
        "mlcroissant: a sample with another digest",
        lambda: _loads(file, changed, None),
        "Hash of downloaded file",
    )
    page = (place / "page.html").read_text(encoding="utf-8")
    (place / "page.html").write_text(page.replace("</body>", "<script>1</script></body>"), encoding="utf-8")
    results.refuses("html: a page with a script", lambda: _in_the_page(place), "the page has the scripts")
