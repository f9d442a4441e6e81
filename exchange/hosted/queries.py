"""Reads of described APIs and of their connection tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.hosted.description import HostedApi
from exchange.hosted.errors import ConnectionNotTested
from exchange.hosted.models import ConnectionTest, HostedDescription, HostedProduct
from exchange.participants import Actor

#: Tests and products of one answer.
MOST_LISTED = 100
#: Tests of one description that a reviewer sees, the newest.
_MOST_OF_ONE = 10
#: An API that answered longer ago may have gone; the review itself takes at most a few weeks.
TEST_HOLDS_DAYS = 30


@dataclass(frozen=True)
class ConnectionTestCard:
    """A test as the review of a listing needs it."""

    id: str
    api_sha256: str
    tested_at: datetime
    passed: bool
    checks: list[dict[str, Any]]
    elapsed_ms: int | None


@dataclass(frozen=True)
class DescribedApi:
    """One description of a provider's API, whole: for its provider, reviewers, and rooms that checked who asks."""

    hosted_id: str
    name: str
    organisation_id: str
    version: int
    api: dict[str, Any]
    api_sha256: str
    written_at: datetime

    @property
    def shown(self) -> dict[str, Any]:
        """What a listing of it holds."""
        shown = HostedApi.of(self.api).shown
        return {"id": self.hosted_id, "version": self.version, "api_sha256": self.api_sha256, **shown}


def get_own_api(
    session: Session, hosted_id: str, *, actor: Actor, version: int | None = None
) -> DescribedApi:
    """A description that the actor works on, the newest unless another is named.

    Raises:
        NotFound: there is none, or it is another provider's.
    """
    product = session.get(HostedProduct, hosted_id)
    if product is None or not (actor.oversees or product.organisation_id == actor.organisation_id):
        raise NotFound(f"there is no provider-hosted product {hosted_id}")
    return get_described_api(session, hosted_id, version or newest_version(session, hosted_id))


def get_described_api(session: Session, hosted_id: str, version: int) -> DescribedApi:
    """One description, for work that has checked who asks."""
    row = session.get(HostedDescription, (hosted_id, version))
    product = session.get(HostedProduct, hosted_id)
    if row is None or product is None:
        raise NotFound(f"there is no description {version} of {hosted_id}")
    return _described(product, row)


def newest_version(session: Session, hosted_id: str) -> int:
    """The number of the newest description; 0 when there is none."""
    query = select(func.max(HostedDescription.version)).where(HostedDescription.hosted_id == hosted_id)
    return session.scalar(query) or 0


def find_products(session: Session, *, actor: Actor, offset: int = 0) -> list[DescribedApi]:
    """The newest description of each product of the actor's organisation, of all for those who oversee."""
    newest = (
        select(HostedDescription.hosted_id, func.max(HostedDescription.version).label("version"))
        .group_by(HostedDescription.hosted_id)
        .subquery()
    )
    query = (
        select(HostedProduct, HostedDescription)
        .join(newest, newest.c.hosted_id == HostedProduct.id)
        .join(
            HostedDescription,
            (HostedDescription.hosted_id == newest.c.hosted_id)
            & (HostedDescription.version == newest.c.version),
        )
        .order_by(HostedProduct.id.desc())
    )
    if not actor.oversees:
        query = query.where(HostedProduct.organisation_id == actor.organisation_id)
    return [_described(*row) for row in session.execute(query.offset(offset).limit(MOST_LISTED))]


def find_passed_test(
    session: Session, *, organisation_id: str, api_sha256: str, not_before: datetime | None = None
) -> ConnectionTestCard | None:
    """The newest passed test of exactly this description by its provider; None when there is none."""
    query = select(ConnectionTest).where(
        ConnectionTest.organisation_id == organisation_id,
        ConnectionTest.api_sha256 == api_sha256,
        ConnectionTest.passed,
    )
    if not_before is not None:
        query = query.where(ConnectionTest.tested_at >= not_before)
    row = session.scalars(query.order_by(ConnectionTest.tested_at.desc()).limit(1)).one_or_none()
    return None if row is None else _card(row)


def require_tested(
    session: Session, *, organisation_id: str, hosted: dict[str, Any], now: datetime
) -> ConnectionTestCard:
    """Demand a passed test of exactly the description that a listing shows, not too long ago.

    Raises:
        ConnectionNotTested: there is none.
    """
    passed = find_passed_test(
        session,
        organisation_id=organisation_id,
        api_sha256=hosted["api_sha256"],
        not_before=now - timedelta(days=TEST_HOLDS_DAYS),
    )
    if passed is None:
        raise ConnectionNotTested(
            f"description {hosted['version']} of {hosted['id']} has not passed a connection test"
            f" in the last {TEST_HOLDS_DAYS} days",
            field="hosted",
            remedy=f"Its provider runs: wdx hosted test {hosted['id']} --version {hosted['version']}",
        )
    return passed


def find_tests_of(session: Session, *, organisation_id: str, api_sha256: str) -> list[ConnectionTestCard]:
    """The tests of exactly this description by its provider, newest first, for work that has checked who asks."""
    rows = session.scalars(
        select(ConnectionTest)
        .where(ConnectionTest.organisation_id == organisation_id, ConnectionTest.api_sha256 == api_sha256)
        .order_by(ConnectionTest.tested_at.desc(), ConnectionTest.id.desc())
        .limit(_MOST_OF_ONE)
    )
    return [_card(row) for row in rows]


def find_tests(session: Session, *, actor: Actor, api_sha256: str | None = None) -> list[ConnectionTest]:
    """The tests of the actor's organisation, of all for those who oversee, newest first."""
    query = select(ConnectionTest).order_by(ConnectionTest.tested_at.desc()).limit(MOST_LISTED)
    if not actor.oversees:
        query = query.where(ConnectionTest.organisation_id == actor.organisation_id)
    if api_sha256 is not None:
        query = query.where(ConnectionTest.api_sha256 == api_sha256)
    return list(session.scalars(query))


def _card(row: ConnectionTest) -> ConnectionTestCard:
    return ConnectionTestCard(row.id, row.api_sha256, row.tested_at, row.passed, row.checks, row.elapsed_ms)


def _described(product: HostedProduct, row: HostedDescription) -> DescribedApi:
    return DescribedApi(
        hosted_id=product.id,
        name=product.name,
        organisation_id=product.organisation_id,
        version=row.version,
        api=row.document,
        api_sha256=row.api_sha256,
        written_at=row.written_at,
    )
