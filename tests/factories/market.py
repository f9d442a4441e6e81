"""A market as most tests find it: verified members with keys and one listed data set."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exchange.app import create_app
from exchange.catalogue import service as catalogue
from exchange.catalogue.models import ListingVersion
from exchange.context import Context
from exchange.datasets import service as datasets
from exchange.datasets.ingest.revision import Ingested
from exchange.trust import PrivateKey
from tests.factories.agreements import Agreements
from tests.factories.catalogue import offer
from tests.factories.datasets import taken_in
from tests.factories.deliveries import Deliveries
from tests.factories.negotiations import Negotiations
from tests.factories.participants import Member, enrol, register, verify
from tests.factories.revisions import Revisions


@dataclass
class Market:
    """The members, the data set on offer, and short ways to act."""

    context: Context
    now: datetime
    operator: Member
    regulator: Member
    #: Provider of the listed data set.
    grid_co: Member
    #: Its buyer.
    forecast_lab: Member
    #: Provider and buyer, party to nothing.
    rival: Member
    dataset_id: str = ""
    listing_id: str = ""
    ingested: Ingested | None = field(default=None, repr=False)

    def do(self, verb, /, **arguments: Any) -> Any:
        """Run a verb in a transaction of its own, at the market's hour unless told another."""
        arguments = {"now": self.now, **arguments}
        return self.context.database.write(lambda session: verb(session, **arguments))

    def read(self, query, /, *arguments: Any, **named: Any) -> Any:
        with self.context.database.reading() as session:
            return query(session, *arguments, **named)

    @cached_property
    def negotiations(self) -> Negotiations:
        return Negotiations(self)

    @cached_property
    def agreements(self) -> Agreements:
        return Agreements(self)

    @cached_property
    def revisions(self) -> Revisions:
        return Revisions(self)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self)

    def drafted(self, *, by: Member | None = None, **changes: Any) -> ListingVersion:
        """The draft of a new listing of the provider's data set."""
        return self.do(
            catalogue.create_listing,
            actor=(by or self.grid_co).actor,
            dataset_id=self.dataset_id,
            offer=offer(**changes),
        )

    def edited(self, **changes: Any) -> ListingVersion:
        """The draft of the next version of the listing on offer."""
        return self.do(
            catalogue.edit_listing,
            actor=self.grid_co.actor,
            listing_id=self.listing_id,
            offer=offer(**changes),
        )

    def submitted(self, version: ListingVersion) -> ListingVersion:
        return self.do(
            catalogue.submit_version,
            actor=self.grid_co.actor,
            listing_id=version.listing_id,
            number=version.number,
        )

    def decided(self, version: ListingVersion, decision="listed", *, by=None) -> ListingVersion:
        return self.do(
            catalogue.decide_version,
            actor=(by or self.operator).actor,
            listing_id=version.listing_id,
            number=version.number,
            decision=decision,
            reason="checked against the list",
        )

    @cached_property
    def app(self) -> Flask:
        """The web application on this market's database, its clock stopped at the market's hour."""
        app = _assembled_app(self.context)
        app.extensions["wdx"] = self.context
        app.extensions["market"] = self
        return app

    def api(self, member: Member | None = None) -> "Api":
        """The API as this member reaches it; without one, as a stranger does."""
        return Api(self.app.test_client(), member.sign_in_headers() if member else {})


_apps: list[Flask] = []


def _assembled_app(context: Context) -> Flask:
    # Assembled once: it takes a tenth of a second, and all that differs between tests is the context.
    if not _apps:
        app = create_app(context=context)
        app.config["TESTING"] = True
        app.before_request_funcs.setdefault(None, []).insert(0, _stop_clock)
        _apps.append(app)
    return _apps[0]


def _stop_clock() -> None:
    g.now = current_app.extensions["market"].now


@dataclass
class Api:
    """The HTTP API of one caller."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, *, key: str | None = None, **query: Any) -> TestResponse:
        return self._send("GET", path, key, query_string=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> TestResponse:
        if body is not None:
            options["json"] = body
        return self._send("POST", path, key, **options)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        return self._send(method, path, None, **options)

    def _send(self, method: str, path: str, key: str | None, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, buffered=True, **options)


@dataclass(frozen=True)
class MarketTemplate:
    """A market at rest: its database, its stored files, and its members' secrets."""

    database_url: str
    storage_dir: Path
    market: Market

    def opened(self, context: Context, *, at: datetime) -> Market:
        """The same market on a copy of the database."""
        shutil.copytree(self.storage_dir, context.settings.storage_dir, dirs_exist_ok=True)
        return replace(self.market, context=context, now=at)


def build_market(context: Context, *, at: datetime) -> MarketTemplate:
    """Register, verify and list, as it would go through the API."""
    market = context.database.write(lambda session: _with_members(session, context, at))
    market.ingested = taken_in(context.storage)
    revision = market.do(
        datasets.create_dataset,
        actor=market.grid_co.actor,
        name="Load curve",
        source_name="load.csv",
        ingested=market.ingested,
    )
    market.dataset_id = revision.dataset_id
    version = market.decided(market.submitted(market.drafted()))
    market.listing_id = version.listing_id
    context.database.dispose()
    return MarketTemplate(context.settings.database_url, context.settings.storage_dir, market)


def _with_members(session, context: Context, at: datetime) -> Market:
    operator = register(session, "operator", "operator", number=1, now=at, privileged=True)
    regulator = register(session, "regulator", "regulator", number=2, now=at, privileged=True)
    members = [
        register(session, "grid-co", "provider", number=3, now=at),
        register(session, "forecast-lab", "buyer", number=4, now=at),
        register(session, "rival", "provider", "buyer", number=5, now=at),
    ]
    verified = [verify(session, member, operator=operator, now=at) for member in members]
    enrolled = [enrol(session, member, now=at, key=PrivateKey.generate()) for member in verified]
    return Market(context, at, operator, regulator, *enrolled)
