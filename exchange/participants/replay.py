"""How the offline verifier learns keys and people: who acts must stand in the log before the act."""

from dataclasses import dataclass, field

from exchange.core.entries import LoggedEvent, PayloadErased
from exchange.core.errors import Invalid
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.actors import ADMIN, DUTIES
from exchange.trust import PublicKey, Signature, jws
from exchange.trust.purposes import KEY_PROOF, key_proof_payload

RULES = ReplayRules()


@dataclass
class KeyFacts:
    """Public keys in the order in which the log registers them."""

    members: dict[str, tuple[str, PublicKey]] = field(default_factory=dict)
    exchange: dict[str, PublicKey] = field(default_factory=dict)

    def member_key(self, kid: str, organisation_id: str) -> PublicKey:
        """The organisation's enrolled key.

        Raises:
            Invalid: no such key stands earlier in the log, or it is somebody else's.
        """
        owner, key = self.members.get(kid, (None, None))
        if key is None or owner != organisation_id:
            raise Invalid(f"key {kid} is not enrolled for {organisation_id} at this place of the log")
        return key

    def exchange_key(self, kid: str) -> PublicKey:
        """The exchange's own key; Invalid when it is not registered earlier in the log."""
        if kid not in self.exchange:
            raise Invalid(f"the exchange has no key {kid} at this place of the log")
        return self.exchange[kid]


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


@RULES.on("signing_key.enrolled")
def check_enrolment(replay: Replay, event: LoggedEvent) -> None:
    """The holder proved to have the private half."""
    payload = event.content
    key = PublicKey.from_jwk(payload["public_jwk"])
    if key.kid != payload["kid"]:
        replay.finding("the enrolled key is not the one the event names")
    jws.verify(
        key_proof_payload(payload["organisation_id"], payload["public_jwk"]),
        Signature(**payload["proof"]),
        key=key,
        typ=KEY_PROOF,
        role="holder",
    )
    replay.facts(KeyFacts).members[key.kid] = (payload["organisation_id"], key)
    replay.checked(N_("key enrolments"))


@RULES.on("exchange_key.registered")
def note_exchange_key(replay: Replay, event: LoggedEvent) -> None:
    key = PublicKey.from_jwk(event.content["public_jwk"])
    if event.content["purpose"] == "signing":
        replay.facts(KeyFacts).exchange[key.kid] = key
