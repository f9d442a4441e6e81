"""What the log says about keys up to a place of it; other rooms ask whether a key counts there."""

from dataclasses import dataclass, field

from exchange.core.clock import to_millis
from exchange.core.entries import LoggedEvent
from exchange.core.errors import Invalid
from exchange.trust import PublicKey
from exchange.trust.certificates import Validity


@dataclass
class MemberKey:
    """An organisation's key with the times of its certificates, and where in the log it was revoked."""

    organisation_id: str
    key: PublicKey
    certified: list[Validity] = field(default_factory=list)
    replaced_by: str | None = None
    revoked_at: int | None = None

    def is_certified(self, at_ms: int) -> bool:
        """Whether a certificate is in force at an event's time."""
        return any(
            to_millis(item.not_before) <= at_ms < to_millis(item.not_after) for item in self.certified
        )


@dataclass
class AuthorityKey:
    """A key of the authority, its root, and what its lists have said so far."""

    key: PublicKey
    root: str
    #: Kid of each certificate that it issued, by serial, with the end of the certificate.
    issued: dict[str, tuple[str, int]] = field(default_factory=dict)
    list_number: int = 0


@dataclass
class KeyFacts:
    """Public keys in the order in which the log states them."""

    members: dict[str, MemberKey] = field(default_factory=dict)
    authorities: dict[str, AuthorityKey] = field(default_factory=dict)
    exchange: dict[str, PublicKey] = field(default_factory=dict)

    def member_key(self, kid: str, organisation_id: str) -> PublicKey:
        """The organisation's enrolled key, in force or not.

        Raises:
            Invalid: no such key stands earlier in the log, or it is somebody else's.
        """
        return self._member(kid, organisation_id).key

    def signing_key(self, kid: str, organisation_id: str, *, at: LoggedEvent) -> PublicKey:
        """The organisation's key, for a signature that the event brings.

        Raises:
            Invalid: it is not enrolled before this place of the log, is revoked before it, or has no
                certificate in force.
        """
        member = self._member(kid, organisation_id)
        if member.revoked_at is not None:
            raise Invalid(f"key {kid} was revoked at {member.revoked_at}, before this signature")
        if self.authorities and not member.is_certified(at.at_ms):
            raise Invalid(f"key {kid} has no certificate in force at this place of the log")
        return member.key

    def exchange_key(self, kid: str) -> PublicKey:
        """The exchange's own key; Invalid when it is not registered earlier in the log."""
        if kid not in self.exchange:
            raise Invalid(f"the exchange has no key {kid} at this place of the log")
        return self.exchange[kid]

    def _member(self, kid: str, organisation_id: str) -> MemberKey:
        member = self.members.get(kid)
        if member is None or member.organisation_id != organisation_id:
            raise Invalid(f"key {kid} is not enrolled for {organisation_id} at this place of the log")
        return member
