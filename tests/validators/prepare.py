"""`python tests/validators/prepare.py FOLDER [DATA …]`: walk the demo's deals and export everything from them.

DATA are folders of files to trade beside the demo's own series. Everything goes through the commands a
stranger would use, on a server of its own with an empty home; the rows come by an agreement, as to any buyer.
Runs in the project's environment; what it leaves in FOLDER is checked by `check.py` in another.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import requests
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[2]))

from exchange.app import create_context
from exchange.catalogue.exports.dcat import CataloguePage
from exchange.catalogue.exports.described import DescribedListing
from exchange.catalogue.exports.documents import files_of, render, render_catalogue
from exchange.cli import wdx
from exchange.client import ReceiptBook
from exchange.config import Settings
from exchange.demo.people import assemble
from exchange.demo.server import start_server
from tests.factories.described import IDENTIFIERS, described
from tests.factories.full_listing import give_full_content
from tests.factories.hosted import content_of_hosted

DEMO_ROWS = "400"


def main(folder: Path, data: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="wdx-exports-") as name:
        home = Path(name)
        for variable in [item for item in os.environ if item.startswith(("WDX_", "XDG_"))]:
            del os.environ[variable]
        os.environ |= {"WDX_HOME": name, "XDG_CONFIG_HOME": f"{name}/config", "LC_ALL": "C.UTF-8"}
        deals = [deal for place in (None, *data) for deal in _demo(place)]
        environment = {item: value for item, value in os.environ.items() if item != "WDX_HOME"}
        server = start_server(home, environment, port=_free_port())
        try:
            _export(home, server.url, deals, folder)
        finally:
            server.stop()


def _free_port() -> int:
    """A port that the system picks: the demo's usual one may belong to another exchange on this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _demo(data: str | None) -> list[dict]:
    what = ("--data", data) if data else ("--rows", DEMO_ROWS)
    options = ("--headless", "--json", "--port", str(_free_port()))
    command = [sys.executable, "-m", "exchange", "demo", *options, *what]
    finished = subprocess.run(command, capture_output=True, check=False)
    if finished.returncode:
        sys.exit(f"the demo of {data or 'its own series'} failed: {finished.stderr.decode()[-2000:]}")
    return json.loads(finished.stdout)["deals"]


def _wdx(*arguments: str) -> None:
    """A command as a user gives it, without starting a process for each."""
    result = CliRunner().invoke(wdx, arguments, catch_exceptions=False)
    if result.exit_code:
        sys.exit(f"wdx {' '.join(arguments)} failed: {result.output}")


def _export(home: Path, url: str, deals: list[dict], folder: Path) -> None:
    context = create_context(Settings(home=home))
    parties = assemble(context, url, home / "demo", patience_s=60)
    for deal in deals:
        target = folder / "listings" / deal["listing_id"]
        target.mkdir(parents=True)
        _deliver(parties, deal, target / "rows.parquet")
    full = give_full_content(context, deals[0]["listing_id"])
    (folder / "expected.json").write_text(json.dumps({"listings": len(deals), "full": full}))
    buyer = parties["buyer"]
    _wdx("login", "--server", url, "--login", buyer.login, "--password", buyer.password)
    for deal in deals:
        _export_listing(deal["listing_id"], folder / "listings" / deal["listing_id"])
        page = requests.get(
            f"{url}/catalogue/{deal['listing_id']}",
            headers={"Authorization": f"Bearer {buyer.exchange.connection.token}"},
            timeout=60,
        )
        page.raise_for_status()
        (folder / "listings" / deal["listing_id"] / "page.html").write_bytes(page.content)
    _wdx("export", "dcat", "-o", str(folder / "catalogue.ttl"))
    _wdx("export", "dcat", "--format", "jsonld", "-o", str(folder / "catalogue.jsonld"))
    _export_described(folder / "identified", described(identifiers=IDENTIFIERS))
    # Its data stay with the provider: there is no revision and there are no rows. The demo trades none.
    _export_described(folder / "hosted", described(identifiers=IDENTIFIERS, **content_of_hosted()))
    context.database.dispose()


def _export_described(folder: Path, listing: DescribedListing) -> None:
    """A listing of a kind that the demo has none of, without the server."""
    folder.mkdir()
    for name in files_of(listing.content):
        (folder / name).write_bytes(render(listing, name).body)
    page = CataloguePage(
        listing.base_url, listing.provider, [listing], f"{listing.base_url}/catalogue.ttl", None
    )
    (folder / "catalogue.ttl").write_bytes(render_catalogue(page, "turtle").body)


def _deliver(parties: dict, deal: dict, target: Path) -> None:
    """Have every row delivered under a new agreement: the contract is tested on what a buyer gets."""
    buyer, provider = parties["buyer"], parties["provider"]
    content = buyer.exchange.listing(deal["listing_id"])["content"]
    request = {
        "listing_id": deal["listing_id"],
        "purpose": content["usage_policy"]["purposes"][0],
        "scenario": content["scenarios"][0],
        "columns": [],
        "days": 1,
        "max_rows": deal["rows"],
        "max_calls": 3,
        "networks": ["127.0.0.0/8", "::1/128"],
    }
    negotiation = buyer.exchange.request_access(request)
    provider.exchange.offer_terms(negotiation["id"])
    buyer.exchange.accept_offer(negotiation["id"])
    agreement = buyer.exchange.agreement_of(negotiation["id"])
    for party in (provider, buyer):
        party.exchange.sign_agreement(
            agreement["id"], party.key, role=party.role, expected_sha256=agreement["terms_sha256"]
        )
    book = ReceiptBook(buyer.exchange.exchange_signing_key())
    delivery = buyer.exchange.download_file(
        agreement["id"], book, request_id=str(uuid.uuid4()), format="parquet"
    )
    target.write_bytes(delivery.body)
    policy = json.dumps(buyer.exchange.policy(agreement["id"]), ensure_ascii=False)
    target.with_name("policy.jsonld").write_text(policy, encoding="utf-8")


def _export_listing(listing_id: str, target: Path) -> None:
    _wdx("export", "odrl", listing_id, "-o", str(target / "offer.jsonld"))
    _wdx("export", "odcs", listing_id, "-o", str(target / "contract.yaml"))
    _wdx("export", "odcs", listing_id, "--format", "json", "-o", str(target / "contract.json"))
    _wdx("export", "datapackage", listing_id, "-o", str(target / "datapackage.json"))
    _wdx("export", "datapackage", listing_id, "-o", str(target / "package"))
    _wdx("export", "croissant", listing_id, "-o", str(target / "croissant.json"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
