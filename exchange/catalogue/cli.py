"""`wdx listing`: write a listing as a file, check it, publish it, and take it through its review."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import click

from exchange.catalogue.codes import get_table
from exchange.catalogue.content import says_the_same
from exchange.catalogue.listing_file import (
    ListingFile,
    check_file,
    read_file,
    write_hosted_template,
    write_template,
)
from exchange.catalogue.models import VersionState
from exchange.client import Exchange, Refused
from exchange.client.signed_in import signed_in
from exchange.core import clock
from exchange.core.i18n import speaks_chinese_in_terminal

EXIT_PROBLEMS = 2
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LISTING_LINE = re.compile(r"^listing:.*$", re.MULTILINE)
_ORGANISATION = ("approved", "returned")
_PLATFORM = ("listed", "supplement", "rejected")


@click.group()
def listing() -> None:
    """Your listings and their review; `wdx search` finds what is on offer."""


@listing.command("init")
@click.argument("dataset_id", required=False)
@click.option(
    "--hosted", "hosted_id", help="Id of a product whose data stay with you, instead of a data set."
)
@click.option(
    "--out", "path", type=click.Path(dir_okay=False, path_type=Path), default=Path("listing.yaml")
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init_listing(dataset_id: str | None, hosted_id: str | None, path: Path, *, force: bool) -> None:
    """Write a complete listing file for a data set or a hosted product; prices and texts remain to be written."""
    if (dataset_id is None) == (hosted_id is None):
        raise click.UsageError("give a DATASET_ID or --hosted, and not both")
    if path.exists() and not force:
        raise click.UsageError(f"{path} is there already; --force writes over it")
    path.write_text(_template(signed_in(), dataset_id, hosted_id), encoding="utf-8")
    click.echo(f"{path}: write what is marked TO WRITE, then: wdx listing lint {path}")


def _template(exchange: Exchange, dataset_id: str | None, hosted_id: str | None) -> str:
    if hosted_id is not None:
        return write_hosted_template(exchange.described_api(hosted_id))
    revision = exchange.revisions(str(dataset_id))[0]
    name = next((item["name"] for item in exchange.datasets() if item["id"] == dataset_id), "")
    return write_template(revision, name=name)


@listing.command("lint")
@click.argument("path", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def lint_listing(path: Path, *, as_json: bool) -> None:
    """Check a listing file with the server's rules, without a server; exit 2 when something is wrong."""
    _, found = check_file(read_file(path), today=clock.day_of(clock.now()))
    problems = [vars(item) for item in found]
    if as_json:
        click.echo(json.dumps(problems, ensure_ascii=False, indent=1))
    else:
        _tell_problems(problems)
    if problems:
        raise SystemExit(EXIT_PROBLEMS)
    if not as_json:
        click.echo(f"{path}: nothing to mend; parents and the data themselves are checked at publishing")


@listing.command("publish")
@click.argument("path", type=_FILE)
@click.option("--submit", is_flag=True, help="Hand it to your organisation's approver at once.")
@click.option("--note", default="", help="What the reviewers are to know.")
def publish_listing(path: Path, note: str, *, submit: bool) -> None:
    """Make the listing, or its next version, from a file; the file then names the listing."""
    file = read_file(path)
    offer, problems = check_file(file, today=clock.day_of(clock.now()))
    if problems:
        _tell_problems([vars(item) for item in problems])
        raise SystemExit(EXIT_PROBLEMS)
    exchange = signed_in()
    try:
        if file.listing is None:
            # Made of what is sent: after a lost answer the same file makes the same listing.
            key = f"listing-file/{_fingerprint(file.dataset or file.hosted, offer)}"
            version = exchange.create_listing(file.dataset, offer, hosted_id=file.hosted, key=key)
            _note_listing(path, version["listing_id"])
        else:
            version = _next_version(exchange, file.listing, file, offer)
        if submit and version["state"] in {"draft", "supplement"}:
            version = exchange.submit_version(version["listing_id"], version["version"], note=note)
    except Refused as refusal:
        if not (told := refusal.problem.get("errors")):
            raise
        _tell_problems(told)
        raise SystemExit(EXIT_PROBLEMS) from refusal
    click.echo(f"{version['listing_id']} version {version['version']}: {version['state']}")


def _next_version(
    exchange: Exchange, listing_id: str, file: ListingFile, offer: dict[str, Any]
) -> dict[str, Any]:
    """The version with this offer: the newest one when it says the same of the same revision or description."""
    newest = exchange.versions(listing_id)[0]
    content = newest["content"]
    if file.hosted is not None:
        source, known = exchange.described_api(file.hosted)["api_sha256"], content["hosted"]
        is_current = known is not None and known["api_sha256"] == source
    else:
        source, known = exchange.revisions(str(file.dataset))[0]["id"], content["revision"]
        is_current = known is not None and known["id"] == source
    if is_current and says_the_same(offer, content):
        return newest
    key = f"listing-file/{_fingerprint(listing_id, newest['version'], source, offer)}"
    return exchange.edit_listing(listing_id, offer, key=key)


