"""Commands of providers about their data sets; built on the client, they know no server."""

from pathlib import Path

import click

from exchange.client import Exchange
from exchange.client.profile import load_profile
from exchange.client.progress import upload_bar
from exchange.core.i18n import terminal_translations

#: A provider at a terminal waits out a restart of the exchange; whoever does not, runs the command again.
_PATIENCE_S = 300.0


@click.group()
def dataset() -> None:
    """Data sets and their revisions."""


@dataset.command("upload")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Name of the new data set; by default the file's.")
@click.option("--dataset", "dataset_id", help="Id of the data set that gets a revision instead.")
@click.option("--text-columns", default="", help="Columns to keep as text, separated by commas.")
def upload_dataset(file: Path, name: str | None, dataset_id: str | None, text_columns: str) -> None:
    """Upload FILE as a new data set or as the next revision of one.

    A large file goes in parts. Killed or cut off, the same command goes on where it stopped.
    """
    with upload_bar() as bar:
        revision = _exchange().upload_dataset(
            file,
            name=name or file.stem,
            dataset_id=dataset_id,
            text_columns=tuple(column.strip() for column in text_columns.split(",") if column.strip()),
            progress=bar,
        )
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


@dataset.command("uploads")
def find_uploads() -> None:
    """List your uploads in parts, newest first."""
    for upload in _exchange().uploads():
        share = 100 * upload["received_bytes"] // upload["size_bytes"]
        click.echo(f"{upload['id']}  {upload['state']:<10}  {share:>3} %  {upload['filename']}")


@dataset.command("cancel-upload")
@click.argument("upload_id")
def cancel_upload(upload_id: str) -> None:
    """Give an upload in parts up; what has arrived of it is removed."""
    _exchange().cancel_upload(upload_id)


def _exchange() -> Exchange:
    profile = load_profile()
    return Exchange(profile.server, token=profile.token, patience_s=_PATIENCE_S)
