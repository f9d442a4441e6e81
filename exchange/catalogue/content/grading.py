"""Grading after GB/T 43697: the highest field decides, and a grade has consequences."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exchange.catalogue.codes import get_table
from exchange.catalogue.content.circumstances import Circumstances
from exchange.core.errors import FieldProblem

Offer = dict[str, Any]
LOWEST = "L1"
IMPORTANT = "important"
CORE = "core"


def highest_level(dictionary: Iterable[dict[str, Any]]) -> str:
    """The level that decides the grade: the highest field wins 就高从严."""
    rank = get_table("levels").rank
    return max((entry["level"] for entry in dictionary), key=rank, default=LOWEST)


def grade_of(level: str) -> str:
    """The grade that a level belongs to; the sub-levels are all general data."""
    return level if level in {IMPORTANT, CORE} else "general"


def check_core(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    for place, entry in enumerate(offer["dictionary"] or ()):
        if entry["level"] == CORE:
            yield FieldProblem(
                f"dictionary.{place}.level",
                f"The column {entry['name']} is core data, which are not traded.",
                "Take the column out of the data set.",
            )


def check_important(offer: Offer, about: Circumstances) -> Iterator[FieldProblem]:
    """Important data need their catalogue entry, an assessment in force, and reasons; they stay in the country."""
    if highest_level(offer["dictionary"] or ()) != IMPORTANT:
        return
    security = offer["security"]
    details = security["important_data"]
    if details is None:
        yield FieldProblem(
            "security.important_data",
            "Important data need a catalogue number and a risk assessment in force.",
            "Fill in important_data.",
        )
    elif details["assessment_valid_to"] < about.today:
        yield FieldProblem(
            "security.important_data.assessment_valid_to",
            f"The risk assessment ended on {details['assessment_valid_to']}.",
            "Have the data assessed again.",
        )
    if security["cross_border"]:
        yield FieldProblem(
            "security.cross_border",
            "Important data do not leave the country through this exchange.",
            "Set it to false.",
        )
    for member in ("elements", "affected_object", "harm", "reason"):
        if not security[member]:
            yield FieldProblem(
                f"security.{member}",
                f"A grading as important data states its {member.replace('_', ' ')}.",
                "Fill it in as the grading record has it.",
            )


def check_parents(offer: Offer, about: Circumstances) -> Iterator[FieldProblem]:
    """Derived data are not silently graded below what they come from."""
    if about.parents is None:
        return
    rank = get_table("levels").rank
    own = highest_level(offer["dictionary"] or ())
    for place, parent in enumerate(offer["source"]["parents"]):
        if parent not in about.parents:
            yield FieldProblem(
                f"source.parents.{place}",
                f"There is no listing {parent} that you may see.",
                "Name listings of this exchange; tell other sources in source.collection.",
            )
        elif rank(own) < rank(about.parents[parent]) and not offer["security"]["derivation_reason"]:
            yield FieldProblem(
                "security.derivation_reason",
                f"The listing {parent} is graded {about.parents[parent]}, this one {own}.",
                "Say why the derived data are graded lower, or grade them as high.",
            )


GRADING_RULES: tuple[
    tuple[Callable[[Offer, Circumstances], Iterator[FieldProblem]], tuple[str, ...]], ...
] = (
    (check_core, ("dictionary",)),
    (check_important, ("dictionary", "security")),
    (check_parents, ("dictionary", "security", "source")),
)
