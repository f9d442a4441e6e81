"""The usage policy in ODRL 2.2: compact in the signed terms, and as JSON-LD for other programs."""

from collections.abc import Mapping
from typing import Any

from contracts.terms.constraints import CONSTRAINTS, Document, constraints_in_force
from exchange.catalogue.exports.odrl import CONTEXT as OFFER_CONTEXT

#: Names the operands and actions that ODRL does not have; docs/reference/terms.md defines them.
PROFILE = "urn:wdx:odrl:1"
_OWN = ("columns", "rows", "callsPerMinute", "row", "dataTime", "trainModel")
_BORROWED = (
    *("Agreement", "dateTime", "delayPeriod", "recipient", "deliveryChannel", "virtualLocation", "count"),
    *("gteq", "gt", "lt", "isPartOf", "delete"),
)
CONTEXT: dict[str, Any] = {
    **OFFER_CONTEXT,
    "wdx": f"{PROFILE}:",
    **{name: f"odrl:{name}" for name in _BORROWED},
    **{name: f"wdx:{name}" for name in _OWN},
    "assignee": {"@id": "odrl:assignee", "@type": "@id"},
    "profile": {"@id": "odrl:profile", "@type": "@id"},
    "obligation": {"@id": "odrl:obligation", "@container": "@set"},
}
_DATATYPES = {"dateTime": "xsd:dateTime", "elapsedTime": "xsd:duration", "delayPeriod": "xsd:duration"}


def policy_of(document: Document) -> dict[str, Any]:
    """The policy as it stands in the terms: no prose, nothing but what the members say."""
    rules: dict[str, list[dict[str, Any]]] = {"permission": [], "prohibition": [], "obligation": []}
    found = list(constraints_in_force(document))
    permission = [
        item
        for constraint in found
        if constraint.rule == "permission"
        for item in _sourced(constraint, document)
    ]
    rules["permission"].append(
        {
            "action": "use",
            "constraint": permission,
            "duty": [{"action": "compensate", "source": "price_plan"}],
        }
    )
    for constraint in found:
        if constraint.rule != "permission":
            rules[constraint.rule].append(
                {
                    "action": constraint.action,
                    "source": constraint.member,
                    "constraint": _sourced(constraint, document),
                }
            )
    return {"profile": PROFILE, **rules}


def describe_policy(document: Document, words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The policy of signed terms as an ODRL agreement in JSON-LD.

    Args:
        words: by code of the constraint, its sentence in `zh` and `en`, from the clauses.
    """
    subject, parties = document["subject"], {item["role"]: item for item in document["parties"]}
    base = f"urn:wdx:{document['agreement_id']}"
    target = f"urn:wdx:{subject['listing_id']}:v{subject['listing_version']}"
    policy, described = document["policy"], _Described(base, target, words)
    return {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": base,
        "profile": policy["profile"],
        "title": _said({"zh": subject["title_zh"], "en": subject["title_en"]}),
        "conflict": "prohibit",
        "assigner": _party(parties["provider"]),
        "assignee": _party(parties["buyer"]),
        "target": {"@type": "Asset", "uid": target},
        "permission": [described.permission(rule) for rule in policy["permission"]],
        "prohibition": [described.rule("Prohibition", rule) for rule in policy["prohibition"]],
        "obligation": [described.rule("Duty", rule) for rule in policy["obligation"]],
    }


class _Described:
    """Gives every rule and constraint of one policy its name, its type and its words."""

    def __init__(self, base: str, target: str, words: Mapping[str, Mapping[str, str]]) -> None:
        self.base, self.target, self.words = base, target, words

    def permission(self, rule: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "@type": "Permission",
            "uid": f"{self.base}#use",
            "target": self.target,
            "action": rule["action"],
            "constraint": [self.constraint(item, number) for number, item in enumerate(rule["constraint"])],
            "duty": [
                {
                    "@type": "Duty",
                    "uid": f"{self.base}#pay",
                    "action": item["action"],
                    "source": item["source"],
                }
                for item in rule["duty"]
            ],
        }

    def rule(self, kind: str, rule: Mapping[str, Any]) -> dict[str, Any]:
        code = _CODE_OF_ACTION[rule["action"]]
        described = {
            "@type": kind,
            "uid": f"{self.base}#{rule['action']}",
            "target": self.target,
            "action": rule["action"],
            "source": rule["source"],
            "description": _said(self.words[code]),
        }
        if rule["constraint"]:
            described["constraint"] = [self.constraint(item, rule["action"]) for item in rule["constraint"]]
        return described

    def constraint(self, item: Mapping[str, Any], place: int | str) -> dict[str, Any]:
        value, datatype = item["rightOperand"], _DATATYPES.get(item["leftOperand"])
        right = {"@value": value, "@type": datatype} if datatype else value
        if item["leftOperand"] == "recipient":
            right = {"@id": value}
        return {
            "@type": "Constraint",
            "uid": f"{self.base}#{place}-{item['leftOperand']}-{item['operator']}",
            "leftOperand": item["leftOperand"],
            "operator": item["operator"],
            "rightOperand": right,
            "source": item["source"],
            "description": _said(self.words[item["limit"]]),
        }


_CODE_OF_ACTION = {item.action: item.code for item in CONSTRAINTS if item.rule != "permission"}


def _sourced(constraint: Any, document: Document) -> list[dict[str, Any]]:
    return [
        {**item, "limit": constraint.code, "source": constraint.member}
        for item in constraint.odrl(document)
    ]


def _party(party: Mapping[str, Any]) -> dict[str, Any]:
    names = {"zh": party["name_zh"], "en": party["name_en"]}
    return {"@type": "Party", "uid": f"urn:wdx:{party['organisation_id']}", "title": _said(names)}


def _said(words: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"@value": words[language], "@language": language} for language in ("zh", "en") if words[language]
    ]
