"""A listing as the exporters read it: the one place that knows how its content is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange.catalogue.exports.sample import PublicSample
from exchange.participants import Actor

#: What a member holds that the provider left out; stored content of today has every one of them.
_NOT_GIVEN: dict[str, Any] = {
    "summary_zh": "",
    "summary_en": "",
    "keywords": [],
    "product_kind": "",
    "industry": "",
    "commodity": None,
    "data_nature": "",
    "languages": [],
    "scenarios": [],
    "use_cases": "",
    "restrictions": "",
    "source": {
        "type": "",
        "collection": "",
        "basis": "",
        "authorisation_chain": [],
        "processing": "",
        "parents": [],
    },
    "coverage": {"region": "", "granularity": None, "update_frequency": "", "latency": None},
    "dictionary": [],
    "rights": None,
    "visibility": {"audience": "public", "allow": [], "deny": []},
    "licence": {"name": "", "url": ""},
    "sla": None,
    "price_terms": None,
    "contact": None,
    "valid_to": None,
    "hosted": None,
    "grade": "",
    "revision": None,
    "quality": None,
}


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
    dataset_id: str
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
    #: Names of the listing in other schemes: scheme -> identifier.
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
    def fields(self) -> list[dict[str, Any]]:
        """The columns with what the provider's dictionary says of them."""
        words = {entry["name"]: entry for entry in self.content["dictionary"]}
        schema = self.content.get("schema") or {"fields": []}
        return [{**field, **words.get(field["name"], {})} for field in schema["fields"]]


def complete(content: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what older versions of the content did not have."""
    whole = {**_NOT_GIVEN, **content}
    if "price_plans" not in whole:
        plan = whole.pop("price_plan")
        whole["price_plans"] = [{"code": plan["model"], "title_zh": "", "title_en": "", "plan": plan}]
    return {name: _in_order(value) for name, value in whole.items()}


def _in_order(value: Any) -> Any:
    """Order the members of nested objects, which one of the databases does not keep."""
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def is_visible(content: Mapping[str, Any], *, provider_id: str, actor: Actor) -> bool:
    """Whether the actor may know of the listing; the catalogue's exports show nothing else."""
    if actor.oversees or actor.organisation_id == provider_id:
        return True
    visibility = content["visibility"]
    if actor.organisation_id in visibility["deny"]:
        return False
    if visibility["audience"] == "public" or actor.organisation_id in visibility["allow"]:
        return True
    return visibility["audience"] == "certified" and actor.is_verified


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
