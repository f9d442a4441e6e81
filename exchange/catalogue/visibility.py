"""Who may know of a listing: a condition that every query carries, so nothing is filtered afterwards."""

from sqlalchemy import ColumnElement, and_, exists, or_, true

from exchange.catalogue.models import Listing, ListingAccess
from exchange.participants import Actor


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


def _is_named(actor: Actor, *, is_allowed: bool) -> ColumnElement[bool]:
    return exists().where(
        ListingAccess.listing_id == Listing.id,
        ListingAccess.organisation_id == actor.organisation_id,
        ListingAccess.is_allowed.is_(is_allowed),
    )
