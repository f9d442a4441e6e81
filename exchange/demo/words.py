"""What the demo's provider says of its series beyond what the data say by themselves.

A listing that a stranger would pay for answers more than title and price; these words show what such a
listing looks like, and give the catalogue's facets something to divide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_CONTACT = {"name": "数据服务组 Data desk", "email": "data@example.cn", "phone": ""}
_SOURCE = {
    "type": "001",
    "collection": "Computed from published shapes and a fixed seed 按公开规律与固定种子计算生成",
    "basis": "Own work of the provider 供方自有成果",
    "processing": "None; the series is as it was generated 未经加工",
}
_BY_CONTRACT = {"name": "As agreed in the contract 以合同约定为准", "url": ""}
_TIME = ("时刻（北京时间）", "Instant, Beijing time")


@dataclass(frozen=True)
class SeriesWords:
    """A provider's words about one series."""

    #: Members of the offer.
    offer: Mapping[str, Any]
    #: Column to its meaning in Chinese and English.
    meanings: Mapping[str, tuple[str, str]]
    #: What is declared about its quality; the rules make accuracy a number.
    declaration: Mapping[str, Any] = field(default_factory=dict)


#: Of a file that somebody brings nobody said anything.
NO_WORDS = SeriesWords(offer={}, meanings={})

SERIES_WORDS: Mapping[str, SeriesWords] = {
    "transformer_load": SeriesWords(
        offer={
            "keywords": ["负荷", "配电变压器", "15分钟", "load curve", "transformer"],
            "industry": "D44",
            "commodity": "electricity",
            "use_cases": "负荷预测模型训练与回测；变压器重载、过载分析。 "
            "Training and back-testing of load forecasts; study of loading and overload.",
            "restrictions": "不得用于推断单个用户的用电行为。 Not for inferring the behaviour of single users.",
            "source": _SOURCE,
            "licence": _BY_CONTRACT,
            "sla": {
                "availability_bp": 9950,
                "latency_ms": 500,
                "support": "工作日 9–18 时 working days 9–18",
            },
            "contact": _CONTACT,
        },
        meanings={
            "time": _TIME,
            "active_power_kw": ("有功功率", "Active power"),
            "reactive_power_kvar": ("无功功率", "Reactive power"),
            "voltage_v": ("低压侧相电压", "Phase voltage of the low-voltage side"),
            "oil_temperature_c": ("顶层油温", "Top-oil temperature"),
        },
        declaration={
            "calendar": {"zone": "Asia/Shanghai", "label": "start"},
            "rules": [
                {"kind": "range", "column": "active_power_kw", "min": "0", "max": "630"},
                {"kind": "range", "column": "voltage_v", "min": "198", "max": "242"},
                {"kind": "range", "column": "oil_temperature_c", "min": "-25", "max": "95"},
                {"kind": "unique", "columns": ["time"]},
            ],
        },
    ),
    "photovoltaic_output": SeriesWords(
        offer={
            "keywords": ["光伏", "出力", "辐照度", "photovoltaic", "irradiance"],
            "industry": "D44",
            "commodity": "electricity",
            "use_cases": "新能源出力预测与电力现货报价。 Forecasting output and bidding in the spot market.",
            "restrictions": "不得用于定位具体电站。 Not for locating a plant.",
            "source": _SOURCE,
            "licence": _BY_CONTRACT,
            "sla": {
                "availability_bp": 9900,
                "latency_ms": 800,
                "support": "工作日 9–18 时 working days 9–18",
            },
            "contact": _CONTACT,
        },
        meanings={
            "time": _TIME,
            "installed_mw": ("装机容量", "Installed capacity"),
            "irradiance_w_per_m2": ("水平面总辐照度", "Global horizontal irradiance"),
            "output_mw": ("并网有功出力", "Active output at the grid"),
        },
        declaration={
            "calendar": {"zone": "Asia/Shanghai", "label": "start"},
            "rules": [
                {"kind": "compare", "column": "output_mw", "operator": "<=", "other": "installed_mw"},
                {"kind": "range", "column": "irradiance_w_per_m2", "min": "0", "max": "1361"},
                {"kind": "unique", "columns": ["time"]},
            ],
        },
    ),
    "materials_price": SeriesWords(
        offer={
            "keywords": ["铜", "螺纹钢", "动力煤", "现货价格", "copper", "rebar", "coal"],
            "industry": "F51",
            "use_cases": "采购比价、套期保值与成本测算。 Purchase comparison, hedging and cost estimates.",
            "restrictions": "不构成报价或投资建议。 No quotation and no investment advice.",
            "source": _SOURCE,
            "licence": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
            "sla": {"availability_bp": 9900, "support": "电子邮件 by mail"},
            "contact": _CONTACT,
        },
        meanings={
            "date": ("交易日", "Trading day"),
            "copper_cathode_cny_per_t": ("电解铜现货价", "Spot price of copper cathode"),
            "rebar_hrb400e_cny_per_t": ("HRB400E 螺纹钢现货价", "Spot price of rebar HRB400E"),
            "qinhuangdao_coal_5500_cny_per_t": (
                "秦皇岛 5500 大卡动力煤平仓价",
                "Price of thermal coal 5500 kcal, free on board Qinhuangdao",
            ),
        },
        declaration={
            "rules": [
                {"kind": "range", "column": "copper_cathode_cny_per_t", "min": "1"},
                {"kind": "range", "column": "rebar_hrb400e_cny_per_t", "min": "1"},
                {"kind": "range", "column": "qinhuangdao_coal_5500_cny_per_t", "min": "1"},
                {"kind": "unique", "columns": ["date"]},
            ],
        },
    ),
}
