"""How the offline verifier checks the register: signed, listed before, numbered without a gap."""

import re
from dataclasses import dataclass, field

from exchange.catalogue.replay import ListingFacts
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.keys.facts import KeyFacts
from exchange.registry.certificate import read_certificate
from exchange.registry.identifiers import require_product_no
from exchange.trust import jws

RULES = ReplayRules()
_NUMBER = re.compile(r"^R(\d{4})-(\d{6})$")


@dataclass
class RegisterFacts:
    """What the register has done so far, in the order of the log."""

    applied: set[tuple[str, int]] = field(default_factory=set)
    #: Objections that nobody has decided, by what they are against.
    objections: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    upheld: set[tuple[str, int]] = field(default_factory=set)
    #: Numbers given out per year.
    issued: dict[str, int] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    #: Listing of each handle: one product, one handle, for ever.
    handles: dict[str, str] = field(default_factory=dict)


@RULES.on("registration.applied")
def note_application(replay: Replay, event: LoggedEvent) -> None:
    replay.facts(RegisterFacts).applied.add(_subject(event))


@RULES.on("registration.objected")
def note_objection(replay: Replay, event: LoggedEvent) -> None:
    facts = replay.facts(RegisterFacts)
    facts.objections.setdefault(_subject(event), set()).add(event.content["objection_id"])


@RULES.on("registration.objection_decided")
def note_decision(replay: Replay, event: LoggedEvent) -> None:
    facts, subject = replay.facts(RegisterFacts), _subject(event)
    waiting = facts.objections.get(subject, set())
    if event.content["objection_id"] not in waiting:
        replay.finding("an objection was decided that nobody had raised, or twice")
    waiting.discard(event.content["objection_id"])
    if event.content["decision"] == "upheld":
        facts.upheld.add(subject)


@RULES.on("registration.certificate_issued")
def check_certificate(replay: Replay, event: LoggedEvent) -> None:
    """The exchange signed it, over a version that was written and listed, with the next number."""
    facts, subject, payload = replay.facts(RegisterFacts), _subject(event), event.content
    _, signature = jws.parse_compact(payload["token"])
    key = replay.facts(KeyFacts).exchange_key(jws.read_header(signature).kid)
    document = read_certificate(payload["token"], key=key)
    for member in ("number", "listing_id", "version", "handle", "product_no"):
        if document[member] != payload[member]:
            replay.finding(f"the certificate says another {member} than the event")
    if document["content_sha256"] != replay.facts(ListingFacts).digests.get(subject):
        replay.finding("the certificate is about a content that nobody wrote")
    if subject not in facts.applied or facts.objections.get(subject) or subject in facts.upheld:
        replay.finding("the certificate was issued without application, or against an objection")
    if facts.handles.setdefault(payload["handle"], payload["listing_id"]) != payload["listing_id"]:
        replay.finding("one handle stands for two products")
    require_product_no(payload["product_no"])
    _check_number(replay, facts, payload["number"])
    replay.checked(N_("registration certificates"))


@RULES.on("registration.certificate_revoked")
def check_revocation(replay: Replay, event: LoggedEvent) -> None:
    if event.content["number"] not in replay.facts(RegisterFacts).numbers:
        replay.finding("a certificate was revoked that was never issued")


def _check_number(replay: Replay, facts: RegisterFacts, number: str) -> None:
    match = _NUMBER.match(number)
    if match is None:
        replay.finding(f"{number} is no number of a certificate")
        return
    year, place = match[1], int(match[2])
    expected = facts.issued.get(year, 0) + 1
    if place != expected:
        replay.finding(f"certificate {number} follows number {expected - 1} of {year}")
    facts.issued[year] = place
    facts.numbers.add(number)


def _subject(event: LoggedEvent) -> tuple[str, int]:
    return event.content["listing_id"], event.content["version"]
