"""Scheduled work: what runs how often, and a lease so that two nodes do not do it twice at once.

Correctness never rests on the lease; every job is safe to run twice. The lease only saves work.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import String, or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.core import clock
from exchange.core.database import Base, Database, insert_ignoring

logger = logging.getLogger(__name__)


class JobLease(Base):
    """Who runs a job now, and how it last went; one row per job."""

    __tablename__ = "job_leases"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class Job:
    """One piece of scheduled work: `run` is given the assembled service.

    A job with `leased=False` elects its own leader inside its transaction and needs no lease.
    """

    name: str
    run: Callable[[Any], object]
    #: How often, or how often by the settings.
    every: timedelta | Callable[[Any], timedelta]
    leased: bool = True


def owner_name() -> str:
    """Name this process in leases and logs."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def run_job(job: Job, service: Any) -> bool:
    """Run the job once, unless another node holds its lease; say whether it ran."""
    database: Database = service.database
    owner = owner_name()
    if job.leased and not database.write(lambda session: _take_lease(session, job, owner)):
        return False
    try:
        job.run(service)
    except Exception as error:
        logger.exception("job failed", extra={"job": job.name})
        message = f"{type(error).__name__}: {error}"[:500]
        if job.leased:
            database.write(lambda session: _give_back(session, job.name, owner, failure=message))
        raise
    if job.leased:
        database.write(lambda session: _give_back(session, job.name, owner, failure=None))
    return True


def start_scheduler(jobs: Iterable[Job], service: Any) -> BackgroundScheduler:
    """Start a thread that runs every job at its interval; the caller shuts it down.

    Nothing is stored in the scheduler: what is due is a question to the database, so a missed tick costs
    only time (see docs/decisions on scheduling).
    """
    scheduler = BackgroundScheduler(
        timezone=ZoneInfo("Asia/Shanghai"),
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for job in jobs:
        every = job.every if isinstance(job.every, timedelta) else job.every(service.settings)
        scheduler.add_job(
            _run_quietly, "interval", seconds=every.total_seconds(), args=(job, service), id=job.name
        )
    scheduler.start()
    return scheduler


def _run_quietly(job: Job, service: Any) -> None:
    # The failure is logged and stored by run_job; raising it here would only log it a second time.
    try:
        run_job(job, service)
    except Exception:  # noqa: BLE001
        return


def _take_lease(session: Session, job: Job, owner: str) -> bool:
    now = clock.now()
    insert_ignoring(session, JobLease, name=job.name)
    taken = session.execute(
        update(JobLease)
        .where(JobLease.name == job.name, or_(JobLease.leased_until.is_(None), JobLease.leased_until < now))
        .values(owner=owner, leased_until=now + timedelta(minutes=10))
        .returning(JobLease.name)
    )
    return taken.scalar_one_or_none() is not None


def _give_back(session: Session, name: str, owner: str, *, failure: str | None) -> None:
    now = clock.now()
    outcome = {"succeeded_at": now} if failure is None else {"failed_at": now, "failure": failure}
    session.execute(
        update(JobLease)
        .where(JobLease.name == name, JobLease.owner == owner)
        .values(owner=None, leased_until=None, **outcome)
    )
