"""A listing with every member of its content given, as the exporters see it."""

import copy
from datetime import UTC, datetime

from exchange.catalogue.exports.described import DescribedListing, Provider, in_order
from exchange.catalogue.exports.sample import public_sample

BASE_URL = "https://exchange.example"
PROVIDER = Provider("org_grid", "江城电网公司", "Jiangcheng Grid", "91420100MDEM0003CX")


def _words(name, zh, en, unit, *, level="L2", sensitive=False, mask="none"):
    return {
        "name": name,
        "meaning_zh": zh,
        "meaning_en": en,
        "unit": unit,
        "level": level,
        "sensitive": sensitive,
        "mask": mask,
    }


def _field(name, kind, unit=None, *, nullable=False):
    return {
        "name": name,
        "type": kind,
        "unit": unit,
        "nullable": nullable,
        "level": "general",
        "zone": None,
    }


FULL_CONTENT = {
    "title_zh": "配网变压器负荷",
    "title_en": 'Transformer load, "Hongshan" <feeder 7>',
    "summary_zh": "一台配网变压器的十五分钟负荷。\n含油温。",
    "summary_en": "Quarter-hour load of one distribution transformer.",
    "keywords": ["load", "负荷", "transformer"],
    "sector": "power",
    "product_kind": "dataset",
    "industry": "D44",
    "commodity": "thermal_coal",
    "data_nature": "enterprise",
    "public_data": None,
    "languages": ["zh", "en"],
    "scenarios": ["load forecasting 负荷预测"],
    "use_cases": "Day-ahead forecasts 日前预测",
    "restrictions": "Not for credit scoring 不得用于征信",
    "source": {
        "type": "002",
        "collection": "own meters 自有电表",
        "basis": "operation 生产运行",
        "authorisation_chain": [],
        "processing": "summed per quarter of an hour",
        "parents": ["lst_parent"],
    },
    "source_statement": "Measured by our own meters; </script> is no danger",
    "coverage": {
        "region": "420111",
        "granularity": "PT15M",
        "update_frequency": "009",
        "update_interval": "P1D",
        "latency": "P1D",
    },
    "dictionary": [
        _words("time", "时刻", "Time", None),
        _words("load_kw", "有功负荷", "Active load", "kW"),
        _words("customer", "用户编号", "Customer number", None, level="L4", sensitive=True, mask="hash"),
        _words("remark", "备注", "Remark", None),
    ],
    "security": {"reason": "never exported"},
    "compliance": {"commitment": True},
    "rights": {
        "hold": True,
        "use": True,
        "operate": False,
        "exclusive": False,
        "resale": False,
        "derivation": False,
        "territory": "中国大陆 mainland China",
    },
    "usage_policy": {
        "purposes": ["research and planning", "负荷预测"],
        "onward_transfer": "prohibited",
        "max_days": 365,
    },
    "visibility": {"audience": "certified", "allow": [], "deny": ["org_denied"]},
    "licence": {"name": "Exchange licence 1", "url": ""},
    "delivery_modes": ["query", "file"],
    "sla": {"availability_bp": 9950, "latency_ms": 500, "freshness": "P1D", "support": "weekdays 工作日"},
    "price_plans": [
        {
            "code": "by-row",
            "title_zh": "按行",
            "title_en": "By row",
            "plan": {"model": "per_row", "unit_price_micro": 2_000, "free_rows": 0},
        },
        {
            "code": "monthly",
            "title_zh": "包月",
            "title_en": "Monthly",
            "plan": {"model": "subscription", "fee_micro": 880_000_000, "included_rows": "unlimited"},
        },
    ],
    "price_terms": {
        "currency": "CNY",
        "tax_rate_bp": 600,
        "tax_included": True,
        "negotiable": False,
        "valuation_basis": "cost",
    },
    "contact": {"name": "供方 Ping", "email": "ping@grid.example", "phone": "+86-27-5550-0001"},
    "valid_to": "2027-12-31",
    "hosted": None,
    "grade": "general",
    "highest_level": "L4",
    "schema": {
        "fields": [
            _field("time", "timestamp"),
            _field("load_kw", "number", "kW", nullable=True),
            _field("customer", "text"),
            _field("remark", "text", nullable=True),
        ],
        "time_field": "time",
    },
    "schema_digest": "5" * 64,
    "revision": {
        "id": "rev_1",
        "number": 3,
        "sha256": "ab" * 32,
        "rows": 96,
        "time_from": "2026-06-01T00:00:00",
        "time_to": "2026-06-01T23:45:00",
    },
    "quality": {"level": "A", "scores": {"completeness": 99, "accuracy": 97}},
}
#: What the register calls it once it has a certificate.
IDENTIFIERS = (
    ("handle", "88.101/P000001"),
    ("product_no", "91420100MDEM0003CX-002-000001"),
    ("certificate_no", "R2026-000001"),
)
ROWS = [
    ["2026-06-01T00:00:00", "-1.5", "customer-1", "quiet"],
    ["2026-06-01T00:15:00", None, "customer-2", '=1+1, "quoted"'],
    ["2026-06-01T00:30:00", "0.30000000000000004", "customer-3", None],
]


def described(*, rows=ROWS, previous_version=1, identifiers=(), **changes) -> DescribedListing:
    """The full listing, but for the changes of its content."""
    content = in_order({**copy.deepcopy(FULL_CONTENT), **changes})
    listing = DescribedListing(
        id="lst_1",
        version=2,
        source_id="dts_1",
        digest="cd" * 32,
        content=content,
        provider=PROVIDER,
        created_at=datetime(2026, 10, 1, 8, tzinfo=UTC),
        listed_at=datetime(2026, 11, 24, 4, tzinfo=UTC),
        previous_version=previous_version,
        base_url=BASE_URL,
        identifiers=identifiers,
    )
    nulls = {"time": 0, "load_kw": 1, "customer": 0, "remark": 1}
    return _with_sample(listing, rows, nulls)


def _with_sample(listing, rows, nulls):
    from dataclasses import replace

    if listing.stays_at_provider:
        return listing
    return replace(listing, sample=public_sample(listing.fields, rows), nulls=nulls)
