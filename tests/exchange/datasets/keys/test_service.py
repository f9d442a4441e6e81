import os

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from exchange.datasets import opened_revision, queries
from exchange.datasets.keys.service import (
    DataKeyDestroyed,
    count_keys_to_wrap,
    destroy_data_key,
    get_data_key,
    keep_data_key,
    wrap_keys_again,
)
from exchange.trust.rotation import renew_master_key


@pytest.fixture
def vault(market):
    return market.context.storage


def newest(market):
    return market.read(queries.find_revisions, market.dataset_id)[0].id


def readable(market, revision_id):
    revision = market.read(queries.get_stored_revision, revision_id)
    with opened_revision(market.context.storage, revision) as files:
        return all(place.endswith(".parquet") for place in files.places())


def test_keys_wrapped_by_an_older_master_key_are_wrapped_again_in_bounded_steps(market, vault):
    for number in range(4):
        key = vault.new_key(bound_to=f"rev_{number}").wrapped
        market.do(keep_data_key, subject=f"rev_{number}", key=key)
    renew_master_key(vault.masters)

    counts = [market.do(wrap_keys_again, masters=vault.masters, limit=2) for _ in range(4)]

    assert counts == [2, 2, 1, 0]  # the market's own revision is the fifth
    assert market.read(count_keys_to_wrap, masters=vault.masters) == 0
    assert readable(market, newest(market))


def test_data_stay_readable_in_the_middle_of_a_rotation(market, vault):
    renew_master_key(vault.masters)

    assert market.read(count_keys_to_wrap, masters=vault.masters) == 1
    assert readable(market, newest(market))


def test_destroying_the_key_deletes_the_data(market):
    revision_id = newest(market)

    market.do(destroy_data_key, subject=revision_id)
    market.do(destroy_data_key, subject=revision_id)

    with pytest.raises(DataKeyDestroyed, match="deleted"):
        market.read(get_data_key, revision_id)
    with pytest.raises(DataKeyDestroyed):
        readable(market, revision_id)


def test_a_destroyed_key_is_left_out_of_the_rotation(market, vault):
    market.do(destroy_data_key, subject=newest(market))
    renew_master_key(vault.masters)

    assert market.do(wrap_keys_again, masters=vault.masters, limit=10) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE data_keys SET wrapped = :wrapped, destroyed_at = NULL",
        "DELETE FROM data_keys WHERE subject <> :wrapped OR true",
    ],
)
def test_the_database_lets_no_destroyed_key_come_back(market, statement):
    market.do(destroy_data_key, subject=newest(market))

    with pytest.raises(IntegrityError, match="data_keys"), market.context.database.writing() as session:
        session.execute(text(statement), {"wrapped": b"x" if "UPDATE" in statement else "x"})


def test_a_key_moved_to_another_revision_opens_nothing(market, vault):
    """Whoever can write the database cannot read one buyer's data through another's revision."""
    other = vault.new_key(bound_to="rev_other")

    with pytest.raises(Exception, match="was not wrapped"):
        vault.open_key(other.wrapped, bound_to=newest(market))


def test_a_storage_put_back_without_its_keys_is_refused_with_what_to_do(market, vault):
    masters = vault.masters
    masters.current_file.unlink()
    masters.current_file.write_text("")
    os.chmod(masters.current_file, 0o600)

    with pytest.raises(Exception, match="does not hold a master key"):
        readable(market, newest(market))
