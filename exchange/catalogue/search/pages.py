"""The page of the catalogue: a search box, facets, and what was found; it works without script."""

from typing import Any

from flask import Response, render_template, request, url_for
from markupsafe import Markup
from marshmallow import ValidationError

from exchange.catalogue import labels
from exchange.catalogue.disclosure.pictures import Pictured, small_pictures
from exchange.catalogue.exports.pages import negotiated_catalogue
from exchange.catalogue.pages import blueprint
from exchange.catalogue.search.answer import facets_in_words
from exchange.catalogue.search.facets import FACETS
from exchange.catalogue.search.highlight import highlighted
from exchange.catalogue.search.schemas import SearchListingsSchema, wish_of
from exchange.catalogue.search.service import DEEPEST, SORTS, Found, Wish, search_listings
from exchange.core.errors import Invalid
from exchange.core.i18n import gettext, speaks_chinese
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires

#: Values of a facet that stand open; the others are behind "more".
_OPEN_VALUES = 6


@blueprint.get("/")
@requires()
def show_catalogue() -> str | Response:
    """Everything on offer, or what fits the words and facets; a harvester gets the RDF format it asks for."""
    if (answer := negotiated_catalogue()) is not None:
        return answer
    wish = _asked_for()
    found = search_listings(get_session(), actor=current_actor(), wish=wish, now=now())
    return render_template(
        "catalogue/catalogue.html",
        found=found,
        wish=wish,
        facets=[
            _divided(facet)
            for facet in facets_in_words(get_session(), found.facets)
            if _tells(facet, found.total)
        ],
        facet_label=facet_label,
        sorts=_sorts(wish),
        pictures=_pictures(found),
        mark=lambda text: highlighted(text, found.terms),
        tongue="zh" if speaks_chinese() else "en",
        address=lambda **changes: _address(wish, **changes),
        has_next=wish.page * wish.size < min(found.total, DEEPEST),
        labels=labels,
    )


def facet_label(name: str) -> str:
    """A facet in words."""
    return {
        "sector": gettext("Sector"),
        "granularity": gettext("Granularity"),
        "frequency": gettext("Update"),
        "newest": gettext("Newest data"),
        "price_model": gettext("Price model"),
        "delivery": gettext("Delivery"),
        "quality": gettext("Quality"),
        "region": gettext("Region"),
        "licence": gettext("Licence"),
        "language": gettext("Language"),
        "provider": gettext("Provider"),
    }[name]


def _asked_for() -> Wish:
    asked = {name: request.args.getlist(name) for name in FACETS}
    single = {
        name: value for name in ("q", "sort", "page") if (value := request.args.get(name, "").strip())
    }
    try:
        wish = wish_of(SearchListingsSchema().load({**asked, **single}))
    except ValidationError as error:
        field, messages = next(iter(error.messages_dict.items()))
        raise Invalid(
            f"{field}: {messages}", field=field, remedy="Follow the links of the page."
        ) from error
    if wish.sort == "price" and len(wish.filters["price_model"]) != 1:
        # A link that takes a price model away keeps its order; the page shows the usual one then.
        return Wish(wish.text, wish.filters, page=wish.page)
    return wish


def _tells(facet: dict[str, Any], total: int) -> bool:
    """Whether choosing in the facet would change anything, or something is chosen."""
    return any(item["selected"] or item["count"] < total for item in facet["values"])


def _divided(facet: dict[str, Any]) -> dict[str, Any]:
    """The facet with what stands open, the chosen values among it, and what is behind "more"."""
    values = facet["values"]
    shown = [item for at, item in enumerate(values) if at < _OPEN_VALUES or item["selected"]]
    return {
        "name": facet["name"],
        "shown": shown,
        "more": [item for item in values if item not in shown],
        "chosen": any(item["selected"] for item in values),
    }


def _sorts(wish: Wish) -> list[tuple[str, str, bool]]:
    """The orders to choose from: code, words, and whether it is the present one."""
    words = {
        "relevance": gettext("Best match"),
        "newest": gettext("Newest"),
        "price": gettext("Cheapest"),
    }
    # Without words nothing matches better than anything else: the best is the newest.
    offered = [sort for sort in SORTS if sort != "relevance" or wish.text]
    if len(wish.filters["price_model"]) != 1:
        offered.remove("price")
    present = wish.sort if wish.sort in offered else offered[0]
    return [(sort, words[sort], sort == present) for sort in offered]


def _pictures(found: Found) -> dict[str, Markup | None]:
    """The small picture of every listing found, by its id."""
    cards = [(item.id, item.card["digest"], item.card["revision_id"]) for item in found.items]
    return small_pictures(get_session(), [Pictured(*card) for card in cards if card[2]], now=now())


def _address(
    wish: Wish, *, toggle: tuple[str, str] | None = None, sort: str | None = None, page: int = 1
) -> str:
    """The address of this search with one thing changed; it begins at its first page again."""
    filters = {facet: list(values) for facet, values in wish.filters.items() if values}
    if toggle is not None:
        facet, value = toggle
        chosen = filters.get(facet, [])
        filters[facet] = [item for item in chosen if item != value] if value in chosen else [*chosen, value]
    sort = sort or wish.sort
    values: dict[str, Any] = {
        **filters,
        "q": wish.text or None,
        "sort": sort if sort != "relevance" else None,
        "page": page if page > 1 else None,
    }
    return url_for("catalogue.show_catalogue", **values)
