"""Commands that send data: upload a file or a folder, and follow or give up what goes in parts."""

import json
from pathlib import Path

import click

from exchange.client import Exchange, Refused, UploadFailed
from exchange.client.progress import upload_bar
from exchange.client.signed_in import signed_in
from exchange.core.i18n import terminal_translations
from exchange.datasets.load_schema_file import read_load_schema
from exchange.datasets.schemas import split_names

#: A provider at a terminal waits out a restart of the exchange; whoever does not, runs the command again.
_PATIENCE_S = 300.0


schema_option = click.option(
    "--schema",
    "schema_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file that says how every column is to be read; without it types are found.",
)
breaking_option = click.option(
    "--breaking-change",
    help="For a revision that breaks agreements: new_version, or notice: and the id of the notice.",
)


@click.command("upload")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="Name of a new data set; default the name of the file.")
@click.option("--to", "dataset_id", help="Id of the data set whose next revision it is.")
@schema_option
@breaking_option
@click.option("--text-columns", default="", help="Columns to keep as text, separated by commas.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def upload(
    path: Path,
    name: str | None,
    dataset_id: str | None,
    schema_file: Path | None,
    breaking_change: str | None,
    text_columns: str,
    *,
    as_json: bool,
) -> None:
    """Upload a file, or a folder of them, as a new data set or as the next revision of one.

    What is large goes in parts. Killed or cut off, the same command goes on where it stopped.
    """
    if name and dataset_id:
        raise click.UsageError(
            "a new data set has a --name, the next revision goes --to a data set: not both"
        )
    if breaking_change and not dataset_id:
        raise click.UsageError("only the next revision of a data set can break agreements: say --to which")
    exchange = signed_in(patience_s=_PATIENCE_S)
    load_schema = None if schema_file is None else kept_load_schema(exchange, schema_file)
    columns = split_names(text_columns)
    try:
        with upload_bar() as bar:
            if dataset_id:
                revision = exchange.upload_revision(
                    path,
                    dataset_id,
                    text_columns=columns,
                    load_schema=load_schema,
                    breaking_change=breaking_change,
                    progress=bar,
                )
            else:
                revision = exchange.upload_dataset(
                    path,
                    name=name or path.resolve().name,
                    text_columns=columns,
                    load_schema=load_schema,
                    progress=bar,
                )
    except (Refused, UploadFailed) as refusal:
        _print_faults(refusal)
        raise
    if as_json:
        click.echo(json.dumps(revision, ensure_ascii=False, indent=1))
        return
    click.echo(
        terminal_translations().gettext(
            "%(dataset)s: revision %(number)s with %(rows)s rows, SHA-256 %(sha256)s"
        )
        % {
            "dataset": revision["dataset_id"],
            "number": revision["number"],
            "rows": f"{revision['rows']:,}",
            "sha256": revision["sha256"],
        }
    )


@click.command("uploads")
def find_uploads() -> None:
    """List your uploads in parts, newest first."""
    for item in signed_in().uploads():
        share = 100 * item["received_bytes"] // item["size_bytes"]
        click.echo(f"{item['id']}  {item['state']:<10}  {share:>3} %  {item['filename']}")


@click.command("cancel-upload")
@click.argument("upload_id")
def cancel_upload(upload_id: str) -> None:
    """Give an upload in parts up; what has arrived of it is removed."""
    signed_in().cancel_upload(upload_id)


def kept_load_schema(exchange: Exchange, schema_file: Path) -> str:
    """Let the exchange keep the load schema of a file; returns its id."""
    document = read_load_schema(schema_file.read_text(encoding="utf-8")).to_json()
    return str(exchange.keep_load_schema(document)["id"])


def _print_faults(refusal: Refused | UploadFailed) -> None:
    context = refusal.problem.get("context", {}) if isinstance(refusal, Refused) else refusal.context
    for fault in context.get("faults", []):
        click.echo(
            f"{fault['place']}, column {fault['column']}: {fault['value']!r} is not {fault['rule']}",
            err=True,
        )
