"""Series made up for the demonstration: no measurement of any grid, plant or market.

Their shape follows published facts: the two daily peaks and the weekend dip of distribution load,
demand that grows with heat above 26 °C and cold below 8 °C, the sun's path over Wuhan (30.6 N,
114.3 E, while clocks follow 120 E), and prices that wander around a level and move together. The same
kind, rows and seed give the same bytes on every machine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from pathlib import Path
from random import Random
from typing import Literal

from exchange.core.errors import Invalid

_QUARTERS_PER_DAY = 96
_START = datetime(2025, 1, 1)  # noqa: DTZ001 - the series state no zone, as most uploads
_FIRST_TRADING_DAY = datetime(2016, 1, 4)  # noqa: DTZ001

# Share of the daily peak at each full hour: morning and evening peak, night valley.
_HOURLY_LOAD = (
    46,
    42,
    40,
    39,
    40,
    45,
    55,
    66,
    76,
    85,
    92,
    95,
    88,
    82,
    83,
    85,
    86,
    90,
    97,
    100,
    96,
    86,
    70,
    56,
)
_RATED_KVA = 630.0
_INSTALLED_MW = 50.0
_SIN_LATITUDE, _COS_LATITUDE = 0.50904, 0.86074
_SUN_BEHIND_CLOCK_DAYS = (120 - 114.3) / 360

# Level, daily volatility, weight of the common factor, smallest step of a quotation.
_MATERIALS = ((72_000.0, 0.011, 0.6, 10), (3_500.0, 0.010, 0.7, 10), (760.0, 0.008, 0.4, 1))
_PULL_TO_LEVEL = 0.004


class SeriesUnknown(Invalid):
    """There is no such demonstration series, or not of that length."""

    code = "series-unknown"


@dataclass(frozen=True)
class SeriesKind:
    """What a demonstration series shows; `synthetic` is stated wherever it is listed."""

    title_zh: str
    title_en: str
    description_zh: str
    description_en: str
    sector: Literal["energy", "power", "bulk_materials"]
    default_rows: int
    header: str
    lines: Callable[[Random, int], Iterator[str]]
    synthetic: bool = True


def write_series(kind: str, path: Path, *, rows: int, seed: int) -> None:
    """Write a series as CSV, row by row, so that its length is limited by the disk only.

    Raises:
        SeriesUnknown: no such kind, or not a single row is asked for.
    """
    if kind not in SERIES:
        raise SeriesUnknown(
            f"There is no series {kind}.", field="kind", remedy=f"Choose one of: {', '.join(SERIES)}."
        )
    if rows < 1:
        raise SeriesUnknown(
            f"A series of {rows} rows is none.", field="rows", remedy="Ask for at least one row."
        )
    series = SERIES[kind]
    # Seeded by text: another kind with the same seed must not share its weather.
    random = Random(f"{kind}/{seed}")  # noqa: S311 - pictures, not secrets
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(series.header + "\n")
        stream.writelines(f"{line}\n" for line in series.lines(random, rows))


def _transformer_load(random: Random, rows: int) -> Iterator[str]:
    weather = noise = 0.0
    oil_c: float | None = None
    for row in range(rows):
        time = _START + timedelta(minutes=15 * row)
        weather = 0.998 * weather + 0.25 * _noise(random)
        noise = 0.8 * noise + 6 * _noise(random)
        air_c = _air_temperature(row) + weather
        working = 1.0 if time.weekday() < 5 else 0.86
        power_kw = max(20.0, 260 * working * _load_shape(row) + _climate_load(air_c) + noise)
        loading = power_kw / _RATED_KVA
        # The oil follows the load over hours, like any large thermal mass.
        aim_c = air_c + 8 + 45 * loading * loading
        oil_c = aim_c if oil_c is None else oil_c + 0.08 * (aim_c - oil_c)
        reactive_kvar = 0.31 * power_kw + 2 * _noise(random)
        voltage_v = 236 - 14 * loading + 0.6 * _noise(random)
        yield f"{time},{power_kw:.3f},{reactive_kvar:.3f},{voltage_v:.1f},{oil_c:.2f}"


def _photovoltaic_output(random: Random, rows: int) -> Iterator[str]:
    clearness, flicker = 0.7, 0.0
    for row in range(rows):
        if row % _QUARTERS_PER_DAY == 0:
            clearness = min(1.0, max(0.12, 0.62 + 0.55 * (clearness - 0.62) + 0.24 * _noise(random)))
        flicker = 0.85 * flicker + 0.05 * _noise(random)
        sky = min(1.0, max(0.05, clearness + flicker * (1 - clearness)))
        irradiance = sky * _clear_sky_irradiance(row)
        # Hot modules lose; the inverters stop at what is installed.
        heat_loss = 0.0004 * max(0.0, _air_temperature(row) - 5)
        output_mw = min(
            _INSTALLED_MW, _INSTALLED_MW * 0.92 * irradiance / 1000 * (1 - heat_loss * irradiance / 100)
        )
        time = _START + timedelta(minutes=15 * row)
        yield f"{time},{_INSTALLED_MW:.1f},{irradiance:.1f},{output_mw:.3f}"


def _materials_price(random: Random, rows: int) -> Iterator[str]:
    prices = [level for level, *_ in _MATERIALS]
    day = _FIRST_TRADING_DAY
    for _ in range(rows):
        quoted = (
            f"{round(price / step) * step}" for price, (*_, step) in zip(prices, _MATERIALS, strict=True)
        )
        yield f"{day.date()},{','.join(quoted)}"
        common = _noise(random)
        prices = [
            _next_price(price, level, volatility * (weight * common + (1 - weight) * _noise(random)))
            for price, (level, volatility, weight, _) in zip(prices, _MATERIALS, strict=True)
        ]
        day += timedelta(days=3 if day.weekday() == 4 else 1)


def _next_price(price: float, level: float, surprise: float) -> float:
    return price * (1 + _PULL_TO_LEVEL * (level / price - 1) + surprise)


def _load_shape(row: int) -> float:
    hour, quarter = divmod(row % _QUARTERS_PER_DAY, 4)
    here, after = _HOURLY_LOAD[hour], _HOURLY_LOAD[(hour + 1) % 24]
    return (here + (after - here) * quarter / 4) / 100


def _climate_load(air_c: float) -> float:
    return 9.0 * max(0.0, air_c - 26) + 5.0 * max(0.0, 8 - air_c)


def _air_temperature(row: int) -> float:
    """Mean of the season and the hour in Wuhan: 4 °C in mid January, 30 °C in late July."""
    days = row / _QUARTERS_PER_DAY
    return 17 - 13 * _sine((days - 20) / 365.25 + 0.25) - 4 * _sine((days % 1) - 0.375 + 0.5)


def _clear_sky_irradiance(row: int) -> float:
    """Irradiance in W/m2 on the ground without clouds, after Haurwitz; none while the sun is down."""
    days = row / _QUARTERS_PER_DAY
    sin_declination = 0.39795 * _sine((days - 80) / 365.25)
    cos_declination = sqrt(1 - sin_declination * sin_declination)
    noon = _sine((days % 1) - 0.25 - _SUN_BEHIND_CLOCK_DAYS)
    height = _SIN_LATITUDE * sin_declination + _COS_LATITUDE * cos_declination * noon
    return 1098 * height * height / (height + 0.06) if height > 0 else 0.0


def _noise(random: Random) -> float:
    """Near-normal noise of variance one."""
    # gauss() goes through the machine's logarithm, and float sums differ between versions of Python.
    return sum(random.getrandbits(16) for _ in range(12)) / 65536 - 6


def _sine(turns: float) -> float:
    """Sine of a whole turn's fraction, by arithmetic that every machine rounds alike."""
    turns -= round(turns)
    if abs(turns) > 0.25:
        turns = (0.5 if turns > 0 else -0.5) - turns
    angle = turns * 6.283185307179586
    square = angle * angle
    term = total = angle
    for order in range(2, 18, 2):
        term *= -square / (order * (order + 1))
        total += term
    return total


