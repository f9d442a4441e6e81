"""How the columns of an upload are to be read: found in its cells, or declared by a load schema."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from exchange.datasets.engine import Scratch
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.declared import declared_columns
from exchange.datasets.ingest.faults import refuse_faults
from exchange.datasets.ingest.inference import decide_columns, guess_columns
from exchange.datasets.ingest.kinds import Column
from exchange.datasets.ingest.progress import Progress
from exchange.datasets.ingest.sources import Loaded
from exchange.datasets.load_schema import LoadSchema

Choice = Callable[[Scratch, Loaded, Progress], list[Column]]


@dataclass(frozen=True)
class Plan:
    """`guess` chooses the columns to try first; `settle` looks at every cell when a guess has failed.

    `time_column` is None when the first column that can be is taken, empty when there is to be none.
    """

    guess: Choice
    settle: Choice
    time_column: str | None = None
    sort_by: tuple[str, ...] = ()


def inferred_plan(loaded: Loaded, text_columns: Collection[str]) -> Plan:
    """Find the types in the cells.

    Raises:
        UnreadableSource: a column that is to stay text is not there.
    """
    for column in text_columns:
        if column not in loaded.names:
            raise UnreadableSource(
                f"{loaded.name} has no column {column} that could stay text.",
                field=column,
                remedy=f"Choose from: {', '.join(loaded.names)}.",
            )

    def guess(work: Scratch, loaded: Loaded, progress: Progress) -> list[Column]:
        return guess_columns(work, loaded, text_columns, progress)

    def settle(work: Scratch, loaded: Loaded, progress: Progress) -> list[Column]:
        if loaded.engine_types is not None:
            columns = guess(work, loaded, progress)
        else:
            columns = decide_columns(work, loaded, text_columns, progress)
        refuse_faults(work, loaded, columns, progress)
        return columns

    return Plan(guess, settle)


def strict_plan(loaded: Loaded, load_schema: LoadSchema) -> Plan:
    """Read every column as the load schema declares it.

    Raises:
        UnreadableSource: the upload does not have the columns of the load schema.
    """
    columns = declared_columns(loaded, load_schema)

    def settle(work: Scratch, loaded: Loaded, progress: Progress) -> list[Column]:
        refuse_faults(work, loaded, columns, progress)
        return columns

    return Plan(lambda *_: columns, settle, load_schema.time_column or "", load_schema.sort_by)
