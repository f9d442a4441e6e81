"""What can be done with declarations: make them. A correction is a further one."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from contracts import agreements, deliveries
from contracts.declarations import queries
from contracts.declarations.errors import (
    AlreadyDeclared,
    DeclarationsExhausted,
    MonthNotDeclarable,
    NoRevenueShared,
)
from contracts.declarations.events import RevenueDeclared
from contracts.declarations.models import RevenueDeclaration
from contracts.declarations.months import is_declarable, shares_revenue
from exchange.core import canonical
from exchange.core.clock import Period, parse_period, to_millis
from exchange.core.errors import Invalid, NotPermitted, WrongState
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.core.money import format_yuan
from exchange.participants import Actor
from exchange.participants.actors import BUYER
from exchange.pricing import Declared
from exchange.trust import PrivateKey, jws
from exchange.trust.purposes import DECLARATION

#: A month that is corrected more often is the work of a program gone wrong, and no list could show it whole.
MOST_DECLARATIONS: Final = 1_000


def declare_revenue(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    period: str,
    revenue_fen: int,
    covers: str,
    evidence: str = "",
    evidence_sha256: str | None = None,
    corrects: int | None = None,
    exchange_key: PrivateKey,
    now: datetime,
) -> RevenueDeclaration:
    """Declare the buyer's revenue of a month; it counts from the epoch that is open now.

    The amount is the whole revenue of the month, also in a correction, which names the declaration that it
    replaces: so the same declaration sent twice, or two people at once, change nothing unseen.

    Args:
        corrects: the number of the declaration that stands for the month; None for its first one.

    Raises:
        NotPermitted: the actor does not act for the buyer.
        NoRevenueShared, WrongState: nothing is to be declared under the agreement.
        MonthNotDeclarable: it was not in force in the month, or the month has not begun.
        AlreadyDeclared: another declaration stands than the one to be corrected.
        DeclarationsExhausted: the month was corrected too often.
        QuantityInvalid: the amount is below zero or too large.
    """
    card = agreements.get_agreement_card(session, agreement_id, actor=actor)
    actor.require_role(BUYER)
    if card.buyer_id != actor.organisation_id:
        raise NotPermitted("only the buyer of the agreement declares its revenue")
    month, amount = parse_period(period), Declared(1, revenue_fen).revenue_fen
    epoch, not_before = deliveries.join_epoch(session, agreement_id)
    declared_at = max(now, not_before)
    # Again, now that nobody moves the end: it may have been moved while this waited for the meter.
    card = replace(card, ends_at=agreements.get_ends_at(session, agreement_id))
    _require_declarable(card, month, declared_at)
    standing = queries.standing_declaration(session, agreement_id, month.key)
    _require_corrects(standing, month, corrects)
    event = RevenueDeclared(
        declaration_id=new_id("dcl"),
        agreement_id=agreement_id,
        period=month.key,
        number=standing.number + 1 if standing else 1,
        revenue_fen=amount,
        change_fen=amount - (standing.revenue_fen if standing else 0),
        covers=covers,
        evidence=evidence,
        evidence_sha256=evidence_sha256,
        epoch=epoch,
        declared_at=to_millis(declared_at),
    )
    declaration = _row_of(event, actor, exchange_key, declared_at)
    session.add(declaration)
    record_event(session, event, subject=agreement_id, actor=actor.person_id, at=declared_at)
    return declaration


def _require_declarable(card: agreements.AgreementCard, month: Period, at: datetime) -> None:
    if not shares_revenue(card.terms):
        raise NoRevenueShared("the price of this agreement is no share of revenue")
    if card.executed_at is None:
        raise WrongState("the agreement is not signed by everybody yet")
    if month.start > at:
        raise MonthNotDeclarable(
            f"the month {month.key} has not begun",
            field="period",
            remedy="Declare a month that is over, or the running one so far.",
        )
    if not is_declarable(month, card.terms, executed_at=card.executed_at, ends_at=card.ends_at, at=at):
        raise MonthNotDeclarable(
            f"the agreement was not in force in {month.key}",
            field="period",
            remedy="Name a month of the agreement.",
        )


def _require_corrects(standing: RevenueDeclaration | None, month: Period, corrects: int | None) -> None:
    if standing is None and corrects is not None:
        raise Invalid(
            f"nothing is declared for {month.key} yet",
            field="corrects",
            remedy="Leave it out of the first declaration of a month.",
        )
    if standing is not None and corrects != standing.number:
        raise AlreadyDeclared(
            f"declaration {standing.number} says ¥{format_yuan(standing.revenue_fen)} for {month.key}",
            field="corrects",
            remedy=f"To replace it give {standing.number}, with the whole revenue of the month.",
            number=standing.number,
            revenue_fen=standing.revenue_fen,
        )
    if standing is not None and standing.number >= MOST_DECLARATIONS:
        raise DeclarationsExhausted(
            f"{month.key} was declared {standing.number} times",
            field="period",
            remedy="Settle what is still wrong with the other party, outside the exchange.",
        )


def _row_of(
    event: RevenueDeclared, actor: Actor, exchange_key: PrivateKey, at: datetime
) -> RevenueDeclaration:
    receipt = jws.sign_compact(
        canonical.to_bytes(asdict(event)),
        exchange_key,
        typ=DECLARATION,
        role="exchange",
        issued_at=event.declared_at // 1000,
    )
    content = {name: value for name, value in asdict(event).items() if name != "declaration_id"}
    return RevenueDeclaration(
        **{**content, "declared_at": at},
        id=event.declaration_id,
        person_id=actor.person_id,
        receipt=receipt,
    )
