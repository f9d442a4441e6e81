"""The table of connection tests; a test that was made stays as it was."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


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
