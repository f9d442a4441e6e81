"""A second rater, in fractions of a yuan and written from the reference page alone."""

from fractions import Fraction
from math import floor

UNITS = {"per_call": "calls", "per_hit": "hits", "per_row": "rows", "per_mb": "mb", "per_file": "files"}


def bill_fen(document, usage, life):
    """The bill of a whole period, from the plan as it is written."""
    model = document["model"]
    if model == "free":
        return 0
    if model in UNITS:
        total = sum(map(fen, metered_lines(document, usage, life)))
    elif model == "revenue_share":
        total = fen(Fraction(usage.declared.revenue_fen, 100) * Fraction(document["share_bp"], 10_000))
    else:
        total = sum(map(fen, fee_lines(document, usage, life)))
    total = max(total, document.get("minimum_micro", 0) // 10_000)
    return min(total, document["cap_micro"] // 10_000) if "cap_micro" in document else total


def fen(yuan):
    return floor(yuan * 100 + Fraction(1, 2))


def units_of(unit, quantities):
    return {
        "calls": Fraction(quantities.succeeded),
        "hits": Fraction(quantities.hits),
        "rows": Fraction(quantities.rows),
        "mb": Fraction(quantities.size_bytes, 10**6),
        "files": Fraction(quantities.files),
    }[unit]


def metered_lines(document, usage, life):
    unit = UNITS[document["model"]]
    charged = units_of(unit, usage.quantities)
    trial = document.get("trial", {})
    if "days" in trial:
        charged -= units_of(unit, usage.in_first_days)
    if "units" in trial:
        left = max(0, trial["units"] - units_of(unit, life.earlier.quantities))
        charged = max(0, charged - left)
    charged = max(0, charged - document.get(f"free_{unit}", 0))
    if "tiers" not in document:
        return [charged * Fraction(document["unit_price_micro"], 10**6)]
    steps = document["tiers"]["steps"]
    if document["tiers"]["mode"] == "volume":
        step = next(step for step in steps if step["up_to"] is None or charged <= step["up_to"])
        return [charged * Fraction(step["unit_price_micro"], 10**6)]
    lines, below = [], 0
    for step in steps:
        end = charged if step["up_to"] is None else min(charged, step["up_to"])
        lines.append(max(0, end - below) * Fraction(step["unit_price_micro"], 10**6))
        below = step["up_to"]
    return lines


def fee_lines(document, usage, life):
    fee = Fraction(document["fee_micro"], 10**6) if life.begins_term else Fraction(0)
    included = [name for name in document if name.startswith("included_")]
    if not included or document[included[0]] == "unlimited":
        return [fee]
    unit, quantity = included[0].removeprefix("included_"), document[included[0]]
    earlier, now = life.earlier.quantities, usage.quantities
    if document["model"] == "package":
        earlier, now = life.earlier.in_first_days, usage.in_first_days
    covered = min(units_of(unit, now), max(0, quantity - units_of(unit, earlier)))
    over = units_of(unit, usage.quantities) - covered
    return [fee, over * Fraction(document["over_price_micro"], 10**6)]
