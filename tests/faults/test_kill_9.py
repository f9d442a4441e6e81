"""The server dies without warning, again and again, in the middle of deals: nothing lost, nothing double."""

import os
import random
import signal
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange.app import replay_rules
from exchange.audit import verify_bundle
from exchange.demo.deals import DealPlan, deals_of_folder
from exchange.demo.people import assemble
from exchange.demo.server import DemoServer, start_server
from exchange.demo.walk import DealWalked, Walk, settle

KILLS = 20
ROWS = 40
MOST_DEALS = 400


class Killer(threading.Thread):
    """Kills the server's whole process group at random moments and starts it again on the same port."""

    def __init__(self, home: Path, environment: dict[str, str], seed: int) -> None:
        super().__init__(daemon=True)
        self._home, self._environment = home, environment
        self._random = random.Random(seed)
        self.kills = 0
        self.done = threading.Event()
        # A port of its own: on the usual one another server may answer while this one is down.
        self.server = start_server(home, environment, port=0)
        self.url = self.server.url

    def run(self) -> None:
        port = int(self.url.rsplit(":", 1)[1])
        try:
            while self.kills < KILLS and not self.done.wait(self._random.uniform(0.02, 0.9)):
                os.killpg(self.server.process.pid, signal.SIGKILL)
                self.server.process.wait()
                self.kills += 1
                self.server = start_server(self._home, self._environment, port=port)
        finally:
            self.done.set()


@pytest.fixture
def killer(context, tmp_path: Path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails, to repeat it
    environment = {
        "PATH": os.environ["PATH"],
        "WDX_DATABASE_URL": context.settings.database_url,
        "WDX_LOG_FORMAT": "text",
    }
    (tmp_path / "home" / "demo").mkdir(parents=True, exist_ok=True)
    killer = Killer(tmp_path / "home", environment, seed)
    yield killer
    killer.done.set()
    killer.join(70)
    server: DemoServer = killer.server
    server.stop()


def plans_of(folder: Path, count: int) -> list[DealPlan]:
    folder.mkdir()
    for number in range(count):
        rows = "".join(
            f"2026-01-01 {row // 4:02d}:{row % 4 * 15:02d},{number}.{row}\n" for row in range(ROWS)
        )
        (folder / f"load-{number:03d}.csv").write_text(f"time,load_kw\n{rows}", encoding="utf-8")
    return deals_of_folder(folder)


def test_twenty_kills_lose_nothing_and_double_nothing(killer, context, tmp_path):
    parties = assemble(context, killer.url, tmp_path, patience_s=60)
    walked: list[DealWalked] = []
    plans = plans_of(tmp_path / "series", MOST_DEALS)
    killer.start()

    while not killer.done.is_set():
        walked.append(Walk(plans[len(walked)], parties, lambda *_: None).run())
    settle(walked, parties, lambda *_: None)

    assert killer.kills == KILLS
    check_each_deal_happened_once(walked, context)
    assert parties["regulator"].exchange.trial_balance_fen() == 0
    bundle = tmp_path / "evidence.zip"
    parties["regulator"].exchange.download_bundle(bundle)
    assert verify_bundle(bundle, rules=replay_rules()).findings == []


def check_each_deal_happened_once(walked: list[DealWalked], context) -> None:
    counts = {
        "listings": len(walked),
        "negotiations": len(walked),
        "agreements": len(walked),
        "agreement_signatures": 2 * len(walked),
        "delivery_records": len(walked),
        "statements": len(walked),
    }
    with context.database.reading() as session:
        found = {table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in counts}
        rows = session.execute(text("SELECT sum(delivered_rows) FROM agreement_meters")).scalar()

    assert found == counts
    assert rows == ROWS * len(walked)
    assert {deal.rows_delivered for deal in walked} == {ROWS}
