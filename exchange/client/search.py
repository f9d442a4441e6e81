"""The exchange's verbs about finding: what is on offer, by words and facets."""

from typing import Any

from exchange.client.calls import Calls


class SearchVerbs(Calls):
    """What readers of the catalogue look for."""

    def search_listings(self, text: str = "", **asked: Any) -> dict[str, Any]:
        """Search what is on offer; a facet takes a value or a list of them, such as `granularity="PT15M"`.

        Without words everything on offer, the newest first. `page`, `size` and `sort` may be asked for, too.
        """
        return self._get("/listings", q=text or None, **asked)
