"""Requests of one upload on several nodes at once."""

import threading

from exchange.datasets.models import DatasetRevision
from exchange.datasets.uploads.processing import process_next
from tests.factories.datasets import load_curve
from tests.factories.uploads import Uploads

BODY = load_curve()


def at_once(work, count):
    together, outcomes = threading.Barrier(count, timeout=60), []

    def run(number):
        together.wait()
        outcomes.append(work(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_same_part_sent_many_times_counts_once(market):
    uploads = Uploads(market)
    upload_id = uploads.begun(BODY).json["id"]
    market.api(market.grid_co)  # signed in before the threads begin

    statuses = at_once(lambda _: uploads.part(upload_id, 0, BODY[:500]).status_code, 6)

    assert sorted(statuses) == [204, 409, 409, 409, 409, 409]
    assert uploads.shown(upload_id)["received_bytes"] == 500
    assert len(list(market.context.storage.storage.find("uploads/"))) == 1


def test_many_nodes_that_finish_at_once_make_one_revision(market):
    uploads = Uploads(market)
    before = market.read(lambda session: session.query(DatasetRevision).count())
    upload_ids = [uploads.received(load_curve(shift=shift)) for shift in (1, 2)]

    worked = at_once(lambda _: process_next(market.context), 5)

    assert worked.count(True) == 2
    assert {uploads.shown(upload_id)["state"] for upload_id in upload_ids} == {"done"}
    assert market.read(lambda session: session.query(DatasetRevision).count()) == before + 2


def test_uploads_begun_at_once_do_not_exceed_the_quota(market):
    uploads = Uploads(market)
    size = market.context.settings.upload_quota_bytes // 8  # the largest file that is taken at all
    market.api(market.grid_co)

    statuses = at_once(lambda _: uploads.begun(BODY, size_bytes=size).status_code, 12)

    assert sorted(statuses) == [201] * 8 + [429] * 4
