"""How the offline verifier learns keys: a signature counts when its key stands in the log before it."""

from dataclasses import dataclass, field

from exchange.core.entries import LoggedEvent
from exchange.core.errors import Invalid
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
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
