"""What the demo shows while it walks: each step with its proof; nothing of it goes to standard output in JSON mode."""

from typing import Self

from rich.console import Console
from rich.markup import escape


class Display:
    """Steps as they are proved, with a spinner for the one under way."""

    def __init__(self, *, quiet: bool) -> None:
        self.console = Console(stderr=quiet, highlight=False)
        self._status = self.console.status("")

    def heading(self, text: str) -> None:
        """Begin a deal."""
        self.console.print(f"\n[bold]{escape(text)}[/bold]")

    def tell(self, title: str, proof: str) -> None:
        """A step that is done, and what it proved."""
        self.console.print(f"  [green]✓[/green] {escape(title)}  [dim]{escape(proof)}[/dim]")

    def fail(self, title: str, reason: str) -> None:
        """A step that could not be done, and why."""
        self.console.print(f"  [red]✗[/red] {escape(title)}  {escape(reason)}")

    def say(self, text: str) -> None:
        """A plain line."""
        self.console.print(escape(text))

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def busy(self, text: str) -> None:
        """Name what is under way."""
        self._status.update(text)
