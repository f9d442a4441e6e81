"""`wdx webhook`: your organisation's messages, sent to its own programs."""

import json
from pathlib import Path
from typing import Any

import click

from exchange.client.signed_in import signed_in
from exchange.client.webhook_listener import open_listener


@click.group()
def webhook() -> None:
    """Messages sent to your own programs."""


@webhook.command("register")
@click.argument("url")
@click.option("--event", "events", multiple=True, help="Event type, or a beginning such as agreement.*")
@click.option("--description", default="", help="What it is for.")
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the secret in this file instead of printing it.",
)
def register(url: str, events: tuple[str, ...], description: str, secret_file: Path | None) -> None:
    """Have messages sent to URL; the secret is shown once."""
    if secret_file is not None and secret_file.exists():
        raise click.UsageError(f"{secret_file} exists")
    answer = signed_in().register_webhook(url, events=events, description=description)
    _tell_secret(answer, secret_file)


@webhook.command("list")
def list_endpoints() -> None:
    """Show the endpoints of your organisation."""
    for endpoint in signed_in().webhooks():
        _tell(endpoint)


@webhook.command("log")
@click.argument("endpoint_id")
@click.option("--state", type=click.Choice(["waiting", "sent", "parked"]), help="Only those.")
@click.option("--message", "message_id", help="Every attempt at sending this message.")
@click.option("--before", type=int, help="Position of the last one of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show_log(
    endpoint_id: str, state: str | None, message_id: str | None, before: int | None, *, as_json: bool
) -> None:
    """Show what was sent to an endpoint, waits for it or was given up."""
    exchange = signed_in()
    if message_id is not None:
        found = exchange.webhook_attempts(endpoint_id, message_id)
        lines = [
            f"{item['number']:>3}  {item['started_at']}  {item['elapsed_ms']} ms  "
            f"{item['failure'] or item['status']}"
            for item in found
        ]
    else:
        found = exchange.webhook_dispatches(endpoint_id, state=state, before=before)
        lines = [
            f"#{item['position']}  {item['message_id']}  {item['event_type']}  {item['state']}  "
            f"attempts {item['attempts']}  {item['last_status'] or ''}"
            for item in found
        ]
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else "\n".join(lines))


@webhook.command("rotate")
@click.argument("endpoint_id")
@click.option("--overlap-hours", default=24, show_default=True, help="How long the old secret signs too.")
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the new secret in this file instead of printing it.",
)
def rotate(endpoint_id: str, overlap_hours: int, secret_file: Path | None) -> None:
    """Make a new secret for an endpoint."""
    if secret_file is not None and secret_file.exists():
        raise click.UsageError(f"{secret_file} exists")
    answer = signed_in().rotate_webhook_secret(endpoint_id, overlap_hours=overlap_hours)
    _tell_secret(answer, secret_file)


@webhook.command("enable")
@click.argument("endpoint_id")
def enable(endpoint_id: str) -> None:
    """Have an endpoint tried again at once, also one that was disabled."""
    _tell(signed_in().enable_webhook(endpoint_id))


@webhook.command("remove")
@click.argument("endpoint_id")
def remove(endpoint_id: str) -> None:
    """Have nothing sent to an endpoint any more."""
    signed_in().remove_webhook(endpoint_id)


@webhook.command("replay")
@click.argument("endpoint_id")
@click.option("--message", "message_id", help="One message.")
@click.option("--from", "first", type=int, help="Everything from this position of the log on.")
@click.option("--until", "last", type=int, help="With --from: up to this position.")
@click.option("--parked", is_flag=True, help="Everything that was given up.")
def replay(
    endpoint_id: str, message_id: str | None, first: int | None, last: int | None, *, parked: bool
) -> None:
    """Have messages sent again, under their old ids."""
    exchange, total = signed_in(), 0
    which: dict[str, Any] = {"message_id": message_id, "first": first, "last": last, "parked": parked}
    while True:
        answer = exchange.replay_webhook(endpoint_id, **which)
        total += answer["queued"]
        if answer["next"] is None:
            break
        # What was parked is queued now and no longer found; a range goes on where it stopped.
        which["first"] = None if parked else answer["next"]
    click.echo(total)


@webhook.command("listen")
@click.option(
    "--secret-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the endpoint's secret.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8421, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--count", type=int, help="End after so many events.")
def listen(secret_file: Path, host: str, port: int, count: int | None) -> None:
    """Receive webhooks, check their signatures and print each event as a line of JSON."""
    received: list[str] = []

    def receive(message_id: str, event: dict[str, Any]) -> None:
        click.echo(json.dumps(event, ensure_ascii=False))
        received.append(message_id)

    server = open_listener(host, port, secret=secret_file.read_text(encoding="ascii"), receive=receive)
    click.echo(f"listening on http://{host}:{server.server_port}/", err=True)
    try:
        while count is None or len(received) < count:
            server.handle_request()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def _tell(endpoint: dict[str, Any]) -> None:
    failing = f"  failing since {endpoint['failing_since']}" if endpoint["failing_since"] else ""
    click.echo(
        f"{endpoint['id']}  {endpoint['state']}  {endpoint['url']}"
        f"  waiting {endpoint['waiting']}, parked {endpoint['parked']}{failing}"
    )
    if endpoint["events"]:
        click.echo(f"    {', '.join(endpoint['events'])}")
    if endpoint["state_reason"]:
        click.echo(f"    {endpoint['state_reason']}")


def _tell_secret(answer: dict[str, Any], secret_file: Path | None) -> None:
    click.echo(answer["endpoint"]["id"])
    if secret_file is None:
        click.echo(answer["secret"])
        click.echo("Keep the secret: it is not shown again.", err=True)
    else:
        secret_file.touch(mode=0o600, exist_ok=False)
        secret_file.write_text(answer["secret"] + "\n", encoding="ascii")
