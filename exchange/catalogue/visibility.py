"""Who may know of a listing: a condition that every query carries, so nothing is filtered afterwards."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from exchange.catalogue.models import Listing, ListingAccess
from exchange.participants import Actor


@dataclass(frozen=True)
class Admission:
    """Who is admitted to a listing, as its rows say it; `may_see` decides by the same rows."""

    audience: str
    allow: tuple[str, ...]
    deny: tuple[str, ...]


def may_see(actor: Actor) -> ColumnElement[bool]:
    """The listings that exist for the actor: public, certified or by name, and never against a deny list.

    The provider always sees its own listings, the operator and the regulator see all of them.
    """
    if actor.oversees:
        return true()
    admitted = [Listing.audience == "public", _is_named(actor, is_allowed=True)]
    if actor.is_verified:
        admitted.append(Listing.audience == "certified")
    return or_(
        Listing.organisation_id == actor.organisation_id,
        and_(or_(*admitted), ~_is_named(actor, is_allowed=False)),
    )


def find_admissions(session: Session, listing_ids: Collection[str]) -> dict[str, Admission]:
    """Who is admitted to each of the listings, for an index that answers for everybody."""
    named: dict[tuple[str, bool], list[str]] = {}
    access = select(ListingAccess).where(ListingAccess.listing_id.in_(listing_ids))
    for row in session.scalars(access.order_by(ListingAccess.organisation_id)):
        named.setdefault((row.listing_id, row.is_allowed), []).append(row.organisation_id)
    audiences = session.execute(select(Listing.id, Listing.audience).where(Listing.id.in_(listing_ids)))
    return {
        listing_id: Admission(
            audience,
            allow=tuple(named.get((listing_id, True), ())),
            deny=tuple(named.get((listing_id, False), ())),
        )
        for listing_id, audience in audiences
    }


def _is_named(actor: Actor, *, is_allowed: bool) -> ColumnElement[bool]:
    return exists().where(
        ListingAccess.listing_id == Listing.id,
        ListingAccess.organisation_id == actor.organisation_id,
        ListingAccess.is_allowed.is_(is_allowed),
    )
