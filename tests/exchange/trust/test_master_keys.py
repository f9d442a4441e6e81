import os
import stat

import pytest

from exchange.trust.master_keys import (
    MasterKey,
    MasterKeyUnusable,
    WrappedKey,
    open_master_keys,
    read_master_key,
    write_master_key,
)
from exchange.trust.rotation import RotationUnderWay, renew_master_key, rotating
from exchange.trust.secret_files import KeyFileExposed

DATA_KEY = bytes(range(32))


def test_a_master_key_is_made_once_for_its_owner_only(tmp_path):
    first = open_master_keys(tmp_path / "keys").current()
    second = open_master_keys(tmp_path / "keys").current()

    assert first.id == second.id
    assert stat.S_IMODE((tmp_path / "keys" / "master.key").stat().st_mode) == 0o600
    assert first.raw.hex() not in repr(first)


def test_a_data_key_comes_back_only_for_what_it_is_bound_to(tmp_path):
    keys = open_master_keys(tmp_path)
    wrapped = keys.current().wrap(DATA_KEY, bound_to="rev_one")

    assert keys.unwrap(wrapped, bound_to="rev_one") == DATA_KEY
    with pytest.raises(MasterKeyUnusable, match="rev_two"):
        keys.unwrap(wrapped, bound_to="rev_two")


def test_wrapping_twice_tells_nothing(tmp_path):
    key = open_master_keys(tmp_path).current()

    assert key.wrap(DATA_KEY, bound_to="x").wrapped != key.wrap(DATA_KEY, bound_to="x").wrapped


def test_a_key_that_others_may_read_is_refused(tmp_path):
    open_master_keys(tmp_path)
    (tmp_path / "master.key").chmod(0o644)

    with pytest.raises(KeyFileExposed, match=r"master\.key"):
        open_master_keys(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no base64!", b"c2hvcnQ="])
def test_a_file_without_a_key_is_refused_with_how_to_make_one(tmp_path, content):
    (tmp_path / "master.key").write_bytes(content)
    (tmp_path / "master.key").chmod(0o600)

    with pytest.raises(MasterKeyUnusable) as refusal:
        open_master_keys(tmp_path)

    assert "openssl rand" in refusal.value.remedy


def test_a_named_file_is_never_made(tmp_path):
    """It comes from a secret store; a fresh key in its place would make all data unreadable."""
    with pytest.raises(MasterKeyUnusable, match="cannot be read"):
        open_master_keys(tmp_path, tmp_path / "mounted" / "key")


def test_a_key_of_another_master_names_the_file_to_restore(tmp_path):
    lost = MasterKey(os.urandom(32)).wrap(DATA_KEY, bound_to="x")

    with pytest.raises(MasterKeyUnusable) as refusal:
        open_master_keys(tmp_path).unwrap(lost, bound_to="x")

    assert f"master-{lost.master_key_id}.key" in refusal.value.remedy


def test_an_unknown_way_of_wrapping_is_refused(tmp_path):
    keys = open_master_keys(tmp_path)

    with pytest.raises(MasterKeyUnusable, match="ROT13"):
        keys.unwrap(WrappedKey("ROT13", keys.current().id, b""), bound_to="x")


class TestRotation:
    def test_leaves_the_old_key_able_to_unwrap(self, tmp_path):
        keys = open_master_keys(tmp_path)
        old = keys.current().wrap(DATA_KEY, bound_to="x")

        new = renew_master_key(keys)

        assert new.id != old.master_key_id
        assert keys.unwrap(old, bound_to="x") == DATA_KEY

    def test_reaches_nodes_that_run_on(self, tmp_path):
        node, operator = open_master_keys(tmp_path), open_master_keys(tmp_path)
        old = node.current().wrap(DATA_KEY, bound_to="x")

        new = renew_master_key(operator)

        assert node.current().id == new.id
        assert node.unwrap(new.wrap(DATA_KEY, bound_to="x"), bound_to="x") == DATA_KEY
        assert node.unwrap(old, bound_to="x") == DATA_KEY

    @pytest.mark.parametrize("step", ["link", "replace"])
    def test_that_is_cut_off_anywhere_goes_on_and_loses_no_key(self, tmp_path, monkeypatch, step):
        keys = open_master_keys(tmp_path)
        old = keys.current().wrap(DATA_KEY, bound_to="x")
        with monkeypatch.context() as patched:
            cut_off(patched, step)
            with pytest.raises(PowerCut):
                renew_master_key(keys)
        assert open_master_keys(tmp_path).unwrap(old, bound_to="x") == DATA_KEY

        new = renew_master_key(open_master_keys(tmp_path))

        after = open_master_keys(tmp_path)
        assert after.current().id == new.id != old.master_key_id
        assert after.unwrap(old, bound_to="x") == DATA_KEY
        assert len(list(tmp_path.glob("master*.key"))) == 2

    def test_is_for_one_process_at_a_time(self, tmp_path):
        keys = open_master_keys(tmp_path)

        with rotating(keys), pytest.raises(RotationUnderWay), rotating(keys):
            pass
        with rotating(keys):
            pass


class PowerCut(BaseException):
    pass


def cut_off(patched, step):
    """The power goes before the old key gets its second name, or before the new one becomes current."""

    def fail(*_args, **_options):
        raise PowerCut

    if step == "link":
        real = os.link
        patched.setattr(os, "link", lambda a, b: real(a, b) if "next" in str(b) else fail())
    else:
        patched.setattr("pathlib.Path.replace", fail)


def test_a_key_file_is_written_whole_and_never_over_another(tmp_path):
    key = MasterKey(os.urandom(32))
    write_master_key(key, tmp_path / "k")

    assert read_master_key(tmp_path / "k") == key
    with pytest.raises(Exception, match="already"):
        write_master_key(MasterKey(os.urandom(32)), tmp_path / "k")
    assert [path.name for path in tmp_path.iterdir()] == ["k"]
