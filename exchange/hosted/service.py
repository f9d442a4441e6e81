"""What can be done about provider-hosted products."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.hosted import queries
from exchange.hosted.connection import TestReport
from exchange.hosted.description import HostedApi
from exchange.hosted.events import ApiDescribed, ConnectionTested
from exchange.hosted.models import ConnectionTest, HostedDescription, HostedProduct
from exchange.hosted.queries import DescribedApi
from exchange.participants import Actor
from exchange.participants.actors import EDITOR, PROVIDER


def describe_api(
    session: Session, *, actor: Actor, name: str, api: HostedApi, now: datetime
) -> DescribedApi:
    """Make a provider-hosted product of a described API; it may be listed once a test of it has passed."""
    actor.require_role(PROVIDER)
    actor.require_duty(EDITOR)
    product = HostedProduct(
        id=new_id("hst"), organisation_id=actor.organisation_id, name=name, created_at=now
    )
    session.add(product)
    session.flush()  # the description's foreign key needs the product's row
    return _add_description(session, actor, product, api, now)


def describe_api_anew(
    session: Session, *, actor: Actor, hosted_id: str, api: HostedApi, now: datetime
) -> DescribedApi:
    """Write the next description of a product; listings keep the one they were written on.

    The same description again changes nothing.

    Raises:
        NotFound: there is no such product, or it is another provider's.
    """
    actor.require_role(PROVIDER)
    actor.require_duty(EDITOR)
    # Two descriptions at once would have the same number; the second waits.
    product = session.scalars(
        select(HostedProduct).where(HostedProduct.id == hosted_id).with_for_update(key_share=True)
    ).one_or_none()
    if product is None or product.organisation_id != actor.organisation_id:
        raise NotFound(f"there is no provider-hosted product {hosted_id}")
    newest = queries.get_described_api(session, hosted_id, queries.newest_version(session, hosted_id))
    if newest.api_sha256 == api.digest:
        return newest
    return _add_description(session, actor, product, api, now)


def _add_description(
    session: Session, actor: Actor, product: HostedProduct, api: HostedApi, now: datetime
) -> DescribedApi:
    version = queries.newest_version(session, product.id) + 1
    session.add(
        HostedDescription(
            hosted_id=product.id,
            version=version,
            document=api.document,
            api_sha256=api.digest,
            written_by=actor.person_id,
            written_at=now,
        )
    )
    session.flush()  # it is read back below
    event = ApiDescribed(product.id, version, actor.organisation_id, api.digest, api.shown)
    record_event(session, event, subject=product.id, actor=actor.person_id, at=now)
    return queries.get_described_api(session, product.id, version)


def record_connection_test(
    session: Session, *, actor: Actor, api: HostedApi, report: TestReport, now: datetime
) -> ConnectionTest:
    """Keep how a test went; a listing is reviewed only with a passed one of the same description."""
    actor.require_role(PROVIDER)
    test = ConnectionTest(
        id=new_id("cnt"),
        organisation_id=actor.organisation_id,
        api_sha256=api.digest,
        passed=report.passed,
        checks=report.checks_json(),
        records=report.records,
        elapsed_ms=report.elapsed_ms,
        tested_at=now,
    )
    session.add(test)
    event = ConnectionTested(
        test.id, actor.organisation_id, test.api_sha256, test.passed, report.checks_json()
    )
    record_event(session, event, subject=actor.organisation_id, actor=actor.person_id, at=now)
    return test
