"""`wdx export`: what is on offer, as files in open formats."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from exchange.client.profile import load_profile
from exchange.client.sdk import Exchange

_OUTPUT = click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="File to write; default the terminal."
)


@click.group()
def export() -> None:
    """Write what is on offer in open formats."""


@export.command("dcat")
@click.option(
    "--format", "form", type=click.Choice(["turtle", "jsonld"]), default="turtle", show_default=True
)
@_OUTPUT
def export_dcat(form: str, output: Path | None) -> None:
    """The whole catalogue as DCAT-AP 3, all of its pages in one document."""
    _write_all(_exchange().export_catalogue(form), output)


@export.command("odrl")
@click.argument("listing_id")
@_OUTPUT
def export_odrl(listing_id: str, output: Path | None) -> None:
    """What a listing lets a buyer do, as an ODRL 2.2 offer."""
    _write(_exchange().export_listing(listing_id, "odrl"), output)


@export.command("odcs")
@click.argument("listing_id")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@_OUTPUT
def export_odcs(listing_id: str, form: str, output: Path | None) -> None:
    """A listing as an ODCS 3.1 data contract."""
    _write(_exchange().export_listing(listing_id, "odcs", format=form), output)


@export.command("openapi")
@click.argument("listing_id")
@_OUTPUT
def export_openapi(listing_id: str, output: Path | None) -> None:
    """The API of a product whose data stay with the provider, as OpenAPI 3.1."""
    _write(_exchange().export_listing(listing_id, "openapi"), output)


@export.command("datapackage")
@click.argument("listing_id")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="A name ending in .json, or a folder that gets the descriptor and the sample.",
)
def export_datapackage(listing_id: str, output: Path | None) -> None:
    """The open sample of a listing as a Frictionless Data Package."""
    exchange = _exchange()
    if output is None or output.suffix == ".json":
        _write(exchange.export_listing(listing_id, "datapackage"), output)
        return
    # Both are there before the folder is made: a refusal leaves nothing behind.
    descriptor = exchange.export_listing(listing_id, "datapackage", rows="beside")
    sample = exchange.export_listing(listing_id, "sample")
    output.mkdir(parents=True, exist_ok=True)
    _write(sample, output / "sample.csv")
    _write(descriptor, output / "datapackage.json")


@export.command("croissant")
@click.argument("listing_id")
@_OUTPUT
def export_croissant(listing_id: str, output: Path | None) -> None:
    """A listing as Croissant 1.0, with its open sample as records."""
    _write(_exchange().export_listing(listing_id, "croissant"), output)


def _exchange() -> Exchange:
    profile = load_profile()
    return Exchange(profile.server, token=profile.token)


def _write(body: bytes, output: Path | None) -> None:
    _write_all([body], output)


def _write_all(pieces: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.writelines(pieces)
        return
    partial = output.with_name(f".{output.name}.partial")
    with partial.open("wb") as file:
        file.writelines(pieces)
    partial.replace(output)
