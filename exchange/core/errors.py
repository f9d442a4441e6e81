"""The five kinds of refusal; features subclass them and the edges turn them into answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldProblem:
    """One of several things wrong with an input: the path of its member, what is wrong, what to do."""

    field: str
    message: str
    remedy: str | None = None


class DomainError(Exception):
    """A refusal with a stable code, a sentence for its reader, and the field it concerns.

    `field` names the input to change; `remedy` says how. Both are optional, both reach the caller.
    Where one input breaks several rules, `problems` holds them all, so that they are mended in one go.
    """

    kind: ClassVar[str] = "error"
    code: ClassVar[str] = "error"

    def __init__(
        self, detail: str, *, field: str | None = None, remedy: str | None = None, **context: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.remedy = remedy
        self.problems: tuple[FieldProblem, ...] = (FieldProblem(field, detail, remedy),) if field else ()
        self.context = context


class NotFound(DomainError):
    """No such thing, or nothing the actor may know of."""

    kind = "not-found"
    code = "not-found"


class NotAuthenticated(DomainError):
    """The request does not say who asks, or says it with a credential that does not hold."""

    kind = "not-authenticated"
    code = "not-authenticated"


class NotPermitted(DomainError):
    """The actor is known and may not do this."""

    kind = "not-permitted"
    code = "not-permitted"


class Conflict(DomainError):
    """The request contradicts what is already there."""

    kind = "conflict"
    code = "conflict"


class WrongState(Conflict):
    """The thing is in a state in which this cannot be done."""

    code = "wrong-state"


class Invalid(DomainError):
    """The input breaks a rule; `field` names where."""

    kind = "invalid"
    code = "invalid"


class InvalidDocument(Invalid):
    """A document breaks one rule or several; `problems` names them all."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        first = problems[0]
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{first.message}{more}", field=first.field, remedy=first.remedy)
        self.problems = tuple(problems)


class LimitExceeded(DomainError):
    """A limit of the agreement or the service stops this."""

    kind = "limit-exceeded"
    code = "limit-exceeded"


class Unavailable(DomainError):
    """The service cannot answer now; the same request may succeed later."""

    kind = "unavailable"
    code = "unavailable"
