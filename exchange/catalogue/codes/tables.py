"""Reading the tables; each is one JSON file beside this module."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from exchange.core.errors import NotFound

#: How well the source of a table is known.
EVIDENCE = {
    "C": "confirmed in a public document",
    "S": "second-hand: seen in somebody's implementation",
    "M": "from memory, not verified",
    "own": "the exchange's own",
}


@dataclass(frozen=True)
class Code:
    """One code with its labels; `parent` is the code it belongs under."""

    code: str
    zh: str
    en: str
    parent: str | None = None

    def label(self, *, chinese: bool) -> str:
        """The code in words."""
        return self.zh if chinese else self.en


@dataclass(frozen=True)
class CodeTable:
    """A closed list of codes, in the order in which it is to be shown."""

    name: str
    title_zh: str
    title_en: str
    source: str
    #: One of `EVIDENCE`.
    evidence: str
    #: False: the source has more codes than are loaded.
    is_complete: bool
    note: str
    codes: tuple[Code, ...]

    def __contains__(self, code: object) -> bool:
        return code in _by_code(self.name)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def values(self) -> tuple[str, ...]:
        """The codes alone."""
        return tuple(item.code for item in self.codes)

    def label(self, code: str | None, *, chinese: bool) -> str:
        """A code in words; a code that is not in the table as it is."""
        found = _by_code(self.name).get(code or "")
        return found.label(chinese=chinese) if found else code or ""

    def rank(self, code: str) -> int:
        """The place of a code, for tables in a rising order."""
        return self.values.index(code)


def get_table(name: str) -> CodeTable:
    """The table of this name.

    Raises:
        NotFound: there is none; the remedy names them all.
    """
    tables = _tables()
    if name not in tables:
        raise NotFound(f"there is no code table {name}", remedy=f"There are {', '.join(tables)}.")
    return tables[name]


def all_tables() -> tuple[CodeTable, ...]:
    """Every table, by name."""
    return tuple(_tables().values())


@lru_cache(maxsize=1)
def _tables() -> dict[str, CodeTable]:
    folder = files(__package__ or __name__)
    found = sorted(item.name for item in folder.iterdir() if item.name.endswith(".json"))
    return {
        name.removesuffix(".json"): _table(
            name.removesuffix(".json"), json.loads((folder / name).read_text(encoding="utf-8"))
        )
        for name in found
    }


@lru_cache(maxsize=64)
def _by_code(name: str) -> dict[str, Code]:
    return {item.code: item for item in get_table(name).codes}


def _table(name: str, document: dict[str, Any]) -> CodeTable:
    return CodeTable(name=name, **{**document, "codes": tuple(Code(**item) for item in document["codes"])})
