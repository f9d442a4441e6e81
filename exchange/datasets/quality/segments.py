"""Stretches of a series that keep one step each: a resolution may change in mid-series."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from exchange.datasets.quality.steps import Times

#: Shorter stretches of another step are departures, not a change of resolution.
_FEWEST_BLOCKS = 3
#: A series that changes its step more often has none.
_MOST_SEGMENTS = 6


@dataclass(frozen=True)
class Segment:
    """Rows that keep one step: after one instant and up to another, in microseconds; None is the series' end."""

    step: int
    after_us: int | None = None
    until_us: int | None = None


def find_segments(times: Times) -> list[Segment]:
    """Split the series where its step changes for good; empty when most rows keep no common step."""
    counts = _load_step_counts(times)
    if not counts:
        return []
    runs = _runs(counts)
    if len(runs) > 1 and len(runs) <= _MOST_SEGMENTS:
        return _cut(times, runs)
    total: Counter[int] = Counter()
    for block in counts.values():
        total.update(block)
    step, kept = _commonest(total)
    return [Segment(step)] if 2 * kept >= total.total() else []


def _load_step_counts(times: Times) -> dict[int, Counter[int]]:
    """How often each step occurs in each block; equal times are no step."""
    connection = times.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE step_counts AS SELECT block, step, count(*) AS rows"  # noqa: S608
        f" FROM ({times.stepped_sql}) WHERE step IS NOT NULL GROUP BY block, step",
    )
    # Of an irregular series every step is another one: the commonest few say whether there is a rule.
    counted = connection.execute(
        """
        SELECT block, step, rows FROM step_counts WHERE step <> 0
        QUALIFY row_number() OVER (PARTITION BY block ORDER BY rows DESC, step) <= 8
        UNION ALL
        SELECT block, NULL, sum(rows) FROM (
            SELECT block, rows FROM step_counts WHERE step <> 0
            QUALIFY row_number() OVER (PARTITION BY block ORDER BY rows DESC, step) > 8) GROUP BY block
        ORDER BY block
        """
    ).fetchall()
    blocks: dict[int, Counter[int]] = {}
    for block, step, rows in counted:
        # Steps that are nobody's rule are counted together, under a step that no series has.
        blocks.setdefault(block, Counter())[0 if step is None else step] += int(rows)
    return blocks


def _commonest(counts: Counter[int]) -> tuple[int, int]:
    named = [(rows, step) for step, rows in counts.items() if step != 0]
    rows, step = max(named, key=lambda item: (item[0], -abs(item[1])))
    return step, rows


def _runs(counts: dict[int, Counter[int]]) -> list[tuple[int, int]]:
    """Stretches of (step, first block) after short ones have joined the stretch before."""
    steps = []
    for block, found in sorted(counts.items()):
        step, rows = _commonest(found)
        steps.append((step if 2 * rows >= found.total() else None, block))
    stretches = [
        (step, [block for _, block in run]) for step, run in groupby(steps, key=lambda item: item[0])
    ]
    long = [
        (step, blocks[0])
        for step, blocks in stretches
        if step is not None and len(blocks) >= _FEWEST_BLOCKS
    ]
    return [next(run) for _, run in groupby(long, key=lambda item: item[0])]


def _cut(times: Times, runs: Sequence[tuple[int, int]]) -> list[Segment]:
    edges = [_edge(times, before[0], after[0], after[1]) for before, after in pairwise(runs)]
    starts: list[int | None] = [None, *edges]
    ends: list[int | None] = [*edges, None]
    return [Segment(step, start, end) for (step, _), start, end in zip(runs, starts, ends, strict=True)]


def _edge(times: Times, old: int, new: int, block: int) -> int:
    """The time from which the new step counts: the cut at which the fewest rows stand on the wrong side."""
    # The change may lie in blocks whose rows agree on no step, before the first that keeps the new one.
    rows = times.connection.execute(
        f"SELECT epoch_us(t), step FROM ({times.stepped_sql}) WHERE block BETWEEN ? AND ?",  # noqa: S608
        [block - 2, block],
    ).fetchall()
    kept = best = 0
    edge = rows[0][0]
    for at, step in rows:
        kept += (step == old) - (step == new)
        if kept > best:
            best, edge = kept, at
    return int(edge)
