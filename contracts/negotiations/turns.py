"""Whose turn it is: every step of a negotiation as data, and what the Dataspace Protocol calls its states."""

from enum import StrEnum

PROVIDER = "provider"
BUYER = "buyer"
EXCHANGE = "exchange"


class NegotiationState(StrEnum):
    """Whose turn it is, or how it ended."""

    REQUESTED = "requested"
    OFFERED = "offered"
    COUNTERED = "countered"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_STATE = NegotiationState
#: Not ended yet; who is to act does so before `expires_at`.
OPEN = (_STATE.REQUESTED, _STATE.OFFERED, _STATE.COUNTERED)
#: (state, step, who takes it) -> the state after it; whatever does not stand here is refused.
TURNS: dict[tuple[str, str, str], NegotiationState] = {
    (_STATE.REQUESTED, "offer", PROVIDER): _STATE.OFFERED,
    (_STATE.COUNTERED, "offer", PROVIDER): _STATE.OFFERED,
    (_STATE.OFFERED, "counter_offer", BUYER): _STATE.COUNTERED,
    (_STATE.OFFERED, "acceptance", BUYER): _STATE.AGREED,
    (_STATE.COUNTERED, "acceptance", PROVIDER): _STATE.AGREED,
    **{(state, "end", PROVIDER): _STATE.DECLINED for state in OPEN},
    **{(state, "end", BUYER): _STATE.WITHDRAWN for state in OPEN},
    **{(state, "expiry", EXCHANGE): _STATE.EXPIRED for state in OPEN},
}
#: Rounds that hold a draft.
PROPOSALS = ("request", "offer", "counter_offer")
#: Our state -> the one of a ContractNegotiation, for the binding of that protocol.
DATASPACE_STATES = {
    _STATE.REQUESTED: "REQUESTED",
    _STATE.COUNTERED: "REQUESTED",
    _STATE.OFFERED: "OFFERED",
    _STATE.AGREED: "AGREED",
    _STATE.DECLINED: "TERMINATED",
    _STATE.WITHDRAWN: "TERMINATED",
    _STATE.EXPIRED: "TERMINATED",
}


def states_of(step: str, role: str) -> list[str]:
    """The states in which this role may take this step."""
    return [state for state, taken, by in TURNS if (taken, by) == (step, role)]


def roles_of(state: str, step: str) -> list[str]:
    """Who may take this step in this state."""
    return [by for found, taken, by in TURNS if (found, taken) == (state, step)]
