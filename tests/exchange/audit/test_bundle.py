import stat
import struct
import zipfile

import pytest

from exchange.audit import BundleInvalid, NoteInvalid, VKey, open_bundle, write_bundle
from exchange.audit.bundle_format import MAX_MEMBER_BYTES, Manifest, payload_path
from exchange.core.entries import MAX_RECORD_BYTES
from exchange.trust import PrivateKey

SMALL = [
    "HOWTO.md",
    "checkpoint",
    "log.vkey",
    "tile/0/000.p/6",
    "tile/entries/000.p/6",
    "payload/000.p/6",
    "MANIFEST",
]


@pytest.fixture
def items(make_item):
    return [make_item(number) for number in range(6)]


class TestWriting:
    def test_members_stand_in_their_order(self, log, items):
        with open_bundle(log.write(items)) as bundle:
            assert bundle.names == SMALL

    def test_larger_log_has_tiles_of_two_levels(self, log, make_item):
        with open_bundle(log.write([make_item(number) for number in range(300)])) as bundle:
            assert bundle.names[3:-1] == [
                "tile/0/000",
                "tile/0/001.p/44",
                "tile/1/000.p/1",
                "tile/entries/000",
                "tile/entries/001.p/44",
                "payload/000",
                "payload/001.p/44",
            ]

    def test_empty_log_has_a_bundle(self, log):
        with open_bundle(log.write([])) as bundle:
            assert bundle.names == ["HOWTO.md", "checkpoint", "log.vkey", "MANIFEST"]

    def test_same_evidence_gives_the_same_file(self, log, items):
        first = log.write(items, name="first.zip")
        second = log.write(items, name="second.zip")

        assert first.read_bytes() == second.read_bytes()

    def test_nothing_else_is_left_in_the_folder(self, log, items):
        path = log.write(items)

        assert list(log.folder.iterdir()) == [path]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_failure_leaves_the_old_bundle(self, log, items):
        before = log.write(items).read_bytes()

        with pytest.raises(BundleInvalid, match="not those under the checkpoint"):
            log.write(items[:-1], checkpoint=log.checkpoint_over(items))

        assert (log.folder / "bundle.zip").read_bytes() == before
        assert len(list(log.folder.iterdir())) == 1

    def test_foreign_checkpoint_and_foreign_names_are_refused(self, log, items, tmp_path):
        stranger = PrivateKey.generate()
        note = log.checkpoint_over(items)

        def write(key, origin, vkey):
            write_bundle(
                tmp_path / "b.zip", checkpoint_note=note, key=key, origin=origin, vkey=vkey, batches=[items]
            )

        with pytest.raises(NoteInvalid):
            write(stranger, log.vkey.name, VKey(log.vkey.name, stranger.public))
        with pytest.raises(BundleInvalid, match="belong together"):
            write(stranger, log.vkey.name, log.vkey)
        with pytest.raises(BundleInvalid, match="belong together"):
            write(log.key, "elsewhere.example", log.vkey)

    def test_record_too_large_for_a_member_is_refused(self, log, items):
        with pytest.raises(BundleInvalid, match="at most"):
            log.write([(items[0][0], b"x" * (MAX_RECORD_BYTES + 1))])


