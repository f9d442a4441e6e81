import pytest

from exchange.core.errors import Invalid
from exchange.trust import ALGORITHMS, suites
from exchange.trust.suites import SuiteNotMet, require_suite, satisfies


@pytest.mark.parametrize(
    ("suite", "algorithms", "enough"),
    [
        ("default", {"Ed25519"}, True),
        ("default", {"ES256"}, True),
        ("default", {"SM2-SM3"}, False),
        ("default", {"ML-DSA-65"}, False),
        ("default", set(), False),
        ("hybrid", {"ML-DSA-65-Ed25519"}, True),
        ("hybrid", {"Ed25519", "ML-DSA-65"}, True),
        ("hybrid", {"ML-DSA-65"}, False),
        ("hybrid", {"Ed25519"}, False),
        ("hybrid", {"ES256", "SM2-SM3"}, False),
        ("sm", {"SM2-SM3"}, True),
        ("sm", {"SM2-SM3", "ES256"}, True),
        ("sm", {"ES256"}, False),
    ],
)
def test_a_suite_says_which_signatures_are_enough(suite, algorithms, enough):
    assert satisfies(suite, algorithms) is enough


def test_what_is_not_enough_is_refused_with_what_would_be():
    with pytest.raises(SuiteNotMet, match="hybrid is not met by Ed25519") as refusal:
        require_suite("hybrid", {"Ed25519"})

    assert "ML-DSA-65-Ed25519" in refusal.value.remedy


@pytest.mark.parametrize("ask", [satisfies, require_suite])
def test_an_unknown_suite_is_refused(ask):
    with pytest.raises(Invalid, match="no signature suite 'quantum'") as refusal:
        ask("quantum", {"Ed25519"})

    assert (refusal.value.field, "hybrid" in refusal.value.remedy) == ("required_suite", True)


def test_every_suite_can_be_met_with_one_key_of_its_preferred_algorithm():
    assert all(satisfies(name, {suites.PREFERRED[name]}) for name in suites.SUITES)
    assert set(suites.PREFERRED.values()) <= ALGORITHMS.keys()


def test_every_algorithm_in_a_suite_is_in_the_registry():
    named = {name for options in suites.SUITES.values() for option in options for name in option}

    assert named <= ALGORITHMS.keys()
