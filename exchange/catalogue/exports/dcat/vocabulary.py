"""Terms that listings share: codes of public vocabularies where one fits, otherwise the exchange's own."""

import re
from collections.abc import Iterable

from exchange.catalogue.exports.dcat.graph import Node, Text
from exchange.catalogue.exports.described import Provider

_AUTHORITY = "http://publications.europa.eu/resource/authority"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types"

LANGUAGES = {"zh": f"{_AUTHORITY}/language/ZHO", "en": f"{_AUTHORITY}/language/ENG"}
SECTORS = {
    "power": (("zh", "电力"), ("en", "Power")),
    "energy": (("zh", "能源"), ("en", "Energy")),
    "bulk_materials": (("zh", "大宗原材料"), ("en", "Bulk materials")),
}
_ENERGY = Node(f"{_AUTHORITY}/data-theme/ENER", ("skos:Concept",)).say(
    "skos:prefLabel", Text("Energy", "en")
)
_ECONOMY = Node(f"{_AUTHORITY}/data-theme/ECON", ("skos:Concept",)).say(
    "skos:prefLabel", Text("Economy and finance", "en")
)
THEMES = {"power": _ENERGY, "energy": _ENERGY, "bulk_materials": _ECONOMY}
#: Everything on offer is had by agreement only.
RESTRICTED = Node(f"{_AUTHORITY}/access-right/RESTRICTED", ("dct:RightsStatement",))
SHA_256 = Node("http://spdx.org/rdf/terms#checksumAlgorithm_sha256", ("spdx:ChecksumAlgorithm",))

#: Of the update-frequency codes only the first and the last are known; the others keep a name of our own.
_FREQUENCIES = {"001": f"{_AUTHORITY}/frequency/UPDATE_CONT", "009": f"{_AUTHORITY}/frequency/NEVER"}
_FORMATS = {
    "csv": (f"{_AUTHORITY}/file-type/CSV", f"{_MEDIA_TYPES}/text/csv"),
    "json": (f"{_AUTHORITY}/file-type/JSON", f"{_MEDIA_TYPES}/application/json"),
    "parquet": (f"{_AUTHORITY}/file-type/PARQUET", f"{_MEDIA_TYPES}/application/vnd.apache.parquet"),
}


def agent(provider: Provider, base_url: str) -> Node:
    """An organisation; its unified social credit code is a public register's number."""
    node = Node(f"{base_url}/catalogue#{provider.id}", ("foaf:Agent",))
    node.say("foaf:name", Text(provider.name_zh, "zh"), Text(provider.name_en, "en"))
    return node.say("dct:identifier", Text(provider.uscc))


def concept(base_url: str, table: str, code: str, words: Iterable[tuple[str, str]] = ()) -> Node:
    """A code of one of the listing's tables; without words the code stands for itself."""
    node = Node(f"{base_url}/catalogue#{table}-{code}", ("skos:Concept",))
    node.say("skos:prefLabel", *(in_languages(words) or [Text(code)]))
    return node.say("skos:notation", Text(code))


def frequency(base_url: str, code: str) -> Node:
    """How often the data are renewed."""
    iri = _FREQUENCIES.get(code) or f"{base_url}/catalogue#update-frequency-{code}"
    node = Node(iri, ("dct:Frequency",))
    return node if code in _FREQUENCIES else node.say("skos:notation", Text(code))


def file_format(name: str) -> tuple[Node, Node]:
    """The file type and the media type of a format."""
    file_type, media_type = _FORMATS[name]
    return Node(file_type, ("dct:MediaTypeOrExtent",)), Node(media_type, ("dct:MediaType",))


def in_languages(words: Iterable[tuple[str, str]]) -> list[Text]:
    """Words with their language."""
    return [Text(text, language) for language, text in words]


def moment(text: str) -> Text:
    """A time as the data write it: a month, a day or an instant, typed by its length."""
    datatype = {7: "xsd:gYearMonth", 10: "xsd:date"}.get(len(text), "xsd:dateTime")
    return Text(text, datatype=datatype)


def duration(text: str | None) -> Text:
    """A duration of ISO 8601 as `xsd:duration` writes it, which has no weeks."""
    weeks = re.fullmatch(r"P(\d+)W", text or "")
    return Text(f"P{int(weeks[1]) * 7}D" if weeks else text or "", datatype="xsd:duration")
