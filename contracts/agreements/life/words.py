"""States, steps and reasons in words, for pages."""

from typing import Any

from contracts.agreements.life.reading import Life
from contracts.agreements.life.standing import ENDED, LifeState
from exchange.core.i18n import gettext

#: The line of states on the way to the end.
_WAY = (LifeState.PENDING_SIGNATURES, LifeState.SIGNED, LifeState.FILED, LifeState.EFFECTIVE)
TONES = {
    LifeState.EFFECTIVE: "good",
    LifeState.COMPLETED: "good",
    LifeState.SUSPENDED: "bad",
    LifeState.TERMINATED: "bad",
    LifeState.PENDING_SIGNATURES: "warning",
    LifeState.SIGNED: "info",
    LifeState.FILED: "info",
}


def state_word(state: str) -> str:
    """A state in words."""
    return {
        "pending_signatures": gettext("Waiting for signatures"),
        "signed": gettext("Signed"),
        "filed": gettext("Filed"),
        "effective": gettext("In force"),
        "suspended": gettext("Suspended"),
        "completed": gettext("Completed"),
        "terminated": gettext("Ended early"),
        "expired": gettext("Expired"),
    }[state]


def step_word(step: str) -> str:
    """What somebody did, in words."""
    return {
        "abandon": gettext("Gave the agreement up"),
        "lapse": gettext("Not signed in time"),
        "notice": gettext("Gave notice"),
        "cure": gettext("Asked to cure a breach"),
        "breach": gettext("Ended it for breach"),
        "order": gettext("Ended it by order"),
        "proposal": gettext("Proposed an end"),
        "withdrawal": gettext("Asked to withdraw the notice"),
        "consent": gettext("Consented"),
        "take_back": gettext("Took back what was asked"),
        "handover": gettext("Declared the handover complete"),
        "accept": gettext("Accepted the handover"),
        "object": gettext("Objected to the handover"),
        "dispute": gettext("Raised a dispute"),
        "settle": gettext("Withdrew the dispute"),
        "destroyed": gettext("Confirmed the destruction"),
    }[step]


def role_word(role: str) -> str:
    """Who did it, in words."""
    return {
        "provider": gettext("Provider"),
        "buyer": gettext("Buyer"),
        "operator": gettext("Operator"),
        "regulator": gettext("Regulator"),
        "exchange": gettext("Exchange"),
    }[role]


def reason_words(life: Life) -> str:
    """Why it ends when it ends."""
    step = life.course.closed or life.course.ending
    if step is None:
        return gettext("at the end of its term")
    return f"{role_word(step.role)}: {step_word(step.step)}"


def way_of(life: Life) -> list[tuple[str, bool, str]]:
    """The line of states: name, whether it is reached, and a word about it."""
    course, state = life.course, life.state
    reached = {item: _is_reached(item, life) for item in _WAY}
    way = [(state_word(item), reached[item], "") for item in _WAY]
    if state == LifeState.SUSPENDED:
        way.append((state_word(state), True, ""))
    end = state if state in ENDED else LifeState.EXPIRED
    name = state_word(end) if state in ENDED else gettext("End")
    note = reason_words(life) if course.closed or course.ending or state in ENDED else ""
    return [*way, (name, state in ENDED, note)]


def _is_reached(item: LifeState, life: Life) -> bool:
    if item == LifeState.PENDING_SIGNATURES:
        return True
    if life.course.executed_at is None:
        return False
    if item == LifeState.SIGNED:
        return True
    if item == LifeState.FILED:
        return life.is_filed
    return life.is_filed and life.at >= life.course.starts_at


def effect_lines(effects: Any) -> list[tuple[str, str]]:
    """What the end does to money, data and access."""
    money = gettext(
        "The last statement is for %(period)s, with fixed fees as the price plan says; what is open stays due.",
        period=effects.last_period,
    )
    if effects.declarable_until:
        money += " " + gettext("Revenue can be declared up to %(period)s.", period=effects.declarable_until)
    data = gettext("The buyer destroys the data by %(day)s.", day=effects.destroy_by)
    if effects.confirmation:
        data += " " + gettext("It confirms that, signed with its key.")
    access = gettext(
        "From that instant every request is refused, a repeated one too, and what is being sent is cut off."
    )
    return [(gettext("Money"), money), (gettext("Data"), data), (gettext("Access"), access)]
