"""Who is told of what happens in the life of an agreement: its two parties, each of what the other did."""

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.agreements.life.queries import agreements_under
from contracts.agreements.models import Agreement
from contracts.agreements.telling import deal_page
from contracts.terms import Terms
from exchange.core.clock import SHANGHAI, from_millis
from exchange.core.i18n import N_
from exchange.core.telling import Both, Fact, Telling, Topic, shortened

#: What the other party, or both, read of a step.
_STEPS = {
    "abandon": N_("The agreement on %(title)s was given up before it was signed. Grounds: %(grounds)s"),
    "lapse": N_("The agreement on %(title)s was not signed in time and came to nothing."),
    "notice": N_("Notice was given: the agreement on %(title)s ends on %(ends)s. Grounds: %(grounds)s"),
    "cure": N_("You are asked to cure a breach of the agreement on %(title)s. Grounds: %(grounds)s"),
    "breach": N_("For breach, the agreement on %(title)s ends on %(ends)s. Grounds: %(grounds)s"),
    "order": N_("By order, the agreement on %(title)s ends on %(ends)s. Grounds: %(grounds)s"),
    "proposal": N_(
        "An end on %(ends)s is proposed for the agreement on %(title)s; your consent is asked for. Grounds: %(grounds)s"
    ),
    "withdrawal": N_(
        "The notice for the agreement on %(title)s is to be withdrawn; your consent is asked for."
    ),
    "consent": N_(
        "The other party consented to what you asked about the end of the agreement on %(title)s."
    ),
    "take_back": N_("What was asked about the end of the agreement on %(title)s was taken back."),
    "handover": N_("The handover of %(title)s is declared complete; inspect it and accept or object."),
    "accept": N_("The handover of %(title)s was accepted."),
    "object": N_("The buyer objects to the handover of %(title)s. Grounds: %(grounds)s"),
    "dispute": N_("A dispute about the agreement on %(title)s was raised. Grounds: %(grounds)s"),
    "settle": N_("The dispute about the agreement on %(title)s was withdrawn. Grounds: %(grounds)s"),
    "destroyed": N_("The buyer confirmed that the data of %(title)s are destroyed."),
}
_ENDED = {
    "completed": N_("The agreement on %(title)s is completed; nothing is delivered any more."),
    "terminated": N_("The agreement on %(title)s has ended early; nothing is delivered any more."),
    "expired": N_("The agreement on %(title)s has expired; nothing is delivered any more."),
}


def tell_ordered(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both parties of every agreement in force that the order is over."""
    for agreement in _under(session, fact):
        yield _telling(
            agreement,
            _both(agreement),
            N_(
                "By order %(number)s nothing is delivered under the agreement on %(title)s. Grounds: %(grounds)s"
            ),
            number=fact.payload["order_no"] or "–",
            grounds=shortened(fact.payload["grounds"]),
        )


def tell_lifted(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both parties of every agreement in force that the order was over."""
    for agreement in _under(session, fact):
        yield _telling(
            agreement,
            _both(agreement),
            N_("The order over the agreement on %(title)s is lifted. Reason: %(reason)s"),
            reason=shortened(fact.payload["reason"]),
        )


def tell_step(session: Session, fact: Fact) -> Iterator[Telling]:
    """The other party; both when neither took the step."""
    agreement, step, role = _agreement(session, fact), fact.payload["step"], fact.payload["role"]
    others = [of for of in ("provider", "buyer") if of != role]
    content = fact.payload["content"]
    ends_at = content.get("ends_at")
    yield _telling(
        agreement,
        tuple(getattr(agreement, f"{of}_id") for of in others),
        _STEPS[step],
        grounds=shortened(content.get("grounds", "–")),
        ends="–" if ends_at is None else _day(ends_at),
    )


def tell_end_near(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both parties: how long it still lasts."""
    agreement = _agreement(session, fact)
    yield _telling(
        agreement,
        _both(agreement),
        N_("The agreement on %(title)s ends within %(days)s days, on %(ends)s."),
        days=str(fact.payload["days"]),
        ends=_day(fact.payload["ends_at"]),
    )


def tell_ended(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both parties: how it ended."""
    agreement = _agreement(session, fact)
    yield _telling(agreement, _both(agreement), _ENDED[fact.payload["state"]])


def tell_destruction_due(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyer, who is to confirm it; both when it is overdue."""
    agreement = _agreement(session, fact)
    due = _day(fact.payload["due_at"])
    if fact.payload["days"]:
        message = N_("Confirm by %(due)s that the data of %(title)s are destroyed.")
        yield _telling(agreement, (agreement.buyer_id,), message, due=due)
    else:
        message = N_("The destruction of the data of %(title)s was to be confirmed by %(due)s and is not.")
        yield _telling(agreement, _both(agreement), message, due=due)


def tell_quota(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both parties: how much of the quota is used."""
    agreement = _agreement(session, fact)
    what = fact.payload["what"]
    message = {
        "rows": N_("%(percent)s %% of the granted rows of %(title)s are used: %(used)s of %(granted)s."),
        "calls": N_(
            "%(percent)s %% of the granted deliveries of %(title)s are used: %(used)s of %(granted)s."
        ),
    }[what]
    yield _telling(
        agreement,
        _both(agreement),
        message,
        percent=str(fact.payload["percent"]),
        used=f"{fact.payload['used']:,}",
        granted=f"{fact.payload['granted']:,}",
    )


def _under(session: Session, fact: Fact) -> list[Agreement]:
    concerned = agreements_under(fact.payload["scope"], fact.payload["subject_id"])
    in_force = or_(Agreement.executed_at.is_(None), Agreement.valid_until > fact.at)
    query = select(Agreement).where(Agreement.id.in_(concerned), in_force).order_by(Agreement.id)
    return list(session.scalars(query))


def _agreement(session: Session, fact: Fact) -> Agreement:
    return session.get_one(Agreement, fact.payload["agreement_id"])


def _both(agreement: Agreement) -> tuple[str, str]:
    return agreement.provider_id, agreement.buyer_id


def _day(millis: int) -> str:
    return f"{from_millis(millis).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _telling(
    agreement: Agreement, recipients: tuple[str, ...], message: str, **values: str | Both
) -> Telling:
    subject = Terms.read(agreement.terms).document["subject"]
    title = Both(subject["title_zh"], subject["title_en"])
    return Telling(
        Topic.AGREEMENTS, recipients, message, {"title": title, **values}, page=deal_page(agreement.id)
    )
