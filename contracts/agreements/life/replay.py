"""How the offline verifier checks the life of agreements: every step by who may, when it may, and what it moves."""

from dataclasses import dataclass, field, replace

from contracts.agreements.life.course import AUTHORITIES, Course, Step, after
from contracts.agreements.life.destruction import check_destruction
from contracts.agreements.life.standing import destroy_by
from contracts.agreements.replay import AgreementFacts
from exchange.core.clock import from_millis, to_millis
from exchange.core.entries import LoggedEvent
from exchange.core.errors import Invalid
from exchange.core.events import EXCHANGE
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.keys.facts import KeyFacts
from exchange.participants.replay import PeopleFacts

RULES = ReplayRules()


@dataclass
class CourseFacts:
    """The course of every agreement with a step, as the log tells it, and the ends that are to be moved."""

    courses: dict[str, Course] = field(default_factory=dict)
    #: Agreement -> number of the step that moved its end, until the move itself is told.
    unmoved: dict[str, int] = field(default_factory=dict)


@RULES.on("agreement.step_taken")
def check_step(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(CourseFacts)
    agreement_id = payload["agreement_id"]
    course = _course(replay, agreement_id)
    at = from_millis(event.at_ms)
    step = Step(payload["number"], payload["step"], payload["role"], payload["content"], at)
    if step.number != len(course.steps) + 1:
        replay.finding(f"step {step.number} follows step {len(course.steps)}")
    _check_actor(replay, event, course, step)
    following = after(course, step)
    if step.step == "destroyed":
        buyer = course.terms.party("buyer").organisation_id
        key = replay.facts(KeyFacts).signing_key(step.content["kid"], buyer, at=event)
        check_destruction(course, step.content, key)
        replay.checked(N_("confirmations of destruction"))
    facts.courses[agreement_id] = following
    if to_millis(following.ends_at) != to_millis(course.ends_at):
        facts.unmoved[agreement_id] = step.number
    replay.checked(N_("steps in the life of agreements"))


@RULES.on("agreement.end_moved")
def check_end_moved(replay: Replay, event: LoggedEvent) -> None:
    """The end moves by a step and no otherwise, and to where that step moves it."""
    payload, facts = event.content, replay.facts(CourseFacts)
    agreement_id = payload["agreement_id"]
    if facts.unmoved.pop(agreement_id, None) != payload["number"]:
        replay.finding("the end of an agreement was moved by no step of its life")
    if payload["ends_at"] != to_millis(_course(replay, agreement_id).ends_at):
        replay.finding("the end of an agreement was moved to another instant than its steps give")
    replay.facts(AgreementFacts).ends_at_ms[agreement_id] = payload["ends_at"]
    replay.checked(N_("moved ends"))


@RULES.on("agreement.signed", "agreement.executed")
def check_not_given_up(replay: Replay, event: LoggedEvent) -> None:
    course = replay.facts(CourseFacts).courses.get(event.content["agreement_id"])
    if course is not None and course.closed is not None:
        replay.finding("an agreement was signed that had come to nothing")


@RULES.on("agreement.end_near", "agreement.ended")
def check_told_end(replay: Replay, event: LoggedEvent) -> None:
    """What is told of an end is what the steps and the terms give."""
    payload = event.content
    ends_at_ms = to_millis(_course(replay, payload["agreement_id"]).ends_at)
    if payload["ends_at"] != ends_at_ms:
        replay.finding("the parties were told of another end than the agreement has")
    if (event.type == "agreement.ended") is not (event.at_ms >= ends_at_ms):
        replay.finding("the parties were told of the end at the wrong time")
    replay.checked(N_("told ends"))


@RULES.on("destruction.due")
def check_destruction_due(replay: Replay, event: LoggedEvent) -> None:
    course = _course(replay, event.content["agreement_id"])
    if event.content["due_at"] != to_millis(destroy_by(course)) or course.destroyed is not None:
        replay.finding("the buyer was reminded of a destruction that is not due so")


@RULES.at_end
def check_ends_were_moved(replay: Replay) -> None:
    for agreement_id in replay.facts(CourseFacts).unmoved:
        replay.finding("a step ended the agreement and its end was not moved", subject=agreement_id)


def _course(replay: Replay, agreement_id: str) -> Course:
    agreements, courses = replay.facts(AgreementFacts), replay.facts(CourseFacts).courses
    terms = agreements.frozen.get(agreement_id)
    if terms is None:
        raise Invalid(f"{agreement_id} has a life, and its terms are not frozen before")
    executed = agreements.executed_at_ms.get(agreement_id)
    executed_at = None if executed is None else from_millis(executed)
    known = courses.get(agreement_id, Course(terms, executed_at))
    return replace(known, executed_at=executed_at)


def _check_actor(replay: Replay, event: LoggedEvent, course: Course, step: Step) -> None:
    people = replay.facts(PeopleFacts)
    if step.role == EXCHANGE:
        is_right = event.actor == EXCHANGE
    elif step.role in AUTHORITIES:
        is_right = people.has_role(event.actor, step.role)
    else:
        is_right = people.organisation_of(event.actor) == course.terms.party(step.role).organisation_id
    if not is_right:
        replay.finding(f"a step of the {step.role} was taken by somebody who does not act for it")
