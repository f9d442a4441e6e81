import pytest

from exchange.app import open_storage
from exchange.config import read_settings
from exchange.core.errors import Invalid
from exchange.core.object_storage import ObjectStorage
from exchange.core.storage import FolderStorage


@pytest.fixture
def read(tmp_path):
    return lambda **names: read_settings({"WDX_HOME": str(tmp_path), **names})


def test_the_master_key_is_named_by_its_file_and_never_read_into_a_setting(read, tmp_path):
    (tmp_path / "key").write_text("no setting holds this")

    settings = read(WDX_MASTER_KEY_FILE=str(tmp_path / "key"))

    assert settings.master_key_file == tmp_path / "key"
    assert "no setting holds this" not in str(settings.shown())
    assert read().master_key_file is None


def test_secrets_of_the_bucket_come_from_files(read, tmp_path):
    (tmp_path / "secret").write_text("s3cr3t\n")

    settings = read(WDX_S3_SECRET_KEY_FILE=str(tmp_path / "secret"))

    assert (settings.s3_secret_key, settings.shown()["WDX_S3_SECRET_KEY"]) == ("s3cr3t", "(set)")


def test_the_storage_is_a_folder_in_the_home_unless_told(read, tmp_path):
    default, named = (
        open_storage(read()),
        open_storage(read(WDX_STORAGE_URL=f"file://{tmp_path}/elsewhere")),
    )

    assert isinstance(default, FolderStorage)
    assert isinstance(named, FolderStorage)
    assert (default.folder, named.folder) == (tmp_path / "storage", tmp_path / "elsewhere")
    assert default.incoming.parent == tmp_path / "incoming"


def test_the_storage_may_be_an_object_store(read):
    storage = open_storage(read(WDX_STORAGE_URL="s3://wdx-data/prod/"))

    assert isinstance(storage, ObjectStorage)
    assert storage.root == "wdx-data/prod"


def test_a_storage_of_an_unknown_kind_is_refused(read):
    with pytest.raises(Invalid) as refusal:
        open_storage(read(WDX_STORAGE_URL="ftp://files.example"))

    assert refusal.value.field == "WDX_STORAGE_URL"
