"""What a provider writes about a data set."""

PURPOSE = "research and planning"
SCENARIO = "load forecasting"
PER_ROW = {"model": "per_row", "unit_price_micro": 2_000, "free_rows": 10}


def offer(**changes) -> dict:
    """A complete offer of the load curve, but for the changes."""
    return {
        "title_zh": "负荷曲线",
        "title_en": "Load curve",
        "summary_zh": "",
        "summary_en": "Quarter-hour load of a feeder",
        "sector": "power",
        "scenarios": [SCENARIO],
        "source_statement": "Measured by our own meters",
        "usage_policy": {"purposes": [PURPOSE], "onward_transfer": "prohibited", "max_days": 365},
        "price_plan": PER_ROW,
        "delivery_modes": ["query", "file"],
        **changes,
    }
