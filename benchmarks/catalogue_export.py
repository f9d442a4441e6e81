"""The DCAT-AP catalogue of 100,000 complete listings, page by page, against rdflib writing the same pages."""

import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rdflib import Graph
from sqlalchemy import insert

from benchmarks.report import median_pair, table
from exchange.app import create_context
from exchange.catalogue.exports.dcat import CataloguePage, describe_catalogue, to_turtle
from exchange.catalogue.exports.documents import render_catalogue
from exchange.catalogue.exports.queries import find_described, provider_card
from exchange.catalogue.exports.schemas import MOST_LISTINGS
from exchange.catalogue.models import Listing, ListingVersion
from exchange.config import Settings
from exchange.datasets.models import Dataset, DatasetRevision
from exchange.participants import Actor
from exchange.participants.queries import get_organisation_card
from exchange.participants.service import register_organisation
from exchange.participants.uscc import check_character
from exchange.setup import prepare
from tests.factories.described import BASE_URL, FULL_CONTENT, PROVIDER

LISTINGS = 100_000
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def run(listings: int = LISTINGS) -> None:
    with tempfile.TemporaryDirectory() as name:
        context = create_context(Settings(home=Path(name)))
        prepare(context)
        organisation_id = context.database.write(lambda session: _fill(session, listings))
        actor = Actor(
            "per_1", "Ping", organisation_id, "江城电网公司", frozenset({"operator"}), is_verified=True
        )
        before = _peak_mb()
        started, after, pages, size = time.perf_counter(), "", 0, 0
        while after is not None:
            with context.database.reading() as session:
                page, after = _page(session, actor, after)
            size += len(render_catalogue(page, "turtle").body)
            pages += 1
        total = time.perf_counter() - started
        nodes = describe_catalogue(page)
        graph = Graph().parse(data=to_turtle(nodes), format="turtle")
        ours, theirs = median_pair(
            lambda: to_turtle(describe_catalogue(page)), lambda: graph.serialize(format="turtle"), rounds=3
        )
        table(
            ("work", "seconds", "listings/s"),
            [
                (
                    f"all {listings:,} listings, {pages} pages, database and all",
                    f"{total:.1f}",
                    f"{listings / total:,.0f}",
                ),
                (
                    f"one page of {MOST_LISTINGS}: describe and write",
                    f"{ours:.3f}",
                    f"{MOST_LISTINGS / ours:,.0f}",
                ),
                (
                    f"one page of {MOST_LISTINGS}: rdflib only writes",
                    f"{theirs:.3f}",
                    f"{MOST_LISTINGS / theirs:,.0f}",
                ),
            ],
        )
        print(
            f"\n{size / 1e6:.0f} MB of Turtle; peak memory grew by {_peak_mb() - before:.0f} MB while it was written"
        )
        context.database.dispose()


def _page(session, actor, after):
    listings, more = find_described(
        session, actor=actor, base_url=BASE_URL, after=after, limit=MOST_LISTINGS
    )
    operator = provider_card(get_organisation_card(session, actor.organisation_id))
    return CataloguePage(BASE_URL, operator, listings, f"{BASE_URL}/catalogue.ttl", None), more


def _fill(session, listings: int) -> str:
    """Complete listings of one data set, without the walk to them."""
    organisation = register_organisation(
        session,
        name_zh=PROVIDER.name_zh,
        name_en=PROVIDER.name_en,
        uscc=f"91420100MDEM0001A{check_character('91420100MDEM0001A')}",
        roles=["operator"],
        person_name="Ping",
        login="ping",
        password="long enough a password",
        privileged=True,
        now=NOW,
    )
    session.add(Dataset(id="dts_1", organisation_id=organisation.id, name="Load", created_at=NOW))
    session.flush()
    revision = FULL_CONTENT["revision"]
    session.add(
        DatasetRevision(
            id="rev_1",
            dataset_id="dts_1",
            number=1,
            source_name="load.csv",
            sha256=revision["sha256"],
            size_bytes=1,
            rows=revision["rows"],
            schema=FULL_CONTENT["schema"],
            schema_digest=FULL_CONTENT["schema_digest"],
            time_from=revision["time_from"],
            time_to=revision["time_to"],
            profile={},
            sample=[],
            created_at=NOW,
        )
    )
    session.flush()
    for first in range(0, listings, 2_000):
        ids = [f"lst_{number:010d}" for number in range(first, min(first + 2_000, listings))]
        session.execute(insert(Listing), [_listing(item, organisation.id) for item in ids])
        session.execute(insert(ListingVersion), [_version(item) for item in ids])
    return organisation.id


def _listing(listing_id: str, organisation_id: str) -> dict:
    return {
        "id": listing_id,
        "organisation_id": organisation_id,
        "dataset_id": "dts_1",
        "listed_version": 1,
        "created_at": NOW,
    }


def _version(listing_id: str) -> dict:
    return {
        "listing_id": listing_id,
        "number": 1,
        "revision_id": "rev_1",
        "content": {**FULL_CONTENT, "title_en": f"Load of transformer {listing_id}"},
        "digest": "0" * 64,
        "state": "listed",
        "written_by": "per_1",
        "written_at": NOW,
        "decided_at": NOW,
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
