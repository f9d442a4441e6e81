"""What organisations are to be told of a committed event: features say it, nobody here knows how it travels.

The counterpart of reactions for people: a reaction runs inside the event's transaction, a teller long after
it, when the event has its place in the log. Each stage registers its tellers in its `wiring.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from exchange.core.i18n import terminal_translations


class Topic(StrEnum):
    """What a message is about, as far as its reader chooses by it."""

    NEGOTIATIONS = "negotiations"
    AGREEMENTS = "agreements"
    DATA = "data"
    LISTINGS = "listings"
    REGISTER = "register"
    DEMANDS = "demands"
    BILLS = "bills"
    ORGANISATION = "organisation"


class Both(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Fact:
    """A committed event, as its tellers see it."""

    type: str
    subject: str
    actor: str
    at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class Telling:
    """One sentence for some organisations, and the page where they read on.

    `message` is a message of the catalogue, marked with `N_`; `values` fill its places.
    """

    topic: Topic
    recipients: tuple[str, ...]
    message: str
    values: Mapping[str, str | Both] = field(default_factory=dict)
    #: Path of a page of the portal; empty where there is none.
    page: str = ""

    def words(self) -> Both:
        """The sentence in both languages, so that it can be kept and sent without its reader's settings."""
        zh = terminal_translations("zh").gettext(self.message)
        return Both(zh % self._values("zh"), self.message % self._values("en"))

    def _values(self, language: str) -> dict[str, str]:
        return {
            name: getattr(value, language) if isinstance(value, Both) else value
            for name, value in self.values.items()
        }


#: Called with a reading session and the fact, some time after the fact.
Teller = Callable[[Session, Fact], Iterable[Telling]]


def shortened(text: str, most: int = 300) -> str:
    """The beginning of a text that people wrote, for a sentence around it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
