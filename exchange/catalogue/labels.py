"""Words for the codes of a listing, in the reader's language."""

from typing import Any

from exchange.core.i18n import gettext, ngettext


def sector_label(code: str) -> str:
    """The sector in words."""
    return {
        "power": gettext("Power"),
        "energy": gettext("Energy"),
        "bulk_materials": gettext("Bulk materials"),
    }.get(code, code)


def price_words(plan: dict[str, Any]) -> str:
    """A price plan in one sentence."""
    if plan["model"] == "subscription":
        return gettext("¥%(price)s a month, rows included", price=_yuan(plan["fee_micro"]))
    price = _yuan(plan["unit_price_micro"])
    if plan["model"] == "per_call":
        free = plan["free_calls"]
        words = gettext("¥%(price)s a call", price=price)
        extra = ngettext(
            "the first %(num)s call of a month free", "the first %(num)s calls of a month free", free
        )
    else:
        free = plan["free_rows"]
        words = gettext("¥%(price)s a row", price=price)
        extra = ngettext(
            "the first %(num)s row of a month free", "the first %(num)s rows of a month free", free
        )
    return f"{words}, {extra}" if free else words


def _yuan(micro: int) -> str:
    whole, rest = divmod(micro, 1_000_000)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{whole:,}.{decimals.ljust(2, '0')}"
