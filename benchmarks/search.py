"""Search over 100,000 listings against the bare full text of each database."""

import json
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.report import seconds, table
from benchmarks.synthetic_listings import write_listings
from exchange.app import create_context
from exchange.catalogue.models import ListingVersion
from exchange.catalogue.search import Wish, memory, search_listings
from exchange.catalogue.search.question import terms_of
from exchange.catalogue.search.rebuilding import reindex
from exchange.catalogue.search.tokens import tokens_of_all
from exchange.config import Settings
from exchange.core.clock import now
from exchange.core.database import Database
from exchange.setup import prepare
from tests.factories.market import Market, build_market
from tests.postgresql import running_server

LISTINGS = int(os.environ.get("BENCH_LISTINGS", "100000"))
ROUNDS = 5
#: Searches measured as the first after a change.
CHANGES = 48
#: Common and rare words, one to four of them, both languages, with and without facets, and looking around.
QUESTIONS: tuple[tuple[str, dict[str, list[str]]], ...] = (
    ("", {}), ("", {"sector": ["power"]}), ("", {"region": ["420000"], "granularity": ["PT15M"]}),
    ("负荷", {}), ("煤", {}), ("铜价", {}), ("价格", {}), ("copper", {}), ("price", {}), ("天然气", {}),
    ("湖北", {}), ("湖北电力负荷", {}), ("负荷 15min 湖北", {}), ("load 15min Hubei", {"quality": ["A"]}),
    ("光伏 上海", {"delivery": ["file"]}), ("natural gas spot", {"region": ["310000"]}),
    ("现货", {"price_model": ["per_row"]}), ("油温", {}), ("irradiance wind speed", {}), ("设备检修", {}),
    ("四川 风电 每小时", {}), ("station 4711", {}), ("碳酸锂", {"quality": ["A", "B"]}), ("zirconium", {}),
)  # fmt: skip


def run(listings: int = LISTINGS) -> None:
    with tempfile.TemporaryDirectory() as name:
        _measure("SQLite", Path(name) / "sqlite", "", listings)
        with running_server(durable=True) as url:
            _measure("PostgreSQL", Path(name) / "postgresql", url, listings)
    print(
        f"\n{listings:,} listings, {len(QUESTIONS)} questions and as many rare names, {ROUNDS} rounds;"
        " the bare query returns 20 cards and the total of all listings, ours those that the reader may see."
        " CPU is that of this process: on a busy machine it says more than the clock, on SQLite it is all there is."
    )


def _measure(name: str, home: Path, url: str, listings: int) -> None:
    """Measure one database and print its tables."""
    with _catalogue(home, url, listings) as market:
        database = market.context.database
        headers = ("seconds", "CPU s", "listings/s", "longest transaction ms", "peak MB")
        table(("building the index", *headers), [*_builds(name, market, listings)])
        questions = [*QUESTIONS, *_rare_questions(market, listings)]
        bare = PEERS[database.dialect](market)
        _tidy(market)
        ours, theirs = _in_turn(questions, partial(_search, market), bare)
        without, _ = _in_turn(questions, partial(_search, market, with_facets=False), bare)
        anew, _ = _in_turn(questions, partial(_search_anew, market), bare)
        after_change = [_after_change(market, number) for number in range(CHANGES)]
        print()
        rows = [(f"bare {name} full text", *_figures(theirs), "1.0")]
        for label, times in (
            ("without facets", without), ("with 11 facets", ours), ("with 11 facets, every word read anew", anew),
            ("with 11 facets, first after a change", after_change),
        ):  # fmt: skip
            rows.append(
                (f"ours on {name}, {label}", *_figures(times), f"{_median(times) / _median(theirs):.1f}")
            )
        table(
            ("search", "p50 ms", "p99 ms", "CPU p50 ms", "CPU p99 ms", "times the bare query's p50"), rows
        )
        print(flush=True)


def _median(times: list[tuple[float, float]]) -> float:
    return statistics.median(wall for wall, _ in times)


