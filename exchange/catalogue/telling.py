"""Who is told of the review and the life of listings; buyers with agreements are told by the contracts."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from exchange.catalogue import queries
from exchange.core.clock import day_of, from_millis
from exchange.core.i18n import N_
from exchange.core.telling import Both, Fact, Telling, Topic, shortened
from exchange.participants import find_operator_ids, get_actor

_DECIDED = {
    "listed": N_("Your listing %(title)s is on offer. Reason: %(reason)s"),
    "supplement": N_("Your listing %(title)s needs a supplement: %(reason)s"),
    "rejected": N_("Your listing %(title)s was rejected. Reason: %(reason)s"),
}
_STOPPED = {
    "listing.suspended": N_("Your listing %(title)s was suspended. Reason: %(reason)s"),
    "listing.resumed": N_("Your listing %(title)s takes deals again. Reason: %(reason)s"),
    "listing.delisted": N_("Your listing %(title)s was delisted. Reason: %(reason)s"),
}


def version_title(session: Session, listing_id: str, number: int) -> Both:
    """How a version of a listing calls itself, for a sentence."""
    content = queries.get_version(session, listing_id, number).content
    return Both(content["title_zh"], content["title_en"])


def listing_title(session: Session, listing_id: str) -> Both:
    """How the listed, or else the newest, version of a listing calls itself."""
    listing = queries.get_listing(session, listing_id)
    return version_title(
        session, listing_id, listing.listed_version or queries.newest_version_number(session, listing_id)
    )


def listing_page(listing_id: str) -> str:
    """The path of a listing's page."""
    return f"/catalogue/{listing_id}"


def tell_submitted(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider itself: a second person of it is to approve."""
    listing_id = fact.payload["listing_id"]
    yield Telling(
        Topic.LISTINGS,
        (fact.payload["organisation_id"],),
        N_("Version %(version)s of the listing %(title)s waits for the approval of a second person."),
        {
            "version": str(fact.payload["version"]),
            "title": version_title(session, listing_id, fact.payload["version"]),
        },
    )


def tell_approved(session: Session, fact: Fact) -> Iterator[Telling]:
    """The operator, who is to decide now; or the provider itself, when its second person returned it."""
    payload = fact.payload
    title = version_title(session, payload["listing_id"], payload["version"])
    if payload["decision"] == "approved":
        yield Telling(
            Topic.LISTINGS,
            tuple(find_operator_ids(session)),
            N_("The listing %(title)s waits for your decision until %(day)s."),
            {"title": title, "day": day_of(from_millis(payload["due_at"]))},
        )
    else:
        yield Telling(
            Topic.LISTINGS,
            (payload["organisation_id"],),
            N_("A second person returned the listing %(title)s. Reason: %(reason)s"),
            {"title": title, "reason": shortened(payload["reason"])},
        )


def tell_decided(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: what the operator decided."""
    payload = fact.payload
    listing = queries.get_listing(session, payload["listing_id"])
    yield Telling(
        Topic.LISTINGS,
        (listing.organisation_id,),
        _DECIDED[payload["decision"]],
        {
            "title": version_title(session, listing.id, payload["version"]),
            "reason": shortened("; ".join([payload["reason"], *payload["missing"]])),
        },
        page=listing_page(listing.id) if listing.listed_version else "",
    )


def tell_stopped(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider, when somebody else suspended, resumed or delisted its listing."""
    listing = queries.get_listing(session, fact.payload["listing_id"])
    if get_actor(session, fact.actor).organisation_id == listing.organisation_id:
        return
    yield Telling(
        Topic.LISTINGS,
        (listing.organisation_id,),
        _STOPPED[fact.type],
        {
            "title": listing_title(session, listing.id),
            "reason": shortened(fact.payload["reason"]),
        },
        page=listing_page(listing.id),
    )


def tell_expired(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: its last day is past."""
    listing = queries.get_listing(session, fact.payload["listing_id"])
    yield Telling(
        Topic.LISTINGS,
        (listing.organisation_id,),
        N_("Your listing %(title)s has expired; its last day was %(day)s."),
        {"title": listing_title(session, listing.id), "day": fact.payload["valid_to"]},
        page=listing_page(listing.id),
    )
