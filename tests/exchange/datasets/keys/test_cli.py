from click.testing import CliRunner
from sqlalchemy import text

from exchange.datasets.keys.cli import storage


def rotate(context):
    result = CliRunner().invoke(storage, ["rotate-master-key"], obj=lambda: context, catch_exceptions=False)
    return result.output


def master_keys_in_use(context):
    with context.database.reading() as session:
        return set(session.scalars(text("SELECT DISTINCT master_key_id FROM data_keys")))


def test_rotating_wraps_every_data_key_with_a_new_master_key(market):
    before = market.context.storage.masters.current().id

    output = rotate(market.context)

    after = market.context.storage.masters.current().id
    assert after != before
    assert master_keys_in_use(market.context) == {after}
    assert f"1 data keys are wrapped by master key {after}" in output


def test_a_rotation_that_was_cut_off_after_its_new_key_is_finished_without_a_third(market):
    from exchange.trust.rotation import renew_master_key

    renewed = renew_master_key(market.context.storage.masters)

    output = rotate(market.context)

    assert "finishing that first" in output
    assert master_keys_in_use(market.context) == {renewed.id}
    assert len(list(market.context.settings.keys_dir.glob("master*.key"))) == 2
