"""Words for the codes of a listing, in the reader's language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from exchange.catalogue.codes import get_table
from exchange.core.clock import SHANGHAI
from exchange.core.i18n import gettext, ngettext, speaks_chinese
from exchange.pricing.words import percent_text, price_table, price_words, yuan_text  # noqa: F401 - said here too

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


def code_label(table: str, code: str | None) -> str:
    """A code of one of the tables in words; a dash for none."""
    return get_table(table).label(code, chinese=speaks_chinese()) if code else "–"


def codes_text(table: str, codes: Iterable[str]) -> str:
    """Several codes of a table in words."""
    return joined(code_label(table, code) for code in codes) or "–"


def listing_state_label(state: str) -> str:
    """Where a listing stands, in words."""
    return {
        "draft": gettext("Draft"),
        "listed": gettext("On offer"),
        "suspended": gettext("Suspended"),
        "delisted": gettext("Delisted"),
        "expired": gettext("Expired"),
    }.get(state, state)


def version_state_label(state: str) -> str:
    """Where a version stands in its review, in words."""
    return {
        "draft": gettext("Draft"),
        "org_review": gettext("Waits for the organisation's approval"),
        "platform_review": gettext("Waits for the operator"),
        "supplement": gettext("To be supplemented"),
        "listed": gettext("On offer"),
        "rejected": gettext("Rejected"),
        "superseded": gettext("Superseded"),
        "withdrawn": gettext("Withdrawn"),
    }.get(state, state)


def grade_label(grade: str) -> str:
    """The grade of the data, in words."""
    return {"general": gettext("General data"), "important": gettext("Important data")}.get(grade, grade)


def notice_words(notice: dict[str, Any]) -> str:
    """What a change of prices means for those who have a running agreement."""
    if notice["direction"] == "increase":
        return gettext(
            "Prices rose on %(day)s; renewals pay the new prices from %(start)s.",
            day=notice["notice_given_on"],
            start=notice["renewals_from"],
        )
    return gettext("Prices fell on %(day)s, for everybody at once.", day=notice["notice_given_on"])


def plans_words(plans: list[dict[str, Any]]) -> str:
    """The first price plan in words, and how many more there are."""
    first = price_words(plans[0]["plan"])
    more = len(plans) - 1
    if not more:
        return first
    return ngettext(
        "%(first)s, and %(num)s more plan", "%(first)s, and %(num)s more plans", more, first=first
    )


def mode_label(code: str) -> str:
    """A way of delivery in words."""
    return {
        "query": gettext("Query"),
        "file": gettext("File download"),
        "proxy": gettext("Provider's API through the exchange"),
    }.get(code, code)


def auth_words(kind: str) -> str:
    """How a provider's API knows its caller, in words."""
    return {
        "none": gettext("nothing"),
        "bearer": gettext("a secret as bearer token"),
        "header": gettext("a secret in a header"),
        "query": gettext("a secret in the query"),
    }.get(kind, kind)


def place_words(place: str) -> str:
    """Where a parameter stands in the call, in words."""
    return {"path": gettext("path"), "query": gettext("query"), "body": gettext("body")}.get(place, place)


def outcome_words(outcome: str) -> str:
    """What an answer means for the bill, in words."""
    return {
        "hit": gettext("hit"),
        "no_hit": gettext("no hit"),
        "failure": gettext("failure"),
    }.get(outcome, outcome)


def check_words(name: str) -> str:
    """A promise of a described API, in words."""
    return {
        "reached": gettext("The API answers"),
        "known_code": gettext("The answer is in the table of codes"),
        "records": gettext("The records are where they should be"),
        "columns": gettext("Every record has the described columns"),
    }.get(name, name)


def step_words(step: str) -> str:
    """Whose turn a step of the review was, in words."""
    return {
        "submission": gettext("Submission"),
        "organisation": gettext("The provider's approver"),
        "platform": gettext("The operator"),
    }.get(step, step)


def decision_words(decision: str) -> str:
    """What somebody decided in a review, in words."""
    return {
        "submitted": gettext("submitted"),
        "withdrawn": gettext("withdrawn"),
        "approved": gettext("approved"),
        "returned": gettext("returned"),
        "listed": gettext("listed"),
        "supplement": gettext("asked for a supplement"),
        "rejected": gettext("rejected"),
    }.get(decision, decision)


def file_label(name: str) -> str:
    """A file of the listing's exports in words."""
    return {
        "offer.jsonld": gettext("Terms of use (ODRL 2.2)"),
        "contract.yaml": gettext("Data contract (ODCS 3.1, YAML)"),
        "contract.json": gettext("Data contract (ODCS 3.1, JSON)"),
        "openapi.json": gettext("The provider's API (OpenAPI 3.1)"),
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
    missing = time["missing"]
    if time["calendar"].endswith("business-days"):
        step = gettext("One value a working day")
        if time.get("holidays_known") is None and time["missing_business_days"]:
            # They may all be holidays, which differ by market.
            absent = time["missing_business_days"]
            told = ngettext("%(num)s working day without one", "%(num)s working days without one", absent)
            return f"{step}, {told}"
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
