"""The rules of an offer that no single member shows; docs/reference/listing.md gives the source of each."""

from collections.abc import Callable, Iterator
from typing import Any

from exchange.catalogue.codes import get_table
from exchange.catalogue.content.circumstances import Circumstances
from exchange.catalogue.content.grading import GRADING_RULES
from exchange.core.errors import FieldProblem
from exchange.pricing import PricePlan, PricePlanInvalid

Offer = dict[str, Any]
Rule = Callable[[Offer, Circumstances], Iterator[FieldProblem]]


def check_scenarios(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    """无场景不交易."""
    if not offer["scenarios"]:
        yield FieldProblem(
            "scenarios", "A listing names at least one scenario.", "No scenario, no trade 无场景不交易."
        )


def check_region(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    region = offer["coverage"]["region"]
    if region and region not in get_table("regions"):
        yield FieldProblem(
            "coverage.region",
            f"{region!r} is no code of the table regions.",
            "Use a six-digit code (`wdx codes regions`), or leave it empty for nationwide.",
        )


def check_dictionary(offer: Offer, about: Circumstances) -> Iterator[FieldProblem]:
    """The dictionary has exactly the columns of the data, each once."""
    if offer["dictionary"] is None:
        return
    names = [entry["name"] for entry in offer["dictionary"]]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield FieldProblem(
                f"dictionary.{place}.name", f"The column {name} stands here twice.", "Keep one entry."
            )
        elif about.columns is not None and name not in about.columns:
            yield FieldProblem(
                f"dictionary.{place}.name",
                f"The data have no column {name}.",
                f"They have {', '.join(about.columns)}.",
            )
    if missing := [name for name in about.columns or () if name not in names]:
        yield FieldProblem(
            "dictionary",
            f"The dictionary lacks the column {', '.join(missing)}.",
            "Add an entry for each, or leave the whole dictionary out.",
        )


def check_sample_masks(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    """The sample is public, so a sensitive column is never in it as it is."""
    for place, entry in enumerate(offer["dictionary"] or ()):
        if entry["sensitive"] and entry["mask"] == "none":
            yield FieldProblem(
                f"dictionary.{place}.mask",
                f"The column {entry['name']} is sensitive and would stand in the public sample as it is.",
                "Mask, hash, generalise or drop it.",
            )


def check_personal_information(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    security = offer["security"]
    contains, details = security["contains_personal_information"], security["personal_information"]
    if offer["data_nature"] == "personal" and not contains:
        yield FieldProblem(
            "security.contains_personal_information",
            "Data of a personal nature contain personal information.",
            "Say true and give its basis, or another data_nature.",
        )
    if contains and details is None:
        yield FieldProblem(
            "security.personal_information",
            "Personal information needs a basis, and evidence of consent or an impact assessment.",
            "Fill in personal_information.",
        )
    elif details and not (details["consent_evidence"] or details["impact_assessment_no"]):
        yield FieldProblem(
            "security.personal_information.consent_evidence",
            "Personal information needs evidence of consent or an impact assessment.",
            "Name where the consent is kept, or the number of the assessment.",
        )
    elif details and details["basis"] == "consent" and not details["consent_evidence"]:
        yield FieldProblem(
            "security.personal_information.consent_evidence",
            "The basis is consent and there is no evidence of it.",
            "Name where the separate consent is kept.",
        )
    if details and not contains:
        yield FieldProblem(
            "security.contains_personal_information",
            "A basis for personal information is given and none is said to be there.",
            "Say true, or leave personal_information out.",
        )


def check_public_data(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    if offer["data_nature"] == "public" and offer["public_data"] is None:
        yield FieldProblem(
            "public_data",
            "Public data need a registration number, an authorised operator and a price basis.",
            "Fill in public_data.",
        )
    elif offer["data_nature"] != "public" and offer["public_data"] is not None:
        yield FieldProblem(
            "public_data",
            "Only public data are registered and authorised so.",
            "Leave it out, or set data_nature to public.",
        )


def check_compliance(offer: Offer, about: Circumstances) -> Iterator[FieldProblem]:
    compliance, table = offer["compliance"], get_table("prohibited_data")
    for item in table.values:
        if compliance["prohibited_data"][item]:
            yield FieldProblem(
                f"compliance.prohibited_data.{item}",
                f"Data that contain this are not traded: {table.label(item, chinese=False).lower()}.",
                "Take it out of the data first.",
            )
    if not compliance["commitment"]:
        yield FieldProblem(
            "compliance.commitment",
            "A listing needs the provider's commitment.",
            "Set it to true when it is true; not before.",
        )
    opinion = compliance["opinion"]
    if opinion and opinion["valid_to"] < about.today:
        yield FieldProblem(
            "compliance.opinion.valid_to",
            f"The opinion ended on {opinion['valid_to']}.",
            "Have it renewed, or leave it out.",
        )
    if opinion and opinion["dated_on"] > about.today:
        yield FieldProblem(
            "compliance.opinion.dated_on",
            f"The opinion is dated {opinion['dated_on']}, which is not past yet.",
            "Give the day on which it was signed.",
        )


def check_rights(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    if not offer["rights"]["operate"]:
        yield FieldProblem(
            "rights.operate",
            "Who may not operate the data 经营权 cannot offer them.",
            "Have the right granted first.",
        )


def check_delivery_modes(offer: Offer, about: Circumstances) -> Iterator[FieldProblem]:
    """Files and queries are made of stored data; what stays with its provider is had through its API only."""
    modes = set(offer["delivery_modes"])
    if about.is_hosted and modes != {"proxy"}:
        yield FieldProblem(
            "delivery_modes",
            "The data stay with the provider, so nothing is delivered but through its API.",
            "Say proxy and nothing else, or leave it out.",
        )
    if not about.is_hosted and "proxy" in modes:
        yield FieldProblem(
            "delivery_modes",
            "The data are stored here, so there is no API of the provider to deliver through.",
            "Say query, file or both.",
        )


def check_visibility(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    visibility = offer["visibility"]
    if visibility["audience"] == "private" and not visibility["allow"]:
        yield FieldProblem(
            "visibility.allow",
            "A private listing that names nobody is seen by nobody.",
            "Name the organisations, or choose another audience.",
        )
    if visibility["audience"] != "private" and visibility["allow"]:
        yield FieldProblem(
            "visibility.allow",
            f"A listing for the audience {visibility['audience']} is not limited to named organisations.",
            "Leave it empty, or set audience to private.",
        )
    if both := sorted(set(visibility["allow"]) & set(visibility["deny"])):
        yield FieldProblem(
            "visibility.deny", f"{', '.join(both)} is allowed and denied.", "Keep it in one list."
        )


def check_price_plans(offer: Offer, _: Circumstances) -> Iterator[FieldProblem]:
    codes = [entry["code"] for entry in offer["price_plans"]]
    for place, entry in enumerate(offer["price_plans"]):
        if entry["code"] in codes[:place]:
            yield FieldProblem(
                f"price_plans.{place}.code", f"The code {entry['code']} stands here twice.", "Use another."
            )
        try:
            PricePlan.from_json(entry["plan"])
        except PricePlanInvalid as refusal:
            member = (refusal.field or "").removeprefix("price_plan")
            yield FieldProblem(f"price_plans.{place}.plan{member}", refusal.detail, refusal.remedy)


def check_validity(offer: Offer, about: Circumstances) -> Iterator[FieldProblem]:
    if offer["valid_to"] and offer["valid_to"] < about.today:
        yield FieldProblem("valid_to", f"{offer['valid_to']} is past.", "Give a later day, or null.")


#: Each rule with the members that it reads.
RULES: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (check_scenarios, ("scenarios",)),
    (check_region, ("coverage",)),
    (check_dictionary, ("dictionary",)),
    (check_sample_masks, ("dictionary",)),
    *GRADING_RULES,
    (check_personal_information, ("security", "data_nature")),
    (check_public_data, ("public_data", "data_nature")),
    (check_compliance, ("compliance",)),
    (check_rights, ("rights",)),
    (check_delivery_modes, ("delivery_modes",)),
    (check_visibility, ("visibility",)),
    (check_price_plans, ("price_plans",)),
    (check_validity, ("valid_to",)),
)
