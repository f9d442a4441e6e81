"""The gate before a new revision: whom it would break, and whether they were told.

An agreement names its revision, so a new one changes nothing under it. What breaks is what its buyer
built on, the day the agreement is renewed; therefore the measure is the *signed* revision of every
agreement in force, by the columns it grants.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.core.clock import day_of
from exchange.core.enquiries import enquire
from exchange.core.errors import Invalid
from exchange.core.events import record_event
from exchange.core.i18n import N_
from exchange.datasets.enquiries import AgreementOnData, AgreementsOnData, in_force
from exchange.datasets.errors import BreakingChange
from exchange.datasets.events import BreakingChangeDeclared
from exchange.datasets.models import BreakingDeclaration, DatasetRevision, Notice, NoticeKind
from exchange.datasets.notices.service import tell_buyers
from exchange.datasets.revisions.compatibility import Reason, RevisionFacts, compare, without_times
from exchange.datasets.revisions.words import reason_words
from exchange.participants import Actor

#: Days that buyers have between a notice and the change it announces, unless a setting says otherwise.
CHANGE_NOTICE_DAYS = 30
#: Kinds of notices that announce a change.
_ANNOUNCING = {NoticeKind.SCHEMA_CHANGE_PLANNED, NoticeKind.DEPRECATION_PLANNED, NoticeKind.DATA_CORRECTED}
_NEW_VERSION = "new_version"
_NOTICE = "notice:"
_REASONS_NAMED = 5


@dataclass(frozen=True)
class Impact:
    """What a new revision would do to the agreements in force, and how its provider answers for it."""

    #: Agreements in force that it breaks.
    agreements: int
    reasons: tuple[Reason, ...]
    #: `new_version` or `notice`; None when nothing is declared.
    declared: str | None = None
    notice_id: str | None = None
    refusal: BreakingChange | None = None

    def require_passed(self) -> None:
        """Refuse a revision that breaks agreements without a declaration that holds.

        Raises:
            BreakingChange: names how many agreements, the changes, and the remedy.
        """
        if self.refusal is not None:
            raise self.refusal


def weigh(
    session: Session,
    *,
    dataset_id: str,
    facts: RevisionFacts,
    breaking_change: str | None,
    notice_days: int,
    now: datetime,
) -> Impact:
    """Say what a revision with these facts would break, and whether it may come in.

    Args:
        breaking_change: what the provider declares: `new_version`, `notice:<id>`, or nothing.

    Raises:
        Invalid: the declaration is none of these.
    """
    declared, notice_id = read_declaration(breaking_change)
    agreements = in_force(enquire(session, AgreementsOnData(dataset_id)), at=now)
    broken = [found for item in agreements if (found := _breaks(session, item, facts))]
    reasons = tuple(sorted({reason for found in broken for reason in found}))
    impact = Impact(len(broken), reasons, declared, notice_id)
    if not reasons or declared == _NEW_VERSION:
        return impact
    fault = (
        "" if notice_id is None else _notice_fault(session, dataset_id, notice_id, impact, notice_days, now)
    )
    if declared is None or fault:
        return replace(impact, refusal=_refusal(impact, fault, notice_days, now))
    return impact


def read_declaration(breaking_change: str | None) -> tuple[str | None, str | None]:
    """What a provider declares, and the id of the notice when it is one.

    Raises:
        Invalid: it is neither `new_version` nor `notice:<id>` nor nothing.
    """
    if breaking_change is None or breaking_change == _NEW_VERSION:
        return breaking_change, None
    notice_id = breaking_change.removeprefix(_NOTICE)
    if notice_id in {"", breaking_change}:
        raise Invalid(
            f"{breaking_change!r} declares nothing",
            field="breaking_change",
            remedy="Write new_version, or notice: and the id of the notice that announced the change.",
        )
    return "notice", notice_id


def declare(
    session: Session, *, actor: Actor, revision: DatasetRevision, impact: Impact, now: datetime
) -> None:
    """Keep as evidence how a breaking revision was let in, and tell the buyers of a new version."""
    if not impact.reasons or impact.declared is None:
        return
    session.flush()  # the declaration's foreign key needs the revision's row
    reasons = [reason.to_json() for reason in impact.reasons]
    session.add(
        BreakingDeclaration(
            revision_id=revision.id,
            kind=impact.declared,
            notice_id=impact.notice_id,
            agreements=impact.agreements,
            reasons=reasons,
            declared_by=actor.person_id,
            declared_at=now,
        )
    )
    event = BreakingChangeDeclared(
        revision.dataset_id,
        revision.id,
        revision.number,
        impact.declared,
        impact.notice_id,
        impact.agreements,
        # More people read the log than may know the times of the rows; those stay with the declaration.
        without_times({"reasons": reasons})["reasons"],
    )
    record_event(session, event, subject=revision.dataset_id, actor=actor.person_id, at=now)
    if impact.declared == _NEW_VERSION:
        tell_buyers(
            session,
            actor=actor,
            dataset_id=revision.dataset_id,
            revision_id=revision.id,
            kind=NoticeKind.NEW_VERSION,
            message=N_(
                "Revision %(number)s is a new product version: agreements keep the revision they name,"
                " and what was built on it will not fit this one."
            ),
            values={"number": revision.number},
            now=now,
        )


def find_declarations(session: Session, revision_ids: Sequence[str]) -> dict[str, BreakingDeclaration]:
    """The declarations under which these revisions were let in, by their ids."""
    query = select(BreakingDeclaration).where(BreakingDeclaration.revision_id.in_(revision_ids))
    return {row.revision_id: row for row in session.scalars(query)}


def _breaks(session: Session, agreement: AgreementOnData, facts: RevisionFacts) -> tuple[Reason, ...]:
    # The row is read once however many agreements name it: the session keeps it.
    signed = session.get_one(DatasetRevision, agreement.revision_id)
    return compare(RevisionFacts.of(signed), facts, columns=agreement.columns).breaking


def _notice_fault(
    session: Session, dataset_id: str, notice_id: str, impact: Impact, notice_days: int, now: datetime
) -> str:
    """Why a notice does not announce this change; empty when it does."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.dataset_id != dataset_id:
        return f"there is no notice {notice_id} of this data set"
    if notice.kind not in _ANNOUNCING:
        return f"a notice of the kind {notice.kind} announces no change"
    if notice.effective_on > day_of(now):
        return f"the notice announces the change for {notice.effective_on}, which has not come"
    if notice.published_at + timedelta(days=notice_days) > now:
        day = day_of(notice.published_at + timedelta(days=notice_days))
        return f"the notice is younger than {notice_days} days and holds from {day}"
    unannounced = sorted({reason.column for reason in impact.reasons} - set(notice.affects))
    if notice.affects and unannounced:
        named = ", ".join(column or "the data set as a whole" for column in unannounced)
        return f"the notice says nothing of {named}"
    used = session.scalar(
        select(BreakingDeclaration.revision_id).where(BreakingDeclaration.notice_id == notice_id)
    )
    return "" if used is None else f"the notice has let revision {used} in, and lets in one only"


