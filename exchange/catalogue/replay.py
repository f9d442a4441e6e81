"""How the offline verifier checks listings: what was listed is what was written, and was reviewed."""

import hashlib
from dataclasses import dataclass, field

from exchange.core import canonical
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules

RULES = ReplayRules()


@dataclass
class ListingFacts:
    """Versions written and decided, by listing and number."""

    digests: dict[tuple[str, int], str] = field(default_factory=dict)
    submitted: set[tuple[str, int]] = field(default_factory=set)


@RULES.on("listing.version_written")
def note_version(replay: Replay, event: LoggedEvent) -> None:
    payload = event.content
    if hashlib.sha256(canonical.to_bytes(payload["content"])).hexdigest() != payload["digest"]:
        replay.finding("the content of the listing does not have the digest the event names")
    replay.facts(ListingFacts).digests[payload["listing_id"], payload["version"]] = payload["digest"]
    replay.checked(N_("listing versions"))


@RULES.on("listing.version_submitted")
def note_submission(replay: Replay, event: LoggedEvent) -> None:
    replay.facts(ListingFacts).submitted.add((event.content["listing_id"], event.content["version"]))


@RULES.on("listing.version_decided")
def check_decision(replay: Replay, event: LoggedEvent) -> None:
    if (event.content["listing_id"], event.content["version"]) not in replay.facts(ListingFacts).submitted:
        replay.finding("a version was decided that nobody had submitted")
