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
from exchange.catalogue import lifecycle, queries
from exchange.catalogue import service as catalogue
from exchange.catalogue.models import Listing, ListingVersion
from exchange.catalogue.review import ReviewDays, approve_version, decide_version, submit_version
from exchange.context import Context
from exchange.datasets import service as datasets
from exchange.datasets.ingest.revision import Ingested
from exchange.participants.keys.issuing import issuance_of
from exchange.participants.keys.service import revoke_signing_key
from exchange.trust import PrivateKey
from tests.factories.agreements import Agreements
from tests.factories.catalogue import TICKED, offer
from tests.factories.datasets import taken_in
from tests.factories.declarations import Declarations
from tests.factories.deliveries import Deliveries
from tests.factories.lives import Lives
from tests.factories.negotiations import Negotiations
from tests.factories.participants import Member, enrol, join, register, verify
from tests.factories.revisions import Revisions

NOTICE_DAYS = 90


@dataclass
class Market:
    """The members, the data set on offer, and short ways to act."""

    context: Context
    now: datetime
    operator: Member
    regulator: Member
    #: Provider of the listed data set: its first person, who writes listings.
    grid_co: Member
    #: The provider's second person, who approves them.
    grid_approver: Member
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
    def lives(self) -> Lives:
        return Lives(self)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self)

    @cached_property
    def declarations(self) -> Declarations:
        return Declarations(self)

    def enrol(self, member: Member, key: PrivateKey | None = None, **changes: Any) -> Member:
        """The member with a further key, enrolled and certified."""
        return self.do(enrol, member=member, context=self.context, key=key, **changes)

    def revoke(self, member: Member, *, by: Member | None = None, **changes: Any) -> Any:
        """End the member's key."""
        return self.do(
            revoke_signing_key,
            **{
                "actor": (by or member).actor,
                "kid": member.key.kid,
                "reason": "key-compromise",
                "note": "laptop stolen",
                "issuance": issuance_of(self.context),
                **changes,
            },
        )

    def drafted(self, *, by: Member | None = None, **changes: Any) -> ListingVersion:
        """The draft of a new listing of the provider's data set."""
        return self.do(
            catalogue.create_listing,
            actor=(by or self.grid_co).actor,
            dataset_id=self.dataset_id,
            offer=offer(**changes),
            notice_days=NOTICE_DAYS,
        )

    def edited(self, **changes: Any) -> ListingVersion:
        """The draft of the next version of the listing on offer."""
        return self.do(
            catalogue.edit_listing,
            actor=self.grid_co.actor,
            listing_id=self.listing_id,
            offer=offer(**changes),
            notice_days=NOTICE_DAYS,
        )

    def submitted(self, version: ListingVersion, *, by: Member | None = None) -> ListingVersion:
        """The version as it waits for the provider's approver."""
        return self.do(
            submit_version,
            actor=(by or self.grid_co).actor,
            listing_id=version.listing_id,
            number=version.number,
        )

    def approved(
        self, version: ListingVersion, decision="approved", *, by=None, **changes
    ) -> ListingVersion:
        """The version as it waits for the operator; submitted first if it is not."""
        if version.state in {"draft", "supplement"}:
            version = self.submitted(version)
        return self.do_approve(version, decision, by=by, **changes)

    def do_approve(self, version: ListingVersion, decision="approved", *, by=None, **changes) -> Any:
        """Approve a version, whatever its state."""
        return self.do(
            approve_version,
            **{
                "actor": (by or self.grid_approver).actor,
                "listing_id": version.listing_id,
                "number": version.number,
                "decision": decision,
                "reason": "complete and true",
                "checklist": TICKED,
                "review_days": ReviewDays(),
                **changes,
            },
        )

    def decided(self, version: ListingVersion, decision="listed", *, by=None, **changes) -> ListingVersion:
        """The version as the operator decided on it; approved first if it is not."""
        if version.state in {"draft", "supplement", "org_review"}:
            version = self.approved(version)
        return self.do_decide(version, decision, by=by, **changes)

    def do_decide(self, version: ListingVersion, decision="listed", *, by=None, **changes) -> Any:
        """Decide on a version, whatever its state."""
        return self.do(
            decide_version,
            **{
                "actor": (by or self.operator).actor,
                "listing_id": version.listing_id,
                "number": version.number,
                "decision": decision,
                "reason": "checked against the list",
                "missing": ["the consent form"] if decision == "supplement" else [],
                "checklist": TICKED,
                "notice_days": NOTICE_DAYS,
                **changes,
            },
        )

    def listed(self, **changes: Any) -> ListingVersion:
        """A further listing of the provider's data set, on offer."""
        return self.decided(self.drafted(**changes))

    def suspended(self, effect: str = "new_deals_only", **when: Any) -> Listing:
        """The listing on offer, suspended by the operator."""
        return self.do(
            lifecycle.suspend_listing,
            actor=self.operator.actor,
            listing_id=self.listing_id,
            effect=effect,
            reason="a complaint is being looked into",
            **when,
        )

    def resumed(self) -> Listing:
        return self.do(
            lifecycle.resume_listing,
            actor=self.operator.actor,
            listing_id=self.listing_id,
            reason="the complaint was unfounded",
        )

    def delisted(self, effect: str = "new_deals_only", *, by: Member | None = None) -> Listing:
        """The listing on offer, ended by its provider unless told another."""
        return self.do(
            lifecycle.delist_listing,
            actor=(by or self.grid_co).actor,
            listing_id=self.listing_id,
            effect=effect,
            reason="no longer measured",
        )

    def on_offer(
        self, listing_id: str = "", *, by: Member | None = None, at: datetime | None = None
    ) -> Any:
        """The listing as the buyer sees it."""
        return self.read(
            queries.get_published_listing,
            listing_id or self.listing_id,
            actor=(by or self.forecast_lab).actor,
            now=at or self.now,
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
    market.listing_id = market.listed().listing_id
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
    enrolled = [enrol(session, member, now=at, context=context) for member in verified]
    grid_co, forecast_lab, rival = enrolled
    approver = join(session, "grid-approver", "approver", admin=grid_co, now=at)
    return Market(context, at, operator, regulator, grid_co, approver, forecast_lab, rival)
