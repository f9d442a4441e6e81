"""What a person typed, as terms that a listing must have; each term knows its synonyms."""

from dataclasses import dataclass
from functools import cache

from exchange.catalogue.search.tokens import (
    normalised,
    phrase_tokens,
    pieces,
    quantities,
    read_groups,
    singular,
)

#: A question with more terms is cut: every term costs a read, and nobody types so many.
MOST_TERMS = 16


@dataclass(frozen=True)
class Term:
    """One wish: any of the alternatives fulfils it, an alternative with all of its tokens."""

    alternatives: tuple[tuple[str, ...], ...]
    #: The words of the alternatives as texts write them, for marking what was found.
    words: tuple[str, ...]


def terms_of(text: str) -> tuple[Term, ...]:
    """The terms of a question, each once."""
    plain = normalised(text)
    found: dict[Term, None] = {}
    for number, unit, (start, end) in quantities(plain):
        token = f"{number.replace('.', 'd')}{unit}"
        found[Term(((token,),), (plain[start:end],))] = None
    # What was read as a quantity is not read once more as words.
    for start, end in (span for *_, span in quantities(plain)):
        plain = plain[:start] + " " * (end - start) + plain[end:]
    for words, is_han in _cut(list(pieces(plain))):
        found[_term(words, is_han=is_han)] = None
    return tuple(found)[:MOST_TERMS]


@cache
def synonyms() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Every word of the word list, as its pieces, with all the words of its groups."""
    groups: dict[tuple[str, ...], tuple[str, ...]] = {}
    for group in read_groups("lexicon.txt"):
        for word in group:
            key = _key(word)
            groups[key] = tuple(dict.fromkeys((*groups.get(key, ()), word, *group)))
    return groups


def _key(word: str) -> tuple[str, ...]:
    return tuple(run if is_han else singular(run) for run, is_han in pieces(word))


def _term(words: tuple[str, ...], *, is_han: bool) -> Term:
    key = words if is_han else tuple(singular(word) for word in words)
    group = synonyms().get(key, (" ".join(words),))
    alternatives = dict.fromkeys(
        tuple(token for run, han in pieces(word) for token in phrase_tokens(run, is_han=han))
        for word in group
    )
    return Term(tuple(alternatives), group)


def _cut(runs: list[tuple[str, bool]]) -> list[tuple[tuple[str, ...], bool]]:
    """Cut Chinese into known words, and join English words that are one known word together."""
    words: list[tuple[tuple[str, ...], bool]] = []
    at = 0
    while at < len(runs):
        run, is_han = runs[at]
        if is_han:
            words += [((part,), True) for part in _known_parts(run)]
            at += 1
            continue
        taken = _known_phrase(runs, at)
        words.append((tuple(word for word, _ in runs[at : at + taken]), False))
        at += taken
    return words


def _known_phrase(runs: list[tuple[str, bool]], at: int) -> int:
    for length in (3, 2):
        part = runs[at : at + length]
        if len(part) == length and not any(is_han for _, is_han in part):
            key = tuple(singular(word) for word, _ in part)
            if key in synonyms():
                return length
    return 1


def _known_parts(run: str) -> list[str]:
    """A run of Chinese, cut at the longest known words; what lies between stays together."""
    parts: list[str] = []
    unknown = ""
    at = 0
    while at < len(run):
        length = next(
            (n for n in range(min(6, len(run) - at), 0, -1) if (run[at : at + n],) in synonyms()), 0
        )
        if length == 0:
            unknown += run[at]
            at += 1
            continue
        parts += [unknown] if unknown else []
        unknown = ""
        parts.append(run[at : at + length])
        at += length
    return [*parts, unknown] if unknown else parts
