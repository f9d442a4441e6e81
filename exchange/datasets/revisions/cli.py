"""`wdx revision`: check, compare and revoke revisions; two files are compared without a server."""

import json
import tempfile
from pathlib import Path
from typing import Any

import click

from exchange.client.packing import packed
from exchange.client.signed_in import signed_in
from exchange.core.i18n import terminal_translations
from exchange.datasets.files import folder_files
from exchange.datasets.ingest.revision import ingest
from exchange.datasets.revisions.compatibility import RevisionFacts
from exchange.datasets.revisions.diff import Side, diff_revisions
from exchange.datasets.revisions.rendering import diff_lines
from exchange.datasets.revisions.source import source_of
from exchange.datasets.revisions.words import reason_words, verdict_words
from exchange.datasets.schemas import split_names
from exchange.datasets.upload_cli import breaking_option, kept_load_schema, schema_option

#: Exit code of a check that finds a revision which would be refused.
EXIT_REFUSED = 4


@click.group()
def revision() -> None:
    """Revisions of your data sets."""


@revision.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--to", "dataset_id", required=True, help="Id of the data set it would be added to.")
@schema_option
@breaking_option
@click.option("--text-columns", default="", help="Columns to keep as text, separated by commas.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def check_revision(
    context: click.Context,
    path: Path,
    dataset_id: str,
    schema_file: Path | None,
    breaking_change: str | None,
    text_columns: str,
    *,
    as_json: bool,
) -> None:
    """Say what uploading a file or folder would do, without keeping it; exit 4 when it would be refused."""
    exchange = signed_in()
    found = exchange.check_revision(
        path,
        dataset_id,
        text_columns=split_names(text_columns),
        load_schema=None if schema_file is None else kept_load_schema(exchange, schema_file),
        breaking_change=breaking_change,
    )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _tell_check(found)
    if not found["impact"]["passes"]:
        context.exit(EXIT_REFUSED)


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
        if not path.exists():
            raise click.UsageError(f"there is no file {path}")
    with tempfile.TemporaryDirectory(prefix="wdx-diff-") as name:
        folder = Path(name)
        before, after = (
            _side_of_file(path, folder / str(place), folder, text_columns)
            for place, path in enumerate((old, new))
        )
        return diff_revisions(before, after, temp=folder, key=key)


def _side_of_file(path: Path, target: Path, temp: Path, text_columns: tuple[str, ...]) -> Side:
    with packed(path) as source:
        ingested = ingest(source, name=source.name, target=target, temp=temp, text_columns=text_columns)
    return Side(
        source_of(folder_files(target, ingested.files).places(), ingested.schema),
        RevisionFacts.of(ingested),
        ingested.profile,
        {"name": path.name},
    )
