"""What was found, with every code in words, for the doors that show it."""

from typing import Any

from sqlalchemy.orm import Session

from exchange import participants
from exchange.catalogue.search.codes import Words, words_of
from exchange.catalogue.search.facets import PROVIDER, Facet
from exchange.catalogue.search.service import Found, Wish


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
    return [
        {
            "name": facet.name,
            "values": [
                {
                    **vars(item),
                    "label_zh": (words := _words(session, facet.name, item.value)).zh,
                    "label_en": words.en,
                }
                for item in facet.values
            ],
        }
        for facet in facets
    ]


def _words(session: Session, facet: str, value: str) -> Words:
    if facet != PROVIDER:
        return words_of(facet, value)
    card = participants.find_organisation_card(session, value)
    return Words(value, value) if card is None else Words(card.name_zh, card.name_en)
