"""What may be shown of a listing's data, by its dictionary, its licence and its provider's word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from exchange import datasets
from exchange.catalogue import queries
from exchange.catalogue.disclosure.keys import get_mask_key
from exchange.catalogue.models import Listing, ListingVersion
from exchange.catalogue.queries import PublishedListing
from exchange.catalogue.visibility import may_see

#: Why nothing is known of data that stay with their provider 数据不出域.
AT_PROVIDER = "at-provider"
_NO_DERIVATIVES = re.compile(r"\bND\b|-ND-|no[ -]?deriv|禁止演绎", re.IGNORECASE)


@dataclass(frozen=True)
class Disclosed:
    """The public side of a revision; `withheld` says why there is no sample.

    Of data that stay with their provider there is neither: nobody here has seen a row.
    """

    profile: dict[str, Any] | None
    sample: datasets.PublicSample | None
    withheld: str | None

    def to_json(self) -> dict[str, Any]:
        """Return everything that may be shown as plain values."""
        return {
            "profile": self.profile,
            "sample": None if self.sample is None else self.sample.to_json(),
            "withheld": self.withheld,
        }


def disclose(
    session: Session,
    listing: PublishedListing,
    *,
    as_of: date,
    revision: datasets.RevisionCard | None = None,
) -> Disclosed:
    """Make what strangers may see of the revision on offer, its freshness judged as of a day.

    Args:
        revision: the revision on offer, where the caller has read it already.
    """
    if listing.revision_id is None:
        return Disclosed(None, None, AT_PROVIDER)
    revision = revision or datasets.get_revision_card(session, listing.revision_id)
    # Of a revoked revision strangers see counts alone: a column without an entry shows no value.
    dictionary = [] if listing.revoked_reason else dictionary_of(listing.content)
    withheld = "revoked" if listing.revoked_reason else withheld_reason(listing.content, revision.profile)
    sample = None
    if withheld is None:
        key = get_mask_key(session, listing.id)
        schema = datasets.Schema.from_json(revision.schema)
        sample = datasets.masked_sample(revision.sample, schema, dictionary, key)
        withheld = None if sample.columns else "all-columns-protected"
    profile = datasets.as_of_day(revision.profile, as_of)
    return Disclosed(
        datasets.public_profile(profile, dictionary), sample if withheld is None else None, withheld
    )


def answer_on_offer(session: Session, enquiry: datasets.OnOffer) -> list[frozenset[str]]:
    """Answer with the open columns of every listing of a data set that the actor may see, if any."""
    # Not their whole contents: many listings may offer one data set, and every page of it asks.
    columns = (ListingVersion.content["schema"], ListingVersion.content["dictionary"])
    rows = session.execute(
        queries.listed_versions()
        .where(Listing.dataset_id == enquiry.dataset_id, may_see(enquiry.actor))
        .with_only_columns(*columns)
        .limit(queries.MOST_PER_PAGE)
    )
    return [
        _open_columns({"schema": schema} | ({} if dictionary is None else {"dictionary": dictionary}))
        for schema, dictionary in rows
    ]


def _open_columns(content: Mapping[str, Any]) -> frozenset[str]:
    names = [field["name"] for field in content["schema"]["fields"]]
    return datasets.open_columns(names, dictionary_of(content))


def dictionary_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns as the listing describes them, with their levels and masks."""
    if "dictionary" in content:
        return list(content["dictionary"])
    # Written before listings had a dictionary; those were for open data only.
    return [
        {"name": field["name"], "level": "L1", "sensitive": False, "mask": "none"}
        for field in content["schema"]["fields"]
    ]


def withheld_reason(content: Mapping[str, Any], profile: Mapping[str, Any]) -> str | None:
    """Why no sample may be published, or None when one may.

    A sample is a cut and changed copy, which a licence without derivatives forbids.
    """
    if not profile.get("declaration", {}).get("sample", True):
        return "provider"
    licence = content.get("licence") or {}
    stated = f"{licence.get('name', '')} {licence.get('url', '')}"
    return "licence" if _NO_DERIVATIVES.search(stated) else None
