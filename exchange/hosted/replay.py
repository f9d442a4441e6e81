"""How the offline verifier checks hosted products: described by their provider, and tested as described."""

from dataclasses import dataclass, field
from typing import Any

from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.actors import EDITOR
from exchange.participants.replay import PeopleFacts

RULES = ReplayRules()


@dataclass
class HostedFacts:
    """What was described, and which descriptions have passed a test, in the order of the log."""

    providers: dict[str, str] = field(default_factory=dict)
    #: (product, version) -> what a listing of it shows.
    described: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    #: (organisation, digest of the description).
    passed: set[tuple[str, str]] = field(default_factory=set)


@RULES.on("hosted.api_described")
def note_description(replay: Replay, event: LoggedEvent) -> None:
    """Its provider wrote it, under the next number."""
    facts, payload, people = replay.facts(HostedFacts), event.content, replay.facts(PeopleFacts)
    hosted_id, version, provider = payload["hosted_id"], payload["version"], payload["organisation_id"]
    if facts.providers.setdefault(hosted_id, provider) != provider:
        replay.finding("another organisation described the product")
    if people.organisation_of(event.actor) != provider or not people.has_duty(event.actor, EDITOR):
        replay.finding("an API was described by somebody who may not")
    if version != facts.newest.get(hosted_id, 0) + 1:
        replay.finding(f"description {version} is not the next one of the product")
    facts.newest[hosted_id] = version
    shown = {"id": hosted_id, "version": version, "api_sha256": payload["api_sha256"]}
    facts.described[hosted_id, version] = {**shown, **payload["description"]}
    replay.checked(N_("descriptions of hosted products"))


@RULES.on("hosted.connection_tested")
def note_test(replay: Replay, event: LoggedEvent) -> None:
    """It counts as passed only when every check held."""
    payload = event.content
    if replay.facts(PeopleFacts).organisation_of(event.actor) != payload["organisation_id"]:
        replay.finding("a stranger to the provider tested its API")
    if payload["passed"] != all(check["ok"] for check in payload["checks"]):
        replay.finding("a connection test says another result than its checks")
    if payload["passed"]:
        replay.facts(HostedFacts).passed.add((payload["organisation_id"], payload["api_sha256"]))
    replay.checked(N_("connection tests"))
