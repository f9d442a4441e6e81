"""Reading received files: outside any transaction, by one node at a time, taken over when it dies."""

import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from exchange.context import Context
from exchange.core import clock
from exchange.core.errors import DomainError, Invalid, Unavailable
from exchange.core.jobs import owner_name
from exchange.datasets.files import remove_files
from exchange.datasets.ingest.progress import logged
from exchange.datasets.ingest.upload import Deposited, deposit
from exchange.datasets.instructions import instructions_for
from exchange.datasets.uploads.claims import (
    MOST_TRIES,
    Claim,
    claim_upload,
    fail_upload,
    finish_upload,
    put_back,
    renew_claim,
)
from exchange.datasets.uploads.errors import ClaimLost
from exchange.datasets.uploads.parts import assemble, remove_parts
from exchange.participants import get_actor

logger = logging.getLogger(__name__)

#: Faults of the file or of the request; trying again would find them again.
_LASTING = {"invalid", "not-permitted", "not-found", "conflict", "limit-exceeded"}


class ReadingFailed(Invalid):
    """The file could not be read, time and again, and not for a reason that it shows."""

    code = "reading-failed"


def process_next(context: Context) -> bool:
    """Read the oldest file that waits; False when none does.

    Whatever happens to this process, the file becomes one revision or says what is wrong with it.
    """
    lease = timedelta(seconds=context.settings.upload_lease_s)
    claim = context.database.write(
        lambda session: claim_upload(session, owner=owner_name(), lease=lease, now=clock.now())
    )
    if claim is None:
        return False
    with _renewing(context, claim, lease):
        _process(context, claim)
    return True


def _process(context: Context, claim: Claim) -> None:
    try:
        deposited = _deposited(context, claim)
        _finish(context, claim, deposited)
    except ClaimLost:
        logger.warning("upload was taken over", extra={"upload": claim.upload_id})
    except Exception as error:
        fault = _lasting_fault(error, claim)
        if fault is None:
            logger.exception("upload is tried again later", extra={"upload": claim.upload_id})
            put = partial(put_back, claim=claim, counts=not _may_pass(error), now=clock.now())
            context.database.write(put)
        elif context.database.write(partial(fail_upload, claim=claim, fault=fault, now=clock.now())):
            remove_parts(context.storage, claim.upload_id)


def _lasting_fault(error: Exception, claim: Claim) -> DomainError | None:
    """What the owner is told; None when the file is to be tried again."""
    if isinstance(error, DomainError) and error.kind in _LASTING:
        return error
    if clock.now() < claim.expires_at if _may_pass(error) else claim.tries < MOST_TRIES:
        return None
    logger.error("upload is given up", exc_info=error, extra={"upload": claim.upload_id})
    return ReadingFailed(
        f"the file could not be read in {claim.fence} tries",
        remedy="Upload it again later; if it fails again, send it in another format or in pieces.",
    )


def _may_pass(error: Exception) -> bool:
    """Whether storage, keys, disk or database are at fault: the file can wait for them."""
    return isinstance(error, Unavailable | DBAPIError | OSError)


def _deposited(context: Context, claim: Claim) -> Deposited:
    if claim.tries > MOST_TRIES:
        # The readers before died without a word, of this file for all we know.
        raise ReadingFailed(
            "reading the file ended its reader time and again",
            remedy="Send it in another format or in pieces.",
        )
    with context.database.reading() as session:
        instructions = instructions_for(
            session,
            actor=get_actor(session, claim.person_id),
            dataset_id=claim.dataset_id,
            now=clock.now(),
            **claim.options,
        )
    vault = context.storage
    data_key = vault.open_key(claim.data_key, bound_to=claim.upload_id)
    with tempfile.TemporaryDirectory(dir=vault.incoming) as folder:
        source = Path(folder) / "source"
        assemble(claim.parts, source, sha256=claim.sha256, vault=vault, data_key=data_key)
        return deposit(
            source,
            name=claim.filename,
            storage=vault,
            instructions=instructions,
            progress=logged(claim.filename),
        )


def _finish(context: Context, claim: Claim, deposited: Deposited) -> None:
    try:
        days = context.settings.change_notice_days
        revision = context.database.write(
            lambda session: finish_upload(session, claim, deposited, notice_days=days, now=clock.now())
        )
    except DomainError:
        # Refused, so nobody will know of the files. After any other error the commit may have happened:
        # then they stay, and are swept when it turns out that there is no such revision.
        remove_files(context.storage, deposited.revision_id, deposited.files)
        raise
    if revision.id != deposited.revision_id:  # the newest revision has this content already
        remove_files(context.storage, deposited.revision_id, deposited.files)
    remove_parts(context.storage, claim.upload_id)


@contextmanager
def _renewing(context: Context, claim: Claim, lease: timedelta) -> Iterator[None]:
    """Keep the claim while the file is read; a process that dies stops, and another one takes over."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(lease.total_seconds() / 3):
            try:
                context.database.write(
                    lambda session: renew_claim(session, claim, lease=lease, now=clock.now())
                )
            except Exception:
                # The claim then runs out; its fence keeps what this process does without effect.
                logger.exception("claim cannot be renewed", extra={"upload": claim.upload_id})

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
