"""Reading a listing file: YAML without its surprises, and the same check as the server's."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from exchange.catalogue.content import Circumstances, check_offer
from exchange.core.errors import FieldProblem, Invalid

FORMAT = "wdx-listing/1"
#: The server takes no larger body (`WDX_MAX_BODY_BYTES`).
MOST_BYTES = 1024**2
_MEMBERS = {"format", "dataset", "hosted", "listing", "revision", "offer"}


class ListingFileInvalid(Invalid):
    """The file is no listing file."""

    code = "listing-file-invalid"


@dataclass(frozen=True)
class ListingFile:
    """A listing file that has the right form; the offer in it is not checked yet."""

    #: A data set that is stored with the exchange, or a product whose data stay with the provider: one of them.
    dataset: str | None
    hosted: str | None
    #: None until the listing was published once.
    listing: str | None
    columns: tuple[str, ...] | None
    offer: dict[str, Any]


def read_file(path: Path) -> ListingFile:
    """Read a listing file.

    Raises:
        ListingFileInvalid: says where the file is not what it must be.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ListingFileInvalid(
            f"{path} has more than {MOST_BYTES} bytes", remedy="Shorten the texts; nobody reads so much."
        )
    try:
        document = yaml.load(path.read_text(encoding="utf-8-sig"), _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ListingFileInvalid(f"{path} is not readable YAML: {error}") from error
    return _file_of(path, document)


def check_file(file: ListingFile, *, today: str) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The offer complete, and what is wrong with it, as far as that shows without the server."""
    return check_offer(file.offer, _circumstances(file, today))


def _circumstances(file: ListingFile, today: str) -> Circumstances:
    return Circumstances(today=today, columns=file.columns, is_hosted=file.hosted is not None)


def _file_of(path: Path, document: Any) -> ListingFile:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ListingFileInvalid(
            f"{path} does not begin with `format: {FORMAT}`",
            remedy="Make one with `wdx listing init DATASET`.",
        )
    if strange := sorted(str(name) for name in document.keys() - _MEMBERS):
        raise ListingFileInvalid(
            f"a listing file has no member {', '.join(strange)}", field=strange[0], remedy="Leave it out."
        )
    offer, listing = document.get("offer"), document.get("listing")
    if not isinstance(offer, dict):
        raise ListingFileInvalid(
            "the file holds no offer", field="offer", remedy="Its members belong under it."
        )
    dataset, hosted = (_id_in(document, member) for member in ("dataset", "hosted"))
    if (dataset is None) == (hosted is None):
        both = dataset is not None
        raise ListingFileInvalid(
            f"the file names {'a data set and a' if both else 'no data set and no'} provider-hosted product",
            field="hosted" if both else "dataset",
            remedy="Keep one of them." if both else "Give the id of one of yours as dataset or as hosted.",
        )
    if listing is not None and not isinstance(listing, str):
        raise ListingFileInvalid(
            "the listing is no id", field="listing", remedy="Leave it null, or give an id."
        )
    return ListingFile(dataset, hosted, listing, _columns(document.get("revision")), offer)


def _id_in(document: dict[Any, Any], member: str) -> str | None:
    value = document.get(member)
    if value is not None and not isinstance(value, str):
        raise ListingFileInvalid(f"{member} is no id", field=member, remedy="Give the id of one of yours.")
    return value


def _columns(revision: Any) -> tuple[str, ...] | None:
    columns = revision.get("columns") if isinstance(revision, dict) else None
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        return None
    return tuple(columns)


class _Loader(yaml.SafeLoader):
    """Plain values only: no dates, no aliases, no member twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            # A few lines of aliases can stand for gigabytes.
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "aliases are not taken", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        if doubled := sorted({str(key) for key in keys if keys.count(key) > 1}):
            message = f"the member {doubled[0]} stands here twice"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
        return super().construct_mapping(node, deep=deep)


# A day stays the text that was typed; YAML would make a date of it, and JSON has none.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
