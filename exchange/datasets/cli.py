"""Commands about data sets: look at a file before it is sent, send it, and see what became of it."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import TaskID
from rich.table import Table

from exchange.client.packing import packed
from exchange.client.progress import bars
from exchange.client.signed_in import signed_in
from exchange.datasets.ingest.progress import Advance, Progress
from exchange.datasets.ingest.proposal import Proposal, propose
from exchange.datasets.load_schema_file import write_load_schema
from exchange.datasets.profile_cli import preview_listing, profile_source
from exchange.datasets.upload_cli import cancel_upload, find_uploads, upload

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_a_path = click.argument("path", type=click.Path(exists=True, path_type=Path))


@click.group()
def dataset() -> None:
    """Data sets and their revisions."""


dataset.add_command(profile_source)
dataset.add_command(preview_listing)
dataset.add_command(upload)
dataset.add_command(find_uploads)
dataset.add_command(cancel_upload)


@dataset.command("inspect")
@_a_path
@click.option(
    "--write", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write it as YAML."
)
@as_json
def inspect_file(path: Path, target: Path | None, *, as_json: bool) -> None:
    """Propose how a file, or a folder of them, is to be loaded; needs no server."""
    with tempfile.TemporaryDirectory() as folder, packed(path) as source, _shown() as progress:
        proposal = propose(source, name=source.name, temp=Path(folder), progress=progress)
    if target is not None:
        target.write_text(write_load_schema(proposal), encoding="utf-8")
    if as_json:
        _print_json(_proposal_json(proposal))
        return
    _print_proposal(proposal)
    if target is not None:
        click.echo(f"{target}: edit it, then: wdx dataset upload {path} --schema {target}")


@dataset.command("list")
@as_json
def list_datasets(*, as_json: bool) -> None:
    """List the data sets you may see, newest first."""
    found = signed_in().datasets()
    if as_json:
        _print_json(found)
        return
    _print_table(
        ("id", "name", "created"), [(item["id"], item["name"], item["created_at"]) for item in found]
    )


@dataset.command("show")
@click.argument("dataset_id")
@as_json
def show_dataset(dataset_id: str, *, as_json: bool) -> None:
    """Show a data set with its newest revision: columns, files, range of time."""
    exchange = signed_in()
    found = exchange.dataset(dataset_id)
    newest = exchange.revisions(dataset_id)[0]
    files = exchange.revision_files(dataset_id, newest["number"])
    if as_json:
        _print_json({**found, "newest_revision": {**newest, "files": files}})
        return
    click.echo(f"{found['name']}, revision {newest['number']}: {newest['rows']} rows, {newest['sha256']}")
    fields = newest["schema"]["fields"]
    _print_table(
        ("column", "type", "unit", "nullable"),
        [
            (item["name"], item["type"], item["unit"] or "", "yes" if item["nullable"] else "no")
            for item in fields
        ],
    )
    _print_table(
        ("file", "rows", "bytes", "from", "to"),
        [
            (
                item["number"],
                item["rows"],
                item["size_bytes"],
                item["time_from"] or "",
                item["time_to"] or "",
            )
            for item in files
        ],
    )


@dataset.command("revisions")
@click.argument("dataset_id")
@click.option("--before", type=int, help="Only revisions before this number, to go on from a page.")
@as_json
def list_revisions(dataset_id: str, before: int | None, *, as_json: bool) -> None:
    """List the revisions of a data set, newest first, with what changed and what was revoked."""
    found = signed_in().history(dataset_id, before=before)
    if as_json:
        _print_json(found)
        return
    _print_table(
        ("number", "rows", "from", "to", "change", "revoked", "source", "sha256"),
        [
            (
                item["number"],
                item["rows"],
                item["time_from"] or "",
                item["time_to"] or "",
                item["declared"] or (item["compatibility"] or {"verdict": "first"})["verdict"],
                item["revoked_reason"] or "",
                item["source_name"] or "",
                item["sha256"],
            )
            for item in found
        ],
    )


@contextmanager
def _shown() -> Iterator[Progress]:
    """Draw how far it has come, with rate and time left; nothing when nobody looks."""
    with bars() as shown:
        tasks: dict[str, TaskID] = {}

        def tell(advance: Advance) -> None:
            if advance.stage not in tasks:
                tasks[advance.stage] = shown.add_task(advance.stage, total=advance.total_bytes)
            shown.update(tasks[advance.stage], completed=advance.done_bytes, total=advance.total_bytes)

        yield tell


def _proposal_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "name": proposal.name,
        "rows": proposal.rows,
        "load_schema": proposal.load_schema.to_json(),
        "columns": [
            {
                "name": column.rule.name,
                "nulls": column.nulls,
                "example": column.example,
                "doubts": list(column.doubts),
            }
            for column in proposal.columns
        ],
    }


def _print_proposal(proposal: Proposal) -> None:
    rows = [
        (
            column.rule.name + (" (time)" if column.rule.called == proposal.time_column else ""),
            column.rule.type,
            column.rule.unit or "",
            column.nulls,
            column.example or "",
            "; ".join(column.doubts),
        )
        for column in proposal.columns
    ]
    click.echo(f"{proposal.name}: {proposal.rows} rows")
    _print_table(("column", "type", "unit", "nulls", "example", "doubts"), rows)


def _print_table(headers: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    console = Console()
    if not console.is_terminal:
        # Programs and logs read tabs; nothing is folded or cut for them.
        for row in (headers, *rows):
            click.echo("\t".join(" ".join(str(cell).split()) for cell in row))
        return
    table = Table(*headers)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
