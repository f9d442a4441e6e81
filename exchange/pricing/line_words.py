"""Rated lines in words: what a line charges for, how much, and at what price."""

from exchange.core.i18n import gettext
from exchange.core.money import MICRO_PER_FEN
from exchange.pricing.words import percent_text, yuan_words


def line_words(description: str) -> str:
    """What a line charges for; the description itself where there are no words for it yet."""
    whole = {
        "misses-free": gettext("Calls that found nothing, not charged"),
        "subscription-fee": gettext("Subscription fee of the month"),
        "subscription-fee-quarter": gettext("Subscription fee of the quarter"),
        "subscription-fee-year": gettext("Subscription fee of the year"),
        "package-price": gettext("Price of the package"),
        "one-off-price": gettext("Price of the agreement, once"),
        "undeclared": gettext("Months without declared revenue"),
        "declarations": gettext("Declarations of revenue"),
        "revenue-share": gettext("Share of the declared revenue"),
        "period-minimum": gettext("Lifted to the least amount of the month"),
        "period-cap": gettext("Cut to the largest amount of the month"),
    }
    meter, _, kind = description.partition("-")
    what = _meter_words(meter)
    if description in whole or what is None:
        return whole.get(description, description)
    if kind.startswith("tier-"):
        return gettext("%(what)s, tier %(number)s", what=what, number=kind.removeprefix("tier-"))
    return {
        "charged": gettext("%(what)s, charged", what=what),
        "free": gettext("%(what)s, free of charge", what=what),
        "trial": gettext("%(what)s, free in the trial", what=what),
        "included": gettext("%(what)s, included in the fee", what=what),
        "over": gettext("%(what)s, beyond what is included", what=what),
        "shared": gettext("%(what)s, paid for by the share", what=what),
    }.get(kind, description)


def quantity_words(key: str, quantity: int) -> str:
    """The quantity of a line; lifting or cutting a bill has none, and declared revenue is money."""
    if key.startswith("revenue:"):
        return yuan_words(quantity * MICRO_PER_FEN)
    return "–" if key.startswith("period:") else f"{quantity:,}"


def unit_price_words(key: str, unit_price_micro: int) -> str:
    """The price of a line; bytes are priced by the MB, revenue by a percentage."""
    if key.startswith("revenue:"):
        return percent_text(unit_price_micro)
    price = yuan_words(unit_price_micro)
    return gettext("%(price)s per MB", price=price) if key.startswith("bytes:") else price


def _meter_words(meter: str) -> str | None:
    return {
        "rows": gettext("Rows"),
        "calls": gettext("Calls"),
        "hits": gettext("Hits"),
        "bytes": gettext("Bytes"),
        "files": gettext("Files"),
    }.get(meter)
