import json
import stat
import subprocess

import pytest

from exchange.client.keys import ChallengeForeign, enrolment_of, key_folder
from exchange.client.keys_cli import keys
from exchange.core.errors import DomainError, Invalid
from exchange.trust import ALGORITHMS, PassphraseWrong, PrivateKey, PublicKey

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
PASSPHRASE = "four unrelated words"


@pytest.fixture
def passphrase(home):
    path = home / "passphrase"
    path.write_text(f"{PASSPHRASE}\n")
    return path


@pytest.fixture
def rival(market, signed_in):
    signed_in(market.rival)
    return market.rival


@pytest.fixture
def created(run, passphrase, rival):
    def create(*options):
        return run(keys, "create", "--passphrase-file", passphrase, *options).output.strip()

    return create


class TestCreate:
    @pytest.mark.parametrize("algorithm", list(ALGORITHMS))
    def test_makes_a_locked_key_here_and_enrols_its_public_half(self, market, created, algorithm):
        kid = created("--algorithm", algorithm)

        (path,) = key_folder().iterdir()
        assert (path.name, stat.S_IMODE(path.stat().st_mode)) == (f"{kid}.pem", 0o600)
        assert PrivateKey.load(path, PASSPHRASE).algorithm == algorithm
        shown = market.api(market.grid_co).get(f"/signing-keys/{kid}").json
        assert (shown["state"], shown["algorithm"]) == ("active", algorithm)

    def test_asks_for_a_passphrase_twice(self, run, rival):
        result = run(keys, "create", input=f"{PASSPHRASE}\n{PASSPHRASE}\n")

        kid = result.stdout.strip()
        assert PrivateKey.load(key_folder() / f"{kid}.pem", PASSPHRASE).kid == kid

    def test_leaves_the_file_unlocked_only_when_told(self, run, rival, home):
        run(keys, "create", "--no-passphrase", "--key", home / "own.pem")

        assert PrivateKey.load(home / "own.pem").algorithm == "Ed25519"

    def test_with_a_short_passphrase_makes_nothing(self, run, rival, home, passphrase):
        passphrase.write_text("short")

        with pytest.raises(Invalid, match="at least 12"):
            run(keys, "create", "--passphrase-file", passphrase, "--key", home / "own.pem")

        assert not (home / "own.pem").exists()

    def test_repeated_after_a_lost_answer_enrols_the_same_key(self, created, home):
        first = created("--key", home / "own.pem")

        assert created("--key", home / "own.pem") == first

    def test_over_a_file_with_another_passphrase_is_refused(self, created, home, run, passphrase):
        created("--key", home / "own.pem")
        passphrase.write_text("four other words here")

        with pytest.raises(PassphraseWrong):
            run(keys, "create", "--passphrase-file", passphrase, "--key", home / "own.pem")


class TestRotate:
    def test_puts_a_new_key_in_the_old_ones_place(self, market, created, run, passphrase):
        old = created()

        new = run(
            keys, "rotate", old, "--old-passphrase-file", passphrase, "--passphrase-file", passphrase
        ).output.strip()

        states = {item["kid"]: item["state"] for item in market.api(market.rival).get("/signing-keys").json}
        assert (states[old], states[new]) == ("replaced", "active")

    def test_with_the_file_of_another_key_is_wrong_use(self, created, run, home, passphrase):
        kid = created()
        PrivateKey.generate().save(home / "other.pem")

        result = run(keys, "rotate", kid, "--old", home / "other.pem", "--passphrase-file", passphrase)

        assert (result.exit_code, "the file holds the key" in result.output) == (2, True)


class TestRevoke:
    def test_ends_the_key_after_a_yes(self, created, run):
        kid = created()

        result = run(keys, "revoke", kid, "--reason", "key-compromise", "--note", "stolen", input="y\n")

        assert result.output.strip().endswith("revoked")
        assert f"{kid}  Ed25519            revoked" in run(keys, "list").output

    def test_of_a_key_whose_id_looks_like_an_option_is_taken_as_an_id(self, created, run):
        with pytest.raises(DomainError, match="-yes-this-is-an-id"):
            run(keys, "revoke", "-yes-this-is-an-id", "--reason", "superseded", "--yes")

    def test_without_a_yes_changes_nothing(self, created, run):
        kid = created()

        assert run(keys, "revoke", kid, "--reason", "superseded", input="n\n").exit_code == 1
        assert f"{kid}  Ed25519            active" in run(keys, "list").output


class TestShow:
    def test_keeps_the_certificate(self, created, run, home):
        kid = created("--algorithm", "ES256")

        shown = json.loads(run(keys, "show", kid, "--x509", home / "key.pem").output)

        assert (home / "key.pem").read_text() == shown["x509"]

    def test_of_a_key_that_x509_cannot_hold_says_so(self, created, run, home):
        kid = created("--algorithm", "SM2-SM3")

        result = run(keys, "show", kid, "--x509", home / "key.pem")

        assert (result.exit_code, "X.509 cannot hold a key of SM2-SM3" in result.output) == (2, True)


def test_renewing_early_keeps_the_certificate(created, run, market):
    kid = created()

    result = run(keys, "renew", kid)

    assert result.output.startswith("until 2029-")


def test_the_algorithms_are_listed_for_both_sides(run, rival):
    lines = run(keys, "algorithms").output.splitlines()

    assert len(lines) == len(ALGORITHMS)
    assert all("here: yes; server: yes" in line for line in lines)


def test_the_authority_is_kept_in_files_that_openssl_takes(market, live, run, home, rival):
    run(keys, "authority", "--server", live.url, "--out", home / "trust")

    certificate = market.api(market.rival).get(f"/signing-keys/{market.rival.key.kid}").json["x509"]
    (home / "key.pem").write_text(certificate)
    command = ["openssl", "verify", "-attime", str(int(market.now.timestamp()) + 60), "-crl_check"]
    command += ["-CAfile", home / "trust/ca.pem", "-CRLfile", home / "trust/crl.pem", home / "key.pem"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    trust = json.loads((home / "trust/trust.json").read_text())
    assert {PublicKey.from_jwk(item).algorithm for item in trust["exchange"]} == {
        "Ed25519",
        "ML-DSA-65-Ed25519",
        "SM2-SM3",
    }


@pytest.mark.parametrize("changed", ["organisation_id", "person_id", "kid", "replaces"])
def test_nothing_is_signed_for_anybody_else(market, live, changed):
    """A dishonest exchange would have me enrol its key, or mine for another."""
    key, exchange = PrivateKey.generate(), live(market.rival)
    asked = {"public_jwk": dict(key.public.jwk), "replaces": None}
    challenge = exchange._post("/signing-keys/challenges", asked) | {changed: "other"}

    with pytest.raises(ChallengeForeign, match=changed):
        enrolment_of(key, challenge, me=exchange.me())


def test_the_sdk_replaces_and_revokes_keys(market, live):
    exchange, new = live(market.rival), PrivateKey.generate("ES256")

    exchange.enrol_key(new, replaces=market.rival.key)
    exchange.revoke_key(market.rival.key.kid, "superseded")

    states = {item["kid"]: item["state"] for item in exchange.signing_keys()}
    assert states == {new.kid: "active", market.rival.key.kid: "revoked"}
