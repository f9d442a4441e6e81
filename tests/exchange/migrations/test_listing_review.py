"""Listings from before the two reviews: kept as evidence, off offer, their people able to publish anew."""

import json

import pytest
from sqlalchemy import text

from exchange import migrations

AT = "2026-01-01 00:00:00+00:00"
ROWS = (
    (
        "INSERT INTO organisations (id, name_zh, name_en, uscc, roles, state, registered_at)"
        f" VALUES ('org_1', 'a', 'a', '1', '[]', 'verified', '{AT}')"
    ),
    (
        "INSERT INTO people (id, organisation_id, name, login, password_hash)"
        " VALUES ('per_1', 'org_1', 'Ping', 'ping', 'x')"
    ),
    f"INSERT INTO datasets (id, organisation_id, name, created_at) VALUES ('dts_1', 'org_1', 'a', '{AT}')",
    (
        "INSERT INTO dataset_revisions (id, dataset_id, number, source_name, sha256, size_bytes, rows, schema,"
        " schema_digest, profile, sample, created_at)"
        f" VALUES ('rev_1', 'dts_1', 1, 'a.csv', 'x', 1, 1, '{{}}', 'x', '{{}}', '[]', '{AT}')"
    ),
    (
        "INSERT INTO listings (id, organisation_id, dataset_id, listed_version, created_at)"
        f" VALUES ('lst_1', 'org_1', 'dts_1', 1, '{AT}')"
    ),
)
VERSION = (
    "INSERT INTO listing_versions (listing_id, number, revision_id, content, digest, state, written_by,"
    f" written_at) VALUES ('lst_1', :number, 'rev_1', '{{}}', 'x', :state, 'per_1', '{AT}')"
)


@pytest.fixture
def upgraded(database):
    """A listing with a version in every state of before, brought to the tables of now."""
    migrations.downgrade(database.engine, "0003")
    with database.writing() as session:
        for statement in ROWS:
            session.execute(text(statement.replace("schema,", '"schema",')))
        states = ("listed", "draft", "submitted", "rejected", "superseded")
        for number, state in enumerate(states, start=1):
            session.execute(text(VERSION), {"number": number, "state": state})
    migrations.upgrade(database.engine)
    return database


def test_earlier_listings_are_off_offer_and_their_versions_kept(upgraded):
    with upgraded.reading() as session:
        listing = session.execute(text("SELECT listed_version, state FROM listings")).one()
        states = session.scalars(text("SELECT state FROM listing_versions ORDER BY number")).all()

    assert tuple(listing) == (None, "draft")
    assert states == ["withdrawn", "withdrawn", "withdrawn", "rejected", "withdrawn"]


def test_earlier_people_have_every_duty(upgraded):
    with upgraded.reading() as session:
        duties = session.scalars(text("SELECT duties FROM people")).one()

    assert (json.loads(duties) if isinstance(duties, str) else duties) == ["admin", "approver", "editor"]
