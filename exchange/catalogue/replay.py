"""How the offline verifier checks listings: what was listed is what was written, and four eyes saw it twice."""

import hashlib
from dataclasses import dataclass, field

from exchange.core import canonical
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.datasets.revisions.replay import RevisionFacts
from exchange.hosted.replay import HostedFacts
from exchange.participants.actors import APPROVER, EDITOR, OPERATOR
from exchange.participants.replay import PeopleFacts

RULES = ReplayRules()
Key = tuple[str, int]


@dataclass
class ListingFacts:
    """Versions with whoever had a hand in them, and the listings that are stopped."""

    digests: dict[Key, str] = field(default_factory=dict)
    providers: dict[str, str] = field(default_factory=dict)
    #: Digest of the described API, for versions whose data stay with the provider.
    apis: dict[Key, str] = field(default_factory=dict)
    #: Who wrote or submitted the version.
    hands: dict[Key, set[str]] = field(default_factory=dict)
    #: Versions that wait for the organisation, then for the operator.
    submitted: set[Key] = field(default_factory=set)
    approved: set[Key] = field(default_factory=set)
    #: Listings under which nothing is delivered.
    stopped: set[str] = field(default_factory=set)
    revisions: dict[Key, str | None] = field(default_factory=dict)


@RULES.on("listing.version_written")
def note_version(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(ListingFacts)
    key = _key(event)
    if hashlib.sha256(canonical.to_bytes(payload["content"])).hexdigest() != payload["digest"]:
        replay.finding("the content of the listing does not have the digest the event names")
    if key in facts.digests:
        replay.finding(f"version {key[1]} is written twice")
    if facts.providers.setdefault(key[0], payload["organisation_id"]) != payload["organisation_id"]:
        replay.finding("another organisation wrote a version of the listing")
    _check_hosted(replay, event)
    _require(replay, event, EDITOR)
    facts.digests[key] = payload["digest"]
    facts.hands[key] = {event.actor}
    facts.revisions[key] = payload["revision_id"]
    replay.checked(N_("listing versions"))


@RULES.on("listing.version_submitted")
def note_submission(replay: Replay, event: LoggedEvent) -> None:
    facts, key = replay.facts(ListingFacts), _key(event)
    if key not in facts.digests:
        replay.finding("a version was submitted that nobody had written")
    _require(replay, event, EDITOR)
    if (
        key in facts.apis
        and (facts.providers.get(key[0]), facts.apis[key]) not in replay.facts(HostedFacts).passed
    ):
        replay.finding("a version was submitted whose API had not passed a connection test")
    facts.hands.setdefault(key, set()).add(event.actor)
    facts.submitted.add(key)
    facts.approved.discard(key)


@RULES.on("listing.version_approved")
def check_approval(replay: Replay, event: LoggedEvent) -> None:
    """A second person of the provider, with the duty, and a full checklist."""
    facts, key = replay.facts(ListingFacts), _key(event)
    if key not in facts.submitted:
        replay.finding("a version was approved that nobody had submitted")
    if event.actor in facts.hands.get(key, set()):
        replay.finding("a person approved a version that they wrote or submitted")
    _require(replay, event, APPROVER)
    facts.submitted.discard(key)
    if event.content["decision"] == "approved":
        _require_ticks(replay, event)
        facts.approved.add(key)
    replay.checked(N_("approvals of listings"))


@RULES.on("listing.version_decided")
def check_decision(replay: Replay, event: LoggedEvent) -> None:
    """The operator decides, on what its provider approved, and never on its own listing."""
    facts, key = replay.facts(ListingFacts), _key(event)
    people = replay.facts(PeopleFacts)
    if key not in facts.approved:
        replay.finding("a version was decided that its organisation had not approved")
    if people.organisation_of(event.actor) == facts.providers.get(key[0]):
        replay.finding("an organisation decided on its own listing")
    if not people.has_role(event.actor, OPERATOR) or not people.has_duty(event.actor, APPROVER):
        replay.finding("somebody decided on a listing who may not")
    facts.approved.discard(key)
    if event.content["decision"] == "listed":
        _require_ticks(replay, event)
        if facts.revisions.get(key) in replay.facts(RevisionFacts).revoked:
            replay.finding("a version was listed whose revision was revoked before")
    replay.checked(N_("decisions on listings"))


@RULES.on("listing.version_withdrawn")
def note_withdrawal(replay: Replay, event: LoggedEvent) -> None:
    facts, key = replay.facts(ListingFacts), _key(event)
    _require(replay, event, EDITOR)
    facts.submitted.discard(key)
    facts.approved.discard(key)


@RULES.on("listing.suspended", "listing.delisted")
def note_stop(replay: Replay, event: LoggedEvent) -> None:
    """The operator stops any listing, the provider delists its own; the provider lifts no stop."""
    facts, listing_id = replay.facts(ListingFacts), event.content["listing_id"]
    people = replay.facts(PeopleFacts)
    is_operator = people.has_role(event.actor, OPERATOR)
    is_own = people.organisation_of(event.actor) == facts.providers.get(listing_id)
    if not is_operator and not (is_own and event.type == "listing.delisted"):
        replay.finding("somebody stopped a listing who may not")
    if event.content["effect"] == "stop_deliveries":
        facts.stopped.add(listing_id)
    elif listing_id in facts.stopped:
        facts.stopped.discard(listing_id)
        if not is_operator:
            replay.finding("a provider lifted a stop of deliveries")
    replay.checked(N_("stops of listings"))


@RULES.on("listing.resumed")
def note_resumption(replay: Replay, event: LoggedEvent) -> None:
    replay.facts(ListingFacts).stopped.discard(event.content["listing_id"])
    if not replay.facts(PeopleFacts).has_role(event.actor, OPERATOR):
        replay.finding("somebody resumed a listing who may not")


def _check_hosted(replay: Replay, event: LoggedEvent) -> None:
    """What a version shows of an API is what its own provider described, without a revision beside it."""
    content = event.content["content"]
    if "hosted" not in content:
        return  # written before there were such listings
    described = content["hosted"]
    if (described is None) == (content["revision"] is None):
        replay.finding("the version is about a revision and an API, or about neither")
    if described is None:
        return
    facts, product = replay.facts(HostedFacts), described["id"]
    if facts.described.get((product, described["version"])) != described:
        replay.finding("the version shows an API that nobody described so")
    if facts.providers.get(product) != event.content["organisation_id"]:
        replay.finding("the version shows the API of another organisation")
    replay.facts(ListingFacts).apis[_key(event)] = described["api_sha256"]


def _key(event: LoggedEvent) -> Key:
    return event.content["listing_id"], event.content["version"]


def _require(replay: Replay, event: LoggedEvent, duty: str) -> None:
    """The actor acts for the listing's provider and has the duty."""
    people = replay.facts(PeopleFacts)
    provider = replay.facts(ListingFacts).providers.get(event.content["listing_id"])
    if people.organisation_of(event.actor) != provider:
        replay.finding("a stranger to the provider acted on its listing")
    elif not people.has_duty(event.actor, duty):
        replay.finding(f"a person acted on a listing without the duty of {duty}")


#: Frozen with the format of the events; the shown table may grow later.
_CHECKLIST = frozenset(
    {
        "combinable_to_reveal",
        "core_data",
        "grading",
        "personal_information_without_consent",
        "rights",
        "scenario",
        "source",
        "state_secrets",
        "trade_secrets_of_others",
        "unlawfully_obtained",
    }
)


def _require_ticks(replay: Replay, event: LoggedEvent) -> None:
    if not set(event.content["checklist"]) >= _CHECKLIST:
        replay.finding("a version passed a review whose checklist was not complete")
