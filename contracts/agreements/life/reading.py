"""Where agreements stand, as parties and those who oversee see it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contracts.agreements import queries as agreements
from contracts.agreements.life import queries
from contracts.agreements.life.course import AUTHORITIES, PARTIES, STEPS, Course, Step, after, earliest_end
from contracts.agreements.life.enquiries import HoldCard, HoldsOver
from contracts.agreements.life.models import SuspensionOrder
from contracts.agreements.life.standing import (
    ENDED,
    Effects,
    LifeState,
    days_left,
    effects_of,
    is_destruction_overdue,
    state_of,
)
from contracts.agreements.models import Agreement
from exchange.core.clock import to_millis
from exchange.core.enquiries import enquire
from exchange.core.errors import DomainError
from exchange.core.events import find_events
from exchange.participants import Actor

#: Agreements looked at in one read while a page of one state is gathered.
_BATCH = 200
#: And so many at most for one page; who needs more goes on after the last one of it.
_MOST_LOOKED_AT = 2_000


@dataclass(frozen=True)
class Life:
    """An agreement's life at an instant."""

    agreement_id: str
    state: LifeState
    course: Course
    at: datetime
    holds: list[HoldCard]
    orders: list[SuspensionOrder]
    may: list[str]
    #: The execution has its place in the evidence log.
    is_filed: bool = False

    @property
    def is_disputed(self) -> bool:
        return self.course.dispute is not None

    @property
    def ends_at(self) -> datetime:
        return self.course.ends_at

    @property
    def days_left(self) -> int | None:
        return days_left(self.course, self.at)

    @property
    def ended_by(self) -> int | None:
        """Number of the step that sets the end."""
        closed = self.course.closed or self.course.ending
        return None if closed is None else closed.number

    @property
    def waits_for_answer(self) -> int | None:
        return None if self.course.asked is None else self.course.asked.number

    @property
    def is_accepted(self) -> bool:
        return self.course.is_accepted(self.at)

    @property
    def is_destruction_overdue(self) -> bool:
        return is_destruction_overdue(self.course, self.at)

    @property
    def effects(self) -> Effects:
        return effects_of(self.course)

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.course.steps

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED


def get_life(session: Session, agreement_id: str, *, actor: Actor, at: datetime) -> Life:
    """How one agreement stands that the actor may see.

    Raises:
        NotFound: there is none, or the actor is neither party nor overseer.
    """
    agreement = agreements.get_agreement(session, agreement_id, actor=actor)
    return _lives(session, [agreement], actor, at)[0]


def find_lives(
    session: Session, *, actor: Actor, state: str | None, after: str | None, limit: int, at: datetime
) -> list[Life]:
    """The agreements that the actor may see and that stand so, in the order of their ids.

    A state is computed, not stored, so agreements are looked at in batches; a page may be short of its limit
    when few of very many are in the state.
    """
    found: list[Life] = []
    for _ in range(_MOST_LOOKED_AT // _BATCH):
        query = select(Agreement).where(*_may_be(actor, state, at)).order_by(Agreement.id).limit(_BATCH)
        if after is not None:
            query = query.where(Agreement.id > after)
        batch = list(session.scalars(query))
        found += [life for life in _lives(session, batch, actor, at) if state in {None, life.state}]
        if len(batch) < _BATCH or len(found) >= limit:
            break
        after = batch[-1].id
    return found[:limit]


def _may_be(actor: Actor, state: str | None, at: datetime) -> list[ColumnElement[bool]]:
    """What the database can tell of visibility and state."""
    conditions: list[ColumnElement[bool]] = []
    if not actor.oversees:
        mine = actor.organisation_id
        conditions.append(or_(Agreement.provider_id == mine, Agreement.buyer_id == mine))
    if state == LifeState.PENDING_SIGNATURES:
        conditions.append(Agreement.executed_at.is_(None))
    elif state in {LifeState.SIGNED, LifeState.FILED, LifeState.EFFECTIVE, LifeState.SUSPENDED}:
        conditions += [Agreement.executed_at.is_not(None), Agreement.valid_until > at]
    elif state == LifeState.COMPLETED:
        conditions += [Agreement.executed_at.is_not(None), Agreement.valid_until <= at]
    return conditions


def _lives(session: Session, found: list[Agreement], actor: Actor, at: datetime) -> list[Life]:
    ids = [agreement.id for agreement in found]
    courses = queries.courses_of(session, found)
    filed = {
        event.subject
        for event in find_events(session, ids, ["agreement.executed"])
        if event.position is not None
    }
    holds = defaultdict(list)
    for hold in enquire(session, HoldsOver(tuple(ids))):
        if hold.stands(at):
            holds[hold.agreement_id].append(hold)
    return [
        Life(
            agreement_id=agreement.id,
            state=state_of(
                courses[agreement.id],
                at,
                is_filed=agreement.id in filed,
                is_held=bool(holds[agreement.id]),
            ),
            course=courses[agreement.id],
            at=at,
            holds=holds[agreement.id],
            orders=queries.find_standing_orders(session, agreement, at=at),
            may=_steps_of(actor, agreement, courses[agreement.id], at),
            is_filed=agreement.id in filed,
        )
        for agreement in found
    ]


def _steps_of(actor: Actor, agreement: Agreement, course: Course, at: datetime) -> list[str]:
    """The steps that the actor may take now; the service decides once more."""
    mine = {
        role
        for role in PARTIES
        if getattr(agreement, f"{role}_id") == actor.organisation_id and actor.has_role(role)
    } | {role for role in AUTHORITIES if actor.has_role(role)}
    return [
        step
        for step, roles in STEPS.items()
        if any(_is_possible(course, Step(0, step, role, {}, at)) for role in roles if role in mine)
    ]


def _is_possible(course: Course, step: Step) -> bool:
    try:
        after(course, Step(0, step.step, step.role, _example(course, step), step.at))
    except DomainError:
        return False
    return True


def _example(course: Course, step: Step) -> dict[str, Any]:
    """Content with which the step is possible if it is at all."""
    ending = next((item for item in course.endings.values() if item.role == step.role), None)
    asked = course.asked
    return {
        "ends_at": to_millis(earliest_end(course, step.step, step.at)) + 1,
        "withdraws": 0 if ending is None else ending.number,
        "answers": 0 if asked is None else asked.number,
        # What is delivered the service asks; the button is there, and says what is missing.
        "deliveries": 1,
        "rows": course.terms.document["subject"]["rows"],
        "destroyed_at": to_millis(step.at),
    }
