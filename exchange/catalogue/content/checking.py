"""Checking an offer: its form and every rule in one go, each fault with its member and its remedy."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from exchange.catalogue.content.circumstances import Circumstances
from exchange.catalogue.content.offer import HOSTED_DEFAULTS, ListingOfferSchema
from exchange.catalogue.content.rules import RULES
from exchange.core.errors import FieldProblem
from exchange.core.form_faults import faults_of

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
        problems.extend(faults_of(error, ListingOfferSchema, page="docs/reference/listing.md"))
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
