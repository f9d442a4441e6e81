"""Checking an offer: its form and every rule in one go, each fault with its member and its remedy."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from exchange.catalogue.content.circumstances import Circumstances
from exchange.catalogue.content.offer import HOSTED_DEFAULTS, ListingOfferSchema
from exchange.catalogue.content.rules import RULES
from exchange.core.errors import FieldProblem

_SCHEMA = ListingOfferSchema()

__all__ = ["Circumstances", "check_offer", "recheck_content"]


def check_offer(
    document: Mapping[str, Any], about: Circumstances
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Read an offer and find everything that is wrong with it.

    Returns the offer complete, defaults included, and the faults; only without faults may it be used.
    """
    problems: list[FieldProblem] = []
    defaults = HOSTED_DEFAULTS if about.is_hosted else {}
    try:
        offer = _SCHEMA.load({**defaults, **document})
    except ValidationError as error:
        offer = error.valid_data if isinstance(error.valid_data, dict) else {}
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        problems.extend(_told(messages))
    malformed = {problem.field.partition(".")[0] for problem in problems}
    for rule, members in RULES:
        # A rule reads whole members only; what is malformed is told already.
        if malformed.isdisjoint(members) and all(name in offer for name in members):
            problems.extend(rule(offer, about))
    return offer, problems


def recheck_content(content: Mapping[str, Any], *, today: str) -> list[FieldProblem]:
    """Find what has become wrong with a content since it was written, such as an assessment that ended."""
    offer = {name: content[name] for name in _SCHEMA.fields}
    about = Circumstances(today=today, is_hosted=content["hosted"] is not None)
    return check_offer(offer, about)[1]


def _told(messages: Any, path: tuple[str, ...] = ()) -> Iterator[FieldProblem]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            # A group that is no group at all: marshmallow says so of `_schema`.
            yield from _told(inner, path if key == "_schema" else (*path, str(key)))
    else:
        for text in messages if isinstance(messages, list) else [messages]:
            yield FieldProblem(
                ".".join(path), str(text), getattr(text, "remedy", None) or _remedy(path, str(text))
            )


def _remedy(path: tuple[str, ...], text: str) -> str:
    if text == "Unknown field.":
        return f"Leave {path[-1]} out; docs/reference/listing.md names every member."
    description = _description(path)
    return f"{description}." if description else "See docs/reference/listing.md for what it takes."


def _description(path: tuple[str, ...]) -> str | None:
    found: Any = fields.Nested(ListingOfferSchema)
    for step in path:
        if isinstance(found, fields.List):
            found = found.inner
        elif isinstance(found, fields.Nested):
            found = found.schema.fields.get(step)
    return None if found is None else found.metadata.get("description")
