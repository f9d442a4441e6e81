"""Preparing a delivery: the exact bytes are ready and hashed before anything is recorded or sent."""

import base64
import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from contracts import agreements
from contracts.deliveries.limits import bounded_range, require_address
from contracts.terms import Terms
from exchange import datasets
from exchange.core import canonical
from exchange.core.errors import Invalid, NotPermitted
from exchange.core.identifiers import new_id
from exchange.participants import Actor
from exchange.trust import Vault

CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
_CURSOR = re.compile(r"^[0-9]{1,18}$")


@dataclass(frozen=True)
class Question:
    """What a buyer asks for, as far as it decides the bytes of the answer."""

    mode: str
    form: str
    columns: tuple[str, ...] = ()
    time_from: str | None = None
    time_to: str | None = None
    cursor: str | None = None
    limit: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The question as it stands in the record and on the receipt."""
        return {**vars(self), "columns": list(self.columns)}

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(canonical.to_bytes(self.to_json())).hexdigest()


@dataclass(frozen=True)
class Prepared:
    """A delivery that only waits for its record: the bytes, or the file that holds them."""

    question: Question
    revision_id: str
    rows: int
    size_bytes: int
    sha256: str
    next_cursor: str | None = None
    #: How many deliveries the terms grant in any 60 seconds; None for no limit.
    calls_per_minute: int | None = None
    body: bytes = b""
    file: Path | None = None
    filename: str = field(default="")
    #: Whether the answer is what was asked for; a call that finds no row succeeds too.
    succeeded: bool = True

    @property
    def hits(self) -> int:
        """1 when the call found data, which is what a price per hit charges."""
        return int(self.succeeded and self.rows > 0)

    @property
    def files(self) -> int:
        """1 when a file was handed out."""
        return int(self.succeeded and self.question.mode == "file")

    @property
    def content_digest(self) -> str:
        """RFC 9530 Content-Digest of the bytes."""
        return f"sha-256=:{base64.b64encode(bytes.fromhex(self.sha256)).decode()}:"


def prepare(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    question: Question,
    storage: Vault,
    address: str | None = None,
) -> Prepared:
    """Read the terms and make the bytes; changes nothing and holds no lock.

    Args:
        address: from where it is asked for; None for work of the exchange itself.

    Raises:
        NotFound: the actor is no party to such an agreement.
        NotPermitted: not the buyer, or a mode, column, range or address the terms do not grant.
        RevisionNotStanding: asked again, and for good, when the delivery is recorded.
    """
    card = agreements.get_agreement_card(session, agreement_id, actor=actor)
    if card.buyer_id != actor.organisation_id:
        raise NotPermitted("only the buyer of the agreement is given data under it")
    require_address(address, card.terms)
    question = _within_terms(question, card.terms)
    datasets.refuse_revoked(session, card.terms.revision_id)
    revision = datasets.get_stored_revision(session, card.terms.revision_id)
    with datasets.opened_revision(storage, revision) as files:
        if question.mode == "file":
            prepared = _prepare_file(question, revision, files, storage, card.terms)
        else:
            prepared = _prepare_page(question, revision, files, card.terms)
    return replace(prepared, calls_per_minute=card.terms.calls_per_minute)


def _within_terms(question: Question, terms: Terms) -> Question:
    if question.mode not in terms.delivery_modes:
        raise NotPermitted(f"the terms grant {', '.join(terms.delivery_modes)}, not {question.mode}")
    if refused := [name for name in question.columns if name not in terms.columns]:
        raise NotPermitted(
            f"the terms do not grant the column {', '.join(refused)}",
            field="columns",
            remedy=f"They grant {', '.join(terms.columns)}.",
        )
    first, end = bounded_range(question.time_from, question.time_to, terms)
    bounds = {"columns": question.columns or terms.columns, "time_from": first, "time_to": end}
    return Question(**{**vars(question), **bounds})


def _prepare_page(
    question: Question, revision: datasets.StoredRevision, files: datasets.RevisionFiles, terms: Terms
) -> Prepared:
    if question.cursor is not None and not _CURSOR.match(question.cursor):
        raise Invalid("this is no cursor", field="cursor", remedy="Use next_cursor of the page before.")
    page = datasets.read_page(
        files,
        revision.schema,
        columns=question.columns,
        time_from=question.time_from,
        time_to=question.time_to,
        after_row=-1 if question.cursor is None else int(question.cursor),
        limit=question.limit or 1,
        row_filter=terms.row_filter,
    )
    render = datasets.render_csv if question.form == "csv" else datasets.render_json
    body = render(page, question.columns)
    return Prepared(
        question,
        revision_id=revision.id,
        rows=len(page.rows),
        size_bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        next_cursor=None if page.next_row is None else str(page.next_row),
        body=body,
    )


def _prepare_file(
    question: Question,
    revision: datasets.StoredRevision,
    files: datasets.RevisionFiles,
    storage: Vault,
    terms: Terms,
) -> Prepared:
    target = storage.incoming / f"{new_id('out')}.{question.form}"
    written = datasets.write_file(
        files,
        target,
        revision.schema,
        columns=question.columns,
        file_format="parquet" if question.form == "parquet" else "csv",
        time_from=question.time_from,
        time_to=question.time_to,
        row_filter=terms.row_filter,
    )
    return Prepared(
        question,
        revision_id=revision.id,
        rows=written.rows,
        size_bytes=written.size_bytes,
        sha256=written.sha256,
        file=target,
        filename=f"{revision.id}.{question.form}",
    )
