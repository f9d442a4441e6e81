"""The first draft of a negotiation, from what the listing says; and the bounds that the listing sets to all."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.terms.draft import TermsInvalid, check_draft
from exchange.core.errors import FieldProblem

#: Members of the request that choose among what is listed, and are no part of a contract.
_CHOICE = "plan"


def open_draft(content: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """What the listing offers, but for what the request asks.

    Args:
        content: of the listed version.
        request: members of a draft, and `plan`, the code of one of the listing's price plans.

    Raises:
        TermsInvalid, NotEnforceableYet: the request asks for what no contract can say.
    """
    asked = {name: value for name, value in request.items() if name != _CHOICE}
    listed = {**_listed(content), "price_plan": _plan(content, request.get(_CHOICE))}
    groups = {
        name: {**listed[name], **value}
        for name, value in asked.items()
        if isinstance(value, Mapping) and isinstance(listed.get(name), Mapping) and name != "price_plan"
    }
    return bounded(check_draft({**listed, **asked, **groups}), content)


def bounded(draft: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The draft with its columns in the listing's order, when it keeps within what was reviewed and listed.

    Raises:
        TermsInvalid: names every member that goes beyond the listing.
    """
    if problems := list(_beyond(draft, content)):
        raise TermsInvalid(problems)
    known = [item["name"] for item in content["schema"]["fields"]]
    columns = [name for name in known if name in (draft["columns"] or known)]
    return {**draft, "columns": columns}


def _listed(content: Mapping[str, Any]) -> dict[str, Any]:
    rights, sla, price = (content.get(name) or {} for name in ("rights", "sla", "price_terms"))
    return {
        "delivery_modes": list(content["delivery_modes"]),
        "rights": {
            "exclusive": rights.get("exclusive", False),
            "derivation": rights.get("derivation", False),
            "territory": rights.get("territory", ""),
        },
        "delivery": {
            "availability_bp": sla.get("availability_bp", 0),
            "latency_ms": sla.get("latency_ms"),
            "freshness": sla.get("freshness"),
            "support": sla.get("support", ""),
        },
        "payment": {
            "tax_rate_bp": price.get("tax_rate_bp", 600),
            "tax_included": price.get("tax_included", True),
        },
    }


def _plan(content: Mapping[str, Any], code: str | None) -> dict[str, Any]:
    plans = {entry["code"]: entry["plan"] for entry in content["price_plans"]}
    chosen = code or next(iter(plans))
    if chosen not in plans:
        raise TermsInvalid([_not_listed("plan", chosen, list(plans))])
    plan: dict[str, Any] = plans[chosen]
    return plan


def _beyond(draft: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[FieldProblem]:
    known = [item["name"] for item in content["schema"]["fields"]]
    if unknown := [name for name in draft["columns"] if name not in known]:
        told = f"the data set has no column {', '.join(unknown)}"
        yield FieldProblem("columns", told, f"It has {', '.join(known)}.")
    policy = content["usage_policy"]
    for name, listed in (("purpose", policy["purposes"]), ("scenario", content["scenarios"])):
        if draft[name] not in listed:
            yield _not_listed(name, draft[name], listed)
    if draft["days"] > policy["max_days"]:
        told = f"the listing permits at most {policy['max_days']} days"
        yield FieldProblem("days", told, "Ask for fewer.")
    for mode in draft["delivery_modes"]:
        if mode not in content["delivery_modes"]:
            yield _not_listed("delivery_modes", mode, content["delivery_modes"])
    rights = content.get("rights") or {}
    for name in ("exclusive", "derivation"):
        if draft["rights"][name] and not rights.get(name):
            told = f"the listing does not grant {name} use"
            yield FieldProblem(f"rights.{name}", told, "Leave it false; a new version may grant it.")


def _not_listed(field: str, value: str, listed: list[str]) -> FieldProblem:
    return FieldProblem(
        field, f"the listing does not permit the {field} {value!r}", f"It permits: {', '.join(listed)}."
    )
