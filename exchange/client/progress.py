"""The bar that shows how an upload goes: rate and time left; nothing where nobody watches."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from exchange.client.uploading import UploadProgress
from exchange.core.i18n import N_, terminal_translations

_WORDS = {
    "digesting": N_("Taking the digest"),
    "sending": N_("Sending"),
    "reading": N_("The exchange reads it"),
}


@contextmanager
def upload_bar(console: Console | None = None) -> Iterator["UploadBar"]:
    """Show a bar on standard error while the block lasts, unless that is no terminal."""
    with bars(console) as progress:
        yield UploadBar(progress)


def bars(console: Console | None = None) -> Progress:
    """Bars with rate and time left, for work that is measured in bytes."""
    console = console or Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


class UploadBar:
    """One bar for each stage, so that the rate of one does not colour the time left of the next."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stage = ""
        self._task = progress.add_task("", total=None, visible=False)

    def __call__(self, upload: UploadProgress) -> None:
        if upload.stage != self._stage:
            self._progress.remove_task(self._task)
            self._stage = upload.stage
            self._task = self._progress.add_task(
                terminal_translations().gettext(_WORDS[upload.stage]),
                # Of the reading only the end is known: the bar moves without a measure.
                total=None if upload.stage == "reading" else upload.size_bytes,
                # What an earlier run has sent is no speed of this one.
                completed=upload.done_bytes,
            )
        self._progress.update(self._task, completed=upload.done_bytes)
