"""A message written as a mail."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from exchange.core.i18n import N_, terminal_translations
from exchange.core.telling import Both
from exchange.messages.mail.claims import Letter

_SUBJECT_LENGTH = 70
_NAME = Both("武汉数据交易所", "Wuhan Data Exchange")
_WHY = N_("You get this mail because you chose it in your inbox; choose otherwise there at any time.")


def write_mail(letter: Letter, *, sender: str, public_url: str) -> EmailMessage:
    """The mail in its reader's language, as plain text and as HTML.

    Its id is made of message and person, so a mail that is sent twice is one for most readers' programs.
    """
    message, base = letter.message, public_url.rstrip("/")
    words = message.text_zh if letter.language == "zh" else message.text_en
    name = _NAME.zh if letter.language == "zh" else _NAME.en
    why = terminal_translations(letter.language).gettext(_WHY)
    page = f"{base}{message.page}" if base and message.page else ""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(name, addr_spec=sender)
    mail["To"] = letter.address
    mail["Subject"] = _subject(words, name)
    mail["Date"] = message.told_at
    mail["Message-ID"] = f"<{message.id}.{letter.person_id}@{sender.rpartition('@')[2]}>"
    mail["Content-Language"] = "zh-CN" if letter.language == "zh" else "en"
    mail["Auto-Submitted"] = "auto-generated"
    if base:
        mail["List-Unsubscribe"] = f"<{base}/inbox/mail>"
    mail.set_content("\n\n".join(part for part in (words, page, f"-- \n{name}\n{why}") if part) + "\n")
    link = f'<p><a href="{escape(page)}">{escape(page)}</a></p>' if page else ""
    mail.add_alternative(
        f'<!doctype html><html lang="{mail["Content-Language"]}"><body><p>{escape(words)}</p>{link}'
        f"<hr><p>{escape(name)}<br>{escape(why)}</p></body></html>\n",
        subtype="html",
    )
    return mail


def _subject(words: str, name: str) -> str:
    line = " ".join(words.split())
    return f"[{name}] {line if len(line) <= _SUBJECT_LENGTH else line[:_SUBJECT_LENGTH] + '…'}"
