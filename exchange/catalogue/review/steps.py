"""Keeping the steps of a review, and the checklist that goes with each decision."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange import datasets, hosted
from exchange.catalogue import queries
from exchange.catalogue.codes import get_table
from exchange.catalogue.models import Listing, ListingReview, ListingVersion, ReviewStep
from exchange.core.errors import Invalid
from exchange.participants import Actor


def add_step(
    session: Session,
    actor: Actor,
    version: ListingVersion,
    step: ReviewStep,
    decision: str,
    *,
    reason: str,
    now: datetime,
    missing: list[str] | None = None,
    checklist: list[str] | None = None,
) -> None:
    """Append one step to the version's review."""
    number = len(queries.find_reviews(session, version.listing_id, version.number)) + 1
    session.add(
        ListingReview(
            listing_id=version.listing_id,
            version=version.number,
            number=number,
            step=step,
            decision=decision,
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            reason=reason,
            missing=missing or [],
            checklist=sorted(checklist or []),
            taken_at=now,
        )
    )
    session.flush()  # the next step's number is read from the table


def require_sound_source(
    session: Session, listing: Listing, version: ListingVersion, now: datetime
) -> None:
    """Demand that the version's revision stands, or that its provider's API has passed a test as described.

    Raises:
        RevisionNotStanding: the revision was withdrawn.
        ConnectionNotTested: the API has not passed a test of late.
    """
    if version.revision_id is not None:
        datasets.require_standing(session, version.revision_id)
    else:
        described = version.content["hosted"]
        hosted.require_tested(session, organisation_id=listing.organisation_id, hosted=described, now=now)


def require_ticks(checklist: list[str]) -> None:
    """Refuse a tick that is no item of the checklist."""
    table = get_table("review_checklist")
    if strange := [item for item in checklist if item not in table]:
        raise Invalid(
            f"{', '.join(strange)} is no item of the review checklist",
            field="checklist",
            remedy=f"Its items are {', '.join(table.values)}.",
        )


def require_all_ticked(checklist: list[str]) -> None:
    """Refuse to pass a version while an item of the checklist is open."""
    if left := [item for item in get_table("review_checklist").values if item not in checklist]:
        raise Invalid(
            f"not every item of the checklist is ticked: {', '.join(left)}",
            field="checklist",
            remedy="Check them, or do not pass the version.",
        )
