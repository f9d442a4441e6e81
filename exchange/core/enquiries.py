"""What an earlier stage asks later ones: it owns the enquiry, they register who answers it.

The counterpart of reactions: a reaction is told what happened, an enquiry is asked what is known. Both
run with the caller's session, in the caller's transaction, and neither names a later stage.
"""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")

#: Called with the session and the enquiry; gives what its stage knows.
Answerer = Callable[[Session, Any], Iterable[Any]]


class Enquiry(Generic[T]):
    """A frozen dataclass whose fields say what is asked; `T` is one piece of the answer."""


def enquire(session: Session, enquiry: Enquiry[T]) -> list[T]:
    """Gather the answers of all stages; empty when no stage answers such an enquiry."""
    answerers: dict[type, tuple[Answerer, ...]] = session.info.get("answerers", {})
    return [piece for answer in answerers.get(type(enquiry), ()) for piece in answer(session, enquiry)]
