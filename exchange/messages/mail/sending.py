"""Sending mails through the operator's mail server, outside every transaction."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exchange.config import Settings
from exchange.core import clock
from exchange.messages.mail.claims import (
    Letter,
    claim_letters,
    is_anything_due,
    note_failure,
    note_sent,
)
from exchange.messages.mail.letters import write_mail

_TIMEOUT_S = 20
#: Answers of 5xx are meant for good, those of 4xx for now.
_FOR_GOOD = 500

logger = logging.getLogger(__name__)


def send_mails(context: Any) -> None:
    """Send what is due; costs one read when nothing is, and nothing without a mail server.

    When the server cannot be reached the rest waits for a later tick.
    """
    if not context.settings.smtp_host:
        return
    with context.database.reading() as session:
        if not is_anything_due(session, now=clock.now()):
            return
    while letters := context.database.write(lambda session: claim_letters(session, now=clock.now())):
        if not _send_all(context, letters):
            return


def _send_all(context: Any, letters: list[Letter]) -> bool:
    left = list(letters)
    try:
        with _connected(context.settings) as server:
            while left:
                _send(context, server, left[0])
                left.pop(0)
    except (OSError, smtplib.SMTPException) as error:
        # The server itself, not a mail: all that is left waits, each a little longer than before.
        logger.warning("the mail server failed", extra={"failure": _told(error)})
        for letter in left:
            _note_failure(context, letter, _told(error), for_good=False)
        return False
    return True


def _send(context: Any, server: smtplib.SMTP, letter: Letter) -> None:
    settings = context.settings
    mail = write_mail(letter, sender=settings.mail_from, public_url=settings.public_url)
    try:
        server.send_message(mail, from_addr=settings.mail_from, to_addrs=[letter.address])
    except smtplib.SMTPRecipientsRefused as error:
        status, text = error.recipients[letter.address]
        _note_failure(context, letter, f"{status} {text!r}", for_good=status >= _FOR_GOOD)
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        told = f"{error.smtp_code} {error.smtp_error!r}"
        _note_failure(context, letter, told, for_good=error.smtp_code >= _FOR_GOOD)
    else:
        context.database.write(lambda session: note_sent(session, letter, now=clock.now()))


def _note_failure(context: Any, letter: Letter, failure: str, *, for_good: bool) -> None:
    context.database.write(
        lambda session: note_failure(session, letter, failure, for_good=for_good, now=clock.now())
    )


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    host, port = settings.smtp_host, settings.smtp_port
    trusted = ssl.create_default_context(cafile=settings.smtp_ca_file)
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=trusted)
    else:
        server = smtplib.SMTP(host, port, timeout=_TIMEOUT_S)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=trusted)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        yield server


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