class TestReading:
    def test_members_read_as_written_compressed_or_not(self, log, items, members_of):
        for compress in (True, False):
            path = log.write(items, compress=compress)
            with open_bundle(path) as bundle:
                assert {name: bundle.read(name) for name in bundle.names} == members_of(path)

    def test_unknown_member_is_refused(self, log, items):
        with open_bundle(log.write(items)) as bundle, pytest.raises(BundleInvalid, match="missing"):
            bundle.read("payload/001")

    @pytest.mark.parametrize(
        "name",
        [
            "extra.txt",
            "../checkpoint",
            "/checkpoint",
            "tile/0/0",
            "tile/9/000",
            "payload/x000/001",
            "payload/",
        ],
    )
    def test_unexpected_name_is_refused(self, tmp_path, pack_zip, name):
        with pytest.raises(BundleInvalid, match="no member named"):
            open_bundle(pack_zip(tmp_path / "b.zip", [(name, b"")]))

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    @pytest.mark.parametrize(
        "names",
        [
            ["checkpoint", "checkpoint"],
            ["checkpoint", "HOWTO.md"],
            ["payload/000.p/6", "payload/000"],
            ["tile/1/000", "tile/0/000"],
        ],
    )
    def test_duplicates_and_other_orders_are_refused(self, tmp_path, pack_zip, names):
        with pytest.raises(BundleInvalid, match="order"):
            open_bundle(pack_zip(tmp_path / "b.zip", [(name, b"") for name in names]))

    def test_other_compressions_are_refused(self, tmp_path, pack_zip):
        path = pack_zip(tmp_path / "b.zip", [("checkpoint", b"x")], method=zipfile.ZIP_BZIP2)

        with pytest.raises(BundleInvalid, match="unknown way"):
            open_bundle(path)

    def test_encryption_is_refused(self, log, items):
        path = log.write(items)
        data = bytearray(path.read_bytes())
        data[data.index(b"PK\x01\x02") + 8] |= 1
        path.write_bytes(data)

        with pytest.raises(BundleInvalid, match="encrypted"):
            open_bundle(path)

    def test_member_beyond_the_limit_is_refused(self, tmp_path, pack_zip):
        path = pack_zip(tmp_path / "b.zip", [("checkpoint", bytes(MAX_MEMBER_BYTES + 1))])

        with pytest.raises(BundleInvalid, match="larger than"):
            open_bundle(path)

    def test_bomb_that_understates_its_size_is_not_unpacked(self, tmp_path, pack_zip):
        path = pack_zip(tmp_path / "b.zip", [("checkpoint", bytes(1_000_000))])
        stated = struct.pack("<L", 1_000_000)
        path.write_bytes(path.read_bytes().replace(stated, struct.pack("<L", 10)))

        with open_bundle(path) as bundle, pytest.raises(BundleInvalid, match="stated size"):
            bundle.read("checkpoint")

    def test_bytes_outside_the_members_are_refused(self, log, items):
        path = log.write(items)
        data = path.read_bytes()
        path.write_bytes(b"hidden" + data)

        with pytest.raises(BundleInvalid):
            open_bundle(path)

    def test_endless_directory_is_not_read(self, log, items):
        path = log.write(items)
        data = bytearray(path.read_bytes())
        struct.pack_into("<L", data, len(data) - 64 - 10, 2**31)
        path.write_bytes(data)

        with pytest.raises(BundleInvalid, match="unreasonably"):
            open_bundle(path)

    @pytest.mark.parametrize("data", [b"", b"PK", b"x" * 1000, b"PK\x05\x06" + bytes(18)])
    def test_file_that_is_no_bundle_is_refused(self, tmp_path, data):
        (tmp_path / "b.zip").write_bytes(data)

        with pytest.raises(BundleInvalid):
            open_bundle(tmp_path / "b.zip")

    def test_missing_file_and_folder_are_refused(self, tmp_path):
        for path in (tmp_path / "none.zip", tmp_path):
            with pytest.raises(BundleInvalid):
                open_bundle(path)


class TestManifest:
    def test_manifest_reads_back(self):
        manifest = Manifest("exchange.example/log", (("0" * 64, payload_path(0)),))

        assert Manifest.from_text(manifest.text) == manifest

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "wdx-bundle/2\no\n",
            "wdx-bundle/1\no",
            "wdx-bundle/1\n",
            f"wdx-bundle/1\no\n{'A' * 64} x\n",
            "x\n\n\n",
        ],
    )
    def test_other_form_is_refused(self, text):
        with pytest.raises(BundleInvalid):
            Manifest.from_text(text)
