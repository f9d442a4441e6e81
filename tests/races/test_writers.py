import multiprocessing
import threading
import time

import pytest
from sqlalchemy import func, select

from exchange.core.database import insert_ignoring
from exchange.core.jobs import JobLease
from tests.races.writers import write_rows

pytestmark = pytest.mark.only_on("sqlite", reason="PostgreSQL has many writers; the queue is SQLite's")
ROWS, PROCESSES = 60, 2


def test_processes_that_write_at_once_neither_fail_nor_starve(database, settings):
    """Without the queue SQLite's own waiting lets one writer pass another again and again."""
    spawn = multiprocessing.get_context("spawn")
    barrier, waits = spawn.Barrier(PROCESSES), spawn.Queue()
    processes = [
        spawn.Process(target=write_rows, args=(settings.database_url, f"p{at}", ROWS, barrier, waits))
        for at in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    longest = [waits.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)

    assert all(0 <= wait < 5000 for wait in longest), longest
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(JobLease)) == ROWS * PROCESSES


def test_readers_do_not_wait_for_a_writer(database):
    with database.writing() as session:
        insert_ignoring(session, JobLease, name="settle")

        began = time.monotonic()
        with database.reading() as reader:
            assert reader.scalar(select(func.count()).select_from(JobLease)) == 0
        assert time.monotonic() - began < 2


def test_a_writer_waits_for_the_one_before(database):
    order, entered = [], threading.Event()

    def first():
        with database.writing() as session:
            entered.set()
            time.sleep(0.2)
            insert_ignoring(session, JobLease, name="settle")
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait(10)
    with database.writing() as session:
        order.append("second")
        assert session.get(JobLease, "settle") is not None
    thread.join()

    assert order == ["first", "second"]
