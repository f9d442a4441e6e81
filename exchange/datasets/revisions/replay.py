"""How the offline verifier learns revisions: what was stored, and from where in the log on it is withdrawn."""

from dataclasses import dataclass, field

from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules

RULES = ReplayRules()


@dataclass
class RevisionFacts:
    """Revisions by id: the digest each was stored with, and those that are revoked so far."""

    digests: dict[str, str] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)


@RULES.on("dataset.revision_added")
def note_revision(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(RevisionFacts)
    if payload["revision_id"] in facts.digests:
        replay.finding(f"revision {payload['revision_id']} is stored a second time")
    facts.digests[payload["revision_id"]] = payload["sha256"]


@RULES.on("dataset.revision_revoked")
def note_revocation(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(RevisionFacts)
    revision_id = payload["revision_id"]
    if facts.digests.get(revision_id) != payload["sha256"]:
        replay.finding("a revision was revoked that was not stored with this digest")
    if revision_id in facts.revoked:
        replay.finding(f"revision {revision_id} is revoked a second time")
    facts.revoked.add(revision_id)
    replay.checked(N_("revocations"))
