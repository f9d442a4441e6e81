"""A listing of the demo with every member of its content given, so that every branch of the exporters is validated."""

import copy
import hashlib
from typing import Any

from exchange.catalogue.models import Listing, ListingVersion, VersionState
from exchange.catalogue.queries import newest_version_number
from exchange.catalogue.review.decision import admit
from exchange.context import Context
from exchange.core import canonical
from tests.factories.described import FULL_CONTENT

#: A column that is sensitive and hashed: it must be in the contract and not in any sample.
HIDDEN = -1


def give_full_content(context: Context, listing_id: str, **changes: Any) -> dict[str, str]:
    """Put a version with full content, but for the changes, on offer; returns the listing and its hidden column.

    Written to the tables: it is the readers' side that is under test here.
    """
    return context.database.write(lambda session: _put_on_offer(session, listing_id, changes))


def _put_on_offer(session: Any, listing_id: str, changes: dict[str, Any]) -> dict[str, str]:
    listing = session.get(Listing, listing_id)
    before = session.get(ListingVersion, (listing_id, listing.listed_version))
    names = [field["name"] for field in before.content["schema"]["fields"]]
    content = {
        **before.content,
        **copy.deepcopy(FULL_CONTENT),
        "schema": before.content["schema"],
        "revision": before.content["revision"],
        "dictionary": [_words(name, hidden=name == names[HIDDEN]) for name in names],
        **changes,
    }
    number = newest_version_number(session, listing_id) + 1
    session.add(
        ListingVersion(
            listing_id=listing_id,
            number=number,
            revision_id=before.revision_id,
            content=content,
            digest=hashlib.sha256(canonical.to_bytes(content)).hexdigest(),
            state=VersionState.LISTED,
            written_by=before.written_by,
            written_at=before.written_at,
            decided_at=before.decided_at,
        )
    )
    admit(session, listing, content["visibility"])
    before.state, listing.listed_version = VersionState.SUPERSEDED, number
    return {"id": listing_id, "hidden": names[HIDDEN]}


def _words(name: str, *, hidden: bool) -> dict[str, Any]:
    return {
        "name": name,
        "meaning_zh": f"{name} 的含义",
        "meaning_en": f"What {name} means",
        "unit": None,
        "level": "L4" if hidden else "L1",
        "sensitive": hidden,
        "mask": "hash" if hidden else "none",
    }
