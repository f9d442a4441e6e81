"""Marking in a text what a search found it by."""

import re

from markupsafe import Markup, escape

from exchange.catalogue.search.question import Term
from exchange.catalogue.search.tokens import HAN


def highlighted(text: str, terms: tuple[Term, ...]) -> Markup:
    """The text with every word of the terms marked; everything else is escaped."""
    pattern = _pattern(terms)
    if pattern is None:
        return escape(text)
    marked, at = Markup(), 0
    for match in pattern.finditer(text):
        marked += escape(text[at : match.start()]) + Markup("<mark>%s</mark>") % match[0]
        at = match.end()
    return marked + escape(text[at:])


def _pattern(terms: tuple[Term, ...]) -> re.Pattern[str] | None:
    words = {word for term in terms for word in term.words if word}
    if not words:
        return None
    # The longest first, so that 动力煤 is marked whole and not its 煤 alone.
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(_written(word) for word in ordered), re.IGNORECASE)


def _written(word: str) -> str:
    """A Chinese word anywhere, another one as a whole word, in singular or plural."""
    if re.search(HAN, word):
        return re.escape(word)
    stem = re.escape(word).replace(r"\ ", r"[\s_-]+")
    return rf"(?<![^\W_]){stem}(?:s|es)?(?![^\W_])"
