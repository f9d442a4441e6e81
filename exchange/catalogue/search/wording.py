"""Codes of a listing in words, Chinese and English, for the index and for people."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from exchange.catalogue.codes import get_table

#: Facets, and further members that are searched, whose codes stand in a table of the catalogue.
_TABLES = {
    "sector": "sectors",
    "frequency": "update_frequencies",
    "delivery": "delivery_modes",
    "region": "regions",
    "industry": "industries",
    "commodity": "commodities",
    "product_kind": "product_kinds",
}
_DURATION = re.compile(r"P(T?)(\d+)([A-Z])")
_UNITS = {
    "TM": ("{} 分钟", "{} min"),
    "TH": ("{} 小时", "{} h"),
    "TS": ("{} 秒", "{} s"),
    "D": ("{} 天", "{} days"),
    "W": ("{} 周", "{} weeks"),
    "M": ("{} 个月", "{} months"),
    "Y": ("{} 年", "{} years"),
}
_SINGLE = {
    "PT1H": ("每小时", "hourly"),
    "P1D": ("每日", "daily"),
    "P7D": ("每周", "weekly"),
    "P1W": ("每周", "weekly"),
    "P1M": ("每月", "monthly"),
    "P3M": ("每季度", "quarterly"),
    "P1Y": ("每年", "yearly"),
}


class Words(NamedTuple):
    """One code in both languages."""

    zh: str
    en: str


def words_of(facet: str, code: str) -> Words:
    """The code in words; a code that is not known stands for itself."""
    if facet == "granularity":
        return _duration_words(code)
    if facet in _TABLES:
        table = get_table(_TABLES[facet])
        return Words(table.label(code, chinese=True), table.label(code, chinese=False))
    return _own_words().get((facet, code), Words(code, code))


def region_codes(code: str) -> tuple[str, ...]:
    """A GB/T 2260 code with the wider regions it lies in: 420106 lies in 420100 and in 420000."""
    if not re.fullmatch(r"\d{6}", code):
        return ()
    return tuple(dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code)))


@cache
def _own_words() -> dict[tuple[str, str], Words]:
    lines = Path(__file__).with_name("wording.txt").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if not line.startswith("#")]
    return {(facet, code): Words(zh, en) for facet, code, zh, en in rows}


def _duration_words(code: str) -> Words:
    if code in _SINGLE:
        return Words(*_SINGLE[code])
    match = _DURATION.fullmatch(code)
    unit = _UNITS.get(f"{match[1]}{match[3]}") if match else None
    if match is None or unit is None:
        return Words(code, code)
    return Words(*(form.format(match[2]) for form in unit))
