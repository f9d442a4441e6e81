"""Tables of organisations, people and their credentials; no secret is ever stored."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exchange.core.database import Base


class OrganisationState(StrEnum):
    """Where an organisation stands in its verification."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Organisation(Base):
    """A legal entity that takes part in some of the four roles."""

    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("state IN ('submitted', 'verified', 'rejected')", name="state"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    #: Unified social credit code 统一社会信用代码, GB 32100-2015.
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    roles: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(20))
    registered_at: Mapped[datetime]
    #: When and by whom the operator decided; NULL until then.
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decision_reason: Mapped[str | None] = mapped_column(String(500))


class Person(Base):
    """Somebody who acts for one organisation."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(100))
    #: What the person types to sign in; one person, one login.
    login: Mapped[str] = mapped_column(String(200), unique=True)
    #: Argon2id in PHC form.
    password_hash: Mapped[str] = mapped_column(String(200))
    #: Some of admin, approver, editor; the first person of an organisation has all of them.
    duties: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class AccessToken(Base):
    """A bearer token of the API; the token itself is shown once and only its hash is kept."""

    __tablename__ = "access_tokens"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(100))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class WebSession(Base):
    """A signed-in browser; the cookie holds the token, the table its hash."""

    __tablename__ = "web_sessions"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
