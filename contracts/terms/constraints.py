"""Every limit that machines read: where the terms say it, how ODRL says it, and who carries it out.

One source for both: the policy and the clause that says the limit in words are made from the same member.
What stands in no row of this table is refused by the schema of the terms, never ignored.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exchange.core.clock import from_millis, to_text

Document = Mapping[str, Any]
#: Left operand, operator, right operand.
Triple = tuple[str, str, Any]

DAY_MS = 86_400_000


class Enforcement(StrEnum):
    """Who makes a limit hold today."""

    #: The gate refuses before the first byte, and the offline verifier checks the deliveries again.
    GATE_PROVED = "gate_proved"
    #: The gate refuses before the first byte; the evidence does not show it.
    GATE = "gate"
    #: Checked when the contract is made; afterwards the buyer's duty.
    AGREED = "agreed"
    #: The buyer's duty alone: once the data are handed over, no machine of the exchange sees them.
    DUTY = "duty"


@dataclass(frozen=True)
class Constraint:
    """One limit; `kind` says whether ODRL has it as a constraint of the permission or a rule of its own."""

    code: str
    #: Path of the member of the terms that it is made of.
    member: str
    enforcement: Enforcement
    triples: Callable[[Document], list[Triple]]
    #: `permission`, or the action of a prohibition or an obligation.
    rule: str = "permission"
    action: str = "use"

    def odrl(self, document: Document) -> list[dict[str, Any]]:
        """Its constraints in ODRL terms; empty where the terms do not set it."""
        return [
            {"leftOperand": left, "operator": operator, "rightOperand": right}
            for left, operator, right in self.triples(document)
        ]


def _permitted(name: str) -> Callable[[Document], Any]:
    return lambda document: document["permission"][name]


def _at_most(operand: str, name: str) -> Callable[[Document], list[Triple]]:
    return lambda document: _given(operand, "lteq", _permitted(name)(document))


def _given(operand: str, operator: str, value: Any) -> list[Triple]:
    return [] if value in (None, [], "") else [(operand, operator, value)]


def _period(document: Document) -> list[Triple]:
    permission = document["permission"]
    if permission["valid_from"] is None:
        return [("elapsedTime", "lteq", f"P{permission['days']}D")]
    return [
        ("dateTime", "gteq", to_text(from_millis(permission["valid_from"]))),
        ("dateTime", "lt", to_text(from_millis(permission["valid_until"]))),
    ]


def _deletion(document: Document) -> list[Triple]:
    days, until = document["end"]["destruction_days"], document["permission"]["valid_until"]
    if until is None:
        return [("delayPeriod", "lteq", f"P{days}D")]
    return [("dateTime", "lteq", to_text(from_millis(until + days * DAY_MS)))]


def _data_range(document: Document) -> list[Triple]:
    first, end = (_permitted(name)(document) for name in ("data_from", "data_to"))
    return [*_given("dataTime", "gteq", first), *_given("dataTime", "lt", end)]


def _row_filter(document: Document) -> list[Triple]:
    return [
        ("row", "isAnyOf" if item["op"] == "in" else item["op"], [item["column"], *item["values"]])
        for item in document["permission"]["row_filter"]
    ]


def _recipient(document: Document) -> list[Triple]:
    buyers = [party["organisation_id"] for party in document["parties"] if party["role"] == "buyer"]
    return [("recipient", "eq", f"urn:wdx:{buyers[0]}")]


def _no_triples(_: Document) -> list[Triple]:
    return []


CONSTRAINTS: tuple[Constraint, ...] = (
    Constraint(
        "purpose",
        "purpose",
        Enforcement.AGREED,
        lambda document: [("purpose", "eq", document["purpose"])],
    ),
    Constraint("period", "permission.valid_until", Enforcement.GATE_PROVED, _period),
    Constraint("recipient", "parties", Enforcement.GATE, _recipient),
    Constraint(
        "columns",
        "permission.columns",
        Enforcement.GATE_PROVED,
        lambda document: [("columns", "isPartOf", _permitted("columns")(document))],
    ),
    Constraint(
        "modes",
        "permission.delivery_modes",
        Enforcement.GATE_PROVED,
        lambda document: [("deliveryChannel", "isAnyOf", _permitted("delivery_modes")(document))],
    ),
    Constraint("rows", "permission.max_rows", Enforcement.GATE_PROVED, _at_most("rows", "max_rows")),
    Constraint("calls", "permission.max_calls", Enforcement.GATE_PROVED, _at_most("count", "max_calls")),
    Constraint("row_filter", "permission.row_filter", Enforcement.GATE, _row_filter),
    Constraint(
        "rate",
        "permission.calls_per_minute",
        Enforcement.GATE_PROVED,
        _at_most("callsPerMinute", "calls_per_minute"),
    ),
    Constraint("data_range", "permission.data_from", Enforcement.GATE_PROVED, _data_range),
    Constraint(
        "networks",
        "permission.networks",
        Enforcement.GATE,
        lambda document: _given("virtualLocation", "isPartOf", _permitted("networks")(document)),
    ),
    Constraint(
        "territory",
        "rights.territory",
        Enforcement.DUTY,
        lambda document: _given("spatial", "eq", document["rights"]["territory"]),
    ),
    Constraint(
        "onward_transfer", "prohibitions", Enforcement.DUTY, _no_triples, "prohibition", "distribute"
    ),
    Constraint("sale", "prohibitions", Enforcement.DUTY, _no_triples, "prohibition", "sell"),
    Constraint("derivation", "prohibitions", Enforcement.DUTY, _no_triples, "prohibition", "derive"),
    Constraint("ai_training", "prohibitions", Enforcement.DUTY, _no_triples, "prohibition", "trainModel"),
    Constraint("deletion", "end.destruction_days", Enforcement.DUTY, _deletion, "obligation", "delete"),
)
BY_CODE = {constraint.code: constraint for constraint in CONSTRAINTS}


def prohibitions_of(rights: Mapping[str, Any]) -> list[str]:
    """What the contract forbids: onward transfer and sale always, the others unless they are granted."""
    granted = {name for name in ("derivation", "ai_training") if rights[name]}
    return [
        constraint.code
        for constraint in CONSTRAINTS
        if constraint.rule == "prohibition" and constraint.code not in granted
    ]


def constraints_in_force(document: Document) -> Iterable[Constraint]:
    """The limits that a document sets."""
    for constraint in CONSTRAINTS:
        if constraint.rule == "prohibition":
            if constraint.code in document["prohibitions"]:
                yield constraint
        elif constraint.triples(document):
            yield constraint
