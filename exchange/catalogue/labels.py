"""Words for the codes of a listing, in the reader's language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from exchange.core.clock import SHANGHAI
from exchange.core.i18n import gettext, ngettext

#: UCUM-like symbols as people write them.
_UNIT_SIGNS = {"Cel": "°C", "W/m2": "W/m²", "m3": "m³", "%": "%"}
_DATE_LENGTH = len("2026-01-31")


def sector_label(code: str) -> str:
    """The sector in words."""
    return {
        "power": gettext("Power"),
        "energy": gettext("Energy"),
        "bulk_materials": gettext("Bulk materials"),
    }.get(code, code)


def mode_label(code: str) -> str:
    """A way of delivery in words."""
    return {"query": gettext("Query"), "file": gettext("File download")}.get(code, code)


def file_label(name: str) -> str:
    """A file of the listing's exports in words."""
    return {
        "offer.jsonld": gettext("Terms of use (ODRL 2.2)"),
        "contract.yaml": gettext("Data contract (ODCS 3.1, YAML)"),
        "contract.json": gettext("Data contract (ODCS 3.1, JSON)"),
        "datapackage.json": gettext("Sample as a data package (Frictionless)"),
        "croissant.json": gettext("Description for search engines (Croissant 1.0)"),
        "sample.csv": gettext("Sample (CSV)"),
    }.get(name, name)


def modes_text(codes: Iterable[str]) -> str:
    """Ways of delivery in words."""
    return joined(mode_label(code) for code in codes)


def joined(words: Iterable[str]) -> str:
    """A list as a sentence has it."""
    return gettext(", ").join(words)


def type_label(code: str) -> str:
    """The type of a column in words."""
    return {
        "integer": gettext("Whole number"),
        "number": gettext("Decimal number"),
        "text": gettext("Text"),
        "boolean": gettext("Yes or no"),
        "timestamp": gettext("Date and time"),
        "date": gettext("Date"),
        "month": gettext("Month"),
    }.get(code, code)


def unit_label(symbol: str | None) -> str:
    """A unit as people write it."""
    return _UNIT_SIGNS.get(symbol or "", symbol or "")


def instant_text(text: str | None) -> str:
    """An instant of the data as its readers write it; one with an offset is told in the portal's time."""
    if not text or len(text) <= _DATE_LENGTH:
        return text or "–"
    at = datetime.fromisoformat(text)
    if at.tzinfo is not None:
        at = at.astimezone(SHANGHAI)
    return f"{at:%Y-%m-%d %H:%M}" if at.second == 0 else f"{at:%Y-%m-%d %H:%M:%S}"


def rhythm_words(time: dict[str, Any] | None) -> str:
    """How often the series has a value, and what is missing of it."""
    if time is None:
        return gettext("No time column")
    if time["calendar"] == "irregular":
        return gettext("Irregular times")
    step = _step_words(time["step"] or "")
    if time["calendar"] == "business-days":
        step, missing = gettext("One value a working day"), time["missing_business_days"]
    else:
        missing = time["missing"]
    whole = (
        ngettext("%(num)s value missing", "%(num)s values missing", missing)
        if missing
        else gettext("no gaps")
    )
    return f"{step}, {whole}"


def _step_words(step: str) -> str:
    return {
        "PT15M": gettext("A value every 15 minutes"),
        "PT30M": gettext("A value every 30 minutes"),
        "PT1H": gettext("A value every hour"),
        "P1D": gettext("A value every day"),
        "P7D": gettext("A value every week"),
        "P1M": gettext("A value every month"),
        "P3M": gettext("A value every quarter"),
        "P1Y": gettext("A value every year"),
    }.get(step, gettext("A value every %(step)s", step=step))


def price_words(plan: dict[str, Any]) -> str:
    """A price plan in one sentence."""
    if plan["model"] == "subscription":
        return gettext("¥%(price)s a month, rows included", price=yuan_text(plan["fee_micro"]))
    price = yuan_text(plan["unit_price_micro"])
    if plan["model"] == "per_call":
        free = plan["free_calls"]
        words = gettext("¥%(price)s a call", price=price)
        extra = ngettext(
            "the first %(count)s call of a month free",
            "the first %(count)s calls of a month free",
            free,
            count=f"{free:,}",
        )
    else:
        free = plan["free_rows"]
        words = gettext("¥%(price)s a row", price=price)
        extra = ngettext(
            "the first %(count)s row of a month free",
            "the first %(count)s rows of a month free",
            free,
            count=f"{free:,}",
        )
    return gettext("%(price)s, %(extra)s", price=words, extra=extra) if free else words


def yuan_text(micro: int) -> str:
    """Micro-yuan as yuan, with as many decimals as they need and two at least."""
    whole, rest = divmod(micro, 1_000_000)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{whole:,}.{decimals.ljust(2, '0')}"
