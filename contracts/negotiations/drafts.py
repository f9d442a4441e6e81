"""The draft of a round, with the rules that need more than the draft: the listing, and the data themselves."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from contracts.terms import TermsInvalid, apply_changes, bounded, open_draft
from exchange import datasets
from exchange.catalogue import PublishedListing
from exchange.core.errors import FieldProblem
from exchange.pricing import PricePlan


def first_draft(
    session: Session, listing: PublishedListing, asked: dict[str, Any], *, by_buyer: bool
) -> dict[str, Any]:
    """What the listing offers, but for what is asked.

    Raises:
        TermsInvalid: a member outside what the listing permits.
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
    _require_range(session, listing, draft)
    return draft


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
    _require_range(session, listing, draft)
    return draft


def _listed_plan(content: Mapping[str, Any], code: str | None) -> dict[str, Any]:
    plans = {entry["code"]: entry["plan"] for entry in content["price_plans"]}
    return PricePlan.from_json(plans[code or next(iter(plans))]).to_json()


def _require_price(
    before: Mapping[str, Any], after: Mapping[str, Any], content: Mapping[str, Any], *, by_buyer: bool
) -> None:
    is_fixed = not (content.get("price_terms") or {}).get("negotiable")
    if by_buyer and is_fixed and after != before:
        told = "the listing's price is not negotiable"
        raise TermsInvalid([FieldProblem("price_plan", told, "Leave the price as the provider offers it.")])


def _require_range(session: Session, listing: PublishedListing, draft: Mapping[str, Any]) -> None:
    first, end = draft["data_from"], draft["data_to"]
    if first is None and end is None:
        return
    schema = datasets.get_stored_revision(session, listing.revision_id).schema
    # The gate will ask for exactly this range, so what it could not ask for is not signed.
    datasets.require_time_range(schema, first, end)
    if first is not None and end is not None and not datasets.is_before(first, end):
        raise TermsInvalid(
            [FieldProblem("data_to", "The range of the data ends before it begins.", "Give a later time.")]
        )
