"""A listing as the exporters read it: the one place that knows how its content is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange.catalogue.exports.sample import PublicSample

#: The scheme of identifiers that resolve.
HANDLE = "handle"


@dataclass(frozen=True)
class Provider:
    """Who offers, as everybody who sees the listing sees them."""

    id: str
    name_zh: str
    name_en: str
    uscc: str


@dataclass(frozen=True)
class DescribedListing:
    """One version on offer, complete; two equal ones export to the same bytes.

    `nulls` and `sample` are only there where one listing is exported, not in the whole catalogue.
    """

    id: str
    version: int
    #: The data set, or the provider-hosted product, that the versions of the listing are about.
    source_id: str
    digest: str
    content: Mapping[str, Any]
    provider: Provider
    created_at: datetime
    listed_at: datetime
    #: The number of the version that was on offer before this one.
    previous_version: int | None
    #: Address of the exchange, without a slash at its end.
    base_url: str
    sample: PublicSample | None = None
    nulls: Mapping[str, int] | None = None
    #: Names of the listing in other schemes, such as the register's: scheme -> identifier.
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def page(self) -> str:
        """Address of the listing's page; all names of its parts begin with it."""
        return f"{self.base_url}/catalogue/{self.id}"

    def part(self, name: str) -> str:
        """The name of something that the page describes."""
        return f"{self.page}#{name}"

    @property
    def dataset(self) -> str:
        """The name of what is offered, as against the page about it."""
        return self.part("dataset")

    @property
    def offer(self) -> str:
        """The name of this version's offer; the next version is another one."""
        return self.part(f"offer-v{self.version}")

    @property
    def stays_at_provider(self) -> bool:
        """Whether the data stay with the provider: then there are no files, no rows and no sample."""
        return self.content["hosted"] is not None

    @property
    def resolver(self) -> str | None:
        """The address at which the listing's handle resolves for ever; None before it has one."""
        handle = dict(self.identifiers).get(HANDLE)
        return None if handle is None else f"{self.base_url}/id/{handle}"

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The columns with what the provider's dictionary says of them."""
        words = {entry["name"]: entry for entry in self.content["dictionary"]}
        schema = self.content.get("schema") or {"fields": []}
        return [{**field, **words.get(field["name"], {})} for field in schema["fields"]]


def in_order(content: Mapping[str, Any]) -> dict[str, Any]:
    """Order the members of nested objects, which one of the databases does not keep."""
    return {name: _in_order(value) for name, value in content.items()}


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def in_both_languages(content: Mapping[str, Any], member: str) -> list[tuple[str, str]]:
    """The language and words of a member that is written in Chinese and in English, where given."""
    return [
        (language, content[f"{member}_{language}"])
        for language in ("zh", "en")
        if content[f"{member}_{language}"]
    ]


def instant(at: datetime) -> str:
    """A time of the database as documents write it: UTC, whole seconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
