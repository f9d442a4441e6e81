"""Reads of organisations and people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from exchange.core.errors import Invalid, NotFound
from exchange.participants.actors import OPERATOR, Actor
from exchange.participants.models import (
    AccessToken,
    Organisation,
    OrganisationState,
    Person,
    WebSession,
)

# Built once: every request asks who it comes from, and building a statement costs more than running it.
_ACTOR = select(
    Person.id.label("person_id"),
    Person.name.label("person_name"),
    Person.duties,
    Organisation.id.label("organisation_id"),
    Organisation.name_zh,
    Organisation.name_en,
    Organisation.roles,
    Organisation.state,
).join(Organisation, Organisation.id == Person.organisation_id)
_ACTOR_OF_TOKEN = _ACTOR.join(AccessToken, AccessToken.person_id == Person.id).where(
    AccessToken.secret_hash == bindparam("secret_hash"),
    AccessToken.revoked_at.is_(None),
    AccessToken.expires_at > bindparam("now"),
)
_ACTOR_OF_SESSION = _ACTOR.join(WebSession, WebSession.person_id == Person.id).where(
    WebSession.secret_hash == bindparam("secret_hash"),
    WebSession.ended_at.is_(None),
    WebSession.expires_at > bindparam("now"),
)
# Every list of listings names its providers.
_CARDS = select(
    Organisation.id,
    Organisation.name_zh,
    Organisation.name_en,
    Organisation.uscc,
    Organisation.roles,
    Organisation.state,
    Organisation.decided_at,
).where(Organisation.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class OrganisationCard:
    """What other features may know of an organisation."""

    id: str
    name_zh: str
    name_en: str
    uscc: str
    roles: tuple[str, ...]
    state: str
    #: When the operator decided on it; None before.
    decided_at: datetime | None = None


def get_organisation(session: Session, organisation_id: str) -> Organisation:
    """One organisation.

    Raises:
        NotFound: there is none with this id.
    """
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound(f"there is no organisation {organisation_id}")
    return organisation


def lock_organisation(session: Session, organisation_id: str) -> Organisation:
    """One organisation that no other transaction changes until this one ends."""
    # The same verb twice at once: the second waits, then sees what the first did.
    session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    )
    return get_organisation(session, organisation_id)


def get_organisation_card(session: Session, organisation_id: str) -> OrganisationCard:
    """The organisation as other features see it.

    Raises:
        NotFound: there is none with this id.
    """
    for card in find_organisation_cards(session, [organisation_id]):
        return card
    raise NotFound(f"there is no organisation {organisation_id}")


def find_organisation_cards(session: Session, organisation_ids: Collection[str]) -> list[OrganisationCard]:
    """Those of the organisations that there are, as other features see them."""
    return [_card(row) for row in session.execute(_CARDS, {"ids": list(organisation_ids)})]


def find_card_by_uscc(session: Session, uscc: str) -> OrganisationCard | None:
    """The organisation with a unified social credit code; None when there is none."""
    row = session.scalar(select(Organisation).where(Organisation.uscc == uscc.strip().upper()))
    return None if row is None else _card(row)


def find_operator_ids(session: Session) -> list[str]:
    """The organisations that run the exchange; it is usually one."""
    # Roles are a list in JSON, which the two databases search differently; verified operators are few.
    query = select(Organisation.id, Organisation.roles).where(
        cast(Organisation.roles, String).like(f'%"{OPERATOR}"%')
    )
    return sorted(row.id for row in session.execute(query) if OPERATOR in row.roles)


def get_login(session: Session, person_id: str) -> str:
    """What a person types to sign in, for work about that person."""
    return session.get_one(Person, person_id).login


def find_organisations(session: Session, *, state: str | None = None) -> list[Organisation]:
    """All organisations, newest first, of one state if given."""
    query = select(Organisation).order_by(Organisation.id.desc())
    if state is not None:
        query = query.where(Organisation.state == state)
    return list(session.scalars(query))


def actor_of_token(session: Session, secret_hash: str, *, now: datetime) -> Actor | None:
    """Who holds the bearer token; None when it is unknown, expired or revoked."""
    found = session.connection().execute(_ACTOR_OF_TOKEN, {"secret_hash": secret_hash, "now": now})
    row = found.one_or_none()
    return None if row is None else _actor(row)


def actor_of_web_session(session: Session, secret_hash: str, *, now: datetime) -> Actor | None:
    """Who signed in with this browser; None when the session has ended."""
    found = session.connection().execute(_ACTOR_OF_SESSION, {"secret_hash": secret_hash, "now": now})
    row = found.one_or_none()
    return None if row is None else _actor(row)


def find_people(session: Session, organisation_id: str) -> list[Person]:
    """The people of an organisation in the order in which they joined; their number is bounded."""
    query = select(Person).where(Person.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(Person.id)))


def count_people(session: Session, organisation_id: str) -> int:
    """How many people act for an organisation."""
    query = select(func.count()).select_from(Person).where(Person.organisation_id == organisation_id)
    return session.scalar(query) or 0


def get_actor(session: Session, person_id: str) -> Actor:
    """A person with the rights they have now, for work that goes on after their request.

    Raises:
        NotFound: there is no such person.
    """
    row = session.execute(_ACTOR.where(Person.id == person_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no person {person_id}")
    return _actor(row)


def get_operator_card(session: Session) -> OrganisationCard:
    """The organisation that runs the exchange and signs for it.

    Raises:
        Invalid: none has been made yet.
    """
    # Every contract asks, so the database looks for the one row and hands out no other.
    named = cast(Organisation.roles, String).like(f'%"{OPERATOR}"%')
    row = session.scalar(select(Organisation).where(named).order_by(Organisation.id).limit(1))
    if row is not None:
        return _card(row)
    raise Invalid(
        "the exchange has no operator yet", remedy="Run `wdx participants create --role operator`."
    )


def _card(row: Organisation | Any) -> OrganisationCard:
    return OrganisationCard(
        row.id, row.name_zh, row.name_en, row.uscc, tuple(row.roles), row.state, row.decided_at
    )


def _actor(row: Any) -> Actor:
    return Actor(
        person_id=row.person_id,
        person_name=row.person_name,
        organisation_id=row.organisation_id,
        organisation_name=row.name_zh,
        roles=frozenset(row.roles),
        is_verified=row.state == OrganisationState.VERIFIED,
        organisation_name_en=row.name_en,
        duties=frozenset(row.duties),
    )
