"""Chinese and English: which language a reader wants, for pages and for the terminal."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask_babel
from babel.support import NullTranslations, Translations
from flask import Flask, has_app_context, request
from flask_babel import Babel, lazy_gettext

from exchange.config import terminal_locale

#: Also the cookie's values. English text is the message id.
LOCALES = ("zh_Hans_CN", "en")
COOKIE = "wdx_locale"
TRANSLATIONS = Path(__file__).parent.parent / "translations"
#: The language that a text is made in whoever reads it; None where the reader decides.
_language: ContextVar[str | None] = ContextVar("language", default=None)


def init_app(app: Flask) -> None:
    """Let pages speak the reader's language."""
    Babel(
        app,
        default_locale="en",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=chosen_locale,
        timezone_selector=lambda: "Asia/Shanghai",
    )


def chosen_locale() -> str:
    """The cookie if it names a language we speak, then the browser's wish, then English."""
    cookie = request.cookies.get(COOKIE)
    if cookie in LOCALES:
        return cookie
    wanted = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="en")
    return "zh_Hans_CN" if wanted.startswith("zh") else "en"


def gettext(message: str, **values: object) -> str:
    """The message in the language of the page being made; in the terminal's where no page is."""
    if (chosen := _language.get()) is not None:
        return _filled(_translations(chosen).gettext(message), values)
    if has_app_context():
        return str(flask_babel.gettext(message, **values))
    return _filled(terminal_translations().gettext(message), values)


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The message for a number; `%(num)s` is the number."""
    chosen = _language.get()
    if chosen is None and has_app_context():
        return str(flask_babel.ngettext(singular, plural, number, **values))
    spoken = terminal_translations() if chosen is None else _translations(chosen)
    words = spoken.ngettext(singular, plural, number)
    return _filled(words, {"num": number, **values})


def speaks_chinese() -> bool:
    """Whether the page being made is in Chinese; names come in both languages."""
    if (chosen := _language.get()) is not None:
        return chosen.startswith("zh")
    return str(flask_babel.get_locale()).startswith("zh")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make texts in Chinese (`zh`) or English (`en`) whoever reads them, as a contract has both languages."""
    token = _language.set("zh_Hans_CN" if language.startswith("zh") else "en")
    try:
        yield
    finally:
        _language.reset(token)


def source_language() -> AbstractContextManager[None]:
    """Let messages be told in English, for texts that are kept and read by many."""
    return flask_babel.force_locale("en") if has_app_context() else nullcontext()


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction knows
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


def lazy(message: str) -> Any:
    """A message that is translated when a page shows it, for texts that stand in module constants."""
    return lazy_gettext(message)


def terminal_translations(name: str | None = None) -> NullTranslations:
    """Translations for the terminal, by the given or the environment's locale."""
    return _translations("zh_Hans_CN" if speaks_chinese_in_terminal(name) else "en")


def speaks_chinese_in_terminal(name: str | None = None) -> bool:
    """Whether the given or the environment's locale is a Chinese one."""
    return (terminal_locale() if name is None else name).lower().startswith("zh")


def _filled(words: str, values: dict[str, object]) -> str:
    return words % values if values else words


@lru_cache
def _translations(locale: str) -> NullTranslations:
    return Translations.load(str(TRANSLATIONS), [locale])
