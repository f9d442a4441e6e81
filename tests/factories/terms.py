"""Terms as parties agree on them: a complete listing, a complete draft, and the document made of both."""

from datetime import UTC, datetime

from contracts.terms import Party, Terms, build_terms, open_draft
from tests.factories.catalogue import PER_ROW, PURPOSE, SCENARIO

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CONTRACT_ID = "C191350100M000100Y434201202611230930007K2M9Q4T9"
NAMES = {"provider": "江城电网", "buyer": "楚天预测", "exchange": "武汉数据交易所"}


def listing_content(**changes) -> dict:
    """The content of a listed load curve, as far as contracts read it."""
    return {
        "title_zh": "负荷曲线",
        "title_en": "Load curve",
        "sector": "power",
        "product_kind": "dataset",
        "scenarios": [SCENARIO],
        "source_statement": "Measured by our own meters",
        "security": {"contains_personal_information": False},
        "rights": {"exclusive": False, "derivation": False, "territory": "CN"},
        "usage_policy": {"purposes": [PURPOSE], "onward_transfer": "prohibited", "max_days": 365},
        "delivery_modes": ["query", "file"],
        "sla": {"availability_bp": 9950, "latency_ms": 500, "freshness": "P1D", "support": ""},
        "price_plans": [{"code": "standard", "title_zh": "", "title_en": "", "plan": PER_ROW}],
        "price_terms": {"tax_rate_bp": 600, "tax_included": True, "negotiable": True},
        "schema": {
            "fields": [{"name": "time"}, {"name": "load_kw"}, {"name": "remark"}],
            "time_field": "time",
        },
        "schema_digest": "b" * 64,
        "revision": {"id": "rev_1", "sha256": "a" * 64, "rows": 96},
        **changes,
    }


def listing(**content) -> dict:
    return {
        "id": "lst_1",
        "version": 3,
        "digest": "d" * 64,
        "dataset_id": "dts_1",
        "content": listing_content(**content),
    }


def draft(**changes) -> dict:
    """A complete draft with the exchange's fee; the changes are members of it."""
    asked = {"purpose": PURPOSE, "scenario": SCENARIO, "columns": ["time", "load_kw"], **changes}
    fee = asked.pop("platform_fee_bp", 500)
    return {**open_draft(listing_content(), asked), "platform_fee_bp": fee}


def party(role: str, **changes) -> Party:
    values = {
        "organisation_id": f"org_{role}",
        "name_zh": NAMES[role],
        "name_en": role,
        "uscc": "91350100M000100Y43",
        "kid": f"kid-{role}",
        "algorithm": "Ed25519",
        "verified_at": 1_763_956_800_000,
        **changes,
    }
    return Party(role, **values)


def parties() -> tuple[Party, ...]:
    return tuple(party(role) for role in NAMES)


def terms(*, content=None, **offer) -> Terms:
    """Built terms; the changes are members of the draft."""
    return build_terms(
        agreement_id="agr_1",
        negotiation_id="neg_1",
        contract_id=CONTRACT_ID,
        parties=parties(),
        listing=listing(**(content or {})),
        offer=draft(**offer),
        valid_from=NOON,
    )