def _refusal(impact: Impact, fault: str, notice_days: int, now: datetime) -> BreakingChange:
    reasons = [reason.to_json() for reason in impact.reasons]
    named = "; ".join(reason_words(reason, str) for reason in reasons[:_REASONS_NAMED])
    more = f"; and {len(reasons) - _REASONS_NAMED} more" if len(reasons) > _REASONS_NAMED else ""
    count = f"{impact.agreements} agreement{'s' if impact.agreements != 1 else ''}"
    from_day = day_of(now + timedelta(days=notice_days))
    return BreakingChange(
        f"this revision breaks {count} in force ({named}{more})" + (f", and {fault}" if fault else ""),
        field="breaking_change",
        remedy=(
            "Upload it as a new product version with breaking_change=new_version, or publish a notice of the"
            f" kind schema_change_planned now and upload it from {from_day} with breaking_change=notice:<id>."
        ),
        agreements=impact.agreements,
        reasons=reasons,
    )


def impact_to_json(impact: Impact) -> dict[str, Any]:
    """What a dry run says of it."""
    refusal = impact.refusal
    return {
        "agreements": impact.agreements,
        "reasons": [reason.to_json() for reason in impact.reasons],
        "declared": impact.declared,
        "passes": refusal is None,
        "refusal": None if refusal is None else {"detail": refusal.detail, "remedy": refusal.remedy},
    }
