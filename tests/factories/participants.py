"""Organisations and their people, as the exchange knows them after verification."""

from dataclasses import dataclass, replace

from exchange.client.keys import enrolment_of
from exchange.participants import service
from exchange.participants.actors import DUTIES, Actor
from exchange.participants.keys import service as keys
from exchange.participants.keys.issuing import issuance_of
from exchange.participants.uscc import check_character
from exchange.trust import PrivateKey, Signature

PASSWORD = "four unrelated words"


@dataclass(frozen=True)
class Member:
    """One organisation's person with the key and the token that only they hold."""

    actor: Actor
    login: str
    token: str
    key: PrivateKey | None = None

    @property
    def organisation_id(self) -> str:
        return self.actor.organisation_id

    def sign_in_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def with_key(self, key: PrivateKey) -> "Member":
        return replace(self, key=key)


def uscc(number: int) -> str:
    """A well-formed credit code that belongs to nobody."""
    body = f"91420100MTET{number:04d}A"
    return body + check_character(body)


def registration(name: str, *roles: str, number: int) -> dict:
    return {
        "name_zh": f"{name} 公司",
        "name_en": name,
        "uscc": uscc(number),
        "roles": list(roles),
        "person_name": f"Person of {name}",
        "login": f"{name}@example.com",
        "password": PASSWORD,
    }


def register(session, name: str, *roles: str, number: int, now, privileged: bool = False) -> Member:
    """Register an organisation whose person is signed in."""
    organisation = service.register_organisation(
        session, **registration(name, *roles, number=number), privileged=privileged, now=now
    )
    session.flush()
    login = f"{name}@example.com"
    person, token = _signed_in(session, login, now)
    actor = Actor(
        person.id,
        person.name,
        organisation.id,
        organisation.name_zh,
        frozenset(roles),
        is_verified=organisation.state == "verified",
        organisation_name_en=organisation.name_en,
        duties=frozenset(DUTIES),
    )
    return Member(actor, login, token)


def join(session, name: str, *duties: str, admin: Member, now) -> Member:
    """A further person of the admin's organisation, signed in, with the organisation's key."""
    login = f"{name}@example.com"
    service.add_person(
        session,
        actor=admin.actor,
        name=f"Person {name}",
        login=login,
        password=PASSWORD,
        duties=list(duties),
        now=now,
    )
    session.flush()
    person, token = _signed_in(session, login, now)
    actor = replace(admin.actor, person_id=person.id, person_name=person.name, duties=frozenset(duties))
    return Member(actor, login, token, admin.key)


def _signed_in(session, login: str, now):
    person = service.check_password(session, login=login, password=PASSWORD)
    _, token = service.issue_access_token(session, person_id=person.id, label="tests", days=3650, now=now)
    return person, token


def verify(session, member: Member, *, operator: Member, now) -> Member:
    service.decide_organisation(
        session,
        actor=operator.actor,
        organisation_id=member.organisation_id,
        decision="verified",
        reason="licence checked",
        now=now,
    )
    return replace(member, actor=replace(member.actor, is_verified=True))


#: What the server makes challenges with in tests.
SECRET = b"for tests only"


def enrolment(member: Member, key: PrivateKey, *, now, replaces: PrivateKey | None = None) -> dict:
    """The arguments of the verb by which the member enrols the key, properly proved."""
    challenge = keys.challenge_enrolment(
        actor=member.actor,
        public_jwk=dict(key.public.jwk),
        replaces=replaces.kid if replaces else None,
        secret=SECRET,
        now=now,
    )
    me = {"organisation_id": member.organisation_id, "person_id": member.actor.person_id}
    body = enrolment_of(key, challenge, me=me, replaces=replaces)
    earlier = body["predecessor_proof"]
    return {
        **body,
        "actor": member.actor,
        "proof": Signature(**body["proof"]),
        "predecessor_proof": Signature(**earlier) if earlier else None,
        "secret": SECRET,
    }


def enrol(session, member: Member, *, now, context, key: PrivateKey | None = None) -> Member:
    """Give the member a key of their own; only its public half reaches the exchange."""
    key = key or PrivateKey.generate()
    keys.enrol_signing_key(
        session, issuance=issuance_of(context), now=now, **enrolment(member, key, now=now)
    )
    return member.with_key(key)
