"""A catalogue of many made-up listings, written straight into the tables: believable words, skewed like real ones."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from exchange.catalogue.disclosure.keys import make_mask_key
from exchange.catalogue.models import Listing, ListingState, ListingVersion, VersionState
from exchange.catalogue.queries import PublishedListing
from exchange.participants.models import Organisation
from tests.factories.market import Market
from tests.factories.participants import uscc

PROVIDERS = 300
_AT_ONCE = 2_000
_SUBJECTS = (
    ("电力负荷曲线", "power load curve", "power"), ("变电站负荷", "substation load", "power"),
    ("光伏出力", "photovoltaic output", "power"), ("风电出力", "wind power output", "power"),
    ("充电桩用电量", "charging pile consumption", "power"), ("现货电价", "spot electricity price", "power"),
    ("变压器油温", "transformer oil temperature", "power"), ("储能充放电", "energy storage cycles", "power"),
    ("动力煤价格", "thermal coal price", "energy"), ("天然气现货价", "natural gas spot price", "energy"),
    ("原油期货", "crude oil futures", "energy"), ("成品油库存", "refined oil inventory", "energy"),
    ("碳排放", "carbon emission", "energy"), ("铜现货价", "copper spot price", "bulk_materials"),
    ("铝库存", "aluminium inventory", "bulk_materials"), ("铁矿石到港", "iron ore arrivals", "bulk_materials"),
    ("螺纹钢成交", "rebar steel trade", "bulk_materials"), ("碳酸锂报价", "lithium carbonate quotes", "bulk_materials"),
)  # fmt: skip
_REGIONS = (
    ("湖北", "Hubei", "420000"), ("武汉", "Wuhan", "420100"), ("上海", "Shanghai", "310000"),
    ("山西", "Shanxi", "140000"), ("广东", "Guangdong", "440000"), ("江苏", "Jiangsu", "320000"),
    ("四川", "Sichuan", "510000"), ("内蒙古", "Inner Mongolia", "150000"), ("浙江", "Zhejiang", "330000"),
)  # fmt: skip
_STEPS = ("PT15M", "PT15M", "PT1H", "PT1H", "P1D", "P1D", "P7D", "P1M")
_COLUMNS = (
    ("load_kw", "有功负荷", "active load"), ("voltage_v", "电压", "voltage"), ("price_yuan", "成交价", "trade price"),
    ("volume_t", "成交量", "traded volume"), ("temperature", "气温", "air temperature"), ("oil_temp", "油温", "oil temperature"),
    ("irradiance", "辐照度", "irradiance"), ("wind_speed", "风速", "wind speed"), ("stock_t", "库存", "inventory"),
)  # fmt: skip
_HAN = "安邦昌德丰光海恒宏华吉嘉江金京康乐利联龙茂明南宁鹏平庆泉荣瑞润森盛顺泰天通万威祥新兴旭阳益永裕源远泽振正志中卓"


def write_listings(session: Session, market: Market, count: int) -> None:
    """Put so many listings on offer, by some hundred providers; the search index is not touched."""
    dice = random.Random(20261124)
    providers = _providers(session, market, dice)
    listed = market.on_offer()
    made = list(range(count))
    for at in range(0, count, _AT_ONCE):
        rows = [_rows(market, dice, number, providers, listed) for number in made[at : at + _AT_ONCE]]
        session.execute(insert(Listing), [listing for listing, _ in rows])
        for listing, _ in rows:
            make_mask_key(session, listing_id=listing["id"], now=market.now)
        session.execute(insert(ListingVersion), [version for _, version in rows])


def _providers(session: Session, market: Market, dice: random.Random) -> list[str]:
    names = [_name(dice) for _ in range(PROVIDERS)]
    rows = [
        {
            "id": f"org_bench{number:04d}",
            "name_zh": f"{zh}数据有限公司",
            "name_en": f"{en} Data",
            "uscc": uscc(1000 + number),
            "roles": ["provider"],
            "state": "verified",
            "registered_at": market.now,
        }
        for number, (zh, en) in enumerate(names)
    ]
    session.execute(insert(Organisation), rows)
    return [str(row["id"]) for row in rows]


def _rows(
    market: Market, dice: random.Random, number: int, providers: list[str], listed: PublishedListing
) -> tuple[dict[str, Any], dict[str, Any]]:
    # A few providers offer most: the index of the provider falls off towards the end of the list.
    provider = providers[int(len(providers) * dice.random() ** 2)]
    listing = {
        "id": f"lst_bench{number:07d}",
        "organisation_id": provider,
        "dataset_id": market.dataset_id,
        "listed_version": 1,
        "created_at": market.now,
        "state": ListingState.LISTED,
    }
    version = {
        "listing_id": listing["id"],
        "number": 1,
        "revision_id": listed.revision_id,
        "content": _content(dice, number, listed.content),
        "digest": f"{number:064d}",
        "state": VersionState.LISTED,
        "written_by": "bench",
        "written_at": market.now,
        "decided_at": market.now + timedelta(seconds=number),
    }
    return listing, version


def _content(dice: random.Random, number: int, base: dict[str, Any]) -> dict[str, Any]:
    subject_zh, subject_en, sector = dice.choice(_SUBJECTS)
    region_zh, region_en, region = dice.choice(_REGIONS)
    place_zh, place_en = _name(dice)
    step = dice.choice(_STEPS)
    columns = dice.sample(_COLUMNS, 5)
    price = {"model": "per_row", "unit_price_micro": dice.randint(1, 9) * 1_000, "free_rows": 0}
    return {
        **base,
        "title_zh": f"{region_zh}{place_zh}{subject_zh}",
        "title_en": f"{region_en} {place_en} {subject_en}",
        "summary_zh": f"{region_zh}{place_zh}站点{number}的{subject_zh}，由自有计量装置采集，经清洗与校验。",
        "summary_en": f"{subject_en} of station {number} in {place_en}, {region_en}; metered, cleaned and checked.",
        "sector": sector,
        "keywords": [subject_zh[:2], region_zh, place_zh],
        "scenarios": [dice.choice(["负荷预测", "交易策略", "设备检修", "碳核算"])],
        "languages": dice.choice([["zh"], ["zh", "en"]]),
        "coverage": {**base["coverage"], "region": region, "granularity": step,
                     "update_frequency": dice.choice(["001", "009"])},
        "dictionary": base["dictionary"]
        + [
            {**base["dictionary"][0], "name": name, "meaning_zh": zh, "meaning_en": en}
            for name, zh, en in columns
        ],
        "licence": {"name": dice.choice(["标准许可", "CC BY 4.0", "内部使用许可"]), "url": ""},
        "price_plans": [{**base["price_plans"][0], "plan": price}],
        "quality": {**base["quality"], "level": dice.choice("AABBBCD")},
        "revision": {**base["revision"], "rows": dice.randint(10, 9**7),
                     "time_from": "2024-01-01", "time_to": f"{dice.randint(2020, 2026)}-06-30"},
    }  # fmt: skip


def _name(dice: random.Random) -> tuple[str, str]:
    zh = "".join(dice.choices(_HAN, k=3))
    return zh, "".join(dice.choice("bdfghklmnprstw") + dice.choice("aeiou") for _ in range(4)).capitalize()
