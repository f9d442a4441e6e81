"""How the offline verifier checks contracts: whose key, which bytes, signed by all, countersigned last."""

from dataclasses import dataclass, field

from contracts.agreements import signing
from contracts.terms import Terms
from contracts.terms.document import ROLES
from exchange.core.entries import LoggedEvent
from exchange.core.errors import Invalid
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.datasets.revisions.replay import RevisionFacts
from exchange.participants.keys.facts import KeyFacts
from exchange.trust import Signature, jws
from exchange.trust.purposes import COUNTERSIGNATURE
from exchange.trust.suites import require_suite

RULES = ReplayRules()


@dataclass
class AgreementFacts:
    """Frozen terms, signatures that counted at their place, and executed agreements, in the order of the log."""

    frozen: dict[str, Terms] = field(default_factory=dict)
    signed: dict[tuple[str, str], Signature] = field(default_factory=dict)
    terms: dict[str, Terms] = field(default_factory=dict)
    executed_at_ms: dict[str, int] = field(default_factory=dict)


@RULES.on("agreement.frozen")
def note_frozen(replay: Replay, event: LoggedEvent) -> None:
    payload = event.content
    facts = replay.facts(AgreementFacts)
    terms = Terms.read(payload["terms"].encode())
    if terms.digest != payload["terms_sha256"] or terms.agreement_id != payload["agreement_id"]:
        replay.finding("the frozen terms are not the ones the event names")
    if terms.agreement_id in facts.frozen:
        replay.finding(f"the terms of {terms.agreement_id} are frozen a second time")
    facts.frozen[terms.agreement_id] = terms
    for role in ROLES:
        require_suite(terms.required_suite, {terms.party(role).algorithm})


@RULES.on("agreement.signed")
def check_signed(replay: Replay, event: LoggedEvent) -> None:
    """A party signed the frozen terms with a key that is in force at this place of the log.

    What becomes of the key later changes nothing about this signature.
    """
    payload = event.content
    facts, keys = replay.facts(AgreementFacts), replay.facts(KeyFacts)
    agreement_id, role = payload["agreement_id"], payload["role"]
    if agreement_id not in facts.frozen:
        raise Invalid(f"{agreement_id} is signed, and its terms are not frozen before")
    terms, signature = facts.frozen[agreement_id], Signature(**payload["signature"])
    party = terms.party(role)
    key = keys.signing_key(party.kid, party.organisation_id, at=event)
    signing.verify_party(terms, role, signature, key)
    if (agreement_id, role) in facts.signed:
        replay.finding(f"the {role} signs {agreement_id} a second time")
    facts.signed[agreement_id, role] = signature
    replay.checked(N_("party signatures"))


@RULES.on("agreement.executed")
def check_executed(replay: Replay, event: LoggedEvent) -> None:
    """Every party signed the frozen terms at an earlier place of the log; the exchange signed last."""
    payload = event.content
    facts, keys = replay.facts(AgreementFacts), replay.facts(KeyFacts)
    terms = Terms.read(payload["terms"].encode())
    agreement_id = payload["agreement_id"]
    if facts.frozen.get(agreement_id) != terms or terms.agreement_id != agreement_id:
        replay.finding("the executed terms are not the ones that were frozen")
    if terms.revision_id in replay.facts(RevisionFacts).revoked:
        replay.finding("an agreement was executed on a revision that was revoked before")
    if agreement_id in facts.terms:
        replay.finding(f"{agreement_id} is executed a second time")
    signatures = {role: Signature(**item) for role, item in payload["signatures"].items()}
    if signatures.keys() != {"provider", "buyer"}:
        replay.finding("a required signature is missing")
    for role, signature in signatures.items():
        if facts.signed.get((agreement_id, role)) != signature:
            replay.finding(f"the {role} did not give this signature at an earlier place of the log")
            party = terms.party(role)
            key = keys.signing_key(party.kid, party.organisation_id, at=event)
            signing.verify_party(terms, role, signature, key)
    exchange_key = keys.exchange_key(terms.party("exchange").kid)
    _, signed = jws.verify_compact(
        payload["countersignature"], key=exchange_key, typ=COUNTERSIGNATURE, role="exchange"
    )
    if signed != signing.countersignature_payload(terms, signatures):
        replay.finding("the exchange countersigned something else")
    facts.terms[agreement_id] = terms
    facts.executed_at_ms[agreement_id] = event.at_ms
    replay.checked(N_("contracts"))
