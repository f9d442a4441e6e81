"""What the index takes of a listing: the only place that knows the members of a listing's content."""

from dataclasses import dataclass
from typing import Any

from exchange.catalogue.queries import PublishedListing
from exchange.catalogue.search.codes import region_codes, words_of
from exchange.catalogue.search.places import COLUMNS, KEYWORDS, SUMMARY, TITLE
from exchange.catalogue.search.tokens import tokens_of_all
from exchange.participants import OrganisationCard

#: Of a long summary a list shows the beginning.
_CARD_SUMMARY = 300
#: Longest value of a facet; a licence may have any name.
_LONGEST_VALUE = 100


@dataclass(frozen=True)
class IndexedListing:
    """One listing as the index holds it."""

    #: Token -> level of the best part that has it.
    words: dict[str, int]
    #: Facet -> values; among them the hidden ones that say who may see the listing.
    facets: dict[str, tuple[str, ...]]
    price_micro: int | None
    card: dict[str, Any]


def read_listing(
    listing: PublishedListing, provider: OrganisationCard, *, step: str | None
) -> IndexedListing:
    """Read a listing for the index.

    Content written before the members of today existed lacks some; each missing one reads as not given.

    Args:
        step: the time step that the profile found in the data, where the provider declares none.
    """
    content = listing.content
    facets = _facets(content, provider, step)
    return IndexedListing(
        words=_words(content, provider, facets),
        facets=facets | _audience(content),
        price_micro=_price(_plans(content)[0]) if _plans(content) else None,
        card=_card(listing, provider, facets),
    )


def _facets(
    content: dict[str, Any], provider: OrganisationCard, step: str | None
) -> dict[str, tuple[str, ...]]:
    coverage = content.get("coverage") or {}
    newest = (content.get("revision") or {}).get("time_to") or ""
    return {
        "sector": _given(content.get("sector")),
        "granularity": _given(coverage.get("granularity") or step),
        "frequency": _given(coverage.get("update_frequency")),
        "newest": _given(newest[:4]),
        "price_model": tuple(dict.fromkeys(str(plan["model"]) for plan in _plans(content))),
        "delivery": tuple(content.get("delivery_modes") or ()),
        "quality": _given((content.get("quality") or {}).get("level")),
        "region": region_codes(coverage.get("region") or ""),
        "licence": _given((content.get("licence") or {}).get("name")),
        "language": tuple(content.get("languages") or ()),
        "provider": (provider.id,),
    }


def _audience(content: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    visibility = content.get("visibility") or {}
    return {
        "audience": (visibility.get("audience") or "public",),
        "allow": tuple(visibility.get("allow") or ()),
        "deny": tuple(visibility.get("deny") or ()),
    }


def _words(
    content: dict[str, Any], provider: OrganisationCard, facets: dict[str, tuple[str, ...]]
) -> dict[str, int]:
    dictionary = content.get("dictionary") or []
    columns = (content.get("schema") or {}).get("fields") or []
    labels = [word for facet, codes in facets.items() for code in codes for word in words_of(facet, code)]
    # The best part is written last and stays.
    parts = (
        (COLUMNS, [item["name"] for item in (*columns, *dictionary)]),
        (COLUMNS, [item.get(name) or "" for item in dictionary for name in ("meaning_zh", "meaning_en")]),
        (
            COLUMNS,
            [
                *labels,
                *facets["granularity"],
                content.get("commodity") or "",
                content.get("industry") or "",
            ],
        ),
        (SUMMARY, [content.get("summary_zh") or "", content.get("summary_en") or ""]),
        (SUMMARY, [content.get("use_cases") or ""]),
        (KEYWORDS, [*(content.get("keywords") or ()), *(content.get("scenarios") or ())]),
        (KEYWORDS, [provider.name_zh, provider.name_en]),
        (TITLE, [content["title_zh"], content["title_en"]]),
    )
    words: dict[str, int] = {}
    for level, texts in parts:
        words.update(dict.fromkeys(tokens_of_all(texts), level))
    return words


def _card(
    listing: PublishedListing, provider: OrganisationCard, facets: dict[str, tuple[str, ...]]
) -> dict[str, Any]:
    content = listing.content
    revision = content.get("revision") or {}
    return {
        "version": listing.version,
        "digest": listing.digest,
        "dataset_id": listing.dataset_id,
        "revision_id": listing.revision_id,
        "provider_zh": provider.name_zh,
        "provider_en": provider.name_en,
        "title_zh": content["title_zh"],
        "title_en": content["title_en"],
        "summary_zh": (content.get("summary_zh") or "")[:_CARD_SUMMARY],
        "summary_en": (content.get("summary_en") or "")[:_CARD_SUMMARY],
        "rows": revision.get("rows"),
        "time_from": revision.get("time_from"),
        "time_to": revision.get("time_to"),
        "price_plans": _plans(content),
        **{facet: list(codes) for facet, codes in facets.items() if facet != "provider"},
    }


def _plans(content: dict[str, Any]) -> list[dict[str, Any]]:
    if "price_plans" in content:
        return [item["plan"] for item in content["price_plans"]]
    return [content["price_plan"]] if content.get("price_plan") else []


def _price(plan: dict[str, Any]) -> int | None:
    price = plan.get("unit_price_micro", plan.get("fee_micro"))
    return price if isinstance(price, int) else None


def _given(value: str | None) -> tuple[str, ...]:
    return (value[:_LONGEST_VALUE],) if value else ()
