"""What the demo shows while it walks: each step with its proof; nothing of it goes to standard output in JSON mode."""

from collections.abc import Iterable
from typing import Self

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

#: Columns of the longest title, so that all proofs begin at one place.
_TITLE_WIDTH = 28
_WIDEST = 110


class Display:
    """Steps as they are proved, with a spinner for the one under way."""

    def __init__(self, *, quiet: bool, console: Console | None = None) -> None:
        self.console = console or Console(stderr=quiet, highlight=False)
        self.console.width = min(self.console.width, _WIDEST)
        self._status = self.console.status("")

    def title(self, text: str, note: str) -> None:
        """Say what is about to be shown."""
        self.console.print(
            Panel(Text(note), title=Text(text, "bold"), title_align="left", border_style="blue")
        )

    def heading(self, text: str, note: str = "") -> None:
        """Begin a deal."""
        self.console.print()
        self.console.print(Text.assemble((text, "bold"), "  ", (note, "dim")))

    def tell(self, title: str, proof: str) -> None:
        """A step that is done, and what it proved."""
        self._line(Text("✓", "green"), Text(title), Text(proof, "dim"))

    def fail(self, title: str, reason: str) -> None:
        """A step that could not be done, and why."""
        self._line(Text("✗", "bold red"), Text(title), Text(reason, "red"))

    def table(self, headers: Iterable[str], rows: Iterable[tuple[str, ...]], *, numeric: set[int]) -> None:
        """What came of it all, one row a deal."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for i, header in enumerate(headers):
            table.add_column(
                Text(header), justify="right" if i in numeric else "left", no_wrap=i in numeric
            )
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.console.print(table)

    def box(
        self, title: str, *, address: tuple[str, str], rows: Iterable[tuple[str, ...]], note: str
    ) -> None:
        """A closing box: what to open and how to sign in."""
        sign_ins = Table.grid(padding=(0, 3))
        for name, *values in rows:
            sign_ins.add_row(Text(name), *(Text(value, "cyan", overflow="fold") for value in values))
        label, url = address
        inside = Group(
            Text.assemble(f"{label}  ", (url, "bold cyan underline")), "", sign_ins, "", Text(note, "dim")
        )
        self.console.print()
        self.console.print(
            Panel(
                inside, title=Text(title, "bold"), title_align="left", border_style="green", padding=(1, 2)
            )
        )

    def say(self, text: str) -> None:
        """A plain line."""
        self.console.print(Text(text))

    def busy(self, text: str) -> None:
        """Name what is under way."""
        self._status.update(Text(text))

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def _line(self, sign: Text, title: Text, proof: Text) -> None:
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column(width=2, justify="right")
        line.add_column(width=min(_TITLE_WIDTH, self.console.width // 2))
        line.add_column(ratio=1, overflow="fold")
        line.add_row(sign, title, proof)
        self.console.print(line)
