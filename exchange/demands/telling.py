"""Who is told of what happens to a demand: its buyer, the providers who claimed it, the operator."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from exchange.core.i18n import N_
from exchange.core.telling import Both, Fact, Telling, Topic, shortened
from exchange.demands.models import Demand, DemandClaim
from exchange.participants import find_operator_ids, organisation_name

_REVIEWED = {
    "open": N_("Your demand %(title)s is on the board. Reason: %(reason)s"),
    "return": N_("Your demand %(title)s was returned. Reason: %(reason)s"),
}
#: Told to the buyer as they are.
_TO_BUYER = {
    "demand.expired": N_("Your demand %(title)s has expired."),
    "demand.unclaimed": N_("Nobody has claimed your demand %(title)s so far; the operator may step in."),
    "demand.intervened": N_("The operator looks for a provider for your demand %(title)s."),
}


def tell_submitted(session: Session, fact: Fact) -> Iterator[Telling]:
    """The operator: a demand waits for review."""
    yield _telling(
        _demand(session, fact),
        find_operator_ids(session),
        N_("The demand %(title)s waits for your review."),
    )


def tell_reviewed(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyer: whether its demand is on the board."""
    demand = _demand(session, fact)
    words = _REVIEWED[fact.payload["decision"]]
    yield _telling(demand, [demand.organisation_id], words, reason=shortened(fact.payload["reason"]))


def tell_claimed(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyer: a provider can fulfil it."""
    demand = _demand(session, fact)
    yield _telling(
        demand,
        [demand.organisation_id],
        N_("%(provider)s can fulfil your demand %(title)s: %(words)s"),
        provider=organisation_name(session, fact.payload["provider_id"]),
        words=shortened(fact.payload["message"]),
    )


def tell_confirmed(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: its claim was taken up."""
    yield _telling(
        _demand(session, fact),
        [_claim(session, fact).provider_id],
        N_("The buyer took up your claim on the demand %(title)s."),
    )


def tell_claim_declined(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: its claim was not taken up."""
    yield _telling(
        _demand(session, fact),
        [_claim(session, fact).provider_id],
        N_("The buyer did not take up your claim on the demand %(title)s. Reason: %(reason)s"),
        reason=shortened(fact.payload["reason"]),
    )


def tell_buyer(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyer: what became of its demand; the operator too, when nobody claimed it."""
    demand = _demand(session, fact)
    yield _telling(demand, [demand.organisation_id], _TO_BUYER[fact.type])
    if fact.type == "demand.unclaimed":
        yield _telling(
            demand, find_operator_ids(session), N_("Nobody has claimed the demand %(title)s for a week.")
        )


def _telling(demand: Demand, recipients: list[str], message: str, **values: str | Both) -> Telling:
    title = Both(demand.content["title_zh"], demand.content["title_en"])
    return Telling(
        Topic.DEMANDS, tuple(recipients), message, {"title": title, **values}, page=f"/demands/{demand.id}"
    )


def _demand(session: Session, fact: Fact) -> Demand:
    return session.get_one(Demand, fact.payload["demand_id"])


def _claim(session: Session, fact: Fact) -> DemandClaim:
    return session.get_one(DemandClaim, fact.payload["claim_id"])
