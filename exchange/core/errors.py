"""The five kinds of refusal; features subclass them and the edges turn them into answers."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a stable code, a sentence for its reader, and the field it concerns.

    `field` names the input to change; `remedy` says how. Both are optional, both reach the caller.
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


class LimitExceeded(DomainError):
    """A limit of the agreement or the service stops this."""

    kind = "limit-exceeded"
    code = "limit-exceeded"


class Unavailable(DomainError):
    """The service cannot answer now; the same request may succeed later."""

    kind = "unavailable"
    code = "unavailable"
