"""What the demo trades: one made-up series per sector, or every data file of a folder."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.catalogue.listing_file.prefill import guess_sector
from exchange.demo.series import SERIES, write_series
from exchange.demo.words import NO_WORDS, SERIES_WORDS, SeriesWords

DATA_ENDINGS = (".csv", ".parquet", ".xlsx")
_PLANS: dict[str, dict[str, Any]] = {
    "power": {"model": "per_row", "unit_price_micro": 2_000, "free_rows": 1_000},
    "energy": {"model": "subscription", "fee_micro": 880_000_000},
    "bulk_materials": {"model": "per_call", "unit_price_micro": 350_000},
}
_SCENARIOS = {
    "power": "load forecasting 负荷预测",
    "energy": "generation and purchase planning 发电与采购计划",
    "bulk_materials": "procurement and hedging 采购与套期保值",
}
PURPOSE = "research and planning 研究与规划"


@dataclass(frozen=True)
class DealPlan:
    """One deal to walk: the file, and the words and price under which it is offered."""

    #: Names the deal in every idempotency key, so the same file is the same deal on every run.
    slug: str
    path: Path
    sector: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    source_statement: str
    #: GB/T 2260 code of the place that the series is about; empty when nobody said.
    region: str = ""
    #: What the provider says beyond that; nothing for a file that somebody brings.
    words: SeriesWords = NO_WORDS

    @property
    def offer(self) -> dict[str, Any]:
        """The provider's words for the listing."""
        return {
            "title_zh": self.title_zh,
            "title_en": self.title_en,
            "summary_zh": self.summary_zh,
            "summary_en": self.summary_en,
            "sector": self.sector,
            "scenarios": [_SCENARIOS[self.sector]],
            "source_statement": self.source_statement,
            "usage_policy": {"purposes": [PURPOSE], "max_days": 366},
            "price_plans": [self.priced(_PLANS[self.sector])],
            "delivery_modes": ["query", "file"],
            "compliance": {"commitment": True},
            **self.words.offer,
        }

    def priced(self, plan: dict[str, Any]) -> dict[str, Any]:
        """The listing's one price plan, under its name."""
        return {"code": "standard", "title_zh": "标准", "title_en": "Standard", "plan": plan}

    def request(self, listing_id: str, rows: int) -> dict[str, Any]:
        """The buyer's request: every row of the revision, once."""
        return {
            "listing_id": listing_id,
            "purpose": PURPOSE,
            "scenario": _SCENARIOS[self.sector],
            "columns": [],
            "days": 90,
            "max_rows": rows,
        }


def generated_deals(folder: Path, *, rows: int | None) -> list[DealPlan]:
    """One deal per sector on the product's own synthetic series."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _generated(kind, series, folder, rows or series.default_rows) for kind, series in SERIES.items()
    ]


def deals_of_folder(folder: Path) -> list[DealPlan]:
    """One deal per CSV, Parquet or XLSX file of a folder, in the order of their names."""
    return [
        _of_file(path)
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix.lower() in DATA_ENDINGS and not path.name.startswith(".")
    ]


def _generated(kind: Any, series: Any, folder: Path, rows: int) -> DealPlan:
    path = folder / f"{kind}.csv"
    write_series(kind, path, rows=rows, seed=2026)
    return DealPlan(
        slug=f"{kind}-{rows}",
        path=path,
        sector=series.sector,
        title_zh=series.title_zh,
        title_en=series.title_en,
        summary_zh=series.description_zh,
        summary_en=series.description_en,
        region="420100",
        words=SERIES_WORDS[kind],
        source_statement="Synthetic: made by the exchange's own generator; no measurement 合成数据，非实测",
    )


def _of_file(path: Path) -> DealPlan:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    words = path.stem.replace("-", " ").replace("_", " ")
    return DealPlan(
        slug=f"{path.name[:80]}-{digest[:16]}",
        path=path,
        sector=guess_sector(path.name),
        title_zh=f"{words}（演示）"[:120],
        title_en=f"{words} (demo)"[:120],
        summary_zh=f"由文件 {path.name} 导入的演示数据集。",
        summary_en=f"Demo data set taken from the file {path.name}.",
        source_statement=f"Brought by the person who ran the demo: {path.name}",
    )
