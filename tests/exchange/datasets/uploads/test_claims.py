"""One node reads a file at a time; another takes over when it dies, and nothing happens twice."""

from datetime import timedelta

import pytest

from exchange.datasets.ingest.upload import deposit
from exchange.datasets.keys.service import DataKeyDestroyed, get_data_key
from exchange.datasets.uploads.claims import (
    MOST_TRIES,
    claim_upload,
    fail_upload,
    finish_upload,
    put_back,
    renew_claim,
)
from exchange.datasets.uploads.errors import ClaimLost, PartTooLong
from exchange.datasets.uploads.models import Upload
from exchange.datasets.uploads.processing import process_next
from exchange.datasets.uploads.sweeping import SPARED, remove_orphans
from tests.factories.datasets import load_curve

LEASE = timedelta(seconds=60)


def claim(market, owner="node-1", *, after=timedelta()):
    return market.do(claim_upload, owner=owner, lease=LEASE, now=market.now + after)


def deposited(market, shift=0):
    source = market.context.storage.incoming / "source"
    source.write_bytes(load_curve(shift=shift))
    return deposit(source, name="load.csv", storage=market.context.storage)


def finish(market, claim, shift=0):
    found = deposited(market, shift)
    return market.do(lambda session, now: finish_upload(session, claim, found, notice_days=30, now=now))


def count_revisions(market):
    from exchange.datasets.models import DatasetRevision

    return market.read(lambda session: session.query(DatasetRevision).count())


def upload(market, upload_id):
    return market.read(lambda session: session.get(Upload, upload_id))


def test_a_file_that_is_read_is_not_given_to_another_node(market, uploads):
    uploads.received()

    assert claim(market).filename == "load.csv"
    assert claim(market, "node-2") is None


def test_a_dead_nodes_file_is_taken_over_and_the_dead_one_cannot_finish(market, uploads):
    uploads.received()
    first = claim(market)

    second = claim(market, "node-2", after=LEASE + timedelta(seconds=1))
    assert (second.upload_id, second.fence) == (first.upload_id, first.fence + 1)
    before = count_revisions(market)
    with pytest.raises(ClaimLost):
        finish(market, first)
    assert count_revisions(market) == before
    finish(market, second)
    assert count_revisions(market) == before + 1


def test_finishing_twice_makes_one_revision(market, uploads):
    uploads.received()
    only = claim(market)
    revision = finish(market, only)
    before = count_revisions(market)

    with pytest.raises(ClaimLost):
        finish(market, only)

    assert count_revisions(market) == before
    assert upload(market, only.upload_id).revision_id == revision.id


def test_a_renewed_claim_is_not_taken_over(market, uploads):
    uploads.received()
    first = claim(market)

    assert market.do(lambda session, now: renew_claim(session, first, lease=2 * LEASE, now=now))

    assert claim(market, "node-2", after=LEASE + timedelta(seconds=1)) is None


def test_a_lost_claim_is_not_renewed(market, uploads):
    uploads.received()
    first = claim(market)
    claim(market, "node-2", after=LEASE + timedelta(seconds=1))

    assert not market.do(lambda session, now: renew_claim(session, first, lease=LEASE, now=now))
    assert not market.do(lambda session, now: fail_upload(session, first, PartTooLong("x"), now=now))


def test_what_was_put_back_waits_a_while(market, uploads):
    uploads.received()
    first = claim(market)

    market.do(lambda session, now: put_back(session, first, counts=True, now=now))

    assert claim(market, after=timedelta(seconds=1)) is None
    assert claim(market, after=timedelta(minutes=1)).fence == 2


def test_the_parts_of_an_ended_upload_cannot_be_opened_any_more(market, uploads):
    uploads.received()
    only = claim(market)

    finish(market, only)

    with pytest.raises(DataKeyDestroyed):
        market.read(get_data_key, only.upload_id)


def test_a_storage_that_fails_is_waited_for_as_long_as_the_upload_lives(market, uploads):
    """A disk that is not mounted says nothing about the file, which took hours to arrive."""
    upload_id = uploads.received()
    for file in list(market.context.storage.storage.find("uploads/")):
        market.context.storage.storage.delete(file.key)

    for _ in range(MOST_TRIES + 1):
        assert process_next(market.context)
        assert upload(market, upload_id).state == "processing"
        market.do(changed, upload_id=upload_id, not_before=None)
    market.do(changed, upload_id=upload_id, expires_at=market.now - timedelta(days=365))
    process_next(market.context)

    assert upload(market, upload_id).fault["code"] == "reading-failed"


def test_a_file_that_its_readers_die_of_is_given_up(market, uploads):
    upload_id = uploads.received()
    for number in range(MOST_TRIES):
        claim(market, f"node-{number}")
        market.do(changed, upload_id=upload_id, leased_until=None)

    process_next(market.context)

    assert upload(market, upload_id).fault["code"] == "reading-failed"


def changed(session, *, upload_id, now, **values):
    for name, value in values.items():
        setattr(session.get(Upload, upload_id), name, value)


def test_a_right_that_was_withdrawn_meanwhile_is_missed_at_the_end(market, uploads):
    from exchange.participants.models import Organisation

    upload_id = uploads.received()
    market.do(
        lambda session, now: setattr(
            session.get(Organisation, market.grid_co.actor.organisation_id), "state", "rejected"
        )
    )
    revisions = {file.key for file in market.context.storage.storage.find("revisions/")}

    process_next(market.context)

    assert upload(market, upload_id).fault["code"] == "not-permitted"
    assert {file.key for file in market.context.storage.storage.find("revisions/")} == revisions


def test_the_same_content_again_is_no_new_revision_and_leaves_no_file(market, uploads):
    revisions = {file.key for file in market.context.storage.storage.find("revisions/")}

    upload_id = uploads.received(load_curve(), dataset_id=market.dataset_id)
    uploads.read()

    assert uploads.shown(upload_id)["revision"]["number"] == 1
    assert {file.key for file in market.context.storage.storage.find("revisions/")} == revisions


class TestOrphans:
    def test_are_removed_when_they_are_old(self, market, uploads):
        """As a node leaves them that died between storing a file and writing its row."""
        storage = market.context.storage.storage
        uploads.received()
        needed = {file.key for file in storage.find("")}
        lost = deposited(market, shift=7)

        assert remove_orphans(market.context, now=later(storage, SPARED - timedelta(minutes=1))) == 0
        assert remove_orphans(market.context, now=later(storage, SPARED + timedelta(minutes=1))) == 1

        kept = {file.key for file in storage.find("")}
        assert kept == needed
        assert not any(lost.revision_id in key for key in kept)


def later(storage, time):
    return max(file.modified_at for file in storage.find("")) + time
