import json

import pytest

from exchange.client.cli import contract
from exchange.client.keys_cli import keys

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def kept(market, signed_in, run, home):
    """The contract and the trust anchor in files; no server is asked afterwards."""
    agreement = market.agreements.executed()
    signed_in(market.forecast_lab)
    run(contract, "get", agreement.id, "--out", home / "contract.json")
    run(keys, "authority", "--out", home / "trust")
    return home / "contract.json", home / "trust/trust.json"


def test_a_kept_contract_is_verified_without_the_server(market, kept, run):
    file, trust = kept

    result = run(contract, "verify", file, "--trust", trust)

    assert result.exit_code == 0
    assert market.forecast_lab.key.kid in result.output
    assert "(default)" in result.output


def test_a_changed_contract_ends_with_5(kept, run):
    file, trust = kept
    document = json.loads(file.read_text())
    document["jws"]["signatures"].reverse()
    document["jws"]["signatures"][0]["signature"] = document["jws"]["signatures"][1]["signature"]
    file.write_text(json.dumps(document))

    result = run(contract, "verify", file, "--trust", trust)

    assert (result.exit_code, "does not verify" in result.output) == (5, True)


@pytest.mark.parametrize("text", ["", "[]", '{"jws": 1}', "{"])
def test_what_is_no_contract_ends_with_5(kept, run, text):
    file, trust = kept
    file.write_text(text)

    assert run(contract, "verify", file, "--trust", trust).exit_code == 5
