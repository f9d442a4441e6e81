"""What the index takes of a listing: the only place that knows the members of a listing's content."""

from dataclasses import dataclass
from typing import Any

from exchange.catalogue.queries import PublishedListing
from exchange.catalogue.search.places import COLUMNS, KEYWORDS, SUMMARY, TITLE
from exchange.catalogue.search.tokens import tokens_of_all
from exchange.catalogue.search.wording import region_codes, words_of
from exchange.catalogue.visibility import Admission
from exchange.participants import OrganisationCard

#: Of a long summary a list shows the beginning.
_CARD_SUMMARY = 300
#: Longest value of a facet; a licence may have any name.
_LONGEST_VALUE = 100
#: The quality of data that nobody here has measured, such as those that stay with their provider.
UNMEASURED = "unmeasured"


@dataclass(frozen=True)
class IndexedListing:
    """One listing as the index holds it."""

    #: Token -> level of the best part that has it.
    words: dict[str, int]
    #: Facet -> values; among them the hidden ones that say who may see the listing.
    facets: dict[str, tuple[str, ...]]
    #: Price model -> what one unit, or one term, costs at least.
    prices: dict[str, int]
    #: The last day on offer.
    expires_on: str | None
    card: dict[str, Any]


def read_listing(
    listing: PublishedListing, provider: OrganisationCard, admission: Admission, *, step: str | None
) -> IndexedListing:
    """Read a listing for the index.

    Args:
        step: the time step that the profile found in the data, where the provider declares none.
    """
    content = listing.content
    facets = _facets(content, provider, step)
    admitted = {"audience": (admission.audience,), "allow": admission.allow, "deny": admission.deny}
    return IndexedListing(
        words=_words(content, provider, facets),
        facets=facets | admitted,
        prices=_prices(content),
        expires_on=content["valid_to"],
        card=_card(listing, facets),
    )


def _facets(
    content: dict[str, Any], provider: OrganisationCard, step: str | None
) -> dict[str, tuple[str, ...]]:
    coverage = content["coverage"]
    newest = (content["revision"] or {}).get("time_to") or ""
    return {
        "sector": (content["sector"],),
        "granularity": _given(coverage["granularity"] or step),
        "frequency": _given(coverage["update_frequency"]),
        "newest": _given(newest[:4]),
        "price_model": tuple(dict.fromkeys(item["plan"]["model"] for item in content["price_plans"])),
        "delivery": tuple(content["delivery_modes"]),
        "quality": (content["quality"]["level"] or UNMEASURED,),
        "region": region_codes(coverage["region"]),
        "licence": _given(content["licence"]["name"]),
        "language": tuple(content["languages"]),
        "provider": (provider.id,),
    }


def _words(
    content: dict[str, Any], provider: OrganisationCard, facets: dict[str, tuple[str, ...]]
) -> dict[str, int]:
    dictionary = content["dictionary"]
    coded = facets | {name: _given(content[name]) for name in ("product_kind", "industry", "commodity")}
    labels = [word for facet, codes in coded.items() for code in codes for word in words_of(facet, code)]
    # The best part is written last and stays.
    parts = (
        (COLUMNS, [item["name"] for item in dictionary]),
        (COLUMNS, [item[name] for item in dictionary for name in ("meaning_zh", "meaning_en")]),
        (COLUMNS, [*labels, *facets["granularity"]]),
        (SUMMARY, [content["summary_zh"], content["summary_en"], content["use_cases"]]),
        (KEYWORDS, [*content["keywords"], *content["scenarios"]]),
        (KEYWORDS, [provider.name_zh, provider.name_en]),
        (TITLE, [content["title_zh"], content["title_en"]]),
    )
    words: dict[str, int] = {}
    for level, texts in parts:
        words.update(dict.fromkeys(tokens_of_all(texts), level))
    return words


def _card(listing: PublishedListing, facets: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    content = listing.content
    revision = content["revision"] or {}
    return {
        "version": listing.version,
        "digest": listing.digest,
        "dataset_id": listing.dataset_id,
        "hosted_id": listing.hosted_id,
        "revision_id": listing.revision_id,
        "title_zh": content["title_zh"],
        "title_en": content["title_en"],
        "summary_zh": content["summary_zh"][:_CARD_SUMMARY],
        "summary_en": content["summary_en"][:_CARD_SUMMARY],
        "rows": revision.get("rows"),
        "time_from": revision.get("time_from"),
        "time_to": revision.get("time_to"),
        "price_plans": content["price_plans"],
        **{facet: list(codes) for facet, codes in facets.items() if facet != "provider"},
    }


def _prices(content: dict[str, Any]) -> dict[str, int]:
    prices: dict[str, int] = {}
    for item in content["price_plans"]:
        plan = item["plan"]
        price = _price(plan)
        prices[plan["model"]] = min(price, prices.get(plan["model"], price))
    return prices


def _price(plan: dict[str, Any]) -> int:
    """What the first unit or one term costs, of a plan with steps its first one; the points of a share."""
    if "tiers" in plan:
        return int(plan["tiers"]["steps"][0]["unit_price_micro"])
    price = next((plan[name] for name in _PRICES if name in plan), 0)
    return int(price)


_PRICES = ("unit_price_micro", "fee_micro", "share_bp")


def _given(value: str | None) -> tuple[str, ...]:
    return (value[:_LONGEST_VALUE],) if value else ()
