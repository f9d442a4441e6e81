from pathlib import Path
from typing import NamedTuple

import pytest

from exchange.datasets.files import RevisionFiles, folder_files
from exchange.datasets.ingest.revision import Ingested, ingest
from exchange.datasets.reading.query import read_page

REAL_SERIES = Path(__file__).resolve().parents[4] / "shared" / "data"
collect_ignore = [] if REAL_SERIES.is_dir() else ["quality/test_real_series.py"]


class Revision(NamedTuple):
    ingested: Ingested
    folder: Path

    @property
    def files(self) -> RevisionFiles:
        return folder_files(self.folder, self.ingested.files)

    def rows(self, limit=100):
        """The first rows, as they are delivered."""
        page = read_page(
            self.files,
            self.schema,
            columns=self.schema.names,
            time_from=None,
            time_to=None,
            after_row=-1,
            limit=limit,
        )
        return page.rows

    @property
    def parquet(self) -> Path:
        """The one file of a small revision."""
        (path,) = self.files.places()
        return path

    @property
    def schema(self):
        return self.ingested.schema


@pytest.fixture(scope="session")
def take_in(tmp_path_factory):
    """Ingest a file, or text or bytes as a file of that name."""

    def take(content, name="prices.csv", **options):
        folder = tmp_path_factory.mktemp("revision")
        source = content if isinstance(content, Path) else folder / name
        if isinstance(content, str):
            source.write_bytes(content.encode())
        elif isinstance(content, bytes):
            source.write_bytes(content)
        target = folder / "stored" / "revision"
        ingested = ingest(source, name=name, target=target, temp=folder / "temp", **options)
        return Revision(ingested, target)

    return take


@pytest.fixture(scope="session")
def quarter_hours(take_in):
    """Ten thousand and one rows over several row groups, with holes and text."""
    lines = ["time,active_power_kw,remark"]
    for row in range(10_001):
        day, quarter = divmod(row, 96)
        time = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d} {quarter // 4:02d}:{quarter % 4 * 15:02d}:00"
        lines.append(f"{time},{'' if row % 7 == 0 else row / 8},row {row}")
    return take_in("\n".join(lines), "load.csv")
