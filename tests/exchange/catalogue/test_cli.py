"""A provider's and an operator's terminal, against the real exchange."""

import json

import pytest
import yaml
from click.testing import CliRunner

from exchange.catalogue.cli import listing
from exchange.catalogue.search.cli import search
from exchange.client.profile import Profile, save_profile
from exchange.datasets import service as datasets
from exchange.participants.cli import people
from tests.exchange.client.conftest import live  # noqa: F401 - a fixture
from tests.factories import hosted as product
from tests.factories.catalogue import PER_ROW, PURPOSE, SCENARIO
from tests.factories.datasets import load_curve, taken_in
from tests.factories.participants import PASSWORD

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def run(market, live, tmp_path, monkeypatch):  # noqa: F811 - the fixture
    """Give a command as somebody; what it prints, or its result when it fails."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def invoke(member, command, *arguments, exit_code=0):
        save_profile(Profile(live.url, member.token))
        result = CliRunner().invoke(command, [str(item) for item in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return result.output

    return invoke


@pytest.fixture
def file(market, run, tmp_path):
    """A listing file with everything written that `init` leaves open."""
    path = tmp_path / "listing.yaml"
    run(market.grid_co, listing, "init", market.dataset_id, "--out", path)
    write(
        path,
        title_zh="负荷曲线",
        title_en="Load curve",
        scenarios=[SCENARIO],
        source_statement="Measured by our own meters",
        usage_policy={"purposes": [PURPOSE]},
        compliance={"commitment": True},
        price_plans=[{"code": "standard", "plan": PER_ROW}],
    )
    return path


def write(path, **members):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["offer"] |= members
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_a_file_becomes_a_listing_on_offer(market, run, file):
    assert "nothing to mend" in run(market.grid_co, listing, "lint", file)
    told = run(market.grid_co, listing, "publish", file, "--submit", "--note", "first")
    listing_id = yaml.safe_load(file.read_text(encoding="utf-8"))["listing"]
    assert told.strip() == f"{listing_id} version 1: org_review"

    steps = json.loads(run(market.grid_approver, listing, "review", listing_id, 1))
    assert (steps["steps"][0]["reason"], "state_secrets" in steps["checklist"]) == ("first", True)
    passing = ("--reason", "complete", "--tick-all")
    approved = run(
        market.grid_approver, listing, "review", listing_id, 1, "--decision", "approved", *passing
    )
    assert approved.strip() == "platform_review"
    assert f"{listing_id}  v1  platform_review  due" in run(market.operator, listing, "versions")
    run(market.operator, listing, "review", listing_id, 1, "--decision", "listed", *passing)

    assert json.loads(run(market.forecast_lab, listing, "show", listing_id))["state"] == "listed"
    assert f"{listing_id}  v1  listed" in run(market.grid_co, listing, "versions", "--state", "listed")
    assert listing_id in run(market.forecast_lab, search, "--facet", "sector=power")
    assert json.loads(run(market.forecast_lab, listing, "prices", listing_id))[0]["version"] == 1


def test_publishing_an_unchanged_file_makes_nothing_new(market, run, file):
    first, second = (run(market.grid_co, listing, "publish", file) for _ in range(2))

    assert first == second


def test_publishing_after_an_edit_or_a_new_revision_makes_the_next_version(market, run, file):
    run(market.grid_co, listing, "publish", file)
    write(file, title_en="Load curve of a feeder")
    assert "version 2: draft" in run(market.grid_co, listing, "publish", file)
    write(file, title_en="Load curve")
    assert "version 3: draft" in run(market.grid_co, listing, "publish", file)
    market.do(
        datasets.add_revision,
        actor=market.grid_co.actor,
        dataset_id=market.dataset_id,
        source_name="load.csv",
        ingested=taken_in(market.context.storage, load_curve(shift=1)),
    )
    assert "version 4: draft" in run(market.grid_co, listing, "publish", file)


def test_the_remarks_of_a_file_stay_when_it_is_published(market, run, file):
    text = file.read_text(encoding="utf-8")
    file.write_text(f"# our own remark\n{text}", encoding="utf-8")

    run(market.grid_co, listing, "publish", file)

    assert file.read_text(encoding="utf-8").startswith("# our own remark\n")


def test_lint_names_every_fault_and_exits_2(market, run, file):
    write(file, sector="weather", scenarios=[])

    told = run(market.grid_co, listing, "lint", file, exit_code=2)
    assert "sector: 'weather' is no code of the table sectors. Use a code" in told
    assert "scenarios: " in told
    as_json = run(market.grid_co, listing, "lint", file, "--json", exit_code=2)
    assert {item["field"] for item in json.loads(as_json)} == {"sector", "scenarios"}


def test_publishing_a_file_with_faults_sends_nothing(market, run, file):
    write(file, sector="weather")

    assert "sector: " in run(market.grid_co, listing, "publish", file, exit_code=2)
    assert len(run(market.grid_co, listing, "versions").splitlines()) == 1


def test_what_only_the_server_knows_is_told_by_member_too(market, run, file):
    write(file, source={"parents": ["lst_nowhere"]})

    assert "nothing to mend" in run(market.grid_co, listing, "lint", file)
    assert "source.parents.0: " in run(market.grid_co, listing, "publish", file, exit_code=2)


def test_init_does_not_write_over_a_file(market, run, file):
    told = run(market.grid_co, listing, "init", market.dataset_id, "--out", file, exit_code=2)

    assert "--force" in told


def test_a_supplement_is_asked_for_and_answered(market, run):
    version = market.approved(market.edited())
    place = (market.listing_id, version.number)
    asked = ("--decision", "supplement", "--reason", "incomplete", "--missing", "the consent form")

    assert run(market.operator, listing, "review", *place, *asked).strip() == "supplement"
    steps = json.loads(run(market.grid_co, listing, "review", *place))["steps"]
    assert steps[-1]["missing"] == ["the consent form"]
    again = run(market.grid_co, listing, "submit", *place, "--note", "brought")
    assert again.strip() == "org_review"
    assert run(market.grid_co, listing, "withdraw", *place, "--reason", "later").strip() == "withdrawn"


def test_a_decision_needs_a_reason(market, run):
    told = run(
        market.operator, listing, "review", market.listing_id, 1, "--decision", "rejected", exit_code=2
    )

    assert "--reason" in told


def test_a_listing_is_stopped_from_the_terminal(market, run):
    stop = (market.listing_id, "--effect", "stop_deliveries", "--reason", "a complaint")

    assert run(market.operator, listing, "suspend", *stop).strip() == "suspended"
    resumed = run(market.operator, listing, "resume", market.listing_id, "--reason", "unfounded")
    assert resumed.strip() == "listed"
    assert run(market.grid_co, listing, "delist", *stop).strip() == "delisted"


def test_people_are_added_and_listed(market, run):
    added = ("--name", "Ai", "--login", "ai@example.com", "--duty", "editor", "--password", PASSWORD)
    run(market.grid_co, people, "add", *added)

    assert "ai@example.com  editor" in run(market.grid_co, people, "list")


class TestAHostedProduct:
    @pytest.fixture
    def file(self, market, run, tmp_path):
        """A listing file of a described API with everything written that `init` leaves open."""
        path = tmp_path / "credit.yaml"
        run(market.grid_co, listing, "init", "--hosted", product.described(market).hosted_id, "--out", path)
        words = product.hosted_offer()
        names = ("title_zh", "title_en", "scenarios", "source_statement", "usage_policy", "compliance")
        write(path, price_plans=words["price_plans"], **{name: words[name] for name in names})
        return path

    def test_its_file_knows_the_columns_and_the_way_of_delivery(self, market, run, file):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))

        assert document["hosted"].startswith("hst_")
        assert "dataset" not in document
        assert [item["name"] for item in document["offer"]["dictionary"]] == [
            "uscc",
            "score",
            "arrears_days",
        ]
        assert (document["offer"]["product_kind"], document["offer"]["delivery_modes"]) == (
            "api",
            ["proxy"],
        )

    def test_becomes_a_listing_on_offer(self, market, run, file):
        assert "nothing to mend" in run(market.grid_co, listing, "lint", file)
        run(market.grid_co, listing, "publish", file)
        product.connection_tested(market)
        told = run(market.grid_co, listing, "publish", file, "--submit")
        listing_id = yaml.safe_load(file.read_text(encoding="utf-8"))["listing"]

        assert told.strip() == f"{listing_id} version 1: org_review"
        passing = ("--reason", "complete", "--tick-all")
        run(market.grid_approver, listing, "review", listing_id, 1, "--decision", "approved", *passing)
        run(market.operator, listing, "review", listing_id, 1, "--decision", "listed", *passing)
        shown = json.loads(run(market.forecast_lab, listing, "show", listing_id))
        assert (shown["state"], shown["hosted_id"][:4], shown["dataset_id"]) == ("listed", "hst_", None)

    def test_that_nobody_tested_is_not_submitted(self, market, run, file):
        told = run(market.grid_co, listing, "publish", file, "--submit", exit_code=2)

        assert "wdx hosted test hst_" in told

    def test_an_unchanged_file_makes_nothing_new_and_a_new_description_the_next_version(
        self, market, run, file
    ):
        first, second = (run(market.grid_co, listing, "publish", file) for _ in range(2))
        hosted_id = yaml.safe_load(file.read_text(encoding="utf-8"))["hosted"]
        product.described_anew(market, hosted_id, timeout_ms=900)

        assert first == second
        assert "version 2: draft" in run(market.grid_co, listing, "publish", file)

    @pytest.mark.parametrize("arguments", [(), ("dts_1", "--hosted", "hst_1")])
    def test_init_takes_one_source(self, market, run, arguments):
        told = run(market.grid_co, listing, "init", *arguments, exit_code=2)

        assert "not both" in told
