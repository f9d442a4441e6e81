"""Commands about data: the quality profile of a file or a revision, and the preview of a listing."""

import csv
import json
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from exchange.client.signed_in import signed_in
from exchange.core.errors import Invalid

_REVISION = "rev_"
_SHOWN_PLACES = 3


@click.command("profile")
@click.argument("source")
@click.option(
    "--declare",
    "declaration",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file with calendar, update_every, latency, rules and sample; see docs/reference/quality.md.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day to judge the freshness of a file by.")
@click.option("--text-columns", default="", help="Columns of a file to keep as text, separated by commas.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole profile as one JSON document.")
def profile_source(
    source: str, declaration: Path | None, as_of: datetime | None, text_columns: str, *, as_json: bool
) -> None:
    """Describe SOURCE, a file on this machine or the id of a revision, over all of its rows.

    A file is read here and sent nowhere. With --declare a revision is assessed again by the declaration.
    """
    declared = {} if declaration is None else _read_json(declaration)
    if Path(source).is_file():
        names = [name.strip() for name in text_columns.split(",") if name.strip()]
        profile = _of_file(
            Path(source), declared, as_of=None if as_of is None else as_of.date(), names=names
        )
    elif source.startswith(_REVISION):
        exchange = signed_in()
        known = exchange.assess_quality(source, declared) if declaration else exchange.quality(source)
        profile = known["profile"]
    else:
        raise click.UsageError(f"{source} is neither a file nor the id of a revision (rev_…)")
    if as_json:
        click.echo(json.dumps(profile, ensure_ascii=False, indent=1))
    else:
        _tell(profile)


@click.command("preview")
@click.argument("listing_id")
@click.option(
    "--json", "as_json", is_flag=True, help="Print sample and public profile as one JSON document."
)
def preview_listing(listing_id: str, *, as_json: bool) -> None:
    """Print the masked sample of a listing on offer as CSV."""
    preview = signed_in().preview(listing_id)
    if as_json:
        click.echo(json.dumps(preview, ensure_ascii=False, indent=1))
        return
    if preview["sample"] is None:
        click.echo(f"no sample: {preview['withheld']}", err=True)
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(preview["sample"]["columns"])
    writer.writerows(preview["sample"]["rows"])


def _of_file(
    path: Path, declared: dict[str, Any], *, as_of: date | None, names: list[str]
) -> dict[str, Any]:
    # The engine takes a tenth of a second to load, which every other command would wait for, too.
    from exchange.datasets.ingest.revision import ingest
    from exchange.datasets.quality.declaration import Declaration
    from exchange.datasets.quality.rules import require_fitting

    declaration = Declaration.from_json(declared)
    with tempfile.TemporaryDirectory(prefix="wdx-profile-") as folder:
        ingested = ingest(
            path,
            name=path.name,
            target=Path(folder) / "revision",
            temp=Path(folder),
            text_columns=names,
            declaration=declaration,
            as_of=as_of,
        )
    require_fitting(declaration, ingested.schema)
    return ingested.profile


def _tell(profile: dict[str, Any]) -> None:
    quality = profile["quality"]
    click.echo(f"{profile['rows']:,} rows, level {quality['level']}")
    for name, part in quality["evidence"].items():
        told = part["reason"] if part["score"] is None else part["formula"]
        click.echo(f"  {name:14}{'–' if part['score'] is None else part['score']:>4}  {told}")
    time = profile["time"]
    if time is not None:
        click.echo(
            f"time {time['field']}: {time['calendar']}, step {time['step'] or '–'}, {time['gaps']} gaps,"
            f" {time['missing']} missing, {time['duplicate_rows']} double, {time['off_step']} off step"
        )
    for column in profile["columns"]:
        about = "≈" if column["distinct_approximate"] else ""
        click.echo(
            f"column {column['name']}: {column['nulls']:,} empty, {about}{column['distinct']:,} different,"
            f" {column['min'] or '–'} … {column['max'] or '–'}"
        )
    for finding in profile["findings"]:
        click.echo(_finding_text(finding))


def _finding_text(finding: dict[str, Any]) -> str:
    places = [place for place in finding["evidence"] if place.get("at") or place.get("value")]
    shown = "; ".join(
        " ".join(str(place[key]) for key in ("at", "value") if place.get(key))
        for place in places[:_SHOWN_PLACES]
    )
    column = f" {finding['column']}" if finding["column"] else ""
    return f"{finding['weight']} {finding['code']}{column}: {finding['count']:,}{f' ({shown})' if shown else ''}"


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Invalid(f"{path} is not JSON: {error}", remedy="Correct the declaration.") from error
