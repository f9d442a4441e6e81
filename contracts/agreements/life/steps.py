"""Taking a step in the life of an agreement; what it changes about the end takes effect in the same transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts.agreements import queries as agreements
from contracts.agreements.life import queries
from contracts.agreements.life.course import (
    AUTHORITIES,
    ENDINGS,
    PARTIES,
    STEPS,
    Course,
    Step,
    after,
    earliest_end,
)
from contracts.agreements.life.destruction import check_destruction
from contracts.agreements.life.enquiries import LastUse, Use
from contracts.agreements.life.errors import EndNotPermitted
from contracts.agreements.life.events import AgreementEndMoved, StepTaken
from contracts.agreements.life.locks import lock_agreement
from contracts.agreements.life.models import AgreementStep
from contracts.agreements.models import Agreement
from exchange import participants
from exchange.core.clock import from_millis, to_millis
from exchange.core.enquiries import enquire
from exchange.core.errors import Invalid, LimitExceeded, NotPermitted
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor

#: Of one agreement, so that no list of them grows without bound; disputes could be raised and settled for ever.
MOST_STEPS = 500


class TooManySteps(LimitExceeded):
    """An agreement has a bounded number of steps."""

    code = "too-many-steps"


def take_step(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    step: str,
    content: dict[str, Any],
    now: datetime,
) -> Course:
    """Take a step in the life of an agreement: end it, answer, accept, object, dispute, confirm destruction.

    An end takes effect at its instant without a job: the agreement and its meter end in this transaction.

    Raises:
        NotFound: the actor is neither party nor overseer of such an agreement.
        NotPermitted: the actor's role does not take this step.
        StepNotPossible, EndNotPermitted: not as the agreement stands, or not at this instant.
        SignatureInvalid, KeyRevoked, KeyExpired, KeyStrange: a destruction is not signed as it has to be.
        TooManySteps: the agreement has had so many that something is wrong.
    """
    agreement, course, given = _prepared(session, actor, agreement_id, step, content, now)
    if step == "destroyed":
        key = _key_of(session, actor, given.content, now)
        check_destruction(course, given.content, key)
    return _write(session, agreement, course, given, actor.person_id)


def preview_step(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    step: str,
    content: dict[str, Any],
    now: datetime,
) -> Course:
    """The course as it would be after a step; the caller undoes the transaction, nothing is written.

    Raises:
        NotFound, NotPermitted, StepNotPossible, EndNotPermitted: as the step itself.
    """
    _, course, given = _prepared(session, actor, agreement_id, step, content, now)
    return after(course, given)


def lapse(session: Session, *, agreement_id: str, until: datetime, now: datetime) -> bool:
    """Let an agreement lapse that was not signed in time; True when it did. Harmless when repeated."""
    now = from_millis(to_millis(now))
    agreement = lock_agreement(session, agreement_id)
    course = queries.read_course(session, agreement)
    if course.executed_at is not None or course.closed is not None or now < until:
        return False
    given = Step(len(course.steps) + 1, "lapse", EXCHANGE, {"until": to_millis(until)}, now)
    _write(session, agreement, course, given, None)
    return True


def _prepared(
    session: Session, actor: Actor, agreement_id: str, step: str, content: dict[str, Any], now: datetime
) -> tuple[Agreement, Course, Step]:
    # As the log has it, so that here and offline the same instants are compared.
    now = from_millis(to_millis(now))
    role = role_of(actor, agreements.get_agreement(session, agreement_id, actor=actor), step)
    agreement = lock_agreement(session, agreement_id)
    course = queries.read_course(session, agreement)
    if len(course.steps) >= MOST_STEPS:
        raise TooManySteps(f"an agreement has at most {MOST_STEPS} steps")
    use = _use_of(session, agreement) if step in {*ENDINGS, "consent", "handover"} else None
    given = Step(len(course.steps) + 1, step, role, _completed(course, step, content, use, now), now)
    if use is not None:
        _require_after_use(course, after(course, given), use)
    return agreement, course, given


def role_of(actor: Actor, agreement: Agreement, step: str) -> str:
    """In which role the actor takes a step.

    Raises:
        NotPermitted: in none.
    """
    roles = STEPS.get(step)
    if roles is None:
        raise Invalid(f"there is no step {step}", field="step")
    for role in PARTIES:
        if role in roles and actor.organisation_id == getattr(agreement, f"{role}_id"):
            actor.require_role(role)
            return role
    for role in AUTHORITIES:
        if role in roles and actor.has_role(role):
            return role
    raise NotPermitted(f"this step is for the {' or the '.join(roles)} of the agreement")


def _completed(
    course: Course, step: str, content: dict[str, Any], use: Use | None, now: datetime
) -> dict[str, Any]:
    """The content as it is kept: with the earliest end where none is named, and with what was used."""
    if step == "handover" and use is not None:
        return {**content, "deliveries": use.deliveries, "rows": use.rows}
    if step not in ENDINGS:
        return content
    if content.get("ends_at") is not None:
        return content
    earliest = earliest_end(course, step, now)
    return {**content, "ends_at": to_millis(earliest if use is None else max(earliest, use.not_before))}


def _use_of(session: Session, agreement: Agreement) -> Use | None:
    if agreement.executed_at is None:
        return None
    return next(iter(enquire(session, LastUse(agreement.id))), None)


def _require_after_use(before: Course, course: Course, use: Use) -> None:
    if course.ends_at != before.ends_at and course.ends_at < use.not_before:
        raise EndNotPermitted(
            f"data were delivered or a period was billed until {use.not_before:%Y-%m-%d %H:%M:%S} UTC",
            field="ends_at",
            remedy="Name a later end, or leave it out for the earliest one.",
        )


def _write(
    session: Session, agreement: Agreement, course: Course, given: Step, person_id: str | None
) -> Course:
    following = after(course, given)
    row = AgreementStep(
        id=new_id("stp"),
        agreement_id=agreement.id,
        number=given.number,
        step=given.step,
        role=given.role,
        person_id=person_id,
        content=given.content,
        taken_at=given.at,
    )
    session.add(row)
    taken = StepTaken(agreement.id, given.number, given.step, given.role, given.content)
    actor = person_id or EXCHANGE
    record_event(session, taken, subject=agreement.id, actor=actor, at=given.at)
    if following.ends_at != course.ends_at:
        _move_end(session, agreement, following, given, actor)
    return following


def _move_end(session: Session, agreement: Agreement, course: Course, given: Step, actor: str) -> None:
    agreement.valid_until = course.ends_at
    moved = AgreementEndMoved(agreement.id, given.number, to_millis(course.ends_at))
    record_event(session, moved, subject=agreement.id, actor=actor, at=given.at)


def _key_of(session: Session, actor: Actor, content: dict[str, Any], now: datetime) -> Any:
    kid = content["kid"]
    participants.require_active_key(session, actor.organisation_id, kid, now=now)
    return participants.get_public_key(session, kid)
