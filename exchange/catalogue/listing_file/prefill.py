"""What can be said of a data set without asking its provider: everything but prices and texts."""

from collections.abc import Mapping
from typing import Any

from exchange.catalogue.content.facts import complete_dictionary
from exchange.catalogue.content.offer import HOSTED_DEFAULTS, ListingOfferSchema

#: Words in a name or a header that tell the sector; the first hit counts.
_SECTOR_WORDS = {
    "bulk_materials": ("commodity", "copper", "steel", "rebar", "iron", "materials", "aluminium", "zinc"),
    "energy": ("gas", "oil", "brent", "coal", "crude", "lng", "photovoltaic"),
}
_COMMODITY_WORDS = (
    ("natural gas", "natural_gas"),
    ("henry hub", "natural_gas"),
    ("lng", "lng"),
    ("brent", "crude_oil"),
    ("crude", "crude_oil"),
    ("coal", "thermal_coal"),
    ("iron ore", "iron_ore"),
    ("rebar", "rebar"),
    ("copper", "copper"),
    ("aluminium", "aluminium"),
    ("zinc", "zinc"),
    ("nickel", "nickel"),
    ("lead", "lead"),
    ("tin", "tin"),
    ("load", "electricity"),
    ("power", "electricity"),
)
_INDUSTRY_OF_SECTOR = {"power": "D44"}


def guess_sector(words: str) -> str:
    """The sector that a name or a header suggests; power when nothing does."""
    for sector, known in _SECTOR_WORDS.items():
        if any(word in words.lower() for word in known):
            return sector
    return "power"


def prefilled_offer(revision: dict[str, Any], *, name: str) -> dict[str, Any]:
    """Every member of an offer: guesses and facts of the newest revision, defaults, and gaps for the rest."""
    columns = revision["schema"]["fields"]
    time = revision["profile"].get("time") or {}
    per_row = {"model": "per_row", "unit_price_micro": None, "free_rows": 0}
    offer = _prefilled(f"{name} {revision['source_name']}", columns, per_row, {})
    return {**offer, "coverage": {**offer["coverage"], "granularity": time.get("step")}}


def prefilled_hosted_offer(product: dict[str, Any]) -> dict[str, Any]:
    """The same of a provider-hosted product, from its newest description; an answer is paid when it hits."""
    per_hit = {"model": "per_hit", "unit_price_micro": None}
    return _prefilled(product["name"], product["api"]["answer"]["fields"], per_hit, HOSTED_DEFAULTS)


def _prefilled(
    names: str, columns: list[dict[str, Any]], plan: dict[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    words = f"{names} {' '.join(item['name'] for item in columns)}"
    words = words.replace("_", " ").replace("-", " ").lower()
    sector = guess_sector(words)
    blank = ListingOfferSchema().load(
        {
            **defaults,
            "title_zh": "-",
            "title_en": "-",
            "sector": sector,
            "scenarios": ["-"],
            "source_statement": "-",
            "usage_policy": {"purposes": ["-"]},
            "compliance": {"commitment": False},
            "price_plans": [{"plan": {}}],
        }
    )
    return {
        **blank,
        "title_zh": "",
        "title_en": "",
        "scenarios": [],
        "source_statement": "",
        "industry": _INDUSTRY_OF_SECTOR.get(sector),
        "commodity": _commodity(words),
        "dictionary": complete_dictionary(None, columns),
        "usage_policy": {**blank["usage_policy"], "purposes": []},
        "price_plans": [
            {
                "code": "standard",
                "title_zh": "标准",
                "title_en": "Standard",
                "plan": plan,
            }
        ],
    }


def _commodity(words: str) -> str | None:
    """The commodity that the names suggest; `multiple` when they name several."""
    each = words.split()
    found = {
        code for word, code in _COMMODITY_WORDS if ((word in words) if " " in word else (word in each))
    }
    if "commodity" in each or len(found) > 1:
        return "multiple"
    return next(iter(found), None)
