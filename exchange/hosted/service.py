"""What can be done about provider-hosted products."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.hosted.connection import TestReport
from exchange.hosted.description import HostedApi
from exchange.hosted.events import ConnectionTested
from exchange.hosted.models import ConnectionTest
from exchange.participants import Actor
from exchange.participants.actors import PROVIDER


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
