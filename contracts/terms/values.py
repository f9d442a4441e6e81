"""What the clauses put into their sentences: every member of the terms as a reader writes it."""

from collections.abc import Mapping
from typing import Any

from contracts.terms.constraints import Document
from contracts.terms.wording import counted, listed, word
from exchange.core.clock import SHANGHAI, from_millis
from exchange.core.i18n import speaking
from exchange.pricing.words import price_words

DIMENSIONS = ("conformity", "completeness", "accuracy", "consistency", "timeliness", "accessibility")


def values_of(document: Document, language: str) -> dict[str, str]:
    """Every value by the name that stands for it in the wording."""
    return {
        **_parties(document, language),
        **_subject(document, language),
        **_use(document, language),
        **_limits(document, language),
        **_service(document, language),
        **_money(document, language),
        **_duties(document, language),
    }


def percent(parts: int, whole: int) -> str:
    """So many parts of a whole as a percentage, exactly."""
    scaled = parts * 100
    digits = f"{scaled % whole * 10_000 // whole:04d}".rstrip("0")
    return f"{scaled // whole}.{digits} %" if digits else f"{scaled // whole} %"


def _parties(document: Document, language: str) -> dict[str, str]:
    parties = {party["role"]: party for party in document["parties"]}
    told = {role: f"{party[f'name_{language}']} ({party['uscc']})" for role, party in parties.items()}
    checks = [
        f"{party[f'name_{language}']}: {_state(party, language)}"
        for role, party in parties.items()
        if role != "exchange"
    ]
    return {**told, "identity": listed(language, checks)}


def _state(party: Mapping[str, Any], language: str) -> str:
    state = party["verified_state"]
    told = word(language, "verified") if state == "verified" else state
    at = party["verified_at"]
    return told if at is None else f"{told}, {_instant(at, language)}"


def _subject(document: Document, language: str) -> dict[str, str]:
    subject = document["subject"]
    return {
        "title": subject[f"title_{language}"],
        "listing": subject["listing_id"],
        "listing_version": str(subject["listing_version"]),
        "listing_digest": subject["listing_digest"],
        "revision": subject["revision_id"],
        "revision_rows": f"{subject['rows']:,}",
        "revision_sha256": subject["revision_sha256"],
        "schema_digest": subject["schema_digest"],
        "certificate": subject["certificate_no"] or word(language, "none"),
        "handle": subject["handle"] or word(language, "none"),
        "source": subject["source_statement"],
    }


def _use(document: Document, language: str) -> dict[str, str]:
    work = document["work"] or {}
    share = work.get("provider_share_bp")
    annexes = [f"{item['title']} (SHA-256 {item['sha256']})" for item in document["annexes"]]
    return {
        "purpose": document["purpose"],
        "scenario": document["scenario"],
        "territory": document["rights"]["territory"],
        "task": work.get("task", ""),
        "result": work.get("result", ""),
        "share": "" if share is None else percent(share, 10_000),
        "special_terms": document["special_terms"],
        "annexes": listed(language, annexes),
    }


def _limits(document: Document, language: str) -> dict[str, str]:
    permission = document["permission"]
    return {
        "days": counted(language, "days", permission["days"]),
        "valid_from": _instant(permission["valid_from"], language),
        "valid_until": _instant(permission["valid_until"], language),
        "columns": listed(language, permission["columns"]),
        "modes": listed(language, [word(language, mode) for mode in permission["delivery_modes"]]),
        "max_rows": _count(permission["max_rows"]),
        "max_calls": _count(permission["max_calls"]),
        "calls_per_minute": _count(permission["calls_per_minute"]),
        "row_filter": _conditions(permission["row_filter"], language),
        "data_range": _range(permission["data_from"], permission["data_to"], language),
        "networks": listed(language, permission["networks"]),
    }


def _conditions(conditions: list[dict[str, Any]], language: str) -> str:
    """The conditions on the rows, one after the other, with the columns and values as they are written."""
    said = [
        " ".join((item["column"], word(language, f"op_{item['op']}"), listed(language, item["values"])))
        for item in conditions
    ]
    return word(language, "and").join(said)


def _service(document: Document, language: str) -> dict[str, str]:
    delivery, acceptance, quality = (document[name] for name in ("delivery", "acceptance", "quality"))
    scores = [f"{word(language, name)} {quality[name]}" for name in DIMENSIONS if quality[name] is not None]
    return {
        "first_days": counted(language, "days", delivery["first_days"]),
        "availability": percent(delivery["availability_bp"], 10_000),
        "latency": _count(delivery["latency_ms"]),
        "freshness": delivery["freshness"] or "",
        "support": delivery["support"],
        "acceptance_days": counted(language, "days", acceptance["days"]),
        "redeliveries": str(acceptance["redeliveries"]),
        "scores": listed(language, scores),
        "remedies": listed(language, [word(language, name) for name in quality["remedies"]]),
    }


def _money(document: Document, language: str) -> dict[str, str]:
    billing = document["billing"]
    with speaking(language):
        price = price_words(document["price_plan"])
    return {
        "price": price,
        "tax_rate": percent(billing["tax_rate_bp"], 10_000),
        "fee": percent(billing["platform_fee_bp"], 10_000),
        "reconcile_days": counted(language, "days", billing["reconcile_days"]),
        "due_days": counted(language, "days", billing["due_days"]),
        "tolerance": percent(billing["tolerance_ppm"], 1_000_000),
        "late_interest": percent(billing["late_interest_ppm"], 1_000_000),
    }


def _duties(document: Document, language: str) -> dict[str, str]:
    liability, change, dispute = (document[name] for name in ("liability", "change", "dispute"))
    unnamed = "competent_court" if dispute["forum"] == "court" else "unnamed_commission"
    return {
        "storage_region": document["security"]["storage_region"] or word(language, "none"),
        "incident_hours": str(document["security"]["incident_hours"]),
        "years": counted(language, "years", document["confidentiality"]["years"]),
        "destruction_days": counted(language, "days", document["end"]["destruction_days"]),
        "cap": percent(liability["cap_percent"] or 0, 100),
        "penalty": percent(liability["penalty_percent"], 100),
        "notice_days": counted(language, "days", change["notice_days"]),
        "cure_days": counted(language, "days", change["cure_days"]),
        "negotiation_days": counted(language, "days", dispute["negotiation_days"]),
        "renews": document["renews"] or "",
        "body": dispute["body"] or word(language, unnamed),
    }


def _instant(millis: int | None, language: str) -> str:
    if millis is None:
        return ""
    at = from_millis(millis).astimezone(SHANGHAI)
    seconds = f"{at:%S}.{at.microsecond // 1000:03d}"
    return f"{at:%Y-%m-%d %H:%M}:{seconds} ({word(language, 'beijing')})"


def _range(first: str | None, end: str | None, language: str) -> str:
    if first is not None and end is not None:
        return word(language, "from_to", first=first, end=end)
    if first is not None:
        return word(language, "from_on", first=first)
    return "" if end is None else word(language, "before", end=end)


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"
