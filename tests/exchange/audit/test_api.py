import pytest

from exchange.app import replay_rules
from exchange.audit import VKey, open_checkpoint, verify_bundle
from exchange.audit.merkle import leaf_hashes
from exchange.audit.sequencer import number_all
from exchange.audit.tiles import decode_entries


@pytest.fixture
def size(market):
    """How many events the log holds, all numbered."""
    context = market.context
    market.agreements.executed()
    with context.database.reading() as session:
        from sqlalchemy import text

        count = session.scalar(text("SELECT count(*) FROM events"))
    number_all(context.database, key=context.log_key, origin=context.settings.log_origin, now=market.now)
    return count


def get(market, who, path):
    member = getattr(market, who)
    return market.app.test_client().get(path, headers=member.sign_in_headers(), buffered=True)


class TestStatus:
    def test_names_the_log_its_key_and_its_size(self, market, size):
        status = market.api(market.forecast_lab).get("/log/").json

        assert VKey.parse(status["log_key"]).key == market.context.log_key.public
        assert (status["size"], status["waiting"]) == (size, 0)

    def test_counts_what_waits_for_its_number(self, market, size):
        market.negotiations.requested()

        assert market.api(market.forecast_lab).get("/log/").json["waiting"] == 1


class TestTiles:
    def test_hold_the_hashes_of_the_entries(self, market, size):
        entries = get(market, "regulator", f"/log/tile/entries/000.p/{size}")
        tile = get(market, "forecast_lab", f"/log/tile/0/000.p/{size}")

        assert b"".join(leaf_hashes(decode_entries(entries.data, size))) == tile.data

    def test_narrower_than_the_log_are_given_too(self, market, size):
        tile, wide = (get(market, "forecast_lab", f"/log/tile/0/000.p/{width}") for width in (3, size))

        assert wide.data.startswith(tile.data)
        assert len(tile.data) == 3 * 32

    @pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/1", "tile/entries/000", "tile/1/000.p/1"])
    def test_that_are_not_there_are_not_found(self, market, size, path):
        assert get(market, "regulator", f"/log/{path}").status_code == 404

    @pytest.mark.parametrize("path", ["tile/0/0", "tile/0/000.p/0", "tile/0/abc", "tile/64/000.p/1"])
    def test_with_a_malformed_path_are_refused(self, market, size, path):
        assert get(market, "regulator", f"/log/{path}").status_code in {404, 422}

    def test_may_be_kept_by_the_caller_for_ever(self, market, size):
        tile = get(market, "forecast_lab", f"/log/tile/0/000.p/{size}")

        assert "immutable" in tile.headers["Cache-Control"]
        assert "private" in tile.headers["Cache-Control"]


class TestCheckpoint:
    def test_is_the_newest_signed_by_the_log_key(self, market, size):
        note = get(market, "forecast_lab", "/log/checkpoint").data
        context = market.context

        checkpoint = open_checkpoint(note, VKey(context.settings.log_origin, context.log_key.public))

        assert checkpoint.size == size

    def test_is_not_there_before_anything_is_logged(self, market):
        assert get(market, "forecast_lab", "/log/checkpoint").status_code == 404


class TestBundle:
    def test_downloaded_by_the_regulator_verifies_offline(self, market, size, tmp_path):
        path = tmp_path / "evidence.zip"
        path.write_bytes(get(market, "regulator", "/api/v1/log/bundle").data)
        context = market.context

        key = VKey(context.settings.log_origin, context.log_key.public)
        report = verify_bundle(path, rules=replay_rules(), log_key=key)

        assert report.ok, report.findings
        assert report.size == size

    def test_leaves_nothing_in_the_storage(self, market, size):
        get(market, "operator", "/api/v1/log/bundle")

        assert list(market.context.storage.incoming.iterdir()) == []


class TestPermission:
    @pytest.mark.parametrize("path", ["/api/v1/log/bundle", "/log/tile/entries/000.p/1"])
    def test_payloads_and_entries_are_for_those_who_oversee(self, market, size, path):
        statuses = {
            who: get(market, who, path).status_code
            for who in ("grid_co", "forecast_lab", "rival", "regulator", "operator")
        }

        assert statuses == dict.fromkeys(("grid_co", "forecast_lab", "rival"), 403) | dict.fromkeys(
            ("regulator", "operator"), 200
        )

    @pytest.mark.parametrize("path", ["/log/checkpoint", "/log/tile/0/000.p/1", "/api/v1/log/"])
    def test_the_log_is_not_for_strangers(self, market, size, path):
        assert market.app.test_client().get(path).status_code == 401
