"""What a provider writes about a data set, and what its reviewers tick."""

from exchange.catalogue.codes import get_table

PURPOSE = "research and planning"
SCENARIO = "load forecasting"
PER_ROW = {"model": "per_row", "unit_price_micro": 2_000, "free_rows": 10}
#: Every item of the review checklist, as a reviewer ticks them.
TICKED = list(get_table("review_checklist").values)


def offer(*, plan: dict | None = None, **changes) -> dict:
    """A small offer of the load curve, but for the changes; what it leaves out has its default."""
    return {
        "title_zh": "负荷曲线",
        "title_en": "Load curve",
        "summary_en": "Quarter-hour load of a feeder",
        "sector": "power",
        "scenarios": [SCENARIO],
        "source_statement": "Measured by our own meters",
        "usage_policy": {"purposes": [PURPOSE], "onward_transfer": "prohibited", "max_days": 365},
        "price_plans": [{"code": "standard", "plan": plan or PER_ROW}],
        "compliance": {"commitment": True},
        **changes,
    }


def described(**changes) -> list[dict]:
    """A dictionary of the load curve; each change is one column's members."""
    columns = {"time": {}, "load_kw": {}, "remark": {}}
    return [{"name": name, **members, **changes.get(name, {})} for name, members in columns.items()]
