"""The one way in which texts become search tokens, on both databases and for both languages.

Chinese has no spaces: a run of it gives its single characters and its overlapping pairs, so that any
word of two characters is one token. Other words are folded to lower case and to the singular; a number
and its unit are also one token, however they are written.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

#: A longer word is cut: nobody types one, and the index has columns of a size.
LONGEST_TOKEN = 40
HAN = r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
_PIECES = re.compile(rf"(?P<han>{HAN}+)|(?P<word>[^\W_]+)")
_HAN_IN_WORD = re.compile(rf"({HAN}+)")
_FOLDER = Path(__file__).parent


def normalised(text: str) -> str:
    """Full-width, compatibility and capital forms as their plain ones."""
    return unicodedata.normalize("NFKC", text).casefold()


# Names of columns, providers and codes come again with every listing.
@lru_cache(maxsize=8192)
def tokens_of(text: str) -> frozenset[str]:
    """Every token by which a text is found."""
    plain = normalised(text)
    found = {f"{number.replace('.', 'd')}{unit}" for number, unit, _ in quantities(plain)}
    for run, is_han in pieces(plain):
        found.update(_characters_and_pairs(run) if is_han else (singular(run),))
    return frozenset(found)


def tokens_of_all(texts: Iterable[str]) -> set[str]:
    """The tokens of several texts; no pair spans two of them."""
    return {token for text in texts for token in tokens_of(text)}


def pieces(plain: str) -> Iterable[tuple[str, bool]]:
    """The words of a normalised text in their order, and whether each is a run of Chinese."""
    for match in _PIECES.finditer(plain):
        if match["han"]:
            yield match["han"], True
            continue
        for part in _HAN_IN_WORD.split(match["word"]):
            if part:
                yield part, bool(_HAN_IN_WORD.fullmatch(part))


def quantities(plain: str) -> Iterable[tuple[str, str, tuple[int, int]]]:
    """Numbers with a unit in a normalised text: the number, the unit's usual form, and where they stand."""
    for match in _quantity_pattern().finditer(plain):
        yield match["number"], unit_names()[match["unit"]], match.span()


def phrase_tokens(run: str, *, is_han: bool) -> tuple[str, ...]:
    """The tokens that a text with this word must have; for Chinese of two and more characters its pairs."""
    if not is_han:
        return (singular(run),)
    if len(run) == 1:
        return (run,)
    return tuple(run[at : at + 2] for at in range(len(run) - 1))


def singular(word: str) -> str:
    """An English plural as its singular; wrong for some words, yet in texts and questions alike."""
    word = word[:LONGEST_TOKEN]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def unit_names() -> dict[str, str]:
    """Every spelling of a unit with its usual form."""
    return {name: names[0] for names in read_groups("units.txt") for name in names}


def read_groups(name: str) -> list[list[str]]:
    """The lines of a word list beside this module, each a group of words."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [
        [normalised(word.strip()) for word in line.split("|")]
        for line in lines
        if line.strip() and not line.startswith("#")
    ]


@cache
def _quantity_pattern() -> re.Pattern[str]:
    units = "|".join(sorted((re.escape(name) for name in unit_names()), key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?P<number>\d+(?:\.\d+)?)[ \-]?(?P<unit>{units})(?![a-z0-9])")


def _characters_and_pairs(run: str) -> Iterable[str]:
    yield from run
    yield from (run[at : at + 2] for at in range(len(run) - 1))
