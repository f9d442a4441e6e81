"""The content of a version: the provider's words and the facts of the revision, or API, they are about."""

from typing import Any

from exchange.catalogue.content.grading import LOWEST, grade_of, highest_level
from exchange.datasets import mask_of
from exchange.hosted import HostedApi
from exchange.pricing import PricePlan

#: The six dimensions of GB/T 36344.
QUALITY_DIMENSIONS = (
    "conformity",
    "completeness",
    "accuracy",
    "consistency",
    "timeliness",
    "accessibility",
)


def build_content(offer: dict[str, Any], revision: Any) -> dict[str, Any]:
    """What the buyer reads, from an offer without faults and the revision it is about; every member is there."""
    content = _content(offer, revision.schema, revision.schema_digest)
    time_from, time_to = _public_range(revision, content["dictionary"])
    return {
        **content,
        "hosted": None,
        "revision": {
            "id": revision.id,
            "number": revision.number,
            "sha256": revision.sha256,
            "rows": revision.rows,
            "time_from": time_from,
            "time_to": time_to,
        },
        "quality": quality_of(revision.profile),
    }


def build_hosted_content(offer: dict[str, Any], hosted: dict[str, Any]) -> dict[str, Any]:
    """What the buyer reads of a product whose data stay with the provider: its columns are those of the answer.

    Nobody here has seen the data, so there is no revision, and nothing of its quality is known.

    Args:
        hosted: id, version and digest of the description, and the description without its address.
    """
    schema = HostedApi.of(hosted).schema
    return {
        **_content(offer, schema.to_json(), schema.digest()),
        "hosted": hosted,
        "revision": None,
        "quality": quality_of({}),
    }


def _content(offer: dict[str, Any], schema: dict[str, Any], schema_digest: str) -> dict[str, Any]:
    dictionary = complete_dictionary(offer["dictionary"], schema["fields"])
    level = highest_level(dictionary)
    return {
        **offer,
        "dictionary": dictionary,
        "price_plans": complete_plans(offer["price_plans"]),
        "grade": grade_of(level),
        "highest_level": level,
        "schema": schema,
        "schema_digest": schema_digest,
    }


def _public_range(revision: Any, dictionary: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """The first and last time, unless the time is protected: both are values of its column."""
    times = [entry for entry in dictionary if entry["name"] == revision.schema["time_field"]]
    if any(mask_of(entry) != "none" for entry in times):
        return None, None
    return revision.time_from, revision.time_to


def says_the_same(offer: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether an offer without faults says nothing but what a content says already."""
    said = {
        **offer,
        "dictionary": complete_dictionary(offer["dictionary"], content["schema"]["fields"]),
        "price_plans": complete_plans(offer["price_plans"]),
    }
    return all(content[name] == value for name, value in said.items())


def complete_plans(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Price plans with every member written out."""
    return [{**entry, "plan": PricePlan.from_json(entry["plan"]).to_json()} for entry in entries]


def complete_dictionary(
    given: list[dict[str, Any]] | None, columns: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """One entry for each column, in the order of the columns; what nobody said is derived."""
    by_name = {entry["name"]: entry for entry in given or ()}
    entries = []
    for column in columns:
        entry = by_name.get(column["name"], {})
        entries.append(
            {
                "name": column["name"],
                "meaning_zh": entry.get("meaning_zh", ""),
                "meaning_en": entry.get("meaning_en", ""),
                "unit": entry.get("unit") or column.get("unit"),
                "level": entry.get("level", LOWEST),
                "sensitive": entry.get("sensitive", False),
                "mask": entry.get("mask", "none"),
            }
        )
    return entries


def quality_of(profile: dict[str, Any]) -> dict[str, Any]:
    """The level and the six scores of a profile; null where nothing was measured."""
    quality = profile.get("quality") or {}
    scores = quality.get("scores") or {}
    return {
        "level": quality.get("level"),
        "scores": {dimension: scores.get(dimension) for dimension in QUALITY_DIMENSIONS},
    }
