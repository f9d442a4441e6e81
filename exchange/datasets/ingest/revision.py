"""From an uploaded file to one immutable revision: Parquet files with their schema, profile and sample."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from exchange.datasets.engine import (
    PARQUET,
    Scratch,
    delivered_sql,
    exact_path,
    identifier,
    scratch,
    workers,
)
from exchange.datasets.files import RevisionFile, whole_sha256
from exchange.datasets.ingest.columnar import TypedFile, are_sorted, sort_files, write_typed
from exchange.datasets.ingest.kinds import Column
from exchange.datasets.ingest.plans import Plan, inferred_plan, strict_plan
from exchange.datasets.ingest.progress import Advance, Progress, quiet
from exchange.datasets.ingest.sources import CellRefused, Loaded, SlowReaderNeeded, load_source
from exchange.datasets.landing import digest_file, landing_folder
from exchange.datasets.load_schema import LoadSchema
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.profile import describe_quality
from exchange.datasets.reading.sample import SampleRow, sample_rows
from exchange.datasets.reading.time_range import instant
from exchange.datasets.schema import NUMERIC_TYPES, TEMPORAL_TYPES, Field, Schema, guess_unit


@dataclass(frozen=True)
class Ingested:
    """The files of a finished revision and what is known about them.

    `sha256` is the digest of the manifest of the files, `size_bytes` their sum. `profile` and `sample`
    are plain values of the canonical profile; `time_from` and `time_to` are both inclusive, None without
    a time field.
    """

    schema: Schema
    rows: int
    size_bytes: int
    sha256: str
    time_from: str | None
    time_to: str | None
    profile: dict[str, Any]
    sample: list[SampleRow]
    files: tuple[RevisionFile, ...]


def ingest(
    source: Path,
    *,
    name: str,
    target: Path,
    temp: Path,
    text_columns: Collection[str] = (),
    load_schema: LoadSchema | None = None,
    declaration: Declaration | None = None,
    as_of: date | None = None,
    progress: Progress = quiet,
) -> Ingested:
    """Read an upload and write its rows as Parquet files into the folder `target`; the source is only read.

    Rows are stored by time, or as the load schema says, rows of one key in their original order. Without
    a load schema types are decided on all cells. Repeating it gives the same bytes. On any failure there
    is no new `target`.

    Args:
        source: the uploaded file.
        name: the file name its owner knows; the ending says the format, messages carry it.
        target: the folder that appears, whole; its files are named as `RevisionFile.file_name` says.
        temp: a folder for intermediate files; they are gone afterwards.
        text_columns: columns that stay text whatever they look like.
        load_schema: how every column is to be read; a cell that breaks it is a fault.
        declaration: what the provider declares about the quality.
        as_of: the day against which freshness is judged.
        progress: told from the calling thread how far it has come.

    Raises:
        UnreadableSource: what is wrong, where, and what to do about it.
    """
    with scratch(temp) as work:
        loaded = load_source(source, name, work, progress)
        if load_schema is None:
            plan = inferred_plan(loaded, text_columns)
        else:
            plan = strict_plan(loaded, load_schema)
        columns, files = _load(work, loaded, plan, progress)
        schema = _schema_of(work, columns, files, plan)
        files = _in_order(work, files, schema, plan, progress)
        with landing_folder(target) as partial:
            paths, described = _revision_files(work, schema, files, partial)
            profile = _profile(work, schema, paths, described, declaration, as_of, progress)
            return _ingested(schema, described, profile, sample_rows(paths, schema))


def _load(
    work: Scratch, loaded: Loaded, plan: Plan, progress: Progress
) -> tuple[list[Column], list[TypedFile]]:
    """Try the quick guess first; look at every cell only when some cell breaks it."""
    choose = plan.guess
    while True:
        try:
            columns = choose(work, loaded, progress)
            return columns, write_typed(work, loaded, columns, progress)
        except SlowReaderNeeded as needed:
            loaded = loaded.rewritten(needed.part)
        except CellRefused as refused:
            if choose is plan.settle:
                raise RuntimeError("no cell is at fault, and yet the engine refuses one") from refused
            choose = plan.settle


def _schema_of(work: Scratch, columns: Sequence[Column], files: Sequence[TypedFile], plan: Plan) -> Schema:
    kept = [column for column in columns if not column.dropped]
    nulls = _count_nulls(work, files, len(kept))
    fields = tuple(_field(column, nullable=number > 0) for column, number in zip(kept, nulls, strict=True))
    if plan.time_column is not None:
        return Schema(fields, plan.time_column or None)
    times = (field.name for field in fields if field.type in TEMPORAL_TYPES and not field.nullable)
    return Schema(fields, next(times, None))


def _field(column: Column, *, nullable: bool) -> Field:
    unit = column.unit
    if unit is None and column.type in NUMERIC_TYPES:
        unit = guess_unit(column.name)
    declared = nullable if column.nullable is None else column.nullable
    return Field(column.name, column.type, unit or None, declared, zone=column.zone)


def _count_nulls(work: Scratch, files: Sequence[TypedFile], columns: int) -> list[int]:
    """Add up what the writer has counted in every group of every file."""
    nulls = [0] * columns
    for file in files:
        counted = work.connection.execute(
            "SELECT column_id, sum(stats_null_count) FROM parquet_metadata(?) GROUP BY column_id",
            [exact_path(file.path)],
        ).fetchall()
        for column, number in counted:
            nulls[column] += int(number)
    return nulls


def _in_order(
    work: Scratch, files: list[TypedFile], schema: Schema, plan: Plan, progress: Progress
) -> list[TypedFile]:
    keys = plan.sort_by or (() if schema.time_field is None else (schema.time_field,))
    if not keys or are_sorted(work, files, [schema.field(key) for key in keys]):
        return files
    return sort_files(work, files, keys, len(schema.fields), progress)


def _profile(
    work: Scratch,
    schema: Schema,
    paths: list[Path],
    files: Sequence[RevisionFile],
    declaration: Declaration | None,
    as_of: date | None,
    progress: Progress,
) -> dict[str, Any]:
    size, rows = sum(file.size_bytes for file in files), sum(file.rows for file in files)
    progress(Advance("profile", 0, size, rows))
    profile = describe_quality(work, paths, schema, declaration=declaration, as_of=as_of)
    progress(Advance("profile", size, size, rows))
    return profile


def _ingested(
    schema: Schema, files: tuple[RevisionFile, ...], profile: dict[str, Any], sample: list[SampleRow]
) -> Ingested:
    return Ingested(
        schema=schema,
        rows=sum(file.rows for file in files),
        size_bytes=sum(file.size_bytes for file in files),
        sha256=whole_sha256(files),
        time_from=min((file.time_from for file in files if file.time_from), key=instant, default=None),
        time_to=max((file.time_to for file in files if file.time_to), key=instant, default=None),
        profile=profile,
        sample=sample,
        files=files,
    )


def _revision_files(
    work: Scratch, schema: Schema, typed: Sequence[TypedFile], folder: Path
) -> tuple[list[Path], tuple[RevisionFile, ...]]:
    """Move the files to their names in the folder; returns where they are, and what is known about each."""
    with ThreadPoolExecutor(workers()) as pool:
        digests = list(pool.map(lambda file: digest_file(file.path), typed))
    files: list[RevisionFile] = []
    first_row = 0
    for number, (file, digest) in enumerate(zip(typed, digests, strict=True), start=1):
        time_from, time_to = _time_range(work, schema, file.path)
        size = file.path.stat().st_size
        files.append(RevisionFile(number, digest, size, file.rows, first_row, time_from, time_to))
        file.path.replace(folder / files[-1].file_name)
        first_row += file.rows
    return [folder / file.file_name for file in files], tuple(files)


def _time_range(work: Scratch, schema: Schema, path: Path) -> tuple[str | None, str | None]:
    if schema.time is None:
        return None, None
    column = identifier(schema.time.name)
    ends = ", ".join(delivered_sql(schema.time, f"{end}({column})") for end in ("min", "max"))
    row = work.connection.execute(f"SELECT {ends} FROM {PARQUET}", [exact_path(path)]).fetchone()  # noqa: S608
    return row if row is not None else (None, None)
