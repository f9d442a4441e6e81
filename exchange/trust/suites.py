"""Which algorithms a contract may be signed with: a suite is named in the terms and holds for every signatory."""

from collections.abc import Collection, Mapping
from typing import Final

from exchange.core.errors import Invalid
from exchange.trust.algorithms import algorithm_named

DEFAULT: Final = "default"
#: Holds against a quantum computer, and still when one of the two algorithms should fall.
HYBRID: Final = "hybrid"
#: 国密
SM: Final = "sm"

#: Each suite with the sets of algorithms of which one must have signed as a whole.
SUITES: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    DEFAULT: (frozenset({"Ed25519"}), frozenset({"ES256"})),
    HYBRID: (frozenset({"ML-DSA-65-Ed25519"}), frozenset({"Ed25519", "ML-DSA-65"})),
    SM: (frozenset({"SM2-SM3"}),),
}
#: With which algorithm a signatory who has one key for a suite signs by default; the exchange is one.
PREFERRED: Final[Mapping[str, str]] = {
    DEFAULT: "Ed25519",
    HYBRID: "ML-DSA-65-Ed25519",
    SM: "SM2-SM3",
}


class SuiteNotMet(Invalid):
    """The signatures are not of the algorithms that the suite demands."""

    code = "suite-not-met"


def satisfies(suite: str, algorithms: Collection[str]) -> bool:
    """Whether one signatory's signatures, made with these algorithms, are enough for the suite.

    Raises:
        Invalid: there is no such suite.
    """
    return any(option <= frozenset(algorithms) for option in _options(suite))


def require_suite(suite: str, algorithms: Collection[str]) -> None:
    """Refuse what does not satisfy the suite.

    Raises:
        SuiteNotMet: says which algorithms would.
    """
    if not satisfies(suite, algorithms):
        raise SuiteNotMet(
            f"the suite {suite} is not met by {', '.join(sorted(algorithms)) or 'no signature'}",
            field="required_suite",
            remedy=f"Sign with a key of {' or '.join(algorithms_of(suite))}.",
        )


def require_computable(suite: str) -> None:
    """Refuse a suite that this machine cannot sign with.

    Raises:
        AlgorithmUnavailable: says what is missing.
    """
    _options(suite)
    algorithm_named(PREFERRED[suite]).require()


def algorithms_of(suite: str) -> tuple[str, ...]:
    """The algorithms each of which satisfies the suite alone."""
    return tuple(sorted(name for option in _options(suite) if len(option) == 1 for name in option))


def suites_of(algorithm: str) -> tuple[str, ...]:
    """The suites that one key of the algorithm satisfies."""
    return tuple(name for name in SUITES if satisfies(name, {algorithm}))


def _options(suite: str) -> tuple[frozenset[str], ...]:
    try:
        return SUITES[suite]
    except KeyError:
        raise Invalid(
            f"there is no signature suite {suite!r}",
            field="required_suite",
            remedy=f"Use one of {', '.join(SUITES)}.",
        ) from None
