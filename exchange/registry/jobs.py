"""Scheduled work of the register."""

from datetime import timedelta
from typing import Any

from exchange.config import Settings
from exchange.core import clock
from exchange.core.jobs import Job
from exchange.registry import queries, service
from exchange.trust import PrivateKey


def issuer_of(settings: Settings, key: PrivateKey) -> service.Issuer:
    """The exchange as the issuer of certificates."""
    return service.Issuer(
        name=settings.log_origin,
        key=key,
        handle_prefix=settings.handle_prefix,
        area_code=settings.area_code,
        certificate_years=settings.certificate_years,
    )


def issue_certificates(context: Any) -> None:
    """Issue what is ripe: one transaction per certificate, so one that fails does not keep the others."""
    now = clock.now()
    notice = timedelta(days=context.settings.public_notice_days)
    with context.database.reading() as session:
        ripe = queries.find_ripe_registrations(session, applied_before=now - notice)
    issuer = issuer_of(context.settings, context.signing_key)
    for listing_id, version in ripe:
        context.database.write(
            lambda session, listing_id=listing_id, version=version: service.issue_certificate(
                session, listing_id=listing_id, version=version, issuer=issuer, now=now
            )
        )


ISSUE_CERTIFICATES = Job("issue_certificates", issue_certificates, timedelta(seconds=2))
