"""How the offline verifier checks listings: what was listed is what was written, and was reviewed."""

import hashlib
from dataclasses import dataclass, field

from exchange.core import canonical
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.datasets.revisions.replay import RevisionFacts

RULES = ReplayRules()


@dataclass
class ListingFacts:
    """Versions written and decided, by listing and number."""

    digests: dict[tuple[str, int], str] = field(default_factory=dict)
    submitted: set[tuple[str, int]] = field(default_factory=set)
    revisions: dict[tuple[str, int], str] = field(default_factory=dict)


@RULES.on("listing.version_written")
def note_version(replay: Replay, event: LoggedEvent) -> None:
    payload = event.content
    if hashlib.sha256(canonical.to_bytes(payload["content"])).hexdigest() != payload["digest"]:
        replay.finding("the content of the listing does not have the digest the event names")
    facts, version = replay.facts(ListingFacts), (payload["listing_id"], payload["version"])
    facts.digests[version], facts.revisions[version] = payload["digest"], payload["revision_id"]
    replay.checked(N_("listing versions"))


@RULES.on("listing.version_submitted")
def note_submission(replay: Replay, event: LoggedEvent) -> None:
    replay.facts(ListingFacts).submitted.add((event.content["listing_id"], event.content["version"]))


@RULES.on("listing.version_decided")
def check_decision(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(ListingFacts)
    version = (payload["listing_id"], payload["version"])
    if version not in facts.submitted:
        replay.finding("a version was decided that nobody had submitted")
    revoked = facts.revisions.get(version) in replay.facts(RevisionFacts).revoked
    if revoked and payload["decision"] == "listed":
        replay.finding("a version was listed whose revision was revoked before")
