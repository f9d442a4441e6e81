"""Writing listings: every edit is a new version, checked whole before it is kept."""

import hashlib
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from exchange import datasets, hosted
from exchange.catalogue import queries
from exchange.catalogue.content import (
    Circumstances,
    build_content,
    build_hosted_content,
    check_offer,
)
from exchange.catalogue.disclosure.keys import make_mask_key
from exchange.catalogue.errors import ListingInvalid
from exchange.catalogue.events import ListingVersionWritten
from exchange.catalogue.models import Listing, ListingState, ListingVersion, VersionState
from exchange.catalogue.price_protection import early_increase
from exchange.core import canonical
from exchange.core.clock import day_of
from exchange.core.errors import FieldProblem, Invalid, NotFound, WrongState
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor
from exchange.participants.actors import EDITOR, PROVIDER

#: What a version is about: data that are stored here, or an API whose data stay with the provider.
Source = datasets.RevisionCard | hosted.DescribedApi


def create_listing(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str | None = None,
    hosted_id: str | None = None,
    offer: dict[str, Any],
    notice_days: int,
    now: datetime,
) -> ListingVersion:
    """Offer a data set, or a provider-hosted product: makes the listing and the draft of its first version.

    Raises:
        Invalid: both are named, or neither.
        ListingInvalid: the offer breaks rules; all of them are named.
    """
    _require_editor(actor)
    source = _newest_source(session, actor, dataset_id, hosted_id)
    listing = Listing(
        id=new_id("lst"),
        organisation_id=actor.organisation_id,
        dataset_id=dataset_id,
        hosted_id=hosted_id,
        state=ListingState.DRAFT,
        audience="public",
        created_at=now,
    )
    content = _checked_content(session, actor, listing, source, offer, notice_days, now)
    session.add(listing)
    session.flush()  # the version's foreign key needs the listing's row
    make_mask_key(session, listing_id=listing.id, now=now)
    return _write_version(session, actor, listing, source, content, now)


def edit_listing(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    offer: dict[str, Any],
    notice_days: int,
    now: datetime,
) -> ListingVersion:
    """Write the next version; the one on offer stays on offer until this one has passed review.

    Raises:
        ListingInvalid: the offer breaks rules; all of them are named.
        WrongState: the listing is delisted.
    """
    _require_editor(actor)
    listing = queries.lock_listing(session, listing_id)
    if listing.organisation_id != actor.organisation_id:
        raise NotFound(f"there is no listing {listing_id}")
    if listing.state == ListingState.DELISTED:
        raise WrongState("the listing is delisted and has no further version", remedy="Make a new listing.")
    source = _newest_source(session, actor, listing.dataset_id, listing.hosted_id)
    content = _checked_content(session, actor, listing, source, offer, notice_days, now)
    return _write_version(session, actor, listing, source, content, now)


def _require_editor(actor: Actor) -> None:
    actor.require_role(PROVIDER)
    actor.require_duty(EDITOR)


def _newest_source(session: Session, actor: Actor, dataset_id: str | None, hosted_id: str | None) -> Source:
    if dataset_id is not None and hosted_id is not None:
        raise Invalid(
            "the listing names a data set and a provider-hosted product",
            field="hosted_id",
            remedy="Name one of them; each has a listing of its own.",
        )
    if hosted_id is not None:
        return _own_api(session, actor, hosted_id)
    if dataset_id is None:
        raise Invalid(
            "the listing names no data set and no provider-hosted product",
            field="dataset_id",
            remedy="Give the id of one of yours as dataset_id or as hosted_id.",
        )
    return datasets.get_newest_revision(session, actor=actor, dataset_id=dataset_id)


def _own_api(session: Session, actor: Actor, hosted_id: str) -> hosted.DescribedApi:
    described = hosted.get_own_api(session, hosted_id, actor=actor)
    if described.organisation_id != actor.organisation_id:  # one who oversees sees those of others, too
        raise NotFound(f"there is no provider-hosted product {hosted_id}")
    return described


def _checked_content(
    session: Session,
    actor: Actor,
    listing: Listing,
    source: Source,
    document: dict[str, Any],
    notice_days: int,
    now: datetime,
) -> dict[str, Any]:
    about = Circumstances(
        today=day_of(now),
        columns=_columns(source),
        is_hosted=isinstance(source, hosted.DescribedApi),
        parents=_parent_levels(session, actor, listing, document),
    )
    offer, problems = check_offer(document, about)
    if problems:
        raise ListingInvalid(problems)
    content = _built_content(offer, source)
    if refused := _early_increase(session, listing, content, notice_days, now):
        raise ListingInvalid([refused])
    return content


def _columns(source: Source) -> tuple[str, ...]:
    if isinstance(source, hosted.DescribedApi):
        return hosted.HostedApi.of(source.api).schema.names
    return tuple(item["name"] for item in source.schema["fields"])


def _built_content(offer: dict[str, Any], source: Source) -> dict[str, Any]:
    if isinstance(source, hosted.DescribedApi):
        return build_hosted_content(offer, source.shown)
    return build_content(offer, source)


def _parent_levels(
    session: Session, actor: Actor, listing: Listing, document: dict[str, Any]
) -> dict[str, str]:
    source = document.get("source")
    parents = source.get("parents") if isinstance(source, dict) else None
    ids = [item for item in parents if isinstance(item, str)] if isinstance(parents, list) else []
    found = queries.find_levels(session, ids[: queries.MOST_PER_PAGE], actor=actor) if ids else {}
    return {parent: level for parent, level in found.items() if parent != listing.id}


def _early_increase(
    session: Session, listing: Listing, content: dict[str, Any], notice_days: int, now: datetime
) -> FieldProblem | None:
    if listing.listed_version is None:
        return None
    listed = queries.get_version(session, listing.id, listing.listed_version).content
    return early_increase(listed, content, on=date.fromisoformat(day_of(now)), notice_days=notice_days)


def _write_version(
    session: Session,
    actor: Actor,
    listing: Listing,
    source: Source,
    content: dict[str, Any],
    now: datetime,
) -> ListingVersion:
    digest = hashlib.sha256(canonical.to_bytes(content)).hexdigest()
    version = ListingVersion(
        listing_id=listing.id,
        number=queries.newest_version_number(session, listing.id) + 1,
        **_source_columns(source),
        content=content,
        digest=digest,
        state=VersionState.DRAFT,
        written_by=actor.person_id,
        written_at=now,
    )
    session.add(version)
    event = ListingVersionWritten(
        listing.id, version.number, actor.organisation_id, version.revision_id, digest, content
    )
    record_event(session, event, subject=listing.id, actor=actor.person_id, at=now)
    return version


def _source_columns(source: Source) -> dict[str, Any]:
    if isinstance(source, hosted.DescribedApi):
        return {"hosted_id": source.hosted_id, "hosted_version": source.version}
    return {"revision_id": source.id}
