"""The words of the model contracts, from the two files beside this one."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache
def wording(language: str) -> Mapping[str, Any]:
    """All words of a language, `zh` or `en`."""
    text = files("contracts.terms").joinpath(f"models/{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def said(language: str, kind: str, clause: str, name: str) -> str:
    """The words of a clause for a kind of contract, or those for every kind."""
    words = wording(language)
    text: str = words.get(kind, {}).get(clause, {}).get(name) or words[clause][name]
    return text


def word(language: str, name: str, **values: object) -> str:
    """A single word or phrase."""
    text: str = wording(language)["words"][name]
    return text.format_map(values) if values else text


def counted(language: str, unit: str, number: int) -> str:
    """So many days or years."""
    return word(language, f"{unit}_one" if number == 1 else f"{unit}_many", count=f"{number:,}")


def listed(language: str, items: list[str]) -> str:
    """A list as a sentence has it; the word for none when it is empty."""
    return word(language, "comma").join(items) or word(language, "none")
