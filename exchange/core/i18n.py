"""Chinese and English: which language a reader wants, for pages and for the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask_babel
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context, request
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
    # The extension looks its translations up anew for each of the hundreds of words of a page.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda words: _page_translations().gettext(words),
        lambda one, many, number: _page_translations().ngettext(one, many, number),
        newstyle=True,
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
    return _filled(_spoken().gettext(message), values)


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The message for a number; `%(num)s` is the number."""
    return _filled(_spoken().ngettext(singular, plural, number), {"num": number, **values})


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


@contextmanager
def source_language() -> Iterator[None]:
    """Let messages be told in English, for texts that are kept and read by many."""
    with speaking("en"):
        yield


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction knows
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


def lazy(message: str) -> Any:
    """A message that is translated when a page shows it, for texts that stand in module constants."""
    return lazy_gettext(message)


def _spoken() -> NullTranslations:
    if (chosen := _language.get()) is not None:
        return _translations(chosen)
    return _page_translations() if has_app_context() else terminal_translations()


def terminal_translations(name: str | None = None) -> NullTranslations:
    """Translations for the terminal, by the given or the environment's locale."""
    return _translations("zh_Hans_CN" if speaks_chinese_in_terminal(name) else "en")


def speaks_chinese_in_terminal(name: str | None = None) -> bool:
    """Whether the given or the environment's locale is a Chinese one."""
    return (terminal_locale() if name is None else name).lower().startswith("zh")


def _page_translations() -> NullTranslations:
    """The translations of the page being made, looked up once for all of it."""
    words = g.get("translations")
    if words is None:
        words = g.translations = _translations(str(flask_babel.get_locale() or "en"))
    return words  # type: ignore[no-any-return]


def _filled(words: str, values: dict[str, object]) -> str:
    return words % values if values else words


@lru_cache
def _translations(locale: str) -> NullTranslations:
    return Translations.load(str(TRANSLATIONS), [locale])
