"""How the offline verifier checks contracts: whose key, which bytes, signed by all, countersigned last."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.agreements import signing
from contracts.negotiations.replay import NegotiationFacts, Talk
from contracts.negotiations.turns import NegotiationState
from contracts.terms import Terms, check_terms, says_what_was_agreed
from contracts.terms.document import ROLES
from exchange.core.clock import from_millis, to_millis
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
    #: Until when each is in force as things stand: the end in the terms, or an earlier one.
    ends_at_ms: dict[str, int] = field(default_factory=dict)

    def ends_at(self, agreement_id: str) -> datetime:
        """Until when an executed agreement is in force as things stand at this place of the log."""
        moved = self.ends_at_ms.get(agreement_id)
        return self.terms[agreement_id].valid_until if moved is None else from_millis(moved)


@RULES.on("agreement.frozen")
def note_frozen(replay: Replay, event: LoggedEvent) -> None:
    payload = event.content
    facts = replay.facts(AgreementFacts)
    terms = check_terms(Terms.read(payload["terms"].encode()))
    _check_agreed(replay, terms)
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


def _check_agreed(replay: Replay, terms: Terms) -> None:
    """The frozen terms say what the parties' accepted draft says, between these two, under its id."""
    talk = replay.facts(NegotiationFacts).talks.get(terms.document["negotiation_id"])
    if talk is None or talk.state != NegotiationState.AGREED:
        replay.finding("terms are frozen that no negotiation has agreed on")
        return
    if terms.contract_id != talk.contract_id:
        replay.finding("the terms have another contract id than the acceptance")
    for role, organisation in talk.organisations.items():
        if terms.party(role).organisation_id != organisation:
            replay.finding(f"the terms name another {role} than the negotiation")
    _check_renewal(replay, terms, talk)
    if not says_what_was_agreed(terms, talk.draft):
        replay.finding("the frozen terms say something else than the accepted draft")
    replay.checked(N_("agreed terms"))


def _check_renewal(replay: Replay, terms: Terms, talk: Talk) -> None:
    """A renewal follows an executed agreement between the same two, and begins when that one has ended."""
    if terms.document["renews"] != talk.renews:
        replay.finding("the terms follow another agreement than the negotiation")
    if talk.renews is None:
        return
    followed = replay.facts(AgreementFacts).terms.get(talk.renews)
    if followed is None:
        replay.finding("a renewal follows an agreement that is not executed")
        return
    for role in ("provider", "buyer"):
        if followed.party(role).organisation_id != terms.party(role).organisation_id:
            replay.finding(f"a renewal has another {role} than the agreement that it follows")
    if to_millis(terms.valid_from) < replay.facts(AgreementFacts).ends_at_ms[talk.renews]:
        replay.finding("a renewal begins before the agreement that it follows has ended")
    replay.checked(N_("renewals"))


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
    facts.ends_at_ms[agreement_id] = to_millis(terms.valid_until)
    replay.checked(N_("contracts"))
