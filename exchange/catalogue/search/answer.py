"""What was found, with every code in words, for the doors that show it."""

from typing import Any

from sqlalchemy.orm import Session

from exchange import participants
from exchange.catalogue.search.facets import PROVIDER, Facet, FacetValue
from exchange.catalogue.search.service import Found, Wish
from exchange.catalogue.search.wording import Words, words_of


def answer_of(session: Session, found: Found, wish: Wish) -> dict[str, Any]:
    """One page of a search as programs read it."""
    return {
        "items": found.items,
        "total": found.total,
        "page": wish.page,
        "size": wish.size,
        "relaxed": found.relaxed,
        "facets": facets_in_words(session, found.facets),
    }


def facets_in_words(session: Session, facets: list[Facet]) -> list[dict[str, Any]]:
    """Facets with the names of their values in both languages."""
    ids = [item.value for facet in facets if facet.name == PROVIDER for item in facet.values]
    names = {
        card.id: Words(card.name_zh, card.name_en)
        for card in participants.find_organisation_cards(session, ids)
    }
    return [
        {"name": facet.name, "values": [_value_in_words(facet, item, names) for item in facet.values]}
        for facet in facets
    ]


def _value_in_words(facet: Facet, item: FacetValue, names: dict[str, Words]) -> dict[str, Any]:
    words = names.get(item.value) if facet.name == PROVIDER else words_of(facet.name, item.value)
    zh, en = words or (item.value, item.value)
    return {**vars(item), "label_zh": zh, "label_en": en}
