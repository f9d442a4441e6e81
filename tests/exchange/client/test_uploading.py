"""Large files over a line that breaks, from programs that die."""

import hashlib
import io
import tempfile
from pathlib import Path

import pytest
from rich.console import Console
from tusclient.client import TusClient

from exchange.client import UploadFailed, UploadProgress, datasets, sdk, uploading
from exchange.client.progress import upload_bar
from exchange.client.uploading import FileChanged
from exchange.datasets.ingest.proposal import propose
from exchange.datasets.uploads.models import Upload
from tests.factories.datasets import load_curve
from tests.factories.servers import serving

ROWS = 2_000
BODY = load_curve(ROWS)
PART = 10_000


class Killed(BaseException):
    """The program dies."""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(datasets, "PARTS_FROM_BYTES", 1)
    monkeypatch.setattr(uploading, "PART_BYTES", PART)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "load.csv"
    path.write_bytes(BODY)
    return path


@pytest.fixture
def notes(tmp_path):
    return tmp_path / "notes"


@pytest.fixture
def upload(market, live, path, notes, reading):
    exchange = live(market.grid_co)

    def run(**options):
        return exchange.upload_dataset(path, name="Feeder 7", notes=notes, **options)

    return run


def load_schema_of_curve(*, rename=None):
    """How the columns of a load curve are to be read, as `wdx dataset inspect` proposes it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "load.csv"
        source.write_bytes(load_curve(96))
        document = propose(source, name="load.csv", temp=Path(folder)).load_schema.to_json()
    if rename:
        document["columns"][1]["rename"] = rename
    return document


def count_uploads(market):
    return market.read(lambda session: session.query(Upload).count())


def dies_after(parts):
    def tell(progress):
        if progress.stage == "sending" and progress.done_bytes >= parts * PART:
            raise Killed

    return tell


def test_a_file_in_parts_becomes_the_same_revision_as_at_once(market, live, path, upload, monkeypatch):
    in_parts = upload()
    monkeypatch.setattr(datasets, "PARTS_FROM_BYTES", 1 << 30)
    at_once = live(market.grid_co).upload_dataset(path, name="Feeder 8")

    own = ("id", "dataset_id", "created_at")
    assert {k: v for k, v in in_parts.items() if k not in own} == {
        k: v for k, v in at_once.items() if k not in own
    }
    assert in_parts["rows"] == ROWS


def test_a_killed_program_goes_on_where_it_stopped(market, upload, notes):
    with pytest.raises(Killed):
        upload(progress=dies_after(3))
    seen = []

    revision = upload(progress=seen.append)

    sent = [progress.done_bytes for progress in seen if progress.stage == "sending"]
    assert (revision["rows"], sent[0], count_uploads(market)) == (ROWS, 3 * PART, 1)
    assert list(notes.iterdir()) == []


def test_a_program_killed_while_the_file_is_read_gets_the_same_revision(market, upload):
    def die(progress):
        if progress.stage == "reading":
            raise Killed

    with pytest.raises(Killed):
        upload(progress=die)

    assert upload()["rows"] == ROWS
    assert count_uploads(market) == 1


def test_progress_is_told_in_order(upload):
    seen = []

    upload(progress=seen.append)

    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert stages in (["digesting", "sending", "reading"], ["digesting", "sending"])
    sent = [progress.done_bytes for progress in seen if progress.stage == "sending"]
    assert sent == list(range(0, len(BODY), PART))


def test_an_upload_that_expired_meanwhile_is_begun_again(market, live, upload):
    with pytest.raises(Killed):
        upload(progress=dies_after(1))
    exchange = live(market.grid_co)
    exchange.cancel_upload(exchange.uploads()[0]["id"])

    assert upload()["rows"] == ROWS


def test_a_file_that_cannot_be_read_says_why(upload, path, notes):
    path.write_bytes(b"time,load\n2026-01-01,1,2,3\n")

    with pytest.raises(UploadFailed, match="line 2") as refusal:
        upload()

    assert refusal.value.context == {"fault_code": "unreadable-source"}
    assert list(notes.iterdir()) == []


def test_a_file_that_became_shorter_is_not_sent_on(upload, path):
    def shorten(progress):
        if progress.stage == "sending" and progress.done_bytes == 2 * PART:
            path.write_bytes(BODY[:PART])

    with pytest.raises(FileChanged, match="shorter"):
        upload(progress=shorten)


def test_a_changed_file_is_another_upload(market, upload, path):
    with pytest.raises(Killed):
        upload(progress=dies_after(1))
    path.write_bytes(load_curve(ROWS, shift=1))

    assert upload()["rows"] == ROWS
    assert count_uploads(market) == 2


def test_a_file_in_parts_is_read_strictly_by_a_kept_load_schema(market, live, upload):
    load_schema = live(market.grid_co).keep_load_schema(load_schema_of_curve(rename="load"))["id"]

    revision = upload(load_schema=load_schema)

    assert [field["name"] for field in revision["schema"]["fields"]] == ["time", "load", "remark"]
    assert revision["load_schema_id"] == load_schema


def test_a_file_in_parts_that_breaks_its_load_schema_names_every_bad_cell(market, live, path, upload):
    load_schema = live(market.grid_co).keep_load_schema(load_schema_of_curve())["id"]
    path.write_bytes(BODY.replace(b",1.0,", b",1.O,").replace(b",2.0,", b",2.O,"))

    with pytest.raises(UploadFailed) as refusal:
        upload(load_schema=load_schema)

    assert [fault["place"] for fault in refusal.value.context["faults"]] == [
        "load.csv, line 10",
        "load.csv, line 18",
    ]


def test_the_same_load_schema_kept_again_is_the_same_so_that_an_upload_goes_on(market, live):
    exchange = live(market.grid_co)

    first, second = (exchange.keep_load_schema(load_schema_of_curve())["id"] for _ in range(2))
    other = exchange.keep_load_schema(load_schema_of_curve(rename="load"))["id"]

    assert (first == second, first == other) == (True, False)


def test_a_folder_in_parts_is_one_revision_and_goes_on_after_a_kill(market, live, tmp_path, notes, reading):
    folder = tmp_path / "year"
    folder.mkdir()
    for number in range(3):
        rows = "".join(f"2026-0{number + 1}-01,{value * 7919 % 10_007}\n" for value in range(6_000))
        (folder / f"{number}.csv").write_text(f"day,x\n{rows}")
    exchange = live(market.grid_co)

    with pytest.raises(Killed):
        exchange.upload_dataset(folder, name="Year", notes=notes, progress=dies_after(2))
    revision = exchange.upload_dataset(folder, name="Year", notes=notes)

    assert (revision["rows"], revision["source_name"], count_uploads(market)) == (18_000, "year.zip", 1)


def test_the_next_revision_in_parts_inherits_what_was_declared(market, live, path, notes, reading):
    exchange = live(market.grid_co)
    (first,) = exchange.revisions(market.dataset_id)
    exchange.assess_quality(first["id"], {"update_every": "P1D"})

    revision = exchange.upload_revision(path, market.dataset_id, notes=notes)

    assert (revision["number"], revision["profile"]["declaration"]["update_every"]) == (2, "P1D")


def test_answers_that_are_lost_cost_nothing_twice(market, live, path, notes, reading):
    """The part has arrived and the client does not know: the offset tells it."""
    lost = []

    def losing(environ, start_response):
        if environ["REQUEST_METHOD"] != "PATCH" or len(lost) % 2:
            lost.append(0) if environ["REQUEST_METHOD"] == "PATCH" else None
            return market.app(environ, start_response)
        lost.append(1)
        for _ in market.app(environ, lambda *_: None):
            pass
        start_response("503 Service Unavailable", [("Content-Length", "0")])
        return [b""]

    with serving(losing) as url:
        exchange = sdk.Exchange(url, token=market.grid_co.token, patience_s=20)
        revision = exchange.upload_dataset(path, name="Feeder 7", notes=notes)
        exchange.connection._http.close()

    assert revision["rows"] == ROWS
    assert sum(lost) > 2


def test_another_authors_client_uploads_too(market, live, path):
    """tuspy knows the protocol and nothing of us."""
    client = TusClient(f"{live.url}/api/v1/uploads", headers=market.grid_co.sign_in_headers())
    options = {"chunk_size": PART, "upload_checksum": True}
    metadata = {"filename": "load.csv", "sha256": hashlib.sha256(BODY).hexdigest()}
    with path.open("rb") as file:
        first = client.uploader(file_stream=file, metadata=metadata, **options)
        first.upload_chunk()
        resumed = client.uploader(file_stream=file, url=first.url, **options)
        offset = resumed.get_offset()
        resumed.upload()

    (state,) = live(market.grid_co).uploads()
    assert (offset, state["state"], state["received_bytes"]) == (PART, "processing", len(BODY))


class TestBar:
    def shown(self, *, terminal):
        output = io.StringIO()
        with upload_bar(Console(file=output, force_terminal=terminal, width=120)) as bar:
            for done in (0, 4 << 20, 8 << 20):
                bar(UploadProgress("sending", done, 8 << 20))
            bar(UploadProgress("reading", 8 << 20, 8 << 20))
        return output.getvalue()

    def test_is_quiet_where_nobody_watches(self):
        assert self.shown(terminal=False).strip() == ""

    def test_shows_stage_and_size(self):
        assert "8.0/8.0 MiB" in self.shown(terminal=True) or "MiB" in self.shown(terminal=True)
