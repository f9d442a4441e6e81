"""Signatures that were refused: who tried what is known afterwards, and stands in the log."""

import hashlib
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.agreements.events import SignatureRefused
from contracts.agreements.models import Agreement
from exchange.core.errors import DomainError
from exchange.core.events import EventRow, record_event
from exchange.participants import Actor
from exchange.trust import Signature, jws

#: Refusals that say something about the signature or the signer, and not about the moment.
_AUDITED: Final = frozenset(
    {
        "algorithm-swapped",
        "jws-malformed",
        "key-expired",
        "key-revoked",
        "key-strange",
        "not-found",
        "not-permitted",
        "signature-invalid",
        "suite-not-met",
    }
)
#: Of one agreement; whoever tries again and again cannot fill the log.
MOST_NOTED: Final = 100
_MOST_CHARACTERS = 200


def note_refused_signature(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    signature: Signature,
    refusal: DomainError,
    now: datetime,
) -> None:
    """Put a refused signature on record, after the refusal; a stranger's too, who learns nothing from it."""
    if refusal.code not in _AUDITED or session.get(Agreement, agreement_id) is None:
        return
    noted = select(func.count()).where(
        EventRow.subject == agreement_id, EventRow.type == SignatureRefused.type
    )
    if (session.scalar(noted) or 0) >= MOST_NOTED:
        return
    alg, kid = _claimed(signature)
    refused = SignatureRefused(
        agreement_id=agreement_id,
        organisation_id=actor.organisation_id,
        code=refusal.code,
        claimed_alg=alg,
        claimed_kid=kid,
        signature_sha256=hashlib.sha256(
            f"{signature.protected}.{signature.signature}".encode()
        ).hexdigest(),
    )
    record_event(session, refused, subject=agreement_id, actor=actor.person_id, at=now)


def _claimed(signature: Signature) -> tuple[str, str]:
    try:
        header = jws.read_header(signature)
    except DomainError:
        return "", ""
    return header.alg[:_MOST_CHARACTERS], header.kid[:_MOST_CHARACTERS]