@listing.command("show")
@click.argument("listing_id")
@click.option("--version", "number", type=int, help="A version of your own listing, listed or not.")
def show_listing(listing_id: str, number: int | None) -> None:
    """Print a listing, or one of its versions, as JSON."""
    exchange = signed_in()
    _print(exchange.listing(listing_id) if number is None else exchange.version(listing_id, number))


@listing.command("versions")
@click.argument("listing_id", required=False)
@click.option("--state", type=click.Choice([item.value for item in VersionState]))
@click.option("--overdue", is_flag=True, help="Only reviews whose deadline is past.")
def list_versions(listing_id: str | None, state: str | None, *, overdue: bool) -> None:
    """List your own listings, version by version, of one listing or by their place in the review.

    The operator sees those of every provider. `wdx search` finds what is on offer to you.
    """
    title = "title_zh" if speaks_chinese_in_terminal() else "title_en"
    for item in signed_in().versions(listing_id, state=state, overdue=overdue or None):
        due = f"  due {item['due_at']}" if item["due_at"] else ""
        told = f"{item['listing_id']}  v{item['version']}  {item['state']}{due}"
        click.echo(f"{told}  {item['content'][title]}")


@listing.command("prices")
@click.argument("listing_id")
def show_prices(listing_id: str) -> None:
    """Print what a listing asked for, version by version, as JSON."""
    _print(signed_in().prices(listing_id))


@listing.command("submit")
@click.argument("listing_id")
@click.argument("number", type=int)
@click.option("--note", default="", help="What the reviewers are to know.")
def submit_version(listing_id: str, number: int, note: str) -> None:
    """Hand a version to your organisation's approver."""
    click.echo(signed_in().submit_version(listing_id, number, note=note)["state"])


@listing.command("withdraw")
@click.argument("listing_id")
@click.argument("number", type=int)
@click.option("--reason", required=True)
def withdraw_version(listing_id: str, number: int, reason: str) -> None:
    """Take a version out of the review."""
    click.echo(signed_in().withdraw_version(listing_id, number, reason)["state"])


@listing.command("review")
@click.argument("listing_id")
@click.argument("number", type=int)
@click.option("--decision", type=click.Choice([*_ORGANISATION, *_PLATFORM]))
@click.option("--reason", default="", help="Needed with a decision.")
@click.option("--tick", multiple=True, help="An item of the checklist that you checked; may be repeated.")
@click.option("--tick-all", is_flag=True, help="You checked every item of the checklist.")
@click.option("--missing", multiple=True, help="What the provider is to bring; may be repeated.")
def review_version(
    listing_id: str,
    number: int,
    decision: str | None,
    reason: str,
    tick: tuple[str, ...],
    missing: tuple[str, ...],
    *,
    tick_all: bool,
) -> None:
    """Decide on a version, as its organisation (approved, returned) or as the operator; or print its review.

    Without a decision it prints the steps so far and the items of the checklist.
    """
    exchange = signed_in()
    table = get_table("review_checklist")
    if decision is None:
        _print({"steps": exchange.reviews(listing_id, number), "checklist": list(table.values)})
        return
    if not reason:
        raise click.UsageError("a decision needs a --reason")
    checklist = list(table.values) if tick_all else list(tick)
    if decision in _ORGANISATION:
        version = exchange.approve_version(listing_id, number, decision, reason, checklist=checklist)
    else:
        version = exchange.decide_version(
            listing_id, number, decision, reason, checklist=checklist, missing=list(missing)
        )
    click.echo(version["state"])


_effect = click.option(
    "--effect",
    required=True,
    type=click.Choice(get_table("stop_effects").values),
    help="What becomes of running agreements.",
)


@listing.command("suspend")
@click.argument("listing_id")
@_effect
@click.option("--reason", required=True)
def suspend_listing(listing_id: str, effect: str, reason: str) -> None:
    """Take no new deals for now (operator)."""
    click.echo(signed_in().suspend_listing(listing_id, effect, reason)["state"])


@listing.command("resume")
@click.argument("listing_id")
@click.option("--reason", required=True)
def resume_listing(listing_id: str, reason: str) -> None:
    """End a suspension (operator)."""
    click.echo(signed_in().resume_listing(listing_id, reason)["state"])


@listing.command("delist")
@click.argument("listing_id")
@_effect
@click.option("--reason", required=True)
def delist_listing(listing_id: str, effect: str, reason: str) -> None:
    """End a listing for good (its provider, or the operator)."""
    click.echo(signed_in().delist_listing(listing_id, effect, reason)["state"])


def _fingerprint(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _note_listing(path: Path, listing_id: str) -> None:
    # In place, so that the provider's own remarks stay.
    text = path.read_text(encoding="utf-8")
    noted, count = _LISTING_LINE.subn(f"listing: {listing_id}", text, count=1)
    path.write_text(noted if count else f"{text.rstrip()}\nlisting: {listing_id}\n", encoding="utf-8")


def _tell_problems(problems: list[dict[str, Any]]) -> None:
    for item in problems:
        remedy = f" {item['remedy']}" if item.get("remedy") else ""
        click.echo(f"{item['field']}: {item['message']}{remedy}", err=True)


def _print(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))