SERIES: dict[str, SeriesKind] = {
    "transformer_load": SeriesKind(
        title_zh="湖北配电变压器负荷（合成）",
        title_en="Load of a Hubei distribution transformer (synthetic)",
        description_zh="630 kVA 配电变压器 15 分钟负荷曲线：早晚双峰、周末下降、冬夏两季受气温影响。合成数据，非实测。",
        description_en="Quarter-hourly load of a 630 kVA transformer: two daily peaks, weekend dip, summer and "
        "winter demand by temperature. Generated, not measured.",
        sector="power",
        default_rows=365 * _QUARTERS_PER_DAY,
        header="time,active_power_kw,reactive_power_kvar,voltage_v,oil_temperature_c",
        lines=_transformer_load,
    ),
    "photovoltaic_output": SeriesKind(
        title_zh="武汉光伏电站出力（合成）",
        title_en="Output of a photovoltaic plant near Wuhan (synthetic)",
        description_zh="50 MW 光伏电站 15 分钟辐照度与出力，按北纬 30.6° 太阳高度角与随机云量生成。合成数据，非实测。",
        description_en="Quarter-hourly irradiance and output of a 50 MW plant from the sun's height at 30.6 N and "
        "random cloud. Generated, not measured.",
        sector="energy",
        default_rows=365 * _QUARTERS_PER_DAY,
        header="time,installed_mw,irradiance_w_per_m2,output_mw",
        lines=_photovoltaic_output,
    ),
    "materials_price": SeriesKind(
        title_zh="大宗原材料日度价格（合成）",
        title_en="Daily prices of bulk materials (synthetic)",
        description_zh="电解铜、HRB400E 螺纹钢、秦皇岛 5500 大卡动力煤工作日价格，均值回复且相互关联。合成数据，非市场报价。",
        description_en="Copper cathode, HRB400E rebar and Qinhuangdao 5500 kcal thermal coal on working days, "
        "mean-reverting and correlated. Generated, not quotations.",
        sector="bulk_materials",
        default_rows=2600,
        header="date,copper_cathode_cny_per_t,rebar_hrb400e_cny_per_t,qinhuangdao_coal_5500_cny_per_t",
        lines=_materials_price,
    ),
}
