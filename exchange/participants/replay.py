"""How the offline verifier learns people: who acts must stand in the log before the act."""

from dataclasses import dataclass, field

from exchange.core.entries import LoggedEvent, PayloadErased
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.actors import ADMIN, DUTIES

RULES = ReplayRules()


@dataclass
class PeopleFacts:
    """Who acts for which organisation, with which duties, and which roles the organisation has."""

    people: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)

    def organisation_of(self, person_id: str) -> str | None:
        """The organisation that the person acts for; None for a stranger to the log."""
        return self.people.get(person_id, (None, frozenset()))[0]

    def has_duty(self, person_id: str, duty: str) -> bool:
        return duty in self.people.get(person_id, (None, frozenset()))[1]

    def has_role(self, person_id: str, role: str) -> bool:
        """Whether the person's organisation has the role.

        Raises:
            PayloadErased: the organisation's registration was erased, so nobody can say.
        """
        organisation_id = self.organisation_of(person_id)
        if organisation_id is None:
            return False
        if organisation_id not in self.roles:
            raise PayloadErased
        return role in self.roles[organisation_id]


@RULES.on("organisation.registered")
def note_organisation(replay: Replay, event: LoggedEvent) -> None:
    """The person who registers is the organisation's first one and has every duty."""
    facts = replay.facts(PeopleFacts)
    facts.people[event.actor] = (event.subject, frozenset(DUTIES))
    facts.roles[event.subject] = frozenset(event.content["roles"])


@RULES.on("person.added")
def check_person(replay: Replay, event: LoggedEvent) -> None:
    """Only an admin of the same organisation adds people."""
    facts, payload = replay.facts(PeopleFacts), event.content
    organisation_id = payload["organisation_id"]
    if facts.organisation_of(event.actor) != organisation_id or not facts.has_duty(event.actor, ADMIN):
        replay.finding("a person was added by somebody who is no admin of the organisation")
    if payload["person_id"] in facts.people:
        replay.finding(f"the person {payload['person_id']} is added twice")
    facts.people[payload["person_id"]] = (organisation_id, frozenset(payload["duties"]))
    replay.checked(N_("people added"))
