"""The draft of a round, with the rules that need more than the draft: the listing, and the data themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts.terms import TermsInvalid, apply_changes, bounded, open_draft
from exchange import datasets
from exchange.catalogue import PublishedListing
from exchange.core.clock import day_of
from exchange.core.errors import FieldProblem
from exchange.pricing import PricePlan
from exchange.trust.suites import require_computable


def first_draft(
    session: Session, listing: PublishedListing, asked: dict[str, Any], *, by_buyer: bool
) -> dict[str, Any]:
    """What the listing offers, but for what is asked.

    Raises:
        TermsInvalid: a member outside what the listing permits.
        AlgorithmUnavailable: the exchange cannot sign with the suite.
    """
    content = listing.content
    if not by_buyer:
        # A buyer says its purpose itself; a provider who offers unasked means the first it permits.
        asked = {
            "purpose": content["usage_policy"]["purposes"][0],
            "scenario": content["scenarios"][0],
            **asked,
        }
    draft = open_draft(content, asked)
    listed = _listed_plan(content, asked.get("plan"))
    _require_price(listed, draft["price_plan"], content, by_buyer=by_buyer)
    _require_askable(session, listing, draft)
    require_computable(draft["required_suite"])
    return draft


@dataclass(frozen=True)
class Renewal:
    """A signed agreement that a new one is to follow."""

    agreement_id: str
    listing_id: str
    provider_id: str
    buyer_id: str
    #: What was agreed then, as a draft.
    draft: dict[str, Any]
    #: When the signed one ends.
    begins_at: datetime


def renewal_draft(
    session: Session,
    listing: PublishedListing,
    renewal: Renewal,
    changes: dict[str, Any],
    *,
    by_buyer: bool,
    now: datetime,
) -> dict[str, Any]:
    """What was agreed then at the price of now, but for the changes.

    Raises:
        TermsInvalid: the listing does not permit a member any more.
    """
    asked = {name: value for name, value in changes.items() if name != "plan"}
    signed = renewal.draft["price_plan"]
    if is_price_protected(listing.price_notice, at=max(now, renewal.begins_at)):
        price = signed
    else:
        price = _listed_plan(listing.content, changes.get("plan") or _alike(listing.content, signed))
    return next_draft(session, listing, {**renewal.draft, "price_plan": price}, asked, by_buyer=by_buyer)


def is_price_protected(notice: Mapping[str, Any] | None, *, at: datetime) -> bool:
    """Whether the notice of an increase still runs for a renewal that begins at an instant."""
    return notice is not None and notice["direction"] == "increase" and day_of(at) < notice["renewals_from"]


def _alike(content: Mapping[str, Any], signed: Mapping[str, Any]) -> str | None:
    """The code of the listed plan by the model of the signed one; None where there is none."""
    alike = [entry["code"] for entry in content["price_plans"] if entry["plan"]["model"] == signed["model"]]
    return alike[0] if alike else None


def next_draft(
    session: Session,
    listing: PublishedListing,
    before: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    by_buyer: bool,
) -> dict[str, Any]:
    """The last draft, but for the changes.

    Raises:
        TermsInvalid: a member outside what the listing permits.
    """
    draft = bounded(apply_changes(before, changes), listing.content)
    _require_price(before["price_plan"], draft["price_plan"], listing.content, by_buyer=by_buyer)
    _require_askable(session, listing, draft)
    require_computable(draft["required_suite"])
    return draft


def _listed_plan(content: Mapping[str, Any], code: str | None) -> dict[str, Any]:
    plans = {entry["code"]: entry["plan"] for entry in content["price_plans"]}
    if code is not None and code not in plans:
        told = f"the listing has no price plan {code!r}"
        raise TermsInvalid([FieldProblem("plan", told, f"It has {', '.join(plans)}.")])
    return PricePlan.from_json(plans[code or next(iter(plans))]).to_json()


def _require_price(
    before: Mapping[str, Any], after: Mapping[str, Any], content: Mapping[str, Any], *, by_buyer: bool
) -> None:
    is_fixed = not (content.get("price_terms") or {}).get("negotiable")
    if by_buyer and is_fixed and after != before:
        told = "the listing's price is not negotiable"
        raise TermsInvalid([FieldProblem("price_plan", told, "Leave the price as the provider offers it.")])


def _require_askable(session: Session, listing: PublishedListing, draft: Mapping[str, Any]) -> None:
    first, end = draft["data_from"], draft["data_to"]
    if listing.revision_id is None or not (first or end or draft["row_filter"]):
        return
    schema = datasets.get_stored_revision(session, listing.revision_id).schema
    datasets.require_row_filter(schema, draft["row_filter"])
    # The gate will ask for exactly this range, so what it could not ask for is not signed.
    datasets.require_time_range(schema, first, end)
    if first is not None and end is not None and not datasets.is_before(first, end):
        raise TermsInvalid(
            [FieldProblem("data_to", "The range of the data ends before it begins.", "Give a later time.")]
        )
