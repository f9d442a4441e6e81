"""The same request sent twice has one effect: answers kept under the caller's Idempotency-Key.

The row is written in the transaction of the effect, so a crash leaves both or neither. The header follows
draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
import hmac
from datetime import datetime

from flask import Request, Response
from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.core.database import Base, BigKey
from exchange.core.errors import Invalid

HEADER = "Idempotency-Key"
MAX_KEY_CHARACTERS = 200


class StoredAnswer(Base):
    """The answer that a caller's key has got; a second request with the key gets it again."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("caller", "key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    caller: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(MAX_KEY_CHARACTERS))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime]


def read_key(request: Request) -> str | None:
    """The request's key, if it sends one.

    Raises:
        Invalid: the key is empty or too long.

    """
    key = request.headers.get(HEADER)
    if key is not None and not 0 < len(key) <= MAX_KEY_CHARACTERS:
        raise Invalid(
            f"the key must have 1 to {MAX_KEY_CHARACTERS} characters",
            field=HEADER,
            remedy="Send a random UUID, and the same one again on a retry.",
        )
    return key


def fingerprint_of(request: Request, *, secret: str) -> str:
    """Digest of method, address and body; a streamed body is stood for by its Content-Digest header.

    Keyed, so that a password in a body cannot be guessed from the stored digest.
    """
    digest = hmac.new(secret.encode(), f"{request.method} {request.full_path}\n".encode(), hashlib.sha256)
    content_digest = request.headers.get("Content-Digest")
    digest.update(content_digest.encode() if content_digest else request.get_data(cache=True))
    return digest.hexdigest()


def find_answer(session: Session, *, caller: str, key: str, fingerprint: str) -> Response | None:
    """The answer kept for this key, marked as a replay.

    Raises:
        Invalid: the key was used for another request.

    """
    kept = session.query(StoredAnswer).filter_by(caller=caller, key=key).one_or_none()
    if kept is None:
        return None
    if not hmac.compare_digest(kept.fingerprint, fingerprint):
        raise Invalid(
            "this key was used for another request",
            field=HEADER,
            remedy="Use a new key for a new request; send a retry unchanged.",
        )
    response = Response(kept.body, status=kept.status, mimetype="application/json")
    response.headers["Idempotency-Replayed"] = "true"
    return response


def keep_answer(
    session: Session, *, caller: str, key: str, fingerprint: str, response: Response, at: datetime
) -> None:
    """Keep the answer in the transaction of its effect."""
    session.add(
        StoredAnswer(
            caller=caller,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            body=response.get_data(),
            answered_at=at,
        )
    )


def forget_answers(session: Session, *, before: datetime, most: int) -> int:
    """Delete the oldest answers given before an instant, at most so many; returns how many went.

    A retry after that would be a new request, so `before` lies further back than any client retries.
    """
    oldest = select(StoredAnswer.id).order_by(StoredAnswer.id).limit(most)
    gone = session.execute(
        delete(StoredAnswer)
        .where(StoredAnswer.id.in_(oldest), StoredAnswer.answered_at < before)
        .returning(StoredAnswer.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
