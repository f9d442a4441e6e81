"""`wdx revision`: check, push, compare and revoke revisions; two files are compared without a server."""

import json
import tempfile
from pathlib import Path
from typing import Any

import click

from exchange.client.cli import signed_in
from exchange.core.i18n import terminal_translations
from exchange.datasets.ingest.revision import ingest
from exchange.datasets.revisions.compatibility import RevisionFacts
from exchange.datasets.revisions.diff import Side, diff_revisions
from exchange.datasets.revisions.rendering import diff_lines
from exchange.datasets.revisions.source import file_source
from exchange.datasets.revisions.words import reason_words, verdict_words
from exchange.datasets.schemas import split_names

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: Exit code of a check that finds a revision which would be refused.
EXIT_REFUSED = 4


@click.group()
def revision() -> None:
    """Revisions of your data sets."""


@revision.command("push")
@click.argument("dataset_id")
@click.argument("file", type=_FILE)
@click.option(
    "--breaking-change", help="new_version, or notice: and the id of the notice that announced it."
)
@click.option("--text-columns", default="", help="Columns that stay text, separated by commas.")
@click.option("--key", help="Idempotency key: sent again with the same key it is one revision.")
def push_revision(
    dataset_id: str, file: Path, breaking_change: str | None, text_columns: str, key: str | None
) -> None:
    """Upload FILE as the next revision of a data set."""
    added = signed_in().upload_revision(
        dataset_id, file, text_columns=split_names(text_columns), breaking_change=breaking_change, key=key
    )
    click.echo(f"{added['number']}  {added['rows']} rows  {added['sha256']}")


@revision.command("check")
@click.argument("file", type=_FILE)
@click.option("--dataset", "dataset_id", required=True, help="The data set it would be added to.")
@click.option(
    "--breaking-change", help="new_version, or notice: and the id of the notice that announced it."
)
@click.option("--text-columns", default="", help="Columns that stay text, separated by commas.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def check_revision(
    context: click.Context,
    file: Path,
    dataset_id: str,
    breaking_change: str | None,
    text_columns: str,
    *,
    as_json: bool,
) -> None:
    """Say what uploading FILE would do, without keeping it; exit 4 when it would be refused."""
    found = signed_in().check_revision(
        dataset_id, file, text_columns=split_names(text_columns), breaking_change=breaking_change
    )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _tell_check(found)
    if not found["impact"]["passes"]:
        context.exit(EXIT_REFUSED)


@revision.command("list")
@click.argument("dataset_id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_revisions(dataset_id: str, *, as_json: bool) -> None:
    """Show the newest revisions of a data set, and what changed from one to the next."""
    entries = signed_in().history(dataset_id)
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    for entry in entries:
        verdict = entry["compatibility"]["verdict"] if entry["compatibility"] else "first"
        revoked = f"  revoked: {entry['revoked_reason']}" if entry["revoked_at"] else ""
        click.echo(
            f"{entry['number']}  {entry['created_at']}  {entry['rows']} rows"
            f"  {entry['declared'] or verdict}{revoked}"
        )


@revision.command("diff")
@click.argument("what", nargs=-1, required=True)
@click.option("--key", "key_columns", default="", help="Columns that tell rows apart, separated by commas.")
@click.option("--text-columns", default="", help="Of two files: columns that stay text.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole difference as one JSON document.")
def diff(what: tuple[str, ...], key_columns: str, text_columns: str, *, as_json: bool) -> None:
    """Compare two revisions (DATASET OLD NEW), or two files without a server (OLD NEW)."""
    key = split_names(key_columns)
    if len(what) == 2:
        document = _diff_of_files(Path(what[0]), Path(what[1]), key, split_names(text_columns))
    elif len(what) == 3 and what[1].isdigit() and what[2].isdigit():
        document = signed_in().diff_revisions(what[0], int(what[1]), int(what[2]), key=key)
    else:
        raise click.UsageError("name a data set and two numbers of revisions, or two files")
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for line in diff_lines(document, terminal_translations().gettext):
        click.echo(line)


@revision.command("revoke")
@click.argument("dataset_id")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; the buyers are told.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--key", help="Idempotency key: sent again with the same key it has one effect.")
def revoke(dataset_id: str, number: int, reason: str, key: str | None, *, yes: bool) -> None:
    """Withdraw a revision for good: nothing of it is listed, agreed on or delivered any more."""
    if not yes:
        click.confirm(f"Revoke revision {number} of {dataset_id} for good?", abort=True)
    revoked = signed_in().revoke_revision(dataset_id, number, reason, key=key)
    click.echo(f"{revoked['revision_id']} revoked at {revoked['revoked_at']}")


def _tell_check(found: dict[str, Any]) -> None:
    translate, impact = terminal_translations().gettext, found["impact"]
    if not found["is_new"]:
        click.echo(f"the same content as revision {found['number']}: nothing would be added")
    elif found["compatibility"] is not None:
        verdict = verdict_words(found["compatibility"]["verdict"], translate)
        click.echo(
            f"would be revision {found['number']}, {found['rows']} rows; against {found['against']}: {verdict}"
        )
        for reason in found["compatibility"]["reasons"]:
            click.echo(f"  {reason_words(reason, translate)}")
    click.echo(f"agreements in force that it breaks: {impact['agreements']}")
    if impact["refusal"]:
        click.echo(f"would be refused: {impact['refusal']['detail']}. {impact['refusal']['remedy']}")


def _diff_of_files(
    old: Path, new: Path, key: tuple[str, ...], text_columns: tuple[str, ...]
) -> dict[str, Any]:
    for path in (old, new):
        if not path.is_file():
            raise click.UsageError(f"{path} is no file")
    with tempfile.TemporaryDirectory(prefix="wdx-diff-") as name:
        folder = Path(name)
        before, after = (
            _side_of_file(path, folder / f"{place}.parquet", folder, text_columns)
            for place, path in enumerate((old, new))
        )
        return diff_revisions(before, after, temp=folder, key=key)


def _side_of_file(path: Path, target: Path, temp: Path, text_columns: tuple[str, ...]) -> Side:
    ingested = ingest(path, name=path.name, target=target, temp=temp, text_columns=text_columns)
    return Side(
        file_source(target, ingested.schema),
        RevisionFacts.of(ingested),
        ingested.profile,
        {"name": path.name},
    )
