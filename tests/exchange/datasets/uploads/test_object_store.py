"""The whole way of a data set, with the files in an object store: upload in parts, delivery, rotation."""

import uuid
from dataclasses import replace

import pytest

from exchange.app import open_storage
from exchange.datasets import opened_revision, queries, read_page
from exchange.trust import Vault
from tests.factories.datasets import load_curve
from tests.s3 import BUCKET


@pytest.fixture
def on_s3(market, s3_server):
    """The same market on a storage of its own in the object store."""
    prefix = str(uuid.uuid4())
    settings = replace(market.context.settings, storage_url=f"s3://{BUCKET}/{prefix}", **s3_server.settings)
    storage = open_storage(settings)
    market.context = replace(
        market.context, settings=settings, storage=Vault(storage, market.context.storage.masters)
    )
    market.__dict__.pop("app", None)
    market.bucket = s3_server.bucket / prefix
    yield market
    storage.close()


def objects(market):
    return [path for path in market.bucket.rglob("*") if path.is_file()]


def test_an_upload_in_parts_becomes_a_revision_that_is_read_from_there(on_s3, uploads):
    body = load_curve(5_000)
    upload_id = uploads.received(body, parts=4)
    assert len(objects(on_s3)) == 4

    uploads.read()

    done = uploads.shown(upload_id)
    assert (done["state"], done["revision"]["rows"]) == ("done", 5_000)
    revision = on_s3.read(queries.get_stored_revision, done["revision_id"])
    with opened_revision(on_s3.context.storage, revision) as files:
        page = read_page(
            files,
            revision.schema,
            columns=("load_kw", "remark"),
            time_from=None,
            time_to=None,
            after_row=4_990,
            limit=100,
        )
    assert [row[1] for row in page.rows] == [f"row {number}" for number in range(4_991, 5_000)]


def test_only_noise_is_stored_there(on_s3, uploads):
    uploads.received(load_curve(5_000), name="Half way")
    uploads.received(load_curve(4_000), name="Done")
    uploads.read()

    contents = [path.read_bytes() for path in objects(on_s3)]

    marks = (b"load_kw", b"row 77", b"2026-06-", b"PAR1")
    assert contents
    assert [content for content in contents if any(mark in content for mark in marks)] == []


def test_the_secret_of_the_bucket_is_not_shown(on_s3):
    shown = on_s3.context.settings.shown()

    assert (shown["WDX_S3_SECRET_KEY"], shown["WDX_S3_ACCESS_KEY"]) == ("(set)", "(set)")
