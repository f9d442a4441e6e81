"""Work on consecutive pieces of an upload, several at once, with results in the order of the pieces."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import duckdb

from exchange.datasets.engine import Scratch, workers
from exchange.datasets.ingest.parts import Part, Scan, Segment
from exchange.datasets.ingest.progress import Advance, Progress
from exchange.datasets.ingest.sources import Loaded, scanning

Result = TypeVar("Result")

#: Pieces of this size are large enough to be worth a statement and small enough to share out.
COUNTING_BYTES = 128 << 20

_POLL_S = 0.25


@dataclass(frozen=True)
class Piece:
    """A segment with the cursor that works on it; each cursor belongs to one thread at a time."""

    number: int
    segment: Segment
    scan: Scan
    cursor: duckdb.DuckDBPyConnection

    @property
    def part(self) -> Part:
        """The file it is of."""
        return self.segment.part


def counting_segments(loaded: Loaded) -> list[Segment]:
    """Cut the parts into pieces for passes whose result does not depend on where the cuts are."""
    return [
        segment
        for part in loaded.parts
        for segment in part.segments(max(1, part.size_bytes // COUNTING_BYTES))
    ]


class _Shift(Generic[Result]):
    """One run over the segments: its cursors can be stopped from outside."""

    def __init__(self, work: Scratch, do: Callable[[Piece], Result]) -> None:
        self._work, self._do = work, do
        self._cursors: dict[int, duckdb.DuckDBPyConnection] = {}
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, number: int, segment: Segment) -> Result:
        temp = self._work.folder / f"segment-{number:05d}"
        with self._lock:
            if self._stopped:
                raise duckdb.InterruptException
            cursor = self._cursors[number] = self._work.connection.cursor()
        try:
            with scanning(segment.part), segment.part.opened(segment, Path(temp)) as scan:
                return self._do(Piece(number, segment, scan, cursor))
        finally:
            with self._lock:
                del self._cursors[number]
            cursor.close()

    def under_way(self, segments: Sequence[Segment]) -> int:
        """How many bytes of the running segments are done, as the engine estimates it."""
        with self._lock:
            percents = {number: cursor.query_progress() for number, cursor in self._cursors.items()}
        return sum(
            int(segments[number].size_bytes * percent / 100)
            for number, percent in percents.items()
            if percent > 0
        )

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            for cursor in self._cursors.values():
                cursor.interrupt()


def each_segment(
    work: Scratch,
    segments: Sequence[Segment],
    do: Callable[[Piece], Result],
    *,
    stage: str,
    progress: Progress,
) -> list[Result]:
    """Do something with every segment; the first failure stops the rest.

    Raises:
        CellRefused: see `scanning`, which sorts what the engine says.
        SlowReaderNeeded: likewise.
        UnreadableSource: likewise.
    """
    shift = _Shift(work, do)
    total = sum(segment.size_bytes for segment in segments)
    progress(Advance(stage, 0, total))
    with ThreadPoolExecutor(workers()) as pool:
        futures = [pool.submit(shift.run, number, segment) for number, segment in enumerate(segments)]
        try:
            _await(shift, segments, futures, lambda done: progress(Advance(stage, done, total)))
        except BaseException:
            shift.stop()
            raise
    progress(Advance(stage, total, total))
    return [future.result() for future in futures]


def _await(
    shift: _Shift[Result],
    segments: Sequence[Segment],
    futures: Sequence["Future[Result]"],
    tell: Callable[[int], None],
) -> None:
    left = dict(zip(futures, segments, strict=True))
    finished = 0
    while left:
        done, _ = wait(left, timeout=_POLL_S, return_when=FIRST_COMPLETED)
        for future in done:
            finished += left.pop(future).size_bytes
        for future in done:
            future.result()
        tell(finished + shift.under_way(segments))
