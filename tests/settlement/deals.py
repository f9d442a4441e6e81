"""Deals for settlement's tests: executed agreements, and deliveries recorded through the real gate."""

import hashlib
from datetime import UTC, datetime
from itertools import count

from contracts.agreements.events import AgreementExecuted
from contracts.agreements.models import Agreement, AgreementState
from contracts.declarations.service import declare_revenue
from contracts.deliveries.preparation import Prepared, Question
from contracts.deliveries.service import record_delivery
from contracts.negotiations.models import Negotiation
from contracts.terms import Party, build_terms, new_contract_id
from exchange.catalogue.models import Listing
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import derived_id
from exchange.datasets.models import Dataset
from exchange.participants import Actor
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER
from exchange.participants.models import Organisation, Person
from tests.factories.terms import draft, listing

#: Within November in Shanghai.
NOVEMBER = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
#: Just after the end of November in Shanghai.
DECEMBER = datetime(2026, 11, 30, 16, 0, 1, tzinfo=UTC)
PER_ROW = {"model": "per_row", "unit_price_micro": 12_345, "free_rows": 100}
PER_CALL = {"model": "per_call", "unit_price_micro": 500_000}
SUBSCRIPTION = {"model": "subscription", "fee_micro": 99_990_000}
REVENUE_SHARE = {"model": "revenue_share", "share_bp": 500}
BOUNDED_VOLUME = {
    "model": "per_hit",
    "tiers": {
        "mode": "volume",
        "steps": [{"up_to": 2, "unit_price_micro": 777_777}, {"up_to": None, "unit_price_micro": 333_333}],
    },
    "minimum_micro": 1_000_000,
    "cap_micro": 1_500_000,
}
PACKAGE = {
    "model": "package",
    "fee_micro": 5_005_000,
    "included_rows": 300,
    "expiry_days": 400,
    "over_price_micro": 12_345,
}


class Deals:
    """Makes the participants at the first deal; each deal is one agreement between the same two."""

    def __init__(self, database, exchange_key):
        self.database = database
        self.exchange_key = exchange_key
        self._numbers = count(1)
        self._requests = count(1)
        with database.writing() as session:
            _add_participants(session)

    def executed(self, plan=PER_ROW, *, fee_bp=500, at=NOVEMBER, days=365):
        """Sign an agreement with the price plan; returns its id."""
        number = next(self._numbers)
        with self.database.writing() as session:
            agreement = _agreement(session, number, plan, fee_bp, at, days)
            executed = AgreementExecuted(agreement.id, agreement.terms.decode(), {}, "countersigned")
            record_event(session, executed, subject=agreement.id, actor=EXCHANGE, at=at)
        return agreement.id

    def deliver(self, agreement_id, *row_counts, at=NOVEMBER):
        """Record one delivery for each number of rows."""
        for rows in row_counts:
            with self.database.writing() as session:
                record_delivery(
                    session,
                    actor=actor("buyer", BUYER),
                    agreement_id=agreement_id,
                    request_id=f"request-{next(self._requests)}",
                    prepared=_prepared(rows),
                    exchange_key=self.exchange_key,
                    now=at,
                )

    def declare(self, agreement_id, revenue_fen, *, period="2026-11", at=NOVEMBER, corrects=None):
        """Declare the buyer's revenue of a month."""
        with self.database.writing() as session:
            declare_revenue(
                session,
                actor=actor("buyer", BUYER),
                agreement_id=agreement_id,
                period=period,
                revenue_fen=revenue_fen,
                covers="forecasts",
                corrects=corrects,
                exchange_key=self.exchange_key,
                now=at,
            )


def actor(organisation, *roles):
    """A person of one of the three organisations."""
    return Actor(
        f"per_{organisation}",
        organisation,
        f"org_{organisation}",
        organisation,
        frozenset(roles),
        is_verified=True,
    )


def _add_participants(session):
    for number, (name, role) in enumerate(
        (("provider", PROVIDER), ("buyer", BUYER), ("operator", OPERATOR)), start=1
    ):
        session.add(
            Organisation(
                id=f"org_{name}",
                name_zh=name,
                name_en=name,
                uscc=f"9142010000000000{number:02d}",
                roles=[role],
                state="verified",
                registered_at=NOVEMBER,
            )
        )
        session.flush()
        session.add(
            Person(
                id=f"per_{name}", organisation_id=f"org_{name}", name=name, login=name, password_hash="-"
            )
        )
    session.add(Dataset(id="dst_1", organisation_id="org_provider", name="Load curve", created_at=NOVEMBER))
    session.flush()
    session.add(
        Listing(id="lst_1", organisation_id="org_provider", dataset_id="dst_1", created_at=NOVEMBER)
    )


def _agreement(session, number, plan, fee_bp, at, days):
    agreement_id, negotiation_id = derived_id("agr", f"neg_{number}"), f"neg_{number}"
    terms = build_terms(
        agreement_id=agreement_id,
        negotiation_id=negotiation_id,
        contract_id=new_contract_id(uscc=_USCC, area_code="420100", at=at),
        parties=tuple(_party(role, name) for role, name in _ROLES),
        listing=_LISTING,
        offer=draft(price_plan=plan, platform_fee_bp=fee_bp, days=days, delivery_modes=["query"]),
        valid_from=at,
    )
    session.add(
        Negotiation(
            id=negotiation_id,
            listing_id="lst_1",
            listing_version=1,
            provider_id="org_provider",
            buyer_id="org_buyer",
            state="agreed",
            requested_at=at,
        )
    )
    session.flush()
    agreement = Agreement(
        id=agreement_id,
        negotiation_id=negotiation_id,
        listing_id="lst_1",
        provider_id="org_provider",
        buyer_id="org_buyer",
        terms=terms.data,
        terms_sha256=terms.digest,
        state=AgreementState.ACTIVE,
        frozen_at=at,
        valid_until=terms.valid_until,
        executed_at=at,
    )
    session.add(agreement)
    session.flush()
    return agreement


_ROLES = (("provider", "provider"), ("buyer", "buyer"), ("exchange", "operator"))
_USCC = "91350100M000100Y43"
_LISTING = listing()


def _party(role, name):
    return Party(role, f"org_{name}", name, name, _USCC, f"kid-{name}", "Ed25519")


def _prepared(rows):
    body = b"x" * rows
    question = Question(mode="query", form="json", columns=("time", "load_kw"))
    return Prepared(question, "rev_1", rows, len(body), hashlib.sha256(body).hexdigest(), body=body)
