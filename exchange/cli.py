"""`wdx`: the command line of the service and of its users; features contribute their own commands."""

import json
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from exchange.app import all_commands, all_jobs, create_app, create_context, replay_rules
from exchange.client.cli import CLIENT_COMMANDS
from exchange.config import BadSettings, read_settings, settings_table
from exchange.context import Context
from exchange.core import logs
from exchange.core.errors import DomainError
from exchange.core.jobs import run_job, start_scheduler
from exchange.demo.cli import demo
from exchange.migrations import head_revision, stamped_revision
from exchange.setup import prepare, require_prepared

#: Exit codes: 0 well, 2 wrong use, 3 not signed in, 4 denied, 5 integrity, 6 network or service.
EXIT_OF_KIND = {
    "invalid": 2,
    "not-authenticated": 3,
    "not-permitted": 4,
    "limit-exceeded": 4,
    "unavailable": 6,
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wuhan-data-exchange")
@click.pass_context
def wdx(context: click.Context) -> None:
    """Wuhan Data Exchange: list, agree, deliver, settle and prove data deals."""
    context.obj = _context
    context.meta["wdx.replay_rules"] = replay_rules


def _context() -> Context:
    return create_context(read_settings())


@wdx.command()
@click.option("--host", help="Address to listen on; default WDX_HOST.")
@click.option("--port", type=int, help="Port to listen on; default WDX_PORT.")
@click.option(
    "--workers", default=1, show_default=True, help="Request processes; more than one needs PostgreSQL."
)
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Run the server; the embedded size prepares its own database first."""
    from exchange.server import serve as run

    settings = read_settings()
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    if workers > 1 and settings.is_embedded:
        raise click.UsageError("several processes need PostgreSQL: set WDX_DATABASE_URL")
    logs.configure(settings.log_format)
    if workers > 1 and settings.jobs_inside:
        raise click.UsageError(
            "several processes: set WDX_JOBS_INSIDE=false and start `wdx jobs run` beside"
        )
    context = create_context(settings)
    if settings.is_embedded:
        prepare(context)
    require_prepared(context)
    context.storage.storage.workspace.sweep()  # what a killed process left in the clear
    context.database.dispose()  # connections do not survive the fork into request processes
    run(settings, workers=workers)


@wdx.group()
def db() -> None:
    """The database's tables."""


@db.command("upgrade")
@click.pass_obj
def upgrade_database(make_context: Any) -> None:
    """Bring the tables to this version and register the exchange's keys."""
    prepare(make_context())
    click.echo(f"schema {head_revision()}")


@db.command("check")
@click.pass_obj
def check_database(make_context: Any) -> None:
    """Say whether the tables are those this version expects; exit 6 when not."""
    context: Context = make_context()
    with context.database.reading() as session:
        stamped = stamped_revision(session)
    click.echo(f"schema {stamped}, expected {head_revision()}")
    if stamped != head_revision():
        sys.exit(6)


@wdx.group()
def jobs() -> None:
    """Scheduled work."""


@jobs.command("run")
@click.pass_obj
def run_jobs(make_context: Any) -> None:
    """Run the scheduler in a process of its own until a signal."""
    context: Context = make_context()
    logs.configure(context.settings.log_format)
    context.storage.storage.workspace.sweep()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    scheduler = start_scheduler(all_jobs(), context)
    stop.wait()
    scheduler.shutdown(wait=True)


@jobs.command("run-once")
@click.argument("name", type=click.Choice([job.name for job in all_jobs()]))
@click.pass_obj
def run_job_once(make_context: Any, name: str) -> None:
    """Run one job now."""
    job = next(job for job in all_jobs() if job.name == name)
    ran = run_job(job, make_context())
    click.echo("done" if ran else "another node is running it")


@wdx.group()
def config() -> None:
    """Settings."""


@config.command("show")
def show_config() -> None:
    """Print every setting in force, secrets masked."""
    for name, value in read_settings().shown().items():
        click.echo(f"{name}={value}")


@config.command("explain")
def explain_config() -> None:
    """Print what every setting means."""
    for name, default, help_text in settings_table():
        click.echo(f"{name}  [{default}]\n    {help_text}")


@wdx.group()
def openapi() -> None:
    """The API's description."""


@openapi.command("write")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def write_openapi(make_context: Any, file: Path) -> None:
    """Write the OpenAPI 3.1 document to FILE."""
    app = create_app(context=make_context())
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8")


for command in (demo, *CLIENT_COMMANDS, *all_commands()):
    wdx.add_command(command)


def _sentence(detail: str, remedy: str | None) -> str:
    return f"{detail.rstrip('.')}.{f' {remedy}' if remedy else ''}"


def main() -> None:
    """Run `wdx`; every refusal ends with its sentence on standard error and its exit code."""
    try:
        wdx.main(standalone_mode=True)
    except (DomainError, BadSettings) as error:
        detail = getattr(error, "detail", str(error))
        problems = getattr(error, "problems", ())
        if len(problems) > 1:
            click.echo("wdx: several things are wrong:", err=True)
            for item in problems:
                click.echo(f"  {item.field}: {_sentence(item.message, item.remedy)}", err=True)
        else:
            field = getattr(error, "field", None)
            named = f"{field}: " if field and field not in detail else ""
            click.echo(f"wdx: {named}{_sentence(detail, getattr(error, 'remedy', None))}", err=True)
        sys.exit(EXIT_OF_KIND.get(getattr(error, "kind", "invalid"), 1))
