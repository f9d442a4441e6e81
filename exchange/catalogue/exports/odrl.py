"""What a listing lets a buyer do, as an ODRL 2.2 offer; every rule stands beside the words it was made from."""

from collections.abc import Iterator
from typing import Any

from exchange.catalogue.exports.described import DescribedListing, in_both_languages

_ODRL = "http://www.w3.org/ns/odrl/2/"
#: Written out, so that no reader fetches a context; the names are those of the ODRL vocabulary.
CONTEXT: dict[str, Any] = {
    "odrl": _ODRL,
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "uid": "@id",
    **{
        name: f"odrl:{name}"
        for name in ("Offer", "Asset", "Party", "Permission", "Prohibition", "Duty", "Constraint")
    },
    **{
        name: {"@id": f"odrl:{name}", "@type": "@vocab"}
        for name in ("action", "conflict", "leftOperand", "operator")
    },
    **{
        name: {"@id": f"odrl:{name}", "@container": "@set"}
        for name in ("permission", "prohibition", "duty", "constraint")
    },
    "target": {"@id": "odrl:target", "@type": "@id"},
    "assigner": {"@id": "odrl:assigner", "@type": "@id"},
    "rightOperand": "odrl:rightOperand",
    **{
        name: f"odrl:{name}"
        for name in (
            *("use", "compensate", "distribute", "sell", "derive", "prohibit"),
            *("purpose", "elapsedTime", "spatial", "isAnyOf", "lteq", "eq"),
        )
    },
    "title": "dct:title",
    "description": "dct:description",
    "identifier": "dct:identifier",
    "source": "dct:source",
    "valid": {"@id": "dct:valid", "@type": "xsd:date"},
}


def describe_offer(listing: DescribedListing) -> dict[str, Any]:
    """The offer of the version on offer, as JSON-LD."""
    content = listing.content
    offer: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Offer",
        "uid": listing.offer,
        "title": _said(in_both_languages(content, "title")),
        "conflict": "prohibit",
        "assigner": {
            "@type": "Party",
            "uid": f"{listing.base_url}/catalogue#{listing.provider.id}",
            "title": _said([("zh", listing.provider.name_zh), ("en", listing.provider.name_en)]),
        },
        "target": _target(listing),
        "permission": [_permission(listing)],
        "prohibition": list(_prohibitions(listing)),
    }
    if content["restrictions"]:
        offer["description"] = content["restrictions"]
    if content["valid_to"]:
        offer["valid"] = content["valid_to"]
    return offer


def _target(listing: DescribedListing) -> dict[str, Any]:
    """The data set under the name that the catalogue gives it, beside its names in other schemes."""
    asset: dict[str, Any] = {"@type": "Asset", "uid": listing.dataset}
    named = [identifier for _, identifier in listing.identifiers]
    return {**asset, "identifier": named} if named else asset


def _permission(listing: DescribedListing) -> dict[str, Any]:
    return {
        "@type": "Permission",
        "uid": listing.part(f"offer-v{listing.version}-use"),
        "target": listing.dataset,
        "action": "use",
        "constraint": list(_constraints(listing)),
        "duty": [_payment(listing, plan) for plan in listing.content["price_plans"]],
    }


def _constraints(listing: DescribedListing) -> Iterator[dict[str, Any]]:
    policy, rights = listing.content["usage_policy"], listing.content["rights"]
    yield {
        **_constraint(listing, "purpose", "isAnyOf", "usage_policy.purposes"),
        "rightOperand": list(policy["purposes"]),
        "description": _said([("zh", "仅限所列用途"), ("en", "Only for the purposes named")]),
    }
    days = policy["max_days"]
    yield {
        **_constraint(listing, "elapsedTime", "lteq", "usage_policy.max_days"),
        "rightOperand": {"@value": f"P{days}D", "@type": "xsd:duration"},
        "description": _said(
            [("zh", f"自协议生效起至多 {days} 日"), ("en", f"At most {days} days from signature")]
        ),
    }
    if rights and rights["territory"]:
        yield {
            **_constraint(listing, "spatial", "eq", "rights.territory"),
            "rightOperand": rights["territory"],
            "description": _said([("zh", "仅限所列地域"), ("en", "Only in the territory named")]),
        }


def _constraint(listing: DescribedListing, operand: str, operator: str, source: str) -> dict[str, Any]:
    return {
        "@type": "Constraint",
        "uid": listing.part(f"offer-v{listing.version}-{operand}"),
        "leftOperand": operand,
        "operator": operator,
        "source": source,
    }


def _payment(listing: DescribedListing, plan: dict[str, Any]) -> dict[str, Any]:
    """The duty to pay under one plan; the plan itself stands in the data contract, to the last µ¥."""
    duty = {
        "@type": "Duty",
        "uid": listing.part(f"offer-v{listing.version}-pay-{plan['code']}"),
        "action": "compensate",
        "source": f"price_plans.{plan['code']}",
    }
    titles = _said(in_both_languages(plan, "title"))
    return {**duty, "title": titles} if titles else duty


def _prohibitions(listing: DescribedListing) -> Iterator[dict[str, Any]]:
    rights = listing.content["rights"]
    if listing.content["usage_policy"]["onward_transfer"] == "prohibited":
        yield _prohibition(
            listing, "distribute", "usage_policy.onward_transfer", "不得转让给他人", "No onward transfer"
        )
    if rights and not rights["resale"]:
        yield _prohibition(listing, "sell", "rights.resale", "不得转售", "No resale")
    if rights and not rights["derivation"]:
        yield _prohibition(listing, "derive", "rights.derivation", "不得加工衍生", "No derived products")


def _prohibition(listing: DescribedListing, action: str, source: str, zh: str, en: str) -> dict[str, Any]:
    return {
        "@type": "Prohibition",
        "uid": listing.part(f"offer-v{listing.version}-no-{action}"),
        "target": listing.dataset,
        "action": action,
        "source": source,
        "description": _said([("zh", zh), ("en", en)]),
    }


def _said(words: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in words]
