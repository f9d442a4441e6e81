"""The course of an agreement: what people did with it, and what that makes of it; pure, for page and replay.

The service asks `after` before it writes a step, and the offline verifier asks the same function of every step
that the log tells: so a step that was not possible is refused here and found there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.agreements.life.errors import EndNotPermitted, StepNotPossible
from contracts.terms import Terms
from exchange.core.clock import from_millis

PROVIDER, BUYER = "provider", "buyer"
PARTIES = (PROVIDER, BUYER)
AUTHORITIES = ("regulator", "operator")
#: Who may take each step.
STEPS: dict[str, tuple[str, ...]] = {
    "abandon": PARTIES,
    "lapse": ("exchange",),
    "notice": PARTIES,
    "cure": PARTIES,
    "breach": PARTIES,
    "proposal": PARTIES,
    "withdrawal": PARTIES,
    "consent": PARTIES,
    "take_back": PARTIES,
    "order": AUTHORITIES,
    "handover": (PROVIDER,),
    "accept": (BUYER,),
    "object": (BUYER,),
    "dispute": PARTIES,
    "settle": PARTIES,
    "destroyed": (BUYER,),
}
#: Steps that name the end of the agreement.
ENDINGS = ("notice", "breach", "proposal", "order")


@dataclass(frozen=True)
class Step:
    """Something that somebody did."""

    number: int
    step: str
    role: str
    content: dict[str, Any]
    at: datetime

    @property
    def ends_at(self) -> datetime:
        return from_millis(self.content["ends_at"])


@dataclass(frozen=True)
class Course:
    """An agreement and everything that was done with it so far."""

    terms: Terms
    executed_at: datetime | None
    steps: tuple[Step, ...] = ()
    #: Steps that end the agreement early and count, by number.
    endings: dict[int, Step] = field(default_factory=dict)
    #: Asked of the other party and not answered yet.
    asked: Step | None = None
    #: How an agreement that was never signed came to nothing.
    closed: Step | None = None
    #: Handovers declared so far, the last one first answered by what follows.
    handovers: int = 0
    handover: Step | None = None
    accepted: Step | None = None
    objected: Step | None = None
    dispute: Step | None = None
    destroyed: Step | None = None

    @property
    def ending(self) -> Step | None:
        """The step that ends the agreement; None when its term does."""
        return min(self.endings.values(), key=lambda step: (step.ends_at, step.number), default=None)

    @property
    def ends_at(self) -> datetime:
        """Until when it is in force, as things stand."""
        ending = self.ending
        return self.terms.valid_until if ending is None else min(self.terms.valid_until, ending.ends_at)

    @property
    def starts_at(self) -> datetime:
        """When data may flow first: never before the last signature."""
        return max(self.executed_at or self.terms.valid_from, self.terms.valid_from)

    def is_accepted(self, at: datetime) -> bool:
        """Whether the buyer accepted the handover; silence counts only where the terms say so."""
        if self.accepted is not None:
            return self.accepted.at <= at
        acceptance = self.terms.document["acceptance"]
        if self.handover is None or self.objected is not None or not acceptance["silent"]:
            return False
        return at >= self.handover.at + timedelta(days=acceptance["days"])


def course_of(terms: Terms, executed_at: datetime | None, steps: Iterable[Step]) -> Course:
    """The course after steps that were taken."""
    course = Course(terms, executed_at)
    for step in steps:
        course = _RULES[step.step](course, step)
    return course


def after(course: Course, step: Step) -> Course:
    """The course with one more step.

    Raises:
        StepNotPossible: the step cannot be taken by this role, or not as the agreement stands.
        EndNotPermitted: it cannot end at this instant in this way.
    """
    if step.role not in STEPS.get(step.step, ()):
        raise StepNotPossible(f"the {step.role} cannot take the step {step.step}")
    if course.closed is not None:
        raise StepNotPossible("the agreement was given up before it was signed")
    _WHEN[step.step](course, step)
    _CHECKS.get(step.step, _nothing)(course, step)
    return _RULES[step.step](course, step)


def _nothing(course: Course, step: Step) -> None:
    """Some steps need no more than the right moment."""


def _unsigned(course: Course, _step: Step) -> None:
    if course.executed_at is not None:
        raise StepNotPossible(
            "the agreement is signed by everybody", remedy="End it by notice, or by consent."
        )


def _running(course: Course, step: Step) -> None:
    _signed(course, step)
    if step.at >= course.ends_at:
        raise StepNotPossible(f"the agreement has ended at {course.ends_at:%Y-%m-%d %H:%M} UTC")


def _signed(course: Course, _step: Step) -> None:
    if course.executed_at is None:
        raise StepNotPossible("the agreement is not signed by everybody yet", remedy="It can be abandoned.")


def _ended(course: Course, step: Step) -> None:
    _signed(course, step)
    if step.at < course.ends_at:
        raise StepNotPossible(
            f"the agreement is in force until {course.ends_at:%Y-%m-%d %H:%M} UTC",
            remedy="Confirm the destruction when it has ended.",
        )


_WHEN = {
    **dict.fromkeys(STEPS, _running),
    **dict.fromkeys(("abandon", "lapse"), _unsigned),
    **dict.fromkeys(("accept", "object", "handover", "dispute", "settle"), _signed),
    "destroyed": _ended,
}


def _check_end(course: Course, step: Step, earliest: datetime, why: str) -> None:
    if step.ends_at < earliest:
        raise EndNotPermitted(
            f"it can end at {earliest:%Y-%m-%d %H:%M:%S} UTC at the earliest: {why}",
            field="ends_at",
            remedy="Name a later end, or leave it out for the earliest one.",
        )
    if step.ends_at >= course.ends_at:
        raise EndNotPermitted(f"it ends at {course.ends_at:%Y-%m-%d %H:%M} UTC already", field="ends_at")


def earliest_end(course: Course, step: str, at: datetime) -> datetime:
    """When a step of this kind can end the agreement at the earliest."""
    if step == "notice":
        return at + timedelta(days=course.terms.document["change"]["notice_days"])
    return at


def _check_notice(course: Course, step: Step) -> None:
    days = course.terms.document["change"]["notice_days"]
    _check_end(course, step, earliest_end(course, "notice", step.at), f"notice is {days} days")


def _check_breach(course: Course, step: Step) -> None:
    days = course.terms.document["change"]["cure_days"]
    demands = [item for item in course.steps if item.step == "cure" and item.role == step.role]
    if not demands or step.at < demands[0].at + timedelta(days=days):
        raise EndNotPermitted(
            f"the other party has {days} days to cure a breach after it was asked to",
            field="step",
            remedy="Demand the cure first, or give notice of the agreed length.",
        )
    _check_end(course, step, step.at, "an end lies ahead")


def _check_proposal(course: Course, step: Step) -> None:
    _none_asked(course)
    _check_end(course, step, step.at, "an end lies ahead")


def _check_withdrawal(course: Course, step: Step) -> None:
    _none_asked(course)
    given = course.endings.get(step.content["withdraws"])
    if given is None or given.role != step.role:
        raise StepNotPossible("there is no such notice of yours", field="withdraws")


def _none_asked(course: Course) -> None:
    if course.asked is not None:
        raise StepNotPossible(
            f"step {course.asked.number} waits for an answer", remedy="Consent to it, or take it back."
        )


def _check_consent(course: Course, step: Step) -> None:
    asked = _answered(course, step)
    if asked.role == step.role:
        raise StepNotPossible("the other party consents")
    if asked.step == "proposal":
        _check_end(course, replace(step, content=asked.content), step.at, "the proposed end has passed")


def _answered(course: Course, step: Step) -> Step:
    if course.asked is None or course.asked.number != step.content["answers"]:
        raise StepNotPossible("nothing with this number waits for an answer", field="answers")
    return course.asked


def _check_take_back(course: Course, step: Step) -> None:
    _answered(course, step)


def _check_order(course: Course, step: Step) -> None:
    _check_end(course, step, step.at, "an end lies ahead")


def _check_lapse(_course: Course, step: Step) -> None:
    if step.at < from_millis(step.content["until"]):
        raise StepNotPossible("the time to sign has not passed")


def _check_handover(course: Course, step: Step) -> None:
    most = course.terms.document["acceptance"]["redeliveries"] + 1
    if course.accepted is not None or (course.handover is not None and course.objected is None):
        raise StepNotPossible("the handover is declared; the buyer has it now")
    if course.handovers >= most:
        raise StepNotPossible(f"the terms let the data be handed over {most} times")
    _require_complete(course.terms, step.content)


def _require_complete(terms: Terms, used: dict[str, Any]) -> None:
    completion = terms.document["delivery"]["completion"]
    if completion == "first_delivery" and used["deliveries"] < 1:
        raise StepNotPossible("the handover is complete with the first delivery, and nothing is delivered")
    rows = terms.document["subject"]["rows"]
    if completion == "all_rows" and used["rows"] < rows:
        raise StepNotPossible(
            f"the handover is complete with all {rows} rows; {used['rows']} are delivered"
        )


def _check_accept(course: Course, step: Step) -> None:
    if course.handover is None or course.objected is not None or course.is_accepted(step.at):
        raise StepNotPossible("no handover waits for the buyer's answer")


def _check_object(course: Course, step: Step) -> None:
    _check_accept(course, step)
    days = course.terms.document["acceptance"]["days"]
    if course.handover is not None and step.at >= course.handover.at + timedelta(days=days):
        raise StepNotPossible(f"the {days} days to object have passed")


def _check_dispute(course: Course, _step: Step) -> None:
    if course.dispute is not None:
        raise StepNotPossible("a dispute is raised already")


def _check_settle(course: Course, step: Step) -> None:
    if course.dispute is None or course.dispute.role != step.role:
        raise StepNotPossible("there is no dispute that you raised")


def _check_destroyed(course: Course, step: Step) -> None:
    if course.destroyed is not None:
        raise StepNotPossible("the destruction is confirmed already")
    if from_millis(step.content["destroyed_at"]) > step.at:
        raise StepNotPossible("the data are to be destroyed in the future", field="destroyed_at")


_CHECKS = {
    "notice": _check_notice,
    "breach": _check_breach,
    "proposal": _check_proposal,
    "withdrawal": _check_withdrawal,
    "consent": _check_consent,
    "take_back": _check_take_back,
    "order": _check_order,
    "lapse": _check_lapse,
    "handover": _check_handover,
    "accept": _check_accept,
    "object": _check_object,
    "dispute": _check_dispute,
    "settle": _check_settle,
    "destroyed": _check_destroyed,
}


def _noted(course: Course, step: Step, **changes: Any) -> Course:
    return replace(course, steps=(*course.steps, step), **changes)


def _consented(course: Course, step: Step) -> Course:
    asked, endings = course.asked, dict(course.endings)
    if asked is not None and asked.step == "proposal":
        endings[asked.number] = asked
    elif asked is not None:
        endings.pop(asked.content["withdraws"], None)
    return _noted(course, step, endings=endings, asked=None)


def _ends(course: Course, step: Step) -> Course:
    return _noted(course, step, endings={**course.endings, step.number: step})


def _closed(course: Course, step: Step) -> Course:
    return _noted(course, step, closed=step)


def _asked(course: Course, step: Step) -> Course:
    return _noted(course, step, asked=step)


def _taken_back(course: Course, step: Step) -> Course:
    return _noted(course, step, asked=None)


def _handed_over(course: Course, step: Step) -> Course:
    return _noted(course, step, handover=step, objected=None, handovers=course.handovers + 1)


def _accepted(course: Course, step: Step) -> Course:
    return _noted(course, step, accepted=step)


def _objected(course: Course, step: Step) -> Course:
    return _noted(course, step, objected=step)


def _disputed(course: Course, step: Step) -> Course:
    return _noted(course, step, dispute=step)


def _settled(course: Course, step: Step) -> Course:
    return _noted(course, step, dispute=None)


def _destroyed(course: Course, step: Step) -> Course:
    return _noted(course, step, destroyed=step)


_RULES: dict[str, Callable[[Course, Step], Course]] = {
    "abandon": _closed,
    "lapse": _closed,
    "notice": _ends,
    "breach": _ends,
    "order": _ends,
    "cure": _noted,
    "proposal": _asked,
    "withdrawal": _asked,
    "consent": _consented,
    "take_back": _taken_back,
    "handover": _handed_over,
    "accept": _accepted,
    "object": _objected,
    "dispute": _disputed,
    "settle": _settled,
    "destroyed": _destroyed,
}
