"""What can be done about organisations and their people."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from exchange.core.errors import (
    Conflict,
    Invalid,
    LimitExceeded,
    NotAuthenticated,
    NotFound,
    WrongState,
)
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.participants import credentials, queries
from exchange.participants.actors import ADMIN, BUYER, DUTIES, OPERATOR, PROVIDER, Actor
from exchange.participants.events import (
    OrganisationDecided,
    OrganisationRegistered,
    PersonAdded,
)
from exchange.participants.keys.service import key_taken
from exchange.participants.models import (
    AccessToken,
    Organisation,
    OrganisationState,
    Person,
    WebSession,
)
from exchange.participants.uscc import require_uscc

SELF_REGISTERED_ROLES = frozenset({PROVIDER, BUYER})
#: People of one organisation; a list of them is shown whole.
MOST_PEOPLE = 500


def register_organisation(
    session: Session,
    *,
    name_zh: str,
    name_en: str,
    uscc: str,
    roles: list[str],
    person_name: str,
    login: str,
    password: str,
    now: datetime,
    privileged: bool = False,
) -> Organisation:
    """Register an organisation with its first person; it may do nothing until the operator verifies it.

    Only a command on the server (`privileged`) makes operators and regulators, already verified.

    Raises:
        Invalid: a role nobody may give themselves, a wrong credit code, a weak password.
        Conflict: the credit code or the login is registered already.
    """
    if not privileged and not SELF_REGISTERED_ROLES.issuperset(roles):
        raise Invalid(
            "an organisation registers as provider, buyer or both",
            field="roles",
            remedy="Operators and regulators are made on the server with `wdx participants create`.",
        )
    _require_unused_code(session, uscc=require_uscc(uscc))
    _require_unused(session, login=login)
    organisation = Organisation(
        id=new_id("org"),
        name_zh=name_zh,
        name_en=name_en,
        uscc=uscc,
        roles=sorted(roles),
        state=OrganisationState.VERIFIED if privileged else OrganisationState.SUBMITTED,
        registered_at=now,
        decided_at=now if privileged else None,
    )
    session.add(organisation)
    person = Person(
        id=new_id("per"),
        organisation_id=organisation.id,
        name=person_name,
        login=login,
        password_hash=credentials.hash_password(password),
        duties=list(DUTIES),
    )
    session.flush()  # the person's foreign key needs the organisation's row
    session.add(person)
    record_event(
        session,
        OrganisationRegistered(organisation.id, name_zh, name_en, uscc, sorted(roles)),
        subject=organisation.id,
        actor=person.id,
        at=now,
    )
    return organisation


def decide_organisation(
    session: Session, *, actor: Actor, organisation_id: str, decision: str, reason: str, now: datetime
) -> Organisation:
    """Verify or reject a registered organisation; saying the same again changes nothing.

    Raises:
        WrongState: it was decided the other way already.
    """
    actor.require_role(OPERATOR)
    organisation = queries.lock_organisation(session, organisation_id)
    if organisation.state == decision:
        return organisation
    if organisation.state != OrganisationState.SUBMITTED:
        raise WrongState(f"the organisation is {organisation.state} already")
    organisation.state = decision
    organisation.decided_at = now
    organisation.decided_by = actor.person_id
    organisation.decision_reason = reason
    record_event(
        session,
        OrganisationDecided(organisation.id, decision, reason),
        subject=organisation.id,
        actor=actor.person_id,
        at=now,
    )
    return organisation


def add_person(
    session: Session,
    *,
    actor: Actor,
    name: str,
    login: str,
    password: str,
    duties: list[str],
    now: datetime,
) -> Person:
    """Let a further person act for the actor's organisation, with some of its duties.

    Raises:
        NotPermitted: the actor is no admin of a verified organisation.
        Conflict: the login is taken.
    """
    actor.require_duty(ADMIN)
    queries.lock_organisation(session, actor.organisation_id)
    if queries.count_people(session, actor.organisation_id) >= MOST_PEOPLE:
        raise LimitExceeded(f"an organisation has at most {MOST_PEOPLE} people")
    _require_unused(session, login=login)
    person = Person(
        id=new_id("per"),
        organisation_id=actor.organisation_id,
        name=name,
        login=login,
        password_hash=credentials.hash_password(password),
        duties=sorted(set(duties)),
    )
    session.add(person)
    record_event(
        session,
        PersonAdded(person.id, actor.organisation_id, person.duties),
        subject=actor.organisation_id,
        actor=actor.person_id,
        at=now,
    )
    return person


def check_password(session: Session, *, login: str, password: str) -> Person:
    """Find the person who may sign in with this pair.

    Raises:
        NotAuthenticated: unknown login or wrong password, told in the same words and the same time.
    """
    person = session.scalars(select(Person).where(Person.login == login)).one_or_none()
    if not credentials.is_password(password, person.password_hash if person else None) or person is None:
        raise NotAuthenticated("login or password is wrong")
    return person


def issue_access_token(
    session: Session, *, person_id: str, label: str, days: int, now: datetime
) -> tuple[AccessToken, str]:
    """Make a bearer token; its secret is returned here and never again."""
    secret = credentials.new_secret()
    token = AccessToken(
        id=new_id("tok"),
        person_id=person_id,
        secret_hash=credentials.hash_secret(secret),
        label=label,
        issued_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    return token, secret


def revoke_access_token(session: Session, *, actor: Actor, token_id: str, now: datetime) -> None:
    """End one of the actor's own tokens at once; ending it again changes nothing."""
    token = session.get(AccessToken, token_id)
    if token is None or token.person_id != actor.person_id:
        raise NotFound(f"there is no access token {token_id}")
    token.revoked_at = token.revoked_at or now


def start_web_session(session: Session, *, person_id: str, hours: int, now: datetime) -> str:
    """Sign a browser in; returns the secret for its cookie."""
    secret = credentials.new_secret()
    session.add(
        WebSession(
            secret_hash=credentials.hash_secret(secret),
            person_id=person_id,
            started_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return secret


def end_web_session(session: Session, *, secret: str, now: datetime) -> None:
    """Sign a browser out on the server, whatever the browser keeps."""
    session.execute(
        update(WebSession)
        .where(WebSession.secret_hash == credentials.hash_secret(secret), WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def forget_web_sessions(session: Session, *, before: datetime, most: int) -> int:
    """Delete browser sessions that were over before an instant, at most so many; returns how many went."""
    over = (
        select(WebSession.secret_hash)
        .where(or_(WebSession.expires_at < before, WebSession.ended_at < before))
        .limit(most)
    )
    gone = session.execute(
        delete(WebSession)
        .where(WebSession.secret_hash.in_(over))
        .returning(WebSession.secret_hash)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _require_unused_code(session: Session, *, uscc: str) -> None:
    if session.scalars(select(Organisation.id).where(Organisation.uscc == uscc)).first():
        raise code_taken()


def _require_unused(session: Session, *, login: str) -> None:
    if session.scalars(select(Person.id).where(Person.login == login)).first():
        raise login_taken()


def code_taken() -> Conflict:
    """The refusal of a credit code that is registered."""
    return Conflict(
        "an organisation with this credit code is registered", field="uscc", remedy="Sign in instead."
    )


def login_taken() -> Conflict:
    """The refusal of a login that somebody has."""
    return Conflict("this login is taken", field="login", remedy="Choose another one.")


#: What two registrations at once break in the database, and what the later one is told.
CONSTRAINT_ERRORS = {
    "uq_organisations_uscc": code_taken,
    "uq_people_login": login_taken,
    "pk_signing_keys": key_taken,
}
