import json
import stat

import pytest

from exchange.client import Refused, datasets
from exchange.client.cli import contract, login, pull, whoami
from exchange.client.keys import kept_key
from exchange.client.profile import Profile, load_profile, profile_folder, save_profile
from exchange.core.errors import DomainError, NotAuthenticated
from exchange.datasets.cli import dataset
from tests.factories.datasets import ROWS, load_curve
from tests.factories.participants import PASSWORD
from tests.factories.servers import serving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def _own_home(home):
    """No test reads or writes the profile of whoever runs it."""


class TestProfile:
    def test_is_readable_by_its_owner_only(self):
        save_profile(Profile("http://exchange", "wdx_secret"))

        kept = profile_folder() / "profile.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert load_profile() == Profile("http://exchange", "wdx_secret")

    def test_that_is_not_there_says_how_to_make_one(self):
        with pytest.raises(NotAuthenticated) as refusal:
            load_profile()

        assert "wdx login" in refusal.value.remedy


class TestLogin:
    def test_keeps_the_token_and_never_prints_it(self, market, live, run):
        result = run(login, "--server", live.url, "--login", market.rival.login, "--password", PASSWORD)

        assert "rival" in result.output
        assert load_profile().token.startswith("wdx_")
        assert load_profile().token not in result.output

    def test_with_a_wrong_password_keeps_nothing(self, market, live, run):
        with pytest.raises(DomainError, match="login or password is wrong"):
            run(login, "--server", live.url, "--login", market.rival.login, "--password", "wrong")

        assert not (profile_folder() / "profile.json").exists()

    def test_is_asked_about_by_whoami(self, market, signed_in, run):
        signed_in(market.rival)

        assert json.loads(run(whoami).output)["organisation_id"] == market.rival.organisation_id


class TestContract:
    @pytest.fixture
    def own_key(self, market, home):
        market.forecast_lab.key.save(home / "own.pem")
        return home / "own.pem"

    def test_is_shown_with_its_terms(self, market, signed_in, run):
        signed_in(market.grid_co)
        agreement = market.agreements.frozen()

        shown = json.loads(run(contract, "show", agreement.id, "--json").output)

        assert shown["terms"]["agreement_id"] == agreement.id

    def test_is_signed_after_its_terms_were_shown(self, market, signed_in, run, own_key):
        signed_in(market.forecast_lab)
        agreement = market.agreements.frozen()

        result = run(contract, "sign", agreement.id, "--role", "buyer", "--key", own_key, input="y\n")

        assert agreement.terms_sha256 in result.output
        assert "1. Parties" in result.output
        assert result.output.strip().endswith("awaiting_signatures")

    def test_is_signed_in_the_role_whose_key_is_here(self, market, signed_in, run):
        signed_in(market.grid_co)
        market.grid_co.key.save(kept_key(market.grid_co.key.kid))
        agreement = market.agreements.frozen()

        run(contract, "sign", agreement.id, "--yes")

        assert market.api(market.grid_co).get(f"/agreements/{agreement.id}/contract").json["roles"] == [
            "provider"
        ]

    def test_is_not_signed_when_the_exchange_gives_other_terms(self, market, run, own_key):
        """What is shown comes from the bytes that are signed, so a lying exchange shows its lie."""
        asked, other = (market.agreements.frozen(max_rows=rows) for rows in (10, 20))

        def lying(environ, start_response):
            environ["PATH_INFO"] = environ["PATH_INFO"].replace(f"{asked.id}/terms", f"{other.id}/terms")
            return market.app(environ, start_response)

        with serving(lying) as url:
            save_profile(Profile(url, market.forecast_lab.token))
            with pytest.raises(DomainError, match=other.id):
                run(contract, "sign", asked.id, "--role", "buyer", "--key", own_key, "--yes")

        assert market.api(market.forecast_lab).get(f"/agreements/{asked.id}/contract").json["roles"] == []

    def test_is_signed_with_the_key_that_its_terms_name(self, market, signed_in, run):
        """Whoever has several keys need not know which one a contract is about."""
        signed_in(market.forecast_lab)
        market.forecast_lab.key.save(kept_key(market.forecast_lab.key.kid), "four unrelated words")
        agreement = market.agreements.frozen()

        result = run(
            contract, "sign", agreement.id, "--role", "buyer", "--yes", input="four unrelated words\n"
        )

        assert result.output.strip().endswith("awaiting_signatures")

    def test_whose_key_is_not_here_says_which_one_it_is(self, market, signed_in, run):
        signed_in(market.forecast_lab)
        agreement = market.agreements.frozen()

        result = run(contract, "sign", agreement.id, "--role", "buyer", "--yes")

        assert (result.exit_code, market.forecast_lab.key.kid in result.output) == (2, True)

    def test_is_not_signed_without_a_yes(self, market, signed_in, run, own_key):
        signed_in(market.forecast_lab)
        agreement = market.agreements.frozen()

        result = run(contract, "sign", agreement.id, "--role", "buyer", "--key", own_key, input="n\n")

        assert result.exit_code == 1
        assert market.api(market.grid_co).get(f"/agreements/{agreement.id}/contract").json["roles"] == []


