"""Tables of provider-hosted products; a description that was written and a test that was made stay as they were."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class HostedProduct(Base):
    """A product whose data stay with its provider; what it is stands in its descriptions."""

    __tablename__ = "hosted_products"
    __table_args__ = (Index("ix_hosted_products_organisation_id_id", "organisation_id", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    #: What its provider calls it; nothing that buyers see.
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class HostedDescription(Base):
    """One description of a product's API; an edit makes the next. Never changed."""

    __tablename__ = "hosted_descriptions"

    hosted_id: Mapped[str] = mapped_column(ForeignKey("hosted_products.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    #: The whole description, its address included; canonical JSON values only.
    document: Mapped[dict[str, Any]]
    #: SHA-256 of the canonical description, as a test names it.
    api_sha256: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime]


class ConnectionTest(Base):
    """One try of a described API. Never changed."""

    __tablename__ = "connection_tests"
    __table_args__ = (
        Index("ix_connection_tests_organisation_id_api_sha256", "organisation_id", "api_sha256"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    #: SHA-256 of the canonical description that was tested.
    api_sha256: Mapped[str] = mapped_column(String(64))
    passed: Mapped[bool]
    checks: Mapped[list[Any]]
    records: Mapped[int] = mapped_column(BigInteger)
    #: NULL when nothing answered.
    elapsed_ms: Mapped[int | None]
    tested_at: Mapped[datetime]
