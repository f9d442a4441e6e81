"""The listing and the catalogue page in the process, beside the sign-in page of the same app."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.report import table
from exchange.app import create_context
from exchange.config import Settings
from exchange.core.clock import now
from exchange.datasets import service as datasets
from exchange.demo.series import write_series
from exchange.registry.jobs import issue_certificates
from exchange.server import keep_program_in_memory
from exchange.setup import prepare
from tests.factories.browsers import Browser
from tests.factories.datasets import taken_in
from tests.factories.described import FULL_CONTENT
from tests.factories.market import Market, build_market
from tests.factories.participants import PASSWORD
from tests.postgresql import running_server

ROWS = 5_000
#: As many as a page of the catalogue shows.
LISTINGS = 20
#: Taken in turn, so that other work on the machine weighs on all of them.
ROUNDS = 100
#: Members of the complete listing of the tests that are the provider's own words.
_WORDS = [
    "summary_zh",
    "summary_en",
    "keywords",
    "product_kind",
    "industry",
    "languages",
    "use_cases",
    "restrictions",
    "coverage",
    "licence",
    "sla",
    "contact",
]
_MEANINGS = {
    "time": ("时间", "time of the reading", None),
    "load_kw": ("有功负荷", "active load", "kW"),
    "voltage_v": ("电压", "voltage", "V"),
    "oil_temp_c": ("油温", "oil temperature", "°C"),
    "quality": ("质量码", "quality code", None),
}


def run() -> None:
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as name:
        rows += _measure("SQLite", Path(name) / "sqlite", "")
        with running_server(durable=True) as url:
            rows += _measure("PostgreSQL", Path(name) / "postgresql", url)
    headers = ("page, in the process", "kB", "p50 ms", "p99 ms", "CPU p50 ms", "CPU p99 ms")
    table((*headers, "times the sign-in page's CPU"), rows)
    print(
        f"\n{LISTINGS} listings with full content of a series of {ROWS:,} rows, in Chinese, for a signed-in buyer;"
        f" {ROUNDS} rounds, the pages in turn. The first request of each is not counted."
    )


def _measure(name: str, home: Path, url: str) -> list[tuple[object, ...]]:
    context = create_context(Settings(home=home, database_url=url, secret_key="benchmark"))
    prepare(context)
    market = build_market(context, at=now()).market
    _fill(market, home)
    browser = Browser(market.app, language="zh-CN")
    keep_program_in_memory()  # as the server does when it starts
    browser.sign_in(market.forecast_lab.login, PASSWORD)
    addresses = {
        "sign-in form": "/sign-in",
        "catalogue": "/catalogue/",
        "catalogue, searched": "/catalogue/?q=负荷&sector=power",
        "one listing": f"/catalogue/{market.listing_id}",
    }
    times: dict[str, list[tuple[float, float]]] = {label: [] for label in addresses}
    sizes = {}
    for lap in range(ROUNDS + 1):
        for label, address in addresses.items():
            wall, cpu, size = _timed(lambda address=address: browser.get(address))  # type: ignore[misc]
            sizes[label] = size
            if lap:
                times[label].append((wall, cpu))
    context.database.dispose()
    trivial = _percentiles(times["sign-in form"], 1)[0]
    return [
        (f"{label}, {name}", f"{sizes[label] / 1000:.0f}", *_written(times[label]), f"{_percentiles(times[label], 1)[0] / trivial:.1f}")
        for label in addresses
    ]  # fmt: skip


def _fill(market: Market, home: Path) -> None:
    """A series of several columns with histograms and a calendar, and twenty complete listings of it."""
    source = home / "transformer_load.csv"
    write_series("transformer_load", source, rows=ROWS, seed=1)
    words = {name: FULL_CONTENT[name] for name in _WORDS}
    names = source.read_text(encoding="utf-8").partition("\n")[0].split(",")
    dictionary = [
        dict(
            zip(("meaning_zh", "meaning_en", "unit"), _MEANINGS.get(name, (name, name, None)), strict=True)
        )
        | {"name": name}
        for name in names
    ]
    body = source.read_bytes()
    for number in range(LISTINGS):
        data = replace(market, dataset_id=_uploaded(market, f"load-{number}.csv", body))
        market.listing_id = data.listed(
            title_zh=f"负荷曲线 {number}", dictionary=dictionary, **words
        ).listing_id
    issue_certificates(market.context)


def _uploaded(market: Market, name: str, body: bytes) -> str:
    revision = market.do(
        datasets.create_dataset,
        actor=market.grid_co.actor,
        name=name,
        source_name=name,
        ingested=taken_in(market.context.storage, body, name=name),
    )
    return str(revision.dataset_id)


def _timed(ask: Callable[[], object]) -> tuple[float, float, int]:
    began, cpu = time.perf_counter(), time.thread_time()
    answer = ask()
    took = time.perf_counter() - began, time.thread_time() - cpu
    assert answer.status_code == 200, answer.text[-500:]  # type: ignore[attr-defined]
    return *took, len(answer.data)  # type: ignore[attr-defined]


def _percentiles(times: list[tuple[float, float]], kind: int) -> tuple[float, float]:
    ordered = sorted(item[kind] for item in times)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.99)]


def _written(times: list[tuple[float, float]]) -> list[str]:
    return [f"{1000 * value:.1f}" for kind in (0, 1) for value in _percentiles(times, kind)]