def _builds(name: str, market: Market, listings: int) -> Iterator[tuple[object, ...]]:
    """The index of a quarter, then of all: the rate shows whether the time is linear."""
    database = market.context.database
    for part in (listings // 4, listings):
        with database.writing() as session:
            session.execute(
                text("UPDATE listings SET listed_version = CASE WHEN id < :last THEN 1 END"),
                {"last": f"lst_bench{part:07d}"},
            )
        with _longest_write(database) as writes:
            wall, cpu = _timed(lambda: reindex(database, at=market.now))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures = (
            f"{wall:.1f}",
            f"{cpu:.1f}",
            f"{part / wall:,.0f}",
            f"{max(writes) * 1000:.0f}",
            f"{peak:.0f}",
        )
        yield f"{name}, {part:,}", *figures


@contextmanager
def _longest_write(database: Database) -> Iterator[list[float]]:
    """How long each writing transaction took, waiting for its place included."""
    write, lasted = database.write, [0.0]

    def timed(work: Callable[[Any], Any]) -> Any:
        results: list[Any] = []
        lasted.append(seconds(lambda: results.append(write(work))))
        return results[0]

    database.write = timed  # type: ignore[method-assign]
    try:
        yield lasted
    finally:
        database.write = write  # type: ignore[method-assign]


@contextmanager
def _catalogue(home: Path, url: str, listings: int) -> Iterator[Market]:
    context = create_context(Settings(home=home, database_url=url, secret_key="benchmark"))
    prepare(context)
    market = build_market(context, at=now()).market
    try:
        with context.database.writing() as session:
            write_listings(session, market, listings)
        yield market
    finally:
        context.database.dispose()
        shutil.rmtree(home, ignore_errors=True)


def _rare_questions(market: Market, listings: int) -> list[tuple[str, dict[str, list[str]]]]:
    with market.context.database.reading() as session:
        ids = random.Random(1).sample(range(listings), len(QUESTIONS))
        contents = [
            session.get_one(ListingVersion, (f"lst_bench{number:07d}", 1)).content for number in ids
        ]
    return [(content["keywords"][2], {}) for content in contents]


def _search(market: Market, words: str, filters: dict[str, list[str]], **wish: Any) -> object:
    with market.context.database.reading() as session:
        return search_listings(
            session, actor=market.forecast_lab.actor, wish=Wish(words, filters, **wish), now=market.now
        )


def _tidy(market: Market) -> None:
    """What autovacuum does in the minutes after so many rows, done now instead of during the measurement."""
    with market.context.database.engine.connect().execution_options(
        isolation_level="AUTOCOMMIT"
    ) as connection:
        connection.execute(text("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"))


def _search_anew(market: Market, words: str, filters: dict[str, list[str]]) -> object:
    """A search by words that nobody has asked this process for under the present index."""
    memory._memories[market.context.database.engine.pool].words.clear()
    return _search(market, words, filters)


def _after_change(market: Market, number: int) -> tuple[float, float]:
    """The first search after a listing was decided, suspended or resumed, in turn."""
    (market.listed, market.suspended, market.resumed)[number % 3]()
    return _timed(partial(_search, market, *QUESTIONS[number % len(QUESTIONS)]))


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of this process' CPU."""
    began = time.process_time()
    wall = seconds(work)
    return wall, time.process_time() - began


def _in_turn(
    questions: list[Any], ours: Callable[..., object], bare: Callable[..., object]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    mine: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for lap in range(ROUNDS + 1):
        for question in questions:
            times = _timed(partial(ours, *question)), _timed(partial(bare, *question))
            if lap:  # the first lap warms both
                mine.append(times[0])
                theirs.append(times[1])
    return mine, theirs


def _figures(times: list[tuple[float, float]]) -> tuple[str, ...]:
    """Median and 99th percentile in milliseconds, by the clock and of the CPU."""
    shown: list[str] = []
    for kind in (0, 1):
        ordered = sorted(item[kind] for item in times)
        shown += [
            f"{statistics.median(ordered) * 1000:.1f}",
            f"{ordered[int(len(ordered) * 0.99)] * 1000:.1f}",
        ]
    return tuple(shown)


def _bare_fts5(market: Market) -> Callable[..., object]:
    """The same tokens in FTS5, one column for each part, ranked by bm25 with the same weights."""
    with market.context.database.writing() as session:
        session.execute(
            text(
                "CREATE VIRTUAL TABLE bare USING fts5(a, b, c, d, tokenize='unicode61 remove_diacritics 0')"
            )
        )
        rows = [
            {"n": number, **dict(zip("abcd", (" ".join(part) for part in parts), strict=True))}
            for number, parts in _tokens(session.connection())
        ]
        session.execute(text("INSERT INTO bare(rowid, a, b, c, d) VALUES (:n, :a, :b, :c, :d)"), rows)
    best = "SELECT rowid AS number FROM bare WHERE bare MATCH :q ORDER BY bm25(bare, 8, 4, 2, 1) LIMIT 20"
    count = "SELECT count(*) FROM bare WHERE bare MATCH :q"
    return _asked(market, best, count, lambda words: _boolean(words, "AND", "OR", '"'))


def _bare_tsvector(market: Market) -> Callable[..., object]:
    """The same tokens as weighted tsvector with a GIN index, ranked by ts_rank."""
    with market.context.database.writing() as session:
        session.execute(text("CREATE TABLE bare (number int PRIMARY KEY, words tsvector)"))
        rows = [{"n": number, "w": _weighted(parts)} for number, parts in _tokens(session.connection())]
        session.execute(text("INSERT INTO bare VALUES (:n, cast(:w AS tsvector))"), rows)
        session.execute(text("CREATE INDEX bare_words ON bare USING gin (words)"))
    where = "FROM bare WHERE words @@ cast(:q AS tsquery)"
    best = f"SELECT number {where} ORDER BY ts_rank(words, cast(:q AS tsquery)) DESC LIMIT 20"
    return _asked(market, best, f"SELECT count(*) {where}", lambda words: _boolean(words, "&", "|", "'"))


def _asked(market: Market, best: str, count: str, boolean: Callable[[str], str]) -> Callable[..., object]:
    """What a list needs at least: the cards of the best 20, read as objects, and how many there are.

    It cuts nothing to what the reader may see, ignores the facets' filters and counts no facets.
    """
    listed = "SELECT card FROM search_entries ORDER BY number DESC LIMIT 20"
    every = "SELECT count(*) FROM search_entries"
    joined = f"SELECT card FROM ({best}) AS best JOIN search_entries USING (number)"
    queries = {True: (text(joined), text(count)), False: (text(listed), text(every))}

    def ask(words: str, _filters: dict[str, list[str]]) -> object:
        values = {"q": boolean(words)} if words else {}
        page, total = queries[bool(words)]
        with market.context.database.reading() as session:
            connection = session.connection()
            cards = [
                json.loads(card) if isinstance(card, str) else card
                for (card,) in connection.execute(page, values)
            ]
            return cards, connection.execute(total, values).scalar()

    return ask


def _weighted(parts: tuple[set[str], ...]) -> str:
    return " ".join(
        f"'{word}':1{weight}" for weight, part in zip("ABCD", parts, strict=True) for word in part
    )


PEERS = {"sqlite": _bare_fts5, "postgresql": _bare_tsvector}


def _boolean(words: str, both: str, either: str, quote: str) -> str:
    return f" {both} ".join(
        "("
        + f" {either} ".join(
            "(" + f" {both} ".join(f"{quote}{token}{quote}" for token in tokens) + ")"
            for tokens in term.alternatives
        )
        + ")"
        for term in terms_of(words)
    )


def _tokens(connection: Connection) -> Iterator[tuple[int, tuple[set[str], ...]]]:
    rows = connection.execute(
        text(
            "SELECT search_entries.number, content FROM search_entries JOIN listing_versions USING (listing_id)"
            " WHERE state = 'listed'"
        )
    )
    for number, content in rows:
        yield number, _parts(content)


def _parts(content: Any) -> tuple[set[str], ...]:
    content = json.loads(content) if isinstance(content, str) else content
    return (
        tokens_of_all([content["title_zh"], content["title_en"]]),
        tokens_of_all([*content["keywords"], *content["scenarios"]]),
        tokens_of_all([content["summary_zh"], content["summary_en"]]),
        tokens_of_all(
            [item[name] for item in content["dictionary"] for name in ("name", "meaning_zh", "meaning_en")]
        ),
    )