class TestPull:
    def test_writes_the_file_and_its_receipt(self, market, signed_in, run, home):
        signed_in(market.forecast_lab)
        agreement = market.agreements.executed()

        result = run(pull, agreement.id, "--output", home / "load.csv", "--columns", "load_kw")

        assert f"{ROWS} rows, delivery 1" in result.output
        assert (home / "load.csv").read_text().splitlines()[0] == "load_kw"
        assert (home / "load.csv.receipt").read_text().count(".") == 2

    def test_that_the_gate_refuses_leaves_nothing_behind(self, market, signed_in, run, home):
        signed_in(market.forecast_lab)
        agreement = market.agreements.frozen()

        with pytest.raises(Refused):
            run(pull, agreement.id, "--output", home / "load.csv")

        assert [path.name for path in home.iterdir() if path.name.startswith("load.csv")] == []

    def test_that_never_reached_the_gate_keeps_its_request(self, market, live, run, home):
        """An earlier try may have been delivered under it; a new id would be billed again."""
        save_profile(Profile(live.url, "wdx_expired"))
        (home / "load.csv.request").write_text("request-1")

        with pytest.raises(Refused, match="token"):
            run(pull, "agr_1", "--output", home / "load.csv")

        assert (home / "load.csv.request").read_text() == "request-1"

    def test_run_again_after_a_crash_costs_nothing_more(self, market, signed_in, run, home):
        """The answer was paid for and lost; its request id was kept."""
        signed_in(market.forecast_lab)
        agreement = market.agreements.executed(max_rows=ROWS)
        (home / "load.csv.request").write_text("request-1")
        path = f"/agreements/{agreement.id}/file"
        market.api(market.forecast_lab).get(path, key="request-1", format="csv")

        run(pull, agreement.id, "--output", home / "load.csv")

        assert market.deliveries.meter(agreement.id).delivered_rows == ROWS
        assert not (home / "load.csv.request").exists()


class TestDatasetUpload:
    @pytest.fixture
    def path(self, tmp_path, monkeypatch):
        monkeypatch.setattr(datasets, "PARTS_FROM_BYTES", 1)
        path = tmp_path / "feeder-7.csv"
        path.write_bytes(load_curve(48))
        return path

    def test_names_the_revision_and_draws_no_bar_where_nobody_watches(
        self, market, signed_in, run, path, reading
    ):
        signed_in(market.grid_co)

        result = run(dataset, "upload", path)

        assert "revision 1 with 48 rows" in result.stdout
        assert result.stderr == ""

    def test_adds_a_revision_to_a_data_set(self, market, signed_in, run, path, reading):
        signed_in(market.grid_co)

        result = run(dataset, "upload", path, "--to", market.dataset_id, "--text-columns", "remark")

        assert f"{market.dataset_id}: revision 2" in result.stdout

    def test_that_is_under_way_is_listed_and_can_be_given_up(self, market, live, signed_in, run):
        signed_in(market.grid_co)
        asked = {"filename": "load.csv", "size_bytes": 4, "sha256": "0" * 64}
        upload_id = live(market.grid_co).connection.post("/api/v1/uploads", asked).json()["id"]

        assert run(dataset, "uploads").stdout == f"{upload_id}  receiving     0 %  load.csv\n"
        run(dataset, "cancel-upload", upload_id)
        assert run(dataset, "uploads").stdout == ""
