from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from exchange.core import clock
from exchange.core.jobs import Job, JobLease, run_job, start_scheduler


@pytest.fixture
def service(database):
    return SimpleNamespace(database=database, runs=[])


def job(run=lambda service: service.runs.append(1), *, name="settle", leased=True, every_ms=60_000):
    return Job(name, run, timedelta(milliseconds=every_ms), leased=leased)


def lease(service, name="settle"):
    with service.database.reading() as session:
        return session.get(JobLease, name)


def held_until(service, instant):
    run_job(job(lambda _: None), service)
    with service.database.writing() as session:
        session.execute(update(JobLease).values(owner="another node", leased_until=instant))


class TestRunJob:
    def test_notes_when_it_last_went_well_and_frees_the_lease(self, service):
        assert run_job(job(), service)

        kept = lease(service)
        assert (kept.owner, kept.leased_until, kept.failure) == (None, None, None)
        assert kept.succeeded_at <= clock.now()

    def test_leaves_the_work_to_the_node_that_holds_the_lease(self, service):
        held_until(service, clock.now() + timedelta(minutes=5))

        assert not run_job(job(), service)
        assert service.runs == []

    def test_takes_over_from_a_node_that_died(self, service):
        held_until(service, clock.now() - timedelta(seconds=1))

        assert run_job(job(), service)
        assert service.runs == [1]

    def test_keeps_the_reason_of_a_failure_and_frees_the_lease(self, service):
        with pytest.raises(ZeroDivisionError):
            run_job(job(lambda _: 1 // 0), service)

        kept = lease(service)
        assert (kept.owner, kept.succeeded_at) == (None, None)
        assert kept.failure.startswith("ZeroDivisionError")

    def test_without_a_lease_leaves_no_trace(self, service):
        assert run_job(job(leased=False), service)

        assert (service.runs, lease(service)) == ([1], None)


def test_the_scheduler_survives_a_job_that_fails(service):
    def fail_first(service):
        service.runs.append(1)
        if len(service.runs) == 1:
            raise ZeroDivisionError

    scheduler = start_scheduler([job(fail_first, leased=False, every_ms=20)], service)
    try:
        until = clock.now() + timedelta(seconds=10)
        while len(service.runs) < 2 and clock.now() < until:
            pass
    finally:
        scheduler.shutdown(wait=True)

    assert len(service.runs) >= 2
