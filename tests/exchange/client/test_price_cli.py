"""Prices from a person's own files: no server is asked, and every refusal names the place."""

import json

import pytest
from click.testing import CliRunner

from exchange.client.price_cli import price
from exchange.client.price_files import FileUnreadable
from exchange.client.profile import Profile, save_profile
from exchange.core.errors import NotAuthenticated
from exchange.pricing.simulation import SimulationInvalid

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

PLAN = """\
model: per_hit
tiers:
  mode: graduated
  steps:
    - {up_to: 10, unit_price_micro: 500000}
    - {up_to: null, unit_price_micro: 300000}
cap_micro: 9000000
"""
USAGE = "month,calls,hits\n2026-09,30,12\n2026-10,90,80\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A configuration folder of the test's own, and a terminal in English."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


@pytest.fixture
def file(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def run():
    def invoke(*arguments):
        result = CliRunner().invoke(price, [str(item) for item in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


class TestShow:
    def test_says_the_plan_in_words(self, file, run):
        output = run("show", file("plan.yaml", PLAN)).output

        assert output.startswith("¥0.30–0.50 a hit in 2 graduated tiers, at most ¥9.00 a month\n")
        assert "Above 10 hits" in output


class TestSimulate:
    def test_prints_every_line_with_its_tax(self, file, run):
        output = run(
            "simulate", file("p.yaml", PLAN), "--usage", file("u.csv", USAGE), "--tax-rate-bp", "600"
        ).output

        lines = [" ".join(line.split()) for line in output.splitlines()]
        assert "2026-09 Calls that found nothing, not charged 18 ¥0.00 ¥0.00" in lines
        assert "2026-09 Hits, tier 2 2 ¥0.30 ¥0.60" in lines
        assert "2026-10 Cut to the largest amount of the month – ¥9.00 -¥17.00" in lines
        assert "2026-10 Net ¥8.49, tax ¥0.51, gross ¥9.00" in lines
        assert lines[-1] == "Together Net ¥13.77, tax ¥0.83, gross ¥14.60"

    def test_takes_a_share_of_the_declared_revenue(self, file, run):
        plan = file("plan.yaml", "model: revenue_share\nshare_bp: 500\nminimum_micro: 1000000\n")
        usage = file("u.csv", "month,revenue_fen\n2026-08,1234567\n2026-10,0\n")
        lines = [
            " ".join(line.split()) for line in run("simulate", plan, "--usage", usage).output.splitlines()
        ]

        assert "2026-08 Share of the declared revenue ¥12,345.67 5 % ¥617.28" in lines
        assert "2026-09 Months without declared revenue 1 ¥0.00 ¥0.00" in lines
        assert "2026-10 Lifted to the least amount of the month – ¥1.00 ¥1.00" in lines

    def test_gives_the_same_as_json(self, file, run):
        plan = file("plan.json", json.dumps({"model": "per_call", "unit_price_micro": 10_000}))
        report = json.loads(
            run("simulate", plan, "--usage", file("u.csv", USAGE), "--tax-added", "--json").output
        )

        assert [period["gross_fen"] for period in report["periods"]] == [30, 90]
        assert report["net_fen"] == 120

    def test_of_an_agreement_needs_somebody_signed_in(self, run):
        with pytest.raises(NotAuthenticated):
            run("simulate", "--agreement", "agr_1", "--period", "2026-10")

    def test_takes_the_real_use_of_an_agreement(self, file, run, market, live):
        save_profile(Profile(live.url, market.forecast_lab.token))
        agreement = market.agreements.executed(days=60)
        market.deliveries.deliver(agreement.id, 30)
        per_call = file("plan.yaml", "model: per_call\nunit_price_micro: 1000000\n")

        by_call = run("simulate", per_call, "--agreement", agreement.id, "--period", "2026-11", "--json")
        as_signed = run("simulate", "--agreement", agreement.id, "--period", "2026-11", "--json")

        assert json.loads(by_call.output)["gross_fen"] == 100
        assert json.loads(as_signed.output)["gross_fen"] == 4  # 20 of 30 rows at 0.002 yuan

    @pytest.mark.parametrize(
        "options",
        [
            [],
            ["--usage", "u.csv", "--agreement", "agr_1"],
            ["--usage", "u.csv", "--period", "2026-10"],
            ["--agreement", "agr_1"],
            ["--agreement", "agr_1", "--period", "2026-10", "--starts-on", "2026-10-01"],
        ],
    )
    def test_with_options_that_do_not_belong_together_is_wrong_use(self, file, run, options):
        usage = file("u.csv", USAGE)
        options = [usage if item == "u.csv" else item for item in options]

        assert run("simulate", file("p.yaml", PLAN), *options).exit_code == 2


class TestCompare:
    def test_says_that_a_decrease_may_take_effect_at_once(self, file, run):
        cheaper = file("new.yaml", PLAN.replace("500000", "400000"))

        assert "take effect at once" in run("compare", file("old.yaml", PLAN), cheaper).output

    def test_says_why_and_when_an_increase_may_begin(self, file, run):
        dearer = file("new.yaml", PLAN.replace("9000000", "9010000"))
        output = run("compare", file("old.yaml", PLAN), dearer, "--notice-given-on", "2026-11-24").output

        assert "The largest amount of a month goes up" in output
        assert "2027-03-01" in output


def test_the_sdk_asks_the_exchange_about_a_change(market, live):
    old, new = ({"plan": {"model": "one_off", "fee_micro": fee}} for fee in (1, 2))

    verdict = live(market.grid_co).compare_prices(old, new, notice_given_on="2026-11-24")

    assert (verdict["direction"], verdict["earliest_increase"]) == ("increase", "2027-03-01")


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("plan.yaml", "model: per_row\nunit_price_micro: 0.5\n", "price_plan.unit_price_micro"),
            ("plan.yaml", "model: [", "plan.yaml: "),
            ("plan.json", "{", "plan.json: "),
            ("plan.yaml", "!!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
            ("plan.yaml", "", "price_plan"),
            ("plan.yaml", "#" * 100_001, "too large"),
            ("plan.json", "[" * 50_000, "plan.json: "),
        ],
    )
    def test_of_a_plan_names_the_file_and_the_member(self, file, run, name, text, said):
        with pytest.raises(FileUnreadable) as caught:
            run("show", file(name, text))

        assert said in caught.value.detail
        assert caught.value.remedy

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("month,hits\n2026-10,1.5\n", "line 2, column hits"),
            ("month,hits\n2026-10,-1\n", "line 2, column hits"),
            ("month,hits\n2026-10\n", "line 2, column hits"),
            ("month,hits\n2026-10,1,2\n", "line 2, column hits"),
            ("month,hits\n2026-10," + "9" * 50 + "\n", "line 2, column hits"),
            ("hits\n1\n", "when the use was"),
            ("month,day,hits\n2026-10,2026-10-01,1\n", "when the use was"),
            ("month,hits,hits\n2026-10,1,2\n", "when the use was"),
            ("", "when the use was"),
        ],
    )
    def test_of_use_names_line_and_column(self, file, run, text, said):
        with pytest.raises(FileUnreadable, match=said):
            run("simulate", file("p.yaml", PLAN), "--usage", file("u.csv", text))

    def test_of_a_file_in_another_encoding_says_so(self, tmp_path, file, run):
        usage = tmp_path / "u.csv"
        usage.write_bytes("month,hits\n2026-10,１\n".encode("gb18030"))

        with pytest.raises(FileUnreadable, match="utf-8"):
            run("simulate", file("p.yaml", PLAN), "--usage", usage)

    def test_of_use_that_does_not_tell_what_the_plan_counts(self, file, run):
        with pytest.raises(SimulationInvalid, match="counts hits"):
            run("simulate", file("p.yaml", PLAN), "--usage", file("u.csv", "month,calls\n2026-10,1\n"))
