"""A product whose data stay with its provider: described, tested and listed."""

import copy

from exchange.catalogue import service as catalogue
from exchange.hosted import HostedApi
from exchange.hosted import service as hosted
from exchange.hosted.connection import Check, TestReport
from exchange.hosted.schemas import HostedApiSchema
from tests.factories.catalogue import offer
from tests.factories.market import NOTICE_DAYS

#: The host that no listing, export, event or page of a buyer may name.
HOST = "credit.provider.example"
#: A power-credit index that is asked for one company at a time.
API = {
    "url": f"https://{HOST}/v1/credit/{{uscc}}",
    "method": "GET",
    "auth": {"kind": "header", "name": "X-Api-Key"},
    "parameters": [
        {
            "name": "uscc",
            "in": "path",
            "example": "91420100MA4K000003",
            "meaning_zh": "统一社会信用代码",
            "meaning_en": "credit code of the company",
        },
        {"name": "period", "in": "query", "required": False},
    ],
    "answer": {
        "records_at": "data.rows",
        "code_at": "code",
        "fields": [
            {"name": "uscc", "type": "text"},
            {"name": "score", "type": "number"},
            {"name": "arrears_days", "type": "integer", "unit": "d", "nullable": True},
        ],
    },
    "codes": [
        {"status": 200, "code": "0000", "outcome": "hit", "meaning_zh": "命中", "meaning_en": "found"},
        {"status": 200, "code": "1001", "outcome": "no_hit", "meaning_en": "no such company"},
        {"status": 429, "outcome": "failure", "meaning_en": "too many calls"},
    ],
    "timeout_ms": 5000,
}
PASSED = TestReport((Check("reached", ok=True, detail="HTTP 200, 812 bytes"),), records=1, elapsed_ms=48)
FAILED = TestReport((Check("reached", ok=False, detail="it gave no answer"),))
PER_HIT = [{"code": "hit", "plan": {"model": "per_hit", "unit_price_micro": 2_000_000}}]


def api(**changes) -> HostedApi:
    """The description as the API takes it in, but for the changes."""
    return HostedApi.of(HostedApiSchema().load(copy.deepcopy(API | changes)))


def content_of_hosted(**changes) -> dict:
    """What a listing of the product has instead of what one of a data set has."""
    described = api(**changes)
    return {
        "hosted": {"id": "hst_1", "version": 1, "api_sha256": described.digest, **described.shown},
        "schema": described.schema.to_json(),
        "schema_digest": described.schema.digest(),
        "dictionary": [
            {
                "name": field.name,
                "meaning_zh": f"{field.name} 的含义",
                "meaning_en": f"What {field.name} means",
                "unit": field.unit,
                "level": "L2",
                "sensitive": False,
                "mask": "none",
            }
            for field in described.schema.fields
        ],
        "revision": None,
        "quality": {"level": None, "scores": {"completeness": None}},
        "delivery_modes": ["proxy"],
        "product_kind": "api",
        "coverage": {
            "region": "420000",
            "granularity": None,
            "update_frequency": None,
            "update_interval": None,
            "latency": None,
        },
    }


def described(market, *, by=None, **changes):
    """The provider's product, described."""
    return market.do(
        hosted.describe_api,
        actor=(by or market.grid_co).actor,
        name="power credit",
        api=api(**changes),
    )


def described_anew(market, hosted_id, *, by=None, **changes):
    """Its next description."""
    actor = (by or market.grid_co).actor
    return market.do(hosted.describe_api_anew, actor=actor, hosted_id=hosted_id, api=api(**changes))


def connection_tested(market, report=PASSED, *, by=None, now=None, **changes):
    """A test of the description, with this result."""
    return market.do(
        hosted.record_connection_test,
        actor=(by or market.grid_co).actor,
        api=api(**changes),
        report=report,
        now=now or market.now,
    )


def hosted_offer(**changes) -> dict:
    """The provider's words about the product."""
    words = {
        "title_zh": "用电信用指数",
        "title_en": "Power credit index",
        "summary_en": "One company at a time",
        "price_plans": PER_HIT,
    }
    return offer(**words | changes)


def drafted(market, product, *, by=None, **changes):
    """The draft of a listing of the product."""
    return market.do(
        catalogue.create_listing,
        actor=(by or market.grid_co).actor,
        hosted_id=product.hosted_id,
        offer=hosted_offer(**changes),
        notice_days=NOTICE_DAYS,
    )


def edited(market, listing_id, **changes):
    """The draft of the next version of the listing."""
    return market.do(
        catalogue.edit_listing,
        actor=market.grid_co.actor,
        listing_id=listing_id,
        offer=hosted_offer(**changes),
        notice_days=NOTICE_DAYS,
    )


def listed(market, **changes):
    """A listing of the product on offer, its API tested."""
    product = described(market)
    connection_tested(market)
    return market.decided(drafted(market, product, **changes))
